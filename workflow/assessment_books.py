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
    Assessment,
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
from workflow.assessment_period import Period
from workflow.assessment_places import FEEDS
from workflow.assessment_shape import SubjectKind
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
    """A row about to be posted: about whom, on which day it counts, what it says, by field, and a note on it."""

    subject: Subject
    counts_on: date
    row: Row
    note: str | None = None


def pack_on(session: Session, regulation: str, day: date) -> AssessmentPack | None:
    """The regulation as it holds on that day; None where the company has not put it in force."""
    version = session.scalars(RegulationVersion.in_force_on(regulation, day)).first()
    return pack_of(version) if version is not None else None


def post(
    session: Session, pack: AssessmentPack, source: str, entries: Sequence[Entry], *,
    at: datetime, by: Person | None, proof: KeptFile | None = None,
) -> list[AssessmentRow]:  # fmt: skip
    """Store the rows, all or none. Raises RowRefused, naming the row, for a value that the source does not take, for a
    key that stands there already and for a day whose period is closed; KeyError for a source that the regulation does
    not have."""
    found = pack.sources[source]
    assert found.origin is not Origin.CASES, "the system draws these from its own cases"
    taken = [(entry, checked_row(source, found, entry.row)) for entry in entries]
    _only_open_periods(session, pack.pack, source, entries)
    _each_once(session, pack.pack, source, [row for _entry, row in taken])
    rows = [
        AssessmentRow(
            regulation=pack.pack, source=source, key=row.key, counts_on=entry.counts_on, values=dict(row.values),
            at=at, by=by, proof=proof, note=entry.note, **_column_of(entry.subject),
        )
        for entry, row in taken
    ]  # fmt: skip
    session.add_all(rows)
    return rows


def withdraw(session: Session, row: AssessmentRow, *, reason: str, at: datetime, by: Person) -> None:
    """The row counts no more. Raises Refused without a reason, where it was withdrawn before, or once its period is
    closed: then what is right is entered in the first open one."""
    reason = reason.strip()
    closed = closed_periods(session, row.regulation)
    refuse(
        wrong_length("reason", reason, LONGEST_REASON),
        Objection(INVALID, N_("This row was withdrawn before.")) if row.withdrawal is not None else None,
        closed.why_not(_kind(row.subject), row.counts_on),
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


@dataclass(frozen=True)
class ClosedPeriods:
    """The periods of a regulation that are closed: the kind of subject, the name, the first and the last day."""

    periods: Sequence[tuple[str, str, date, date]]

    def why_not(self, kind: str, day: date) -> Objection | None:
        """Why no row about such a subject counts on this day, and from when on one does."""
        if (name := self._closed(kind, day)) is None:
            return None
        why = N_("The period %(period)s is closed; a correction is entered in the first open one, from %(day)s on.")
        return Objection(INVALID, why, period=name, day=self.first_open_day(kind, day))

    def first_open_day(self, kind: str, day: date) -> date:
        """The day itself, or the first after it whose period is open."""
        while (name := self._closed(kind, day)) is not None:
            day = Period.named(name).next().first_day
        return day

    def _closed(self, kind: str, day: date) -> str | None:
        """The name of the closed period in which such a row would count: a department's counts its people's."""
        found = (
            name for of, name, first, last in self.periods
            if first <= day <= last and kind in FEEDS[SubjectKind(of)]
        )  # fmt: skip
        return next(found, None)


def closed_periods(session: Session, regulation: str) -> ClosedPeriods:
    columns = (Assessment.kind, Assessment.period, Assessment.first_day, Assessment.last_day)
    query = select(*columns).where(Assessment.regulation == regulation, Assessment.closed_at.is_not(None))
    return ClosedPeriods(session.execute(query).all())


def _only_open_periods(session: Session, regulation: str, source: str, entries: Sequence[Entry]) -> None:
    closed = closed_periods(session, regulation)
    for entry in entries if closed.periods else ():
        if (why := closed.why_not(_kind(entry.subject), entry.counts_on)) is not None:
            raise RowRefused(source, entry.row.key, why)


def _kind(subject: Subject) -> str:
    return type(subject).__tablename__


def _column_of(subject: Subject) -> dict[str, Subject]:
    return {_kind(subject): subject}


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
