"""A settled pay day as a sheet for payroll: one line for each employee, amounts as numbers, the sums below.

No cell is a formula: what begins like one is made plain text.
"""

import io
from decimal import Decimal
from typing import Any

from flask import Response, send_file
from flask_babel import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from models import Payday
from web import payday_page
from web.complaint_export import EXCEL_TYPE
from web.moment import local
from web.moment import month as in_words
from web.payday_page import Row, Totals
from web.session import db
from workflow import payday_books as books
from workflow.payday_reckoning import Limits
from workflow.texts import harmless

MONEY = "#,##0.00"
WIDTHS = (10, 16, 16, 16, 13, 13, 13, 13, 13, 13, 15, 60)
BOLD = Font(bold=True)


def sheet_of(payday: Payday) -> Response:
    rows, forfeited = _rows(payday), _forfeited(payday)
    book = Workbook(write_only=True)
    sheet = book.create_sheet(payday.month)
    sheet.freeze_panes = "B4"
    for letter, width in zip("ABCDEFGHIJKL", WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.append([_bold(sheet, _("Pay day of %(month)s", month=in_words(payday.month)))])
    sheet.append([_text(sheet, _("Settled %(at)s. In yuan.", at=f"{local(payday.settled_at):%Y-%m-%d %H:%M}"))])
    sheet.append([_bold(sheet, heading) for heading in _headings()])
    for row in rows:
        sheet.append(_cells(sheet, row, forfeited.get(row.person.id, 0)))
    sheet.append(_sums(sheet, Totals.of([row.line for row in rows]), sum(forfeited.values())))
    return _attached(book, payday.month)


def _rows(payday: Payday) -> list[Row]:
    lines, limits = payday_page.readable(books.lines_of(db(), payday)), Limits(payday.cap_percent, payday.minimum_wage)
    people = books.people(db(), [line.person_id for line in lines])
    return [payday_page.row_of(people[line.person_id], line, limits, payday.month) for line in lines]


def _forfeited(payday: Payday) -> dict[int, int]:
    found: dict[int, int] = {}
    for loss in payday_page.readable(books.forfeited_until(db(), payday)):
        found[loss.person_id] = found.get(loss.person_id, 0) + loss.fen
    return found


def _headings() -> list[str]:
    return [
        _("Name"), _("Account"), _("Department"), _("Post"), _("Wage of the month"), _("Owed"), _("This month"),
        _("Paid back"), _("Rewards"), _("Carried"), _("Commission forfeited (not counted)"), _("How it is computed"),
    ]  # fmt: skip


def _cells(sheet: Any, row: Row, forfeited: int) -> list[Any]:
    person, line = row.person, row.line
    texts = [_text(sheet, text) for text in (person.name, person.username, row.department, row.post)]
    sums = (line.wage, line.owed, line.deducted, line.refunded, line.rewarded, line.carried, forfeited)
    return [*texts, *(_money(sheet, fen) for fen in sums), _text(sheet, row.how)]


def _sums(sheet: Any, totals: Totals, forfeited: int) -> list[Any]:
    sums = (totals.owed, totals.deducted, totals.refunded, totals.rewarded, totals.carried, forfeited)
    cells = [_money(sheet, fen) for fen in sums]
    for cell in cells:
        cell.font = BOLD
    return [_bold(sheet, _("Total")), None, None, None, None, *cells]


def _money(sheet: Any, fen: int) -> Any:
    cell = WriteOnlyCell(sheet, Decimal(fen) / 100)
    cell.number_format = MONEY
    return cell


def _text(sheet: Any, text: str) -> Any:
    """A cell that says by its type that it is text, whatever it begins with."""
    cell = WriteOnlyCell(sheet, harmless(text))
    cell.data_type = "s"
    return cell


def _bold(sheet: Any, text: str) -> Any:
    cell = _text(sheet, text)
    cell.font = BOLD
    return cell


def _attached(book: Workbook, month: str) -> Response:
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    response = send_file(file, EXCEL_TYPE, as_attachment=True, download_name=f"{_('payroll')}-{month}.xlsx")
    response.headers["Cache-Control"] = "private, no-store"
    return response
