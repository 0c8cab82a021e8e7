"""What the templates of the month's letters read beside the frozen content."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pdf.filters import label
from pdf.prose import Content
from pdf.words import Copy, Language

Json = Mapping[str, Any]


def context(content: Content, *, lang: Language, copy: Copy) -> dict[str, Any]:  # as for every series
    """The lines of the score sheet with their reasons in words, and who acted."""
    card = content["scorecard"]
    return {
        "lines": [_line(line, lang) for line in card["lines"]],
        "open_lines": [_line(line, lang) for line in card["provisional"]],
        "moved": str(Decimal(card["final_sum"])),
        "formula": card[f"formula_{lang}"],
        "because": content["said"]["reason"],
    }


def _line(line: Json, lang: Language) -> Json:
    actions = "action" if line["process"] == "complaint" else "penalty_action"
    why = label(line["action"], actions, lang)
    if line.get("is_reversal"):
        back = label("reversal", "penalty_action", lang)
        why = f"{why}（{back}）" if lang == "zh" else f"{why} ({back})"
    return {**line, "why": why}
