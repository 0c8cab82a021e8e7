"""The results of an assessment as an Excel file: what its page shows, by the same veil, as numbers to reckon with."""

import io
import re
from collections.abc import Mapping
from decimal import Decimal

from flask import Response, send_file
from flask_babel import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from models import Assessment
from web import log
from web.assessment_table import Comparison, Row, Table
from web.assessment_words import unit_words
from web.complaint_export import EXCEL_TYPE, LONGEST_CELL
from web.filters import MINUS
from web.language import is_chinese
from web.session import me
from web.survey_export import attached, sheet_name
from workflow.texts import harmless

# As `number` writes one, and signed.
NUMBER = re.compile(rf"[-+{MINUS}]?\d[\d,]*(\.\d+)?")


def export(of: Assessment, table: Table, comparison: Comparison) -> Response:
    """All results, and the departments beside each other where the reader sees several."""
    book = Workbook(write_only=True)
    aims = {at for row in table.rows for at, cell in enumerate(row.cells) if cell.aim}
    sheet(book, _("All results"), [_headings(table, aims), *(_cells(row, table, aims) for row in table.rows)])
    if comparison.bars:
        heading = _of_unit(comparison.title, unit_words(comparison.unit))
        lines = [[bar.name, str(bar.count), str(bar.value), _number(bar.value_before)] for bar in comparison.bars]
        sheet(book, _("Departments"), [[_("Department"), _("Counted"), heading, _("Previous period")], *lines])
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    log.logger.info(
        "download", what="assessment", by=me().id, key=of.id, rows=len(table.rows), reference=log.reference()
    )
    name = f"{_('assessment')}-{of.regulation}-{of.period}.xlsx"
    response = send_file(file, EXCEL_TYPE, as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def given(name: str, sheets: Mapping[str, list[list[str]]], *, what: str) -> Response:
    """A workbook of these sheets, headings first, under this name and the day; the log is told of it as `what`."""
    book = Workbook(write_only=True)
    for title, lines in sheets.items():
        sheet(book, title, lines)
    rows = sum(len(lines) - 1 for lines in sheets.values())
    log.logger.info("download", what=what, by=me().id, rows=rows, reference=log.reference())
    return attached(book, name)


def sheet(book: Workbook, title: str, lines: list[list[str]]) -> None:
    """A sheet of words and numbers, headings first."""
    found = book.create_sheet(sheet_name(title))
    found.freeze_panes = "B2"
    for line in lines:
        found.append([cell_of(found, cell) for cell in line])


def _headings(table: Table, aims: set[int]) -> list[str]:
    return [
        table.people, *([_("Department")] if table.shows_department else []),
        *([_("Rank"), _("Total"), _("Factor"), _("Previous period")] if table.has_total else []),
        *([_("Grade")] if table.has_grades else []),
        *(heading for at in range(len(table.headings)) for heading in _of_measure(table, at, has_target=at in aims)),
    ]  # fmt: skip


def _of_measure(table: Table, at: int, *, has_target: bool) -> list[str]:
    """The measure with its unit, and its target where there is one."""
    heading = _of_unit(table.headings[at], table.units[at])
    return [heading, f"{heading} · {_('Target')}"] if has_target else [heading]


def _of_unit(title: str, unit: str) -> str:
    return f"{title}（{unit}）" if is_chinese() else f"{title} ({unit})"


def _cells(row: Row, table: Table, aims: set[int]) -> list[str]:
    total = [str(row.place or ""), row.total.value or row.total.missing, row.factor.removeprefix("× "), row.before]
    return [
        row.name, *([row.department] if table.shows_department else []), *(total if table.has_total else []),
        *([row.grade] if table.has_grades else []),
        *(told for at, cell in enumerate(row.cells)
          for told in (cell.number or cell.missing, *([cell.aim] if at in aims else []))),
    ]  # fmt: skip


def _number(value: Decimal | None) -> str:
    return str(value) if value is not None else ""


def cell_of(sheet: object, text: str) -> WriteOnlyCell:
    """A number is one, so that it can be added up; all else is text, whatever it begins with."""
    if NUMBER.fullmatch(text):
        return WriteOnlyCell(sheet, float(text.replace(",", "").replace(MINUS, "-")))
    cell = WriteOnlyCell(sheet, harmless(text)[:LONGEST_CELL])
    cell.data_type = "s"
    return cell
