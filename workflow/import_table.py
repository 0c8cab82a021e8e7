"""A file as rows of text: CSV in UTF-8 or GB18030, with comma, semicolon or tab; or Excel.

What a file is, its bytes say and not its name. A row that cannot be read whole is handed on with
what is wrong with it; only a file that is no table at all is refused.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice

from workflow import import_columns
from workflow.import_excel import Row, is_zip, rows_of_workbook
from workflow.process import INVALID, N_, Objection, Refused

# How many cells of a row are headings.
Known = Callable[[Sequence[str]], int]
DELIMITERS = ",;\t|，"
# A heading stands near the top; above it may be a title.
WHERE_HEADINGS_ARE = 10
MOST_ROWS, MOST_COLUMNS, MOST_BYTES = 50_000, 100, 100 * 1024 * 1024
# A quoted text may run over some lines; one that never ends must not swallow the rows below it.
LONGEST_RECORD = 100
UNREADABLE = "\N{REPLACEMENT CHARACTER}"
MOSTLY_UNREADABLE = 0.01
A_PICTURE = N_("This is a picture and not a table.")
NOT_TABLES = {
    b"\xd0\xcf\x11\xe0": N_(
        "This is an old or a locked Excel file. Save it as .xlsx without a password, then upload it again."
    ),
    b"%PDF": N_("This is a PDF and not a table."),
    b"\x89PNG": A_PICTURE,
    b"\xff\xd8\xff": A_PICTURE,
    b"<": N_("This is a web page, whatever its name says. Open it in Excel, save it as .xlsx, then upload it again."),
}


@dataclass(frozen=True)
class Table:
    """Headings, and the rows below them that are not empty, read as they are asked for; in which sheet they stand."""

    headings: list[str]
    rows: Iterator[Row]
    sheet: str = ""


def read(content: bytes, known: Known = import_columns.known) -> Table:
    """The table in a file, its headings in the row of which `known` knows most cells; Refused says why it is none."""
    if len(content) > MOST_BYTES:
        raise _refused(N_("This file is too large."))
    if not content.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise _refused(N_("This file is empty."))
    _refuse_other_kinds(content)
    records = rows_of_workbook(content) if is_zip(content) else _rows_of_text(content, known)
    return _table(records, known)


def _refuse_other_kinds(content: bytes) -> None:
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:512]
    for mark, sentence in NOT_TABLES.items():
        if start.startswith(mark):
            raise _refused(sentence)


def _table(records: Iterable[Row], known: Known) -> Table:
    records = iter(records)
    first = list(islice(records, WHERE_HEADINGS_ARE))
    filled = [row for row in first if any(row.cells)]
    if not filled:
        raise _refused(N_("This file is empty."))
    top = max(filled, key=lambda row: known(row.cells))
    headings = _trimmed(top.cells)
    if len(headings) > MOST_COLUMNS:
        raise _refused(N_("This table has more than %(most)d columns."), most=MOST_COLUMNS)
    return Table(headings, _below(top, headings, chain(first[first.index(top) + 1 :], records)), top.sheet)


def _below(top: Row, headings: list[str], rows: Iterable[Row]) -> Iterator[Row]:
    count = 0
    for row in rows:
        if not any(row.cells) or _trimmed(row.cells) == headings:
            continue
        count += 1
        if count > MOST_ROWS:
            sentence = N_("This file has more than %(most)s rows. Please split it into several files.")
            raise _refused(sentence, most=f"{MOST_ROWS:,}")
        yield _fitted(row, headings)


def _fitted(row: Row, headings: list[str]) -> Row:
    """The row with as many cells as there are headings."""
    objections = list(row.objections)
    if any(row.cells[len(headings) :]):
        objections.append(
            Objection(INVALID, N_("This row has more cells than there are headings; a separator may stand in a text."))
        )
    missing = len(headings) - len(row.cells)
    return replace(row, cells=[*row.cells[: len(headings)], *[""] * missing], objections=objections)


def _trimmed(cells: list[str]) -> list[str]:
    end = next((i for i in range(len(cells), 0, -1) if cells[i - 1]), 0)
    return cells[:end]


def _rows_of_text(content: bytes, known: Known) -> Iterator[Row]:
    text = _decoded(content)
    lines = list(io.StringIO(text, newline=""))
    delimiter = _delimiter(lines, known)
    if lines and lines[0].strip().lower().startswith("sep="):
        del lines[0]
    for number, (cells, objections) in enumerate(_records(lines, delimiter), start=1):
        if any(UNREADABLE in cell for cell in cells):
            objections.append(Objection(INVALID, N_("Some characters of this row could not be read.")))
        yield Row(number, [cell.strip() for cell in cells], objections)


def _decoded(content: bytes) -> str:
    """The text in the encoding that fits; a few damaged characters only damage their rows."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = content.decode("utf-16", "replace")
    else:
        readings = (content.decode(encoding, "replace") for encoding in ("utf-8-sig", "gb18030"))
        text = min(readings, key=lambda text: text.count(UNREADABLE))
    if "\0" in text or text.count(UNREADABLE) > len(text) * MOSTLY_UNREADABLE:
        raise _refused(N_("This is neither Excel (.xlsx) nor text in UTF-8 or GB18030."))
    return text


def _delimiter(lines: list[str], known: Known) -> str:
    """What separates the cells: the sign by which the most headings are recognised."""
    if lines and lines[0].strip().lower().startswith("sep="):
        return lines[0].strip()[len("sep=") :][:1] or ","
    top = lines[:WHERE_HEADINGS_ARE]

    def recognised(delimiter: str) -> tuple[int, int]:
        rows = [cells for cells, _ in _records(top, delimiter)]
        return max(map(known, rows), default=0), max(map(len, rows), default=0)

    return max(DELIMITERS, key=recognised)


def _records(lines: list[str], delimiter: str) -> Iterator[tuple[list[str], list[Objection]]]:
    start = 0
    while start < len(lines):
        group = _until_the_quote_closes(lines, start, delimiter)
        yield from _cells(group, delimiter)
        start += len(group)


def _until_the_quote_closes(lines: list[str], start: int, delimiter: str) -> list[str]:
    """The lines of one record; a line alone when what follows its quotation mark makes no sense."""
    quotes = 0
    for end in range(start, min(start + LONGEST_RECORD, len(lines))):
        quotes += lines[end].count('"')
        if quotes % 2 == 0:
            group = lines[start : end + 1]
            return group if end == start or not _is_malformed(group, delimiter) else group[:1]
    return lines[start : start + 1]


def _cells(group: list[str], delimiter: str) -> list[tuple[list[str], list[Objection]]]:
    objections = []
    if sum(line.count('"') for line in group) % 2 and _is_malformed(group, delimiter):
        objections = [Objection(INVALID, N_("A quotation mark is not closed."))]
    try:
        return [(cells, objections[:]) for cells in csv.reader(group, delimiter=delimiter)]
    except csv.Error:
        return [(["".join(group)], [Objection(INVALID, N_("This row cannot be read."))])]


def _is_malformed(group: list[str], delimiter: str) -> bool:
    try:
        list(csv.reader(group, delimiter=delimiter, strict=True))
    except csv.Error:
        return True
    return False


def _refused(sentence: str, **values: object) -> Refused:
    return Refused([Objection(INVALID, sentence, **values)])
