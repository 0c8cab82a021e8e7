"""`flask audit verify` as an administrator runs it, and every command on a database that is not ready."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from commands import NOT_UP_TO_DATE
from config import Settings
from models import Database
from models.schema import migrate
from tests.builders import Desk
from web import create_app

COMPANY = Path(__file__).resolve().parents[2] / "demo" / "company.yaml"


def _run(app: Flask, *arguments: str):
    return app.test_cli_runner().invoke(args=arguments)


# --- verify ---------------------------------------------------------------------------------------


@pytest.fixture
def resolved(database: Database) -> Database:
    with database.writing() as session:
        Desk(session).complaint("resolved")
        session.commit()
    return database


def test_verify_says_in_one_line_what_it_verified(app, resolved):
    result = _run(app, "audit", "verify")
    verified = "Everything holds. Verified: cases 2, events 7, letters 6, papers 0, entries 2, files 0.\n"
    assert (result.exit_code, result.output) == (0, verified)


def test_verify_on_books_without_a_case_holds(app, database):
    assert _run(app, "audit", "verify").exit_code == 0


def test_verify_names_one_bad_thing_of_each_sort(app, resolved):
    with resolved.engine.begin() as connection:
        connection.execute(text("UPDATE complaint SET severity = 'major', customer_name = '王先生'"))
        connection.execute(text("UPDATE number_series SET last = last + 1"))
    result = _run(app, "audit", "verify")
    count, case = result.output.splitlines()
    assert result.exit_code == 1
    assert count == (
        "The count of numbers is wrong: the count of letters (complaint) in 2026 stands at 7, "
        "but the highest number is 6"
    )
    assert case == ("A case is not as its events say: complaint 2026-1: its customer name is not what its event 1 says")


# --- a database that is not ready -----------------------------------------------------------------


@pytest.fixture
def unready(tmp_path: Path):
    """The product on an SQLite database on which no migration has run."""
    settings = Settings.for_tests(database_url=f"sqlite:///{tmp_path}/new.sqlite3", var=tmp_path / "var")
    database = Database(settings.database_url)
    yield create_app(settings, database)
    database.dispose()


@pytest.fixture
def complaints(tmp_path: Path) -> Path:
    file = tmp_path / "complaints.csv"
    file.write_text("投诉内容\n异响\n")
    return file


@pytest.mark.parametrize("arguments", [("audit", "verify"), ("demo",), ("demo", "--show")])
def test_a_command_on_an_empty_database_says_what_to_do(unready, arguments):
    result = _run(unready, *arguments)
    assert (result.exit_code, result.output) == (1, f"Error: {NOT_UP_TO_DATE}\n")


def test_an_import_into_an_empty_database_says_what_to_do(unready, complaints):
    result = _run(unready, "import", "complaints", str(complaints))
    assert (result.exit_code, result.output) == (1, f"Error: {NOT_UP_TO_DATE}\n")


def test_setting_up_a_company_brings_the_database_up_to_date(unready):
    assert _run(unready, "company", "set-up", str(COMPANY)).exit_code == 0
    assert _run(unready, "audit", "verify").exit_code == 0


def test_a_mistake_of_ours_on_a_ready_database_keeps_its_trace(unready):
    database = unready.extensions["database"]
    migrate(database)
    with database.engine.begin() as connection:
        connection.execute(text("ALTER TABLE score_entry RENAME TO mislaid"))
    assert "no such table: score_entry" in str(_run(unready, "audit", "verify").exception)


def test_a_database_that_does_not_answer_is_told_in_a_sentence(tmp_path):
    settings = Settings.for_tests(database_url="postgresql://nobody@127.0.0.1:1/nothing", var=tmp_path / "var")
    result = _run(create_app(settings), "audit", "verify")
    assert (result.exit_code, result.output.startswith("Error: The database cannot be reached: ")) == (1, True)


def test_a_command_that_needs_no_database_does_not_ask_for_one(unready):
    assert _run(unready, "audit", "--help").exit_code == 0
