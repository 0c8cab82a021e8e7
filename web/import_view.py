"""What the pages of an import show: columns with examples, the first rows as they would be filed, bad rows."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from unicodedata import normalize

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from jobs.imports import objections_of
from models import Category, Channel, ComplaintImport, ImportState, Person, Severity
from pdf import fonts
from web import moment
from web.filters import sentence
from web.import_form import Form
from web.label import label
from web.plain_text import listed
from web.session import db
from workflow import import_columns, import_table, importing
from workflow.import_excel import Row
from workflow.import_row import Reading
from workflow.import_text import tidy

FIRST_ROWS, EXAMPLES, SHOWN_REFUSED = 5, 3, 50
LONGEST_EXAMPLE = 40
# Beside the plan of an import: for each column, the characters of all its rows that no letter can print.
UNPRINTABLE, MOST_NAMED = "unprintable", 20
PRINTED = ("description", "description_note", "demand", "vehicle", "vehicle_model", "order_number")


@dataclass(frozen=True)
class Column:
    """One column of the file, with examples of what stands in it."""

    number: int
    heading: str
    examples: list[str]
    field: str

    @property
    def name(self) -> str:
        return f"column-{self.number}"


@dataclass(frozen=True)
class BadRow:
    number: int
    reasons: list[str]


@dataclass(frozen=True)
class Preview:
    """What would be filed."""

    found: ComplaintImport
    form: Form
    columns: list[Column]
    readings: list[Reading]
    bad: list[BadRow]
    more_bad: int
    looked_at: int
    earlier: ComplaintImport | None
    unprintable: str

    @property
    def choices(self) -> list[tuple[str, str]]:
        return [("", _("not imported")), *((field.name, _(field.label)) for field in import_columns.FIELDS)]

    @property
    def channels(self) -> list[tuple[str, str]]:
        return [(value.value, label(value)) for value in Channel]

    @property
    def categories(self) -> list[tuple[str, str]]:
        return [(value.value, label(value)) for value in Category]

    @property
    def severities(self) -> list[tuple[str, str]]:
        return [(value.value, label(value)) for value in Severity]

    @property
    def all_were_looked_at(self) -> bool:
        return self.looked_at >= self.found.total

    @property
    def can_start(self) -> bool:
        """Not when every row is known to be bad."""
        return self.good > 0 or not self.all_were_looked_at

    @property
    def good(self) -> int:
        return self.looked_at - len(self.bad) - self.more_bad


@dataclass(frozen=True)
class Report:
    """What has been filed so far, and what has not."""

    found: ComplaintImport
    bad: list[BadRow]
    more_bad: int
    url: str
    ended: str

    @property
    def refused(self) -> int:
        return len(self.bad) + self.more_bad

    @property
    def headline(self) -> str:
        if self.found.state is not ImportState.DONE:
            return _("%(seen)d of %(total)d rows read", seen=self.found.seen, total=self.found.total)
        return ngettext("%(num)d complaint added", "%(num)d complaints added", self.found.added)


def looked_through(content: bytes, file_name: str, *, by: Person, at: datetime) -> ComplaintImport:
    """A new import of this file, with the most likely meaning of its columns; Refused if it is no table.

    Every row is counted, and what no letter can print is noted for each column, whatever the column will mean.
    """
    table = import_table.read(content)
    first = list(islice(table.rows, FIRST_ROWS))
    total, characters = 0, [set[str]() for _heading in table.headings]
    for row in chain(first, table.rows):
        total += 1
        for seen, cell in zip(characters, row.cells, strict=True):
            seen.update(normalize("NFC", cell))
    plan = importing.plan_for(table.headings, first)
    return ComplaintImport(
        key=secrets.token_hex(16), file_name=file_name, digest=hashlib.sha256(content).hexdigest(),
        state=ImportState.PREVIEW, columns=plan.as_json() | {UNPRINTABLE: _without_glyphs(characters)}, total=total,
        refused=[], uploaded_at=at, uploaded_by_id=by.id,
    )  # fmt: skip


def preview_of(
    found: ComplaintImport, form: Form, headings: Sequence[str], rows: Sequence[Row], readings: list[Reading]
) -> Preview:
    bad = [BadRow(r.number, list(map(sentence, r.objections))) for r in readings if r.objections]
    good = [reading for reading in readings if not reading.objections]
    return Preview(
        found=found, form=form, columns=_columns(form, headings, rows), readings=good[:FIRST_ROWS],
        bad=bad[:SHOWN_REFUSED], more_bad=len(bad[SHOWN_REFUSED:]), looked_at=len(rows), earlier=_earlier(found),
        unprintable=_unprintable(found, form),
    )  # fmt: skip


def _without_glyphs(characters: Sequence[set[str]]) -> list[str]:
    """What is not seen is left out by the import itself."""
    return ["".join(filter(tidy, fonts.missing("".join(sorted(seen)))))[:MOST_NAMED] for seen in characters]


def _unprintable(found: ComplaintImport, form: Form) -> str:
    """Of all rows, in the columns that become text of a letter; a name that has such a character refuses its row."""
    kept = found.columns.get(UNPRINTABLE, ())
    assert isinstance(kept, (list, tuple))
    texts = [missing for missing, field in zip(kept, form.fields, strict=False) if field in PRINTED]
    return listed(fonts.unprintable("".join(texts)))


def report_of(found: ComplaintImport) -> Report:
    shown = found.refused[:SHOWN_REFUSED]
    return Report(
        found=found,
        bad=[BadRow(int(str(row["row"])), list(map(sentence, objections_of(row)))) for row in shown],
        more_bad=len(found.refused) - len(shown),
        url=url_for("imports.show", key=found.key),
        ended=moment.moment(found.finished_at) if found.finished_at else "",
    )


def _columns(form: Form, headings: Sequence[str], rows: Sequence[Row]) -> list[Column]:
    return [
        Column(number, heading or _("column %(number)d", number=number + 1), _examples(rows, number), field)
        for number, (heading, field) in enumerate(zip(headings, [*form.fields, *[""] * len(headings)], strict=False))
    ]


def _examples(rows: Sequence[Row], column: int) -> list[str]:
    cells = dict.fromkeys(row.cells[column] for row in rows if row.cells[column])
    return [f"{cell[:LONGEST_EXAMPLE]}…" if len(cell) > LONGEST_EXAMPLE else cell for cell in islice(cells, EXAMPLES)]


def _earlier(found: ComplaintImport) -> ComplaintImport | None:
    """The last import of exactly this file."""
    query = (
        select(ComplaintImport)
        .where(ComplaintImport.digest == found.digest, ComplaintImport.state == ImportState.DONE)
        .order_by(ComplaintImport.id.desc())
        .limit(1)
    )
    return db().scalars(query).first()
