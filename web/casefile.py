"""The file of a case as one PDF: ordered from the case's page, made by the worker, fetched by whoever ordered it.

A file of somebody else's, one of a case that its reader may no longer see, and one that never was answer alike (404).
"""

import secrets
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, abort, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, select

from jobs import casefile as files
from models import CaseFile, CaseFileState, Complaint, Penalty
from web import case_line, filters, log, moment
from web.after import start_case_file
from web.case_load import case_to_act_on
from web.penalty_load import penalty_to_act_on
from web.session import actor, db, me, now
from workflow import casefile

POLICY = "default-src 'none'; object-src 'self'; frame-ancestors 'none'"

bp = Blueprint("casefile", __name__)


@dataclass(frozen=True)
class Page:
    """What the page of one file prints."""

    file: CaseFile
    title: str
    case_url: str
    pdf_url: str
    url: str
    size: str
    kept_until: str

    @property
    def headline(self) -> str:
        if not self.file.total:
            return _("The case file waits for its turn.")
        return _("%(seen)d of %(total)d parts bound", seen=self.file.seen, total=self.file.total)

    @property
    def has_failed(self) -> bool:
        return self.file.state is CaseFileState.FAILED


@bp.post("/complaints/<number>/file")
def of_complaint(number: str) -> ResponseReturnValue:
    return _order(case_to_act_on(number))


@bp.post("/penalties/<number>/file")
def of_penalty(number: str) -> ResponseReturnValue:
    return _order(penalty_to_act_on(number))


@bp.get("/case-files/<key>")
def show(key: str) -> ResponseReturnValue:
    file = _mine(key)
    if "HX-Request" in request.headers:
        # At the end the whole page is fetched once more.
        return ("", 200, {"HX-Refresh": "true"}) if not file.is_running else _progress(file)
    return render_template("casefile/show.html", page=_page(file))


@bp.get("/case-files/<key>.pdf")
def pdf(key: str) -> ResponseReturnValue:
    file = _mine(key)
    if not _is_kept(file):
        abort(404)
    log.logger.info("download", what="case file", by=me().id, key=file.key, reference=log.reference())
    name = f"{filters.case(file.case)} {_('case file')} {_('copy %(number)d', number=file.copy)}.pdf"
    response = send_file(_place(file), mimetype="application/pdf", download_name=name,
                         as_attachment="download" in request.args)  # fmt: skip
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _order(case: Complaint | Penalty) -> ResponseReturnValue:
    """The case is locked, so of two presses at once the second finds the file of the first."""
    language = request.form.get("lang", "")
    if language not in ("zh", "en"):
        abort(422)
    own = (CaseFile.asked_by_id == me().id, CaseFile.language == language)
    running = CaseFile.state.in_((CaseFileState.WAITING, CaseFileState.RUNNING))
    file = db().scalars(select(CaseFile).where(_of(case), *own, running).limit(1)).first()
    if file is None:
        file = CaseFile(
            key=secrets.token_hex(16), language=language, state=CaseFileState.WAITING, remarks=[],
            asked_at=now(), asked_by_id=me().id, copy=_next_copy(case),
            complaint_id=case.id if isinstance(case, Complaint) else None,
            penalty_id=case.id if isinstance(case, Penalty) else None,
        )  # fmt: skip
        db().add(file)
    db().commit()
    start_case_file(file.id)
    return redirect(url_for("casefile.show", key=file.key), 303)


def _of(case: Complaint | Penalty) -> ColumnElement[bool]:
    column = CaseFile.complaint_id if isinstance(case, Complaint) else CaseFile.penalty_id
    return column == case.id


def _next_copy(case: Complaint | Penalty) -> int:
    return int(db().scalar(select(func.coalesce(func.max(CaseFile.copy), 0)).where(_of(case))) or 0) + 1


def _mine(key: str) -> CaseFile:
    """A file that this person ordered, of a case that they still may see; or 404."""
    query = select(CaseFile).where(CaseFile.key == key, CaseFile.asked_by_id == me().id)
    file = db().scalars(query).one_or_none()
    if file is None or not casefile.may_see(files.case_of(db(), file), actor()):
        abort(404)
    return file


def _is_kept(file: CaseFile) -> bool:
    return file.state is CaseFileState.DONE and _place(file).is_file()


def _place(file: CaseFile) -> Path:
    return files.place(log.settings(), file.key)


def _page(file: CaseFile) -> Page:
    return Page(
        file=file, title=filters.case(file.case), case_url=case_line.address(file.case),
        url=url_for("casefile.show", key=file.key),
        pdf_url=url_for("casefile.pdf", key=file.key) if _is_kept(file) else "",
        size=_size(file.size or 0), kept_until=moment.long_day(file.asked_at + files.KEPT_FOR),
    )  # fmt: skip


def _progress(file: CaseFile) -> str:
    return render_template("casefile/progress.html", page=_page(file))


def _size(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB"
