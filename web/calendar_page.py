"""What the pages of the calendar show: a year by its months, whoever works otherwise, a year from a file."""

from calendar import Calendar
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from babel.dates import format_date, get_day_names
from chinese_calendar import Holiday, constants
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import select

from models import CalendarException, Department, Shift
from web import calendar_changes, case_words, filters, moment
from web.calendar_changes import works as _works
from web.language import is_chinese
from web.session import company, db, now, office
from workflow import calendar
from workflow.calendar_import import Reading
from workflow.working_days import WorkingDays, unknown_years

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Day:
    """One day of a month: what stands on it, how it looks, and what it is called."""

    number: int
    mark: str = ""
    css: str = ""
    words: str = ""


@dataclass(frozen=True)
class Month:
    name: str
    weeks: list[list[Day | None]]


@dataclass(frozen=True)
class Holidays:
    """A public holiday with its days off and the days worked for it."""

    name: str
    rest: str
    work: str


@dataclass(frozen=True)
class Exceptional:
    """A day of the company's own."""

    key: str
    day: str
    words: str
    reason: str
    is_working: bool


@dataclass(frozen=True)
class Team:
    """A department and when it works."""

    name: str
    hours: str
    slug: str


# --- a year


def year(shown: int) -> dict[str, Any]:
    """Everything that the page of a year shows."""
    days = office().calendar
    unknown = bool(unknown_years([date(shown, 1, 1)], days.public.imported_years))
    return {
        "year": shown, "months": [_month(shown, month, days) for month in range(1, 13)], "is_unknown": unknown,
        "is_imported": shown in days.public.imported_years, "weekdays": _weekdays("narrow"),
        "long_weekdays": _weekdays("wide"), "holidays": [] if unknown else _holidays(shown, days),
        "exceptions": _exceptions(shown), "teams": _teams(), "hours": _hours(*days.usual),
        "opens_at": f"{days.usual[0]:%H:%M}", "closes_at": f"{days.usual[1]:%H:%M}",
        "changes": calendar_changes.latest(),
    }  # fmt: skip


def _weekdays(width: Any) -> list[str]:
    names = get_day_names(width, locale=get_locale())
    return [names[day] for day in range(7)]


def _month(shown: int, month: int, days: WorkingDays) -> Month:
    weeks = [
        [_day(day, days) if day.month == month else None for day in week]
        for week in Calendar().monthdatescalendar(shown, month)
    ]
    return Month(format_date(date(shown, month, 1), "M月" if is_chinese() else "MMMM", locale=get_locale()), weeks)


def _day(day: date, days: WorkingDays) -> Day:
    today = " is-today" if day == days.day_of(now()) else ""
    if day in days.exceptions:
        works = days.exceptions[day]
        words = _("The company works") if works else _("The company is closed")
        return Day(day.day, _mark(works), f"is-own{today}", words)
    departure = days.public.departure(day)
    if departure is None:
        return Day(day.day, "", f"{'' if days.is_working(day) else 'is-rest'}{today}")
    css = "is-work" if departure else "is-holiday"
    return Day(day.day, _mark(departure), f"{css}{today}", _kind(departure))


def _mark(works: bool) -> str:
    return _("W") if works else _("H")


def _kind(works: bool) -> str:
    return _("make-up workday") if works else _("public holiday")


def _holidays(shown: int, days: WorkingDays) -> list[Holidays]:
    """By their names, in the order of their first days off; what is worked for one may lie before another."""
    found: dict[str, tuple[list[date], list[date]]] = {}
    for day, works, name in _departures(shown, days):
        found.setdefault(name, ([], []))[works].append(day)
    in_order = sorted(found.items(), key=lambda holiday: min(holiday[1][0] or holiday[1][1]))
    return [Holidays(name, _runs(rest), _runs(work)) for name, (rest, work) in in_order]


def _departures(shown: int, days: WorkingDays) -> Iterator[tuple[date, bool, str]]:
    """Every day of the year on which the public calendar departs from the week, with its name."""
    imported = {row.day: row.name for row in db().scalars(calendar.public_days(shown))}
    for count in range((date(shown + 1, 1, 1) - date(shown, 1, 1)).days):
        day = date(shown, 1, 1) + count * ONE_DAY
        if (works := days.public.departure(day)) is not None:
            yield day, works, imported[day] if imported else _published_name(day)


def _published_name(day: date) -> str:
    name = constants.holidays.get(day) or constants.workdays.get(day) or ""
    return next((h.chinese for h in Holiday if h.value == name and is_chinese()), name)


def rows_of(shown: int) -> list[tuple[str, str, str]]:
    """The departures of a year as a file has them."""
    return [(f"{day}", "班" if works else "休", name) for day, works, name in _departures(shown, office().calendar)]


def _runs(days: list[date]) -> str:
    """10月1日至7日 · 1–7 Oct: days in a row as one."""
    numbered = groupby(enumerate(days), key=lambda place: place[1] - place[0] * ONE_DAY)
    runs = [[day for _place, day in run] for _first, run in numbered]
    return ("、" if is_chinese() else ", ").join(_run(run[0], run[-1]) for run in runs)


def _run(first: date, last: date) -> str:
    if first == last:
        return _plain(first)
    if is_chinese():
        return f"{_plain(first)}至{last.day}日" if first.month == last.month else f"{_plain(first)}至{_plain(last)}"
    return f"{first.day}–{_plain(last)}" if first.month == last.month else f"{_plain(first)} – {_plain(last)}"


def _plain(day: date) -> str:
    return format_date(day, "M月d日" if is_chinese() else "d MMM", locale=get_locale())


def _exceptions(shown: int) -> list[Exceptional]:
    query = select(CalendarException).where(CalendarException.day.between(date(shown, 1, 1), date(shown, 12, 31)))
    return [
        Exceptional(row.day.isoformat(), moment.weekday(row.day), _works(row.is_working), row.reason, row.is_working)
        for row in db().scalars(query.order_by(CalendarException.day))
    ]


# --- hours and shifts


def _hours(opens_at: Any, closes_at: Any) -> str:
    return f"{opens_at:%H:%M}–{closes_at:%H:%M}"


def _teams() -> list[Team]:
    found = office().calendars
    departments = db().scalars(select(Department).order_by(Department.id))
    return [
        Team(filters.named(department), _week_in_words(found.departments.get(department.id)), department.slug)
        for department in departments
    ]


def _week_in_words(days: WorkingDays | None) -> str:
    """周一至周五 09:00–18:00，周六 09:00–12:00: days in a row with the same hours as one."""
    if days is None:
        return _("as the company")
    names, parts = _weekdays("abbreviated"), []
    for hours, run in groupby(range(7), key=days.shifts.get):
        week = list(run)
        if hours is not None:
            span = (
                names[week[0]]
                if len(week) == 1
                else _("%(first)s to %(last)s", first=names[week[0]], last=names[week[-1]])
            )
            parts.append(f"{span} {_hours(*hours)}")
    if days.works_on_holidays:
        parts.append(_("on public holidays too"))
    return case_words.series(parts)


def shifts(department: Department, typed: Mapping[str, str] | None) -> dict[str, Any]:
    """The week of a department as its form shows it: as typed, or as it is kept."""
    kept = {shift.weekday: shift for shift in db().scalars(select(Shift).filter_by(department_id=department.id))}
    names, found = _weekdays("wide"), company()
    assert found is not None
    days = [{"key": day, "name": names[day]} | _shift_as_typed(day, kept.get(day), typed) for day in range(7)]
    on_holidays = "on_holidays" in typed if typed is not None else any(shift.on_holidays for shift in kept.values())
    return {
        "department": department, "days": days, "on_holidays": on_holidays,
        "usual": _hours(found.opens_at, found.closes_at),
    }  # fmt: skip


def _shift_as_typed(day: int, kept: Shift | None, typed: Mapping[str, str] | None) -> dict[str, str]:
    if typed is not None:
        return {"opens": typed.get(f"opens_{day}", ""), "closes": typed.get(f"closes_{day}", "")}
    if kept is None:
        return {"opens": "", "closes": ""}
    return {"opens": f"{kept.opens_at:%H:%M}", "closes": f"{kept.closes_at:%H:%M}"}


# --- a year from a file


def preview(reading: Reading, moved: int) -> dict[str, Any]:
    """What a file says, by holidays; its bad rows with their reasons; what importing it would move."""
    found: dict[str, tuple[list[date], list[date]]] = {}
    for special in reading.days:
        found.setdefault(special.name, ([], []))[special.is_working].append(special.day)
    rest = sum(not special.is_working for special in reading.days)
    return {
        "year": reading.days[0].day.year if reading.days else "", "rest": rest, "work": len(reading.days) - rest,
        "holidays": [Holidays(name or "–", _runs(off), _runs(on)) for name, (off, on) in found.items()],
        "bad": [(bad.number, bad.told, [filters.sentence(o) for o in bad.objections]) for bad in reading.bad],
        "csv": "\n".join(["日期,安排,名称", *(_as_row(s.day, s.is_working, s.name) for s in reading.days)]),
        "moved": moved,
    }  # fmt: skip


def _as_row(day: date, works: bool, name: str) -> str:
    quoted = name.replace('"', '""').replace("\n", " ")
    return f'{day},{"班" if works else "休"},"{quoted}"'
