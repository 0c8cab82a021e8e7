"""Steps that fall due by themselves, each in a transaction of its own, dated with its moment."""

import logging
from datetime import datetime

from models import Database
from workflow import overdue, rescheduling
from workflow.deadline import Due

logger = logging.getLogger("gongdao.jobs")


def carry_out_due(database: Database, at: datetime) -> int:
    """Take every step that fell due by `at`, in order; how many were taken."""
    _catch_up_with_the_calendar(database, at)
    with database.reading() as session:
        found = overdue.due(session, at)
    return sum(_take(database, due) for due in found)


def _catch_up_with_the_calendar(database: Database, at: datetime) -> None:
    """A deadline that was set while the calendar changed is moved like the others, before anything falls due by it."""
    with database.reading() as session:
        if rescheduling.latest_change(session, at) is None:
            return
    with database.writing() as session:
        rescheduling.catch_up(session, at)
        session.commit()


def _take(database: Database, due: Due) -> bool:
    """Take one step, unless somebody has meanwhile acted; one that cannot be taken stops no other."""
    try:
        with database.writing() as session:
            taken = overdue.take(session, due)
            session.commit()
            return taken is not None
    except Exception:
        logger.exception("%s of %s %s could not be carried out", due.action, due.kind, due.case_id)
        return False
