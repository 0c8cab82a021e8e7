"""Who may see, propose and decide rewards, as a check and, beside it, as a query.

Customer relations, human resources and heads propose; the general manager decides, the standing deputy where the
reward is theirs or they proposed it. Whom it concerns hears of it once it is granted.
"""

from typing import Any

from sqlalchemy import ColumnElement, false, or_

from models import Person, Reward, Role
from workflow.process import FORBIDDEN, N_, Objection, Step
from workflow.roles import Actor, In, Staff, general_manager_or_deputy, only, takes_managers_steps

PROPOSERS = frozenset({Role.CUSTOMER_RELATIONS, Role.DEPARTMENT_HEAD, Role.HUMAN_RESOURCES})


class _Proposes(In):
    """Whoever may propose rewards, in their own name."""

    def __call__(self, step: Step[Any]) -> Objection | None:
        if self.principal(step) is not None:
            return None
        return Objection(FORBIDDEN, N_("Customer relations, human resources and heads propose rewards."))

    def principal(self, step: Step[Any]) -> Person | None:
        return step.actor.person if may_propose(step.actor) else None


def may_propose(actor: Actor) -> bool:
    """Whoever stands in for a head proposes as the head would."""
    if actor.person is None or actor.has_left:
        return False
    principals = actor.staff.principals_of(actor.person)
    heads = any(Role.DEPARTMENT_HEAD in actor.staff.roles_of(person) for person in principals)
    return heads or bool(actor.roles & PROPOSERS)


def parties_to(reward: Reward) -> tuple[int | None, ...]:
    """Who decides nothing about it: whom it concerns and whoever proposed it."""
    return (reward.person_id, reward.proposed_by_id)


def who_decides(reward: Reward, staff: Staff) -> Person | None:
    return general_manager_or_deputy(staff, not_among=parties_to(reward))


PROPOSER = _Proposes("proposer", lambda _r, _staff: [])
GENERAL_MANAGER = In(
    "general_manager", lambda r, staff: only(who_decides(r, staff)), parties=parties_to,
    why_a_party=N_("You proposed this reward; this step is for %(names)s to take."),
)  # fmt: skip


def decides(reward: Reward, actor: Actor) -> bool:
    """Whether deciding about it is this person's, in their own place or another's."""
    return takes_managers_steps(actor, not_among=parties_to(reward))


def may_see(reward: Reward, actor: Actor) -> bool:
    """Whether the reward exists for this person; the same sentences as `visible_to`."""
    person = actor.person
    if person is None:
        return True
    if reward.person_id == person.id:
        return reward.granted is True
    if actor.has_left:
        return False
    parties = {reward.person_id, reward.proposed_by_id}
    return _sees_all(actor) or reward.proposed_by_id == person.id or _stands_in_for(actor) in parties


def visible_to(actor: Actor) -> ColumnElement[bool]:
    person = actor.person
    if person is None:
        return false()
    theirs = (Reward.person_id == person.id) & Reward.granted.is_(True)
    if actor.has_left:
        return theirs
    others = Reward.person_id != person.id
    if _sees_all(actor):
        return or_(theirs, others)
    manager = _stands_in_for(actor)
    decides = or_(Reward.person_id == manager, Reward.proposed_by_id == manager) if manager is not None else false()
    return or_(theirs, others & or_(Reward.proposed_by_id == person.id, decides))


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
