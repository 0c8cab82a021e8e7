"""Many PDFs and pictures as one file: the only module that imports pikepdf.

Our own sheets are taken as they are. Of a PDF that somebody sent, only what its pages show is taken, each fitted into
a frame: no script, no form, no link and no file of its own comes along. Nothing here knows what a case is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from pikepdf import (
    Array,
    AttachedFileSpec,
    Dictionary,
    Name,
    NumberTree,
    ObjectStreamMode,
    OutlineItem,
    Page,
    Pdf,
    Rectangle,
    Stream,
)

MILLIMETRE = 72 / 25.4
A4 = (210 * MILLIMETRE, 297 * MILLIMETRE)
# What is left for an exhibit between the lines above and below it.
ASIDE, ABOVE, BELOW = 15 * MILLIMETRE, 24 * MILLIMETRE, 16 * MILLIMETRE
MOST_PAGES = 300
LINK = "page:"


class Unreadable(Exception):
    """The file cannot be shown as pages."""


@dataclass(frozen=True)
class Sheets:
    """Our own pages, A4 and printed by us."""

    data: bytes


@dataclass(frozen=True)
class Exhibit:
    """A PDF that somebody sent; `wide` tells which of its pages lie on their side."""

    place: Path
    wide: tuple[bool, ...]


@dataclass(frozen=True)
class Picture:
    """A picture as JPEG, in pixels."""

    jpeg: bytes
    width: int
    height: int

    @property
    def is_wide(self) -> bool:
        return self.width > self.height


Content = Sheets | Exhibit | Picture


@dataclass(frozen=True)
class Part:
    """A stretch of pages under a bookmark of its own, within a group."""

    group: str
    title: str
    content: Content


@dataclass(frozen=True)
class Enclosed:
    """A file that goes along as it is."""

    name: str
    media_type: str
    description: str
    place: Path


def exhibit(place: Path) -> Exhibit:
    """The PDF at this place, looked through page by page; Unreadable if one of them cannot be shown."""
    try:
        with Pdf.open(place) as pdf:
            if not 0 < len(pdf.pages) <= MOST_PAGES:
                raise Unreadable(f"{len(pdf.pages)} pages")
            return Exhibit(place, tuple(_is_wide(page) for page in pdf.pages))
    except Unreadable:
        raise
    except Exception as error:  # a file that was made to break it may fail in any way
        raise Unreadable(f"{type(error).__name__}: {error}") from error


def _is_wide(page: Page) -> bool:
    left, below, right, above = (float(side) for side in page.as_form_xobject().BBox)
    turned = int(page.obj.get(Name.Rotate, 0)) % 180 == 90
    return (right - left > above - below) is not turned


def sides(content: Content) -> list[bool]:
    """For each page that the content comes to, whether it lies on its side."""
    match content:
        case Sheets(data):
            return [False] * count(data)
        case Exhibit(wide=wide):
            return list(wide)
        case Picture():
            return [content.is_wide]


def count(data: bytes) -> int:
    with _opened(data) as pdf:
        return len(pdf.pages)


def bind(
    front: bytes, parts: Sequence[Part], stamps: bytes, enclosed: Sequence[Enclosed], *,
    title: str, author: str, language: str, front_title: str, to: Path,
) -> None:  # fmt: skip
    """Write everything in its order to `to`; every page behind the front gets the stamp that belongs to it."""
    bound = Pdf.new()
    with _opened(front) as pages:
        bound.pages.extend(pages.pages)
    first = len(bound.pages)
    starts = [_add(bound, part.content) for part in parts]
    with _opened(stamps) as marks:
        for page, mark in zip(bound.pages[first:], marks.pages, strict=True):
            page.add_overlay(mark, None)
        _follow_links(bound, first)
        _write_bookmarks(bound, parts, starts, front_title)
        bound.Root.PageLabels = _labels(bound, first)
        _enclose(bound, enclosed)
        _describe(bound, title, author, language)
        bound.save(to, object_stream_mode=ObjectStreamMode.generate)


def marked(data: bytes, mark: bytes, *, title: str, language: str) -> bytes:
    """Our own pages, each with the one page of `mark` laid over it; nothing but what is seen comes along."""
    bound, to = Pdf.new(), BytesIO()
    _add(bound, Sheets(data))
    with _opened(mark) as stamp:
        for page in bound.pages:
            page.add_overlay(stamp.pages[0], None)
        bound.Root.Lang = language
        bound.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
        with bound.open_metadata(set_pikepdf_as_editor=False) as about:
            about["dc:title"] = title
        bound.save(to, object_stream_mode=ObjectStreamMode.generate, deterministic_id=True)
    return to.getvalue()


def _opened(data: bytes) -> Pdf:
    return Pdf.open(BytesIO(data))


def _add(bound: Pdf, content: Content) -> int:
    """The content's pages at the end; which page is its first."""
    start = len(bound.pages)
    match content:
        case Sheets(data):
            with _opened(data) as pdf:
                _make_paper_of_signatures(pdf)
                bound.pages.extend(pdf.pages)
        case Exhibit(place, wide):
            with Pdf.open(place) as pdf:
                for page, is_wide in zip(pdf.pages, wide, strict=True):
                    _blank(bound, wide=is_wide).add_overlay(page, _frame(wide=is_wide))
        case Picture():
            _draw(bound, content)
    return start


def _make_paper_of_signatures(pdf: Pdf) -> None:
    """The red seal stays as part of the page; the signature holds in its own file alone, and would look broken here."""
    pdf.flatten_annotations("all")
    for page in pdf.pages:
        kept = [note for note in page.obj.get(Name.Annots, Array()) if note.get(Name.Subtype) != Name.Widget]
        page.obj.Annots = Array(kept)


def _blank(bound: Pdf, *, wide: bool) -> Page:
    return bound.add_blank_page(page_size=A4[::-1] if wide else A4)


def _frame(*, wide: bool) -> Rectangle:
    width, height = A4[::-1] if wide else A4
    return Rectangle(ASIDE, BELOW, width - ASIDE, height - ABOVE)


def _draw(bound: Pdf, picture: Picture) -> None:
    """As large as the frame allows, in its middle."""
    page, frame = _blank(bound, wide=picture.is_wide), _frame(wide=picture.is_wide)
    scale = min(frame.width / picture.width, frame.height / picture.height, 1.0)
    width, height = picture.width * scale, picture.height * scale
    x, y = frame.llx + (frame.width - width) / 2, frame.lly + (frame.height - height) / 2
    image = Stream(
        bound, picture.jpeg, Type=Name.XObject, Subtype=Name.Image, Width=picture.width, Height=picture.height,
        ColorSpace=Name.DeviceRGB, BitsPerComponent=8, Filter=Name.DCTDecode,
    )  # fmt: skip
    name = page.add_resource(image, Name.XObject, prefix="Picture")
    page.contents_add(f"q {width:.2f} 0 0 {height:.2f} {x:.2f} {y:.2f} cm {name} Do Q".encode())


def _follow_links(bound: Pdf, first: int) -> None:
    """A link `page:12` of the front leads to the twelfth page behind it."""
    for page in bound.pages[:first]:
        for note in page.obj.get(Name.Annots, Array()):
            address = str(note.get(Name.A, Dictionary()).get(Name.URI, ""))
            if address.startswith(LINK):
                target = bound.pages[first + int(address.removeprefix(LINK)) - 1]
                note.A = Dictionary(S=Name.GoTo, D=Array([target.obj, Name.Fit]))


def _write_bookmarks(bound: Pdf, parts: Sequence[Part], starts: Sequence[int], front_title: str) -> None:
    with bound.open_outline() as outline:
        outline.root.append(OutlineItem(front_title, 0))
        for group, members in _grouped(parts, starts):
            heading = OutlineItem(group, members[0][1])
            heading.children.extend(OutlineItem(part.title, start) for part, start in members)
            outline.root.append(heading)


def _grouped(parts: Sequence[Part], starts: Sequence[int]) -> Iterator[tuple[str, list[tuple[Part, int]]]]:
    for group in dict.fromkeys(part.group for part in parts):
        yield group, [(part, start) for part, start in zip(parts, starts, strict=True) if part.group == group]


def _labels(bound: Pdf, first: int) -> Any:
    """What a viewer calls the pages: the front i, ii …, the rest as it is stamped."""
    tree = NumberTree.new(bound)
    tree[0] = Dictionary(S=Name.r)
    tree[first] = Dictionary(S=Name.D)
    return tree.obj


def _enclose(bound: Pdf, enclosed: Sequence[Enclosed]) -> None:
    for file in enclosed:
        bound.attachments[file.name] = AttachedFileSpec(
            bound, file.place.read_bytes(), filename=file.name, mime_type=file.media_type, description=file.description
        )


def _describe(bound: Pdf, title: str, author: str, language: str) -> None:
    bound.Root.Lang = language
    bound.Root.PageMode = Name.UseOutlines
    bound.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    with bound.open_metadata(set_pikepdf_as_editor=False) as about:
        about["dc:title"] = title
        about["dc:creator"] = [author]
        about["dc:language"] = [language]
