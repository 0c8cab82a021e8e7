"""Fixtures: a database with the demo company for each test, a clock that the test sets, and clients.

Each test has a database of its own, copied from one that was migrated once: a file for SQLite, or one on
PostgreSQL when GONGDAO_TEST_DATABASE_URL names a server (see tests/place.py).
"""

import gc
import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import select
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from config import Settings
from models import Database, Person
from models.schema import migrate
from tests.builders import FOUNDED, MONDAY, Desk
from tests.place import OnPostgres, OnSqlite, on_server
from web import create_app
from workflow import founding, password

SERVER = os.environ.get("GONGDAO_TEST_DATABASE_URL")
# Tests make many objects and keep few: looking for cycles after every thousand would cost a tenth of the time.
gc.set_threshold(100_000, 50, 50)
COMPANY = Path(__file__).resolve().parent.parent / "demo" / "company.yaml"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What asks for no database runs once, and not again on PostgreSQL."""
    for item in items:
        if "database" not in item.fixturenames:  # type: ignore[attr-defined]
            item.add_marker("nodb")


class Clock:
    """The time that the application reads; a test moves it."""

    def __init__(self) -> None:
        self.now = MONDAY

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(scope="session", autouse=True)
def _cheap_hashes() -> None:
    """A password costs no time in tests."""
    password._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(scope="session")
def _template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a database with the demo company, from which every test gets a copy."""
    if SERVER:
        name = f"gongdao_template_{uuid4().hex[:12]}"
        on_server(SERVER, f"CREATE DATABASE {name}")
        url = make_url(SERVER).set(database=name).render_as_string(hide_password=False)
    else:
        url = f"sqlite:///{tmp_path_factory.mktemp('template') / 'template.sqlite3'}"
    database = Database(url)
    migrate(database)
    with database.writing() as session:
        founding.found(session, founding.read(COMPANY), at=FOUNDED, is_demo=True)
        session.commit()
    if not SERVER:
        with database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    yield url
    if SERVER:
        on_server(SERVER, f"DROP DATABASE {make_url(url).database} WITH (FORCE)")


@pytest.fixture(scope="session")
def _place(_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OnSqlite | OnPostgres]:
    """One engine for all tests of a process: it compiles a statement once."""
    model = make_url(_template).database or ""
    place = OnPostgres(SERVER, model) if SERVER else OnSqlite(Path(model), tmp_path_factory.mktemp("place"))
    yield place
    place.remove()


@pytest.fixture
def database(_place: OnSqlite | OnPostgres) -> Iterator[Database]:
    """A database of this test's own, with the demo company founded on 1 January 2026."""
    _place.put_back()
    yield _place.database
    _place.database.dispose()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.writing() as session:
        yield session


@pytest.fixture
def desk(session: Session) -> Desk:
    """Acts in a session as people of the demo company; see tests/builders.py."""
    return Desk(session)


@pytest.fixture
def case_in(database: Database) -> Callable[..., str]:
    """The number of a complaint about service.ma that came to a state, as `Desk.complaint` makes it."""

    def made(state: str, **changes: Any) -> str:
        with database.writing() as session:
            complaint = Desk(session).complaint(state, **changes)
            session.commit()
            return complaint.number

    return made


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings(tmp_path: Path, database: Database) -> Settings:
    url = database.engine.url.render_as_string(hide_password=False)
    return Settings.for_tests(database_url=url, var=tmp_path / "var")


@pytest.fixture(scope="session")
def _compiled(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Templates are compiled once, not by each test's application."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def app(settings: Settings, database: Database, clock: Clock, _compiled: FileSystemBytecodeCache) -> Flask:
    app = create_app(settings, database)
    app.jinja_env.bytecode_cache = _compiled
    app.config.update(NOW=clock, WTF_CSRF_ENABLED=False)
    return app


@pytest.fixture
def client_as(app: Flask, database: Database, clock: Clock) -> Callable[[str], FlaskClient]:
    """A client that is logged in as the person with this user name."""

    def logged_in(username: str) -> FlaskClient:
        with database.reading() as session:
            person = session.scalars(select(Person).filter_by(username=username)).one()
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = f"{person.id}.{person.session_epoch}"
            cookie["_fresh"] = True
            cookie["seen"] = int(clock.now.timestamp())
        return client

    return logged_in
