"""Where is measured: throw-away databases with the demo company, on SQLite or on a PostgreSQL server."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from models import Database
from models.schema import migrate
from workflow import founding

COMPANY = Path(__file__).resolve().parent.parent / "demo" / "company.yaml"
ZONE = ZoneInfo("Asia/Shanghai")
FOUNDED = datetime(2026, 1, 1, tzinfo=ZONE).astimezone(UTC)
MONDAY = datetime(2026, 3, 2, 9, tzinfo=ZONE).astimezone(UTC)


@dataclass(frozen=True)
class Place:
    """One kind of database."""

    name: str
    folder: Path
    server: str | None = None

    @contextmanager
    def database(self) -> Iterator[Database]:
        """A new database with the demo company, gone at the end."""
        name = f"gongdao_bench_{uuid4().hex[:8]}"
        if self.server:
            _on_server(self.server, f"CREATE DATABASE {name}")
        database = Database(self._url(name))
        try:
            migrate(database)
            with database.writing() as session:
                founding.found(session, founding.read(COMPANY), at=FOUNDED, is_demo=True)
                session.commit()
            yield database
        finally:
            database.dispose()
            if self.server:
                _on_server(self.server, f"DROP DATABASE {name} WITH (FORCE)")

    def _url(self, name: str) -> str:
        if self.server:
            return make_url(self.server).set(database=name).render_as_string(hide_password=False)
        return f"sqlite:///{self.folder / name}.sqlite3"


def places(folder: Path, server: str | None) -> Iterator[Place]:
    yield Place("SQLite", folder)
    if server:
        yield Place("PostgreSQL", folder, server)


def _on_server(server: str, statement: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
