"""Where the databases of the tests lie: each test finds the demo company as it was founded, and nothing else.

A file is copied anew for every test. A PostgreSQL database costs half a second to make, so each process makes
one, keeps a copy of its rows beside them, and puts those back; it is made anew after a test that changed more
than rows. The server's user has to be a superuser: rows come back past the triggers that keep them.
"""

import shutil
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.engine import URL, make_url

from models import Database

SHAPE = """
SELECT md5(string_agg(concat(tgrelid, tgname, tgenabled), ',' ORDER BY oid)), (SELECT count(*) FROM pg_class)
FROM pg_trigger WHERE NOT tgisinternal
"""
OTHERS_AWAY = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
# What the database computes cannot be put back, and need not.
COLUMNS = """
SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = :table AND is_generated = 'NEVER'
"""
SEQUENCES = "SELECT quote_ident(sequencename), coalesce(last_value, 1), last_value IS NOT NULL FROM pg_sequences"


class OnSqlite:
    """A file, copied anew for every test."""

    def __init__(self, model: Path, folder: Path) -> None:
        self.model, self.file = model, folder / "own" / "gongdao.sqlite3"
        self.database = Database(f"sqlite:///{self.file}")

    def put_back(self) -> None:
        shutil.rmtree(self.file.parent, ignore_errors=True)
        self.file.parent.mkdir()
        shutil.copy(self.model, self.file)

    def remove(self) -> None:
        self.database.dispose()


class OnPostgres:
    """A database made from the template, and put back before every test."""

    def __init__(self, server: str, template: str) -> None:
        self.server, self.template, self.name = server, template, f"gongdao_{uuid4().hex[:12]}"
        self.url = make_url(server).set(database=self.name)
        self.database = Database(self.url.render_as_string(hide_password=False))
        self._make()

    def put_back(self) -> None:
        if not self._put_rows_back():
            self._make()

    def remove(self) -> None:
        self.database.dispose()
        on_server(self.server, f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")

    def _make(self) -> None:
        on_server(
            self.server,
            f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)",
            f"CREATE DATABASE {self.name} TEMPLATE {self.template}",
        )
        with _connected(self.url) as connection:
            connection.execute(text("CREATE SCHEMA kept"))
            tables = [str(table) for table in connection.scalars(text(TABLES))]
            columns = {table: connection.scalar(text(COLUMNS), {"table": table}) for table in tables}
            for table in tables:
                connection.execute(text(f"CREATE TABLE kept.{table} AS SELECT * FROM {table}"))
            self._rows_back = _statements(connection, columns)
            self._shape = connection.execute(text(SHAPE)).one()

    def _put_rows_back(self) -> bool:
        with _connected(self.url) as connection:
            connection.execute(text(OTHERS_AWAY))
            if connection.execute(text(SHAPE)).one() != self._shape:
                return False
            connection.exec_driver_sql(self._rows_back)
            return True


def _statements(connection: Connection, columns: dict[str, str]) -> str:
    empty = [f"DELETE FROM {table}" for table in columns]
    fill = [f"INSERT INTO {table} ({names}) SELECT {names} FROM kept.{table}" for table, names in columns.items()]
    numbers = [
        f"SELECT setval('{name}', {last}, {called})" for name, last, called in connection.execute(text(SEQUENCES))
    ]
    return "; ".join(["SET session_replication_role = replica", *empty, *fill, *numbers])


def _connected(url: str | URL) -> Connection:
    return create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool).connect()


def on_server(server: str, *statements: str) -> None:
    with _connected(server) as connection:
        for statement in statements:
            connection.execute(text(statement))
