"""Carries out what has fallen due, in order, dated with the moment it fell due."""

from datetime import datetime

from sqlalchemy.orm import Session

from models import Complaint
from workflow import deadline
from workflow.complaint import VERBS
from workflow.office import Office
from workflow.process import Step


def carry_out(session: Session, at: datetime, *, case: int | None = None) -> list[Step[Complaint]]:
    """Take every step that fell due by `at` (of one case, if given). The caller commits."""
    found = list(deadline.due(session, at, case=case))
    taken = (take(session, complaint_id, action, moment) for complaint_id, moment, action in found)
    return [step for step in taken if step is not None]


def take(session: Session, complaint_id: int, action: str, moment: datetime) -> Step[Complaint] | None:
    """Take one step as the system, at the moment it fell due; None if somebody has acted meanwhile."""
    complaint = Complaint.locked(session, complaint_id)
    if (complaint_id, moment, action) not in deadline.due(session, moment, case=complaint_id):
        return None
    step: Step[Complaint] = VERBS[action](complaint, by=Office(session).system(moment), at=moment)
    session.flush()
    return step
