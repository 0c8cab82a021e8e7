"""Steps that fall due by themselves, each in a transaction of its own, dated with its moment."""

import logging
from datetime import datetime

from models import Database
from workflow import deadline, overdue

logger = logging.getLogger("gongdao.jobs")

Due = tuple[int, datetime, str]


def carry_out_due(database: Database, at: datetime) -> int:
    """Take every step that fell due by `at`, in order; how many were taken."""
    with database.reading() as session:
        found = list(deadline.due(session, at))
    return sum(_take(database, due) for due in found)


def _take(database: Database, due: Due) -> bool:
    """Take one step, unless somebody has meanwhile acted; one that cannot be taken stops no other."""
    try:
        with database.writing() as session:
            taken = overdue.take(session, *_in_words(due))
            session.commit()
            return taken is not None
    except Exception:
        logger.exception("%s of complaint %s could not be carried out", due[2], due[0])
        return False


def _in_words(due: Due) -> tuple[int, str, datetime]:
    complaint_id, moment, action = due
    return complaint_id, action, moment
