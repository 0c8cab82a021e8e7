"""Reminders of running clocks, a hundred cases in a transaction.

What cannot be written stops no other: it stands before the administrator with its reason and is tried again, each time
later.
"""

import logging
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from jobs import failed_steps
from jobs.failed_steps import REMIND, Key
from models import CallDay, Database, is_away
from workflow import call_days, clock_watch, ranking_turn, rating_rounds, reminder
from workflow.clock_watch import Note

logger = logging.getLogger("gongdao.jobs")

NOTES_AT_ONCE = 1_000
CALLS = CallDay.kind


def remind_of_what_waits(database: Database, at: datetime) -> int:
    """Write every reminder that is asked for at `at`; how many were written."""
    with database.reading() as session:
        seen = clock_watch.look(session, at)
    failed = failed_steps.known(database, REMIND)
    resting = failed_steps.resting(failed, at)
    errors, written = {key: error for key, error in seen.failed.items() if key not in resting}, 0
    for kind, ids in seen.batches():
        awake = [key for key in ids if (kind, key) not in resting]
        written += _remind(database, kind, awake, at, errors) if awake else 0
    if (CALLS, 0) not in resting:
        written += _tell_of_calls(database, at, errors)
    for key, error in errors.items():
        failed_steps.note(database, REMIND, key, at, error, due=at)
    asked = {(kind, key) for kind, ids in seen.calls.items() for key in ids} | set(seen.failed) | {(CALLS, 0)}
    failed_steps.forget_but(database, failed, set(errors) | (resting & asked))
    for start in range(0, len(seen.notes), NOTES_AT_ONCE):
        _keep(database, seen.notes[start : start + NOTES_AT_ONCE])
    return written


def _tell_of_calls(database: Database, at: datetime, errors: dict[Key, Exception]) -> int:
    """Of two workers who tell of the same day one does; one that fails is one failure, whatever day it is of."""
    try:
        with database.reading() as session:
            if not call_days.is_to_be_told(session, at):
                return 0
        with database.writing() as session:
            told = call_days.tell(session, at)
            session.commit()
    except IntegrityError:
        logger.info("the calls of the day were told of by another worker meanwhile")
        return 0
    except Exception as error:
        if is_away(error):
            raise
        logger.exception("the calls of the day could not be told of")
        errors[CALLS, 0] = error
        return 0
    return int(told is not None)


def close_rounds(database: Database, at: datetime) -> int:
    """Close the rounds of ratings whose time is over; how many were closed."""
    with database.reading() as session:
        if session.scalars(rating_rounds.over(at).limit(1)).first() is None:
            return 0
    with database.writing() as session:
        closed = rating_rounds.close_what_is_over(session, at)
        session.commit()
    return closed


def note_rankings(database: Database, at: datetime) -> int:
    """Write down which rankings have to be published since a period is over; how many there were."""
    # Regulations are read while nothing is held.
    with database.reading() as session:
        found = ranking_turn.new(session, at)
    if not found:
        return 0
    try:
        with database.writing() as session:
            session.add_all(found)
            session.commit()
    except IntegrityError:
        logger.info("the rankings were noted by another worker meanwhile")
        return 0
    return len(found)


def tidy(database: Database) -> None:
    """Throw away the notes of clocks that have ended."""
    with database.writing() as session:
        clock_watch.tidy(session)
        session.commit()


def _keep(database: Database, notes: Sequence[Note]) -> None:
    with database.writing() as session:
        clock_watch.keep(session, notes)
        session.commit()


def _remind(database: Database, kind: str, ids: Sequence[int], at: datetime, errors: dict[Key, Exception]) -> int:
    failed: dict[int, Exception] = {}
    try:
        with database.writing() as session:
            written = reminder.remind(session, kind, ids, at, failed=failed)
            session.commit()
    except Exception as error:
        if is_away(error):
            raise
        logger.exception("reminders of %s %s could not be written", kind, ids)
        errors |= {(kind, key): error for key in ids}
        return 0
    errors |= {(kind, key): error for key, error in failed.items()}
    return len(written)
