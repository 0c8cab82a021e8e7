"""Survey calls (OB-2): one message a day with their number, and superiors once call-backs are overdue."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from models import CallDay, Notice, Person, Role
from tests import surveys as made
from tests.builders import HOUR, Desk, moment
from tests.workflow.test_reminder import told, vacate
from workflow import agenda, call_days, message, survey_sample, surveys

MINUTE, TUESDAY = timedelta(minutes=1), moment(3, 3)
OFFICERS = ["cr.lin", "cr.sun"]


def calls(desk: Desk, at) -> tuple[int, int, str, dict[str, list[str]]] | None:
    """What is told at this moment: how many are to be called, how many of them are late, on what occasion, to whom."""
    found = call_days.tell(desk.session, at)
    desk.session.flush()
    if found is None:
        return None
    day = desk.session.get_one(CallDay, found.calls_id)
    return day.calls, day.overdue, found.occasion.value, told(found)


def test_whoever_calls_is_told_once_a_day_as_work_begins(desk: Desk) -> None:
    survey = made.survey(desk, "calls")
    made.invitations(desk, survey, 4)
    assert calls(desk, TUESDAY - MINUTE) is None, "before work begins nobody is told"
    assert calls(desk, TUESDAY) == (4, 0, "half", {"acts": OFFICERS})
    assert calls(desk, TUESDAY + HOUR) is None, "once a day"
    assert len(desk.session.scalars(select(Notice)).all()) == 2, "one each, and never one for each call"
    assert calls(desk, moment(3, 7)) is None, "nobody works on Saturday"
    surveys.close(desk.session, survey, by=desk.actor("cr.sun"), at=desk.now)
    assert calls(desk, moment(3, 9)) is None, "a closed survey asks for no calls"


def test_call_backs_that_are_overdue_go_up_level_by_level(desk: Desk) -> None:
    """Drawn on Monday at nine, to be called back by Thursday at nine; one of three was reached."""
    survey = made.survey(desk, "calls")
    drawn = made.invitations(desk, survey, 3)
    survey_sample.take(desk.session, survey, percent=100, by=desk.actor("cr.lin"), at=desk.now)
    made.answered(desk, drawn[0], {"level": "5"})
    assert calls(desk, moment(3, 4)) == (2, 0, "half", {"acts": OFFICERS})
    feeds = {who: agenda.entries(desk.actor(who, moment(3, 4)), moment(3, 4)) for who in ("cr.lin", "gm.zhou")}
    dues = {who: [e.due_at for e in found if e.kind == CallDay.kind] for who, found in feeds.items()}
    assert dues == {"cr.lin": [moment(3, 5)], "gm.zhou": []}
    assert calls(desk, moment(3, 5, 9, 1)) == (2, 2, "late", {"acts": OFFICERS})
    assert calls(desk, moment(3, 6, 9, 1)) == (2, 2, "late", {"acts": OFFICERS, "superior": ["gm.zhou"]})
    assert calls(desk, moment(3, 9)) == (
        2, 2, "late", {"acts": OFFICERS, "superior": ["gm.zhou"], "administrator": ["admin.root"]},
    )  # fmt: skip


def test_without_customer_relations_the_administrator_hears_of_it(desk: Desk) -> None:
    made.invitations(desk, made.survey(desk, "calls"), 1)
    vacate(desk, role=Role.CUSTOMER_RELATIONS)
    assert calls(desk, TUESDAY) == (1, 0, "half", {"administrator": ["admin.root"]})


def test_for_whom_it_exists_and_whose_turn_it_is(desk: Desk) -> None:
    made.invitations(desk, made.survey(desk, "calls"), 1)
    found = call_days.tell(desk.session, TUESDAY)
    assert found is not None
    day = desk.session.get_one(CallDay, found.calls_id)
    actors = [desk.actor(person.username) for person in desk.session.scalars(select(Person))]
    assert [a.person.username for a in actors if message.awaits(day, a, TUESDAY)] == sorted(OFFICERS)
    assert {a.person.username for a in actors if message.exists_for(day, a)} == {*OFFICERS, "gm.zhou"}
    for wrong in ("UPDATE call_day SET calls = 9", "DELETE FROM call_day"):
        with pytest.raises(DatabaseError, match="never"), desk.session.begin_nested():
            desk.session.execute(text(wrong))
    desk.session.add(CallDay(day=day.day, at=TUESDAY, due_at=TUESDAY, calls=1, overdue=0))
    with pytest.raises(DatabaseError):
        desk.session.flush()
