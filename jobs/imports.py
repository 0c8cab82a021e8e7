"""Files of complaints on their way in: kept beside the database until read, filed a few rows at a time.

Rows and progress are committed together. A worker that is killed has lost the batch at hand and
nothing else; the next one goes on where the last commit stands.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import func, or_, select

from jobs.failure import said
from jobs.once import only_once
from models import ComplaintImport, Database, ImportState, Person, is_away
from pdf import fonts
from workflow import import_table, importing
from workflow.import_row import Plan
from workflow.import_table import Table
from workflow.importing import RefusedRow
from workflow.process import INVALID, N_, Objection, Refused

logger = logging.getLogger("gongdao.jobs")

# While a batch is written nobody else can write; between two of them everybody has a chance.
ROWS_AT_ONCE = 8
SECONDS_FOR_OTHERS = 0.03
# As long as somebody may come back for the rows that were refused.
KEPT_FOR = timedelta(days=30)
UNFINISHED = (ImportState.WAITING, ImportState.RUNNING)


def keep(folder: Path, key: str, content: bytes) -> None:
    """Lay the file aside; a reader finds either all of it or nothing."""
    file = _place(folder, key)
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(".part")
    try:
        fresh.write_bytes(content)
        fresh.replace(file)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise


def table_of(folder: Path, key: str) -> Table:
    """The table in a kept file; Refused when it is gone or cannot be read."""
    try:
        return import_table.read(_place(folder, key).read_bytes())
    except FileNotFoundError:
        raise Refused([Objection(INVALID, N_("The file is no longer there. Please upload it again."))]) from None


def is_kept(folder: Path, key: str) -> bool:
    return _place(folder, key).is_file()


def forget_old_files(database: Database, folder: Path, at: datetime) -> None:
    """Delete the files of imports that ended, or were never started, a while ago: they name customers."""
    latest = func.coalesce(ComplaintImport.finished_at, ComplaintImport.uploaded_at)
    current = select(ComplaintImport.key).where(or_(ComplaintImport.state.in_(UNFINISHED), latest > at - KEPT_FOR))
    with database.reading() as session:
        needed = set(session.scalars(current))
    for file in (folder / "imports").glob("*"):
        if file.name not in needed and datetime.fromtimestamp(file.stat().st_mtime, at.tzinfo) < at - KEPT_FOR:
            file.unlink(missing_ok=True)


def _place(folder: Path, key: str) -> Path:
    return folder / "imports" / key


def unfinished(database: Database) -> list[int]:
    """The imports that were started and have not come to their end."""
    query = select(ComplaintImport.id).where(ComplaintImport.state.in_(UNFINISHED)).order_by(ComplaintImport.id)
    with database.reading() as session:
        return list(session.scalars(query))


def run(
    database: Database, import_id: int, *, folder: Path, now: Callable[[], datetime],
    must_stop: Callable[[], bool],
) -> None:  # fmt: skip
    """File the rows that are left, until the end or until the worker must stop."""
    with only_once(database, "import", import_id) as is_the_one:
        if not is_the_one:
            return
        try:
            batches = Batches(database, import_id, folder)
            while not must_stop() and batches.file_next(now()):
                time.sleep(SECONDS_FOR_OTHERS)
        except Refused as refusal:
            _give_up(database, import_id, refusal, now())
        except Exception as error:
            if is_away(error):
                raise
            logger.exception("import %s does not go on", import_id)
            _say_why(database, import_id, said(error))


class Batches:
    """The rows of one import that have not been filed, a few at a time."""

    def __init__(self, database: Database, import_id: int, folder: Path) -> None:
        self.database, self.import_id = database, import_id
        with database.reading() as session:
            imported = session.get_one(ComplaintImport, import_id)
            self.position, self.plan = imported.seen, Plan.from_json(imported.columns)
            self.is_over = imported.state not in UNFINISHED
            key = imported.key
        table = table_of(folder, key)
        self.headings, self.rows = table.headings, islice(table.rows, self.position, None)

    def file_next(self, at: datetime) -> bool:
        """File the next rows and note the progress with them; False when there is nothing left to do."""
        rows = [] if self.is_over else list(islice(self.rows, ROWS_AT_ONCE))
        with self.database.writing() as session:
            imported = session.get_one(ComplaintImport, self.import_id, with_for_update=True)
            if imported.seen != self.position or imported.state not in UNFINISHED:
                return False  # another worker has taken it on
            by = session.get_one(Person, imported.uploaded_by_id)
            outcome = importing.file_rows(
                session, self.headings, rows, self.plan, by=by, at=at, unprintable=fonts.unprintable
            )
            imported.seen, imported.added = imported.seen + outcome.seen, imported.added + outcome.added
            imported.repeated += outcome.repeated
            if outcome.refused:
                imported.refused = [*imported.refused, *map(as_json, outcome.refused)]
            imported.state = ImportState.RUNNING if rows else ImportState.DONE
            imported.finished_at, imported.last_error = None if rows else at, None
            session.commit()
        self.position += len(rows)
        return bool(rows)


def as_json(row: RefusedRow) -> dict[str, Any]:
    """A refused row as it is kept: its number and the reasons, to be told in the reader's language."""
    reasons = [[objection.msgid, _plain(objection.values)] for objection in row.objections]
    return {"row": row.number, "reasons": reasons}


def objections_of(kept: dict[str, Any]) -> list[Objection]:
    return [Objection(INVALID, msgid, **values) for msgid, values in kept["reasons"]]


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value if isinstance(value, (int, str)) else str(value) for key, value in values.items()}


def _say_why(database: Database, import_id: int, why: str) -> None:
    """It stays unfinished, and the sweep tries it again: what is filed already stays filed."""
    with database.writing() as session:
        session.get_one(ComplaintImport, import_id, with_for_update=True).last_error = why
        session.commit()


def _give_up(database: Database, import_id: int, refusal: Refused, at: datetime) -> None:
    """The file itself cannot be read to its end: say so where the bad rows are named."""
    logger.warning("import %s was given up: %s", import_id, refusal)
    with database.writing() as session:
        imported = session.get_one(ComplaintImport, import_id, with_for_update=True)
        if imported.state in UNFINISHED:
            imported.refused = [*imported.refused, as_json(RefusedRow(0, refusal.objections))]
            imported.state, imported.finished_at = ImportState.DONE, at
            session.commit()
