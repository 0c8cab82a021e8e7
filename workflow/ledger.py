"""Points: post, confirm, reverse. Entries hang on the step's event and are saved with it.

A correction is an opposite entry with the status of the one it takes back; nothing is edited
but the one flip from provisional to final.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Protocol

from sqlalchemy import inspect, select
from sqlalchemy.orm import object_session
from sqlalchemy.orm.attributes import set_committed_value

from models import Complaint, Department, EntryStatus, Event, Person, ScoreEntry
from workflow import roles
from workflow.process import Step
from workflow.regulation import Account, Price, pack_of

ZERO = Decimal(0)
PROVISIONAL, FINAL = EntryStatus.PROVISIONAL, EntryStatus.FINAL


class WithEvents(Protocol):
    """A case whose events have posted entries."""

    @property
    def events(self) -> list[Event]: ...


def post(
    step: Step[Any], account: Person | Department | None, points: Decimal, *, kind: str, status: EntryStatus
) -> None:
    """Charge an account in the month of the event. Zero and nobody leave no entry."""
    if account is None or points == 0:
        return
    entry = ScoreEntry(kind=kind, points=points, status=status, month=step.actor.office.open_month(account, step.at))
    if isinstance(account, Person):
        entry.person, entry.person_id = account, account.id
    else:
        entry.department, entry.department_id = account, account.id
    step.event.entries.append(entry)


def charge(step: Step[Complaint], *, actions: Sequence[str] = (), status: EntryStatus = FINAL) -> None:
    """What the schedule asks of respondent, department and head for this step, or for `actions` together."""
    case = step.subject
    prices = [price_of(step, action) for action in actions or (step.rule.name,)]
    accounts: tuple[tuple[Account, Person | Department | None], ...] = (
        ("respondent", case.respondent), ("department", case.department), ("head", _head(step)),
    )  # fmt: skip
    for kind, account in accounts:
        points = sum((price.of(kind, case.severity) for price in prices), ZERO)
        post(step, account, points, kind=kind, status=status)


def _head(step: Step[Complaint]) -> Person | None:
    if step.subject.department is None:
        return None
    return roles.who_takes_heads_steps(step.subject, step.actor.staff)


def confirm(step: Step[Any]) -> None:
    """Every provisional entry of the case that still stands becomes final, once.

    Where its month has been closed meanwhile, it is taken back and counts in the first open month (2.5).
    """
    for entry in standing_entries(step.subject):
        if entry.status is not PROVISIONAL:
            continue
        if step.actor.office.is_closed(entry.account, entry.month):
            _take_back(step, entry)
            post(step, entry.account, entry.points, kind=entry.kind, status=FINAL)
        else:
            entry.status = FINAL
            entry.confirmed_by = step.event
            step.confirmed.append(entry)


def reverse(step: Step[Any], *, posted_by: Sequence[str] = ()) -> None:
    """Take back, by opposite entries of the same status, what still stands; or only what these actions posted."""
    if posted_by and not any(event.action in posted_by for event in step.subject.events if event is not step.event):
        return
    for entry in standing_entries(step.subject):
        if not posted_by or entry.event.action in posted_by:
            _take_back(step, entry)


def _take_back(step: Step[Any], entry: ScoreEntry) -> None:
    month = step.actor.office.open_month(entry.account, step.at)
    reversal = ScoreEntry(kind=entry.kind, points=-entry.points, status=entry.status, month=month)
    reversal.person, reversal.person_id = entry.person, entry.person_id
    reversal.department, reversal.department_id = entry.department, entry.department_id
    reversal.reverses = entry
    step.event.entries.append(reversal)


def standing_entries(case: WithEvents) -> list[ScoreEntry]:
    """Entries that were neither taken back nor take something back."""
    entries = entries_of(case)
    taken_back = {id(entry.reverses) for entry in entries if entry.reverses is not None}
    return [e for e in entries if e.reverses is None and id(e) not in taken_back]


def entries_of(case: WithEvents) -> list[ScoreEntry]:
    """What the case's events have posted, in order; read when first asked for, because most steps never do."""
    unread = {event.id: event for event in case.events if _is_unread(event)}
    if unread:
        _read_entries(unread)
    return [entry for event in case.events for entry in event.entries]


def _is_unread(event: Event) -> bool:
    known = inspect(event)
    return known.persistent and "entries" in known.unloaded


def _read_entries(events: Mapping[int, Event]) -> None:
    session = object_session(next(iter(events.values())))
    assert session is not None, "persistent rows have a session"
    posted: dict[int, list[ScoreEntry]] = {key: [] for key in events}
    query = select(ScoreEntry).where(ScoreEntry.event_id.in_(events)).order_by(ScoreEntry.id)
    with session.no_autoflush:
        for entry in session.scalars(query):
            posted[entry.event_id].append(entry)
    for key, event in events.items():
        set_committed_value(event, "entries", posted[key])


def price_of(step: Step[Complaint], action: str) -> Price:
    return pack_of(step.subject.regulation_version).price("complaint", action)
