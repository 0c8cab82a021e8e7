"""A case file in one PDF: cover, index, letters, record of service, evidence, each page numbered and marked.

It is given everything and looks nothing up. What cannot be shown as pages gets a sheet that says so in a sentence,
and its bytes go along enclosed: one broken attachment never costs the rest. Files are read one after another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pdf import binder, filters
from pdf import render as paper
from pdf.binder import Content, Enclosed, Part, Sheets, Unreadable
from pdf.casefile_given import CaseIn, ExhibitIn, Json, LetterIn, ServiceIn
from pdf.casefile_words import FATES, TITLES, WAYS, WORDS, kind_of
from pdf.letter import Signature
from pdf.picture import FORMATS, picture
from pdf.prose import printable
from pdf.words import LABELS, Language
from pdf.words import TITLES as LETTERS

_TEMPLATES = Path(__file__).resolve().parent.parent / "templates" / "letter" / "casefile"
MOST_ENCLOSED = 200 * 1024 * 1024
_COPIES = {"customer": "customers_copy", "leader": "leaders_copy", "respondent": "own_copy"}

Progress = Callable[[int], None]


@dataclass
class Line:
    """A line of the index with the pages behind it."""

    group: str
    number: str
    title: str
    date: str
    content: Content
    sides: list[bool]
    page: int = 0
    heading: str = ""
    footing: str = ""


@dataclass
class Bound:
    """What came of it."""

    pages: int = 0
    remarks: list[str] = field(default_factory=list)


def bind(
    case: CaseIn, to: Path, *, lang: Language, signature: Signature | None = None,
    progress: Progress = lambda _seen: None,
) -> Bound:  # fmt: skip
    """Write the file of the case to `to`, signed where there is a signature.

    Raises what `render.write` raises when its own sheets cannot be printed.
    """
    work = _Work(case, lang, progress)
    lines = list(work.lines())
    if signature is None:
        work.remarks.append(FATES["unsigned"][lang])
    for before, line in zip([None, *lines], lines, strict=False):
        line.page = 1 if before is None else before.page + len(before.sides)
    pages = sum(len(line.sides) for line in lines)
    title = f"{TITLES[case.cover['kind']][lang]} {case.cover['number']}"
    binder.bind(
        work.front(lines, pages, is_signed=signature is not None),
        [Part(line.group, _bookmark(line), line.content) for line in lines],
        work.stamps(lines, pages), work.enclosed,
        title=title, author=case.cover["company"][lang], language="zh-CN" if lang == "zh" else "en",
        front_title=WORDS["front"][lang], to=to,
    )  # fmt: skip
    if signature is not None:
        signature.seal.sign_file(to, at=signature.at)
    return Bound(pages, work.remarks)


def steps_of(case_letters: int, exhibits: int) -> int:
    """How many steps `progress` counts up to."""
    return case_letters + exhibits + 1


def _bookmark(line: Line) -> str:
    return f"{line.title} {line.number}".strip()


class _Work:
    """One file while it is being made."""

    def __init__(self, case: CaseIn, lang: Language, progress: Progress) -> None:
        self.case, self.lang, self.progress = case, lang, progress
        self.enclosed: list[Enclosed] = []
        self.remarks: list[str] = []
        self._room = MOST_ENCLOSED
        self._seen = 0

    def lines(self) -> Iterator[Line]:
        for letter in self.case.letters:
            yield self._letter(letter)
            self._step()
        if self.case.served:
            yield self._service()
        for place, file in enumerate(self.case.exhibits, start=1):
            yield self._exhibit(place, file)
            self._step()

    def _step(self) -> None:
        self._seen += 1
        self.progress(self._seen)

    # --- what stands in it

    def _letter(self, letter: LetterIn) -> Line:
        number = filters.number(letter.number, self.lang)
        title = LETTERS[letter.kind][self.lang] + self._word(_COPIES.get(letter.copy))
        content = Sheets(letter.data) if letter.data is not None else self._instead_of(letter, number, title)
        return self._line("letters", number, title, letter.issued_at, content)

    def _instead_of(self, letter: LetterIn, number: str, title: str) -> Content:
        self._remark(f"{title} {number}", letter.fate, "")
        rows = [(WORDS["number"], number), (WORDS["date"], filters.moment(letter.issued_at, self.lang)),
                (WORDS["digest"], letter.digest)]  # fmt: skip
        return self._sheet(title, rows, FATES[letter.fate][self.lang])

    def _service(self) -> Line:
        page = self._html("records.html", served=[self._told(line) for line in self.case.served])
        last = max((line.at for line in self.case.served if line.at), default="")
        return self._line("service", "", WORDS["records"][self.lang], last, Sheets(paper.write(page)))

    def _told(self, line: ServiceIn) -> dict[str, Any]:
        word = WORDS if line.way in ("signed", None) else WAYS
        return {
            "number": filters.number(line.number, self.lang),
            "title": LETTERS[line.kind][self.lang],
            "who": line.who,
            "way": word[line.way or "open"][self.lang],
            "at": line.at,
            "place": printable(line.place or ""),
            "witnesses": [printable(name) for name in line.witnesses],
            "note": printable(line.note or ""),
            "recorded_by": line.recorded_by,
            "recorded_at": line.recorded_at,
        }

    def _exhibit(self, place: int, file: ExhibitIn) -> Line:
        label = f"{WORDS['file'][self.lang]}{'' if self.lang == 'zh' else ' '}{place}"
        name = printable(file.name)
        content = self._content(label, name, file)
        line = self._line("evidence", label, name, file.added_at, content)
        if not isinstance(content, Sheets):
            line.heading = f"{label}　{name}" if self.lang == "zh" else f"{label} · {name}"
            line.footing = f"{file.added_by} · {filters.moment(file.added_at, self.lang)} · SHA-256 {file.digest[:16]}"
        return line

    def _content(self, label: str, name: str, file: ExhibitIn) -> Content:
        """Its pages, or a sheet that says what became of it."""
        fate = _fate(file)
        if not fate:
            try:
                return _shown(file)
            except Unreadable:
                fate = "damaged"
        if fate != "missing" and not self._enclose(f"{label} {file.name}", file):
            fate = "too_large"
        kind = kind_of(file.media_type, self.lang)
        if fate != "enclosed":
            self._remark(f"{label} {name}", fate, kind)
        rows = [
            (WORDS["title"], name), (WORDS["kind"], kind), (WORDS["size"], f"{file.size:,} B"),
            (WORDS["added"], f"{file.added_by}　{filters.moment(file.added_at, self.lang)}"),
            (WORDS["digest"], file.digest),
            *([(WORDS["enclosed_as"], f"{label} {name}")] if fate in ("enclosed", "damaged", "altered") else []),
        ]  # fmt: skip
        return self._sheet(label, rows, FATES[fate][self.lang].format(kind=kind))

    def _enclose(self, name: str, file: ExhibitIn) -> bool:
        """Whether there was room for it."""
        size = file.place.stat().st_size
        if size > self._room:
            return False
        self._room -= size
        self.enclosed.append(Enclosed(name, file.media_type, f"SHA-256 {file.digest}", file.place))
        return True

    def _remark(self, what: str, fate: str, kind: str) -> None:
        apart = "：" if self.lang == "zh" else ": "
        self.remarks.append(f"{what}{apart}{FATES[fate][self.lang].format(kind=kind)}")

    def _line(self, group: str, number: str, title: str, date: str, content: Content) -> Line:
        return Line(WORDS[group][self.lang], number, title, date, content, binder.sides(content))

    # --- our own sheets

    def front(self, lines: Sequence[Line], pages: int, *, is_signed: bool) -> bytes:
        cover = self.case.cover
        return paper.write(self._html(
            "front.html", title=TITLES[cover["kind"]][self.lang], cover=cover, lines=lines, pages=pages,
            copy=self.case.copy, is_in_full=self.case.is_in_full, remarks=self.remarks, letters=len(self.case.letters),
            exhibits=len(self.case.exhibits), is_signed=is_signed, category=_category(cover, self.lang),
        ))  # fmt: skip

    def stamps(self, lines: Sequence[Line], pages: int) -> bytes:
        """For each page behind the front what is printed above and below it."""
        stamps = [
            {"wide": is_wide, "page": line.page + at, "heading": line.heading, "footing": line.footing,
             "of": (at + 1, len(line.sides))}
            for line in lines for at, is_wide in enumerate(line.sides)
        ]  # fmt: skip
        title = f"{TITLES[self.case.cover['kind']][self.lang]} {self.case.cover['number']}"
        return paper.write(self._html(
            "stamps.html", stamps=stamps, pages=pages, title=title, cover=self.case.cover, copy=self.case.copy,
        ))  # fmt: skip

    def _sheet(self, title: str, rows: Sequence[tuple[Json, str]], sentence: str) -> Sheets:
        told = [(label[self.lang], value) for label, value in rows]
        return Sheets(paper.write(self._html("sheet.html", title=title, rows=told, sentence=sentence)))

    def _html(self, template: str, **values: Any) -> str:
        return html(self.lang, template, **values)

    def _word(self, key: str | None) -> str:
        return WORDS[key][self.lang] if key else ""


def html(lang: Language, template: str, **values: Any) -> str:
    """A sheet in the style of case files."""
    words = {key: both[lang] for key, both in WORDS.items()}
    return _environment(lang).get_template(template).render(lang=lang, w=words, **values)


def _fate(file: ExhibitIn) -> str:
    """Why it cannot be shown as pages, as far as that is seen without opening it; empty if it may be tried."""
    try:
        with file.place.open("rb") as bytes_of_it:
            if hashlib.file_digest(bytes_of_it, "sha256").hexdigest() != file.digest:
                return "altered"
    except FileNotFoundError:
        return "missing"
    is_shown = file.media_type in FORMATS or file.media_type == "application/pdf"
    return "" if is_shown else "enclosed"


def _shown(file: ExhibitIn) -> Content:
    if file.media_type in FORMATS:
        return picture(file.place, file.media_type)
    return binder.exhibit(file.place)


def _category(cover: Json, lang: Language) -> str:
    return LABELS["category"][cover["category"]][lang] if cover["category"] else ""


@cache
def _environment(lang: Language) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters.update(filters.for_language(lang))
    return environment
