"""Steps that fall due by themselves, each in a transaction of its own, dated with its moment.

One worker at a time does this, so that what was missed happens in its order. A step that cannot be carried out stops no
other: it stands before the administrator with its reason and is tried again, each time later.
"""

import logging
from datetime import datetime

from sqlalchemy import ColumnElement, select

from jobs import failed_steps
from jobs.failure import delay_after, said
from jobs.once import only_once
from models import Database, FailedStep, is_away
from workflow import overdue, rescheduling
from workflow.deadline import Due

logger = logging.getLogger("gongdao.jobs")


def carry_out_due(database: Database, at: datetime) -> int:
    """Take every step that fell due by `at`, in order; how many were taken."""
    with only_once(database, "clock") as is_the_one:
        return _carry_out_due(database, at) if is_the_one else 0


def _carry_out_due(database: Database, at: datetime) -> int:
    _catch_up_with_the_calendar(database, at)
    with database.reading() as session:
        found = dict.fromkeys(overdue.due(session, at))
        failed = {_due(row): row for row in session.scalars(select(FailedStep).where(is_of_a_case()))}
    failed_steps.forget(database, [row for due, row in failed.items() if due not in found])
    resting = {due for due, row in failed.items() if row.next_try_at > at}
    return sum(_take(database, due, at, failed.get(due)) for due in found if due not in resting)


def _catch_up_with_the_calendar(database: Database, at: datetime) -> None:
    """A deadline that was set while the calendar changed is moved like the others, before anything falls due by it."""
    with database.reading() as session:
        if rescheduling.latest_change(session, at) is None:
            return
    with database.writing() as session:
        rescheduling.catch_up(session, at)
        session.commit()


def _take(database: Database, due: Due, at: datetime, failed: FailedStep | None = None) -> bool:
    """Take one step, unless somebody has meanwhile acted; one that cannot be taken stops no other."""
    try:
        with database.writing() as session:
            taken = overdue.take(session, due)
            session.commit()
    except Exception as error:
        if is_away(error):
            raise
        _note_failure(database, due, at, error)
        return False
    if failed is not None:
        failed_steps.forget(database, [failed])
    return taken is not None


def _note_failure(database: Database, due: Due, at: datetime, error: Exception) -> None:
    """Say why, unless somebody else has done it at the same moment: then there is nothing to say."""
    with database.writing() as session:
        if not overdue.is_due(session, due):
            logger.info("%s of %s %s was done by somebody else", due.action, due.kind, due.case_id)
            return
        logger.error("%s of %s %s could not be carried out", due.action, due.kind, due.case_id, exc_info=error)
        row = session.scalars(
            select(FailedStep).filter_by(kind=due.kind, case_id=due.case_id, action=due.action, moment=due.moment)
        ).one_or_none()
        if row is None:
            row = FailedStep(kind=due.kind, case_id=due.case_id, action=due.action, moment=due.moment, attempts=0)
            session.add(row)
        row.attempts, row.last_error = row.attempts + 1, said(error)
        row.next_try_at = at + delay_after(row.attempts)
        session.commit()


def is_of_a_case() -> ColumnElement[bool]:
    """Whether a failed step is one of a case; hand-overs and reminders look after their own."""
    return FailedStep.action.not_in((failed_steps.HAND_OVER, failed_steps.REMIND))


def _due(row: FailedStep) -> Due:
    return Due(row.kind, row.case_id, row.moment, row.action)
