"""One worker is enough for one piece of work, however often it is handed over, and to however many of them.

What says so is held by the kernel or by PostgreSQL for as long as its holder lives: a worker that is killed lets go
at once, and no clock is asked.
"""

import socket
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha256

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import DBAPIError

from models import Database


@contextmanager
def only_once(database: Database, kind: str, key: int = 0) -> Iterator[bool]:
    """Whether the caller is the one to do it; True for nobody else until they are done."""
    engine = database.engine
    holding = _in_the_database if engine.dialect.name == "postgresql" else _on_this_machine
    with holding(engine, kind, key) as is_the_one:
        yield is_the_one


@contextmanager
def _in_the_database(engine: Engine, kind: str, key: int) -> Iterator[bool]:
    """A lock of PostgreSQL's that belongs to a connection of its own and ends with it."""
    work = zlib.crc32(kind.encode()) - 2**31, key
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        is_the_one = bool(connection.scalar(select(func.pg_try_advisory_lock(*work))))
        try:
            yield is_the_one
        finally:
            if is_the_one:
                _let_go(connection, work)


def _let_go(connection: Connection, work: tuple[int, int]) -> None:
    """At once, for whoever asks next; a connection that is lost has let go already."""
    try:
        connection.execute(select(func.pg_advisory_unlock(*work)))
    except DBAPIError:
        connection.invalidate()


@contextmanager
def _on_this_machine(engine: Engine, kind: str, key: int) -> Iterator[bool]:
    """A name of the kernel's that only one socket can have: SQLite is used on one machine alone."""
    what = f"{engine.url.database}/{kind}/{key}"
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as holder:
        try:
            holder.bind(f"\0gongdao-{sha256(what.encode()).hexdigest()}")
        except OSError:
            yield False
        else:
            yield True
