"""Carries out what has fallen due, in order, dated with the moment it fell due."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import Complaint, Penalty, Scorecard
from workflow import complaint, deadline, penalty, scorecard_due
from workflow.deadline import Due
from workflow.office import Office
from workflow.process import Step

VERBS: dict[str, Mapping[str, Callable[..., Step[Any]]]] = {
    Complaint.kind: complaint.VERBS,
    Penalty.kind: penalty.VERBS,
}
CASES: dict[str, type[Complaint] | type[Penalty]] = {Complaint.kind: Complaint, Penalty.kind: Penalty}


def carry_out(session: Session, at: datetime, *, case: tuple[str, int] | None = None) -> list[Step[Any]]:
    """Take every step that fell due by `at` (of one case, if its kind and id are given). The caller commits."""
    found = due(session, at) if case is None else list(deadline.due(session, at, case=case))
    return [step for due in found if (step := take(session, due)) is not None]


def due(session: Session, at: datetime) -> list[Due]:
    """Every step that has fallen due by `at`, of cases and of months, in order."""
    found = [*deadline.due(session, at), *scorecard_due.due(session, at)]
    return sorted(found, key=lambda due: (due.moment, due.kind, due.case_id))


def is_due(session: Session, due: Due) -> bool:
    """Whether nobody has taken the step yet, and nothing has made it unnecessary."""
    if due.kind == Scorecard.kind:
        return due in scorecard_due.due(session, due.moment)
    return due in deadline.due(session, due.moment, case=(due.kind, due.case_id))


def take(session: Session, due: Due) -> Step[Any] | None:
    """Take one step as the system, at the moment it fell due; None if somebody has acted meanwhile."""
    if due.kind == Scorecard.kind:
        return scorecard_due.take(session, due)
    case = CASES[due.kind].locked(session, due.case_id)
    if not is_due(session, due):
        return None
    step: Step[Any] = VERBS[due.kind][due.action](case, by=Office(session).system(due.moment), at=due.moment)
    session.flush()
    return step
