"""What waits for a person: the cases whose running clock they can answer, soonest first."""

from datetime import datetime

from sqlalchemy import Select, false, or_, select

from models import Complaint
from workflow import deadline
from workflow.complaint import COMPLAINT
from workflow.process import Step
from workflow.roles import Actor
from workflow.waiting import pieces_of


def waiting_cases(actor: Actor) -> Select[Complaint]:
    """The cases of this person's inbox, soonest deadline first."""
    return select(Complaint).where(or_(false(), *pieces_of(actor))).order_by(Complaint.due_at, Complaint.id)


def open_actions(complaint: Complaint, actor: Actor, at: datetime) -> list[str]:
    """The acts by which this person can answer the running clock now; inputs come later."""
    step = Step(complaint, actor, at)
    offers = COMPLAINT.offers(step)
    return [o.name for o in offers if o.rule.by(step) is None and deadline.is_answered_by(complaint, o.name)]
