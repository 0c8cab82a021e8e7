"""The escalation (处罚升级): clear, first, second, dismissal; one for each employee and ladder.

Where somebody stands is computed from their penalties in force, never kept as a counter that could
drift. So only the way up is a step: a penalty that is revoked or whose time is over is no longer counted,
and with that the standing has stepped back. The penalty's own steps issue the letters.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from models import Event, LadderStep, Letter, Penalty, Person
from workflow.process import Process, Rule, Step
from workflow.roles import SYSTEM, Actor

CLEAR, FIRST, SECOND, DISMISSAL = LadderStep


@dataclass
class Standing:
    """Where one employee stands on one ladder at one moment, and the penalties that put them there, oldest first."""

    ladder: str
    counted: Sequence[Penalty]
    state: LadderStep


def step_after(count: int) -> LadderStep:
    """The step of somebody with `count` penalties in force; the third and each further one is the dismissal."""
    return tuple(LadderStep)[min(count, 3)]


def _nothing(_step: Step[Standing]) -> None:
    """The penalty's event records the move."""


ESCALATION: Process[Standing] = Process("escalation", LadderStep, [
    Rule("CS-7", "offend", source=(CLEAR,), dest=FIRST, by=SYSTEM, letter="first_penalty_notice"),
    Rule("CS-7", "offend", source=(FIRST,), dest=SECOND, by=SYSTEM, letter="second_penalty_notice"),
    Rule("CS-7", "offend", source=(SECOND,), dest=DISMISSAL, by=SYSTEM, letter="dismissal_notice"),
], record=_nothing, conclude=_nothing)  # fmt: skip


def offend(standing: Standing, *, by: Actor, at: datetime) -> LadderStep:
    """CS-7: one more penalty is approved; the step on which it stands. Refused where a dismissal is in force."""
    office = by.office
    ESCALATION.take("offend", Step(standing, office.system(at), at))
    return standing.state


def standing_of(session: Session, person: Person, ladder: str, at: datetime) -> Standing:
    """Where the person stands on the ladder at `at`, by the penalties in force at that moment."""
    counted = in_force(_on_ladder(session, person, ladder), at)
    return Standing(ladder, counted, step_after(len(counted)))


def in_force(penalties: Iterable[Penalty], at: datetime) -> list[Penalty]:
    """Those that count at `at`, oldest first: approved before, not revoked, their time not over (2.3)."""
    return sorted((p for p in penalties if p.counts_at(at)), key=_approval)


def later_ones(session: Session, fallen: Penalty) -> list[Penalty]:
    """The standing penalties of the same person and ladder that were approved after `fallen`, oldest first."""
    others = _on_ladder(session, fallen.respondent, fallen.ladder)
    return sorted((p for p in others if p.is_standing and _approval(p) > _approval(fallen)), key=_approval)


def step_at_approval(penalty: Penalty, others: Iterable[Penalty]) -> LadderStep:
    """The step that `penalty` has by those of `others` that still stand and were in force when it was approved."""
    assert penalty.approved_at is not None, "only what was approved has a step"
    moment = penalty.approved_at
    before = [p for p in others if p is not penalty and _approval(p) < _approval(penalty) and p.counts_at(moment)]
    return step_after(len(before) + 1)


def on_ladder_of(session: Session, penalty: Penalty) -> list[Penalty]:
    """Everything ever approved for the same person on the same ladder."""
    return _on_ladder(session, penalty.respondent, penalty.ladder)


def _on_ladder(session: Session, person: Person, ladder: str) -> list[Penalty]:
    query = (
        select(Penalty)
        .where(Penalty.respondent_id == person.id, Penalty.ladder == ladder, Penalty.approved_at.is_not(None))
        .options(
            joinedload(Penalty.regulation_version),
            selectinload(Penalty.events).selectinload(Event.letters).options(
                selectinload(Letter.recipients), selectinload(Letter.services)
            ),
        )
    )  # fmt: skip
    with session.no_autoflush:
        return list(session.scalars(query).unique())


def _approval(penalty: Penalty) -> tuple[datetime, int]:
    assert penalty.approved_at is not None, "only what was approved is compared"
    return penalty.approved_at, penalty.id
