"""Brings a database to the present schema by the migrations, in one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from models.session import Database

ROOT = Path(__file__).resolve().parent.parent


def migrate(database: Database, revision: str = "head") -> None:
    """Run all migrations that are missing up to `revision`."""
    config = Config(ROOT / "alembic.ini")
    config.set_main_option("script_location", str(ROOT / "migrations"))
    with changing(database) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


@contextmanager
def changing(database: Database) -> Iterator[Connection]:
    """A connection that may change tables, committed at the end.

    SQLite changes a table by making it anew. Meanwhile its foreign keys rest; they are checked before the commit.
    """
    with database.engine.connect() as connection:
        if connection.dialect.name != "sqlite":
            with connection.begin():
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
