"""Answers of a survey from a file: an empty table to fill in, and what is wrong in one that came back, by place."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from openpyxl import Workbook

from models import Survey
from web import survey_export, survey_words
from web.filters import sentence
from web.language import is_chinese
from web.session import actor, db, now, office
from web.survey_load import survey_run
from workflow import survey_import, surveys
from workflow.process import INVALID, N_, Objection, Refused, refuse
from workflow.survey_import import Outcome

bp = Blueprint("survey_import", __name__)


@bp.get("/surveys/<int(max=2147483647):key>/import")
def show(key: int) -> str:
    return _page(survey_run(key))


@bp.get("/surveys/<int(max=2147483647):key>/table.xlsx")
def table(key: int) -> Response:
    """The empty table with the columns that are read."""
    survey = survey_run(key)
    _pack, source = surveys.source_of(db(), survey, min(office().calendar.day_of(now()), survey.closes_on))
    book = Workbook(write_only=True)
    survey_export.sheet(book, _("Answers"), [survey_import.headings(survey, source, chinese=is_chinese())])
    return survey_export.attached(book, survey_words.title(survey))


@bp.post("/surveys/<int(max=2147483647):key>/import")
def take(key: int) -> ResponseReturnValue:
    """All answers of the file, or none of them and every place that is wrong."""
    survey = survey_run(key)
    file = request.files.get("file")
    try:
        refuse(Objection(INVALID, N_("Choose a file.")) if file is None or not file.filename else None)
        assert file is not None
        with file.stream as stream:
            outcome = survey_import.take(db(), survey, stream.read(), by=actor(), at=now())
    except Refused as refusal:
        db().rollback()
        return _page(survey_run(key), problem=" ".join(map(sentence, refusal.objections))), 422
    if outcome.problems:
        db().rollback()
        return _page(survey_run(key), outcome=outcome), 422
    db().commit()
    flash(ngettext("%(num)d answer is taken.", "%(num)d answers are taken.", outcome.taken), "success")
    return redirect(url_for("survey.show", key=key), 303)


def _page(survey: Survey, problem: str = "", outcome: Outcome | None = None) -> str:
    _pack, source = surveys.source_of(db(), survey, min(office().calendar.day_of(now()), survey.closes_on))
    found = outcome.problems if outcome is not None else []
    return render_template(
        "survey/import.html",
        survey=survey, problem=problem, more=outcome.more if outcome is not None else 0,
        problems=[(each.row, each.column, sentence(each.objection)) for each in found],
        columns=survey_import.headings(survey, source, chinese=is_chinese()), most=survey_import.MOST_ROWS,
    )  # fmt: skip
