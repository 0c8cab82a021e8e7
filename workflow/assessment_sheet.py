"""Records of one source from an Excel sheet: all of it or nothing, every wrong cell named by sheet, row and column.

Columns are found by the names of the fields in either language. A row is known by its number, or by what it says: the
same sheet sent twice adds nothing twice. Whoever sends it sees first what would be taken.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from models import Assessment, AssessmentRow, KeptFile
from workflow import assessment_books as books
from workflow import assessment_records as records
from workflow import import_table
from workflow.assessment_books import Entry
from workflow.assessment_entry import Row, RowRefused
from workflow.assessment_run import pack_for
from workflow.assessment_sheet_rows import NUMBER, Problem, Reader, Taken, ignored, known_headings, places_of
from workflow.assessment_source import Origin
from workflow.import_columns import folded
from workflow.process import INVALID, N_, Objection, Refused, refuse
from workflow.roles import Actor

MOST_TOLD, BATCH, MOST_TIMES = 50, 500, 20


@dataclass
class Outcome:
    """What a sheet holds: the records that are new, how many stand there already, or what is wrong where."""

    sheet: str = ""
    entries: list[Entry] = field(default_factory=list)
    repeated: int = 0
    problems: list[Problem] = field(default_factory=list)
    more: int = 0
    ignored: tuple[str, ...] = ()


def read(session: Session, of: Assessment, name: str, content: bytes, *, by: Actor) -> Outcome:
    """What the sheet would add; nothing is stored. Raises Refused where the whole file is none, or nothing may be
    entered now."""
    records.require_open(of, by)
    source = records.source_of(of, name)
    if source.origin is not Origin.EXCEL:
        raise Refused([Objection(INVALID, N_("These figures are entered by hand."))])
    known = known_headings(source)
    table = import_table.read(content, known=lambda cells: sum(folded(cell) in known for cell in cells))
    places = places_of(table.headings, known, source)
    reader = Reader(session, of, name, source, places, table.headings, by)
    taken = reader.taken(table.rows)
    outcome = Outcome(sheet=table.sheet, ignored=ignored(table.headings, places))
    _sort_out(session, of, name, taken, outcome, reader)
    told = sorted(reader.problems, key=lambda problem: problem.row)
    outcome.problems, outcome.more = told[:MOST_TOLD], max(0, len(told) - MOST_TOLD)
    if not told and not outcome.entries and not outcome.repeated:
        raise Refused([Objection(INVALID, N_("There is no record in this sheet."))])
    return outcome


def take(
    session: Session, of: Assessment, name: str, outcome: Outcome, *, proof: KeptFile, by: Actor, at: datetime
) -> int:
    """Store what was read, all of it; how many records that were. Raises Refused for a period closed meanwhile."""
    assert by.person is not None and not outcome.problems, "what is wrong was told before"
    try:
        books.post(session, pack_for(of), name, outcome.entries, at=at, by=by.person, proof=proof)
    except RowRefused as refused:
        raise Refused([records.beside(refused)]) from None
    session.flush()
    return len(outcome.entries)


# --- what stands there already -------------------------------------------------------------------------


def _sort_out(
    session: Session, of: Assessment, name: str, taken: Sequence[Taken], outcome: Outcome, reader: Reader
) -> None:
    """New records, and those that stand there; what was taken back may come again, under a key of its own."""
    waiting = {one.base: one for one in taken}
    for time in range(1, MOST_TIMES + 1):
        keys = {base if time == 1 else f"{base}~{time}": one for base, one in waiting.items()}
        stand = _standing(session, of, name, list(keys))
        waiting = {}
        for key, one in keys.items():
            row = stand.get(key)
            if row is None:
                entry = one.entry
                outcome.entries.append(Entry(entry.subject, entry.counts_on, Row(key, entry.row.values), entry.note))
            elif row.withdrawal is not None:
                waiting[one.base] = one
            elif _same(row, one.entry):
                outcome.repeated += 1
            else:
                why = N_("A record of this number says something else. Take it back first, or use another number.")
                reader.wrong(one.number, NUMBER, Objection(INVALID, why))
        if not waiting:
            return
    refuse(Objection(INVALID, N_("The same record was taken back too often; give it a number of its own.")))


def _standing(session: Session, of: Assessment, name: str, keys: Sequence[str]) -> dict[str, AssessmentRow]:
    found: dict[str, AssessmentRow] = {}
    for start in range(0, len(keys), BATCH):
        query = select(AssessmentRow).filter_by(regulation=of.regulation, source=name)
        some = session.scalars(
            query.where(AssessmentRow.key.in_(keys[start : start + BATCH])).options(
                joinedload(AssessmentRow.withdrawal)
            )
        )
        found |= {row.key: row for row in some}
    return found


def _same(row: AssessmentRow, entry: Entry) -> bool:
    about = getattr(row, f"{type(entry.subject).__tablename__}_id") == entry.subject.id
    return about and row.counts_on == entry.counts_on and dict(row.values) == dict(entry.row.values)
