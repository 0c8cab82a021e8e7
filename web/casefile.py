"""The file of a case as one PDF: ordered from the case's page, made by the worker, fetched by whoever ordered it.

A file of a case that its reader may no longer see answers as one that never was (404).
"""

from dataclasses import dataclass

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, select

from jobs import casefile as files
from models import CaseFile, Complaint, Penalty
from web import case_line, filters, made_file
from web.after import start_case_file
from web.case_load import case_to_act_on
from web.letter import POLICY
from web.penalty_load import penalty_to_act_on
from web.session import actor, db
from workflow import casefile

bp = Blueprint("casefile", __name__)


@dataclass(frozen=True)
class Page(made_file.Page):
    """What the page of one case file prints."""

    case_url: str


@bp.post("/complaints/<number>/file")
def of_complaint(number: str) -> ResponseReturnValue:
    return _order(case_to_act_on(number))


@bp.post("/penalties/<number>/file")
def of_penalty(number: str) -> ResponseReturnValue:
    return _order(penalty_to_act_on(number))


@bp.get("/case-files/<key>")
def show(key: str) -> ResponseReturnValue:
    file = _mine(key)
    return made_file.shown("casefile/show.html", _page(file))


@bp.get("/case-files/<key>.pdf")
def pdf(key: str) -> ResponseReturnValue:
    file = _mine(key)
    name = f"{filters.case(file.case)} {_('case file')} {_('copy %(number)d', number=file.copy)}.pdf"
    response = made_file.sent(file, name, what="case file", as_attachment="download" in request.args)
    response.headers["Content-Security-Policy"] = POLICY
    return response


def _order(case: Complaint | Penalty) -> ResponseReturnValue:
    """The case is locked, so of two presses at once the second finds the file of the first."""
    language = made_file.asked_language()
    file = made_file.running(CaseFile, language, _of(case))
    if file is None:
        file = CaseFile(
            **made_file.asked_for(language), remarks=[], copy=_next_copy(case),
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
    file = made_file.mine(CaseFile, key)
    if not casefile.may_see(files.case_of(db(), file), actor()):
        abort(404)
    return file


def _page(file: CaseFile) -> Page:
    headline = _("The case file waits for its turn.")
    if file.total:
        headline = _("%(seen)d of %(total)d parts bound", seen=file.seen, total=file.total)
    return Page(
        file=file, title=filters.case(file.case), url=url_for("casefile.show", key=file.key), headline=headline,
        fetch_url=url_for("casefile.pdf", key=file.key) if made_file.is_kept(file) else "",
        case_url=case_line.address(file.case),
    )  # fmt: skip
