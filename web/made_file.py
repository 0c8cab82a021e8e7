"""What the pages of a file that the background makes have in common: ordered once, awaited, fetched by its reader.

A file of somebody else's and one that never was answer alike (404).
"""

import secrets
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Response, abort, render_template, request, send_file
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, select

from jobs import made_file as files
from models import CaseFile, FileState, MadeFile, MonthFile, ReportFile
from models.made_file import UNFINISHED
from web import log, moment
from web.session import db, me, now

File = TypeVar("File", CaseFile, MonthFile, ReportFile)


@dataclass(frozen=True)
class Page:
    """What the page of one file prints."""

    file: MadeFile
    title: str
    url: str
    fetch_url: str
    headline: str

    @property
    def has_failed(self) -> bool:
        return self.file.state is FileState.FAILED

    @property
    def size(self) -> str:
        return f"{(self.file.size or 0) / 1_000_000:.1f} MB"

    @property
    def kept_until(self) -> str:
        return moment.long_day(self.file.asked_at + files.KEPT_FOR)


def asked_language() -> str:
    """The language that was pressed; 422 for any other."""
    language = request.form.get("lang", "")
    if language not in files.LANGUAGES:
        abort(422)
    return language


def running(kind: type[File], language: str, *of: ColumnElement[bool]) -> File | None:
    """The file of this reader that is being made already, so that a second press finds that of the first."""
    mine = (kind.asked_by_id == me().id, kind.language == language, kind.state.in_(UNFINISHED))
    return db().scalars(select(kind).where(*of, *mine).limit(1)).first()


def asked_for(language: str) -> dict[str, Any]:
    """What every new file is given."""
    return {
        "key": secrets.token_hex(16), "language": language, "state": FileState.WAITING, "asked_at": now(),
        "asked_by_id": me().id,
    }  # fmt: skip


def mine(kind: type[File], key: str) -> File:
    """A file that this person ordered; or 404."""
    file = db().scalars(select(kind).where(kind.key == key, kind.asked_by_id == me().id)).one_or_none()
    if file is None:
        abort(404)
    return file


def is_kept(file: MadeFile) -> bool:
    return file.state is FileState.DONE and files.place(log.settings(), file).is_file()


def shown(template: str, page: Page) -> ResponseReturnValue:
    """The page, or the part of it that changes; at the end the whole page is fetched once more."""
    if "HX-Request" not in request.headers:
        return render_template(template, page=page)
    if not page.file.is_running:
        return "", 200, {"HX-Refresh": "true"}
    return render_template("casefile/progress.html", page=page)


def sent(file: MadeFile, name: str, *, what: str, as_attachment: bool, **told: Any) -> Response:
    """The bytes, for this reader alone; fetching them is told to the log. 404 when they are kept no more."""
    if not is_kept(file):
        abort(404)
    log.logger.info("download", what=what, by=me().id, key=file.key, reference=log.reference(), **told)
    response = send_file(files.place(log.settings(), file), download_name=name, as_attachment=as_attachment)
    response.headers["Cache-Control"] = "private, no-store"
    return response
