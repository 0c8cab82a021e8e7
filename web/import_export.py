"""The rows that could not be filed, as a file to correct and to upload again."""

import csv
import io

from flask_babel import gettext as _

from jobs.imports import objections_of
from models import ComplaintImport
from web.filters import sentence
from workflow.import_table import Table

# Where a spreadsheet would take a cell for a formula.
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def refused_rows(found: ComplaintImport, table: Table) -> bytes:
    """The refused rows as they stood in the file, each with its number and the reasons, for a spreadsheet."""
    reasons = {row["row"]: " ".join(map(sentence, objections_of(row))) for row in found.refused}
    kept = io.StringIO()
    writer = csv.writer(kept)
    writer.writerow([_("Row"), _("Reason"), *map(_harmless, table.headings)])
    for row in table.rows:
        if row.number in reasons:
            writer.writerow([row.number, reasons[row.number], *map(_harmless, row.cells)])
    return kept.getvalue().encode("utf-8-sig")


def as_stream(content: bytes) -> io.BytesIO:
    return io.BytesIO(content)


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(STARTS_A_FORMULA) else cell
