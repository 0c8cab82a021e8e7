"""A survey as an Excel workbook: what the page shows, and nothing beyond it. No cell is a formula."""

import io
import re
from typing import Any

from flask import Response, send_file
from flask_babel import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from web import log
from web.complaint_export import EXCEL_TYPE
from web.filters import score
from web.moment import local
from web.session import me, now
from web.survey_sheet import AnswerRow, Row, Table
from workflow.texts import harmless

LONGEST_CELL = 32_000
FORBIDDEN_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


def workbook(title: str, table: Table, answers: list[AnswerRow]) -> Response:
    book = Workbook(write_only=True)
    _sheet(
        book, _("Survey results"), [_headings(table), *([*_cells(row, table)] for row in (*table.rows, table.whole))]
    )
    if answers:
        _sheet(book, _("Answers"), [_answer_headings(), *map(_answer_cells, answers)])
    log.logger.info("download", what="survey", by=me().id, rows=len(answers), reference=log.reference())
    return attached(book, title)


def attached(book: Workbook, title: str) -> Response:
    """The workbook under the survey's name and the day, kept by nobody on the way."""
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    name = f"{title}-{local(now()):%Y%m%d}.xlsx".replace("/", "-")
    response = send_file(file, EXCEL_TYPE, as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def sheet_name(title: str) -> str:
    """The title as Excel takes it for a sheet: 31 characters, without those that it forbids."""
    return FORBIDDEN_IN_NAMES.sub(" ", title).strip("' ")[:31] or "-"


def sheet(book: Workbook, name: str, lines: list[list[Any]]) -> None:
    """A sheet of text and whole numbers, headings first."""
    _sheet(book, name, lines)


def _sheet(book: Workbook, name: str, lines: list[list[Any]]) -> None:
    found = book.create_sheet(sheet_name(name))
    found.freeze_panes = "B2"
    for line in lines:
        found.append([_cell(found, value) for value in line])


def _cell(sheet: Any, value: object) -> Any:
    if isinstance(value, int):
        return value
    cell = WriteOnlyCell(sheet, harmless(str(value))[:LONGEST_CELL])
    cell.data_type = "s"
    return cell


def _headings(table: Table) -> list[Any]:
    usual = [_("About"), _("Invited"), _("Answered"), _("Declined"), _("Unreachable"), _("Response rate"), _("Answers")]
    return [*usual, *table.questions]


def _cells(row: Row, table: Table) -> list[Any]:
    progress = row.progress
    counts = [progress.invited, progress.answered, progress.refused, progress.unreachable]
    rate = "" if progress.rate is None else score(progress.rate)
    means = row.means or [_("fewer than five answers") if row.answers else ""] * len(table.questions)
    return [row.name, *counts, rate, row.answers, *means]


def _answer_headings() -> list[Any]:
    return [_("Day"), _("Customer"), _("About"), _("How it came"), _("What was answered"), _("In the customer's words"),
            _("Complaint")]  # fmt: skip


def _answer_cells(row: AnswerRow) -> list[Any]:
    values = "\n".join(f"{title}: {value}" for title, value in row.values)
    words = "\n".join([*(f"{title}: {text}" for title, text in row.comments), row.answer.words]).strip()
    return [f"{local(row.answer.at):%Y-%m-%d}", row.customer, row.about, row.way, values, words, row.complaint]
