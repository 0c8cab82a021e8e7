"""Time in words: first how much is left, then until when, in the company's time and the reader's tongue."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from babel.dates import format_date, format_time
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from web.language import is_chinese
from web.session import now, zone
from workflow.assessment_period import Cycle, Period

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
WorkingDaysBetween = Callable[[datetime, datetime], int]


def local(moment: datetime) -> datetime:
    return moment.astimezone(zone())


def iso(moment: datetime | date) -> str:
    """For `<time datetime>`."""
    return local(moment).isoformat(timespec="minutes") if isinstance(moment, datetime) else moment.isoformat()


def day(moment: datetime | date) -> str:
    """3月3日 · 3 Mar; with the year when it is not this one."""
    found = _date(moment)
    if is_chinese():
        return format_date(found, "M月d日" if _is_this_year(found) else "y年M月d日", locale=get_locale())
    return format_date(found, "d MMM" if _is_this_year(found) else "d MMM y", locale=get_locale())


def long_day(moment: datetime | date) -> str:
    """2026年3月3日 · 3 March 2026."""
    return format_date(_date(moment), "y年M月d日" if is_chinese() else "d MMMM y", locale=get_locale())


def weekday(moment: datetime | date) -> str:
    """3月4日（周三） · Wed 4 Mar."""
    name = format_date(_date(moment), "EEE", locale=get_locale())
    return f"{day(moment)}（{name}）" if is_chinese() else f"{name} {day(moment)}"


def time_of_day(moment: datetime) -> str:
    return format_time(local(moment).time(), "HH:mm", locale=get_locale())


def moment(at: datetime) -> str:
    """3月2日 09:20 · 2 Mar 09:20."""
    return f"{day(at)} {time_of_day(at)}"


def weekday_moment(at: datetime) -> str:
    """今天 14:00 · 3月4日（周三）16:00 · Wed 4 Mar 16:00."""
    if _date(at) == _date(now()):
        return _("today %(time)s", time=time_of_day(at))
    return f"{weekday(at)}{'' if is_chinese() else ' '}{time_of_day(at)}"


def today() -> str:
    """The line beside a page's title: 3月3日 周二 10:05 · Tue 3 Mar, 10:05."""
    name = format_date(_date(now()), "EEE", locale=get_locale())
    if is_chinese():
        return f"{day(now())} {name} {time_of_day(now())}"
    return f"{name} {day(now())}, {time_of_day(now())}"


def month(name: str) -> str:
    """`2026-03` as 2026 年 3 月 · March 2026."""
    first = date.fromisoformat(f"{name}-01")
    return format_date(first, "y 年 M 月" if is_chinese() else "MMMM y", locale=get_locale())


def period(of: Period) -> str:
    """2026 年 3 月 · 2026 年第一季度 · 2026 年上半年 · 2026 年."""
    year, part = of.first_day.year, (of.first_day.month - 1) // 3 + 1
    match of.cycle:
        case Cycle.MONTH:
            return month(of.name)
        case Cycle.QUARTER:
            return f"{year} 年第{'一二三四'[part - 1]}季度" if is_chinese() else f"Q{part} {year}"
        case Cycle.HALF_YEAR:
            first = of.first_day.month == 1
            if is_chinese():
                return f"{year} 年{'上' if first else '下'}半年"
            return _("first half of %(year)s", year=year) if first else _("second half of %(year)s", year=year)
        case _:
            return f"{year} 年" if is_chinese() else str(year)


def duration(span: timedelta) -> str:
    """2 天 5 小时 · 18 小时 20 分 · 25 分: the two largest units, without zeros."""
    span = abs(span)
    if span < MINUTE:
        return _("less than a minute")
    days, rest = divmod(span, DAY)
    hours, rest = divmod(rest, HOUR)
    minutes = rest // MINUTE
    parts = [
        ngettext("%(num)d day", "%(num)d days", days) if days else "",
        _("%(num)d h", num=hours) if hours else "",
        _("%(num)d min", num=minutes) if minutes and not days else "",
    ]
    return " ".join(part for part in parts if part)


@dataclass(frozen=True)
class Clock:
    """A deadline as a page tells it: the words, the absolute time, how urgent it looks."""

    due: datetime
    words: str
    until: str
    css: str
    icon: str
    used: int
    stands: bool = False
    # How many working days are left, where the time is told in them.
    working_days: int = 0

    @property
    def iso(self) -> str:
        return iso(self.due)

    @property
    def sentence(self) -> str:
        """还剩 18 小时 20 分（3月4日（周三）16:00 前）, for running text."""
        return f"{self.words} · {self.until}"

    @property
    def is_over(self) -> bool:
        return self.css == "gd-clock-over"

    @property
    def is_soon(self) -> bool:
        return self.css == "gd-clock-soon"


def clock(due: datetime, *, started: datetime | None = None, working_days: WorkingDaysBetween | None = None) -> Clock:
    """The deadline `due` seen from now; counted in working days where such a count is given."""
    left = due - now()
    when = weekday_moment(due)
    if left <= timedelta(0):
        words, until = _("%(time)s overdue", time=duration(left)), _("was due %(moment)s", moment=when)
        return Clock(due, words, until, "gd-clock-over", "exclamation-triangle-fill", 100)
    used = _share_used(due, started)
    soon = used >= 50 if started is not None else left < DAY
    css, icon = ("gd-clock-soon", "hourglass-split") if soon else ("", "clock")
    days = working_days(now(), due) if working_days is not None and left >= DAY else 0
    return Clock(due, _left(left, days), _("by %(moment)s", moment=when), css, icon, used, working_days=days)


def standing(due: datetime, *, until: datetime) -> Clock:
    """A clock that stands until `until` at the latest, and whose deadline is then `due`."""
    limit = _("goes on by %(moment)s", moment=weekday_moment(until))
    return Clock(due, _("Clock stopped"), limit, "", "pause-circle", 0, stands=True)


def _left(left: timedelta, days: int) -> str:
    if days:
        return ngettext("%(num)d working day left", "%(num)d working days left", days)
    return _("%(time)s left", time=duration(left))


def _share_used(due: datetime, started: datetime | None) -> int:
    """How much of the time is gone, in per cent: from half of it on the clock shows as soon over."""
    if started is None or due <= started:
        return 0
    share = Decimal((now() - started) / (due - started)) * 100
    return int(max(Decimal(0), min(Decimal(100), share)))


def _date(moment: datetime | date) -> date:
    return local(moment).date() if isinstance(moment, datetime) else moment


def _is_this_year(found: date) -> bool:
    return found.year == _date(now()).year
