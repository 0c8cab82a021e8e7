"""The rows of a sheet as records: columns by their headings, subjects by their names, and what is wrong where."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy.orm import Session

from models import Assessment, Department, Person, Team
from workflow import assessment_books as books
from workflow import assessment_records as records
from workflow.assessment_books import Entry, Subject
from workflow.assessment_entry import Row, RowRefused, checked_row
from workflow.assessment_source import Field, Source
from workflow.import_columns import folded
from workflow.import_excel import Row as Line
from workflow.import_text import day_of, tidy
from workflow.process import INVALID, N_, Objection, Refused
from workflow.roles import Actor

MOST_ROWS, LONGEST_NUMBER = 5_000, 60
NUMBER, ABOUT, DAY, NOTE = "number", "about", "day", "note"
# What the columns beside the fields are called; the first in each language is the one that our own sheet has.
HEADINGS: Mapping[str, tuple[str, ...]] = {
    NUMBER: ("编号", "number", "序号", "单号", "工单号", "id", "ref"),
    ABOUT: (
        "考核对象", "about", "员工", "姓名", "账号", "部门", "小组", "合作伙伴", "伙伴", "name", "account",
        "department", "team", "partner",
    ),
    DAY: ("日期", "day", "date"),
    NOTE: ("备注", "note", "说明", "remark"),
}  # fmt: skip
YES_NO = {
    "是": "yes", "√": "yes", "y": "yes", "yes": "yes", "true": "yes",
    "否": "no", "×": "no", "n": "no", "no": "no", "false": "no",
}  # fmt: skip


@dataclass(frozen=True)
class Problem:
    """What is wrong in one place: the row as a spreadsheet counts, the column with its heading, and why."""

    row: int
    column: str
    objection: Objection


@dataclass(frozen=True)
class Taken:
    """A row that can be taken, with the key by which it is known."""

    number: int
    base: str
    entry: Entry


def headings(source: Source, *, chinese: bool) -> list[str]:
    """The columns of an empty sheet."""
    at = 0 if chinese else 1
    fields = [each.title.zh if chinese else each.title.en for each in source.fields.values()]
    return [HEADINGS[ABOUT][at], HEADINGS[DAY][at], *fields, HEADINGS[NUMBER][at], HEADINGS[NOTE][at]]


# --- columns -----------------------------------------------------------------------------------------


def known_headings(source: Source) -> dict[str, str]:
    """What each heading means: names of fields win over those of the other columns."""
    usual = {folded(heading): name for name, some in HEADINGS.items() for heading in some}
    fields = {
        folded(heading): f"field:{name}"
        for name, each in source.fields.items() for heading in (each.title.zh, each.title.en, name)
    }  # fmt: skip
    return usual | fields


def places_of(titles: Sequence[str], known: Mapping[str, str], source: Source) -> dict[str, int]:
    """The column of each part. Raises Refused for one that stands there twice or is missing."""
    found: dict[str, int] = {}
    for place, title in enumerate(titles):
        if (means := known.get(folded(title))) is None:
            continue
        if means in found:
            why = N_("“%(heading)s” and “%(other)s” mean the same column.")
            raise Refused([Objection(INVALID, why, heading=titles[found[means]][:40], other=title[:40])])
        found[means] = place
    titled = {f"field:{name}": f"{each.title.zh} ({each.title.en})" for name, each in source.fields.items()}
    needed = {ABOUT: "{} ({})".format(*HEADINGS[ABOUT][:2]), **titled}
    if missing := tuple(title for name, title in needed.items() if name not in found):
        why = N_("These columns are missing: %(columns)s. The empty sheet has all of them.")
        raise Refused([Objection(INVALID, why, columns="、".join(missing))])
    return found


def ignored(titles: Sequence[str], places: Mapping[str, int]) -> tuple[str, ...]:
    read_ = set(places.values())
    return tuple(title[:40] for place, title in enumerate(titles) if title and place not in read_)


# --- rows --------------------------------------------------------------------------------------------


class Reader:
    """Reads rows one by one and remembers what is wrong where."""

    def __init__(
        self, session: Session, of: Assessment, name: str, source: Source, places: Mapping[str, int],
        titles: Sequence[str], by: Actor,
    ) -> None:  # fmt: skip
        self.of, self.name, self.source, self.places, self.titles = of, name, source, places, titles
        self.problems: list[Problem] = []
        self._called = _called(records.candidates(session, of, source, by.office.calendar.zone).values())
        self._closed = books.closed_periods(session, of.regulation)
        self._numbers, self._contents, self._subjects = dict[str, int](), dict[str, int](), dict[Subject, int]()

    def taken(self, rows: Iterator[Line]) -> list[Taken]:
        found = []
        for count, row in enumerate(rows, 1):
            if count > MOST_ROWS:
                why = N_("This sheet has more than %(most)s rows. Please split it into several files.")
                raise Refused([Objection(INVALID, why, most=f"{MOST_ROWS:,}")])
            if (one := self._row(row)) is not None:
                found.append(one)
        return found

    def wrong(self, row: int, name: str, objection: Objection) -> None:
        place = self.places.get(name)
        self.problems.append(Problem(row, _column(place, self.titles) if place is not None else "", objection))

    def _row(self, row: Line) -> Taken | None:
        before = len(self.problems)
        cells = {name: tidy(row.cells[place]) for name, place in self.places.items()}
        for objection in row.objections:
            self.wrong(row.number, "", objection)
        for name, place in self.places.items():
            if place in row.merged and name != ABOUT:
                why = N_("This cell is merged with the one above. Write the value into each row.")
                self.wrong(row.number, name, Objection(INVALID, why))
        subject, day = self._subject(row.number, cells[ABOUT]), self._day(row.number, cells.get(DAY, ""))
        values = self._values(row.number, cells)
        number = cells.get(NUMBER, "")
        if len(number) > LONGEST_NUMBER:
            why = N_("At most %(most)d characters, please.")
            self.wrong(row.number, NUMBER, Objection(INVALID, why, most=LONGEST_NUMBER))
        if len(self.problems) > before or subject is None or day is None:
            return None
        if (why_not := self._closed.why_not(type(subject).__tablename__, day)) is not None:
            self.wrong(row.number, DAY, why_not)
            return None
        return self._known_by(row.number, number, Entry(subject, day, Row("", values), cells.get(NOTE) or None))

    def _known_by(self, row: int, number: str, entry: Entry) -> Taken | None:
        """The row under the number that it has, or the mark of what it says and how often the sheet says so."""
        if self.source.once and (first := self._subjects.setdefault(entry.subject, row)) != row:
            why = N_("Row %(row)d is about the same; one record a period is taken.")
            self.wrong(row, ABOUT, Objection(INVALID, why, row=first))
            return None
        if number:
            if (first := self._numbers.setdefault(number, row)) != row:
                self.wrong(row, NUMBER, Objection(INVALID, N_("Row %(row)d has the same number."), row=first))
                return None
            return Taken(row, f"no-{number}", entry)
        digest = _digest(entry)
        self._contents[digest] = self._contents.get(digest, 0) + 1
        return Taken(row, f"row-{digest}-{self._contents[digest]}", entry)

    def _subject(self, row: int, typed: str) -> Subject | None:
        found = self._called.get(typed.lower(), [])
        if len(found) == 1:
            return found[0]
        if not typed:
            why = N_("About whom is this? The cell is empty.")
        elif found:
            why = N_("More than one is called “%(name)s”; write the account.")
        else:
            why = N_("Nobody who is assessed in this period is called “%(name)s”.")
        self.wrong(row, ABOUT, Objection(INVALID, why, name=typed[:40]) if typed else Objection(INVALID, why))
        return None

    def _day(self, row: int, typed: str) -> date | None:
        """The day of the row; where there is none the figure is that of the whole period."""
        if not typed:
            return self.of.last_day
        day = day_of(typed)
        if (why := records.wrong_day(self.of, day)) is not None:
            self.wrong(row, DAY, why)
            return None
        return day

    def _values(self, row: int, cells: Mapping[str, str]) -> dict[str, Any]:
        given = {name: _value(each, cells[f"field:{name}"]) for name, each in self.source.fields.items()}
        values = {name: value for name, value in given.items() if value != ""}
        for name in self.source.fields:
            if name not in values:
                self.wrong(row, f"field:{name}", Objection(INVALID, N_("The cell is empty.")))
        for name in list(values):
            try:
                checked_row(self.name, _alone(self.source), Row("", {name: values[name]}))
            except RowRefused as refused:
                self.wrong(row, f"field:{name}", refused.objection)
                del values[name]
        try:
            return dict(checked_row(self.name, self.source, Row("", values)).values)
        except RowRefused as refused:
            if len(values) == len(self.source.fields):
                self.wrong(row, f"field:{refused.field}", refused.objection)
            return values


def _alone(source: Source) -> Source:
    """The source without what holds between its fields."""
    return source.model_copy(update={"never_above": {}})


def _column(place: int, titles: Sequence[str]) -> str:
    from openpyxl.utils import get_column_letter

    return f"{get_column_letter(place + 1)} {titles[place]}".strip()


def _called(subjects: Iterable[Subject]) -> dict[str, list[Subject]]:
    """Subjects by each of their names, in small letters."""
    found: dict[str, list[Subject]] = {}
    for subject in subjects:
        for name in dict.fromkeys(name.lower() for name in _names(subject)):
            found.setdefault(name, []).append(subject)
    return found


def _names(subject: Subject) -> tuple[str, ...]:
    match subject:
        case Person():
            return subject.username, subject.name
        case Team():
            return (subject.slug,)
        case Department():
            return subject.slug, subject.name_zh, subject.name_en
        case _:
            return (subject.name,)


def _value(shape: Field, cell: str) -> str:
    """A cell as the field takes it: words for yes and no and for choices, and a number without the noise of sums."""
    if shape.kind == "yes_no":
        return YES_NO.get(cell.lower(), cell)
    if shape.kind == "choice":
        choices = {
            word.lower(): key for key, title in (shape.choices or {}).items() for word in (key, title.zh, title.en)
        }
        return choices.get(cell.lower(), cell)
    try:
        number = Decimal(cell)
    except InvalidOperation:
        return cell
    exponent = number.as_tuple().exponent
    return f"{number:.9f}".rstrip("0").rstrip(".") if isinstance(exponent, int) and exponent < -9 else cell


def _digest(entry: Entry) -> str:
    said = [type(entry.subject).__tablename__, entry.subject.id, entry.counts_on.isoformat(), entry.note,
            {name: str(value) for name, value in sorted(entry.row.values.items())}]  # fmt: skip
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()[:40]
