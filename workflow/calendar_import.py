"""A year of public holidays from a file: CSV, Excel or a calendar program's .ics; nothing is kept here.

Every row that is not understood is named with its reason. A year is imported whole or not at all: a
calendar with a hole in it would be worse than one that is not known.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from workflow import import_table
from workflow.calendar import LONGEST_NAME, Special
from workflow.import_excel import Row
from workflow.process import INVALID, N_, Objection, Refused
from workflow.texts import clean

ICS = b"BEGIN:VCALENDAR"
# A public holiday with its bridges; more is a slip of the pen.
LONGEST_HOLIDAY = 31
DAY = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?(?: 0?0:00(?::00)?)?")
FIRST = ("日期", "开始日期", "起始日期", "day", "date", "from", "start")
LAST = ("结束日期", "截止日期", "until", "to", "end")
KIND = ("安排", "类型", "上班或休息", "kind", "type", "status")
NAME = ("名称", "节日", "说明", "节假日", "name", "holiday", "reason", "summary")
RESTS = ("休", "休息", "放假", "节假日", "假日", "holiday", "off", "rest")
WORKS = ("班", "上班", "补班", "调休上班", "工作", "工作日", "workday", "work", "working")


@dataclass(frozen=True)
class Bad:
    """A row that cannot be used: its number as a spreadsheet counts, what it says, and why."""

    number: int
    told: str
    objections: tuple[Objection, ...]


@dataclass(frozen=True)
class Reading:
    """What a file says: the days in their order, and the rows that cannot be used."""

    days: list[Special]
    bad: list[Bad]

    @property
    def is_whole(self) -> bool:
        return bool(self.days) and not self.bad


def read(content: bytes) -> Reading:
    """The days in a file; Refused says why a file has none."""
    rows = _events(content) if content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(ICS) else _rows(content)
    days: dict[date, Special] = {}
    bad: list[Bad] = []
    for row, specials in rows:
        objections = [*row.objections, *_against(specials, days)]
        if objections:
            bad.append(Bad(row.number, " · ".join(cell for cell in row.cells if cell), tuple(objections)))
        else:
            days |= {special.day: special for special in specials}
    return Reading(sorted(days.values(), key=lambda special: special.day), bad)


def _against(specials: Sequence[Special], known: dict[date, Special]) -> Iterator[Objection]:
    year = next(iter(known)).year if known else specials[0].day.year if specials else 0
    for special in specials:
        if special.day in known:
            yield Objection(INVALID, N_("%(day)s stands in another row already."), day=special.day)
        if special.day.year != year:
            yield Objection(INVALID, N_("%(day)s is of another year than the rows above."), day=special.day)


# --- tables


def _rows(content: bytes) -> Iterator[tuple[Row, list[Special]]]:
    table = import_table.read(content)
    first, last, kind, name = (_column(table.headings, known) for known in (FIRST, LAST, KIND, NAME))
    if first is None or kind is None:
        raise Refused([
            Objection(INVALID, N_("The first row names the columns: 日期 (date), 安排 (休 or 班), 名称 (name)."),
                      field="file")
        ])  # fmt: skip
    for row in table.rows:
        objections = list(row.objections)
        start, end, works, called = (
            row.cells[column] if column is not None else "" for column in (first, last, kind, name)
        )
        specials = _specials(start, end, works, called, objections)
        yield Row(row.number, row.cells, objections), specials


def _column(headings: Sequence[str], known: Iterable[str]) -> int | None:
    return next((place for place, heading in enumerate(headings) if heading.strip().lower() in known), None)


def _specials(first: str, last: str, kind: str, name: str, objections: list[Objection]) -> list[Special]:
    start, works = _day(first, objections), _works(kind, objections)
    end = _day(last, objections) if last else start
    if start is None or end is None or works is None:
        return []
    if not start <= end < start + timedelta(days=LONGEST_HOLIDAY):
        objections.append(Objection(INVALID, N_("From %(first)s until %(last)s is no holiday."), first=start, last=end))
        return []
    return [Special(day, works, (clean(name) or "")[:LONGEST_NAME]) for day in _days(start, end)]


def _day(cell: str, objections: list[Objection]) -> date | None:
    if found := DAY.fullmatch(cell.strip()):
        try:
            return date(*map(int, found.groups()))
        except ValueError:
            pass
    objections.append(Objection(INVALID, N_("“%(value)s” is no day like 2027-01-01."), value=cell[:LONGEST_NAME]))
    return None


def _works(cell: str, objections: list[Objection]) -> bool | None:
    said = cell.strip().lower()
    if said in (*RESTS, *WORKS):
        return said in WORKS
    objections.append(Objection(INVALID, N_("“%(value)s” is neither 休 nor 班."), value=cell[:LONGEST_NAME]))
    return None


def _days(start: date, end: date) -> Iterator[date]:
    return (start + timedelta(days=count) for count in range((end - start).days + 1))


# --- calendar programs


def _events(content: bytes) -> Iterator[tuple[Row, list[Special]]]:
    """Each event: 休 or 班 in its summary; an event that says neither is a holiday."""
    from icalendar import Calendar

    try:
        events = Calendar.from_ical(content).walk("VEVENT")
    except (ValueError, KeyError, IndexError):
        raise Refused([Objection(INVALID, N_("This calendar file cannot be read."), field="file")]) from None
    for number, event in enumerate(events, start=1):
        summary, objections = str(event.get("SUMMARY", "")), list[Objection]()
        specials = _of_event(event.get("DTSTART"), event.get("DTEND"), summary, objections)
        yield Row(number, [summary], objections), specials


def _of_event(start: object, end: object, summary: str, objections: list[Objection]) -> list[Special]:
    first, after = _day_of(start), _day_of(end)
    if first is None:
        objections.append(Objection(INVALID, N_("This event has no day.")))
        return []
    # An event ends on the day after its last one, as calendar programs write it.
    last = max(first, after - timedelta(days=1)) if after is not None else first
    works = "班" in summary or "workday" in summary.lower()
    return _specials(first.isoformat(), last.isoformat(), "班" if works else "休", summary, objections)


def _day_of(moment: object) -> date | None:
    found = getattr(moment, "dt", None)
    if isinstance(found, datetime):
        return found.date()
    return found if isinstance(found, date) else None
