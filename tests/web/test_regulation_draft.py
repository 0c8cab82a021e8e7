"""The pages of a new edition: who finds them, what they refuse, from the first value to the edition in force."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from jobs import rehearsal, scenario_rehearsal
from models import Database, Person, RegulationDraft, RegulationRehearsal, RegulationVersion, RehearsalState
from tests.builders import MONDAY, Desk, moment
from tests.conftest import Clock
from web.regulation_stories import amount

Client = Callable[[str], FlaskClient]
ADOPTION = "2026年3月经职工代表大会讨论通过，3月2日公示。"
PAGES = ("", "/differences", "/rehearsal", "/terms", "/confirmation")


def everybody_reads_english(session: Session) -> None:
    session.execute(update(Person).values(language="en"))


@pytest.fixture(autouse=True)
def english(staged: Callable[..., None]) -> None:
    staged(everybody_reads_english)


@pytest.fixture
def manager(client_as: Client) -> FlaskClient:
    return client_as("gm.zhou")


@pytest.fixture
def begun(client_as: Client) -> FlaskClient:
    """Customer relations has begun a draft."""
    officer = client_as("cr.lin")
    assert officer.post("/regulation/draft").status_code == 303
    return officer


def version_of(client: FlaskClient) -> str:
    found = re.search(r'name="version" value="(\d+)"', client.get("/regulation/draft").text)
    assert found is not None
    return found[1]


def fill(client: FlaskClient, **typed: str) -> object:
    values = {path.replace("__", "."): value for path, value in typed.items()}
    return client.post("/regulation/draft/values", data={"version": version_of(client), **values})


def set_terms(client: FlaskClient, day: str = "2026-07-01", adoption: str = ADOPTION) -> object:
    data = {"version": version_of(client), "day": day, "adoption": adoption}
    return client.post("/regulation/draft/terms", data=data)


def the_draft(database: Database) -> RegulationDraft:
    with database.reading() as session:
        return session.scalars(select(RegulationDraft)).one()


# --- who


@pytest.mark.parametrize("stranger", ["service.ma", "service.liu", "deputy.he", "admin.root"])
def test_for_strangers_there_is_no_draft(begun: FlaskClient, client_as: Client, stranger: str) -> None:
    client = client_as(stranger)
    assert [client.get(f"/regulation/draft{page}").status_code for page in PAGES] == [404] * len(PAGES)
    assert client.post("/regulation/draft/values", data={"version": "1"}).status_code == 404
    assert client.post("/regulation/draft/putting-in-force", data={"version": "1"}).status_code == 404
    assert "/regulation/draft" not in client.get("/regulation").text


def test_human_resources_read_it_and_change_nothing(begun: FlaskClient, client_as: Client) -> None:
    reader = client_as("hr.qian")
    assert [reader.get(f"/regulation/draft{page}").status_code for page in PAGES] == [200] * len(PAGES)
    assert "<fieldset disabled>" in reader.get("/regulation/draft").text
    assert fill(reader, ladders__sales__first="1").status_code == 403
    assert reader.post("/regulation/draft/rehearsal").status_code == 403


def test_customer_relations_do_not_put_it_in_force(begun: FlaskClient) -> None:
    fill(begun, ladders__sales__first="120")
    set_terms(begun)
    page = begun.get("/regulation/draft/confirmation").text
    assert "Only the general manager" in page
    assert "Confirm: put in force" not in page
    answer = begun.post("/regulation/draft/putting-in-force", data={"version": version_of(begun)})
    assert answer.status_code == 403


def test_a_draft_that_is_not_there_leads_to_where_it_begins(manager: FlaskClient) -> None:
    assert "No draft is open" in manager.get("/regulation/draft").text
    assert manager.get("/regulation/draft/differences").location == "/regulation/draft"
    assert manager.post("/regulation/draft/values", data={"version": "1"}).status_code == 409


def test_whoever_is_not_logged_in_is_asked_to(client_as: Client, app: object) -> None:
    assert app.test_client().get("/regulation/draft").status_code in (302, 303)  # type: ignore[attr-defined]


# --- filling in


def test_what_was_saved_is_told_as_old_and_new(begun: FlaskClient) -> None:
    answer = fill(begun, ladders__after_sales__first="80", deadlines__answer__number="2",
                  deadlines__answer__unit="days", points__complaint__assign__respondent__normal="−8")  # fmt: skip
    assert answer.location == "/regulation/draft/differences"  # type: ignore[attr-defined]
    page = begun.get("/regulation/draft/differences").text
    for told in ("50 yuan", "80 yuan", "24 hours", "2 days", "−8", "3 values differ"):
        assert told in page, told
    assert "now in force: First time 50 yuan" in begun.get("/regulation/draft").text


def test_a_mistake_stands_beside_its_field_and_nothing_is_saved(begun: FlaskClient, database: Database) -> None:
    answer = fill(begun, ladders__sales__first="-5", ladders__sales__second="250", deadlines__answer__number="soon",
                  deadlines__answer__unit="days", rework_shares__leader="30")  # fmt: skip
    assert answer.status_code == 422  # type: ignore[attr-defined]
    page = answer.text  # type: ignore[attr-defined]
    assert 'id="ladders-sales-first-error"' in page
    assert "A fine is not negative" in page
    assert 'value="250"' in page
    assert 'value="soon"' in page
    assert the_draft(database).changes == {}


def test_shares_that_do_not_add_up_are_told(begun: FlaskClient) -> None:
    answer = fill(begun, rework_shares__leader="30", rework_shares__person="80", rework_shares__company="0")
    assert "add up to 110%" in answer.text  # type: ignore[attr-defined]


def test_a_field_that_is_not_there_changes_nothing(begun: FlaskClient, database: Database) -> None:
    fill(begun, ladders__nowhere__first="80", owner="me", penal_rules__CS_7="x", points__complaint__explode__head="-1")
    assert the_draft(database).changes == {}


def test_whoever_was_slower_hears_it(begun: FlaskClient, manager: FlaskClient) -> None:
    old = version_of(begun)
    fill(manager, ladders__sales__first="120")
    answer = begun.post("/regulation/draft/values", data={"version": old, "ladders.sales.first": "130"})
    assert answer.status_code == 409
    assert "周建国" in answer.text


def test_blanks_are_marked_and_keep_it_from_being_put_in_force(begun: FlaskClient, manager: FlaskClient) -> None:
    fill(begun, ladders__sales__first="")
    assert "left open: to be filled in" in begun.get("/regulation/draft").text
    set_terms(begun)
    assert "still blank: 1" in manager.get("/regulation/draft/confirmation").text
    answer = manager.post("/regulation/draft/putting-in-force", data={"version": version_of(manager)})
    assert answer.status_code == 422


# --- putting in force


@pytest.mark.parametrize(("day", "adoption", "field"), [
    ("2026-03-01", ADOPTION, "day"), ("soon", ADOPTION, "day"), ("", ADOPTION, "day"), ("2026-07-01", " ", "adoption"),
])  # fmt: skip
def test_terms_that_cannot_be_are_told_beside_their_field(
    begun: FlaskClient, day: str, adoption: str, field: str
) -> None:
    answer = set_terms(begun, day, adoption)
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert f'id="{field}-error"' in answer.text  # type: ignore[attr-defined]


def test_the_general_manager_puts_it_in_force_and_everybody_is_asked(
    begun: FlaskClient, manager: FlaskClient, client_as: Client, database: Database, clock: Clock
) -> None:
    fill(begun, ladders__after_sales__first="80")
    set_terms(begun)
    page = manager.get("/regulation/draft/confirmation").text
    for told in ("1 July 2026", "1 value changes", "19 employees are asked", ADOPTION, "has not been rehearsed"):
        assert told in page, told
    answer = manager.post("/regulation/draft/putting-in-force", data={"version": version_of(manager)})
    assert answer.location == "/regulation?edition=2026-2"
    with database.reading() as session:
        version = session.scalars(select(RegulationVersion).filter_by(number=2)).one()
        assert (version.adoption, version.in_force_from) == (ADOPTION, date(2026, 7, 1))
    employee = client_as("service.ma")
    for page in ("/me", "/"):
        assert "a new edition comes into force on 1 July 2026" in employee.get(page).text
    text = employee.get("/regulation?edition=2026-2").text
    assert all(told in text for told in (ADOPTION, "80 yuan", "received, not agreed"))
    clock.now = moment(7, 1)
    assert "80 yuan" in client_as("sales.wang").get("/regulation").text


def test_a_discarded_draft_is_told_among_the_earlier_ones(begun: FlaskClient) -> None:
    begun.post("/regulation/draft/discarding", data={"version": version_of(begun)})
    assert "discarded" in begun.get("/regulation/draft").text


# --- rehearsal


def test_a_rehearsal_tells_stories_and_cases(
    begun: FlaskClient, manager: FlaskClient, client_as: Client, desk: Desk, database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    # One story of many; tests/test_scenarios.py plays them all.
    monkeypatch.setattr(scenario_rehearsal, "stories", lambda: [scenario_rehearsal.STORIES / "penalty-ladder.yaml"])
    number = desk.complaint("handling").number
    desk.session.commit()
    fill(begun, points__complaint__assign__respondent__normal="-8", ladders__after_sales__first="80")
    assert begun.post("/regulation/draft/rehearsal").location == "/regulation/draft/rehearsal"
    assert "waits for its turn" in begun.get("/regulation/draft/rehearsal").text
    assert begun.get("/regulation/draft/rehearsal", headers={"HX-Request": "true"}).text.startswith("<section")
    for key in rehearsal.unfinished(database):
        rehearsal.run(database, key, now=lambda: MONDAY, must_stop=lambda: False)
    done = begun.get("/regulation/draft/rehearsal", headers={"HX-Request": "true"})
    assert done.headers["HX-Refresh"] == "true"
    page = manager.get("/regulation/draft/rehearsal").text
    for told in (number, "1 complaint of the last twelve months: 1 would have come out differently", "−8",
                 "First offence, second offence, dismissal", "−80 yuan (fine)"):  # fmt: skip
        assert told in page, told
    # Human resources see no complaint that does not concern them, and are told none here.
    told_to_others = client_as("hr.qian").get("/regulation/draft/rehearsal").text
    assert f"/complaints/{number}" in page
    assert f"/complaints/{number}" not in told_to_others
    assert "complaint of the last twelve months" not in told_to_others


def test_another_value_makes_a_rehearsal_old(begun: FlaskClient, database: Database) -> None:
    fill(begun, ladders__after_sales__first="80")
    begun.post("/regulation/draft/rehearsal")
    with database.writing() as session:
        row = session.scalars(select(RegulationRehearsal)).one()
        row.state, row.finished_at = RehearsalState.DONE, MONDAY
        session.commit()
    assert "changed since this rehearsal" not in begun.get("/regulation/draft/rehearsal").text
    fill(begun, ladders__after_sales__first="90")
    assert "changed since this rehearsal" in begun.get("/regulation/draft/rehearsal").text


def test_a_draft_that_changed_meanwhile_is_not_rehearsed(begun: FlaskClient, database: Database) -> None:
    fill(begun, ladders__after_sales__first="80")
    begun.post("/regulation/draft/rehearsal")
    fill(begun, ladders__after_sales__first="90")
    (key,) = rehearsal.unfinished(database)
    rehearsal.run(database, key, now=lambda: MONDAY, must_stop=lambda: False)
    assert "came to no end" in begun.get("/regulation/draft/rehearsal").text


# --- acknowledgement


def test_an_employee_acknowledges_once(client_as: Client, database: Database) -> None:
    employee = client_as("service.ma")
    assert "waits for your acknowledgement" in employee.get("/me").text
    for _ in range(2):
        answer = employee.post("/regulation/acknowledgement", data={"edition": "2026-1"})
        assert answer.status_code == 303
    assert "You acknowledged this edition on 2 Mar 09:00" in employee.get("/regulation").text
    assert "waits for your acknowledgement" not in employee.get("/me").text
    assert "waits for your acknowledgement" not in employee.get("/").text


def test_who_has_not_acknowledged_is_listed_for_those_who_follow_it(client_as: Client) -> None:
    client_as("service.ma").post("/regulation/acknowledgement", data={"edition": "2026-1"})
    for follower in ("gm.zhou", "hr.qian"):
        page = client_as(follower).get("/regulation/acknowledgements").text
        assert "1 of 19 have acknowledged it" in page
        missing, received = page.split('id="received"')
        assert "service.ma" not in missing
        assert "sales.wang" in missing
        assert "马超" in received


@pytest.mark.parametrize("stranger", ["service.ma", "cr.lin", "service.liu", "admin.root", "deputy.he"])
def test_nobody_else_sees_who_has_not_acknowledged(client_as: Client, stranger: str) -> None:
    assert client_as(stranger).get("/regulation/acknowledgements").status_code == 404


@pytest.mark.parametrize("edition", ["", "2020-1", "<b>"])
def test_an_edition_that_is_not_there_is_not_acknowledged(client_as: Client, edition: str) -> None:
    answer = client_as("service.ma").post("/regulation/acknowledgement", data={"edition": edition})
    assert answer.status_code == 404


def test_who_has_left_acknowledges_nothing(client_as: Client, desk: Desk) -> None:
    desk.person("service.ma").left_at = moment(3, 1)
    desk.session.commit()
    answer = client_as("service.ma").post("/regulation/acknowledgement", data={"edition": "2026-1"})
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("yuan", "told"), [("7533.33", "7,533.33 yuan"), ("800", "800 yuan"), ("-1000.5", "−1,000.50 yuan")]
)
def test_sums_of_a_rehearsal_are_written_as_sums_are(app: Flask, yuan: str, told: str) -> None:
    with app.test_request_context(), force_locale("en"):
        assert amount(Decimal(yuan)) == told
