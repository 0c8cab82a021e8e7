"""Reads the books again and names what somebody changed behind the product's back, the first of each sort.

The chain of events is read here; letters, numbers, points and the cases' own facts in the modules beside it.
It reads row by row or in batches, so that a hundred thousand cases need no more memory than one, and changes
nothing. What a forger changed everywhere alike, hashes included, it cannot see.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.sql import Select

from models import Complaint, Event, Letter, LetterPdf, ScoreEntry
from models.event import GENESIS
from workflow.audit_facts import first_changed_case
from workflow.audit_letters import first_changed_letter, first_changed_paper, first_event_without_letter
from workflow.audit_numbers import first_missing_case, first_missing_letter, first_wrong_count
from workflow.audit_points import first_bad_reversal, first_changed_entry

BATCH = 1_000
# What a row raises that holds what the product never writes: half a date, or words that are no JSON.
UNREADABLE = (ValueError, LookupError)


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
    silent = select(Complaint).where(~Complaint.events.any()).order_by(Complaint.id).limit(1)
    if (case := session.scalars(silent).first()) is not None:
        return BadEvent(case.number, 1, "event 1 is missing")
    try:
        with session.scalars(_chains()) as events:
            return _first_bad(events)
    except UNREADABLE:
        if (bad := _first_unreadable(session)) is None:
            raise
        return bad


def _chains() -> Select[Event]:
    """Every event, case by case, with as much of its case as the chain speaks of."""
    case = joinedload(Event.complaint, innerjoin=True).load_only(Complaint.year, Complaint.seq, Complaint.state)
    return (
        select(Event)
        .join(Event.complaint)
        .order_by(Event.complaint_id, Event.seq)
        .options(case)
        .execution_options(yield_per=BATCH)
    )


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


def _first_unreadable(session: Session) -> BadEvent | None:
    """One event at a time, because a batch does not say which of its rows it could not read."""
    keys = select(Complaint.year, Complaint.seq, Event.seq, Event.id).join(Event.complaint)
    for year, number, seq, event_id in session.execute(keys.order_by(Event.complaint_id, Event.seq)):
        try:
            session.scalars(select(Event).where(Event.id == event_id)).one().computed_hash()
        except UNREADABLE:
            return BadEvent(f"{year}-{number}", seq, "its content was changed and cannot be read any more")
    return None


CHECKS: tuple[tuple[str, Callable[[Session], object | None]], ...] = (
    ("The chain is broken", first_bad_event),
    ("A step has no letter", first_event_without_letter),
    ("A letter was changed", first_changed_letter),
    ("A paper was changed", first_changed_paper),
    ("The letters' numbers are not in order", first_missing_letter),
    ("The cases' numbers are not in order", first_missing_case),
    ("The count of numbers is wrong", first_wrong_count),
    ("A reversal is wrong", first_bad_reversal),
    ("Points were changed", first_changed_entry),
    ("A case is not as its events say", first_changed_case),
)


def findings(session: Session) -> Iterator[str]:
    """A sentence for the first bad thing of each sort; none when the books hold."""
    for what, check in CHECKS:
        try:
            bad = check(session)
        except UNREADABLE as error:
            bad = f"a row holds what the product never writes and cannot be read ({error})"
        if bad is not None:
            yield f"{what}: {bad}"


def counts(session: Session) -> dict[str, int]:
    """How many rows of each sort there are to verify."""
    tables = {"cases": Complaint, "events": Event, "letters": Letter, "papers": LetterPdf, "entries": ScoreEntry}
    return {name: session.scalar(select(func.count()).select_from(table)) or 0 for name, table in tables.items()}
