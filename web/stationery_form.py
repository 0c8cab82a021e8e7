"""The forms of the stationery: what stands in each field, what was sent, and the names that a letter knows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import gettext as _

from models import StationeryDraft
from pdf import letter as paper
from pdf import specimen, standard
from pdf.fonts import FontsMissing, unprintable
from web import form
from web.session import company
from web.stationery_words import LANGUAGES, MEANINGS, place_title
from workflow import picture
from workflow.stationery import frozen
from workflow.stationery_content import LINES, PICTURES
from workflow.wording import PASSAGES, names_of


@dataclass(frozen=True)
class Box:
    """One passage in one language: what stands in it, whether that is the company's own, and what is wrong."""

    name: str
    label: str
    value: str
    is_own: bool
    error: str
    rows: int
    lang: str


@dataclass(frozen=True)
class Name:
    """One name in braces: what it stands for, what it reads in the specimen, and where it must stand."""

    name: str
    meaning: str
    examples: list[tuple[str, str]]
    needed_in: list[str]


def seen() -> int:
    """The version of the draft that was before the eyes of whoever sent the form."""
    return form.chosen("version") or 0


def printable(text: str) -> list[str]:
    """The characters that no font has; a machine without fonts is told of when a letter is printed."""
    try:
        return unprintable(text)
    except FontsMissing:
        return []


def sent_lines() -> dict[str, str]:
    return {path: form.text(path) for path in LINES}


def sent_pictures() -> dict[str, picture.Picture | None]:
    """The pictures that were chosen, and None for those to be taken away."""
    found: dict[str, picture.Picture | None] = {}
    for name in PICTURES:
        file = request.files.get(name)
        if file is not None and file.filename:
            found[name] = picture.read(file.stream.read(picture.LARGEST_FILE + 1), field=name)
        elif f"without_{name}" in request.form:
            found[name] = None
    return found


def sent_texts(kind: str) -> dict[tuple[str, str], str]:
    """The words that differ from the standard ones, by language and place."""
    found = {}
    for place in PASSAGES[kind]:
        for lang in LANGUAGES:
            text = form.text(f"{lang}.{place}").replace("\r\n", "\n")
            if text.strip() and text.strip() != standard.words(kind, lang, place):
                found[lang, place] = text
    return found


def letterhead(draft: StationeryDraft, wrong: form.Wrong) -> dict[str, str]:
    """What stands in the lines: what was sent where it was refused, else what is kept."""
    if wrong:
        return sent_lines()
    return {path: value_at(draft.content, path) for path in LINES}


def value_at(content: dict[str, Any], path: str) -> str:
    found: Any = content
    for name in path.split("."):
        found = found[name]
    return found or ""


def boxes(draft: StationeryDraft, kind: str, wrong: form.Wrong) -> list[tuple[str, list[Box]]]:
    """The passages of a kind in the order of the letter, each in both languages."""
    return [
        (place_title(kind, place), [_box(draft, kind, place, lang, wrong) for lang in LANGUAGES])
        for place in PASSAGES[kind]
    ]


def _box(draft: StationeryDraft, kind: str, place: str, lang: str, wrong: form.Wrong) -> Box:
    name, usual = f"{lang}.{place}", standard.words(kind, lang, place)
    own = draft.content["wording"].get(kind, {}).get(lang, {}).get(place)
    value = form.text(name) if wrong else own or usual
    rows = min(10, max(2, sum(1 + len(line) // (34 if lang == "zh" else 64) for line in value.split("\n"))))
    return Box(name, _(LANGUAGES[lang]), value, value.strip() not in ("", usual), wrong[name], rows, lang)


def names(draft: StationeryDraft, kind: str) -> list[Name]:
    """Every name that this kind knows, those first that it needs somewhere."""
    places = PASSAGES[kind]
    known = dict.fromkeys(name for passage in places.values() for name in names_of(passage))
    content = specimen.of(kind, frozen(draft, kind) | dict.fromkeys(PICTURES), company_names())
    read = {lang: paper.values(content, known, lang=lang) for lang in ("zh", "en")}
    found = [
        Name(name, _(MEANINGS[name]), _examples(name, read),
             [place_title(kind, place) for place, passage in places.items() if name in passage.needs])
        for name in known
    ]  # fmt: skip
    return sorted(found, key=lambda one: not one.needed_in)


def _examples(name: str, read: Mapping[str, Mapping[str, str]]) -> list[tuple[str, str]]:
    """What the name reads in the specimen, by language; once where both read the same."""
    found = {lang: values[name].strip() for lang, values in read.items() if values.get(name)}
    return [(lang, value) for lang, value in found.items() if lang == "zh" or value != found.get("zh")]


def company_names() -> dict[str, str]:
    found = company()
    assert found is not None, "whoever is logged in works for a company"
    return {"zh": found.name_zh, "en": found.name_en}
