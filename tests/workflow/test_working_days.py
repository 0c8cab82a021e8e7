"""Days are counted as the regulation counts them: working days with make-up days, opening hours."""

from datetime import date, time

import pytest

from tests.builders import ZONE, moment
from workflow.deadline import days_late, price_of_lateness
from workflow.working_days import WorkingDays, unknown_years


def calendar(**exceptions: bool) -> WorkingDays:
    days = {date.fromisoformat(day.replace("_", "-").lstrip("d-")): works for day, works in exceptions.items()}
    return WorkingDays(ZONE, opens_at=time(9), closes_at=time(18), exceptions=days)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (moment(3, 2, 10), 3, moment(3, 5, 10)),
        (moment(3, 6, 16, 30), 2, moment(3, 10, 16, 30)),  # over a weekend
        (moment(9, 30, 15), 3, moment(10, 10, 15)),  # National Day, with the make-up Saturday
        (moment(2, 13, 15), 1, moment(2, 14, 15)),  # the Saturday before the Spring Festival is worked
        (moment(2, 14, 15), 1, moment(2, 24, 15)),  # the Spring Festival of 2026
        (moment(3, 7, 22), 1, moment(3, 10, 9)),  # Saturday night counts from Monday's opening
        (moment(3, 2, 7), 1, moment(3, 3, 9)),  # before opening counts from the opening
        (moment(3, 2, 18), 1, moment(3, 4, 9)),  # at closing time the day is over
        (moment(12, 31, 10), 1, moment(1, 4, 10, year=2027)),  # New Year's Day of a year not known yet
    ],
)
def test_the_deadline_is_the_same_clock_time_so_many_working_days_later(start, days, end) -> None:  # type: ignore[no-untyped-def]
    assert calendar().add(start, days) == end


def test_the_company_s_own_exceptions_come_first() -> None:
    assert calendar(d2026_03_03=False).add(moment(3, 2, 10), 1) == moment(3, 4, 10)
    assert calendar(d2026_03_07=True).add(moment(3, 6, 10), 1) == moment(3, 7, 10)


def test_an_unknown_year_is_counted() -> None:
    assert calendar().add(moment(3, 1, 10, year=2032), 5) == moment(3, 8, 10, year=2032)


def test_only_unknown_years_are_named() -> None:
    assert unknown_years([date(2033, 1, 1), date(2026, 3, 2), date(2032, 5, 1), date(2032, 6, 1)]) == [2032, 2033]


@pytest.mark.parametrize(
    ("end", "left"),
    [(moment(3, 2, 17), 0), (moment(3, 3, 9), 0), (moment(3, 3, 10), 1), (moment(3, 9, 10), 5)],
)
def test_working_days_left_are_whole_ones(end, left) -> None:  # type: ignore[no-untyped-def]
    assert calendar().between(moment(3, 2, 10), end) == left


def test_late_days_are_started_days() -> None:
    due = moment(3, 7, 10)
    assert [days_late(due, at) for at in (due, moment(3, 7, 10, 1), moment(3, 8, 10), moment(3, 8, 10, 30))] == [
        0,
        1,
        1,
        2,
    ]


def test_lateness_has_a_ceiling() -> None:
    assert [price_of_lateness(days, per_day=-1, at_most=-5) for days in (1, 5, 40)] == [-1, -5, -5]
