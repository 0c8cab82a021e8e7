"""Orders are carried out after the commit, tried again with growing delay, and shown when they fail."""

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from jobs import outbox
from jobs.timetable import Timetable
from models import Database, Order, OrderState
from tests.builders import MONDAY, Desk

MINUTE = timedelta(minutes=1)


@pytest.fixture
def order_id(database: Database) -> int:
    """The order for the letter of one filed complaint."""
    with database.writing() as session:
        Desk(session).file()
        session.commit()
        return session.scalars(select(Order.id)).one()


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Which orders were carried out."""
    orders: list[int] = []
    monkeypatch.setitem(outbox.KINDS, "render_letter", lambda _session, order, _settings, _at: orders.append(order.id))
    return orders


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("the printer is on fire")

    monkeypatch.setitem(outbox.KINDS, "render_letter", fail)


def _order(database: Database, order_id: int) -> Order:
    with database.reading() as session:
        return session.get_one(Order, order_id)


def test_an_order_is_carried_out_once_however_often_it_is_handed_over(settings, database, order_id, done):
    assert outbox.waiting(database, MONDAY) == [order_id]
    for _ in range(3):
        assert outbox.fulfil(database, order_id, settings=settings, at=MONDAY)
    assert done == [order_id]
    order = _order(database, order_id)
    assert (order.state, order.done_at, order.attempts) == (OrderState.DONE, MONDAY, 1)
    assert outbox.waiting(database, MONDAY) == []


def test_a_failed_order_waits_longer_each_time(settings, database, order_id, broken):
    at, waited = MONDAY, []
    for _ in range(8):
        assert not outbox.fulfil(database, order_id, settings=settings, at=at)
        order = _order(database, order_id)
        waited.append((order.next_try_at - at) / MINUTE)
        assert outbox.waiting(database, order.next_try_at - timedelta(seconds=1)) == []
        at = order.next_try_at
    assert waited == [1, 2, 4, 8, 16, 32, 60, 60]


def test_after_ten_attempts_the_order_is_shown_as_failed_with_its_error(settings, database, order_id, broken):
    at = MONDAY
    for _ in range(outbox.MOST_ATTEMPTS):
        outbox.fulfil(database, order_id, settings=settings, at=at)
        at = _order(database, order_id).next_try_at
    order = _order(database, order_id)
    assert order.state is OrderState.FAILED
    assert order.last_error == "RuntimeError: the printer is on fire"
    assert outbox.waiting(database, at + timedelta(days=1)) == []


def test_what_was_given_up_is_tried_once_each_night(settings, database, order_id, broken, monkeypatch):
    with database.writing() as session:
        order = session.get_one(Order, order_id)
        order.state, order.attempts, order.last_error = OrderState.FAILED, outbox.MOST_ATTEMPTS, "x: y"
        session.commit()
    for night in (1, 2):
        outbox.try_once_more(database, MONDAY + timedelta(days=night))
        assert outbox.carry_out(database, MONDAY + timedelta(days=night), settings=settings) == 1
        assert _order(database, order_id).state is OrderState.FAILED
    monkeypatch.setitem(outbox.KINDS, "render_letter", lambda *_: None)
    outbox.try_once_more(database, MONDAY + timedelta(days=3))
    outbox.carry_out(database, MONDAY + timedelta(days=3), settings=settings)
    assert _order(database, order_id).state is OrderState.DONE


def test_what_failed_for_a_while_succeeds_in_the_end_and_forgets_the_error(
    settings, database, order_id, broken, monkeypatch
):
    outbox.fulfil(database, order_id, settings=settings, at=MONDAY)
    monkeypatch.setitem(outbox.KINDS, "render_letter", lambda *_: None)
    assert outbox.carry_out(database, MONDAY + MINUTE, settings=settings) == 1
    order = _order(database, order_id)
    assert (order.state, order.last_error) == (OrderState.DONE, None)


def test_an_attempt_that_took_the_process_down_counts_and_is_made_again(settings, database, order_id, monkeypatch):
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setitem(outbox.KINDS, "render_letter", die)
    with pytest.raises(KeyboardInterrupt):
        outbox.fulfil(database, order_id, settings=settings, at=MONDAY)
    assert _order(database, order_id).attempts == 1
    assert outbox.waiting(database, MONDAY) == []
    assert outbox.waiting(database, MONDAY + MINUTE) == [order_id]


def test_an_order_in_other_hands_is_left_alone(settings, database, order_id, done):
    assert outbox._begin(database, order_id, MONDAY)
    assert outbox.fulfil(database, order_id, settings=settings, at=MONDAY)
    assert done == []


def test_the_orders_of_one_request_are_those_of_its_moment(database, order_id):
    with database.writing() as session:
        Desk(session, MONDAY + MINUTE).file()
        session.commit()
    with database.reading() as session:
        assert outbox.written_at(session, MONDAY) == [order_id]


def test_more_than_is_handed_over_at_once_needs_no_second_sweep(settings, database, monkeypatch, done):
    with database.writing() as session:
        orders = [Desk(session).file() for _ in range(5)]
        session.commit()
    monkeypatch.setattr(outbox, "waiting", partial(outbox.waiting, most=2))
    timetable = Timetable(settings, database, lambda: MONDAY)
    timetable.sweep()
    while task := timetable.queue.dequeue():
        timetable.queue.execute(task)
    assert len(done) == len(set(done)) == len(orders)
