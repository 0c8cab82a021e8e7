"""Counting time as the regulation counts it: working days and working hours of the public calendar with
its make-up workdays, the company's own exceptions, and the shifts of a department, in company time.

A year that nobody has published yet is counted by weekdays less the fixed public holidays; it is
never a crash. `unknown_years` names such years, for the administrator.
"""

import warnings
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays
from chinese_calendar import constants

KNOWN_YEARS = range(min(constants.holidays).year, max(constants.holidays).year + 1)
WEEKDAYS = range(5)
ONE_DAY = timedelta(days=1)
NOTHING = timedelta(0)

Hours = tuple[time, time]


def unknown_years(days: Iterable[date], imported: Iterable[int] = ()) -> list[int]:
    """The years of `days` that neither the public calendar knows nor the company has imported, in order."""
    return sorted({day.year for day in days} - set(KNOWN_YEARS) - set(imported))


class PublicDays:
    """The public calendar: whole years that the company imported come before those of the package."""

    def __init__(self, imported: Mapping[date, bool] | None = None) -> None:
        self.imported = dict(imported or {})
        self.imported_years = {day.year for day in self.imported}

    def departure(self, day: date) -> bool | None:
        """True: a make-up workday; False: a public holiday; None: a day like any other."""
        return self.imported.get(day) if day.year in self.imported_years else _published(day)


class WorkingDays:
    """The calendar of the company, or of one department. Moments go in and come out aware; days are company days."""

    def __init__(
        self,
        zone: ZoneInfo,
        *,
        opens_at: time,
        closes_at: time,
        exceptions: Mapping[date, bool] | None = None,
        public: PublicDays | None = None,
        shifts: Mapping[int, Hours] | None = None,
        works_on_holidays: bool = False,
    ) -> None:
        self.zone, self.usual = zone, (opens_at, closes_at)
        self.exceptions, self.public = dict(exceptions or {}), public or PublicDays()
        self.shifts = dict(shifts) if shifts else dict.fromkeys(WEEKDAYS, self.usual)
        self.works_on_holidays = works_on_holidays

    def is_working(self, day: date) -> bool:
        return self.hours_on(day) is not None

    def hours_on(self, day: date) -> Hours | None:
        """From when until when there is work on the day: the company's exception counts first, then the public
        calendar, then the shift of the weekday."""
        shift = self.shifts.get(day.weekday())
        if day in self.exceptions:
            return (shift or self.usual) if self.exceptions[day] else None
        departure = self.public.departure(day)
        if departure is None or (departure is False and self.works_on_holidays):
            return shift
        return (shift or self.usual) if departure else None

    # --- working days

    def add(self, moment: datetime, days: int) -> datetime:
        """The same clock time `days` working days later; outside working time from the next opening."""
        local = self.opening_from(moment)
        day = local.date()
        for _ in range(days):
            day = self._next_working_day(day)
        return self._within(day, local.timetz()).astimezone(UTC)

    def opening_from(self, moment: datetime) -> datetime:
        """`moment` itself in company time if there is work then, else the next opening."""
        local = moment.astimezone(self.zone)
        hours = self.hours_on(local.date())
        if hours is not None and local.time() < hours[1]:
            return max(local, datetime.combine(local.date(), hours[0], self.zone))
        day = self._next_working_day(local.date())
        return datetime.combine(day, self._hours(day)[0], self.zone)

    def between(self, start: datetime, end: datetime) -> int:
        """Whole working days left from `start` to `end`; 0 when less than one is left."""
        count, day = 0, start.astimezone(self.zone)
        while (following := self._same_time_next_working_day(day)) <= end:
            count, day = count + 1, following
        return count

    # --- working time

    def add_working_time(self, moment: datetime, span: timedelta) -> datetime:
        """When `span` of working time after `moment` is over; at closing time rather than at the next opening."""
        if span <= NOTHING:
            return moment
        for opening, closing in self._stretches_from(moment):
            if span <= closing - opening:
                return opening + span
            span -= closing - opening
        raise AssertionError("days do not end")

    def move(self, due: datetime, span: timedelta) -> datetime:
        """A deadline later by `span` of working time; one at an opening does not become one at a closing time."""
        moved = self.add_working_time(due, span)
        day = self.day_of(due)
        is_at_an_opening = (stretch := self._stretch(day)) is not None and stretch[0] == due
        return self.opening_from(moved).astimezone(UTC) if is_at_an_opening else moved

    def take_working_time(self, moment: datetime, span: timedelta) -> datetime:
        """The moment of working time from which `span` of it is left until `moment`."""
        for opening, closing in self._stretches_before(moment):
            if span <= closing - opening:
                return closing - span
            span -= closing - opening
        raise AssertionError("days do not begin")

    def working_time(self, start: datetime, end: datetime) -> timedelta:
        """How much working time lies between two moments."""
        found = NOTHING
        for opening, closing in self._stretches_from(start):
            if opening >= end:
                break
            found += min(closing, end) - opening
        return found

    def day_of(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def month_of(self, moment: datetime) -> str:
        return f"{moment.astimezone(self.zone):%Y-%m}"

    def _stretches_from(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Working time from `moment` on, day by day."""
        day = self.day_of(moment)
        while True:
            if (stretch := self._stretch(day)) is not None and moment < stretch[1]:
                yield max(moment, stretch[0]), stretch[1]
            day += ONE_DAY

    def _stretches_before(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Working time until `moment`, day by day backwards."""
        day = self.day_of(moment)
        while True:
            if (stretch := self._stretch(day)) is not None and moment > stretch[0]:
                yield stretch[0], min(moment, stretch[1])
            day -= ONE_DAY

    def _stretch(self, day: date) -> tuple[datetime, datetime] | None:
        if (hours := self.hours_on(day)) is None:
            return None
        opening, closing = (datetime.combine(day, hour, self.zone).astimezone(UTC) for hour in hours)
        return opening, closing

    def _within(self, day: date, hour: time) -> datetime:
        """The hour of the day, kept within that day's shift."""
        opens_at, closes_at = self._hours(day)
        kept = min(max(hour.replace(tzinfo=None), opens_at), closes_at)
        return datetime.combine(day, kept, self.zone)

    def _hours(self, day: date) -> Hours:
        hours = self.hours_on(day)
        assert hours is not None, "asked of working days only"
        return hours

    def _same_time_next_working_day(self, local: datetime) -> datetime:
        return datetime.combine(self._next_working_day(local.date()), local.timetz())

    def _next_working_day(self, day: date) -> date:
        day += ONE_DAY
        while not self.is_working(day):
            day += ONE_DAY
        return day


@lru_cache(maxsize=4096)
def _published(day: date) -> bool | None:
    if day in constants.workdays:
        return True
    if day in constants.holidays:
        return False
    return False if day.year not in KNOWN_YEARS and day in _fixed_holidays(day.year) else None


@lru_cache(maxsize=16)
def _fixed_holidays(year: int) -> frozenset[date]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns that dates of far years are estimates
        return frozenset(holidays.country_holidays("CN", years=year))
