"""What follows from results, on a phone: the ranking, its rewards, weak items, the training fund, without a mouse."""

import pytest

from models import Database
from tests.browser.conftest import PHONE
from tests.builders import Desk
from tests.workflow.test_ranking import ask, publish, rank


@pytest.fixture
def key(database: Database) -> int:
    """A published ranking in which two share the first place, and a request to the fund."""
    with database.writing() as session:
        desk = Desk(session)
        of = rank(desk)
        publish(desk, of)
        ask(desk)
        session.commit()
        return of.id


@pytest.mark.parametrize("path", ["/assessments/{key}/ranking", "/rewards", "/rewards/2026-1", "/training-fund",
                                  "/assessments/{key}/trainings"])  # fmt: skip
def test_the_pages_fit_a_phone_and_keep_the_rules_of_access(visitor, key, path):
    visitor("gm.zhou", PHONE, start=path.format(key=key))
