"""Where an employee stands on a ladder and when that lightens; and who, beside themselves, may read it.

Nothing is stored: standing is the penalties in force, counted at the moment of the question (2.3).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, exists, or_, select, true

from models import LadderStep, Penalty, Person, Posting, Role
from workflow import escalation, penalty_roles
from workflow.regulation import Pack
from workflow.roles import Actor, Staff, heads

RUNGS = (LadderStep.FIRST, LadderStep.SECOND, LadderStep.DISMISSAL)


@dataclass(frozen=True)
class Rung:
    """One step of a ladder: what it costs, in fen and points, and whether somebody stands on it."""

    step: LadderStep
    fine: int
    points: Decimal
    is_now: bool


@dataclass(frozen=True)
class Climb:
    """How far somebody has come on one ladder, and when it lightens to which step; never, where that is None."""

    ladder: str
    state: LadderStep
    counted: Sequence[Penalty]
    rungs: Sequence[Rung]
    lightens_at: datetime | None
    lightens_to: LadderStep


def climb(ladder: str, penalties: Sequence[Penalty], pack: Pack, *, at: datetime, fines: bool) -> Climb:
    """CS-8: the standing on one ladder by the penalties of one person, with the steps of the pack in force."""
    counted = escalation.in_force((p for p in penalties if p.ladder == ladder), at)
    state = escalation.step_after(len(counted))
    ends = [penalty.counts_until for penalty in counted if penalty.counts_until is not None]
    return Climb(
        ladder=ladder, state=state, counted=counted, rungs=_rungs(ladder, pack, state, fines=fines),
        lightens_at=min(ends) if ends else None, lightens_to=escalation.step_after(max(0, len(counted) - 1)),
    )  # fmt: skip


def _rungs(ladder: str, pack: Pack, state: LadderStep, *, fines: bool) -> list[Rung]:
    schedule = pack.price("penalty", "approve")
    return [
        Rung(
            step=step, fine=pack.ladders[ladder].fine(step) if fines else 0,
            points=schedule.of("respondent", step), is_now=step is state,
        )
        for step in RUNGS
    ]  # fmt: skip


def may_read_history(of: Person, actor: Actor) -> bool:
    """Oneself; the head of the department; whoever sees every penalty. Nobody reads it after having left."""
    person = actor.person
    if person is None or person.id == of.id:
        return person is not None
    if actor.has_left:
        return False
    return penalty_roles.sees_penalties_of(person, of.id, actor.staff) or heads(of, actor)


def in_reach_of(actor: Actor) -> ColumnElement[bool] | None:
    """The people whose history this person may read by their office; None where that is nobody's."""
    person = actor.person
    if person is None or actor.has_left:
        return None
    if Role.HUMAN_RESOURCES in actor.staff.roles_of(person):
        return true()
    own, lent = (
        _reach_of(person, actor.staff),
        [
            reach & (Person.id != principal.id)
            for principal in actor.staff.principals_of(person)
            if principal.id != person.id and (reach := _reach_of(principal, actor.staff)) is not None
        ],
    )
    found = [*([own] if own is not None else []), *lent]
    return or_(*found) if found else None


def _reach_of(person: Person, staff: Staff) -> ColumnElement[bool] | None:
    """Whose history somebody reads by their own office; whoever stands in for them reads it with that, but theirs."""
    if Role.GENERAL_MANAGER in staff.roles_of(person):
        return true()
    headed = staff.departments_headed_by(person)
    if not headed:
        return None
    held = exists().where(Posting.person_id == Person.id, Posting.department_id.in_(headed), Posting.until.is_(None))
    return or_(held, Person.id.in_(select(Posting.person_id).where(_last_post_in(headed))))


def _last_post_in(headed: list[int]) -> ColumnElement[bool]:
    """The post that somebody who has left held last."""
    later = select(Posting.id.label("id"), Posting.person_id, Posting.since).subquery()
    is_last = ~exists().where(later.c.person_id == Posting.person_id, later.c.since > Posting.since)
    return Posting.department_id.in_(headed) & Posting.until.is_not(None) & is_last
