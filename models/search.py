"""Finding complaints by their pieces of text, in the manner of each database."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, TextClause, text

from models.complaint import Complaint

SQLITE = "complaint.id IN (SELECT rowid FROM complaint_search WHERE complaint_search MATCH :pieces)"
POSTGRESQL = "array_to_tsvector(string_to_array(complaint.search_text, ' ')) @@ CAST(:pieces AS tsquery)"


def matching(pieces: Sequence[str], *, dialect: str) -> TextClause:
    """Complaints in whose search text every piece occurs. Pieces are letters and digits only."""
    if dialect == "sqlite":
        return text(SQLITE).bindparams(pieces=" ".join(f'"{piece}"' for piece in pieces))
    return text(POSTGRESQL).bindparams(pieces=" & ".join(f"'{piece}'" for piece in pieces))


def with_phone(digits: str) -> ColumnElement[bool]:
    """Complaints whose customer's number begins with these digits; for those who may see it."""
    return Complaint.phone_digits.startswith(digits, autoescape=True)
