"""Reminders of running clocks, a hundred cases in a transaction; what cannot be written stops no other."""

import logging
from collections.abc import Sequence
from datetime import datetime

from models import Database
from workflow import clock_watch, reminder

logger = logging.getLogger("gongdao.jobs")


def remind_of_what_waits(database: Database, at: datetime) -> int:
    """Write every reminder that is asked for at `at`; how many were written."""
    with database.reading() as session:
        found = clock_watch.to_look_at(session, at)
    return sum(_remind(database, kind, ids, at) for kind, ids in found)


def _remind(database: Database, kind: str, ids: Sequence[int], at: datetime) -> int:
    try:
        with database.writing() as session:
            written = reminder.remind(session, kind, ids, at)
            session.commit()
            return len(written)
    except Exception:
        logger.exception("reminders of %s %s could not be written", kind, ids)
        return 0
