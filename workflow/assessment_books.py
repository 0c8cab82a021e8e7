"""The books of assessments: rows are posted as their source takes them, and withdrawn with a reason; never edited.

Whoever delivers rows (a survey, a visit, a sheet, somebody by hand) posts them here in the transaction in which they
come to be. Sources about cases have no rows here: the system knows them where they lie.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import (
    AssessmentRow,
    AssessmentRowWithdrawal,
    Department,
    KeptFile,
    Partner,
    Person,
    RegulationVersion,
    Team,
)
from workflow.assessment_entry import Row, RowRefused, checked_row
from workflow.assessment_pack import AssessmentPack, pack_of
from workflow.assessment_source import Origin
from workflow.evidence import Evidence
from workflow.people import wrong_length
from workflow.process import INVALID, N_, Objection, refuse

Subject = Person | Team | Department | Partner
LONGEST_REASON = 500
# How many keys one query looks for.
BATCH = 500


@dataclass(frozen=True)
class Entry:
    """A row about to be posted: about whom, on which day it counts, and what it says, by field."""

    subject: Subject
    counts_on: date
    row: Row


def pack_on(session: Session, regulation: str, day: date) -> AssessmentPack | None:
    """The regulation as it holds on that day; None where the company has not put it in force."""
    version = session.scalars(RegulationVersion.in_force_on(regulation, day)).first()
    return pack_of(version) if version is not None else None


def post(
    session: Session, pack: AssessmentPack, source: str, entries: Sequence[Entry], *,
    at: datetime, by: Person | None, proof: KeptFile | None = None,
) -> list[AssessmentRow]:  # fmt: skip
    """Store the rows, all or none. Raises RowRefused, naming the row, for a value that the source does not take and
    for a key that stands there already; KeyError for a source that the regulation does not have."""
    found = pack.sources[source]
    assert found.origin is not Origin.CASES, "the system draws these from its own cases"
    taken = [(entry, checked_row(source, found, entry.row)) for entry in entries]
    _each_once(session, pack.pack, source, [row for _entry, row in taken])
    rows = [
        AssessmentRow(
            regulation=pack.pack, source=source, key=row.key, counts_on=entry.counts_on, values=dict(row.values),
            at=at, by=by, proof=proof, **_column_of(entry.subject),
        )
        for entry, row in taken
    ]  # fmt: skip
    session.add_all(rows)
    return rows


def withdraw(session: Session, row: AssessmentRow, *, reason: str, at: datetime, by: Person) -> None:
    """The row counts no more. Raises Refused without a reason, or where it was withdrawn before."""
    reason = reason.strip()
    refuse(
        wrong_length("reason", reason, LONGEST_REASON),
        Objection(INVALID, N_("This row was withdrawn before.")) if row.withdrawal is not None else None,
    )
    row.withdrawal = AssessmentRowWithdrawal(at=at, by=by, reason=reason)
    session.flush()


def keep(session: Session, file: Evidence, *, at: datetime, by: Person | None) -> KeptFile:
    """The record of a file that the edge has checked and stored."""
    kept = KeptFile(
        key=file.key, name=file.name, media_type=file.media_type, size=file.size, digest=file.digest,
        added_at=at, added_by=by,
    )  # fmt: skip
    session.add(kept)
    return kept


def _column_of(subject: Subject) -> dict[str, Subject]:
    return {type(subject).__tablename__: subject}


def _each_once(session: Session, regulation: str, source: str, rows: Sequence[Row]) -> None:
    """No row twice, neither among these nor beside those that stand there."""
    keys = set[str]()
    for start in range(0, len(rows), BATCH):
        some = [row.key for row in rows[start : start + BATCH]]
        query = select(AssessmentRow.key).filter_by(regulation=regulation, source=source)
        keys |= set(session.scalars(query.where(AssessmentRow.key.in_(some))))
    for row in rows:
        if row.key in keys:
            raise RowRefused(source, row.key, Objection(INVALID, N_("This row stands there twice.")))
        keys.add(row.key)
