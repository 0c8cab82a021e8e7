"""The one penalty, or the one letter of a penalty, that a number names; found only where it exists for the reader.

A penalty is found by its number and by nothing else: neither words nor names lead to one.
"""

import re
import unicodedata

from sqlalchemy import select

from models import Letter, Penalty
from workflow import penalty_roles
from workflow.complaint_search import LONGEST
from workflow.penalty_letter import SERIES
from workflow.reading import letters_visible_to
from workflow.roles import Actor

CASE = re.compile(r"(?:处罚|penalty)?\s*(\d{4})-(\d{1,9})", re.ASCII | re.IGNORECASE)
LETTER = re.compile(r"处罚\s*[〔\[(【](\d{4})[〕\])】]\s*(\d{1,9})\s*号?", re.ASCII)


def penalty_named(text: str, actor: Actor) -> Penalty | None:
    """处罚 2026-3 · 2026-3."""
    if (found := CASE.fullmatch(_typed(text))) is None:
        return None
    query = Penalty.by_number(f"{found[1]}-{found[2]}").where(penalty_roles.visible_to(actor))
    return actor.office.session.scalars(query).one_or_none()


def letter_named(text: str, actor: Actor) -> Letter | None:
    """处罚〔2026〕3号: the letter itself, because not every reader of the case may read each of its letters."""
    if (found := LETTER.fullmatch(_typed(text))) is None:
        return None
    named = (Letter.series == SERIES, Letter.year == int(found[1]), Letter.seq == int(found[2]))
    return actor.office.session.scalars(select(Letter).where(*named, letters_visible_to(actor))).one_or_none()


def _typed(text: str) -> str:
    return unicodedata.normalize("NFKC", text[:LONGEST]).strip()
