"""What fell due is carried out once, in order, dated with its moment, whoever else acts meanwhile."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from jobs import overdue as jobs_overdue
from jobs.once import only_once
from jobs.overdue import carry_out_due
from models import Complaint, ComplaintState, Event, FailedStep
from tests.builders import MONDAY, Desk
from workflow import deadline, overdue

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _january_is_computed(database) -> None:
    """The month before the stories of these tests fell due on the 10th."""
    assert carry_out_due(database, MONDAY - 10 * DAY) == 1


def _assigned(database, *hours_ago: int) -> list[int]:
    with database.writing() as session:
        cases = []
        for hours in hours_ago:
            desk = Desk(session, MONDAY - timedelta(hours=hours))
            cases.append(desk.complaint("assigned").id)
        session.commit()
        return cases


def _lapses(database) -> list[Event]:
    with database.reading() as session:
        return list(session.scalars(select(Event).filter_by(action="lapse").order_by(Event.id)))


def test_everything_missed_lapses_in_order_dated_with_the_moment_it_fell_due(database):
    late, later = _assigned(database, 30, 50)
    assert carry_out_due(database, MONDAY) == 2
    assert [(e.complaint_id, e.at) for e in _lapses(database)] == [
        (later, MONDAY - timedelta(hours=26)),
        (late, MONDAY - timedelta(hours=6)),
    ]


def test_nothing_lapses_before_its_time_and_nothing_twice(database):
    _assigned(database, 23)
    assert carry_out_due(database, MONDAY) == 0
    assert carry_out_due(database, MONDAY + DAY) == 1
    assert carry_out_due(database, MONDAY + DAY) == 0


def test_two_workers_at_once_take_each_step_once(database):
    _assigned(database, 25, 26, 27, 28)
    with ThreadPoolExecutor(2) as workers:
        taken = list(workers.map(lambda _: carry_out_due(database, MONDAY), range(2)))
    assert sum(taken) == 4
    assert len(_lapses(database)) == 4


def test_a_case_that_was_answered_meanwhile_is_left_alone(database):
    [case] = _assigned(database, 30)
    with database.reading() as session:
        [due] = deadline.due(session, MONDAY)
    with database.writing() as session:
        Desk(session).take("accept", session.get_one(Complaint, case), "service.liu", at=MONDAY - timedelta(hours=7))
        session.commit()
    assert not jobs_overdue._take(database, due, MONDAY)
    assert _lapses(database) == []


def test_a_step_that_cannot_be_taken_stops_no_other(database, monkeypatch):
    broken, sound = _assigned(database, 30, 29)
    take = overdue.take

    def take_unless_broken(session, due):
        if due.case_id == broken:
            raise RuntimeError("damaged")
        return take(session, due)

    monkeypatch.setattr(jobs_overdue.overdue, "take", take_unless_broken)
    assert carry_out_due(database, MONDAY) == 1
    with database.reading() as session:
        assert session.get_one(Complaint, broken).state is ComplaintState.ASSIGNED
        assert session.get_one(Complaint, sound).state is ComplaintState.HANDLING


def test_what_cannot_be_taken_is_noted_with_its_reason_and_tried_again_each_time_later(database, monkeypatch):
    [broken] = _assigned(database, 30)
    with monkeypatch.context() as patched:
        patched.setattr(jobs_overdue.overdue, "take", _damaged)
        at, waited = MONDAY, []
        for _ in range(3):
            assert carry_out_due(database, at) == 0
            [failed] = _failed(database)
            waited.append((failed.next_try_at - at) / timedelta(minutes=1))
            assert carry_out_due(database, failed.next_try_at - timedelta(seconds=1)) == 0
            assert _failed(database)[0].attempts == len(waited)
            at = failed.next_try_at
    assert waited == [1, 2, 4]
    assert (failed.kind, failed.case_id, failed.action) == ("complaint", broken, "lapse")
    assert failed.last_error == "RuntimeError: damaged"
    assert carry_out_due(database, at) == 1
    assert _failed(database) == []


def test_what_failed_is_forgotten_once_somebody_has_acted(database, monkeypatch):
    [case] = _assigned(database, 30)
    with monkeypatch.context() as patched:
        patched.setattr(jobs_overdue.overdue, "take", _damaged)
        carry_out_due(database, MONDAY)
    with database.writing() as session:
        Desk(session).take("accept", session.get_one(Complaint, case), "service.liu", at=MONDAY - timedelta(hours=7))
        session.commit()
    carry_out_due(database, MONDAY)
    assert _failed(database) == []


def test_a_step_that_somebody_else_does_at_the_same_moment_is_no_error(database, monkeypatch, caplog):
    [case] = _assigned(database, 30)

    def take_too_late(session, due):
        """As if another had committed between the look and the step: for a month the database itself refuses it."""
        with database.writing() as other:
            take(other, due)
            other.commit()
        raise IntegrityError("INSERT", {}, Exception("UNIQUE"))

    take = overdue.take
    monkeypatch.setattr(jobs_overdue.overdue, "take", take_too_late)
    with caplog.at_level("WARNING"):
        assert carry_out_due(database, MONDAY) == 0
    assert caplog.records == [] and _failed(database) == []
    assert [event.complaint_id for event in _lapses(database)] == [case]


def test_one_clock_is_enough(database):
    _assigned(database, 30)
    with only_once(database, "clock") as mine:
        assert mine and carry_out_due(database, MONDAY) == 0
    assert carry_out_due(database, MONDAY) == 1


def _damaged(*_):
    raise RuntimeError("damaged")


def _failed(database) -> list[FailedStep]:
    with database.reading() as session:
        return list(session.scalars(select(FailedStep)))
