"""Waiting for a database that has gone away: each time longer, and without a trace in the log for each."""

import logging
from collections.abc import Callable
from functools import wraps
from time import sleep
from typing import Any

from psycopg import OperationalError as QueueIsAway

from models import is_away

logger = logging.getLogger("gongdao.jobs")

LONGEST_PAUSE = 30.0
Work = Callable[..., Any]


def pause_after(failures: int) -> float:
    """1, 2, 4, … seconds, half a minute at most."""
    return min(LONGEST_PAUSE, 2.0 ** (failures - 1))


def cannot_be_reached(error: BaseException) -> bool:
    """The database, or the queue beside it."""
    return is_away(error) or isinstance(error, QueueIsAway)


def once_it_is_there(work: Callable[[], Any]) -> Any:
    """Do the work; while the database is away, wait and begin it anew."""
    failures = 0
    while True:
        try:
            return work()
        except Exception as error:
            if not cannot_be_reached(error):
                raise
            failures += 1
            logger.warning("the database does not answer; waiting for %d s", pause_after(failures))
            sleep(pause_after(failures))


def left_to_the_sweep(work: Work) -> Work:
    """What a task could not do without its database is found again by the sweep: one line in the log is enough."""

    @wraps(work)
    def done_or_left(*given: Any) -> None:
        try:
            work(*given)
        except Exception as error:
            if not cannot_be_reached(error):
                raise
            logger.warning("%s: the database does not answer; it is taken up again", work.__name__.lstrip("_"))

    return done_or_left
