"""Days are counted as the regulation counts them: working days with make-up days, opening hours."""

from datetime import date, time, timedelta

import pytest

from tests.builders import ZONE, moment
from workflow.deadline import Stop, after, ahead_of, days_late, moved_by, price_of_lateness
from workflow.limit import Limit
from workflow.working_days import PublicDays, WorkingDays, unknown_years

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
# Work from ten to six, Monday to Friday.
TEN_TO_SIX = WorkingDays(ZONE, opens_at=time(10), closes_at=time(18))
HOURS = Limit(working_hours=1)


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


class TestWorkingTime:
    @pytest.mark.parametrize(
        ("start", "hours", "end"),
        [
            (moment(3, 2, 20), 1, moment(3, 3, 11)),
            (moment(3, 6, 19), 4, moment(3, 9, 14)),
            (moment(3, 2, 17), 1, moment(3, 2, 18)),  # over at closing time, not at the next opening
            (moment(9, 30, 16), 3, moment(10, 8, 11)),  # over National Day
            (moment(2, 13, 17), 9, moment(2, 14, 18)),  # the Saturday before the Spring Festival is worked
            (moment(12, 31, 17), 2, moment(1, 4, 11, year=2027)),  # the turn of the year
        ],
    )
    def test_only_working_hours_count(self, start, hours, end) -> None:  # type: ignore[no-untyped-def]
        assert after(Limit(working_hours=hours), start, TEN_TO_SIX) == end

    def test_a_warning_ahead_of_the_deadline_stays_in_working_time(self) -> None:
        assert ahead_of(HOURS, moment(3, 3, 10, 30), HOUR, TEN_TO_SIX) == moment(3, 2, 17, 30)
        assert ahead_of(HOURS, moment(3, 3, 11), HOUR, TEN_TO_SIX) == moment(3, 3, 10)
        assert ahead_of(Limit(hours=4), moment(3, 3, 10, 30), HOUR, TEN_TO_SIX) == moment(3, 3, 9, 30)

    @pytest.mark.parametrize("limit", [HOURS, Limit(working_days=3)])
    def test_a_stop_moves_the_deadline_by_the_working_time_that_it_took(self, limit: Limit) -> None:
        noon, due = moment(3, 2, 12), moment(3, 2, 17)
        assert moved_by(limit, due, Stop(noon, noon + HOUR), TEN_TO_SIX) == moment(3, 2, 18)
        assert moved_by(limit, due, Stop(noon, noon + HOUR + SECOND), TEN_TO_SIX) == moment(3, 3, 10) + SECOND
        # A night and a holiday inside the stop took nothing.
        assert moved_by(limit, moment(3, 3, 17), Stop(moment(3, 2, 19), moment(3, 3, 9)), TEN_TO_SIX) == moment(
            3, 3, 17
        )
        over_national_day = Stop(moment(9, 30, 16), moment(10, 8, 11))
        assert moved_by(limit, moment(9, 30, 17), over_national_day, TEN_TO_SIX) == moment(10, 8, 12)

    def test_a_deadline_at_an_opening_stays_one(self) -> None:
        a_day = Stop(moment(3, 2, 12), moment(3, 3, 12))
        assert moved_by(Limit(working_days=3), moment(3, 5, 10), a_day, TEN_TO_SIX) == moment(3, 6, 10)

    def test_a_stop_moves_clock_time_by_all_of_it(self) -> None:
        stop = Stop(moment(3, 6, 12), moment(3, 9, 12))
        assert moved_by(Limit(hours=24), moment(3, 7, 9), stop, TEN_TO_SIX) == moment(3, 10, 9)


class TestYears:
    @pytest.mark.parametrize(
        ("start", "days", "end"),
        [
            (moment(2, 13, 11), 1, moment(2, 14, 11)),
            (moment(2, 14, 11), 2, moment(2, 25, 11)),
            (moment(2, 27, 11), 1, moment(2, 28, 11)),  # and so is the Saturday after it
            (moment(9, 18, 11), 1, moment(9, 20, 11)),  # the Sunday before National Day
            (moment(9, 30, 11), 2, moment(10, 9, 11)),
            (moment(10, 9, 11), 1, moment(10, 10, 11)),
            (moment(12, 30, 11), 2, moment(1, 4, 11, year=2027)),
        ],
    )
    def test_spring_festival_and_national_day_2026(self, start, days, end) -> None:  # type: ignore[no-untyped-def]
        assert TEN_TO_SIX.add(start, days) == end

    def test_an_imported_year_counts_from_its_own_days_alone(self) -> None:
        days = {date(2027, 1, 1): False, date(2027, 1, 2): True, date(2027, 1, 4): False}
        imported = WorkingDays(ZONE, opens_at=time(10), closes_at=time(18), public=PublicDays(days))
        assert imported.add(moment(12, 31, 11), 2) == moment(1, 5, 11, year=2027)
        assert unknown_years([date(2026, 12, 31), date(2027, 1, 4)], imported.public.imported_years) == []


class TestShifts:
    DAILY = dict.fromkeys(range(7), (time(9), time(21)))

    def test_a_department_that_works_weekends_is_counted_so_but_for_public_holidays(self) -> None:
        workshop = WorkingDays(ZONE, opens_at=time(10), closes_at=time(18), shifts=self.DAILY)
        assert workshop.add(moment(3, 6, 20), 1) == moment(3, 7, 20)
        assert workshop.add(moment(9, 30, 20), 1) == moment(10, 8, 20)

    def test_one_that_works_on_holidays_too_has_none(self) -> None:
        hotline = WorkingDays(ZONE, opens_at=time(10), closes_at=time(18), shifts=self.DAILY, works_on_holidays=True)
        assert hotline.add(moment(9, 30, 20), 1) == moment(10, 1, 20)

    def test_the_same_hour_of_a_shorter_day_is_its_closing_time(self) -> None:
        shifts = dict.fromkeys(range(5), (time(9), time(18))) | {5: (time(9), time(12))}
        short = WorkingDays(ZONE, opens_at=time(9), closes_at=time(18), shifts=shifts)
        assert short.add(moment(3, 6, 16), 1) == moment(3, 7, 12)
