"""What is said of a day's survey calls: in the bell and in messages the same. It names no customer."""

from collections.abc import Callable

from models import CallDay
from workflow.process import N_

CALLS = N_("Customers to call: %(calls)s.")
OVERDUE = N_("Customers to call: %(calls)s, of whom %(overdue)s should have been called back by now.")
Say = Callable[..., str]


def state_of(told: CallDay, *, say: Say) -> str:
    """How many were to be called as the day began; `say` translates a sentence and fills it."""
    if not told.overdue:
        return say(CALLS, calls=str(told.calls))
    return say(OVERDUE, calls=str(told.calls), overdue=str(told.overdue))
