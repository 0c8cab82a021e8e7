"""What a letter of the month shows: the same to everybody who may read it."""

from __future__ import annotations

from functools import partial

from pdf.prose import Content, change, printable_with_note
from pdf.words import Language

_PROSE = {
    "said": ("reason", "note"),
    "scorecard": ("factor_reason",),
    "scorecard.reviewed": ("note",),
    "scorecard.verified": ("note",),
    "scorecard.money": ("note_zh", "note_en"),
}


def show(content: Content, *, lang: Language) -> None:
    """Replace what cannot be printed; nobody is hidden."""
    change(content, _PROSE, partial(printable_with_note, lang=lang))
