"""The cycles of assessments (QNT-1): months, quarters, half-years and years, each period with its name and its days."""

import re
from calendar import month_name
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Cycle(StrEnum):
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"


_MONTHS = {Cycle.MONTH: 1, Cycle.QUARTER: 3, Cycle.HALF_YEAR: 6, Cycle.YEAR: 12}
_LETTER = {Cycle.MONTH: "", Cycle.QUARTER: "Q", Cycle.HALF_YEAR: "H"}
_NAME = re.compile(r"(?P<year>2[0-9]{3})(-(?P<letter>[QH]?)(?P<number>[0-9]{1,2}))?")


@dataclass(frozen=True, order=True)
class Period:
    """One period: `2026-03`, `2026-Q1`, `2026-H1`, `2026`. Its first day says which."""

    first_day: date
    cycle: Cycle

    @classmethod
    def of(cls, cycle: Cycle, day: date) -> "Period":
        """The period of this cycle in which `day` lies."""
        months = _MONTHS[cycle]
        return cls(date(day.year, (day.month - 1) // months * months + 1, 1), cycle)

    @classmethod
    def named(cls, name: str) -> "Period":
        """The period of that name; ValueError for what is none."""
        found = _NAME.fullmatch(name)
        if found is None:
            raise ValueError(f"“{name[:20]}” is no period such as 2026-03, 2026-Q1, 2026-H1 or 2026")
        year, number = int(found["year"]), int(found["number"] or 1)
        cycle = next((c for c, letter in _LETTER.items() if letter == found["letter"]), Cycle.YEAR)
        months = _MONTHS[cycle]
        if not 1 <= number <= 12 // months or cls(date(year, (number - 1) * months + 1, 1), cycle).name != name:
            raise ValueError(f"“{name[:20]}” is no period such as 2026-03, 2026-Q1, 2026-H1 or 2026")
        return cls(date(year, (number - 1) * months + 1, 1), cycle)

    @property
    def name(self) -> str:
        year, month = self.first_day.year, self.first_day.month
        if self.cycle is Cycle.YEAR:
            return str(year)
        if self.cycle is Cycle.MONTH:
            return f"{year}-{month:02}"
        return f"{year}-{_LETTER[self.cycle]}{(month - 1) // _MONTHS[self.cycle] + 1}"

    @property
    def last_day(self) -> date:
        return self.next().first_day - timedelta(days=1)

    @property
    def in_chinese(self) -> str:
        """2026年3月 · 2026年第一季度 · 2026年上半年 · 2026年, as sentences that are kept name it."""
        year, month = self.first_day.year, self.first_day.month
        match self.cycle:
            case Cycle.MONTH:
                return f"{year}年{month}月"
            case Cycle.QUARTER:
                return f"{year}年第{'一二三四'[month // 3]}季度"
            case Cycle.HALF_YEAR:
                return f"{year}年{'上' if month == 1 else '下'}半年"
            case _:
                return f"{year}年"

    @property
    def in_english(self) -> str:
        """March 2026 · Q1 2026 · H1 2026 · 2026."""
        year, _, rest = self.name.partition("-")
        return f"{month_name[int(rest)] if rest.isdigit() else rest} {year}".strip()

    def next(self) -> "Period":
        months = self.first_day.month - 1 + _MONTHS[self.cycle]
        return Period(date(self.first_day.year + months // 12, months % 12 + 1, 1), self.cycle)

    def previous(self) -> "Period":
        return Period.of(self.cycle, self.first_day - timedelta(days=1))

    def __contains__(self, day: date) -> bool:
        return self.first_day <= day <= self.last_day
