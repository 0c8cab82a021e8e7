"""A change of the calendar moves the deadlines ahead, once, and each case says so."""

from datetime import date, datetime, time

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from models import Complaint, Event, MovedDeadline
from tests.builders import MONDAY, Desk, moment
from workflow import audit, calendar, overdue, rescheduling
from workflow.calendar import Changed, Special
from workflow.process import Refused

WEDNESDAY, SATURDAY = date(2026, 3, 4), date(2026, 3, 7)


def day(desk: Desk, on: date, *, works: bool, at: datetime | None = None, by: str = "admin.root") -> Changed:
    moment_of = at or desk.now
    return calendar.set_day(
        desk.session, by=desk.actor(by, moment_of), at=moment_of, day=on, is_working=works, reason="全员培训"
    )


def rescheduled(desk: Desk, case: Complaint) -> list[Event]:
    query = select(Event).where(Event.complaint_id == case.id, Event.action == "reschedule")
    return list(desk.session.scalars(query.order_by(Event.seq)))


def test_a_day_off_moves_what_is_ahead_and_says_which(desk: Desk) -> None:
    case, voided = desk.complaint("handling"), desk.complaint("voided")
    changed = day(desk, WEDNESDAY, works=False)
    # Handling ends a working day later and so does the limit of the law; a follow-up in clock days stays.
    assert (case.due_at, case.statutory_due_at) == (moment(3, 6, 9), moment(3, 12, 9))
    assert rescheduled(desk, voided) == []
    [event] = rescheduled(desk, case)
    assert (event.actor, event.signed_as, event.from_state, event.to_state) == (None, "system", "handling", "handling")
    assert event.said["moved"]["complete"] == ["2026-03-05T09:00:00+08:00", "2026-03-06T09:00:00+08:00"]
    assert [notice.person.username for notice in event.notices] == ["service.liu"]
    assert changed.change is not None
    moved = desk.session.scalars(calendar.moved_by(changed.change)).all()
    assert [(row.limit, row.new_due_at) for row in moved] == [
        ("complete", moment(3, 6, 9)), ("statutory", moment(3, 12, 9)),
    ]  # fmt: skip


def test_it_moves_once_and_back_again(desk: Desk) -> None:
    case = desk.complaint("handling")
    assert day(desk, WEDNESDAY, works=False).moved == 1
    assert day(desk, WEDNESDAY, works=False).change is None
    assert rescheduling.catch_up(desk.session, MONDAY) == 0
    calendar.forget_day(desk.session, by=desk.actor("admin.root"), at=desk.now, day=WEDNESDAY)
    assert (case.due_at, len(rescheduled(desk, case))) == (moment(3, 5, 9), 2)
    assert list(audit.findings(desk.session)) == []


def test_a_day_more_leaves_at_least_a_working_day_and_what_has_passed_alone(desk: Desk) -> None:
    late = desk.complaint("handling")
    desk.now = moment(3, 5, 10)
    case = desk.complaint("reported")
    assert (late.due_at, case.due_at) == (moment(3, 5, 9), moment(3, 9, 10))
    # Saturday is worked: by the calendar the check is due then, which is less than a working day from Friday noon.
    day(desk, SATURDAY, works=True, at=moment(3, 6, 15))
    assert (late.due_at, case.due_at) == (moment(3, 5, 9), moment(3, 7, 15))
    assert rescheduling.catch_up(desk.session, moment(3, 6, 15, 1)) == 0


def test_a_clock_that_stands_moves_with_the_calendar(desk: Desk) -> None:
    case = desk.complaint("handling")
    desk.take("suspend", case, "cr.sun", moment(3, 3, 10), reason="客户出差", until=moment(3, 6, 10))
    assert (case.stopped_due_at, case.due_at) == (moment(3, 5, 9), moment(3, 10, 9))
    # A holiday inside the stop: what was due is a day later, and the stop took a day less.
    day(desk, WEDNESDAY, works=False, at=moment(3, 3, 12))
    assert (case.stopped_due_at, case.due_at) == (moment(3, 6, 9), moment(3, 10, 9))
    [step] = overdue.carry_out(desk.session, moment(3, 9), case=("complaint", case.id))
    assert (step.event.action, case.due_at) == ("resume", moment(3, 10, 9))
    # And removed again, after the clock went on: everything is as it would have been.
    calendar.forget_day(
        desk.session, by=desk.actor("admin.root", moment(3, 9)), at=moment(3, 9), day=WEDNESDAY
    )  # fmt: skip
    assert case.due_at == moment(3, 10, 9)


def test_shifts_move_the_heads_clocks_alone(desk: Desk) -> None:
    handling, reported = desk.complaint("handling"), desk.complaint("reported")
    week = {weekday: (time(9), time(18)) for weekday in range(7) if weekday not in (2, 3)}
    calendar.set_shifts(
        desk.session, by=desk.actor("admin.root"), at=desk.now, department=desk.department("after_sales"), week=week,
        on_holidays=False,
    )  # fmt: skip
    assert (handling.due_at, reported.due_at) == (moment(3, 7, 9), moment(3, 4, 9))
    assert handling.statutory_due_at == moment(3, 11, 9)


def test_an_imported_year_takes_the_place_of_the_weekdays(desk: Desk) -> None:
    desk.now = moment(12, 30, 10)
    case = desk.complaint("handling")
    assert case.due_at == moment(1, 5, 10, year=2027)
    days = [Special(date(2027, 1, 1), False, "元旦"), Special(date(2027, 1, 2), True, "元旦调休")]
    calendar.import_year(desk.session, by=desk.actor("admin.root"), at=desk.now, days=days)
    assert case.due_at == moment(1, 4, 10, year=2027)


def test_penalties_move_too(desk: Desk) -> None:
    penalty = desk.penalty("issued")
    due = penalty.due_at
    day(desk, date(2026, 3, 6), works=False)
    assert penalty.due_at != due
    assert penalty.events[-1].action == "reschedule"
    assert list(audit.findings(desk.session)) == []


@pytest.mark.parametrize("username", ["gm.zhou", "hr.qian", "cr.sun"])
def test_only_administrators_change_it(desk: Desk, username: str) -> None:
    with pytest.raises(Refused):
        day(desk, WEDNESDAY, works=False, by=username)


def test_what_moved_is_told_for_ever(desk: Desk) -> None:
    desk.complaint("handling")
    day(desk, WEDNESDAY, works=False)
    assert desk.session.scalars(select(MovedDeadline)).first() is not None
    with pytest.raises(DatabaseError, match="never"):
        desk.session.execute(text("DELETE FROM moved_deadline"))
