"""The regulation as people read it, and the document that is written from the same table."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from commands import regulation_doc
from tests.builders import MONDAY, Desk, moment
from tests.conftest import Clock
from workflow import regulation
from workflow.regulation import POLICIES

Client = Callable[[str], FlaskClient]
FILLED = {
    "ladders": {"sales": {"first": 300, "second": 400}, "after_sales": {"second": 100},
                "detailing": {"second": 100}, "other": {"second": 100}},
    "deadlines": {"assign": {"hours": 2}},
}  # fmt: skip


@pytest.fixture(autouse=True)
def english(desk: Desk) -> None:
    for username in ("service.ma", "gm.zhou"):
        desk.person(username).language = "en"
    desk.session.commit()


def put_in_force(desk: Desk, day: date) -> None:
    pack = regulation.read(Path(POLICIES / "cs-management.yaml"), filled=FILLED)
    regulation.put_in_force(desk.session, pack, from_day=day, at=MONDAY)
    desk.session.commit()


@pytest.mark.parametrize("reader", ["service.ma", "cr.sun", "gm.zhou", "hr.qian", "admin.root"])
def test_every_employee_reads_it(reader: str, client_as: Client) -> None:
    page = client_as(reader).get("/regulation").text
    assert all(f'id="CS-{number}"' in page for number in range(1, 11))


def test_it_tells_rules_limits_points_and_letters(client_as: Client) -> None:
    page = client_as("service.ma").get("/regulation").text
    for told in ("24 hours", "3 working days", "−10", "−1 for each started day late, at most −5", "Void Certificate"):
        assert told in page, told
    assert page.index('id="CS-2"') < page.index('id="CS-10"')


def test_no_two_parts_of_it_share_an_id(client_as: Client) -> None:
    ids = re.findall(r' id="([^"]+)"', client_as("service.ma").get("/regulation").text)
    assert len(ids) == len(set(ids))


def test_an_edition_to_come_is_listed_and_can_be_read(desk: Desk, client_as: Client) -> None:
    put_in_force(desk, date(2026, 7, 1))
    employee = client_as("service.ma")
    present = employee.get("/regulation").text
    assert "4 hours" in present
    assert "to come" in present
    assert "2 hours" in employee.get("/regulation?edition=2026-2").text


def test_from_its_day_on_the_new_edition_is_the_one_in_force(desk: Desk, client_as: Client, clock: Clock) -> None:
    put_in_force(desk, date(2026, 7, 1))
    clock.now = moment(7, 1, 0, 0)
    page = client_as("service.ma").get("/regulation").text
    assert "2 hours" in page
    assert "superseded" in page
    assert "1 January 2026 to 1 July 2026" in page


@pytest.mark.parametrize("edition", ["", "2025-9", "<b>"])
def test_an_unknown_edition_is_not_found(edition: str, client_as: Client) -> None:
    assert client_as("service.ma").get("/regulation", query_string={"edition": edition}).status_code == 404


def test_who_has_left_reads_no_regulation(desk: Desk, client_as: Client) -> None:
    desk.person("service.ma").left_at = moment(3, 1)
    desk.session.commit()
    assert client_as("service.ma").get("/regulation").status_code == 404


def test_the_document_is_up_to_date() -> None:
    written = regulation_doc.FILE.read_text(encoding="utf-8")
    assert written == regulation_doc.text(), "run python -m commands.regulation_doc"


def test_the_glossary_knows_every_state_and_act() -> None:
    known = {term for terms in regulation_doc.GLOSSARY.values() for term, _, _ in terms}
    for written in regulation_doc.WRITTEN:
        assert {state.value for state in written.process.states} | set(written.process.actions) <= known
