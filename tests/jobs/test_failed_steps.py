"""A hand-over or reminder that fails stands before the administrator, rests, is tried again, and goes when it went."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from jobs import hand_over as handing
from jobs.background import KINDS
from jobs.reminding import remind_of_what_waits
from models import Complaint, FailedStep, HandOver, Notice, Reminder
from tests.builders import MONDAY, Desk, moment
from workflow import customers, hand_over, reminder

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
HALF = moment(3, 3, 13, 30)


def failures(database: Any) -> list[tuple[str, str, int]]:
    with database.reading() as session:
        found = session.scalars(select(FailedStep).order_by(FailedStep.id))
        return [(row.action, row.kind, row.attempts) for row in found]


def damaged(*_: Any, **__: Any) -> None:
    raise RuntimeError("damaged")


def test_a_reminder_that_fails_rests_and_is_tried_again(database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with database.writing() as session:
        Desk(session).complaint("handling")
        session.commit()
    with monkeypatch.context() as patched:
        patched.setattr(reminder, "who_must_act", damaged)
        assert remind_of_what_waits(database, HALF) == 0
        assert failures(database) == [("remind", "complaint", 1)]
        # It rests for a minute, then for two.
        assert remind_of_what_waits(database, HALF + MINUTE / 2) == 0
        assert failures(database) == [("remind", "complaint", 1)]
        remind_of_what_waits(database, HALF + MINUTE)
        assert failures(database) == [("remind", "complaint", 2)]
    assert remind_of_what_waits(database, HALF + 2 * MINUTE) == 0
    with database.writing() as session:
        assert len(KINDS["reminders"].try_again(session, HALF + 2 * MINUTE)) == 1
        session.commit()
    assert remind_of_what_waits(database, HALF + 2 * MINUTE) == 1
    assert failures(database) == []


def test_what_is_done_without_the_reminder_is_no_failure_any_more(
    database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.writing() as session:
        key = Desk(session).complaint("handling").id
        session.commit()
    with monkeypatch.context() as patched:
        patched.setattr(reminder, "who_must_act", damaged)
        remind_of_what_waits(database, HALF)
    with database.writing() as session:
        desk = Desk(session)
        desk.take("withdraw", Complaint.locked(session, key), "cr.sun", reason="客户撤诉")
        session.commit()
    remind_of_what_waits(database, HALF + MINUTE / 2)
    assert failures(database) == []


def test_a_hand_over_that_fails_stops_no_other_and_goes_once_it_went(
    database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.writing() as session:
        desk = Desk(session)
        for username in ("service.ma", "parts.yuan"):
            person = desk.person(username)
            hand_over.begin(session, person, by=desk.actor("hr.qian"), at=MONDAY, effective_at=MONDAY + DAY)
        session.commit()
    carry_out = hand_over.carry_out

    def unless_of_ma(session: Any, going: HandOver, *, at: Any) -> None:
        if going.person.username == "service.ma":
            raise RuntimeError("damaged")
        carry_out(session, going, at=at)

    with monkeypatch.context() as patched:
        patched.setattr(hand_over, "carry_out", unless_of_ma)
        assert handing.carry_out_due(database, MONDAY + DAY) == 1
        assert failures(database) == [("hand_over", "hand_over", 1)]
    assert handing.carry_out_due(database, MONDAY + DAY + MINUTE / 2) == 0
    assert failures(database) == [("hand_over", "hand_over", 1)]
    assert handing.carry_out_due(database, MONDAY + DAY + MINUTE) == 1
    assert failures(database) == []


def test_a_worker_that_was_killed_tells_nobody_twice_and_loses_nothing(
    database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before its commit nothing is left of it; the next one writes the reminder and its notice once."""
    with database.writing() as session:
        desk = Desk(session)
        typed = customers.Typed("郑女士", "13812345678")
        customer = customers.add(session, typed, desk.person("service.ma"), by=desk.actor("cr.sun"), at=MONDAY)
        session.flush()
        customers.hand_over(session, [customer], desk.person("service.gao"), by=desk.actor("cr.sun"), at=MONDAY)
        session.commit()
    half = MONDAY + timedelta(days=3, hours=12)
    remind = reminder.remind

    def killed(*given: Any, **named: Any) -> None:
        remind(*given, **named)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(reminder, "remind", killed)
        with pytest.raises(KeyboardInterrupt):
            remind_of_what_waits(database, half)
    assert written(database) == (0, 1)
    assert [remind_of_what_waits(database, half) for _ in range(2)] == [1, 0]
    assert written(database) == (1, 2)


def written(database: Any) -> tuple[int, int]:
    """How many reminders, and how many notices of customers."""
    with database.reading() as session:
        reminders = session.scalar(select(func.count(Reminder.customers_id)))
        return reminders, session.scalar(select(func.count(Notice.customers_id)))
