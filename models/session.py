"""The door to the database: one engine, sessions for reading and sessions for writing.

A writing session takes SQLite's write lock at its first statement, so that two people acting at
once wait for each other instead of failing half way. Nothing here commits: the edges do.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

BUSY_MILLISECONDS = 15_000
SECONDS_TO_CONNECT = 5
# As PostgreSQL ends connections when it is stopped, and as it refuses them while it is not ready (class 57P),
# and as the connection itself fails (class 08).
GOING_AWAY = ("57P", "08")
WRITES = "gongdao_writes"


class Database:
    """An engine with its two kinds of session; safe to share between threads."""

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        writing = self.engine.execution_options(**{WRITES: True})
        self._reading = sessionmaker(self.engine, expire_on_commit=False, autoflush=False)
        self._writing = sessionmaker(writing, expire_on_commit=False, autoflush=False)

    def session(self, *, writes: bool) -> Session:
        return self._writing() if writes else self._reading()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that is rolled back and closed at the end."""
        with self._reading() as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session for one transaction; what the caller has not committed is rolled back."""
        with self._writing() as session:
            yield session

    def dispose(self) -> None:
        self.engine.dispose()


def is_away(error: BaseException) -> bool:
    """Whether the database itself could not be reached: nothing is wrong with what was asked of it."""
    if not isinstance(error, DBAPIError):
        return False
    said = getattr(error.orig, "sqlstate", None)
    if error.connection_invalidated or (said or "").startswith(GOING_AWAY):
        return True
    # A connection that never came about has no state of its own.
    never_came = type(error.orig).__module__.startswith("psycopg") and said is None
    return (never_came and error.statement is None) or "unable to open database file" in str(error.orig)


def _engine(url: str) -> Engine:
    """The engine; what a statement was given stays out of its errors, and so out of the log."""
    if make_url(url).get_backend_name() != "sqlite":
        patience = {} if "connect_timeout" in make_url(url).query else {"connect_timeout": SECONDS_TO_CONNECT}
        return create_engine(
            url, pool_pre_ping=True, pool_size=10, max_overflow=20, hide_parameters=True, connect_args=patience
        )
    _make_room_for(url)
    engine = create_engine(url, connect_args={"timeout": BUSY_MILLISECONDS / 1000}, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_room_for(url: str) -> None:
    file = make_url(url).database
    if file and file != ":memory:":
        Path(file).parent.mkdir(parents=True, exist_ok=True)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver must not begin transactions by itself: it would begin them deferred, and a
    # reader that turns writer is refused at once instead of waiting.
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout={BUSY_MILLISECONDS}",
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        # Without it INSERT OR REPLACE removes a row past the triggers that keep it.
        "recursive_triggers=ON",
        "cache_size=-16000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
