"""An Excel workbook as rows of text: the first visible sheet that has any, values and not formulas."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import chain
from typing import Any
from xml.etree import ElementTree

from workflow.process import INVALID, N_, Objection, Refused

# What unfolds to more than this was made to fill the memory, and empty rows without end to keep it busy.
MOST_UNFOLDED = 64 * 1024 * 1024
MOST_ROWS_WITH_EMPTY, LONGEST_CELL = 120_000, 20_000
MOST_MERGED = 100_000
ERRORS = frozenset(("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"))
_MERGE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}mergeCell"
_RANGE = re.compile(r"([A-Z]{1,3})(\d+):[A-Z]{1,3}(\d+)")
NOT_EXCEL = (KeyError, ValueError, TypeError, AttributeError, zipfile.BadZipFile, ElementTree.ParseError)


@dataclass(frozen=True)
class Row:
    """One row with its number as a spreadsheet counts, and what is wrong with it as it stands.

    `merged` are the columns whose cell is merged with one above it and repeats what stands there; `sheet` is the name
    of the sheet, nothing in a text file.
    """

    number: int
    cells: list[str]
    objections: list[Objection] = field(default_factory=list)
    merged: frozenset[int] = frozenset()
    sheet: str = ""


def is_zip(content: bytes) -> bool:
    return content.startswith(b"PK\x03\x04")


def rows_of_workbook(content: bytes) -> Iterator[Row]:
    """The rows of the workbook, each with its number in the sheet."""
    from openpyxl import load_workbook

    _check_the_archive(content)
    try:
        for sheet in load_workbook(io.BytesIO(content), read_only=True, data_only=True).worksheets:
            rows = _rows(sheet, _merged_below(content, sheet))
            if sheet.sheet_state == "visible" and (first := next((r for r in rows if any(r.cells)), None)):
                yield from chain([first], rows)
                return
    except NOT_EXCEL:
        raise _no_workbook() from None


def _check_the_archive(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unfolded = sum(entry.file_size for entry in archive.infolist())
            if "xl/workbook.xml" not in archive.namelist():
                raise _no_workbook()
    except zipfile.BadZipFile:
        raise _no_workbook() from None
    if unfolded > MOST_UNFOLDED:
        raise _too_large()


def _rows(sheet: Any, merged: dict[tuple[int, int], int]) -> Iterator[Row]:
    sheet.reset_dimensions()  # some programs write dimensions that are not true
    above: dict[tuple[int, int], str] = {}
    for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
        if number > MOST_ROWS_WITH_EMPTY:
            raise _too_large()
        cells, repeated = [_text(value) for value in values], set[int]()
        for column, cell in enumerate(cells, start=1):
            if (top := merged.get((number, column))) is not None:
                cells[column - 1] = above.get((top, column), "")
                repeated.add(column - 1)
            elif merged and cell:
                above[number, column] = cell
        broken = sorted({cell for cell in cells if cell in ERRORS})
        sentence = N_("“%(value)s” is an error in the spreadsheet.")
        wrong = [Objection(INVALID, sentence, value=cell) for cell in broken]
        yield Row(number, cells, wrong, frozenset(repeated), sheet.title)


def _text(value: object) -> str:
    """A cell as it would be typed."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if value.time() == time() else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)[:LONGEST_CELL].strip()


def _merged_below(content: bytes, sheet: Any) -> dict[tuple[int, int], int]:
    """For each cell under the first of a merged range: the row of that first one."""
    from openpyxl.utils import column_index_from_string

    found: dict[tuple[int, int], int] = {}
    rows = 0
    with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open(sheet._worksheet_path) as file:
        for _, element in ElementTree.iterparse(file):  # noqa: S314 - expat limits what entities unfold to
            if element.tag == _MERGE and (merged := _RANGE.fullmatch(element.get("ref", ""))):
                column, first, last = column_index_from_string(merged[1]), int(merged[2]), int(merged[3])
                found |= {(row, column): first for row in range(first + 1, min(last, first + 1000) + 1)}
            if element.tag.endswith("}row"):
                element.clear()
                rows += 1
            if rows > MOST_ROWS_WITH_EMPTY:
                raise _too_large()
            if len(found) > MOST_MERGED:
                break
    return found


def _too_large() -> Refused:
    return Refused([Objection(INVALID, N_("This file is too large."))])


def _no_workbook() -> Refused:
    return Refused([Objection(INVALID, N_("This is neither Excel (.xlsx) nor text in UTF-8 or GB18030."))])
