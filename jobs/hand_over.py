"""Hand-overs whose day has come, each in a transaction of its own; one that cannot be carried out stops no other."""

import logging
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from models import Database, is_away
from workflow import hand_over

logger = logging.getLogger("gongdao.jobs")


def carry_out_due(database: Database, at: datetime) -> int:
    """Carry out every hand-over that is due by `at`; how many took effect. A second call does nothing more."""
    with database.reading() as session:
        needed = bool(hand_over.leavers_without(session, at))
        found = hand_over.due(session, at)
    if needed:
        _begin_for_leavers(database, at)
    return sum(_carry_out(database, key, at) for key in found)


def _begin_for_leavers(database: Database, at: datetime) -> None:
    try:
        with database.writing() as session:
            hand_over.begin_for_leavers(session, at)
            session.commit()
    except IntegrityError:
        logger.info("hand-overs were begun by another worker meanwhile")


def _carry_out(database: Database, key: int, at: datetime) -> bool:
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
        return False
