"""What waits for a person: the cases whose running clock they can answer, soonest first."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, false, func, literal, or_, select, union_all
from sqlalchemy.orm import Session, joinedload, selectinload

from models import Complaint, Penalty, PenaltyState, Plan
from workflow import deadline, penalty_waiting, plan_roles, waiting
from workflow.complaint import COMPLAINT
from workflow.penalty import PENALTY
from workflow.process import Process, Step
from workflow.roles import Actor
from workflow.waiting import Span, pieces_of

PROCESSES: dict[str, Process[Any]] = {Complaint.kind: COMPLAINT, Penalty.kind: PENALTY}


def waiting_for(session: Session, actor: Actor) -> list[Complaint | Penalty]:
    """The cases of this person's inbox, of every process, soonest deadline first."""
    complaints = session.scalars(waiting_cases(actor).options(selectinload(Complaint.events))).all()
    penalties = session.scalars(waiting_penalties(actor)).unique().all()
    found: list[Complaint | Penalty] = [*complaints, *penalties]
    return sorted(found, key=lambda case: (due_of(case), case.kind, case.id))


def due_of(case: Complaint | Penalty) -> datetime:
    """By when somebody has to act on what waits."""
    due = case.due_at or (case.reinstatement_due_at if isinstance(case, Penalty) else None)
    assert due is not None, "what waits has a deadline"
    return due


def soonest(actor: Actor, span: Span, *, skip: int = 0, most: int) -> Select[str, int]:
    """Kind and id of the waiting cases of every process whose deadline lies in the span, soonest first.

    Of each process no more rows are read than are asked for.
    """
    complaints = waiting.soonest_with_due(actor, span, most=skip + most).subquery()
    penalties = _penalties(actor, span).order_by(penalty_waiting.DUE_AT, Penalty.id).limit(skip + most).subquery()
    plans = waiting_plans(actor, span).order_by(Plan.due_at, Plan.id).limit(skip + most).subquery()
    pieces = [
        select(literal(kind).label("kind"), found.c.id, found.c.due_at)
        for kind, found in ((Complaint.kind, complaints), (Penalty.kind, penalties), (Plan.kind, plans))
    ]
    found = union_all(*pieces).subquery()
    ordered = select(found.c.kind, found.c.id).order_by(found.c.due_at, found.c.kind, found.c.id)
    return ordered.offset(skip).limit(most)


def count(actor: Actor, span: Span, *, most: int) -> Select[int]:
    """How many cases of every process wait, none counted further than `most`."""
    penalties = select(func.count()).select_from(_penalties(actor, span).limit(most).subquery())
    plans = select(func.count()).select_from(waiting_plans(actor, span).limit(most).subquery())
    complaints = waiting.count(actor, span, most=most)
    return select(complaints.scalar_subquery() + penalties.scalar_subquery() + plans.scalar_subquery())


def waiting_plans(actor: Actor, span: Span) -> Select[int, datetime | None]:
    """The improvement plans that wait for this person, with their deadlines."""
    due_at = Plan.due_at.label("due_at")
    return select(Plan.id, due_at).where(plan_roles.waits_for(actor), *span.covers(Plan.due_at))  # type: ignore[arg-type]


def _penalties(actor: Actor, span: Span) -> Select[int, datetime]:
    due_at = penalty_waiting.DUE_AT
    return select(Penalty.id, due_at.label("due_at")).where(penalty_waiting.waits_for(actor), *span.covers(due_at))


def waiting_cases(actor: Actor) -> Select[Complaint]:
    """The complaints of this person's inbox, soonest deadline first."""
    return select(Complaint).where(or_(false(), *pieces_of(actor))).order_by(Complaint.due_at, Complaint.id)


def waiting_penalties(actor: Actor) -> Select[Penalty]:
    """The penalties of this person's inbox, soonest deadline first."""
    found = select(Penalty).where(penalty_waiting.waits_for(actor)).order_by(Penalty.due_at, Penalty.id)
    return found.options(joinedload(Penalty.respondent), selectinload(Penalty.events))


def open_actions(case: Complaint | Penalty, actor: Actor, at: datetime) -> list[str]:
    """The acts by which this person can answer what waits now; inputs come later."""
    own = PROCESSES[case.kind].within_reach(Step(case, actor, at))
    return [name for name in own if _answers(case, name, at)]


def _answers(case: Complaint | Penalty, action: str, at: datetime) -> bool:
    """Whether the act answers the running clock, comes after a defence that nobody gave, or decides anew."""
    if deadline.is_answered_by(case, action):
        return True
    if isinstance(case, Complaint):
        return False
    if case.state is PenaltyState.PROPOSED and case.due_at is not None and case.due_at <= at:
        return action in deadline.CLOCKS["submit"].answers
    return action == "reinstate" and case.reinstatement_due_at is not None
