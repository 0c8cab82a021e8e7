"""A letter's frozen content in, its HTML or its PDF out.

The content is the JSON that workflow froze with the step; this module adds nothing to it but
words and looks nothing up. What a copy may show is decided in copies.py, how values look in
filters.py, what stands where in templates/letter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, get_args

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import escape

from pdf import (
    complaint_context,
    copies,
    filters,
    fonts,
    penalty_context,
    publication_context,
    reward_context,
    scorecard_context,
    stationery,
)
from pdf import render as paper
from pdf.enclosed import enclosed
from pdf.prose import Content
from pdf.render import Unprintable
from pdf.seal import Seal
from pdf.stationery import Pictures
from pdf.wording import Passages, value_of
from pdf.words import TITLES, Copy, Language

__all__ = ["TITLES", "Check", "Signature", "Unprintable", "copies_of", "html", "render", "values"]

_TEMPLATES = Path(__file__).resolve().parent.parent / "templates" / "letter"
_OF_SERIES: dict[str, Callable[..., dict[str, Any]]] = {
    "complaint": complaint_context.context,
    "penalty": penalty_context.context,
    "scorecard": scorecard_context.context,
    "reward": reward_context.context,
    "target": publication_context.context,
    "briefing": publication_context.context,
}
# The parts that only the letters of one series are built from.
_PARTS = {"penalty": "penalty_part.html", "scorecard": "scorecard_part.html", "reward": "reward_part.html"}
_TEMPLATE_OF_COPY = {"customer": "customer_letter", "leader": "leaders_letter"}
# The decisions by which a leader gets or loses points and money of their own.
_WITH_A_LEADERS_PART = (
    *("first_penalty_notice", "second_penalty_notice", "dismissal_notice"),
    *("revocation_notice", "regrade_notice"),
)
_NO_PICTURES: Pictures = {}


class Signature(NamedTuple):
    """By what and as of when a letter is signed."""

    seal: Seal
    at: datetime


class Check(NamedTuple):
    """Where the paper of a letter can be checked, and by which code."""

    address: str
    code: str

    @property
    def picture(self) -> str:
        """The address with the code as a QR code."""
        return str(segno.make(f"{self.address}/{self.code}", error="m", micro=False).svg_data_uri(border=2))

    @property
    def site(self) -> str:
        """The address as people type it."""
        return self.address.partition("://")[2]

    @property
    def typed(self) -> str:
        return "-".join(self.code[at : at + 4] for at in range(0, len(self.code), 4))


class NoSuchLetter(ValueError):
    """There is no such kind, language or copy of a letter."""


def copies_of(kind: str) -> tuple[Copy, ...]:
    """The copies in which a kind of letter exists."""
    both: tuple[Copy, ...] = ("full", "respondent")
    if kind == "resolution_letter":
        return (*both, "customer")
    return (*both, "leader") if kind in _WITH_A_LEADERS_PART else both


def html(
    content: Mapping[str, Any],
    *,
    lang: Language,
    copy: Copy,
    digest: str,
    voided_by: Mapping[str, Any] | None = None,
    check: Check | None = None,
    pictures: Pictures = _NO_PICTURES,
    specimen: bool = False,
) -> str:
    """The letter as a page that `render` turns into a PDF.

    `content` is the frozen content, `digest` the SHA-256 of its canonical form in hexadecimal,
    `voided_by` the number of the letter that made this one void; for a decision also its
    `issued_at`, `check` where the paper can be checked, `pictures` those of the stationery that it was issued with,
    by their digests; a `specimen` says on every page that it is none. Raises NoSuchLetter for an unknown kind,
    language or copy, and jinja2.UndefinedError for a content in which something is missing.
    """
    return _page(
        content, lang=lang, copy=copy, pictures=pictures, digest=digest, voided_by=voided_by, check=check,
        specimen=specimen,
    )[0]  # fmt: skip


def _page(
    content: Mapping[str, Any], *, lang: Language, copy: Copy, pictures: Pictures = _NO_PICTURES,
    specimen: bool = False, **printed: Any,
) -> tuple[str, Content]:  # fmt: skip
    """The page, and the content as this copy shows it."""
    kind = content["kind"]
    if kind not in TITLES or lang not in get_args(Language) or copy not in copies_of(kind):
        raise NoSuchLetter(f"no letter {kind!r} in {lang!r} as {copy!r}")
    environment = _environment(lang)
    own = stationery.of(content, pictures)
    shown = copies.shown(content, lang=lang, copy=copy)
    context = _read_by_templates(shown, environment, lang, copy, own, printed | {"specimen": specimen})
    return environment.get_template(f"{_TEMPLATE_OF_COPY.get(copy, kind)}.html").render(context), shown


def values(content: Mapping[str, Any], names: Iterable[str], *, lang: Language) -> dict[str, str]:
    """What stands in this letter for names that a wording may use; nothing for those that it lacks."""
    environment = _environment(lang)
    shown = copies.shown(content, lang=lang, copy="full")
    context = _read_by_templates(shown, environment, lang, "full", stationery.of(content, {}), {})
    found = {name: value_of(name, environment, context, lang) for name in names}
    return {name: escape(value).striptags() for name, value in found.items() if value is not None}


def render(
    content: Mapping[str, Any],
    *,
    lang: Language,
    copy: Copy,
    digest: str,
    voided_by: Mapping[str, Any] | None = None,
    signature: Signature | None = None,
    check: Check | None = None,
    pictures: Pictures = _NO_PICTURES,
    specimen: bool = False,
) -> bytes:
    """The letter as PDF/A-3 with its content enclosed, signed with the company's seal; the same content gives the
    same bytes.

    Beside the errors of `html`: Unprintable when a name has a character that no font has,
    fonts.FontsMissing when this machine cannot print Chinese at all, seal.Unsealed when no time stamp is to be had.
    """
    page, shown = _page(
        content, lang=lang, copy=copy, pictures=pictures, digest=digest, voided_by=voided_by, check=check,
        specimen=specimen,
    )  # fmt: skip
    if gaps := fonts.unprintable(page):
        raise Unprintable(", ".join(gaps))
    told = enclosed(shown, page, lang=lang, copy=copy, digest=digest, voided_by=voided_by)
    written = paper.write(page, enclosed=told)
    if signature is None:
        return written
    return signature.seal.sign(written, at=signature.at, company=content["company"]["zh"])


def _read_by_templates(
    shown: Content, environment: Environment, lang: Language, copy: Copy, own: Content, printed: Content
) -> Content:
    """The content as the copy shows it, the stationery, and the parts that templates are built from."""
    size = _company_size(own["letterhead"]["zh"])
    context = _context(shown, lang, copy) | printed | {"stationery": own, "company_size": size}
    context["passage"] = Passages(stationery.wording(shown, lang), environment, context, lang, copy)
    # The parts are made for each letter, because they read its content and count its headings.
    context["part"] = environment.get_template("part.html").make_module(context)
    if series := _PARTS.get(shown["number"]["series"]):
        context["own"] = environment.get_template(series).make_module(context)
    return context


class _Headings:
    """Numbers the headings of one letter in the order in which they are printed."""

    def __init__(self, lang: Language) -> None:
        self._lang = lang
        self._printed = 0

    def __call__(self, title: str) -> str:
        self._printed += 1
        return filters.heading(title, self._printed, self._lang)


def _context(content: Content, lang: Language, copy: Copy) -> dict[str, Any]:
    return (
        content
        | {
            "lang": lang,
            "copy": copy,
            "title": TITLES[content["kind"]][lang],
            "numbered": _Headings(lang),
            "earlier": dict.fromkeys(TITLES) | {ref["kind"]: ref for ref in content["refs"]},
            "month_of_all": _month_of_all(content["entries"]),
        }
        | _OF_SERIES[content["number"]["series"]](content, lang=lang, copy=copy)
    )


def _company_size(company: str) -> str | None:
    """A name of more than twelve characters is set smaller, down to 22 pt; a longer one takes two lines."""
    return f"{max(22, 34 * 12 / len(company)):.1f}pt" if len(company) > 12 else None


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
