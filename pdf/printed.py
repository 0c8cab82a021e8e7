"""An internal copy of a letter (内部留存件): its pages under a line that says who printed it, when, and which it is.

The issued file is only read. The copy carries no signature and nothing enclosed, so that no reader calls it an
original; the red seal stays as ink on the page, and the mark above it says what the paper is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pdf import binder, casefile
from pdf import render as paper
from pdf.words import TITLES, Language


@dataclass(frozen=True)
class Mark:
    """`by` names whoever printed it; `at` has the company's offset; `number` counts within the letter."""

    by: dict[str, Any]
    at: str
    number: int


def internal_copy(data: bytes, mark: Mark, *, kind: str, number: str, lang: Language) -> bytes:
    """The pages of an issued letter, each with the mark."""
    title = f"{TITLES[kind][lang]} {number}"
    stamp = paper.write(casefile.html(lang, "internal.html", mark=mark, title=title))
    return binder.marked(data, stamp, title=title, language="zh-CN" if lang == "zh" else "en")
