"""LIFE-3: customers who were handed over are told of once, reminded of by the week, and escalated like a case."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from models import ClockWatch, Customer, Deputation, HandedCustomers, Notice, Reminder, Role
from tests.builders import HOUR, MONDAY, Desk
from tests.workflow.test_reminder import MINUTE, look, reminded, told, vacate
from workflow import clock_watch, customers, first_contact, message, people
from workflow.office import Office

DAY, WEEK = timedelta(days=1), timedelta(days=7)
HALF, DUE = MONDAY + WEEK / 2, MONDAY + WEEK
ADVISER, HEAD = "service.gao", "service.liu"


@pytest.fixture
def three(desk: Desk) -> list[Customer]:
    """Three of 马超's customers, handed over to 高峰 at once by customer relations on Monday."""
    found = [
        customers.add(
            desk.session, customers.Typed(f"客户{place}", f"1380000000{place}"), desk.person("service.ma"),
            by=desk.actor("cr.sun"), at=MONDAY - DAY,
        )
        for place in range(3)
    ]  # fmt: skip
    desk.session.flush()
    hand(desk, found, ADVISER)
    return found


def hand(desk: Desk, some: list[Customer], to: str, by: str = "cr.sun", at: Any = MONDAY) -> None:
    customers.hand_over(desk.session, some, desk.person(to), by=desk.actor(by, at), at=at)
    desk.session.flush()


def reach(desk: Desk, some: list[Customer], by: str, at: Any, *, was_reached: bool = True) -> None:
    for customer in some:
        customers.contact(
            desk.session, customer, by=desk.actor(by, at), at=at, was_reached=was_reached, result="已自我介绍"
        )
    desk.session.flush()
    desk.session.expire_all()


def notices(desk: Desk) -> list[tuple[str, bool]]:
    """Who has a notice of customers, and whether it is a reminder."""
    found = desk.session.scalars(select(Notice).where(Notice.customers_id.is_not(None)).order_by(Notice.id))
    return [(one.person.username, one.reminder is not None) for one in found]


def batch(desk: Desk) -> HandedCustomers:
    return desk.session.scalars(HandedCustomers.whole().order_by(HandedCustomers.id.desc())).unique().first()


def test_many_at_once_are_one_notice_with_their_number(desk: Desk, three: list[Customer]) -> None:
    assert notices(desk) == [(ADVISER, False)]
    assert (batch(desk).total, batch(desk).waiting, batch(desk).due_at) == (3, 3, DUE)


def test_each_level_is_told_at_its_exact_time(desk: Desk, three: list[Customer]) -> None:
    """By the clock, weekends included. The leader of a team sees no customers of others and is passed over."""
    mine, above = {"acts": [ADVISER]}, {"acts": [ADVISER], "superior": [HEAD]}
    higher = {"acts": [ADVISER], "superior": [HEAD, "gm.zhou"]}
    story = [
        ("half", HALF, mine), ("due", DUE, mine), ("late", DUE + DAY, above), ("late", DUE + 2 * DAY, higher),
        ("late", DUE + 3 * DAY, higher | {"administrator": ["admin.root"]}), ("late", DUE + 4 * DAY, higher),
    ]  # fmt: skip
    for expected in story:
        assert reminded(desk, expected[1] - MINUTE) == []
        assert reminded(desk, expected[1]) == [expected]
        assert reminded(desk, expected[1]) == []
    assert desk.session.scalar(select(func.count(Reminder.customers_id))) == len(story)


def test_it_ends_with_the_last_contact_and_not_with_an_attempt(desk: Desk, three: list[Customer]) -> None:
    reach(desk, three[:2], ADVISER, MONDAY + DAY)
    reach(desk, three[2:], ADVISER, MONDAY + DAY, was_reached=False)
    assert reminded(desk, HALF) == [("half", HALF, {"acts": [ADVISER]})]
    reach(desk, three[2:], ADVISER, HALF + HOUR)
    assert reminded(desk, DUE) == [] and reminded(desk, DUE + 5 * DAY) == []


def test_contacted_in_time_nobody_is_reminded(desk: Desk, three: list[Customer]) -> None:
    assert reminded(desk, MONDAY + HOUR) == []
    reach(desk, three, ADVISER, HALF - MINUTE)
    assert reminded(desk, HALF) == [] and notices(desk) == [(ADVISER, False)]


def test_handed_on_the_next_adviser_has_a_week_and_the_first_is_left_alone(desk: Desk, three: list[Customer]) -> None:
    hand(desk, three, "service.ma", at=MONDAY + DAY)
    desk.session.expire_all()
    assert notices(desk) == [(ADVISER, False), ("service.ma", False)]
    assert reminded(desk, HALF) == []
    assert reminded(desk, HALF + DAY) == [("half", HALF + DAY, {"acts": ["service.ma"]})]


def test_the_new_adviser_leaves_too_and_customer_relations_follow(desk: Desk, three: list[Customer]) -> None:
    people.end_everything(desk.session, desk.person(ADVISER), at=MONDAY + HOUR)
    desk.session.flush()
    desk.office = Office(desk.session)
    assert reminded(desk, HALF) == [("half", HALF, {"acts": ["cr.lin", "cr.sun"]})]


def test_with_nobody_in_customer_relations_the_administrator_hears_of_it_at_once(
    desk: Desk, three: list[Customer]
) -> None:
    people.end_everything(desk.session, desk.person(ADVISER), at=MONDAY + HOUR)
    vacate(desk, role=Role.CUSTOMER_RELATIONS)
    [reminder] = look(desk.session, HALF)
    assert told(reminder) == {"administrator": ["admin.root"]}
    assert reminder.gaps == [{"post": "customer_relations"}]


def test_who_stands_in_for_a_head_is_told_and_may_call(desk: Desk, three: list[Customer]) -> None:
    desk.office = Office(desk.session)
    stand_in(desk, HEAD, "parts.yuan")
    hand(desk, three, HEAD, at=MONDAY + HOUR)
    assert notices(desk)[1:] == [(HEAD, False), ("parts.yuan", False)]
    assert message.awaits(batch(desk), desk.actor("parts.yuan", MONDAY + HOUR), MONDAY + HOUR)
    reach(desk, three, "parts.yuan", MONDAY + 2 * HOUR)
    assert batch(desk).waiting == 0


def stand_in(desk: Desk, principal: str, deputy: str) -> None:
    desk.session.add(Deputation(
        principal=desk.person(principal), deputy=desk.person(deputy), is_standing=False, since=MONDAY - DAY,
        until=MONDAY + 30 * DAY,
    ))  # fmt: skip
    desk.session.flush()
    desk.office = Office(desk.session)


def test_it_exists_for_those_who_see_the_customers(desk: Desk, three: list[Customer]) -> None:
    found = batch(desk)
    readers = (ADVISER, HEAD, "cr.sun", "gm.zhou", "service.ma", "sales.chen", "hr.qian", "admin.root")
    assert [r for r in readers if first_contact.exists_for(found, desk.actor(r))] == list(readers[:4])
    assert [r for r in readers if message.awaits(found, desk.actor(r), MONDAY)] == [ADVISER]


def test_a_notice_is_about_an_event_or_about_customers(desk: Desk, three: list[Customer]) -> None:
    desk.complaint("assigned")
    for change in (
        "UPDATE notice SET customers_id = NULL WHERE customers_id IS NOT NULL",
        "UPDATE notice SET customers_id = (SELECT min(id) FROM handed_customers)",
    ):
        with pytest.raises(DatabaseError), desk.session.begin_nested():
            desk.session.execute(text(change))


@pytest.mark.parametrize("change", ["due_at = handed_at", "to_id = from_id + 10", "batch_id = 999"])
def test_a_customer_says_the_same_as_those_handed_over_with_it(desk: Desk, three: list[Customer], change: str) -> None:
    with pytest.raises(DatabaseError):
        desk.session.execute(text(f"UPDATE customer_hand_over SET {change}"))


def test_what_was_handed_over_together_is_never_changed(desk: Desk, three: list[Customer]) -> None:
    with pytest.raises(DatabaseError, match="never"):
        desk.session.execute(text("UPDATE handed_customers SET to_id = to_id"))


def test_notes_of_what_has_ended_are_thrown_away_and_the_others_stay(desk: Desk, three: list[Customer]) -> None:
    closed, going = desk.complaint("assigned"), desk.complaint("handling")
    look(desk.session, MONDAY + MINUTE)
    assert watched(desk) >= {("complaint", closed.id), ("complaint", going.id), ("customers", batch(desk).id)}
    assert clock_watch.tidy(desk.session) == 0
    desk.take("withdraw", closed, "cr.sun", reason="客户撤诉")
    reach(desk, three, ADVISER, MONDAY + HOUR)
    desk.session.flush()
    assert clock_watch.tidy(desk.session) == 2
    assert watched(desk) >= {("complaint", going.id)}
    assert not watched(desk) & {("complaint", closed.id), ("customers", batch(desk).id)}


def watched(desk: Desk) -> set[tuple[str, int]]:
    return {(kind, key) for kind, key in desk.session.execute(select(ClockWatch.kind, ClockWatch.case_id))}
