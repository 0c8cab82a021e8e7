"""Complaints from a file: each good row is filed by the same rule as a call, each bad one is named.

A row is known by its source and its number there, or else by its content, so that nothing is filed
twice however often a file comes. The caller commits, after few rows at a time: other people wait.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Complaint, Person
from workflow import import_columns
from workflow.complaint import file
from workflow.filing import Filing
from workflow.import_excel import Row
from workflow.import_row import Plan, Reader, Reading, Register, Unprintable
from workflow.office import Office
from workflow.process import INVALID, N_, Objection, Refused
from workflow.roles import Actor
from workflow.texts import clean


@dataclass(frozen=True)
class RefusedRow:
    """A row that cannot be filed, and why."""

    number: int
    objections: Sequence[Objection]


@dataclass
class Outcome:
    """What became of some rows."""

    seen: int = 0
    added: int = 0
    repeated: int = 0
    refused: list[RefusedRow] = field(default_factory=list)

    def __iadd__(self, other: "Outcome") -> "Outcome":
        self.seen += other.seen
        self.added += other.added
        self.repeated += other.repeated
        self.refused += other.refused
        return self


def plan_for(headings: Sequence[str], first_rows: Sequence[Row] = ()) -> Plan:
    """How a file with these headings is most likely meant."""
    fields = import_columns.match(headings)
    if "external_ref" in fields and _only_counts(first_rows, fields.index("external_ref")):
        # 1, 2, 3 … number the rows of this file and mean nothing in the next.
        fields[fields.index("external_ref")] = None
    return Plan(tuple(fields))


def _only_counts(rows: Sequence[Row], column: int) -> bool:
    cells = [row.cells[column] for row in rows]
    return len(cells) > 1 and cells == [str(number) for number in range(1, len(cells) + 1)]


def check(
    session: Session, headings: Sequence[str], rows: Iterable[Row], plan: Plan, *,
    by: Person, at: datetime, unprintable: Unprintable,
) -> list[Reading]:  # fmt: skip
    """The rows as they would be filed; files nothing."""
    actor = Office(session).actor(by, at)
    reader = Reader(headings, plan, Register(session), unprintable, by=actor, at=at)
    return [reader.read(row) for row in rows]


def file_rows(
    session: Session, headings: Sequence[str], rows: Sequence[Row], plan: Plan, *,
    by: Person, at: datetime, unprintable: Unprintable,
) -> Outcome:  # fmt: skip
    """CS-2: file every good row that is not there yet; the bad ones stop none of the others."""
    actor, outcome = Office(session).actor(by, at), Outcome(seen=len(rows))
    reader = Reader(headings, plan, Register(session), unprintable, by=actor, at=at)
    readings = [reader.read(row) for row in rows]
    there = _already_there(session, plan.source, readings)
    for reading in readings:
        known = there.get(reading.filing.external_ref or "")
        if known is not None and known.description == clean(reading.filing.description):
            outcome.repeated += 1
        elif objections := reading.objections or _taken(known) or _file(session, reading.filing, actor, at, there):
            outcome.refused.append(RefusedRow(reading.number, objections))
        else:
            outcome.added += 1
    return outcome


def _already_there(session: Session, source: str, readings: Iterable[Reading]) -> dict[str, Complaint]:
    refs = [reading.filing.external_ref for reading in readings]
    query = select(Complaint).where(Complaint.source == source, Complaint.external_ref.in_(refs))
    return {complaint.external_ref or "": complaint for complaint in session.scalars(query)}


def _taken(known: Complaint | None) -> list[Objection]:
    """Two different complaints under one number: neither may push the other out."""
    if known is None:
        return []
    sentence = N_("Complaint %(case)s was imported under the same number %(ref)s and says something else. "
                  "Name another source for this file.")  # fmt: skip
    return [Objection(INVALID, sentence, field="external_ref", case=known.number, ref=known.external_ref)]


def _file(
    session: Session, filing: Filing, by: Actor, at: datetime, there: dict[str, Complaint]
) -> Sequence[Objection]:
    """File one row in a savepoint: a refusal gives its numbers back."""
    try:
        with session.begin_nested():
            complaint = file(filing, by=by, at=at).subject
            session.add(complaint)
            session.flush()
    except Refused as refusal:
        return refusal.objections
    there[filing.external_ref or ""] = complaint
    return []
