"""The inbox in pieces says the same as the inbox in one sentence, in the same order, and stops where told."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Complaint, ComplaintState, Deputation, Headship, Person, Role
from tests.builders import HOUR, MONDAY, Desk
from workflow import waiting
from workflow.inbox import waiting_cases
from workflow.office import Office
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


def assert_pieces_are_the_whole(desk: Desk) -> None:
    session, office = desk.session, Office(desk.session)
    for person in session.scalars(select(Person)):
        actor = office.actor(person, desk.now)
        whole = list(session.scalars(waiting_cases(actor).with_only_columns(Complaint.id)))
        pieces = list(session.scalars(waiting.soonest(actor, Span(), most=1000)))
        assert pieces == whole, f"what waits for {person.username}"
        assert counted(session, actor) == len(whole), f"how much waits for {person.username}"


def counted(session: Session, actor, span: Span = Span(), most: int = 1000) -> int:
    return session.execute(waiting.count(actor, span, most=most)).scalar_one()


def test_the_pieces_are_the_whole_for_everyone(cases: Desk) -> None:
    assert_pieces_are_the_whole(cases)


def test_they_are_when_heads_and_the_gm_have_delegated(cases: Desk) -> None:
    for principal, deputy in (
        ("service.liu", "service.gao"),
        ("gm.zhou", "service.ma"),
        ("gm.zhou", "sales.chen"),
        ("cr.sun", "parts.deng"),
    ):
        cases.session.add(
            Deputation(
                principal=cases.person(principal), deputy=cases.person(deputy), is_standing=False,
                since=MONDAY - timedelta(days=1), until=MONDAY + timedelta(days=1),
            )
        )  # fmt: skip
    cases.session.flush()
    assert_pieces_are_the_whole(cases)


def test_they_are_when_a_post_is_vacant_and_somebody_has_left(cases: Desk) -> None:
    headship = cases.session.scalars(select(Headship).where(Headship.person == cases.person("service.liu"))).one()
    headship.until = MONDAY - timedelta(days=1)
    cases.person("service.ma").left_at = MONDAY - timedelta(hours=1)
    cases.session.flush()
    assert_pieces_are_the_whole(cases)


def test_they_are_without_a_general_manager(cases: Desk) -> None:
    manager = cases.person("gm.zhou")
    next(grant for grant in manager.grants if grant.role is Role.GENERAL_MANAGER).until = MONDAY
    cases.session.flush()
    assert_pieces_are_the_whole(cases)


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
