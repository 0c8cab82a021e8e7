"""The inbox goes by the deadline, is cut where told, and names what waits for nobody. Whose it is: test_sight."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Complaint, ComplaintState, Deputation, Headship, Person, RoleGrant
from tests.builders import HOUR, Desk
from workflow import letter, roles, waiting
from workflow.office import Office
from workflow.process import Step
from workflow.waiting import Span

RESPONDENTS = ("service.ma", "service.liu", "gm.zhou", "cr.sun", "deputy.he", "sales.wang")


@pytest.fixture
def cases(desk: Desk) -> Desk:
    """Cases about all sorts of people, on all sorts of clocks, filed an hour apart."""
    for respondent in RESPONDENTS:
        by = "cr.lin" if respondent == "cr.sun" else "cr.sun"
        desk.now += HOUR
        desk.file(by, respondent=respondent)
        desk.take("assign", desk.file(by, respondent=respondent), by)
        appealed = desk.file(by, respondent=respondent)
        desk.take("assign", appealed, by)
        desk.take("appeal", appealed, respondent, grounds="有异议")
    for state in ComplaintState:
        desk.complaint(state)
    managed = desk.file(respondent=None, department="management")
    desk.take("assign", managed, "cr.sun")
    desk.take("appeal", managed, "gm.zhou", grounds="总经理有异议")
    desk.session.flush()
    return desk


def counted(session: Session, actor, span: Span = Span(), most: int = 1000) -> int:
    return session.execute(waiting.count(actor, span, most=most)).scalar_one()


def assert_for_nobody(desk: Desk) -> set[int]:
    """The cases that wait for nobody are those for whose clock nobody is awaited."""
    staff, every = desk.office.staff(desk.now), desk.session.scalars(select(Complaint)).all()
    found = set(desk.session.scalars(select(Complaint.id).where(waiting.for_nobody(staff))))
    system = Office(desk.session).system(desk.now)
    assert found == {c.id for c in every if c.clock and not _decisive(c, Step(c, system, desk.now))}
    return found


def _decisive(case: Complaint, step: Step) -> list[Person]:
    """Who can take the step; an objection of the respondent does not answer for the head."""
    people = letter.awaited(step)
    if case.clock != "answer":
        return people
    head = roles.who_takes_heads_steps(case, step.actor.staff)
    return [person for person in people if head is not None and person.id == head.id]


def test_somebody_can_act_on_every_case_of_the_demo_company(cases: Desk) -> None:
    assert assert_for_nobody(cases) == set()


def test_cases_wait_for_nobody_where_head_or_manager_are_missing_or_parties(cases: Desk) -> None:
    for table in (Headship, Deputation):
        for row in cases.session.scalars(select(table)):
            row.until = cases.now
    cases.session.flush()
    cases.office = Office(cases.session)
    about_the_manager = assert_for_nobody(cases)
    for grant in cases.session.scalars(select(RoleGrant)):
        grant.until = cases.now
    cases.session.flush()
    cases.office = Office(cases.session)
    assert set() < about_the_manager < assert_for_nobody(cases)


def test_a_span_cuts_by_the_deadline(cases: Desk) -> None:
    actor, moment = cases.actor("cr.sun"), cases.now + timedelta(days=1)
    before, after = Span(until=moment), Span(since=moment)
    found = [set(cases.session.scalars(waiting.soonest(actor, span, most=1000))) for span in (before, after)]
    assert all(found)
    assert found[0].isdisjoint(found[1])
    assert found[0] | found[1] == set(cases.session.scalars(waiting.soonest(actor, Span(), most=1000)))


def test_pages_follow_each_other_and_counting_stops(cases: Desk) -> None:
    actor = cases.actor("cr.sun")
    whole = list(cases.session.scalars(waiting.soonest(actor, Span(), most=1000)))
    assert list(cases.session.scalars(waiting.soonest(actor, Span(), skip=2, most=3))) == whole[2:5]
    assert counted(cases.session, actor, most=3) == 3


def test_nothing_waits_for_the_clock(cases: Desk) -> None:
    system = Office(cases.session).system(cases.now)
    assert list(cases.session.scalars(waiting.soonest(system, Span(), most=10))) == []
    assert counted(cases.session, system) == 0
