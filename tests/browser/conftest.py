"""The product as people meet it: a server on this test's own database, and headless Chromium before it.

The clock is the test's, passwords and form tokens are real.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from threading import Thread

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Error, expect, sync_playwright
from sqlalchemy import update
from sqlalchemy.orm import Session, selectinload
from werkzeug.serving import WSGIRequestHandler, make_server

from models import Complaint, Database, Person
from tests.browser.visitor import Visitor
from tests.place import OnSqlite
from workflow.password import DEMO_PASSWORD, hashed

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
DESK, PHONE = (1280, 900), (390, 844)
PATIENCE = 60_000  # milliseconds; the first paper of a process takes its time


class Quiet(WSGIRequestHandler):
    def log_request(self, *_: object) -> None:
        pass


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    program = os.environ.get("GONGDAO_TEST_CHROMIUM") or shutil.which("chromium")
    if not program:
        pytest.skip("no Chromium on this machine (Debian's package chromium)")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        except Error as error:
            pytest.skip(f"{program} does not start: {str(error).splitlines()[0]}")
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def _password_hash() -> str:
    return hashed(DEMO_PASSWORD)


@pytest.fixture
def database(database: Database, _place: OnSqlite, _password_hash: str) -> Database:
    """The demo company, in which everybody can log in."""
    _place.stage(give_everybody, _password_hash)
    return database


def give_everybody(session: Session, password_hash: str) -> None:
    session.execute(update(Person).values(password_hash=password_hash))


@pytest.fixture
def app(app: Flask) -> Flask:
    app.config["WTF_CSRF_ENABLED"] = True
    return app


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Where the product answers."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def visitor(
    chromium: Browser, address: str, client_as: Callable[[str], FlaskClient]
) -> Iterator[Callable[..., Visitor]]:
    """Somebody with a browser of their own, at their inbox, or at `start`, where a user name is given.

    They bring the cookie of a log-in; the log-in itself has tests of its own.
    """
    visitors: list[Visitor] = []

    def come(
        username: str | None = None, size: tuple[int, int] = DESK, *, javascript: bool = True, start: str = "/"
    ) -> Visitor:
        width, height = size
        context = chromium.new_context(
            viewport={"width": width, "height": height}, has_touch=size == PHONE,
            java_script_enabled=javascript, locale="zh-CN", timezone_id="Asia/Shanghai",
        )  # fmt: skip
        context.set_default_timeout(PATIENCE)
        visitors.append(Visitor(context, address, javascript=javascript))
        if username:
            cookie = client_as(username).get_cookie("gongdao")
            context.add_cookies([{"name": "gongdao", "value": cookie.value, "url": address}])
            visitors[-1].go(start)
        return visitors[-1]

    yield come
    for one in visitors:
        one.context.close()
    assert [one.watch.faults for one in visitors if one.watch.faults] == []


@pytest.fixture(params=[pytest.param(DESK, id="desk", marks=pytest.mark.again), pytest.param(PHONE, id="phone")])
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    return request.param


@pytest.fixture
def case(database: Database) -> Callable[[str], Complaint]:
    """A complaint by its number, as the database has it now, with its events."""

    def read(number: str) -> Complaint:
        with database.reading() as session:
            return session.scalars(Complaint.by_number(number).options(selectinload(Complaint.events))).one()

    return read
