"""The text of single cells: made fit to be kept, read as a day, or turned into a mark of its own."""

import hashlib
import json
import re
import unicodedata
from datetime import date, timedelta

# Day 1 of a spreadsheet is 1 January 1900, and it believes in a 29 February of that year.
SPREADSHEET_EPOCH = date(1899, 12, 30)
SPREADSHEET_DAYS = range(20_000, 80_000)
_DAY = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))(?:[T ]?\d{1,2}[:时].*)?")
# What a cell may hold without being seen: direction marks, zero-width signs, control characters.
_UNSEEN = ("Cc", "Cf", "Cs")


def tidy(cell: str, *, lines: bool = False) -> str:
    """The text without what is not seen; on one line unless it may have several."""
    text = cell.replace("\r\n", "\n").replace("\r", "\n").replace("\N{NO-BREAK SPACE}", " ").replace("\t", " ")
    text = text if lines else text.replace("\n", " ")
    seen = "".join(char for char in text if char == "\n" or unicodedata.category(char) not in _UNSEEN)
    seen = re.sub(r"^'(?=[=+\-@'])", "", unicodedata.normalize("NFC", seen).strip())
    return re.sub(r" {2,}", " ", seen)


def day_of(text: str) -> date | None:
    """2020/6/8, 2020-06-08, 2020年6月8日, 20200608, with or without a time; None for anything else."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if plain.isascii() and plain.isdigit() and len(plain) == 5 and int(plain) in SPREADSHEET_DAYS:
        return SPREADSHEET_EPOCH + timedelta(days=int(plain))
    if not (found := _DAY.fullmatch(plain)):
        return None
    try:
        return date(int(found[1]), int(found[2] or found[4]), int(found[3] or found[5]))
    except ValueError:
        return None


def digest_of(cells: dict[str, str]) -> str:
    """Stands for the number of a row that has none: the same content is the same complaint."""
    canonical = json.dumps(cells, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return f"row-{hashlib.sha256(canonical.encode()).hexdigest()[:48]}"
