"""One row of a file read as a complaint to be filed, with everything that stands in the way.

Reads only; what cannot be understood becomes an objection that names the cell.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Category, Channel, Complaint, Department, Person, Severity
from workflow import import_columns
from workflow.complaint import COMPLAINT
from workflow.filing import Filing
from workflow.import_columns import folded
from workflow.import_excel import Row
from workflow.import_text import day_of, digest_of, tidy
from workflow.process import INVALID, N_, Objection, Step
from workflow.roles import Actor
from workflow.texts import LINES, too_long

ANONYMOUS = "匿名车主"
USUAL_SOURCE = "import"
# Stands as the number of the example in our own template.
EXAMPLE = "示例"
NOTHING = frozenset(("", "-", "--", "—", "/", "\\", "无", "暂无", "不详", "未知", "空", "n/a", "na", "null", "none"))
FEWEST_DIGITS = 5
TEXTS = ("description", "demand")
KINDS: dict[str, type[StrEnum]] = {"channel": Channel, "category": Category, "severity": Severity}
# Names the characters of a text that no letter can print.
Unprintable = Callable[[str], Sequence[str]]
_CODES = re.compile(r"(?:[A-Z]{1,2}\d{1,4}[,、; ]*)+")


@dataclass(frozen=True)
class Plan:
    """How a file is read: the field of each column, and what its rows do not say themselves."""

    fields: tuple[str | None, ...]
    customer_name: str = ANONYMOUS
    channel: Channel = Channel.WEB
    category: Category = Category.PRODUCT_QUALITY
    severity: Severity = Severity.NORMAL
    source: str = USUAL_SOURCE

    def as_json(self) -> dict[str, object]:
        return {"fields": list(self.fields), **{name: getattr(self, name) for name in import_columns.CONSTANT_FIELDS}}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Plan":
        values = {name: kind(kept[name]) for name, kind in KINDS.items()}
        return cls(tuple(kept["fields"]), customer_name=kept["customer_name"], source=kept["source"], **values)  # type: ignore[arg-type]

    def objections(self) -> list[Objection]:
        """What makes the plan itself unusable."""
        found = []
        if "description" not in self.fields:
            sentence = N_("Choose the column that says what the customer complains about.")
            found.append(Objection(INVALID, sentence, field="description"))
        for field in import_columns.FIELDS:
            if not field.takes_several and self.fields.count(field.name) > 1:
                found.append(Objection(INVALID, N_("Two columns cannot be the same field."), field=field.name))
        return found


@dataclass(frozen=True)
class Reading:
    """A row as it was understood."""

    number: int
    filing: Filing
    objections: list[Objection]


class Register:
    """Departments and people as rows may name them; asked once for each session."""

    def __init__(self, session: Session) -> None:
        self.departments: dict[str, Department] = {}
        self.people: dict[str, list[Person]] = defaultdict(list)
        for department in session.scalars(select(Department)):
            for name in (department.slug, department.name_zh, department.name_en):
                self.departments[folded(name)] = department
        for person in session.scalars(select(Person)):
            self.people[folded(person.username)].append(person)
            self.people[folded(person.name)].append(person)


class Reader:
    """Reads the rows of one table by a plan, for the person who imports it."""

    def __init__(
        self, headings: Sequence[str], plan: Plan, register: Register, unprintable: Unprintable,
        *, by: Actor, at: datetime,
    ) -> None:  # fmt: skip
        self.headings, self.plan, self.register, self.by, self.at = headings, plan, register, by, at
        self.unprintable = unprintable

    def read(self, row: Row) -> Reading:
        """The row as a filing and every objection to it, those of the rule among them."""
        cells, found = self._cells(row), list(row.objections)
        if cells.get("external_ref") == EXAMPLE:
            found.append(Objection(INVALID, N_("This is the example of the template; delete the row.")))
        filing = self._filing(cells, found)
        found += objections_to(filing, by=self.by, at=self.at)
        unique = {(o.msgid, str(o.values)): o for o in found}
        return Reading(row.number, filing, list(unique.values()))

    def _cells(self, row: Row) -> dict[str, str]:
        """The text of each field; several columns of one field make one text."""
        texts: dict[str, list[str]] = defaultdict(list)
        for field, cell in zip(self.plan.fields, row.cells, strict=False):
            text = tidy(cell, lines=field in TEXTS)
            if field and (text if field in TEXTS else text.casefold() not in NOTHING):
                texts[field].append(text)
        return {field: " ".join(parts) for field, parts in texts.items()}

    def _filing(self, cells: dict[str, str], found: list[Objection]) -> Filing:
        return Filing(
            customer_name=self._name(cells.get("customer_name"), found),
            customer_phone=self._phone(cells.get("customer_phone"), found),
            vehicle=cells.get("vehicle"),
            vehicle_model=cells.get("vehicle_model"),
            order_number=cells.get("order_number"),
            description=self._description(cells),
            demand=cells.get("demand"),
            occurred_on=self._day(cells.get("occurred_on"), found),
            department=self._department(cells.get("department"), found),
            respondent=self._respondent(cells.get("respondent"), found),
            source=self.plan.source,
            external_ref=cells.get("external_ref") or digest_of(cells),
            **{name: self._choice(name, cells.get(name), found) for name in KINDS},  # type: ignore[arg-type]
        )

    def _name(self, cell: str | None, found: list[Objection]) -> str:
        """Of a name a letter may lose nothing."""
        if cell and (missing := self.unprintable(cell)):
            sentence = N_("Letters cannot print %(characters)s. Please write it another way.")
            self._refuse(found, sentence, "customer_name", cell, characters="、".join(missing))
        return cell or self.plan.customer_name

    def _description(self, cells: dict[str, str]) -> str | None:
        said, note = cells.get("description"), cells.get("description_note", "").strip(" ,，、;；")
        if not said or not note:
            return said
        name = "故障码" if _CODES.fullmatch(note) else self._heading("description_note")
        return f"{said}（{name}：{note.replace(',', '、')}）"

    def _phone(self, cell: str | None, found: list[Objection]) -> str | None:
        if cell is None:
            return None
        if sum(char.isdigit() for char in cell) < FEWEST_DIGITS:
            self._refuse(found, N_("“%(value)s” is not a phone number (%(column)s)."), "customer_phone", cell)
        return unicodedata.normalize("NFKC", cell)

    def _day(self, cell: str | None, found: list[Objection]) -> date | None:
        if cell is None:
            return None
        if (day := day_of(cell)) is None:
            self._refuse(found, N_("“%(value)s” is not a day like 2026-03-02 (%(column)s)."), "occurred_on", cell)
        return day

    def _choice(self, name: str, cell: str | None, found: list[Objection]) -> StrEnum:
        usual: StrEnum = getattr(self.plan, name)
        if cell is None:
            return usual
        if (value := import_columns.value_of(KINDS[name], cell)) is None:
            sentence = N_("“%(value)s” is none of %(allowed)s (%(column)s).")
            self._refuse(found, sentence, name, cell, allowed=import_columns.allowed(KINDS[name]))
        return value or usual

    def _department(self, cell: str | None, found: list[Objection]) -> Department | None:
        if cell is None:
            return None
        if (department := self.register.departments.get(folded(cell))) is None:
            self._refuse(found, N_("There is no department “%(value)s” (%(column)s)."), "department", cell)
        return department

    def _respondent(self, cell: str | None, found: list[Objection]) -> Person | None:
        if cell is None:
            return None
        match self.register.people.get(folded(cell), []):
            case [person]:
                return person
            case []:
                self._refuse(found, N_("Nobody here is called “%(value)s” (%(column)s)."), "respondent", cell)
            case _:
                sentence = N_("Several people are called “%(value)s”; give the account name (%(column)s).")
                self._refuse(found, sentence, "respondent", cell)
        return None

    def _refuse(self, found: list[Objection], sentence: str, field: str, cell: str, **values: str) -> None:
        shown = cell if len(cell) <= LINES["order_number"] else f"{cell[: LINES['order_number']]}…"
        found.append(Objection(INVALID, sentence, field=field, value=shown, column=self._heading(field), **values))

    def _heading(self, field: str) -> str:
        return self.headings[self.plan.fields.index(field)]


def objections_to(filing: Filing, *, by: Actor, at: datetime) -> list[Objection]:
    """Everything that stands in the way of filing this, without taking a number for it."""
    place = Complaint(
        respondent_id=filing.respondent.id if filing.respondent else None,
        department_id=filing.department.id if filing.department else None,
    )
    step = Step(place, by, at, said=filing.said(), chosen=filing.chosen())
    rule = COMPLAINT.rule_named("file")
    if (not_theirs := rule.by(step)) is not None:
        return [not_theirs]
    others = (guard(step) for guard in rule.unless)
    return [o for o in (*others, *too_long(step.said)) if o is not None]
