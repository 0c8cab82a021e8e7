"""What was changed in the calendar, and which deadlines that moved: as a list, a page, and a line in each case."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from models import Department, MovedDeadline, SettingChange
from web import case_line, case_sight, filters, moment, moved
from web.session import db
from workflow import calendar

SHOWN = 20


@dataclass(frozen=True)
class Change:
    """What was changed, by whom and when, and in how many cases deadlines moved."""

    key: int
    words: str
    by: str
    at: datetime
    moved: str


@dataclass(frozen=True)
class Moved:
    """One limit of a case, from when to when."""

    case: str
    url: str
    limit: str
    old: str
    new: str


def latest() -> list[Change]:
    return [_change(found) for found in calendar.changes_of(db(), most=SHOWN)]


def page(found: SettingChange) -> dict[str, Any]:
    """One change and the deadlines that it moved, as far as the reader may see the cases."""
    query = calendar.moved_by(found).options(joinedload(MovedDeadline.event).options(*case_sight.with_its_case()))
    rows: list[MovedDeadline] = list(db().scalars(query))
    visible = case_sight.visible(row.event for row in rows)
    seen = [row for row in rows if case_sight.key_of(row.event) in visible]
    return {"change": _change(found), "rows": [_moved(row) for row in seen], "others": len(rows) - len(seen)}


def _moved(row: MovedDeadline) -> Moved:
    case = row.event.case
    return Moved(
        filters.case(case), case_line.address(case), moved.limit(row.limit),
        moment.weekday_moment(row.old_due_at), moment.weekday_moment(row.new_due_at),
    )  # fmt: skip


def _change(found: SettingChange) -> Change:
    of_it = select(func.count(func.distinct(MovedDeadline.event_id))).where(MovedDeadline.change_id == found.id)
    cases = db().execute(of_it).scalar_one()
    words = ngettext("deadlines moved in %(num)d case", "deadlines moved in %(num)d cases", cases) if cases else ""
    return Change(found.id, _told(found), found.by.name, found.at, words)


def _told(found: SettingChange) -> str:
    """A change in words: what it is about, and what is so from then on."""
    old, new = found.old, found.new
    match found.name:
        case calendar.DAY:
            day = moment.long_day(date.fromisoformat((new or old)["day"]))
            if new is None:
                return _("%(day)s: as in the public calendar again", day=day)
            return _("%(day)s: %(works)s (%(reason)s)", day=day, works=works(new["works"]), reason=new["reason"])
        case calendar.HOURS:
            return _("Hours of the company: %(old)s → %(new)s", old="–".join(old), new="–".join(new))
        case calendar.SHIFTS:
            department = db().scalars(select(Department).filter_by(slug=new["department"])).one()
            return _("Shifts of %(department)s", department=filters.named(department))
    return _("Public holidays of %(year)s imported", year=new["year"])


def works(is_working: bool) -> str:
    return _("works") if is_working else _("closed")
