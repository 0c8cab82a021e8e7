"""The report of an assessment as a PDF: what its reader sees on the page, as a printed form.

It is given every word and looks nothing up. It is an archive file with its tables enclosed, as a letter is, but no
letter: it has no number, no seal and no event.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pdf import filters
from pdf import render as paper
from pdf.prose import printable
from pdf.words import Language

_TEMPLATES = Path(__file__).resolve().parent.parent / "templates" / "letter" / "report"
# How much room a column of a kind asks for, and from where on a page is laid on its side.
ROOM: dict[Language, dict[str, float]] = {
    "zh": {"name": 3.0, "text": 2.4, "number": 1.5},
    "en": {"name": 3.0, "text": 2.4, "number": 2.1},
}
UPRIGHT = 16.0
FORMAT, NAME, DESCRIPTION = "gongdao-report/1", "report.json", "Tables of this report as JSON"


def render(content: Mapping[str, Any], *, lang: Language) -> bytes:
    """The report on A4, PDF/A and tagged; `content` as `web.report_content` writes it.

    Raises what `render.write` raises.
    """
    told = _printable(content)
    wide = max((_room(section["columns"], lang) for section in told["sections"]), default=0) > UPRIGHT
    page = (
        _environment(lang)
        .get_template("report.html")
        .render(
            told | {"lang": lang, "wide": wide, "sections": [_section(section, lang) for section in told["sections"]]}
        )
    )
    return paper.write(page, enclosed=_enclosed(told, lang))


def _printable(value: Any) -> Any:
    """The same with 〓 in every text for what no font has."""
    match value:
        case str():
            return printable(value)
        case Mapping():
            return {key: _printable(each) for key, each in value.items()}
        case list():
            return [_printable(each) for each in value]
        case _:
            return value


def _room(columns: Sequence[Mapping[str, str]], lang: Language) -> float:
    return sum(ROOM[lang][column["kind"]] for column in columns)


def _section(section: Mapping[str, Any], lang: Language) -> dict[str, Any]:
    """With the widths of its columns in percent, and its picture as an address that holds it."""
    whole = _room(section["columns"], lang)
    columns = [{**column, "width": round(100 * ROOM[lang][column["kind"]] / whole, 2)} for column in section["columns"]]
    picture = (
        section["picture"] and f"data:image/svg+xml;base64,{base64.b64encode(section['picture'].encode()).decode()}"
    )
    return {**section, "columns": columns, "picture": picture}


def _enclosed(told: Mapping[str, Any], lang: Language) -> paper.Enclosed:
    """The words and figures of the paper for programs; its pictures tell nothing that its tables do not."""
    sections = [{key: each for key, each in section.items() if key != "picture"} for section in told["sections"]]
    data = {"format": FORMAT, "language": lang, "report": {**told, "sections": sections}}
    written = json.dumps(data, ensure_ascii=False, sort_keys=True, indent=1) + "\n"
    return paper.Enclosed(NAME, written.encode(), DESCRIPTION, datetime.fromisoformat(told["printed_at"]))


@cache
def _environment(lang: Language) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters.update(filters.for_language(lang))
    return environment
