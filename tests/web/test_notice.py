"""The bell: what happened, to whom it is told, and what reading it changes."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from models import Database, Headship, Notice, Person
from tests.builders import HOUR, MONDAY, Desk

Client = Callable[[str], FlaskClient]


@pytest.fixture(autouse=True)
def assigned(desk: Desk) -> None:
    """A case of which head and respondent were told."""
    for username in ("service.ma", "service.liu", "gm.zhou"):
        desk.person(username).language = "en"
    desk.complaint("assigned")
    desk.session.commit()


def unread(database: Database, username: str) -> int:
    with database.reading() as session:
        query = select(func.count()).select_from(Notice).join(Notice.person)
        return session.execute(query.where(Person.username == username, Notice.read_at.is_(None))).scalar_one()


def key_of(database: Database, username: str) -> int:
    with database.reading() as session:
        return session.scalars(select(Notice.id).join(Notice.person).where(Person.username == username)).first()


def test_it_says_who_did_what_in_which_case(client_as: Client) -> None:
    page = client_as("service.liu").get("/notices").text
    assert "孙悦 assigned it to After-sales" in page
    assert "Complaint 2026-1" in page


def test_looking_reads_nothing(client_as: Client, database: Database) -> None:
    client_as("service.ma").get("/notices")
    assert unread(database, "service.ma") == 1


def test_opening_one_marks_it_and_leads_to_the_case(client_as: Client, database: Database) -> None:
    response = client_as("service.ma").post(f"/notices/{key_of(database, 'service.ma')}/reading")
    assert response.status_code == 303
    assert response.location.endswith("/complaints/2026-1")
    assert unread(database, "service.ma") == 0
    assert unread(database, "service.liu") == 1


def test_all_are_marked_at_once(client_as: Client, database: Database) -> None:
    assert client_as("service.ma").post("/notices/reading").status_code == 303
    assert unread(database, "service.ma") == 0
    assert unread(database, "service.liu") == 1


@pytest.mark.parametrize("key", ["0", "999999", "99999999999999999999"])
def test_a_notice_that_is_not_there_is_not_found(key: str, client_as: Client) -> None:
    assert client_as("service.ma").post(f"/notices/{key}/reading").status_code == 404


def test_anothers_notice_is_not_found(client_as: Client, database: Database) -> None:
    response = client_as("service.ma").post(f"/notices/{key_of(database, 'service.liu')}/reading")
    assert response.status_code == 404
    assert unread(database, "service.liu") == 1


def test_of_a_case_no_longer_open_to_me_nothing_is_told(desk: Desk, client_as: Client, database: Database) -> None:
    headship = desk.session.scalars(select(Headship).where(Headship.person == desk.person("service.liu"))).one()
    headship.until = MONDAY - HOUR
    desk.session.commit()
    former = client_as("service.liu")
    page = former.get("/notices").text
    assert "no longer open to you" in page
    assert "2026-1" not in page
    assert former.post(f"/notices/{key_of(database, 'service.liu')}/reading").location.endswith("/notices")


def test_whom_nothing_concerns_is_told_nothing(client_as: Client) -> None:
    assert "Nothing has happened yet" in client_as("gm.zhou").get("/notices").text
