"""The pulse of a worker: a row that says it lives, written anew every few seconds and taken away when it ends."""

import logging
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from jobs.patience import cannot_be_reached
from jobs.timetable import Now
from models import Database, WorkerPulse

logger = logging.getLogger("gongdao.jobs")

SECONDS_BETWEEN = 20
# Who has not been seen for so long has ended, hangs, or cannot reach the database.
LIVES_FOR = timedelta(seconds=90)
FORGOTTEN_AFTER = timedelta(days=1)


@contextmanager
def beating(database: Database, now: Now) -> Iterator[None]:
    """While the caller works, this process is seen to live."""
    name, started, ended = f"{socket.gethostname()[:60]}/{os.getpid()}", now(), threading.Event()

    def go_on() -> None:
        while not ended.wait(SECONDS_BETWEEN):
            _beat(database, name, started, now())

    _beat(database, name, started, started)
    thread = threading.Thread(target=go_on, name="Pulse", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        _take_away(database, name)


def is_beating(session: Session, at: datetime) -> bool:
    """Whether any worker was seen lately."""
    seen = session.scalar(select(func.max(WorkerPulse.seen_at)))
    return seen is not None and at - seen <= LIVES_FOR


def living(session: Session, at: datetime) -> list[WorkerPulse]:
    query = select(WorkerPulse).where(WorkerPulse.seen_at >= at - LIVES_FOR)
    return list(session.scalars(query.order_by(WorkerPulse.started_at, WorkerPulse.name)))


def _beat(database: Database, name: str, started: datetime, at: datetime) -> None:
    with _as_far_as_possible(database) as session:
        session.execute(delete(WorkerPulse).where(WorkerPulse.seen_at < at - FORGOTTEN_AFTER))
        session.merge(WorkerPulse(name=name, started_at=started, seen_at=at))


def _take_away(database: Database, name: str) -> None:
    with _as_far_as_possible(database) as session:
        session.execute(delete(WorkerPulse).where(WorkerPulse.name == name))


@contextmanager
def _as_far_as_possible(database: Database) -> Iterator[Session]:
    """A pulse that cannot be written is missed by whoever looks for it: that is what it is for."""
    try:
        with database.writing() as session:
            yield session
            session.commit()
    except Exception as error:
        if not cannot_be_reached(error):
            logger.exception("the pulse could not be written")
