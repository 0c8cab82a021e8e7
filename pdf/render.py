"""HTML in, PDF bytes out: the only module that imports WeasyPrint.

It reads nothing but static/letter and images inside the HTML itself, reaches no network, and
refuses to hand out a page on which a character is missing. The same HTML gives the same bytes
as long as WeasyPrint, Pango and the fonts stay the same.

WeasyPrint is imported with the first letter, so that a web process starts without it. The font
configuration is shared by all letters of a process, because a new one each time is slower and
leaks twenty times as much; the shared one still leaks about 12 KB a letter. A worker therefore
asks `worn_out()` after each task and lets itself be replaced.
"""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote, urlsplit

from pdf.squeeze import squeeze

if TYPE_CHECKING:
    from weasyprint import CSS
    from weasyprint.document import Document
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

ASSETS = Path(__file__).resolve().parent.parent / "static" / "letter"
LETTERS_PER_PROCESS = 500
ARCHIVE = "pdf/a-3a"

_one_at_a_time = threading.Lock()
_written = 0


class Unprintable(Exception):
    """No font has a glyph for something in the letter; the file must not be published."""


class ForbiddenAddress(ValueError):
    """The letter asked for something outside our own folder."""


class Enclosed(NamedTuple):
    """A file inside the file: the data that its pages were made from."""

    name: str
    data: bytes
    description: str
    at: datetime


class _Workshop(NamedTuple):
    """What all letters of one process share."""

    fonts: FontConfiguration
    sheets: list[CSS]
    fetcher: URLFetcher


def write(html: str, *, enclosed: Enclosed | None = None) -> bytes:
    """The letter as PDF; language, title and author are those that the HTML names.

    With a file enclosed it is an archive file, tagged, and dated as that file is. Raises Unprintable when a glyph is
    missing. An address that the letter may not read raises WeasyPrint's FatalURLFetchingError, which
    `except Exception` does not catch.
    """
    from weasyprint import HTML

    # Pango's font maps are shared between letters and belong to one thread at a time.
    with _one_at_a_time, _Warnings() as warnings, _nothing_collected():
        shop = _workshop()
        page = HTML(string=html, base_url=ASSETS.as_uri() + "/", url_fetcher=shop.fetcher)
        laid_out = page.render(font_config=shop.fonts, stylesheets=shop.sheets)
        written = laid_out.write_pdf(finisher=squeeze) if enclosed is None else _archived(laid_out, enclosed)
        _count()
    if warnings.missing_glyphs:
        raise Unprintable("; ".join(warnings.missing_glyphs))
    return bytes(written)


def _archived(laid_out: Document, enclosed: Enclosed) -> Any:
    from weasyprint import Attachment

    about, at = laid_out.metadata, enclosed.at.astimezone(UTC)
    about.created = about.modified = at.strftime("%Y-%m-%dT%H:%M:%SZ")
    about.attachments = [
        Attachment(
            file_obj=BytesIO(enclosed.data), name=enclosed.name, description=enclosed.description,
            created=at, modified=at, relationship="Data",
        )
    ]  # fmt: skip
    return laid_out.write_pdf(pdf_variant=ARCHIVE, finisher=_finish)


def _finish(laid_out: object, pdf: Any) -> None:
    # WeasyPrint 70 lists a file twice among those that belong to the document (its issue 2917).
    pdf.catalog["AF"][:] = dict.fromkeys(pdf.catalog["AF"])
    squeeze(laid_out, pdf)


def letters_written() -> int:
    """How many letters this process has written."""
    return _written


def worn_out() -> bool:
    """Has this process written so many letters that it should be replaced?"""
    return _written >= LETTERS_PER_PROCESS


def _count() -> None:
    global _written
    _written += 1


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Half a million small objects live until the letter is written: looking through them meanwhile, again
    and again, takes a fifth of the time and finds nothing. What is left over is collected afterwards."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


@cache
def _workshop() -> _Workshop:
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

    fonts, fetcher = FontConfiguration(), _our_own_files_only()
    sheet = CSS(filename=str(ASSETS / "letter.css"), font_config=fonts, url_fetcher=fetcher)
    return _Workshop(fonts, [sheet], fetcher)


def _our_own_files_only() -> URLFetcher:
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OurOwnFilesOnly(URLFetcher):  # type: ignore[misc]  # WeasyPrint is untyped
        """Reads files itself, so that none of the openers of urllib is ever asked."""

        def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
            if url.lower().startswith("data:image/"):
                return super().fetch(url)
            return URLFetcherResponse(url, _our_file(url).read_bytes())

    return OurOwnFilesOnly(allowed_protocols={"data"}, allow_redirects=False, fail_on_errors=True)


def _our_file(url: str) -> Path:
    address = urlsplit(url)
    path = Path(unquote(address.path)).resolve()
    if address.scheme != "file" or address.netloc or not path.is_relative_to(ASSETS):
        raise ForbiddenAddress(f"a letter may not read {url}")
    return path


class _Warnings(logging.Handler):
    """Listens to WeasyPrint while one letter is written in this thread."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.missing_glyphs: list[str] = []
        self._thread = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        said = record.getMessage()
        if record.thread == self._thread and said.startswith(".notdef glyph rendered"):
            self.missing_glyphs.append(said)

    def __enter__(self) -> _Warnings:
        logging.getLogger("weasyprint").addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger("weasyprint").removeHandler(self)
