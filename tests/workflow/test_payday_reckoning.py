"""The arithmetic of a pay day, by figures worked out by hand and by random histories."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import MoneyKind
from workflow.payday_reckoning import Limits, Open, parts_left, reckon

FINE, JOINT, REWORK, REFUND = MoneyKind.FINE, MoneyKind.JOINT_FINE, MoneyKind.REWORK_SHARE, MoneyKind.REFUND
LIMITS = Limits(cap_percent=20, minimum_wage=269_000)
DAY = datetime(2026, 3, 2, tzinfo=UTC)


def an_open(penalty_id: int = 1, **fen: int) -> Open:
    parts = tuple((MoneyKind(kind), amount) for kind, amount in fen.items())
    return Open(penalty_id, f"2026-{penalty_id}", DAY + timedelta(days=penalty_id), 1, parts, DAY)


@pytest.mark.parametrize(
    ("wage", "room"),
    [
        (500_000, 100_000),
        (320_000, 51_000),  # a fifth is 640.00, above the minimum wage lie 510.00
        (336_250, 67_250),  # where both are the same
        (269_000, 0),
        (268_999, 0),
        (0, 0),
        (333_333, 64_333),
        (500_004, 100_000),  # a fifth is 1,000.008
        (500_003, 100_000),  # a fifth is 1,000.006, which would be rounded up beyond the cap
    ],
)
def test_what_may_be_taken_of_a_wage(wage: int, room: int) -> None:
    assert LIMITS.room(wage) == room


def test_the_oldest_penalty_comes_first_and_the_rest_is_carried() -> None:
    found = reckon(1, [an_open(2, fine=40_000), an_open(1, fine=30_000)], wage=320_000, limits=LIMITS)
    assert [(t.of.number, t.fen, t.rest) for t in found.takings] == [("2026-1", 30_000, 0), ("2026-2", 21_000, 19_000)]
    assert (found.owed, found.deducted, found.carried, found.limited_by) == (70_000, 51_000, 19_000, "minimum_wage")


def test_what_the_cap_leaves_says_so() -> None:
    found = reckon(1, [an_open(fine=5_000, rework_share=266_666)], wage=500_000, limits=LIMITS)
    assert (found.deducted, found.carried, found.limited_by) == (100_000, 171_666, "cap")
    assert list(found.takings[0].parts()) == [(FINE, 5_000, 5_000), (REWORK, 266_666, 95_000)]


def test_a_refund_is_paid_in_full_and_makes_no_room() -> None:
    found = reckon(1, [an_open(1, refund=-5_000), an_open(2, fine=60_000)], wage=320_000, limits=LIMITS)
    assert (found.refunded, found.owed, found.deducted, found.carried) == (5_000, 60_000, 51_000, 9_000)


def test_a_refund_needs_no_wage() -> None:
    found = reckon(1, [an_open(refund=-5_000)], wage=0, limits=LIMITS)
    assert (found.refunded, found.owed, found.limited_by) == (5_000, 0, None)


def test_without_a_wage_everything_is_carried() -> None:
    found = reckon(1, [an_open(fine=5_000)], wage=0, limits=LIMITS)
    assert (found.deducted, found.carried) == (0, 5_000)


@pytest.mark.parametrize(
    ("charged", "taken", "left"),
    [
        ({FINE: 5_000}, 0, ((FINE, 5_000),)),
        ({FINE: 5_000}, 5_000, ()),
        ({FINE: 5_000, REWORK: 10_000}, 6_000, ((REWORK, 9_000),)),
        ({REWORK: 10_000, JOINT: 200, FINE: 5_000}, 0, ((FINE, 5_000), (JOINT, 200), (REWORK, 10_000))),
        ({FINE: 5_000}, 10_000, ((REFUND, -5_000),)),  # regraded after it was taken
        ({FINE: 0, REWORK: 0}, 15_000, ((REFUND, -15_000),)),  # revoked after it was taken
        ({FINE: -100, REWORK: 1_000}, 300, ((REWORK, 600),)),
    ],
)
def test_what_is_left_of_a_penalty(charged: dict[MoneyKind, int], taken: int, left: tuple[object, ...]) -> None:
    assert parts_left(charged, taken) == left


# --- random histories

fen = st.integers(0, 500_000)
charges = st.dictionaries(st.sampled_from([FINE, JOINT, REWORK]), fen, min_size=1)
# Each month: the wage, and what each of the penalties charges from then on (a revocation charges nothing).
months = st.lists(
    st.tuples(st.integers(0, 2_000_000), st.dictionaries(st.integers(1, 4), charges, max_size=3)),
    min_size=1,
    max_size=8,
)
limits = st.builds(Limits, cap_percent=st.integers(1, 100), minimum_wage=st.integers(0, 400_000))
GOOD_WAGE = 10_000_000


@given(months, limits)
def test_no_month_breaks_the_law_and_in_the_end_everything_is_taken_once(
    history: list[tuple[int, dict[int, dict[MoneyKind, int]]]], law: Limits
) -> None:
    charged: dict[int, dict[MoneyKind, int]] = {}
    taken: dict[int, int] = {}
    for wage, changes in [*history, *[(GOOD_WAGE, {})] * 70]:
        charged |= changes
        _settle_a_month(charged, taken, wage, law)
    assert taken == {penalty: sum(by_kind.values()) for penalty, by_kind in charged.items()}


def _settle_a_month(charged: dict[int, dict[MoneyKind, int]], taken: dict[int, int], wage: int, law: Limits) -> None:
    opens = [
        Open(key, f"2026-{key}", DAY + timedelta(days=key), 1, parts_left(by_kind, taken.get(key, 0)), DAY)
        for key, by_kind in charged.items()
    ]
    before = {of.penalty_id: of.fen for of in opens}
    found = reckon(1, [of for of in opens if of.fen], wage=wage, limits=law)
    assert found.deducted * 100 <= wage * law.cap_percent
    assert found.deducted == 0 or wage - found.deducted >= law.minimum_wage
    assert found.deducted + found.carried == found.owed == sum(fen for fen in before.values() if fen > 0)
    assert found.refunded == -sum(fen for fen in before.values() if fen < 0)
    assert found.carried == 0 or found.deducted == law.room(wage)
    for key in charged:
        taken.setdefault(key, 0)
    for taking in found.takings:
        assert sum(taken_ for _, _, taken_ in taking.parts()) == taking.fen
        taken[taking.of.penalty_id] += taking.fen
