"""催办: whoever waits urges those whose turn it is, at most once in the interval; strangers find no case."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models import Deputation, Event, Scorecard
from tests.builders import HOUR, MONDAY, Desk, moment
from workflow import audit, handing_over, nudge, scorecard_books
from workflow.office import Office
from workflow.process import Refused

MINUTE = timedelta(minutes=1)


def urge(desk: Desk, case: Any, by: str, at: Any = None) -> Event:
    kind = type(case)
    held = (
        scorecard_books.locked(desk.session, [case.id])[0] if kind is Scorecard else kind.locked(desk.session, case.id)
    )
    event = nudge.nudge(held, by=desk.actor(by, at), at=at or desk.now)
    desk.session.flush()
    return event


def refusal(desk: Desk, case: Any, by: str, at: Any = None) -> str:
    with pytest.raises(Refused) as refused:
        urge(desk, case, by, at)
    return refused.value.code


@pytest.mark.parametrize("by", ["cr.sun", "cr.lin", "service.ma", "gm.zhou"])
def test_whoever_waits_urges_and_those_whose_turn_it_is_are_told(desk: Desk, by: str) -> None:
    case = desk.complaint("handling")
    before = (case.state, case.clock, case.due_at, case.clock_started_at)
    event = urge(desk, case, by)
    assert (event.action, event.rule, event.from_state, event.to_state) == ("nudge", "CS-1", "handling", "handling")
    assert (event.actor, event.said["urged"]) == (desk.person(by), ["刘洋"])
    assert [notice.person.username for notice in event.notices] == ["service.liu"]
    assert event.letters == event.entries == []
    assert (case.state, case.clock, case.due_at, case.clock_started_at) == before
    assert list(audit.findings(desk.session)) == []


def test_both_who_acts_and_who_stands_in_are_urged(desk: Desk) -> None:
    away = {"since": MONDAY, "until": MONDAY + 100 * HOUR, "is_standing": False}
    desk.session.add(Deputation(principal=desk.person("service.liu"), deputy=desk.person("service.gao"), **away))
    desk.session.flush()
    desk.office = Office(desk.session)
    event = urge(desk, desk.complaint("handling"), "cr.sun")
    assert [notice.person.username for notice in event.notices] == ["service.liu", "service.gao"]


def test_once_in_four_hours_whoever_presses_and_anew_for_whoever_is_next(desk: Desk) -> None:
    case = desk.complaint("handling")
    urge(desk, case, "cr.sun")
    assert refusal(desk, case, "service.ma", MONDAY + 4 * HOUR - MINUTE) == "too_early"
    urge(desk, case, "service.ma", MONDAY + 4 * HOUR)
    desk.take("complete", case, "service.liu", MONDAY + 5 * HOUR, measures_taken="当面致歉")
    desk.take("report", case, "service.liu", MONDAY + 5 * HOUR, result="客户接受", improvement_measures="接待")
    assert urge(desk, case, "service.liu", MONDAY + 5 * HOUR).said["urged"] == ["林晓", "孙悦"]


def test_whoever_a_case_was_handed_to_can_be_urged_at_once(desk: Desk) -> None:
    case = desk.complaint("handling")
    urge(desk, case, "cr.sun")
    handing_over.hand_over(
        case, by=desk.actor("service.liu"), at=desk.now, to=desk.person("sales.chen"), reason="改由销售部办理"
    )
    desk.session.flush()
    assert urge(desk, case, "cr.sun", desk.now + MINUTE).said["urged"] == ["陈涛"]


@pytest.mark.parametrize(
    ("state", "by", "code"),
    [
        ("handling", "sales.wang", "not_found"), ("handling", "admin.root", "not_found"),
        ("handling", "service.liu", "forbidden"), ("withdrawn", "cr.sun", "moved_on"),
        ("ruling", "gm.zhou", "forbidden"),
    ],
)  # fmt: skip
def test_strangers_find_nothing_and_nobody_urges_themselves(desk: Desk, state: str, by: str, code: str) -> None:
    case = desk.complaint(state)
    events = len(case.events)
    assert refusal(desk, case, by) == code
    assert len(case.events) == events


def test_nobody_is_urged_while_the_customer_is_waited_for(desk: Desk) -> None:
    case = desk.complaint("handling")
    desk.take("suspend", case, "cr.sun", reason="客户出差", until=moment(3, 5))
    assert refusal(desk, case, "service.ma") == "moved_on"


def test_a_defence_is_never_urged_but_the_head_is_once_its_time_is_over(desk: Desk) -> None:
    penalty = desk.penalty("proposed")
    assert refusal(desk, penalty, "hr.qian") == "forbidden"
    assert urge(desk, penalty, "hr.qian", moment(3, 4)).said["urged"] == ["刘洋"]


def test_who_appealed_urges_the_ruling(desk: Desk) -> None:
    penalty = desk.penalty("appealed")
    assert urge(desk, penalty, "service.ma").said["urged"] == ["周建国"]


def test_an_employee_urges_the_review_of_their_own_card_and_finds_no_other(desk: Desk) -> None:
    desk.now = moment(4, 11)
    card = desk.scorecard("computed")
    event = urge(desk, card, "service.ma")
    assert (event.rule, event.said["urged"]) == ("PAY-4", ["刘洋"])
    assert refusal(desk, card, "sales.wang") == "not_found"
    assert list(audit.findings(desk.session)) == []


def test_a_nudge_leaves_the_next_steps_and_their_letters_as_they_are(desk: Desk) -> None:
    desk.now = moment(4, 11)
    card = desk.scorecard("computed")
    urge(desk, card, "service.ma")
    for by, action in (("service.liu", "review"), ("hr.qian", "verify"), ("gm.zhou", "approve"), ("hr.qian", "pay")):
        desk.close(action, by, department="after_sales")
    case = desk.complaint("assigned")
    urge(desk, case, "cr.sun")
    desk.take("accept", case, "service.liu")
    urge(desk, case, "cr.sun")
    desk.take("complete", case, "service.liu", measures_taken="当面致歉")
    assert list(audit.findings(desk.session)) == []
    assert desk.session.scalars(select(Event.id).filter_by(action="nudge")).all()
