"""A letter's frozen content in, its HTML or its PDF out.

The content is the JSON that workflow froze with the step; this module adds nothing to it but
words and looks nothing up. What a copy may show is decided in copies.py, how values look in
filters.py, what stands where in templates/letter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, get_args

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pdf import copies, filters, fonts
from pdf import render as paper
from pdf.render import Unprintable
from pdf.words import TITLES, Copy, Language

__all__ = ["TITLES", "Unprintable", "copies_of", "html", "render"]

_TEMPLATES = Path(__file__).resolve().parent.parent / "templates" / "letter"
# More people than these stand under "copies", as in any office document.
_ADDRESSED = 3


class NoSuchLetter(ValueError):
    """There is no such kind, language or copy of a letter."""


def copies_of(kind: str) -> tuple[Copy, ...]:
    """The copies in which a kind of letter exists."""
    both: tuple[Copy, ...] = ("full", "respondent")
    return (*both, "customer") if kind == "resolution_letter" else both


def html(
    content: Mapping[str, Any],
    *,
    lang: Language,
    copy: Copy,
    digest: str,
    voided_by: Mapping[str, Any] | None = None,
) -> str:
    """The letter as a page that `render` turns into a PDF.

    `content` is the frozen content, `digest` the SHA-256 of its canonical form in hexadecimal,
    `voided_by` the number of the certificate that made this complaint form void. Raises
    NoSuchLetter for an unknown kind, language or copy, and jinja2.UndefinedError for a content
    in which something is missing.
    """
    kind = content["kind"]
    if kind not in TITLES or lang not in get_args(Language) or copy not in copies_of(kind):
        raise NoSuchLetter(f"no letter {kind!r} in {lang!r} as {copy!r}")
    shown = copies.shown(content, lang=lang, copy=copy)
    context = _context(shown, lang) | {
        "copy": copy,
        "digest": digest,
        "voided_by": voided_by,
    }
    template = "customer_letter" if copy == "customer" else kind
    environment = _environment(lang)
    # The parts are made for each letter, because they read its content and count its headings.
    context["part"] = environment.get_template("part.html").make_module(context)
    return environment.get_template(f"{template}.html").render(context)


def render(
    content: Mapping[str, Any],
    *,
    lang: Language,
    copy: Copy,
    digest: str,
    voided_by: Mapping[str, Any] | None = None,
) -> bytes:
    """The letter as PDF: the same content always gives the same bytes.

    Beside the errors of `html`: Unprintable when a name has a character that no font has,
    fonts.FontsMissing when this machine cannot print Chinese at all.
    """
    page = html(content, lang=lang, copy=copy, digest=digest, voided_by=voided_by)
    if gaps := fonts.unprintable(page):
        raise Unprintable(", ".join(gaps))
    return paper.write(page)


class _Headings:
    """Numbers the headings of one letter in the order in which they are printed."""

    def __init__(self, lang: Language) -> None:
        self._lang = lang
        self._printed = 0

    def __call__(self, title: str) -> str:
        self._printed += 1
        return filters.heading(title, self._printed, self._lang)


def _context(content: copies.Content, lang: Language) -> dict[str, Any]:
    recipients = content["recipients"]
    return content | {
        "lang": lang,
        "title": TITLES[content["kind"]][lang],
        "numbered": _Headings(lang),
        "customer": copies.customer_in_text(content, lang=lang),
        "salutation": copies.salutation(content, lang=lang),
        "addressed": recipients[:_ADDRESSED],
        "copied": recipients[_ADDRESSED:],
        "statutory_is_ahead": _moment(content["complaint"]["statutory_due"]) > _moment(content["issued_at"]),
        "because": _because(content["said"]),
        "earlier": dict.fromkeys(TITLES) | {ref["kind"]: ref for ref in content["refs"]},
        "handling_for_customer": _done_for_the_customer(content["handling"]),
        "company_size": _company_size(content["company"]["zh"]),
        "month_of_all": _month_of_all(content["entries"]),
    }


def _moment(value: str) -> datetime:
    return datetime.fromisoformat(value)


def _because(said: Mapping[str, Any]) -> str | None:
    """What the signer gave as the ground of the step, under whichever name it was asked."""
    asked = ("reason", "opinion", "grounds", "note", "result")
    return next((said[name] for name in asked if said[name]), None)


def _company_size(company: str) -> str | None:
    """A name of more than twelve characters is set smaller, down to 22 pt; a longer one takes two lines."""
    return f"{max(22, 34 * 12 / len(company)):.1f}pt" if len(company) > 12 else None


def _done_for_the_customer(handling: Mapping[str, Any] | None) -> list[str]:
    told = ("measures_taken", "improvement_measures")
    return [handling[name] for name in told if (handling[name] or "").strip()] if handling else []


def _month_of_all(entries: Sequence[Mapping[str, Any]]) -> str | None:
    months = {entry["month"] for entry in entries}
    return months.pop() if len(months) == 1 else None


@cache
def _environment(lang: Language) -> Environment:
    environment = Environment(
        loader=FileSystemLoader([_TEMPLATES / lang, _TEMPLATES]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(filters.for_language(lang))
    return environment
