"""What the templates of a reward's letters read beside the frozen content, and what its copies show."""

from __future__ import annotations

from functools import partial
from typing import Any

from pdf.prose import Content, change, in_english, printable_with_note
from pdf.words import Copy, Language

_PROSE = {"said": ("reason", "decision"), "reward": ("reason",)}


def context(content: Content, *, lang: Language, copy: Copy) -> dict[str, Any]:  # as for every series
    """Whom it speaks to, and who else gets it."""
    return {
        "addressed": [content["respondent"]],
        "copied": [who for who in content["recipients"] if who != content["respondent"]],
        "because": content["said"]["decision"] or content["said"]["reason"],
    }


def show(content: Content, *, lang: Language) -> None:
    """Say what the product has worded in the language of the copy; replace what cannot be printed; hide nobody."""
    in_english(content["reward"], "reason", lang=lang)
    change(content, _PROSE, partial(printable_with_note, lang=lang))
