"""The calendars by which deadlines run: the company's, and those of the departments that work other shifts."""

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import CompoundSelect, Date, Integer, Time, cast, literal, null, select, union_all

from models import CalendarException, Company, PublicDay, Shift
from workflow.working_days import Hours, PublicDays, WorkingDays

EXCEPTION, PUBLIC, SHIFT = "exception", "public", "shift"


class Calendars:
    """The company's calendar and its departments'; a department without shifts works as the company does."""

    def __init__(self, company: WorkingDays, departments: dict[int, WorkingDays]) -> None:
        self.company, self.departments = company, departments

    def of(self, department_id: int | None) -> WorkingDays:
        return self.departments.get(department_id or 0, self.company)


@cache
def calendar_rows() -> CompoundSelect[Any]:
    """Everything of which the calendars are made, in one query: its kind, and what a row of that kind says."""
    no_day, no_number, no_time = cast(null(), Date), cast(null(), Integer), cast(null(), Time)
    days = [
        select(literal(kind).label("kind"), row.day, row.is_working, no_number.label("department_id"),
               no_number.label("weekday"), no_time.label("opens_at"), no_time.label("closes_at"))
        for kind, row in ((EXCEPTION, CalendarException), (PUBLIC, PublicDay))
    ]  # fmt: skip
    shifts = select(literal(SHIFT), no_day, Shift.on_holidays, Shift.department_id, Shift.weekday,
                    Shift.opens_at, Shift.closes_at)  # fmt: skip
    return union_all(*days, shifts)


def calendars_of(company: Company, rows: Iterable[Any]) -> Calendars:
    """The calendars that these rows of `calendar_rows` make."""
    exceptions, public = {}, {}
    shifts: dict[int, dict[int, Hours]] = defaultdict(dict)
    on_holidays: set[int] = set()
    for kind, day, flag, department, weekday, opens_at, closes_at in rows:
        if kind == EXCEPTION:
            exceptions[day] = flag
        elif kind == PUBLIC:
            public[day] = flag
        else:
            shifts[department][weekday] = (opens_at, closes_at)
            on_holidays |= {department} if flag else set()
    common: dict[str, Any] = {
        "zone": ZoneInfo(company.timezone), "opens_at": company.opens_at, "closes_at": company.closes_at,
        "exceptions": exceptions, "public": PublicDays(public),
    }  # fmt: skip
    departments = {
        key: WorkingDays(**common, shifts=days, works_on_holidays=key in on_holidays) for key, days in shifts.items()
    }
    return Calendars(WorkingDays(**common), departments)
