"""The company's calendar: its hours, its own exceptions, the shifts of departments, years of public holidays.

Administrators keep it. Every change is kept with who, when, old and new, and moves the deadlines that are
still ahead in the same transaction (`rescheduling`). Nothing that has passed is counted anew.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import extract, select
from sqlalchemy.orm import Session

from models import CalendarException, Company, Department, MovedDeadline, PublicDay, Role, SettingChange, Shift
from workflow import clock_watch, rescheduling
from workflow.process import FORBIDDEN, INVALID, N_, Objection, refuse
from workflow.roles import Actor
from workflow.texts import clean
from workflow.working_days import Hours

LONGEST_REASON, LONGEST_NAME = 120, 40
DAY, HOURS, SHIFTS, YEAR = "calendar.day", "calendar.hours", "calendar.shifts", "calendar.year"


@dataclass(frozen=True)
class Special:
    """A day on which the public calendar departs from the week."""

    day: date
    is_working: bool
    name: str


@dataclass(frozen=True)
class Changed:
    """What became of a change: its record, and in how many cases deadlines moved; no record of what is no change."""

    change: SettingChange | None
    moved: int = 0


def set_day(
    session: Session, *, by: Actor, at: datetime, day: date | None, is_working: bool | None, reason: str | None
) -> Changed:
    """The company works, or rests, on a day of its own choosing."""
    reason = clean(reason)
    refuse(
        _is_no_administrator(by), _is_missing("day", day), _is_missing("is_working", is_working),
        _is_missing("reason", reason), _is_too_long("reason", reason, LONGEST_REASON),
    )  # fmt: skip
    assert day is not None and is_working is not None and reason is not None
    old = session.get(CalendarException, day)
    new = {"day": day.isoformat(), "works": is_working, "reason": reason}

    def keep() -> None:
        session.merge(CalendarException(day=day, is_working=is_working, reason=reason))

    return _change(session, DAY, _as_said(old), new, keep, by=by, at=at)


def forget_day(session: Session, *, by: Actor, at: datetime, day: date) -> Changed:
    """The exception falls away; the public calendar counts again."""
    refuse(_is_no_administrator(by))
    if (old := session.get(CalendarException, day)) is None:
        return Changed(None)
    return _change(session, DAY, _as_said(old), None, lambda: session.delete(old), by=by, at=at)


def set_hours(session: Session, *, by: Actor, at: datetime, opens_at: time | None, closes_at: time | None) -> Changed:
    """From when until when the company works, where a department has no shifts of its own."""
    refuse(_is_no_administrator(by), _is_no_stretch("opens_at", opens_at, closes_at))
    assert opens_at is not None and closes_at is not None
    company = session.scalars(select(Company)).one()

    def keep() -> None:
        company.opens_at, company.closes_at = opens_at, closes_at

    old = _told((company.opens_at, company.closes_at))
    return _change(session, HOURS, old, _told((opens_at, closes_at)), keep, by=by, at=at)


def set_shifts(
    session: Session, *, by: Actor, at: datetime, department: Department,
    week: Mapping[int, tuple[time | None, time | None]], on_holidays: bool,
) -> Changed:  # fmt: skip
    """When a department works on each day of the week; on none of them means: as the company does."""
    given = {day: hours for day, hours in week.items() if any(hour is not None for hour in hours)}
    refuse(_is_no_administrator(by), *(_is_no_stretch(f"opens_{day}", *hours) for day, hours in given.items()))
    days: dict[int, Hours] = {day: (start, end) for day, (start, end) in given.items() if start and end}
    before = session.scalars(select(Shift).filter_by(department_id=department.id).order_by(Shift.weekday)).all()

    def keep() -> None:
        _remove(session, before)
        session.add_all(
            Shift(department_id=department.id, weekday=day, opens_at=start, closes_at=end, on_holidays=on_holidays)
            for day, (start, end) in days.items()
        )

    old = _week({shift.weekday: (shift.opens_at, shift.closes_at) for shift in before}, department,
                on_holidays=any(shift.on_holidays for shift in before))  # fmt: skip
    return _change(session, SHIFTS, old, _week(days, department, on_holidays=on_holidays), keep, by=by, at=at)


def import_year(session: Session, *, by: Actor, at: datetime, days: Sequence[Special]) -> Changed:
    """The public holidays and make-up workdays of one year, in place of what was known of it."""
    refuse(_is_no_administrator(by), _is_no_year(days))
    year = days[0].day.year
    before = session.scalars(public_days(year)).all()

    def keep() -> None:
        _remove(session, before)
        session.add_all(PublicDay(day=s.day, is_working=s.is_working, name=s.name[:LONGEST_NAME]) for s in days)

    old = _year(year, [Special(row.day, row.is_working, row.name) for row in before]) if before else None
    return _change(session, YEAR, old, _year(year, days), keep, by=by, at=at)


def public_days(year: int) -> Any:
    """What was imported of a year."""
    return select(PublicDay).where(extract("year", PublicDay.day) == year).order_by(PublicDay.day)


def changes_of(session: Session, *, most: int) -> list[SettingChange]:
    """The latest changes of the calendar, the newest first."""
    query = select(SettingChange).where(SettingChange.name.startswith("calendar."))
    return list(session.scalars(query.order_by(SettingChange.id.desc()).limit(most)))


def moved_by(change: SettingChange) -> Any:
    """Which limits of which cases a change moved."""
    query = select(MovedDeadline).where(MovedDeadline.change_id == change.id)
    return query.order_by(MovedDeadline.event_id, MovedDeadline.limit)


def _change(
    session: Session, name: str, old: Any, new: Any, keep: Callable[[], None], *, by: Actor, at: datetime
) -> Changed:
    """Keep what is different and move the deadlines ahead; all of it or nothing, one change after the other."""
    if old == new:
        return Changed(None)
    assert by.person is not None
    session.execute(select(Company.id).with_for_update())
    change = SettingChange(name=name, old=old, new=new, at=at, by_id=by.person.id)
    session.add(change)
    keep()
    session.flush()
    by.office.calendar_has_changed()
    clock_watch.forget(session)
    return Changed(change, rescheduling.reschedule(session, change, at=at))


def _remove(session: Session, rows: Iterable[Any]) -> None:
    for row in rows:
        session.delete(row)
    session.flush()


# --- what a change was, in its record


def _as_said(row: CalendarException | None) -> dict[str, Any] | None:
    return None if row is None else {"day": row.day.isoformat(), "works": row.is_working, "reason": row.reason}


def _told(hours: Hours) -> list[str]:
    return [f"{hour:%H:%M}" for hour in hours]


def _week(days: Mapping[int, Hours], department: Department, *, on_holidays: bool) -> dict[str, Any]:
    week = {str(day): _told(hours) for day, hours in sorted(days.items())}
    return {"department": department.slug, "week": week, "on_holidays": on_holidays and bool(week)}


def _year(year: int, days: Sequence[Special]) -> dict[str, Any]:
    """Short enough to be read, and different for different days."""
    found = {special.day.isoformat(): [special.is_working, special.name[:LONGEST_NAME]] for special in days}
    return {"year": year, "days": dict(sorted(found.items()))}


# --- what stands in the way


def _is_no_administrator(by: Actor) -> Objection | None:
    if Role.ADMINISTRATOR in by.roles and not by.has_left:
        return None
    return Objection(FORBIDDEN, N_("Only administrators change the calendar."))


def _is_missing(field: str, value: object) -> Objection | None:
    sentences = {
        "day": N_("Choose a day."), "is_working": N_("Choose one of the two."),
        "reason": N_("Say why; everyone can read it in the calendar."),
    }  # fmt: skip
    return Objection(INVALID, sentences[field], field=field) if value is None else None


def _is_too_long(field: str, text: str | None, most: int) -> Objection | None:
    if text is None or len(text) <= most:
        return None
    return Objection(INVALID, N_("At most %(most)s characters."), field=field, most=most)


def _is_no_stretch(field: str, opens_at: time | None, closes_at: time | None) -> Objection | None:
    if opens_at is not None and closes_at is not None and opens_at < closes_at:
        return None
    return Objection(INVALID, N_("Give both times; work ends later on the same day than it begins."), field=field)


def _is_no_year(days: Sequence[Special]) -> Objection | None:
    if days and len({special.day.year for special in days}) == 1:
        return None
    return Objection(INVALID, N_("The days of one year are imported at a time."), field="file")
