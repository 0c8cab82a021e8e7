"""The dashboard: of one's reach, from stored results, with nothing that is kept from its reader."""

from collections.abc import Callable

from flask.testing import FlaskClient

from tests.web.test_assessments import As, computed, text


def test_each_role_opens_it(client_as: As, staged: Callable[..., int]) -> None:
    staged(computed)
    for name in ("gm.zhou", "service.liu", "service.ma", "cr.lin", "hr.qian", "admin"):
        page = text(client_as(name), "/dashboard")
