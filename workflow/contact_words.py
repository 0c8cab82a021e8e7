"""What is said of customers who were handed over: in the bell and in messages the same. It names none of them."""

from collections.abc import Callable
from datetime import datetime

from models import HandedCustomers
from workflow.process import N_

HANDED = N_("Customers who were handed over to you: %(count)s. Contact each of them until %(due)s.")
TO_THEM = N_("Customers who were handed over to %(name)s: %(count)s. Each is to be contacted until %(due)s.")
STILL = N_("%(waiting)s of %(count)s still to be contacted")
NONE_LEFT = N_("all contacted or handed on")
Say = Callable[..., str]


def handed(batch: HandedCustomers, reader_id: int, *, say: Say, moment: Callable[[datetime], str]) -> str:
    """How many, to whom, and until when each is to be contacted; `say` translates a sentence and fills it."""
    told = {"count": str(batch.total), "due": moment(batch.due_at)}
    return say(HANDED, **told) if batch.to_id == reader_id else say(TO_THEM, name=batch.to.name, **told)


def state_of(batch: HandedCustomers, *, say: Say) -> str:
    """How many of them still wait."""
    if not batch.waiting:
        return say(NONE_LEFT)
    return say(STILL, waiting=str(batch.waiting), count=str(batch.total))
