"""The letters of a month as one ZIP: ordered from the letters' page, made by the worker, fetched by whoever ordered it.

A file of somebody else's and one that never was answer alike (404).
"""

import secrets
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, abort, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from jobs import month_file as files
from models import CaseFileState, MonthFile, Person
from web import log, moment
from web.after import start_month_file
from web.session import db, me, now
from workflow.month_letters import MONTH

bp = Blueprint("month_file", __name__)


@dataclass(frozen=True)
class Page:
    """What the page of one file prints."""

    file: MonthFile
    title: str
    zip_url: str
    url: str
    size: str
    kept_until: str

    @property
    def headline(self) -> str:
        if not self.file.total:
            return _("The file waits for its turn.")
        return _("%(seen)d of %(total)d letters gathered", seen=self.file.seen, total=self.file.total)

    @property
    def has_failed(self) -> bool:
        return self.file.state is CaseFileState.FAILED

    @property
    def left_out(self) -> str:
        if not self.file.missing:
            return ""
        return ngettext(
            "%(num)s paper could not be made; the index names it and says why.",
            "%(num)s papers could not be made; the index names them and says why.", self.file.missing,
        )  # fmt: skip


@bp.post("/letters/months")
def order() -> ResponseReturnValue:
    """The person is locked, so of two presses at once the second finds the file of the first."""
    month, language = request.form.get("month", ""), request.form.get("lang", "")
    if not MONTH.fullmatch(month) or language not in files.LANGUAGES:
        abort(422)
    db().execute(select(Person.id).where(Person.id == me().id).with_for_update())
    mine = (MonthFile.asked_by_id == me().id, MonthFile.month == month, MonthFile.language == language)
    file = db().scalars(select(MonthFile).where(*mine, MonthFile.state.in_(files.UNFINISHED))).first()
    if file is None:
        file = MonthFile(
            key=secrets.token_hex(16), month=month, language=language, state=CaseFileState.WAITING,
            asked_at=now(), asked_by_id=me().id,
        )  # fmt: skip
        db().add(file)
    db().commit()
    start_month_file(file.id)
    return redirect(url_for("month_file.show", key=file.key), 303)


@bp.get("/letters/months/<key>")
def show(key: str) -> ResponseReturnValue:
    file = _mine(key)
    if "HX-Request" in request.headers:
        # At the end the whole page is fetched once more.
        if not file.is_running:
            return "", 200, {"HX-Refresh": "true"}
        return render_template("casefile/progress.html", page=_page(file))
    return render_template("letters/month.html", page=_page(file))


@bp.get("/letters/months/<key>.zip")
def archive(key: str) -> ResponseReturnValue:
    file = _mine(key)
    if not _is_kept(file):
        abort(404)
    log.logger.info("download", what="letters of a month", by=me().id, key=file.key, rows=file.papers,
                    reference=log.reference())  # fmt: skip
    name = f"{_('letters')}-{file.month}.zip"
    response = send_file(_place(file), mimetype="application/zip", download_name=name, as_attachment=True)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _mine(key: str) -> MonthFile:
    query = select(MonthFile).where(MonthFile.key == key, MonthFile.asked_by_id == me().id)
    file = db().scalars(query).one_or_none()
    if file is None:
        abort(404)
    return file


def _is_kept(file: MonthFile) -> bool:
    return file.state is CaseFileState.DONE and _place(file).is_file()


def _place(file: MonthFile) -> Path:
    return files.place(log.settings(), file.key)


def _page(file: MonthFile) -> Page:
    return Page(
        file=file, title=moment.month(file.month), url=url_for("month_file.show", key=file.key),
        zip_url=url_for("month_file.archive", key=file.key) if _is_kept(file) else "",
        size=f"{(file.size or 0) / 1_000_000:.1f} MB", kept_until=moment.long_day(file.asked_at + files.KEPT_FOR),
    )  # fmt: skip
