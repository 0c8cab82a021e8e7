"""Hand-overs whose day has come, each in a transaction of its own.

One that cannot be carried out stops no other: it stands before the administrator with its reason and is tried again,
each time later.
"""

import logging
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from jobs import failed_steps
from models import Database, HandOver, is_away
from workflow import hand_over

logger = logging.getLogger("gongdao.jobs")

KIND = "hand_over"


def carry_out_due(database: Database, at: datetime) -> int:
    """Carry out every hand-over that is due by `at`; how many took effect. A second call does nothing more."""
    with database.reading() as session:
        needed = bool(hand_over.leavers_without(session, at))
        found = hand_over.due(session, at)
    if needed:
        _begin_for_leavers(database, at)
    failed = failed_steps.known(database, failed_steps.HAND_OVER)
    resting = {key for _kind, key in failed_steps.resting(failed, at)}
    failing = {(KIND, key) for key in found if key in resting}
    taken = 0
    for key in found:
        if key not in resting:
            went = _carry_out(database, key, at)
            taken += bool(went)
            failing |= {(KIND, key)} if went is None else set()
    failed_steps.forget_but(database, failed, failing)
    return taken


def _begin_for_leavers(database: Database, at: datetime) -> None:
    try:
        with database.writing() as session:
            hand_over.begin_for_leavers(session, at)
            session.commit()
    except IntegrityError:
        logger.info("hand-overs were begun by another worker meanwhile")


def _carry_out(database: Database, key: int, at: datetime) -> bool | None:
    """Whether it took effect now; None where it failed."""
    try:
        with database.writing() as session:
            going = hand_over.locked(session, key)
            if going is None or going.took_effect_at is not None:
                return False
            hand_over.carry_out(session, going, at=at)
            session.commit()
            return going.took_effect_at is not None
    except Exception as error:
        if is_away(error):
            raise
        logger.exception("hand-over %s could not be carried out", key)
        _note_failure(database, key, at, error)
        return None


def _note_failure(database: Database, key: int, at: datetime, error: Exception) -> None:
    with database.reading() as session:
        due = session.get_one(HandOver, key).effective_at
    failed_steps.note(database, failed_steps.HAND_OVER, (KIND, key), at, error, due=due)
