"""Reads the books again and names what somebody changed behind the product's back, the first of each sort.

The chain of events is read here; letters, numbers, points, files and the cases' own facts in the modules beside it.
It reads row by row or in batches, so that a hundred thousand cases need no more memory than one, and changes
nothing. What a forger changed everywhere alike, hashes included, it cannot see.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload
from sqlalchemy.sql import Select

from models import (
    Attachment,
    Complaint,
    Event,
    Letter,
    LetterPdf,
    MoneyEntry,
    Payday,
    Penalty,
    Plan,
    Publication,
    Reward,
    Scorecard,
    ScorecardState,
    ScoreEntry,
    ServiceFile,
)
from models.event import GENESIS
from workflow.audit_facts import first_changed_case
from workflow.audit_files import (
    first_changed_bytes,
    first_changed_evidence,
    first_changed_made_file,
    first_changed_print,
    first_changed_service,
    first_lost_evidence,
)
from workflow.audit_letters import first_changed_letter, first_changed_paper, first_event_without_letter
from workflow.audit_money import first_bad_refund, first_changed_sum
from workflow.audit_month import first_changed_card, first_changed_pay_line
from workflow.audit_numbers import first_missing_case, first_missing_letter, first_wrong_count
from workflow.audit_penalties import first_changed_penalty
from workflow.audit_points import first_bad_reversal, first_changed_entry
from workflow.audit_rewards import first_changed_reward
from workflow.audit_stationery import first_changed_stationery

Kind = type[Complaint] | type[Penalty] | type[Scorecard] | type[Payday] | type[Plan] | type[Reward] | type[Publication]
CASE_OF: dict[Kind, InstrumentedAttribute[Any]] = {
    Complaint: Event.complaint,
    Penalty: Event.penalty,
    Scorecard: Event.scorecard,
    Payday: Event.payday,
    Plan: Event.plan,
    Reward: Event.reward,
    Publication: Event.publication,
}
KINDS = tuple(CASE_OF)
# Every other case begins with the event that opens it; a month is there before it is computed.
BEGINS: dict[str, str] = {Scorecard.kind: ScorecardState.OPEN.value}
BATCH = 1_000
# What a row raises that holds what the product never writes: half a date, or words that are no JSON.
UNREADABLE = (ValueError, LookupError)


@dataclass(frozen=True)
class BadEvent:
    """Where the chain breaks: the case, the number of the event in it, and why."""

    case: str
    seq: int
    why: str
    kind: str = Complaint.kind

    def __str__(self) -> str:
        return f"{self.kind} {self.case}, event {self.seq}: {self.why}"


def first_bad_event(session: Session) -> BadEvent | None:
    """The first event that was changed, removed or put in; None when the chain holds."""
    return next((bad for kind in KINDS if (bad := _first_bad_of(session, kind)) is not None), None)


def _first_bad_of(session: Session, kind: Kind) -> BadEvent | None:
    silent = select(kind).where(~kind.events.any()).order_by(kind.id).limit(1)
    if (case := session.scalars(silent).first()) is not None:
        return BadEvent(_number(case), 1, "event 1 is missing", kind.kind)
    try:
        with session.scalars(_chains(kind)) as events:
            return _first_bad(events)
    except UNREADABLE:
        if (bad := _first_unreadable(session, kind)) is None:
            raise
        return bad


def _number(case: Any) -> str:
    return str(case.number)


def _chains(kind: Kind) -> Select[Event]:
    """Every event of this kind of case, case by case, each with as much of its case as the chain speaks of."""
    named = {Complaint: (Complaint.year, Complaint.seq), Penalty: (Penalty.year, Penalty.seq)}
    named |= {Scorecard: (Scorecard.month, Scorecard.person_id), Payday: (Payday.month,)}  # type: ignore[dict-item]
    named |= {Plan: (Plan.year, Plan.seq), Reward: (Reward.year, Reward.seq)}
    named[Publication] = (Publication.period, Publication.department_id, Publication.team_id)  # type: ignore[assignment]
    case = joinedload(CASE_OF[kind], innerjoin=True).load_only(*named[kind], kind.state)
    return (
        select(Event).join(CASE_OF[kind]).order_by(kind.id, Event.seq).options(case).execution_options(yield_per=BATCH)
    )


def _first_bad(events: Iterable[Event]) -> BadEvent | None:
    """Walk the events case by case; the last of each case must lead to the case's present state."""
    for _, chain in groupby(events, key=lambda event: event.case.id):
        previous, state, last = GENESIS, None, None
        for seq, event in enumerate(chain, start=1):
            state = BEGINS.get(event.case.kind) if last is None else state
            if why := _what_is_wrong(event, seq, previous, state):
                return BadEvent(event.case.number, event.seq, why, event.case.kind)
            previous, state, last = event.hash, event.to_state, event
        if last is not None and last.case.state.value != last.to_state:
            why = "the case stands elsewhere than its last event"
            return BadEvent(last.case.number, last.seq + 1, why, last.case.kind)
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


def _first_unreadable(session: Session, kind: Kind) -> BadEvent | None:
    """One event at a time, because a batch does not say which of its rows it could not read."""
    keys = select(kind.id, Event.seq, Event.id).join(CASE_OF[kind])
    for case_id, seq, event_id in session.execute(keys.order_by(kind.id, Event.seq)):
        try:
            session.scalars(select(Event).where(Event.id == event_id)).one().computed_hash()
        except UNREADABLE:
            return BadEvent(
                _number(session.get_one(kind, case_id)),
                seq,
                "its content was changed and cannot be read any more",
                kind.kind,
            )
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
    ("A refund is wrong", first_bad_refund),
    ("Money was changed", first_changed_sum),
    ("A case is not as its events say", first_changed_case),
    ("A penalty is not as its events say", first_changed_penalty),
    ("A reward is not as its events say", first_changed_reward),
    ("A scorecard is not as its events say", first_changed_card),
    ("A pay day was changed", first_changed_pay_line),
    ("The stationery was changed", first_changed_stationery),
    ("Evidence was changed", first_changed_evidence),
    ("The record of a service was changed", first_changed_service),
    ("The internal copies are not in order", first_changed_print),
    ("The files that were made are not in order", first_changed_made_file),
)
# These read what lies in the installation's folder beside the database.
OF_BYTES: tuple[tuple[str, Callable[[Session, Path], object | None]], ...] = (
    ("Evidence is lost", first_lost_evidence),
    ("A file that was made was changed", first_changed_bytes),
)


def findings(session: Session, folder: Path | None = None) -> Iterator[str]:
    """A sentence for the first bad thing of each sort; none when the books hold, and what lies in `folder`."""
    checks = [(what, partial(check, session)) for what, check in CHECKS]
    if folder is not None:
        checks += [(what, partial(check, session, folder)) for what, check in OF_BYTES]
    for what, check in checks:
        try:
            bad = check()
        except UNREADABLE as error:
            bad = f"a row holds what the product never writes and cannot be read ({error})"
        if bad is not None:
            yield f"{what}: {bad}"


def counts(session: Session) -> dict[str, int]:
    """How many rows of each sort there are to verify."""
    return {name: sum(_rows(session, table) for table in tables) for name, tables in COUNTED.items()}


COUNTED: dict[str, tuple[type[Any], ...]] = {
    "cases": KINDS, "events": (Event,), "letters": (Letter,), "papers": (LetterPdf,),
    "entries": (ScoreEntry, MoneyEntry), "files": (Attachment, ServiceFile),
}  # fmt: skip


def _rows(session: Session, table: type[Any]) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0
