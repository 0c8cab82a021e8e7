"""The results of an assessment as an Excel file: the same rows and figures as the page, by the same veil."""

import io
from decimal import Decimal, InvalidOperation

from flask import Response, send_file
from flask_babel import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from models import Assessment
from web import log
from web.assessment_table import Cell, Row, Table
from web.complaint_export import EXCEL_TYPE, LONGEST_CELL
from web.session import me
from workflow.texts import harmless


def export(of: Assessment, table: Table) -> Response:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("All results"))
    sheet.freeze_panes = "B2"
    for line in [_headings(table), *(_cells(row, table) for row in table.rows)]:
        sheet.append([cell_of(sheet, cell) for cell in line])
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


def _headings(table: Table) -> list[str]:
    return [
        table.people, *([_("Department")] if table.shows_department else []), *table.headings,
        *([_("Total"), _("Period before"), _("Rank")] if table.has_total else []),
        *([_("Grade")] if table.has_grades else []),
    ]  # fmt: skip


def _cells(row: Row, table: Table) -> list[str]:
    return [
        row.name, *([row.department] if table.shows_department else []), *map(_told, row.cells),
        *([_told(row.total), row.before, str(row.place or "")] if table.has_total else []),
        *([row.grade] if table.has_grades else []),
    ]  # fmt: skip


def _told(cell: Cell) -> str:
    return cell.value or cell.missing


def cell_of(sheet: object, text: str) -> WriteOnlyCell:
    """A number is one, so that it can be added up; all else is text, whatever it begins with."""
    try:
        cell = WriteOnlyCell(sheet, float(Decimal(text.replace(",", ""))))
    except (InvalidOperation, ValueError):
        cell = WriteOnlyCell(sheet, harmless(text)[:LONGEST_CELL])
        cell.data_type = "s"
    return cell
