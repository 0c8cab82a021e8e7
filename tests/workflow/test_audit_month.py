"""Who changes a scorecard or a pay day behind the product's back is found out."""

import pytest
from sqlalchemy import select, text

from models import Scorecard
from tests.builders import Desk, moment
from workflow import payday
from workflow.audit import findings


@pytest.fixture
def april(desk: Desk) -> Desk:
    """A penalty that is final, its pay day, and March computed and reviewed."""
    desk.penalty("final")
    desk.now = moment(4, 20)
    payday.settle(desk.session, month="2026-04", by=desk.actor("hr.qian"), at=desk.now)
    desk.close("compute", "hr.qian", at=desk.now)
    desk.close("review", "service.liu", at=desk.now)
    desk.session.commit()
    return desk


def test_what_the_product_wrote_is_in_order(april: Desk) -> None:
    assert list(findings(april.session)) == []


@pytest.mark.parametrize("change", ["pay = 999999", "base = 1", "score = 9900", "factor = 101, factor_reason = 'x'"])
def test_a_changed_scorecard_is_named(april: Desk, change: str) -> None:
    card = april.session.scalars(select(Scorecard).filter_by(person_id=april.person("service.ma").id)).first()
    assert card is not None
    number = card.number
    april.session.execute(text(f"UPDATE scorecard SET {change} WHERE id = {card.id}"))
    april.session.expire_all()
    found = list(findings(april.session))
    assert any(f"scorecard {number}" in finding for finding in found), found
