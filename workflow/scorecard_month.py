"""A month of scorecards on the calendar: when it begins and ends, and what is due on which day (PAY-4, PAY-6)."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from workflow.office import Office, month_after
from workflow.performance_pay import PerformancePay
from workflow.process import INVALID, N_, Objection, Refused

FORM = re.compile(r"20\d\d-(0[1-9]|1[0-2])")
END_OF_DAY = time(23, 59)


@dataclass(frozen=True)
class Month:
    """One month in company time; `name` is like 2026-03."""

    name: str
    zone: ZoneInfo

    @property
    def begins(self) -> datetime:
        return self._first_of(self.name)

    @property
    def ends(self) -> datetime:
        """The first moment after it."""
        return self._first_of(month_after(self.name))

    @property
    def last_day(self) -> date:
        following = date.fromisoformat(f"{month_after(self.name)}-01")
        return date.fromordinal(following.toordinal() - 1)

    def day_after(self, day: int) -> date:
        """That day of the following month."""
        return date.fromisoformat(f"{month_after(self.name)}-{day:02}")

    def computed_at(self, pack: PerformancePay) -> datetime:
        """When the system computes it."""
        return self._at(self.day_after(pack.days.compute), time(0))

    def reviewed_until(self, pack: PerformancePay) -> datetime:
        return self._at(self.day_after(pack.days.review), END_OF_DAY)

    def paid_until(self, pack: PerformancePay) -> datetime:
        return self._at(self.day_after(pack.days.pay), END_OF_DAY)

    def _first_of(self, month: str) -> datetime:
        return self._at(date.fromisoformat(f"{month}-01"), time(0))

    def _at(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, self.zone).astimezone(UTC)


def month_named(name: str | None, office: Office) -> Month:
    """The month of that name; Refused when there is no such month."""
    if name is None or not FORM.fullmatch(name):
        raise Refused([Objection(INVALID, N_("Give the month like 2026-03."), field="month")])
    return Month(name, office.calendar.zone)
