"""MS-1: nobody has to remember that an inspection is to be carried out, submitted and published within its week."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from models import Inspection, Notice, Person, Reminder, Role
from tests.builders import HOUR, MONDAY, Desk, moment
from tests.workflow.test_inspection import answered, planned
from tests.workflow.test_reminder import MINUTE, reminded, vacate
from workflow import agenda, clock_watch, inspection_result, message, people
from workflow import inspection as verbs
from workflow import inspection_roles as roles
from workflow.office import Office

DAY, WEEK = timedelta(days=1), timedelta(days=7)
HALF, DUE = MONDAY + WEEK / 2, MONDAY + WEEK
HE, LIN, SUN, ZHOU, ROOT = "deputy.he", "cr.lin", "cr.sun", "gm.zhou", "admin.root"


def told(desk: Desk) -> list[str]:
    """Who was told outside of reminders, in that order."""
    rows = desk.session.scalars(select(Notice).where(Notice.reminder_id.is_(None)).order_by(Notice.id))
    return [notice.person.username for notice in rows]


def submit(desk: Desk, found: Inspection, by: str, at) -> None:
    verbs.submit(desk.session, found, by=desk.actor(by, at), at=at)


def mine(desk: Desk, username: str, at) -> list[tuple[str, str, object]]:
    entries = agenda.entries(desk.actor(username, at), at)
    return [(e.clock, e.number, e.due_at) for e in entries if e.kind == Inspection.kind]


def test_from_the_plan_to_the_published_result(desk: Desk) -> None:
    """Who holds the checklist until it is submitted, customer relations from then on, the general manager once late."""
    found = planned(desk, day=date(2026, 3, 4), inspectors=[desk.person(HE), desk.person(SUN)])
    assert told(desk) == [HE], "not whoever planned it, and nobody of the department"
    assert mine(desk, HE, MONDAY) == [("visit", found.number, moment(3, 4, 18))], "until work ends on its day"
    assert mine(desk, LIN, MONDAY) == []
    assert reminded(desk, MONDAY + DAY) == [], "no clock runs before its day"
    answered(desk, found)
    assert mine(desk, HE, MONDAY) == mine(desk, SUN, MONDAY) == [("publish", found.number, DUE)]
    assert reminded(desk, HALF - MINUTE) == []
    assert reminded(desk, HALF) == [("half", HALF, {"acts": [HE, SUN]})]
    submit(desk, found, SUN, HALF + HOUR)
    assert told(desk) == [HE, LIN], "customer relations, but for who submitted it"
    assert mine(desk, HE, HALF + HOUR) == []
    assert mine(desk, LIN, HALF + HOUR) == [("publish", found.number, DUE)]
    verbs.take_back(desk.session, found, by=desk.actor(LIN, HALF + HOUR), at=HALF + HOUR, reason="缺照片")
    assert told(desk) == [HE, LIN, HE, SUN]
    submit(desk, found, HE, HALF + 2 * HOUR)
    officers = {"acts": [LIN, SUN]}
    assert reminded(desk, DUE - MINUTE) == []
    assert reminded(desk, DUE) == [("due", DUE, officers)]
    assert reminded(desk, DUE + DAY) == [("late", DUE + DAY, officers | {"superior": [ZHOU]})]
    inspection_result.publish(desk.session, found, by=desk.actor(SUN, DUE + DAY), at=DUE + DAY)
    assert reminded(desk, DUE + 3 * DAY) == [] == mine(desk, LIN, DUE + 3 * DAY)
    assert clock_watch.tidy(desk.session) == 1


def test_a_visit_has_its_day_and_then_goes_up_until_the_administrator(desk: Desk) -> None:
    """Who is to carry it out, while the day lasts; then daily with the next level; cancelled it asks for nothing."""
    found = planned(desk, day=date(2026, 3, 4), inspectors=[desk.person(HE)])
    noon, close = moment(3, 4, 13, 30), moment(3, 4, 18)
    assert reminded(desk, noon - MINUTE) == []
    assert reminded(desk, noon) == [("half", noon, {"acts": [HE]})]
    assert reminded(desk, close - MINUTE) == []
    assert reminded(desk, close) == [("due", close, {"acts": [HE]})]
    assert reminded(desk, close + MINUTE) == []
    assert reminded(desk, close + DAY) == [("late", close + DAY, {"acts": [HE], "superior": [ZHOU]})]
    later = close + 2 * DAY
    assert reminded(desk, later) == [("late", later, {"acts": [HE], "superior": [ZHOU], "administrator": [ROOT]})]
    verbs.cancel(desk.session, found, by=desk.actor(SUN, later), at=later, reason="停电")
    assert reminded(desk, later + DAY) == []
    assert clock_watch.tidy(desk.session) == 1


def test_begun_the_day_is_over_and_the_week_runs(desk: Desk) -> None:
    found = planned(desk, day=date(2026, 3, 2), inspectors=[desk.person(HE)])
    assert reminded(desk, moment(3, 2, 18)) == [("due", moment(3, 2, 18), {"acts": [HE]})]
    begun = moment(3, 2, 19)
    verbs.begin(desk.session, found, by=desk.actor(HE, begun), at=begun)
    assert reminded(desk, begun + DAY) == []
    assert reminded(desk, begun + WEEK / 2) == [("half", begun + WEEK / 2, {"acts": [HE]})]


def test_what_is_cancelled_reminds_of_nothing_and_its_inspectors_hear_of_it(desk: Desk) -> None:
    found = answered(desk, planned(desk))
    verbs.cancel(desk.session, found, by=desk.actor(SUN, HALF - HOUR), at=HALF - HOUR, reason="停电")
    assert told(desk) == [LIN, LIN]
    assert reminded(desk, HALF) == [] == mine(desk, LIN, HALF)


def test_of_inspectors_who_have_left_customer_relations_are_reminded(desk: Desk) -> None:
    answered(desk, planned(desk, inspectors=[desk.person(HE)]))
    people.end_everything(desk.session, desk.person(HE), at=MONDAY + HOUR)
    desk.session.flush()
    desk.office = Office(desk.session)
    assert reminded(desk, HALF) == [("half", HALF, {"acts": [LIN, SUN]})]


def test_without_customer_relations_it_waits_for_the_general_manager(desk: Desk) -> None:
    found = answered(desk, planned(desk, inspectors=[desk.person(HE)]))
    vacate(desk, role=Role.CUSTOMER_RELATIONS)
    submit(desk, found, HE, MONDAY + HOUR)
    assert told(desk) == [HE, ZHOU]
    assert reminded(desk, HALF) == [("half", HALF, {"acts": [ZHOU]})]
    [(occasion, _moment, whom)] = reminded(desk, DUE)
    assert (occasion, whom) == ("due", {"acts": [ZHOU], "administrator": ["admin.root"]})


def test_whose_turn_it_is_as_a_check_and_as_a_query(desk: Desk) -> None:
    """Every state, for everybody in the company; whom it waits for sees it."""
    desk.session.flush()
    states = [
        planned(desk), answered(desk, planned(desk)), answered(desk, planned(desk, inspectors=[desk.person(HE)])),
        planned(desk, inspectors=[desk.person("parts.yuan")]), answered(desk, planned(desk)), planned(desk),
        answered(desk, planned(desk)),
    ]  # fmt: skip
    for each in (states[4], states[6]):
        submit(desk, each, LIN, MONDAY)
    inspection_result.publish(desk.session, states[6], by=desk.actor(SUN), at=MONDAY)
    verbs.cancel(desk.session, states[5], by=desk.actor(SUN), at=MONDAY, reason="停电")
    people.end_everything(desk.session, desk.person("parts.yuan"), at=MONDAY - HOUR)
    desk.session.flush()
    desk.office = Office(desk.session)
    waits: dict[str, list[int]] = {}
    for person in desk.session.scalars(select(Person)).all():
        actor = desk.office.actor(person, MONDAY)
        found = set(desk.session.scalars(select(Inspection.id).where(roles.waits_for(actor))))
        assert found == {each.id for each in states if message.awaits(each, actor, MONDAY)}, person.username
        assert all(message.exists_for(each, actor) for each in states if each.id in found)
        if found:
            waits[person.username] = [place for place, each in enumerate(states) if each.id in found]
    assert waits == {LIN: [0, 1, 3, 4], SUN: [3, 4], HE: [2]}


def test_the_database_keeps_reminders_and_wants_one_thing_of_each(desk: Desk) -> None:
    found = answered(desk, planned(desk))
    reminded(desk, HALF)
    one = desk.session.scalars(select(Reminder)).one()
    assert one.inspection_id == found.id
    with pytest.raises(DatabaseError, match="never"), desk.session.begin_nested():
        desk.session.execute(text("UPDATE reminder SET inspection_id = NULL"))
    with pytest.raises(DatabaseError, match="about_one_thing"), desk.session.begin_nested():
        desk.session.execute(text("UPDATE notice SET inspection_act_id = NULL"))
