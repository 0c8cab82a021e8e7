"""The queries and the checks say the same of every person and every case."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from models import Complaint, ComplaintState, Headship, Person, Role
from tests.builders import MONDAY, Desk
from tests.workflow.test_fairness import delegate
from workflow import sight, waiting
from workflow.complaint_reach import reach_of
from workflow.inbox import open_actions, waiting_cases
from workflow.office import Office
from workflow.sight import may_see
from workflow.waiting import Span

RESPONDENTS = ("service.ma", "service.liu", "gm.zhou", "cr.sun", "cr.lin", "deputy.he", None)


@pytest.fixture
def cases(staged: Callable[..., None], session: Session) -> Desk:
    """A case of every kind of respondent in every state that the walk there allows."""
    staged(cases_of_all_kinds)
    return Desk(session)


def cases_of_all_kinds(session: Session) -> None:
    desk = Desk(session)
    for respondent in RESPONDENTS:
        department = None if respondent else "after_sales"
        by = "cr.lin" if respondent == "cr.sun" else "cr.sun"
        filed = desk.file(by, respondent=respondent, department=department)
        assigned = desk.file(by, respondent=respondent, department=department)
        desk.take("assign", assigned, by)
        if respondent is not None:
            appealed = desk.file(by, respondent=respondent)
            desk.take("assign", appealed, by)
            desk.take("appeal", appealed, respondent, grounds="有异议")
        assert filed.state is ComplaintState.FILED
    for state in ComplaintState:
        desk.complaint(state)
    headed = desk.file(respondent="sales.wang")
    desk.take("assign", headed, "cr.sun")
    desk.take("appeal", headed, "sales.chen", grounds="主管有异议")
    managed = desk.file(respondent=None, department="management")
    desk.take("assign", managed, "cr.sun")
    desk.take("appeal", managed, "gm.zhou", grounds="总经理有异议")


def everyone(session: Session) -> list[Person]:
    return list(session.scalars(select(Person)))


def assert_queries_and_checks_agree(desk: Desk) -> None:
    session = desk.session
    every = list(session.scalars(select(Complaint).options(selectinload(Complaint.events))))
    office = Office(session)
    for person in everyone(session):
        actor = office.actor(person, desk.now)
        queried = set(session.scalars(select(Complaint.id).where(sight.visible_to(actor))))
        assert queried == {c.id for c in every if may_see(c, actor)}, f"what {person.username} sees"
        soonest = list(session.scalars(waiting_cases(actor).with_only_columns(Complaint.id)))
        assert list(session.scalars(waiting.soonest(actor, Span(), most=1000))) == soonest, f"{person.username}'s inbox"
        count = session.execute(waiting.count(actor, Span(), most=1000)).scalar_one()
        assert count == len(soonest), f"how much waits for {person.username}"
        listed = set(session.scalars(select(Complaint.id).where(reach_of(actor).condition)))
        filtered = set(session.scalars(select(Complaint.id).where(reach_of(actor).filter)))
        assert listed == filtered == queried, f"what {person.username} finds in lists"
        answerable = {c.id for c in every if open_actions(c, actor, desk.now)}
        assert set(soonest) == answerable, f"what waits for {person.username}"
        assert answerable <= queried, f"{person.username} must act on a case they cannot open"


def test_queries_and_checks_agree_for_everyone(cases: Desk) -> None:
    assert_queries_and_checks_agree(cases)


def test_they_agree_when_heads_and_the_gm_have_delegated(cases: Desk) -> None:
    for principal, deputy in (("service.liu", "service.gao"), ("gm.zhou", "service.ma"), ("cr.lin", "parts.deng")):
        delegate(cases, principal, deputy)
    assert_queries_and_checks_agree(cases)


@pytest.mark.parametrize("principal", ["service.liu", "gm.zhou"])
def test_whoever_stands_in_for_somebody_finds_nothing_of_that_persons_own_cases(cases: Desk, principal: str) -> None:
    delegate(cases, principal, "parts.deng")
    assert_queries_and_checks_agree(cases)
    actor = Office(cases.session).actor(cases.person("parts.deng"), cases.now)
    seen = set(cases.session.scalars(select(Complaint.respondent_id).where(sight.visible_to(actor))))
    assert cases.person(principal).id not in seen
    assert cases.person("service.ma").id in seen


def test_the_named_deputy_finds_the_managers_cases_also_while_standing_in(cases: Desk) -> None:
    delegate(cases, "gm.zhou", "deputy.he")
    assert_queries_and_checks_agree(cases)
    actor = Office(cases.session).actor(cases.person("deputy.he"), cases.now)
    seen = set(cases.session.scalars(select(Complaint.respondent_id).where(sight.visible_to(actor))))
    assert cases.person("gm.zhou").id in seen


def test_they_agree_when_posts_are_vacant_and_people_have_left(cases: Desk) -> None:
    headship = cases.session.scalars(select(Headship).where(Headship.person == cases.person("service.liu"))).one()
    headship.until = MONDAY - timedelta(days=1)
    cases.person("service.ma").left_at = MONDAY - timedelta(hours=1)
    cases.session.flush()
    assert_queries_and_checks_agree(cases)


def test_they_agree_without_a_general_manager(cases: Desk) -> None:
    manager = cases.person("gm.zhou")
    next(grant for grant in manager.grants if grant.role is Role.GENERAL_MANAGER).until = MONDAY
    cases.session.flush()
    assert_queries_and_checks_agree(cases)


def test_a_case_against_the_gm_goes_to_the_deputy(desk: Desk) -> None:
    case = desk.file(respondent="gm.zhou")
    desk.take("assign", case, "cr.sun")
    desk.take("appeal", case, "gm.zhou", grounds="与我无关")
    desk.take("endorse", case, "deputy.he")
    step = desk.take("uphold", case, "deputy.he", reason="查无此事")
    assert step.subject.state is ComplaintState.VOIDED


def test_a_delegate_acts_for_the_principal_and_the_event_says_so(desk: Desk) -> None:
    delegate(desk, "service.liu", "service.gao")
    case = desk.complaint("assigned")
    step = desk.take("accept", case, "service.gao")
    assert step.event.actor.username == "service.gao"
    assert step.event.acting_for.username == "service.liu"
    assert step.event.letters[0].content["acting_for"]["name"] == "刘洋"
