"""Where the databases of the tests lie: each test finds the demo company as it was founded, and nothing else.

A file is copied anew for every test. A PostgreSQL database costs half a second to make, so each process makes
one, keeps a copy of its rows beside them, and puts those back; it is made anew after a test that changed more
than rows. The server's user has to be a superuser: rows come back past the triggers that keep them.

What several tests begin with is staged: played once in a process, and from then on copied as well (on PostgreSQL,
where copying takes as long as playing, it is played for each of them).
"""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, NullPool, create_engine, event, text
from sqlalchemy.engine import URL, make_url

from models import Database

# What a scene's words may be made of, so that the same words always mean the same scene.
PLAIN = (str, int, float, date, type(None))
SCENES_KEPT = 40

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


def played(database: Database, scene: Callable[..., Any], words: tuple[Any, ...], changes: dict[str, Any]) -> Any:
    """What the scene returns, committed."""
    with database.writing() as session:
        found = scene(session, *words, **changes)
        session.commit()
    return found


class OnSqlite:
    """A file, copied anew for every test."""

    def __init__(self, model: Path, folder: Path) -> None:
        self.model, self.file, self.scenes = model, folder / "own" / "gongdao.sqlite3", folder / "scenes"
        self.scenes.mkdir()
        self.database = Database(f"sqlite:///{self.file}")
        self._story: tuple[object, ...] | None = None
        self._kept: dict[tuple[object, ...], tuple[Path, Any]] = {}
        event.listen(self.database.engine, "commit", self._changed)

    def put_back(self) -> None:
        self._copy(self.model)
        self._story = ()

    def stage(self, scene: Callable[..., Any], *words: Any, **changes: Any) -> Any:
        """Play `scene(session, *words, **changes)` and commit, or put back what the same scenes led to before.

        What it returns has to be plain too: numbers and names, no rows.
        """
        story = self._with(scene, *words, *sorted(changes.items()))
        if story in self._kept and not self.database.engine.pool.checkedout():  # type: ignore[attr-defined]
            file, found = self._kept[story]
            self.database.dispose()
            self._copy(file)
        else:
            found = played(self.database, scene, words, changes)
            self._keep(story, found)
        self._story = story
        return found

    def _with(self, *scene: object) -> tuple[object, ...] | None:
        """The scenes up to this one; None when anything else happened in the database, or may have."""
        said = (part for word in scene[1:] for part in (word if isinstance(word, tuple) else (word,)))
        if self._story is None or not all(isinstance(part, PLAIN) for part in said):
            return None
        return (*self._story, scene)

    def _changed(self, _connection: Connection) -> None:
        self._story = None

    def _keep(self, story: tuple[object, ...] | None, found: Any) -> None:
        if story is None:
            return
        with self.database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        if len(self._kept) == SCENES_KEPT:
            file, _ = self._kept.pop(next(iter(self._kept)))
            file.unlink()
        file = self.scenes / uuid4().hex
        shutil.copy(self.file, file)
        self._kept[story] = file, found

    def _copy(self, file: Path) -> None:
        shutil.rmtree(self.file.parent, ignore_errors=True)
        self.file.parent.mkdir()
        shutil.copy(file, self.file)

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

    def stage(self, scene: Callable[..., Any], *words: Any, **changes: Any) -> Any:
        """Play the scene and commit."""
        return played(self.database, scene, words, changes)

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
