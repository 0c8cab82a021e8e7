"""Reads the chain of events again and finds the first that does not hold."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from models import Complaint, Event
from models.event import GENESIS

BATCH = 1_000


@dataclass(frozen=True)
class BadEvent:
    """Where the chain breaks: the case, the number of the event in it, and why."""

    case: str
    seq: int
    why: str

    def __str__(self) -> str:
        return f"complaint {self.case}, event {self.seq}: {self.why}"


def first_bad_event(session: Session) -> BadEvent | None:
    """The first event that was changed, removed or put in; None when the chain holds."""
    query = (
        select(Event)
        .join(Event.complaint)
        .order_by(Event.complaint_id, Event.seq)
        .options(joinedload(Event.complaint))
        .execution_options(yield_per=BATCH)
    )
    silent = select(Complaint).where(~Complaint.events.any()).order_by(Complaint.id).limit(1)
    if (case := session.scalars(silent).first()) is not None:
        return BadEvent(case.number, 1, "event 1 is missing")
    with session.scalars(query) as events:
        return _first_bad(events)


def _first_bad(events: Iterable[Event]) -> BadEvent | None:
    """Walk the events case by case; the last of each case must lead to the case's present state."""
    for _, chain in groupby(events, key=lambda event: event.complaint_id):
        previous, state, last = GENESIS, None, None
        for seq, event in enumerate(chain, start=1):
            if why := _what_is_wrong(event, seq, previous, state):
                return BadEvent(event.complaint.number, event.seq, why)
            previous, state, last = event.hash, event.to_state, event
        if last is not None and last.complaint.state.value != last.to_state:
            return BadEvent(last.complaint.number, last.seq + 1, "the case stands elsewhere than its last event")
    return None


def _what_is_wrong(event: Event, seq: int, previous: str, state: str | None) -> str | None:
    if event.seq != seq:
        return f"event {seq} is missing"
    if event.previous_hash != previous:
        return "does not follow from the event before it"
    if event.hash != event.computed_hash():
        return "its content was changed"
    if event.from_state != state:
        return f"leads from {event.from_state}, but the case stood at {state}"
    return None
