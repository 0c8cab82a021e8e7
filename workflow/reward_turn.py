"""A reward that waits to be decided, as a matter that waits like a case: whose turn it is, how its days are counted."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, select

from models import Person, Reward
from workflow import deadline
from workflow.limit import Limit
from workflow.office import Office
from workflow.reminder_times import Run
from workflow.reward_roles import who_decides
from workflow.roles import Staff, only

CLOCK = "decide"
# As long as for approving a penalty; the regulations that reward set none.
TO_DECIDE = Limit(working_days=5)


def holders(reward: Reward, staff: Staff) -> Sequence[Person]:
    return only(who_decides(reward, staff)) if reward.decided_at is None else []


def awaited() -> Select[int, datetime]:
    """Those that nobody has decided, with the moment at which each was proposed."""
    return select(Reward.id, Reward.proposed_at).where(is_awaited())


def is_awaited() -> ColumnElement[bool]:
    return Reward.decided_at.is_(None)


def run_of(since: datetime, office: Office) -> Run:
    """Working days of the company."""
    calendar = office.calendar
    due = deadline.after(TO_DECIDE, since, calendar)
    return Run(CLOCK, since, due, calendar.working_time(since, due), TO_DECIDE, calendar)
