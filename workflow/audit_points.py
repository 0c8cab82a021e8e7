"""The part of the audit that reads the ledger: what is taken back mirrors what was posted, and every entry
is the one that the letter of its step tells.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Integer, Row, Text, cast, or_, select, type_coerce
from sqlalchemy.orm import Session, aliased

from models import EntryStatus, Event, Letter, ScoreEntry
from workflow.audit_letters import case_columns, case_name, content_of

BATCH = 500
AnyRow = Row[*tuple[Any, ...]]
Line = tuple[str, str, str, str]


def first_bad_reversal(session: Session) -> str | None:
    """The first entry that takes another back and is not its opposite in all respects."""
    taken_back, cause = aliased(ScoreEntry), aliased(Event)
    differs = {
        "points": type_coerce(ScoreEntry.points, Integer) != -type_coerce(taken_back.points, Integer),
        "status": ScoreEntry.status != taken_back.status,
        "account": or_(
            ScoreEntry.person_id.is_distinct_from(taken_back.person_id),
            ScoreEntry.department_id.is_distinct_from(taken_back.department_id),
        ),
        "kind": ScoreEntry.kind != taken_back.kind,
        "case": or_(
            Event.complaint_id.is_distinct_from(cause.complaint_id), Event.penalty_id.is_distinct_from(cause.penalty_id)
        ),
    }
    query = (
        select(*case_columns(), Event.seq.label("event_seq"), *(wrong.label(n) for n, wrong in differs.items()))
        .select_from(ScoreEntry)
        .join(Event, Event.id == ScoreEntry.event_id)
        .outerjoin(Event.complaint)
        .outerjoin(Event.penalty)
        .outerjoin(Event.reward)
        .outerjoin(taken_back, taken_back.id == ScoreEntry.reverses_id)
        .outerjoin(cause, cause.id == taken_back.event_id)
        .where(ScoreEntry.reverses_id.is_not(None), or_(taken_back.id.is_(None), *differs.values()))
        .order_by(ScoreEntry.id)
        .limit(1)
    )
    row = session.execute(query).first()
    return None if row is None else _how_it_differs(row, list(differs))


def _how_it_differs(row: AnyRow, names: list[str]) -> str:
    wrong = [name for name in names if getattr(row, name)]
    what = f"has not the same {' and '.join(wrong)} as" if wrong else "has lost"
    at = f"{case_name(row)}, event {row.event_seq}"
    return f"{at}: the entry that takes points back {what} the entry it takes back"


def first_changed_entry(session: Session) -> str | None:
    """The first step whose entries are others than those its letter tells."""
    for letters in _batches(session):
        posted = _entries_of(session, letters[0].id, letters[-1].id)
        for letter in letters:
            told = _told_by(letter.words)
            if told is not None and told != posted.get(letter.event_id, Counter()):
                return f"{case_name(letter)}, event {letter.event_seq}: its entries are not those of its letter"
    return None


def _batches(session: Session) -> Iterator[list[AnyRow]]:
    query = (
        select(
            Letter.id, Letter.event_id, cast(Letter.content, Text).label("words"), Event.seq.label("event_seq"),
            *case_columns(),
        )
        .join(Letter.event).outerjoin(Event.complaint).outerjoin(Event.penalty).outerjoin(Event.reward)
        .where(_is_of_a_case(), _speaks_of_points()).order_by(Letter.id).limit(BATCH)
    )  # fmt: skip
    last = 0
    while rows := list(session.execute(query.where(Letter.id > last))):
        yield rows
        last = rows[-1].id


def _is_of_a_case() -> ColumnElement[bool]:
    """Letters of the month post nothing; they tell the entries of others."""
    return or_(Event.complaint_id.is_not(None), Event.penalty_id.is_not(None))


def _speaks_of_points() -> ColumnElement[bool]:
    """Most steps cost nothing; their letters need not be read once more."""
    return or_(cast(Letter.content, Text).contains('"effect"'), Letter.event.has(Event.entries.any()))


def _entries_of(session: Session, first: int, last: int) -> dict[int, Counter[Line]]:
    """The entries of the steps that these letters belong to."""
    query = (
        select(ScoreEntry)
        .join(Letter, Letter.event_id == ScoreEntry.event_id)
        .where(Letter.id.between(first, last))
        .execution_options(populate_existing=True)
    )
    found: dict[int, Counter[Line]] = {}
    for entry in session.scalars(query):
        found.setdefault(entry.event_id, Counter())[_line(entry)] += 1
    return found


def _line(entry: ScoreEntry) -> Line:
    """As it was when it was posted: what an event has confirmed was provisional."""
    was = EntryStatus.PROVISIONAL if entry.confirmed_by_id is not None else entry.status
    account = "department" if entry.department_id is not None else "employee"
    return account, f"{entry.points:.2f}", was.value, entry.month


def _told_by(words: str) -> Counter[Line] | None:
    """None when the letter cannot be read: that is told as a letter that was changed."""
    if (content := content_of(words)) is None:
        return None
    lines = [line for line in content.get("entries", ()) if line["effect"] != "confirmed"]
    return Counter((line["account_kind"], line["points"], line["status"], line["month"]) for line in lines)
