"""The list as a file, for Excel or as CSV: the same cases and the same veil as the page.

A cell that a spreadsheet would run as a formula is made plain text. Who took how much is logged.
"""

import csv
import io
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask import Response, abort, send_file
from flask_babel import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from models import Complaint
from web import log
from web.complaint_rows import Row, row
from web.label import label
from web.moment import local
from web.session import actor, me, now
from workflow import complaint_list
from workflow.complaint_list import EXPORTED, Asked
from workflow.complaint_reach import reach_of
from workflow.texts import harmless

FORMATS = {"xlsx": "Excel", "csv": "CSV"}
CSV_TYPE = "text/csv; charset=utf-8"
EXCEL_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_CELL = 32_000


def export(asked: Asked, form: str) -> Response:
    """The file asked for."""
    if form not in FORMATS:
        abort(404)
    found = complaint_list.everything(asked, by=actor(), at=now())
    hides = complaint_list.hides_customers(reach_of(actor()), actor())
    rows = [row(complaint, hides_customer=hides) for complaint in found]
    table = [_headings(), *(_cells(complaint, line) for complaint, line in zip(found, rows, strict=True))]
    if len(found) == EXPORTED:
        table.append([_("The list goes on; a file holds at most %(number)d complaints.", number=EXPORTED)])
    log.logger.info("download", what="complaints", by=me().id, rows=len(found), reference=log.reference())
    return _as_csv(table) if form == "csv" else _as_excel(table)


def _headings() -> list[str]:
    return [
        _("Case number"), _("Filed at"), _("Customer"), _("Phone"), _("What the customer says"), _("Channel"),
        _("Category"), _("Severity"), _("State"), _("Department"), _("Respondent"), _("Next deadline"),
        _("Tell the customer by"),
    ]  # fmt: skip


def _cells(complaint: Complaint, line: Row) -> list[str]:
    return [
        line.number, _moment(complaint.filed_at), line.customer, line.phone, line.words, label(complaint.channel),
        label(complaint.category), label(line.severity), label(line.state), line.department, line.respondent,
        _moment(line.clock.due) if line.clock is not None else "", _moment(complaint.statutory_due_at),
    ]  # fmt: skip


def _moment(at: datetime) -> str:
    return f"{local(at):%Y-%m-%d %H:%M}"


def _as_csv(table: Iterable[list[str]]) -> Response:
    file = io.StringIO()
    csv.writer(file).writerows([harmless(cell) for cell in line] for line in table)
    # The mark tells Excel that the file is in UTF-8.
    return _attached(io.BytesIO(file.getvalue().encode("utf-8-sig")), CSV_TYPE, "csv")


def _as_excel(table: Iterable[list[str]]) -> Response:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Complaints"))
    sheet.freeze_panes = "B2"
    for line in table:
        sheet.append([_text_cell(sheet, cell) for cell in line])
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return _attached(file, EXCEL_TYPE, "xlsx")


def _text_cell(sheet: Any, text: str) -> WriteOnlyCell:
    """A cell that says by its type that it is text, whatever it begins with."""
    cell = WriteOnlyCell(sheet, harmless(text)[:LONGEST_CELL])
    cell.data_type = "s"
    return cell


def _attached(file: io.BytesIO, media_type: str, ending: str) -> Response:
    name = f"{_('complaints')}-{local(now()):%Y%m%d-%H%M}.{ending}"
    response = send_file(file, media_type, as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response
