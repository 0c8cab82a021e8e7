"""The queue between the web server and the worker.

It lies beside the database: a SQLite file next to the SQLite file, tables in PostgreSQL, memory in
tests. Losing it loses nothing: whatever is to be done stands in rows, and the sweep finds them.
"""

from pathlib import Path
from typing import Any

from huey import Huey, MemoryHuey, PostgresHuey, SqliteHuey
from huey.serializer import SignedSerializer
from psycopg.errors import DuplicateTable, UniqueViolation
from sqlalchemy.engine import URL, make_url

from config import Settings

NAME = "gongdao"
FILE = "huey.sqlite3"
SECONDS_TO_CONNECT = 5


def open_queue(settings: Settings) -> Huey:
    """The queue of this installation; opening it makes its file or its tables."""
    # Messages are pickled, and only what was signed with our own key is ever unpickled.
    usual = {"results": False, "serializer": SignedSerializer(secret=settings.secret_key)}
    url = make_url(settings.database_url)
    if settings.testing:
        return MemoryHuey(NAME, **usual)
    if url.get_backend_name() == "sqlite":
        return SqliteHuey(NAME, filename=str(_beside(url, settings.var)), **usual)
    dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
    return _in_postgresql(dsn, usual)


def _in_postgresql(dsn: str, usual: dict[str, Any], *, starts_at_once: int = 5) -> Huey:
    """PostgreSQL refuses a table that another start makes at the same moment, even where it need only exist."""
    try:
        return PostgresHuey(NAME, dsn=dsn, connect_timeout=SECONDS_TO_CONNECT, **usual)
    except (UniqueViolation, DuplicateTable):
        if starts_at_once == 1:
            raise
        return _in_postgresql(dsn, usual, starts_at_once=starts_at_once - 1)


def _beside(url: URL, var: Path) -> Path:
    folder = Path(url.database).parent if url.database else var
    folder.mkdir(parents=True, exist_ok=True)
    return folder / FILE
