"""Last year's penalties under another regulation: steps counted anew, fines, points and shares of each."""

from datetime import timedelta
from typing import Any

import pytest

from tests.builders import MONDAY, Desk
from workflow import regulation_fields, rehearsal_penalty
from workflow.regulation import CS_MANAGEMENT, Pack, in_force
from workflow.rehearsal_penalty import PenaltyTotals

LATER = MONDAY + timedelta(days=300)


def pack_with(desk: Desk, **changes: Any) -> Pack:
    content = in_force(desk.session, CS_MANAGEMENT, MONDAY.date()).content
    paths = {path.replace("__", "."): value for path, value in changes.items()}
    return Pack.model_validate(regulation_fields.laid_over(content, paths))


def compared(desk: Desk, pack: Pack) -> tuple[list[dict[str, Any]], PenaltyTotals]:
    desk.session.expire_all()
    totals, people = PenaltyTotals(), rehearsal_penalty.penalised(desk.session, LATER)
    return list(rehearsal_penalty.compare(desk.session, people, pack, totals, at=LATER)), totals


def two_penalties(desk: Desk) -> tuple[str, str]:
    """The second comes eight months after the first, while that still counts."""
    first = desk.penalty("issued").number
    desk.now = MONDAY + timedelta(days=240)
    return first, desk.penalty("issued").number


@pytest.mark.parametrize("state", ["issued", "final", "revoked", "proposed"])
def test_the_same_regulation_brings_what_came_out(desk: Desk, state: str) -> None:
    desk.penalty(state)
    found, totals = compared(desk, pack_with(desk))
    assert (found, totals.changed) == ([], 0)
    assert totals.seen == (state in ("issued", "final"))


def test_a_dearer_ladder_is_told_by_penalty_and_in_sum(desk: Desk) -> None:
    first, second = two_penalties(desk)
    found, totals = compared(desk, pack_with(desk, ladders__after_sales__first="80"))
    assert [(case["number"], case["values"]) for case in found] == [(first, {"fine": [5_000, 8_000]})]
    assert (totals.seen, totals.fines) == (2, [15_000, 18_000])
    assert second not in str(found)


def test_a_shorter_expiry_makes_the_second_a_first(desk: Desk) -> None:
    _, second = two_penalties(desk)
    found, _ = compared(desk, pack_with(desk, expires_after_months=6))
    assert [(case["number"], case["values"]) for case in found] == [
        (second, {"step": ["second", "first"], "fine": [10_000, 5_000], "points": ["-10", "-5"]})
    ]


def test_what_is_older_than_a_year_keeps_counting_as_it_did(desk: Desk) -> None:
    two_penalties(desk)
    at = MONDAY + timedelta(days=366)
    totals, pack = PenaltyTotals(), pack_with(desk, expires_after_months=6)
    people = rehearsal_penalty.penalised(desk.session, at)
    assert list(rehearsal_penalty.compare(desk.session, people, pack, totals, at=at)) == []
    assert totals.seen == 1


def test_where_fines_are_not_allowed_none_would_be(desk: Desk) -> None:
    company = desk.office.company
    company.settings = {**company.settings, "fines": "points_only"}
    desk.penalty("issued")
    found, totals = compared(desk, pack_with(desk, ladders__after_sales__first="80"))
    assert (found, totals.fines) == ([], [0, 0])
