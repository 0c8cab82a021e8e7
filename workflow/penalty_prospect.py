"""What a penalty would bring before it is proposed: who may propose it, on which step it would stand
and why, and what that costs. Reads and decides nothing; the approval counts anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from models import Complaint, LadderStep, Penalty, Person, Role
from workflow import escalation, money
from workflow.penalty_roles import PROPOSER_FROM_CUSTOMER_RELATIONS
from workflow.process import Objection, Step
from workflow.regulation import CS_MANAGEMENT, Pack, pack_of
from workflow.roles import DEPARTMENT_HEAD, Actor


@dataclass
class Intended:
    """A penalty that nobody has proposed yet, as far as the roles ask."""

    respondent_id: int | None
    department_id: int | None
    state: Any = None
    handler: None = None


@dataclass(frozen=True)
class Prospect:
    """Where somebody stands, and what one more penalty would bring; money in fen."""

    respondent: Person
    ladder: str
    state: LadderStep
    counted: Sequence[Penalty]
    step: LadderStep
    points: Decimal
    fine: int
    leader: Person | None
    leader_points: Decimal
    shares: money.Shares | None


def may_propose_some(actor: Actor) -> bool:
    """Whether this person proposes penalties at all: customer relations, heads, and who stands in for a head."""
    if actor.has_left or actor.person is None:
        return False
    roles = set().union(*(actor.staff.roles_of(principal) for principal in actor.staff.principals_of(actor.person)))
    return bool(roles & {Role.DEPARTMENT_HEAD, Role.GENERAL_MANAGER}) or Role.CUSTOMER_RELATIONS in actor.roles


def against_proposing(respondent: Person, actor: Actor, at: datetime) -> Objection | None:
    """Why this person cannot propose a penalty for that one; None where they can."""
    post = respondent.posting_at(at)
    step = Step(Intended(respondent.id, post.department_id if post else None), actor, at)
    if PROPOSER_FROM_CUSTOMER_RELATIONS(step) is None:
        return None
    return DEPARTMENT_HEAD(step)


def bears_a_penalty(complaint: Complaint, actor: Actor, at: datetime) -> bool:
    """Whether this complaint can lead to a penalty that this person may propose (CS-7)."""
    respondent = complaint.respondent
    if respondent is None or complaint.violation is not True or respondent.has_left_at(at):
        return False
    return may_propose_some(actor) and against_proposing(respondent, actor, at) is None


def prospect_of(respondent: Person, actor: Actor, at: datetime, *, rework_cost: int | None = None) -> Prospect | None:
    """What an approval at this moment would bring; None where the edition in force has no schedule for it."""
    office, post = actor.office, respondent.posting_at(at)
    pack = pack_of(office.regulation_in_force(CS_MANAGEMENT, at))
    if post is None or "penalty" not in pack.points:
        return None
    ladder = post.department.ladder
    standing = escalation.standing_of(office.session, respondent, ladder, at)
    step = escalation.step_after(len(standing.counted) + 1)
    price = pack.price("penalty", "approve")
    leader = office.leader_of(respondent, at)
    return Prospect(
        respondent=respondent, ladder=ladder, state=standing.state, counted=standing.counted, step=step,
        points=price.of("respondent", step), fine=_fine(pack, ladder, step, actor),
        leader=leader, leader_points=price.of("leader", step) if leader else Decimal(0),
        shares=_shares(rework_cost, pack, leader, leads_themselves=office.leads_own_team(respondent, at)),
    )  # fmt: skip


def _fine(pack: Pack, ladder: str, step: LadderStep, actor: Actor) -> int:
    if not actor.office.company.fines_are_allowed:
        return 0
    return pack.ladders[ladder].fine(step)


def _shares(cost: int | None, pack: Pack, leader: Person | None, *, leads_themselves: bool) -> money.Shares | None:
    """As `penalty_effects.shares_of` will split it."""
    if cost is None or cost <= 0:
        return None
    split = money.shares_of(cost, leader=pack.rework_shares["leader"], company=pack.rework_shares["company"])
    if leader is not None:
        return split
    if leads_themselves:
        return money.Shares(0, split.person + split.leader, split.company)
    return money.Shares(0, split.person, split.company + split.leader)
