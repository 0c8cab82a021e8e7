"""The door to the database: what it tells when something goes wrong."""

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import Person
from tests.builders import MONDAY


def test_an_error_of_the_database_does_not_repeat_what_was_to_be_kept(session: Session) -> None:
    session.add(Person(username="cr.sun", name="孙悦", password_hash="an argon2 hash", joined_at=MONDAY))
    with pytest.raises(IntegrityError) as error:
        session.flush()
    assert "an argon2 hash" not in str(error.value)
