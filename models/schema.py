"""Brings a database to the present schema by the migrations, in one transaction, and says whether it is there.

Several starts at once take turns: the second finds nothing left to do.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, select

from models.session import WRITES, Database

ROOT = Path(__file__).resolve().parent.parent
# The lock under which tables are changed.
CHANGING = 2026_0014


def migrate(database: Database, revision: str = "head") -> None:
    """Run all migrations that are missing up to `revision`."""
    config = _config()
    with changing(database) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def is_at_head(connection: Connection) -> bool:
    """Whether every migration of this release has been run."""
    return MigrationContext.configure(connection).get_current_revision() == _head()


@cache
def _head() -> str | None:
    return ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config(ROOT / "alembic.ini")
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return config


@contextmanager
def changing(database: Database) -> Iterator[Connection]:
    """A connection that may change tables, committed at the end.

    SQLite changes a table by making it anew. Meanwhile its foreign keys rest; they are checked before the commit.
    """
    with database.engine.connect().execution_options(**{WRITES: True}) as connection:
        if connection.dialect.name != "sqlite":
            with connection.begin():
                connection.execute(select(func.pg_advisory_xact_lock(CHANGING)))
                yield connection
            return
        # The pragma does nothing inside a transaction, so it is given to the driver before one begins.
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                yield connection
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
                assert broken is None, f"a row of {broken[0]} points at nothing" if broken else ""
        finally:
            driver.execute("PRAGMA foreign_keys=ON")
