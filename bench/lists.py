"""The complaint list and the four lists of the inbox, as each role opens them in a browser."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import select

from bench.crowd import Crowd
from bench.place import MONDAY, Place
from bench.telling import Finding, Work, in_turns
from config import Settings
from models import Database, Person
from web import create_app

FEW, MANY = 1_000, 100_000
TURNS, AT_MOST = 11, 1.5
PAGES = {
    "complaint list": ("/complaints", AT_MOST),
    "inbox": ("/", AT_MOST),
    "search": ("/complaints?q=空调异响", None),
    "done by me": ("/?list=done", AT_MOST),
    "started by me": ("/?list=started", AT_MOST),
    "copied to me": ("/?list=copied", AT_MOST),
}
READERS = ("cr.sun", "service.liu", "gm.zhou", "deputy.he", "service.ma")


def measure(place: Place) -> Iterator[Finding]:
    with ExitStack() as stack:
        few, many = (stack.enter_context(place.database()) for _ in range(2))
        Crowd(few, FEW).fill()
        Crowd(many, MANY).fill()
        for reader in READERS:
            at_few, at_many = (client(database, place.folder, reader) for database in (few, many))
            for name, (address, at_most) in PAGES.items():
                what = f"{name} of {reader}: {MANY:,} complaints against {FEW:,}"
                more, less = in_turns(_opening(at_many, address), _opening(at_few, address), TURNS)
                yield Finding(what, more, less, at_most)


def client(database: Database, folder: Path, username: str) -> FlaskClient:
    """A browser in which this person is logged in."""
    url = database.engine.url.render_as_string(hide_password=False)
    app = create_app(Settings.for_tests(database_url=url, var=folder), database)
    app.config["NOW"] = lambda: MONDAY
    with database.reading() as session:
        person = session.scalars(select(Person).where(Person.username == username)).one()
    browser = app.test_client()
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = f"{person.id}.{person.session_epoch}"
        cookie["_fresh"] = True
        cookie["seen"] = int(MONDAY.timestamp())
    return browser


def _opening(browser: FlaskClient, address: str) -> Callable[[int], Work]:
    def open_page() -> None:
        answer = browser.get(address)
        assert answer.status_code == 200, f"{address}: {answer.status_code}"

    return lambda _turn: open_page
