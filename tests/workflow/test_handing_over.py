"""Handing a case over for good: to whom, by whom, what it leaves behind, and that queries and checks still agree."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from models import Complaint, Event, HandOver, Notice, Penalty, ScoreEntry
from tests.builders import HOUR, MONDAY, Desk
from tests.workflow.test_fairness import delegate
from tests.workflow.test_penalty_sight import assert_queries_and_checks_agree as penalties_agree
from tests.workflow.test_sight import assert_queries_and_checks_agree, cases, cases_of_all_kinds  # noqa: F401
from tests.workflow.test_waiting import assert_for_nobody
from workflow import audit, handing_over, people
from workflow.office import Office
from workflow.process import Refused


def give(desk: Desk, case: Complaint | Penalty, by: str, to: str | None, reason: str | None = "出差在外") -> Event:
    locked = type(case).locked(desk.session, case.id)
    successor = desk.person(to) if to else None
    event = handing_over.hand_over(locked, by=desk.actor(by), at=desk.now, to=successor, reason=reason)
    desk.session.flush()
    return event


def give_file(desk: Desk, case: Complaint, by: str, to: str | None) -> Event:
    locked = Complaint.locked(desk.session, case.id)
    successor = desk.person(to) if to else None
    event = handing_over.hand_over_the_file(locked, by=desk.actor(by), at=desk.now, to=successor, reason="休产假")
    desk.session.flush()
    return event


def told(desk: Desk, event: Event) -> set[str]:
    query = select(Notice).where(Notice.event_id == event.id)
    return {notice.person.username for notice in desk.session.scalars(query)}


def test_whoever_it_was_handed_to_takes_the_heads_steps_from_then_on(desk: Desk) -> None:
    case = desk.complaint("assigned")
    due = case.due_at
    event = give(desk, case, "service.liu", "sales.chen")
    assert (event.said["from_name"], event.said["to_name"], event.said["reason"]) == ("刘洋", "陈涛", "出差在外")
    assert told(desk, event) == {"sales.chen"}
    assert (case.due_at, case.department.slug, case.respondent.username) == (due, "after_sales", "service.ma")
    with pytest.raises(Refused):
        desk.take("accept", case, "service.liu")
    step = desk.take("accept", case, "sales.chen")
    assert step.event.signed_as == "department_head"
    assert list(audit.findings(desk.session)) == []


def test_it_can_be_handed_on_and_stays_in_later_states(desk: Desk) -> None:
    case = desk.complaint("appealed")
    give(desk, case, "service.liu", "sales.chen")
    desk.take("endorse", case, "sales.chen")
    give(desk, case, "sales.chen", "service.gao")
    desk.take("remand", case, "gm.zhou", reason="缺证据")
    with pytest.raises(Refused):
        desk.take("accept", case, "sales.chen")
    assert desk.take("accept", case, "service.gao").event.signed_as == "department_head"


def test_a_penalty_is_heard_and_submitted_by_its_new_holder(desk: Desk) -> None:
    penalty = desk.penalty("heard")
    give(desk, penalty, "service.liu", "sales.chen")
    with pytest.raises(Refused):
        desk.decide("submit", penalty, "service.liu")
    desk.decide("submit", penalty, "sales.chen")
    assert list(audit.findings(desk.session)) == []


@pytest.mark.parametrize(
    ("to", "why"),
    [
        (None, "Choose who"),
        ("service.liu", "already"),
        ("service.ma", "party"),
        ("parts.yuan", "cannot take"),
        ("cr.sun", "cannot take"),
        ("admin.root", "cannot take"),
        ("detailing.tang", "has left"),
    ],
)
def test_to_whom_it_cannot_go(desk: Desk, to: str | None, why: str) -> None:
    case = desk.complaint("assigned")
    if to == "detailing.tang":
        people.end_everything(desk.session, desk.person(to), at=MONDAY - HOUR)
    with pytest.raises(Refused, match=why):
        give(desk, case, "service.liu", to)
    assert case.events[-1].action == "assign"


def test_not_to_somebody_whose_last_day_is_known(desk: Desk) -> None:
    chen = desk.person("sales.chen")
    desk.session.add(
        HandOver(person=chen, effective_at=MONDAY + timedelta(days=9), begun_at=MONDAY, begun_by=desk.person("hr.qian"))
    )
    desk.session.flush()
    with pytest.raises(Refused, match="about to leave"):
        give(desk, desk.complaint("assigned"), "service.liu", "sales.chen")


def test_whoever_took_the_appeal_is_a_party_to_it(desk: Desk) -> None:
    delegate(desk, "service.liu", "sales.chen")
    case = desk.complaint("assigned")
    desk.take("appeal", case, "sales.chen", grounds="g")
    with pytest.raises(Refused, match="party"):
        give(desk, case, "service.liu", "sales.chen")


@pytest.mark.parametrize("by", ["service.ma", "cr.sun", "sales.chen", "gm.zhou", "admin.root"])
def test_only_whoever_takes_the_heads_steps_hands_them_over(desk: Desk, by: str) -> None:
    with pytest.raises(Refused):
        give(desk, desk.complaint("assigned"), by, "parts.deng")


def test_a_deputy_hands_over_for_the_head_and_the_event_says_so(desk: Desk) -> None:
    delegate(desk, "service.liu", "service.gao")
    event = give(desk, desk.complaint("assigned"), "service.gao", "sales.chen")
    assert (event.actor.username, event.acting_for.username) == ("service.gao", "service.liu")
    assert told(desk, event) == {"service.liu", "sales.chen"}


@pytest.mark.parametrize(("reason", "why"), [(None, "reason"), ("  ", "reason"), ("长" * 10_000, "too long")])
def test_the_reason_is_given_and_fits(desk: Desk, reason: str | None, why: str) -> None:
    with pytest.raises(Refused, match=why):
        give(desk, desk.complaint("assigned"), "service.liu", "sales.chen", reason)


@pytest.mark.parametrize("state", ["filed", "resolved", "voided", "withdrawn"])
def test_nothing_is_handed_over_where_the_head_has_nothing_to_do(desk: Desk, state: str) -> None:
    with pytest.raises(Refused, match="nothing to hand over"):
        give(desk, desk.complaint(state), "service.liu", "sales.chen")


def test_whoever_has_it_and_leaves_or_becomes_the_respondent_is_passed_over(desk: Desk) -> None:
    left, accused = desk.complaint("assigned"), desk.complaint("appealed")
    give(desk, left, "service.liu", "service.gao")
    give(desk, accused, "service.liu", "sales.chen")
    desk.take("endorse", accused, "sales.chen")
    change = {"respondent": desk.person("sales.chen"), "department": desk.department("after_sales")}
    desk.take("vary", accused, "gm.zhou", reason="查明为陈涛", **change)
    completed = desk.take("complete", accused, "service.liu", measures_taken="m")
    assert completed.event.actor.username == "service.liu"
    people.end_everything(desk.session, desk.person("service.gao"), at=MONDAY)
    desk.session.flush()
    desk.office = Office(desk.session)
    assert desk.take("accept", left, "service.liu").event.signed_as == "department_head"


def test_another_department_takes_the_case_with_its_own_head(desk: Desk) -> None:
    case = desk.complaint("ruling")
    give(desk, case, "service.liu", "parts.deng")
    desk.take("vary", case, "gm.zhou", respondent=desk.person("sales.wang"), reason="查明为销售")
    desk.take("complete", case, "sales.chen", measures_taken="m")
    assert list(audit.findings(desk.session)) == []


def test_lateness_stays_with_whoever_had_it_when_it_fell_due(desk: Desk) -> None:
    case = desk.complaint("handled")
    desk.now = case.due_at + HOUR
    desk.office = Office(desk.session)
    give(desk, case, "service.liu", "sales.chen")
    desk.take("report", case, "sales.chen", result="r", improvement_measures="i")
    late = desk.session.scalars(select(ScoreEntry).where(ScoreEntry.kind == "late")).one()
    assert late.person_id == desk.person("service.liu").id


def test_the_file_goes_to_a_colleague_who_is_told_from_then_on(desk: Desk) -> None:
    case = desk.complaint("handled")
    event = give_file(desk, case, "cr.sun", "cr.lin")
    assert told(desk, event) == {"cr.lin"}
    step = desk.take("report", case, "service.liu", result="r", improvement_measures="i")
    assert "cr.lin" in told(desk, step.event)
    assert "cr.sun" not in told(desk, step.event)
    assert list(audit.findings(desk.session)) == []


@pytest.mark.parametrize("to", [None, "cr.sun", "service.liu", "detailing.tang"])
def test_a_file_goes_to_nobody_else(desk: Desk, to: str | None) -> None:
    with pytest.raises(Refused):
        give_file(desk, desk.complaint("assigned"), "cr.sun", to)


def test_nobody_keeps_the_file_of_their_own_case(desk: Desk) -> None:
    case = desk.file("cr.sun", respondent="cr.lin")
    desk.take("assign", case, "cr.sun")
    with pytest.raises(Refused, match="party"):
        give_file(desk, case, "cr.sun", "cr.lin")


def test_queries_and_checks_agree_with_cases_handed_over(cases: Desk) -> None:
    handed = select(Complaint).where(Complaint.department_id.is_not(None)).order_by(Complaint.id)
    holders = ["sales.chen", "service.gao", "gm.zhou", "service.ma", "parts.deng"]
    for place, case in enumerate(cases.session.scalars(handed)):
        case.handler_id = cases.person(holders[place % len(holders)]).id
    cases.session.flush()
    cases.session.expire_all()
    assert_queries_and_checks_agree(cases)
    assert_for_nobody(cases)
    delegate(cases, "sales.chen", "parts.yuan")
    delegate(cases, "gm.zhou", "parts.deng")
    cases.person("service.gao").left_at = MONDAY - HOUR
    cases.session.flush()
    cases.session.expire_all()
    assert_queries_and_checks_agree(cases)
    assert_for_nobody(cases)


def test_the_same_for_penalties(desk: Desk) -> None:
    for place, state in enumerate(("proposed", "heard", "submitted", "issued", "appealed")):
        penalty = desk.penalty(
            state, respondent=("service.ma", "service.gao")[place % 2] if place < 1 else "service.ma"
        )
        penalty.handler_id = desk.person(("sales.chen", "gm.zhou", "service.gao")[place % 3]).id
    desk.session.flush()
    desk.session.expire_all()
    penalties_agree(desk)
