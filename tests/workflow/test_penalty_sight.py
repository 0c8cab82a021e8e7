"""Penalties: what the queries find and what the checks say is the same, for every person and every penalty."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from models import Headship, Letter, Penalty, Person, Role, RoleGrant
from tests.builders import MONDAY, Desk
from tests.workflow.test_fairness import delegate
from workflow import penalty_roles, penalty_waiting, reading, standing
from workflow.inbox import open_actions, waiting_penalties
from workflow.office import Office
from workflow.roles import Actor

# By whom each can be proposed, and who takes the head's steps and approves.
PEOPLE = {
    "service.ma": ("service.liu", "service.liu", "gm.zhou"),
    "service.liu": ("gm.zhou", "gm.zhou", "deputy.he"),
    "cr.lin": ("gm.zhou", "gm.zhou", "deputy.he"),
    "hr.qian": ("cr.lin", "gm.zhou", "gm.zhou"),
    "gm.zhou": ("cr.lin", "deputy.he", "deputy.he"),
    "deputy.he": ("cr.lin", "gm.zhou", "gm.zhou"),
    "sales.wang": ("cr.lin", "sales.chen", "gm.zhou"),
}


@pytest.fixture
def penalties(staged: Callable[..., None], session: Session) -> Desk:
    """About all sorts of people, each at every stage; in one the time for the defence has run out."""
    staged(penalties_of_all_sorts)
    return Desk(session, MONDAY + timedelta(days=3))


def penalties_of_all_sorts(session: Session) -> None:
    desk = Desk(session)
    for respondent, (proposer, head, manager) in PEOPLE.items():
        for stages in range(5):
            penalty = desk.propose(proposer, respondent=respondent)
            acts = [
                (respondent, "waive", {}), (head, "submit", {"union_notice": "无异议"}),
                (manager, "approve", {"open_reason": "已核", "ends_on": MONDAY.date() + timedelta(days=30)}),
                (respondent, "appeal", {"grounds": "不服"}),
            ]  # fmt: skip
            for by, action, inputs in acts[:stages]:
                desk.decide(action, penalty, by, **inputs)
    dropped = desk.propose(respondent="service.gao")
    desk.decide("drop", dropped, "service.liu", reason="查无实据")


def assert_queries_and_checks_agree(desk: Desk) -> None:
    session, office = desk.session, Office(desk.session)
    every = list(session.scalars(select(Penalty).options(selectinload(Penalty.events))))
    letters = list(session.scalars(select(Letter).options(selectinload(Letter.recipients))))
    for person in session.scalars(select(Person)):
        actor = office.actor(person, desk.now)
        found = set(session.scalars(select(Penalty.id).where(penalty_roles.visible_to(actor))))
        assert found == {p.id for p in every if penalty_roles.may_see(p, actor)}, f"what {person.username} sees"
        _assert_inbox(desk, actor, every)
        read = set(session.scalars(select(Letter.id).where(reading.letters_visible_to(actor))))
        assert read == {x.id for x in letters if reading.may_read(x, actor)}, f"what {person.username} reads"


def _assert_inbox(desk: Desk, actor: Actor, every: list[Penalty]) -> None:
    waits = set(desk.session.scalars(select(Penalty.id).where(penalty_waiting.waits_for(actor))))
    assert waits == {p.id for p in every if _can_act(p, actor, desk)}, f"the inbox of {actor.person.username}"
    for penalty in desk.session.scalars(waiting_penalties(actor)).unique():
        assert penalty_roles.may_see(penalty, actor), "whoever must act on a case can open it"


def _can_act(penalty: Penalty, actor: Actor, desk: Desk) -> bool:
    """Answers the running clock; or is the head of what was not defended in time."""
    if open_actions(penalty, actor, desk.now):
        return True
    ran_out = penalty.clock == "defence" and penalty.due_at <= desk.now
    step = penalty_roles.only(penalty_roles.who_takes_heads_steps(penalty, actor.staff))
    heads = {person.id for person in step}
    mine = {principal.id for principal in actor.staff.principals_of(actor.person)}
    return ran_out and actor.person.id != penalty.respondent_id and bool(heads & mine)


def test_as_the_company_is(penalties: Desk) -> None:
    assert_queries_and_checks_agree(penalties)


def test_with_delegations(penalties: Desk) -> None:
    delegate(penalties, "gm.zhou", "parts.deng")
    delegate(penalties, "service.liu", "service.gao")
    assert_queries_and_checks_agree(penalties)


@pytest.mark.parametrize(("principal", "proposer"), [("service.liu", "gm.zhou"), ("gm.zhou", "cr.lin")])
def test_whoever_stands_in_for_somebody_finds_nothing_of_that_persons_own_case(
    desk: Desk, principal: str, proposer: str
) -> None:
    own = desk.propose(proposer, respondent=principal)
    desk.decide("waive", own, principal)
    other = desk.propose(respondent="service.gao")
    delegate(desk, principal, "service.ma")
    deputy = Office(desk.session).actor(desk.person("service.ma"), desk.now)
    assert penalty_roles.may_see(other, deputy)
    assert not penalty_roles.may_see(own, deputy)
    assert set(desk.session.scalars(select(Penalty.id).where(penalty_roles.visible_to(deputy)))) == {other.id}
    reach = standing.in_reach_of(deputy)
    assert reach is not None
    read = set(desk.session.scalars(select(Person.username).where(reach)))
    assert "service.gao" in read
    assert principal not in read
    assert not standing.may_read_history(desk.person(principal), deputy)


def test_with_a_review_body(penalties: Desk) -> None:
    company = penalties.office.company
    for body in ("hr.qian", "parts.deng", "service.ma"):
        company.settings = {**company.settings, "review_body": penalties.person(body).id}
        penalties.session.flush()
        assert_queries_and_checks_agree(penalties)


@pytest.mark.parametrize("vacant", ["head", "manager"])
def test_where_a_post_is_vacant(penalties: Desk, vacant: str) -> None:
    liu, zhou = penalties.person("service.liu"), penalties.person("gm.zhou")
    if vacant == "head":
        held = penalties.session.scalars(select(Headship).filter_by(person_id=liu.id)).one()
    else:
        held = penalties.session.scalars(
            select(RoleGrant).filter_by(person_id=zhou.id, role=Role.GENERAL_MANAGER)
        ).one()
    held.until = MONDAY
    penalties.session.flush()
    assert_queries_and_checks_agree(penalties)


def test_after_somebody_has_left(penalties: Desk) -> None:
    for gone in ("service.ma", "sales.wang", "cr.lin"):
        penalties.person(gone).left_at = MONDAY
    penalties.session.flush()
    assert_queries_and_checks_agree(penalties)


def test_a_leader_reads_the_own_part_of_a_decision_and_nothing_else_of_the_case(desk: Desk) -> None:
    penalty = desk.penalty("issued")
    gao = desk.actor("service.gao")
    copies = {
        letter.kind: reading.may_read(letter, gao) for event in penalty.events for letter in event.letters
    }  # fmt: skip
    assert copies == {
        "prior_notice": None, "defence_record": None, "penalty_submission": None, "first_penalty_notice": "leader",
    }  # fmt: skip
    assert not penalty_roles.may_see(penalty, gao)


def test_the_respondent_reads_decisions_without_the_leaders_part(desk: Desk) -> None:
    penalty = desk.penalty("issued")
    ma = desk.actor("service.ma")
    copies = {letter.kind: reading.may_read(letter, ma) for event in penalty.events for letter in event.letters}
    assert copies == {
        "prior_notice": "respondent", "defence_record": "respondent", "penalty_submission": None,
        "first_penalty_notice": "respondent",
    }  # fmt: skip
