"""Rewards: proposed by whoever knows what was done well, granted or declined by the general manager.

Whatever regulation a reward comes from, it names the person, the rule, the amount, the reason and its source, and a
source rewards a person once by one rule. Who is rewarded never decides it, nor does whoever proposed it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import Session, joinedload

from models import Person, RegulationVersion, Reward, Role
from workflow.process import FORBIDDEN, INVALID, MOVED_ON, N_, NOT_FOUND, Objection, Refused, refuse
from workflow.roles import Actor, general_manager_or_deputy
from workflow.texts import clean

SERIES = "reward_case"
LONGEST_REASON = 1000
MOST_FEN = 10_000_000


@dataclass(frozen=True)
class Wish:
    """Who is to be rewarded, by which rule of which edition, with how much (fen), why, and where it comes from."""

    person: Person
    version: RegulationVersion
    rule: str
    amount: int
    reason: str
    source: str


def propose(session: Session, wish: Wish, *, by: Actor, at: datetime) -> Reward:
    """The general manager decides next. Refused where this source has rewarded this person by this rule already."""
    reason = clean(wish.reason) or ""
    _only_who_proposes(by)
    assert by.person is not None
    known = select(Reward.id).where(
        Reward.person_id == wish.person.id, Reward.rule == wish.rule, Reward.source == wish.source
    )
    refuse(
        Objection(INVALID, N_("%(name)s has left the company."), name=wish.person.name)
        if wish.person.has_left_at(at)
        else None,
        Objection(FORBIDDEN, N_("Nobody proposes a reward for themselves."))
        if wish.person.id == by.person.id
        else None,
        Objection(INVALID, N_("Give a reason."), field="reason") if not reason else None,
        Objection(INVALID, N_("At most %(most)d characters, please."), field="reason", most=LONGEST_REASON)
        if len(reason) > LONGEST_REASON
        else None,
        Objection(INVALID, N_("A reward lies between 0.01 and 100,000 yuan."), field="amount")
        if not 0 < wish.amount <= MOST_FEN
        else None,
        Objection(MOVED_ON, N_("This was proposed already.")) if session.scalar(known) is not None else None,
    )
    year, seq = by.office.next_number(SERIES, at)
    reward = Reward(
        year=year, seq=seq, person=wish.person, person_id=wish.person.id, regulation_version=wish.version,
        rule=wish.rule, amount=wish.amount, reason=reason, source=wish.source, proposed_at=at, proposed_by=by.person,
        proposed_by_id=by.person.id,
    )  # fmt: skip
    session.add(reward)
    session.flush()
    return reward


def decide(reward: Reward, *, granted: bool | None, decision: str, by: Actor, at: datetime) -> Reward:
    """The general manager grants or declines it; what is granted is money of the first open month."""
    if not may_see(reward, by):
        raise Refused([Objection(NOT_FOUND, N_("There is no such reward."))])
    said = clean(decision)
    decider = who_decides(reward, by)
    principals = by.staff.principals_but(by.person, reward.person_id) if by.person is not None else []
    if decider is None or decider.id not in {person.id for person in principals} or by.has_left:
        if decider is None:
            raise Refused([Objection(FORBIDDEN, N_("Nobody can take this step here; ask the administrator."))])
        raise Refused([Objection(FORBIDDEN, N_("Only %(names)s can take this step."), names=(decider.name,))])
    refuse(
        Objection(MOVED_ON, N_("This reward was decided already.")) if reward.decided_at is not None else None,
    )
    refuse(
        Objection(INVALID, N_("Answer with yes or no."), field="granted") if granted is None else None,
        Objection(INVALID, N_("Give a reason."), field="decision") if granted is False and not said else None,
        Objection(INVALID, N_("At most %(most)d characters, please."), field="decision", most=LONGEST_REASON)
        if len(said or "") > LONGEST_REASON
        else None,
    )
    reward.decided_at, reward.decided_by, reward.granted, reward.decision = at, by.person, granted, said
    reward.decided_by_id = by.person.id if by.person is not None else None
    reward.month = by.office.open_month(reward.person, at) if granted else None
    return reward


def who_decides(reward: Reward, actor: Actor) -> Person | None:
    """The general manager; their standing deputy where the reward is theirs or they proposed it."""
    return general_manager_or_deputy(actor.staff, not_among=(reward.person_id, reward.proposed_by_id))


def may_see(reward: Reward, actor: Actor) -> bool:
    """Whether the reward exists for this person; the same sentences as `visible_to`."""
    person = actor.person
    if person is None or actor.has_left:
        return False
    if reward.person_id == person.id:
        return reward.granted is True
    parties = {reward.person_id, reward.proposed_by_id}
    return _sees_all(actor) or reward.proposed_by_id == person.id or _stands_in_for(actor) in parties


def visible_to(actor: Actor) -> ColumnElement[bool]:
    person = actor.person
    if person is None or actor.has_left:
        return false()
    theirs = (Reward.person_id == person.id) & Reward.granted.is_(True)
    others = Reward.person_id != person.id
    if _sees_all(actor):
        return or_(theirs, others)
    manager = _stands_in_for(actor)
    decides = or_(Reward.person_id == manager, Reward.proposed_by_id == manager) if manager is not None else false()
    return or_(theirs, others & or_(Reward.proposed_by_id == person.id, decides))


def found(session: Session, actor: Actor, *, month: str = "") -> Sequence[Reward]:
    """The rewards that this person may see, those to be decided first, then the newest."""
    query = select(Reward).where(visible_to(actor))
    if month:
        query = query.where(Reward.month == month)
    ordered = query.order_by(Reward.decided_at.is_not(None), Reward.id.desc())
    people = (joinedload(Reward.person), joinedload(Reward.proposed_by), joinedload(Reward.decided_by))
    return session.scalars(ordered.options(*people)).all()


def locked(session: Session, number: str) -> Reward | None:
    query = Reward.by_number(number).with_for_update(of=Reward).execution_options(populate_existing=True)
    return session.scalars(query).one_or_none()


def _sees_all(actor: Actor) -> bool:
    assert actor.person is not None
    roles = set[Role]().union(*(actor.staff.roles_of(p) for p in actor.staff.principals_of(actor.person)))
    return bool({Role.GENERAL_MANAGER} & roles or {Role.HUMAN_RESOURCES, Role.CUSTOMER_RELATIONS} & actor.roles)


def _stands_in_for(actor: Actor) -> int | None:
    """The general manager, to whose own rewards and proposals their standing deputy sees."""
    manager = actor.staff.general_manager
    deputy = actor.staff.standing_deputy_of(manager)
    is_me = deputy is not None and actor.person is not None and deputy.id == actor.person.id
    return manager.id if manager is not None and is_me else None


def _only_who_proposes(actor: Actor) -> None:
    roles = actor.roles & {Role.CUSTOMER_RELATIONS, Role.DEPARTMENT_HEAD, Role.HUMAN_RESOURCES}
    if actor.person is None or actor.has_left or not roles:
        raise Refused([Objection(FORBIDDEN, N_("Customer relations, human resources and heads propose rewards."))])
