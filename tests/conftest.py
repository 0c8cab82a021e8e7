"""Fixtures: a database with the demo company for each test, a clock that the test sets, and clients.

Each test has a database of its own, copied from one that was migrated once: a file for SQLite, or one on
PostgreSQL when GONGDAO_TEST_DATABASE_URL names a server (see tests/place.py).
"""

import gc
import os
import shutil
from asyncio import events
from collections.abc import Callable, Generator, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import hypothesis
import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from config import Settings
from jobs import seal
from models import Database, Person
from models.schema import migrate
from tests.builders import FOUNDED, MONDAY, Desk
from tests.place import OnPostgres, OnSqlite, on_server
from web import create_app
from workflow import founding, password

SERVER = os.environ.get("GONGDAO_TEST_DATABASE_URL")
# Tests make many objects and keep few: looking for cycles after every thousand would cost a tenth of the time.
gc.set_threshold(100_000, 50, 50)
# How long an example takes is no finding: the machine may be busy.
hypothesis.settings.register_profile("untimed", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("untimed")
COMPANY = Path(__file__).resolve().parent.parent / "demo" / "company.yaml"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What asks for no database, or for a browser, runs once, and not again on PostgreSQL."""
    for item in items:
        if "database" not in item.fixturenames:  # type: ignore[attr-defined]
            item.add_marker("nodb")
        if "chromium" in item.fixturenames:  # type: ignore[attr-defined]
            item.add_marker("browser")


class Clock:
    """The time that the application reads; a test moves it."""

    def __init__(self) -> None:
        self.now = MONDAY

    def __call__(self) -> datetime:
        return self.now


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Playwright's event loop counts as running between its calls; who asks for no browser shall not meet it, nor shall
    the fixtures that a whole module shares."""
    loop = None if "chromium" in getattr(item, "fixturenames", ()) else events._get_running_loop()
    if loop is None:
        return (yield)
    events._set_running_loop(None)
    try:
        return (yield)
    finally:
        events._set_running_loop(loop)


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
def staged(_place: OnSqlite | OnPostgres, database: Database) -> Callable[..., Any]:
    """Plays a scene in this test's database, see `OnSqlite.stage`: quicker than playing it by oneself."""
    return _place.stage


@pytest.fixture
def queries(database: Database) -> Iterator[list[str]]:
    """Every statement that is sent to the database."""
    sent: list[str] = []

    def remember(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    event.listen(database.engine, "before_cursor_execute", remember)
    yield sent
    event.remove(database.engine, "before_cursor_execute", remember)


def complaint_in(session: Session, state: str, **changes: Any) -> str:
    return Desk(session).complaint(state, **changes).number


@pytest.fixture
def case_in(staged: Callable[..., Any]) -> Callable[..., str]:
    """The number of a complaint about service.ma that came to a state, as `Desk.complaint` makes it."""
    return partial(staged, complaint_in)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def sealed_var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A var folder with a seal, made once in a process: finding two primes takes longer than most tests."""
    settings = Settings.for_tests(var=tmp_path_factory.mktemp("sealed"))
    seal.make(settings, "星辰汽车销售服务有限公司", at=FOUNDED)
    return settings.var


@pytest.fixture
def settings(tmp_path: Path, database: Database, sealed_var: Path) -> Settings:
    url = database.engine.url.render_as_string(hide_password=False)
    shutil.copytree(sealed_var / seal.FOLDER, tmp_path / "var" / seal.FOLDER)
    return Settings.for_tests(database_url=url, var=tmp_path / "var")


@pytest.fixture(scope="session")
def _application(_place: OnSqlite | OnPostgres, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """Put together once in a process: compiling its addresses and templates costs more than most tests."""
    url = _place.database.engine.url.render_as_string(hide_password=False)
    app = create_app(Settings.for_tests(database_url=url, var=tmp_path_factory.mktemp("var")), _place.database)
    app.config["WTF_CSRF_ENABLED"] = False
    return app


@pytest.fixture
def app(_application: Flask, settings: Settings, database: Database, clock: Clock) -> Iterator[Flask]:
    """The application as it was put together, with this test's folder and clock."""
    before = dict(_application.config)
    _application.config.update(SETTINGS=settings, NOW=clock)
    yield _application
    _application.config.clear()
    _application.config.update(before)
    _application.extensions.pop("timetable", None)


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
