"""Assessments computed in the background: once for each time somebody asked, begun anew after a crash, given up.

All results are written in one transaction: a worker that is killed leaves those that were there before.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from jobs.failure import CUT_SHORT, said
from jobs.once import only_once
from models import AssessmentComputation, Database, FileState, is_away
from models.made_file import UNFINISHED
from workflow import assessment_run
from workflow.assessment_entry import RowRefused
from workflow.office import Office

logger = logging.getLogger("gongdao.jobs")

MOST_ATTEMPTS = 3


def unfinished(database: Database) -> list[int]:
    query = select(AssessmentComputation.id).where(AssessmentComputation.state.in_(UNFINISHED))
    with database.reading() as session:
        return list(session.scalars(query.order_by(AssessmentComputation.id)))


def run(database: Database, key: int, *, now: Callable[[], datetime]) -> None:
    """Compute it, unless that is done or in other hands."""
    with database.reading() as session:
        found = session.get(AssessmentComputation, key)
        of = found.assessment_id if found is not None else 0
    # Two computations of one assessment take turns: each replaces all results.
    with only_once(database, "assessment", of) as is_the_one:
        if not is_the_one or not _begin(database, key, now()):
            return
        try:
            _compute(database, key, now)
        except Exception as error:
            if is_away(error):
                raise
            if not isinstance(error, RowRefused):
                logger.exception("computation %s could not be carried out", key)
            _note(database, key, state=FileState.FAILED, finished_at=now(), last_error=said(error))


def _begin(database: Database, key: int, at: datetime) -> bool:
    with database.writing() as session:
        found = session.get_one(AssessmentComputation, key, with_for_update=True)
        if not found.is_running:
            return False
        attempts = found.attempts + 1
        goes_on = attempts <= MOST_ATTEMPTS
        values: dict[str, Any] = {"attempts": attempts, "state": FileState.RUNNING}
        if not goes_on:
            values |= {"state": FileState.FAILED, "finished_at": at, "last_error": CUT_SHORT}
        for name, value in values.items():
            setattr(found, name, value)
        session.commit()
        return goes_on


def _compute(database: Database, key: int, now: Callable[[], datetime]) -> None:
    with database.writing() as session:
        computation = session.get_one(AssessmentComputation, key)
        of = assessment_run.locked(session, computation.assessment_id)
        if of.stage == "open":
            assessment_run.compute(session, of, zone=Office(session).calendar.zone, at=now())
            session.commit()
            return
    # It was submitted or closed meanwhile: the results stand.
    _note(database, key, state=FileState.DONE, finished_at=now())


def _note(database: Database, key: int, **values: Any) -> None:
    with database.writing() as session:
        row = session.get_one(AssessmentComputation, key, with_for_update=True)
        for name, value in values.items():
            setattr(row, name, value)
        session.commit()
