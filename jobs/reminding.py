"""Reminders of running clocks, a hundred cases in a transaction; what cannot be written stops no other."""

import logging
from collections.abc import Sequence
from datetime import datetime

from models import Database, is_away
from workflow import clock_watch, reminder
from workflow.clock_watch import Note

logger = logging.getLogger("gongdao.jobs")

NOTES_AT_ONCE = 1_000


def remind_of_what_waits(database: Database, at: datetime) -> int:
    """Write every reminder that is asked for at `at`; how many were written."""
    with database.reading() as session:
        seen = clock_watch.look(session, at)
    written = sum(_remind(database, kind, ids, at) for kind, ids in seen.batches())
    for start in range(0, len(seen.notes), NOTES_AT_ONCE):
        _keep(database, seen.notes[start : start + NOTES_AT_ONCE])
    return written


def _keep(database: Database, notes: Sequence[Note]) -> None:
    with database.writing() as session:
        clock_watch.keep(session, notes)
        session.commit()


def _remind(database: Database, kind: str, ids: Sequence[int], at: datetime) -> int:
    try:
        with database.writing() as session:
            written = reminder.remind(session, kind, ids, at)
            session.commit()
            return len(written)
    except Exception as error:
        if is_away(error):
            raise
        logger.exception("reminders of %s %s could not be written", kind, ids)
        return 0
