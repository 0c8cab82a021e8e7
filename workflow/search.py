"""Words for the search: Chinese has no spaces, so text is cut into overlapping pairs.

The same cutting on both sides finds any run of characters inside any other; the databases index
the pieces as words (FTS5 in SQLite, a tsvector in PostgreSQL).
"""

import unicodedata
from collections.abc import Iterator

from models import Complaint


def search_text(complaint: Complaint) -> str:
    """The pieces under which a complaint is found. The phone number has an index of its own:
    only those who may see it may search it."""
    parts = (
        complaint.number, complaint.customer_name, complaint.vehicle, complaint.vehicle_key,
        complaint.vehicle_model, complaint.order_number, complaint.description, complaint.demand,
    )  # fmt: skip
    return " ".join(dict.fromkeys(piece for part in parts if part for piece in _indexed(part)))


def query_pieces(text: str) -> list[str]:
    """The pieces that all must occur for `text` to be found; [] when nothing can be searched."""
    return list(dict.fromkeys(piece for run in _runs(text) for piece in _cut(run)))


def _indexed(text: str) -> Iterator[str]:
    for run in _runs(text):
        yield from _cut(run)
        # Single characters are indexed as well: 漏 alone is a fair question.
        yield from (run if len(run) > 1 else "")


def _cut(run: str) -> list[str]:
    return [run] if len(run) == 1 else [run[i : i + 2] for i in range(len(run) - 1)]


def _runs(text: str) -> Iterator[str]:
    """Runs of letters and digits, folded: full-width and case make no difference."""
    run = ""
    for char in unicodedata.normalize("NFKC", text).casefold():
        if char.isalnum():
            run += char
        elif run:
            yield run
            run = ""
    if run:
        yield run
