"""Periods of assessment: their names, their days, one after the other."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.assessment_period import Cycle, Period


@pytest.mark.parametrize(
    ("name", "first", "last", "told", "in_english"),
    [
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28), "2026年2月", "February 2026"),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29), "2028年2月", "February 2028"),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31), "2026年12月", "December 2026"),
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31), "2026年第一季度", "Q1 2026"),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31), "2026年第四季度", "Q4 2026"),
        ("2026-H2", date(2026, 7, 1), date(2026, 12, 31), "2026年下半年", "H2 2026"),
        ("2026", date(2026, 1, 1), date(2026, 12, 31), "2026年", "2026"),
    ],
)
def test_a_period_is_its_days_and_has_a_name(name: str, first: date, last: date, told: str, in_english: str) -> None:
    period = Period.named(name)
    assert (period.in_chinese, period.in_english) == (told, in_english)
    assert (period.name, period.first_day, period.last_day) == (name, first, last)


@pytest.mark.parametrize(
    "name", ["", "2026-13", "2026-00", "2026-1", "2026-Q5", "2026-Q0", "2026-H3", "26-01", "2026-q1"]
)
def test_what_is_no_period_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="is no period such as"):
        Period.named(name)


@given(st.sampled_from(Cycle), st.dates(date(2001, 1, 1), date(2999, 1, 1)))
def test_every_day_lies_in_one_period_and_its_neighbours_touch_it(cycle: Cycle, day: date) -> None:
    period = Period.of(cycle, day)
    assert day in period
    assert Period.named(period.name) == period
    assert period.next().first_day == period.last_day + timedelta(days=1)
    assert period.next().previous() == period
