"""The form in which a new edition is filled in: every field with what stands in it, in groups of rows.

What was typed and could not be understood stands there again, with the objection beside it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import groupby

from flask import request
from flask_babel import gettext as _

from models import RegulationDraft
from web import regulation_words as words
from web.form import LONGEST, Wrong
from workflow import regulation_draft as drafts
from workflow.limit import Limit
from workflow.process import N_
from workflow.regulation_fields import Content, Field, Kind, Value, editable, fields_of, value_at

UNITS = {
    "hours": N_("hours"),
    "days": N_("days"),
    "working_hours": N_("working hours"),
    "working_days": N_("working days"),
}
INPUTS = {
    Kind.FINE: {"inputmode": "decimal", "maxlength": "12"},
    Kind.POINTS: {"maxlength": "8"},
    Kind.LIMIT: {"inputmode": "numeric", "maxlength": "6"},
    Kind.SHARE: {"inputmode": "numeric", "maxlength": "4"},
    Kind.MONTHS: {"inputmode": "numeric", "maxlength": "4"},
    Kind.TEXT: {"maxlength": "2000"},
}
AFTER = {Kind.FINE: N_("yuan"), Kind.MONTHS: N_("months")}


@dataclass(frozen=True)
class Input:
    """One field as it is filled in; a limit has its unit beside it."""

    name: str
    label: str
    value: str
    after: str = ""
    error: str = ""
    is_long: bool = False
    attributes: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""
    units: list[tuple[str, str]] = field(default_factory=list)

    @property
    def id(self) -> str:
        return self.name.replace(".", "-")


@dataclass(frozen=True)
class Row:
    """Fields that belong together, with what is in force where the draft departs from it."""

    title: str
    inputs: list[Input]
    before: str = ""
    is_blank: bool = False
    needs_no_labels: bool = False

    @property
    def id(self) -> str:
        return f"row-{self.inputs[0].id}"


@dataclass(frozen=True)
class Group:
    """A part of the regulation: its rows, and those that are folded away until they are needed."""

    key: str
    title: str
    rows: list[Row]
    folded: list[Row]

    @property
    def opens(self) -> bool:
        """What was typed wrong is never folded away."""
        return any(entry.error for row in self.folded for entry in row.inputs)


def groups(draft: RegulationDraft, wrong: Wrong) -> list[Group]:
    return _Form(draft, wrong).groups()


def typed() -> dict[str, str]:
    return {name: value[:LONGEST] for name, value in request.form.items()}


def seen() -> int:
    """Which version of the draft its writer had before them."""
    version = request.form.get("version", "")
    return int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0


def wrong_fields(draft: RegulationDraft, wrong: Wrong) -> list[tuple[str, str, str]]:
    """Where each mistake stands, what the field is called, and the objection."""
    ladders = words.Ladders()
    fields = [entry for entry in editable(fields_of(drafts.content_of(draft))) if wrong[entry.path]]
    return [
        (_name(entry).replace(".", "-"), f"{words.group(entry)} · {words.name(entry, ladders)}", wrong[entry.path])
        for entry in fields
    ]


def _name(entry: Field) -> str:
    return f"{entry.path}.number" if entry.kind is Kind.LIMIT else entry.path


class _Form:
    """One draft with what was typed over it."""

    def __init__(self, draft: RegulationDraft, wrong: Wrong) -> None:
        self.content, self.wrong, self.ladders = drafts.content_of(draft), wrong, words.Ladders()
        self.in_force: Content = draft.based_on.content
        self.typed = typed() if wrong else {}

    def groups(self) -> list[Group]:
        fields = editable(fields_of(self.content))
        return [self._group(key, list(found)) for key, found in groupby(fields, key=_group_of)]

    def _group(self, key: str, fields: list[Field]) -> Group:
        by_row = [list(found) for _, found in groupby(fields, key=_row_of)]
        free = [entry for row in by_row if self._is_free(row) for entry in row]
        rows = [self._row(row, self._title(row[0])) for row in by_row if not self._is_free(row)]
        folded = [self._free_step(list(found)) for _, found in groupby(free, key=_step_of)]
        if key == "texts":
            rows, folded = [], rows
        return Group(key=key, title=words.group(fields[0]), rows=rows, folded=folded)

    def _is_free(self, fields: list[Field]) -> bool:
        """Points that nobody pays, neither now nor in the draft."""
        return fields[0].kind is Kind.POINTS and not any(
            value_at(content, entry) for entry in fields for content in (self.content, self.in_force)
        )

    def _free_step(self, fields: list[Field]) -> Row:
        """A step that costs nothing: one row, in which the fields are called by whose points they are."""
        inputs = [
            replace(self._input(entry, value_at(self.content, entry)), label=_(words.ACCOUNTS[entry.parts[3]]))
            for entry in fields
        ]
        return Row(words.act(*fields[0].parts[1:3]), inputs)

    def _row(self, fields: list[Field], title: str) -> Row:
        values = {entry: value_at(self.content, entry) for entry in fields}
        departed = [entry for entry in fields if values[entry] != value_at(self.in_force, entry)]
        return Row(
            title=title,
            inputs=[self._input(entry, values[entry]) for entry in fields],
            before=" · ".join(self._before(entry) for entry in departed if entry.kind is not Kind.TEXT),
            is_blank=any(entry.kind is Kind.FINE and values[entry] is None for entry in fields),
            needs_no_labels=len(fields) == 1 and fields[0].kind in (Kind.LIMIT, Kind.POINTS),
        )

    def _before(self, entry: Field) -> str:
        told = words.value_in_words(entry, value_at(self.in_force, entry))
        return f"{self._label(entry)} {told}" if entry.kind is not Kind.LIMIT else told

    def _title(self, entry: Field) -> str:
        first, *rest = entry.parts
        match first:
            case "ladders":
                return self.ladders.named(rest[0])
            case "points":
                account = _("Head, when late") if rest[2].startswith("late_") else _(words.ACCOUNTS[rest[2]])
                return f"{words.act(*rest[:2])} · {account}"
            case "deadlines":
                return words.task(rest[0])
            case "rules":
                return rest[0]
            case _:
                return _("Title") if first == "title" else words.group(entry)

    def _label(self, entry: Field) -> str:
        first, *rest = entry.parts
        match first:
            case "ladders":
                return _(words.STEPS[rest[1]])
            case "points" if len(rest) == 4:
                return words.measure(rest[3])
            case "points":
                late = {"late_day": _("for each started day"), "late_most": _("at most")}
                return late.get(rest[2], _("In every case"))
            case "deadlines":
                return _("Within")
            case "rework_shares":
                return _(words.BEARERS[rest[0]])
            case "expires_after_months":
                return _("Counts for (nothing: for ever)")
            case _:
                return _(words.LANGUAGES[rest[-1]])

    def _input(self, entry: Field, value: Value) -> Input:
        name = _name(entry)
        unit = _unit(value)
        return Input(
            name=name, label=self._label(entry), value=self.typed.get(name, _written(entry, value)),
            after=_after(entry.kind), error=self.wrong[entry.path],
            is_long=entry.kind is Kind.TEXT, attributes=INPUTS[entry.kind],
            unit=self.typed.get(f"{entry.path}.unit", unit) if unit else "",
            units=[(key, _(word)) for key, word in UNITS.items()] if unit else [],
        )  # fmt: skip


def _after(kind: Kind) -> str:
    """What stands behind a number."""
    if kind is Kind.SHARE:
        return "%"
    return _(AFTER[kind]) if kind in AFTER else ""


def _group_of(entry: Field) -> str:
    """Title and rules together are the texts."""
    return "texts" if entry.kind is Kind.TEXT else entry.parts[0]


def _row_of(entry: Field) -> str:
    """What stands in one row: both amounts of a ladder, the points of one account, both prices of lateness."""
    parts = entry.parts
    if parts[0] == "points":
        return ".".join([*parts[:3], "late" if parts[3].startswith("late_") else parts[3]])
    return ".".join(parts[:1] if len(parts) < 3 and parts[0] != "deadlines" else parts[:2])


def _step_of(entry: Field) -> str:
    return ".".join(entry.parts[:3])


def _unit(value: Value) -> str:
    return next(iter(value.model_dump(exclude_none=True))) if isinstance(value, Limit) else ""


def _written(entry: Field, value: Value) -> str:
    """A value as it would be typed."""
    if isinstance(value, Limit):
        return str(next(iter(value.model_dump(exclude_none=True).values())))
    if isinstance(value, Decimal):
        return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"
    return "" if value is None else str(value)
