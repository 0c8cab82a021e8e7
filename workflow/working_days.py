"""Counting days as the regulation counts them: working days of the public calendar with its
make-up workdays, the company's own exceptions, and working hours in company time.

A year that the public calendar does not know is counted by weekdays less the fixed public
holidays; it is never a crash. `unknown_years` names them, for the administrator.
"""

import warnings
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import chinese_calendar
import holidays
from chinese_calendar import constants

KNOWN_YEARS = range(min(constants.holidays).year, max(constants.holidays).year + 1)
SATURDAY = 5
ONE_DAY = timedelta(days=1)


def unknown_years(days: Iterable[date]) -> list[int]:
    """The years of `days` that the public calendar does not know, in order."""
    return sorted({day.year for day in days} - set(KNOWN_YEARS))


class WorkingDays:
    """The company's calendar. Moments go in and come out aware; days are company days."""

    def __init__(
        self,
        zone: ZoneInfo,
        *,
        opens_at: time,
        closes_at: time,
        exceptions: Mapping[date, bool] | None = None,
    ) -> None:
        self.zone, self.opens_at, self.closes_at = zone, opens_at, closes_at
        self.exceptions = dict(exceptions or {})

    def is_working(self, day: date) -> bool:
        if day in self.exceptions:
            return self.exceptions[day]
        return _is_public_workday(day)

    def add(self, moment: datetime, days: int) -> datetime:
        """The same clock time `days` working days later; outside working time from the next opening."""
        local = self.opening_from(moment)
        day = local.date()
        for _ in range(days):
            day = self._next_working_day(day)
        return datetime.combine(day, local.timetz()).astimezone(UTC)

    def opening_from(self, moment: datetime) -> datetime:
        """`moment` itself in company time if the company works then, else its next opening."""
        local = moment.astimezone(self.zone)
        if self.is_working(local.date()) and local.time() < self.closes_at:
            return max(local, self._opening_on(local.date()))
        return self._opening_on(self._next_working_day(local.date()))

    def between(self, start: datetime, end: datetime) -> int:
        """Whole working days left from `start` to `end`; 0 when less than one is left."""
        count, day = 0, start.astimezone(self.zone)
        while (following := self._same_time_next_working_day(day)) <= end:
            count, day = count + 1, following
        return count

    def day_of(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def month_of(self, moment: datetime) -> str:
        return f"{moment.astimezone(self.zone):%Y-%m}"

    def _opening_on(self, day: date) -> datetime:
        return datetime.combine(day, self.opens_at, self.zone)

    def _same_time_next_working_day(self, local: datetime) -> datetime:
        return datetime.combine(self._next_working_day(local.date()), local.timetz())

    def _next_working_day(self, day: date) -> date:
        day += ONE_DAY
        while not self.is_working(day):
            day += ONE_DAY
        return day


@lru_cache(maxsize=4096)
def _is_public_workday(day: date) -> bool:
    if day.year in KNOWN_YEARS:
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < SATURDAY and day not in _fixed_holidays(day.year)


@lru_cache(maxsize=16)
def _fixed_holidays(year: int) -> frozenset[date]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns that dates of far years are estimates
        return frozenset(holidays.country_holidays("CN", years=year))
