"""Passwords and forms for the tests of the shell."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from werkzeug.test import TestResponse

from models import Database, Person
from workflow import password as passwords

PASSWORD = "reis-am-abend"


@pytest.fixture
def give_password(database: Database) -> Callable[..., None]:
    """Gives a person of the demo company a password and whatever else is named."""

    def give(username: str, password: str = PASSWORD, **facts: object) -> None:
        with database.writing() as session:
            person = session.scalars(select(Person).filter_by(username=username)).one()
            person.password_hash = passwords.hashed(password)
            for name, value in facts.items():
                setattr(person, name, value)
            session.commit()

    return give


def log_in(client: FlaskClient, user: str, password: str = PASSWORD, **form: str) -> TestResponse:
    return client.post("/session", data={"user": user, "password": password, **form})


def token_in(page: TestResponse) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found is not None
    return found.group(1)


def path_of(response: TestResponse) -> str:
    return urlsplit(response.location).path


def person(database: Database, username: str) -> Person:
    """This person, with their posts and roles, as the database has them now."""
    everything = (selectinload(Person.postings), selectinload(Person.grants))
    with database.reading() as session:
        return session.scalars(select(Person).filter_by(username=username).options(*everything)).one()
