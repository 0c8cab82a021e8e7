"""What the templates of target letters and briefings read beside the frozen content."""

from __future__ import annotations

import base64
from functools import partial
from typing import Any

from pdf.filters import label
from pdf.prose import Content, change, printable_with_note
from pdf.words import Copy, Language

_ADDRESSED = 3
_PROSE = {"said": ("reason", "note"), "target.lines": ("reason",), "briefing.plans": ("title",)}


def context(content: Content, *, lang: Language, copy: Copy) -> dict[str, Any]:  # as for every series
    """To whom it goes; of a target letter which letter it replaces, and each line with its words."""
    recipients, target = content["recipients"], content.get("target")
    refs = [ref for ref in content["refs"] if ref["kind"] == content["kind"]]
    return {
        "addressed": recipients if len(recipients) <= _ADDRESSED else [],
        "copied": recipients if len(recipients) > _ADDRESSED else [],
        "replaced": refs[-1] if refs else None,
        "chart": _picture((content.get("briefing") or {}).get("chart"), lang),
        "lines": [_line(line, number, lang) for number, line in enumerate(target["lines"], 1)] if target else [],
    }


def _line(line: Content, number: int, lang: Language) -> Content:
    """The bound with its sign and unit: 不低于80% / at least 80%."""
    bound = label(line["direction"], "bound", lang)
    return {**line, "no": number, "bound": bound + line["value"] + label(line["unit"], "unit", lang)}


def _picture(chart: Content | None, lang: Language) -> str | None:
    """The frozen picture as an address that holds it."""
    if not chart:
        return None
    return "data:image/svg+xml;base64," + base64.b64encode(chart[lang].encode()).decode()


def show(content: Content, *, lang: Language) -> None:
    """Replace what cannot be printed; nobody is hidden."""
    places = {part: fields for part, fields in _PROSE.items() if content.get(part.partition(".")[0])}
    change(content, places, partial(printable_with_note, lang=lang))
