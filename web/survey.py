"""Surveys: the list, a new one, one with its figures, single answers where they are named, and all of it for Excel.

Who sees what is asked of `workflow.survey_roles`.
"""

from datetime import date

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from models import AssessmentRow, Survey, SurveyAnswer, SurveyFigure, SurveyInvitation, SurveyRecording, SurveySample
from web import form, survey_export, survey_new, survey_sheet, survey_words, uploads
from web.attachment import as_download
from web.paging import Page
from web.session import actor, db, now, office
from web.survey_load import only_who_runs, survey_run, survey_seen
from web.survey_recording import recording_sent
from web.survey_words import ANSWERS, asked_for, title
from workflow import assessment_books as books
from workflow import survey_figures, survey_recording, survey_roles, survey_sample, surveys
from workflow.process import Refused, refuse

PER_PAGE = 50

bp = Blueprint("survey", __name__)
bp.add_app_template_filter(survey_words.chip, "survey_chip")
bp.add_app_template_filter(survey_words.result, "survey_result")


@bp.before_request
def _only_for_those_whom_they_concern() -> None:
    if not survey_roles.looks(actor()):
        abort(404)


@bp.get("/surveys")
def index() -> str:
    page = Page.asked(PER_PAGE)
    query = select(Survey).where(survey_roles.visible_to(actor())).order_by(Survey.closes_on.desc(), Survey.id.desc())
    found = page.cut(list(db().scalars(query.offset(page.skip).limit(page.most))))
    progress = survey_figures.progress_of(db(), found, by=actor())
    return render_template(
        "survey/index.html",
        rows=[(each, progress.get(each.id, survey_figures.Progress()), _asked_for(each)) for each in found],
        page=page, runs=survey_roles.runs(actor()), today=_today(),
    )  # fmt: skip


@bp.get("/surveys/new")
def new() -> str:
    only_who_runs()
    return survey_new.page(form.Wrong())


@bp.post("/surveys")
def make() -> ResponseReturnValue:
    only_who_runs()
    try:
        survey = surveys.make(db(), survey_new.plan(), by=actor(), at=now())
    except Refused as refusal:
        return survey_new.page(form.beside_fields(refusal)), 422
    db().commit()
    flash(_("The survey is made. Now invite customers."), "success")
    return redirect(url_for("survey_invite.index", key=survey.id), 303)


@bp.get("/surveys/<int(max=2147483647):key>")
def show(key: int) -> str:
    return page_of(survey_seen(key), form.Wrong())


def page_of(survey: Survey, wrong: form.Wrong) -> str:
    """The page of one survey; also where something typed on it was refused."""
    runs = survey_roles.runs(actor())
    pack = books.pack_on(db(), survey.regulation, _day_of(survey))
    source = pack.sources.get(survey.source) if pack is not None else None
    return render_template(
        "survey/show.html",
        survey=survey, asked_for=_asked_for(survey), table=survey_sheet.table(survey), runs=runs, wrong=wrong,
        promise=_(ANSWERS[survey.answers]), reads=survey_roles.reads_answers(survey, actor()), typed=request.form,
        at_least=survey_roles.AT_LEAST, open=_takes_answers(survey), samples=_samples(survey) if runs else [],
        share=pack.figures[survey_sample.SHARE].value if pack and survey_sample.SHARE in pack.figures else None,
        unrecorded=survey_recording.count(db(), survey) if runs and source is not None and source.recorded else 0,
        samples_here=runs and pack is not None and survey_sample.SHARE in pack.figures,
    )  # fmt: skip


@bp.post("/surveys/<int(max=2147483647):key>/close")
def close(key: int) -> ResponseReturnValue:
    survey = survey_run(key)
    surveys.close(db(), survey, by=actor(), at=now())
    db().commit()
    flash(_("The survey is closed: nobody is called any more, and no link takes an answer."), "success")
    return redirect(url_for("survey.show", key=key), 303)


@bp.post("/surveys/<int(max=2147483647):key>/sample")
def sample(key: int) -> ResponseReturnValue:
    survey = survey_run(key)
    try:
        drawn = survey_sample.take(db(), survey, percent=form.chosen("percent"), by=actor(), at=now())
    except Refused as refusal:
        return page_of(survey, form.beside_fields(refusal)), 422
    db().commit()
    flash(_("%(num)d of %(all)d were drawn and added to today's calls.", num=len(drawn.drawn), all=len(drawn.among)),
          "success")  # fmt: skip
    return redirect(url_for("survey.show", key=key), 303)


@bp.get("/surveys/<int(max=2147483647):key>/answers")
def answers(key: int) -> str:
    """Single answers, the newest first; there is no such page where answers are not named."""
    survey = survey_seen(key)
    if not survey_roles.reads_answers(survey, actor()):
        abort(404)
    page, unrecorded = Page.asked(PER_PAGE), request.args.get("recording") == "missing"
    query = _answers(survey).where(survey_recording.lack_one()) if unrecorded else _answers(survey)
    found = page.cut(list(db().scalars(query.offset(page.skip).limit(page.most)).unique()))
    return _page_of_answers(survey, found, page, unrecorded=unrecorded)


@bp.get("/surveys/<int(max=2147483647):key>/answers/<answer>")
def answer(key: int, answer: str) -> str:
    """One answer by itself: where a complaint that came of it leads."""
    return _page_of_answers(*_one(key, answer), Page(1, PER_PAGE))


def _one(key: int, answer: str) -> tuple[Survey, list[SurveyAnswer]]:
    survey = survey_seen(key)
    found = list(db().scalars(_answers(survey).where(SurveyAnswer.key == answer)).unique())
    if not found:
        abort(404)
    return survey, found


def _page_of_answers(
    survey: Survey, found: list[SurveyAnswer], page: Page, *, unrecorded: bool = False, wrong: str = ""
) -> str:
    return render_template(
        "survey/answers.html", survey=survey, rows=survey_sheet.answers(survey, found), page=page, wrong=wrong,
        asked_for=_asked_for(survey), runs=survey_roles.runs(actor()), unrecorded=unrecorded,
    )  # fmt: skip


@bp.get("/surveys/<int(max=2147483647):key>/answers/<answer>/recording")
def recording(key: int, answer: str) -> Response:
    survey = survey_seen(key)
    query = survey_roles.answers_readable_by(survey, actor()).where(SurveyAnswer.key == answer)
    found = db().scalars(query.options(joinedload(SurveyAnswer.recording))).one_or_none()
    heard = found.heard if found is not None else None
    if heard is None or not uploads.path_of(heard.digest).is_file():
        abort(404)
    return as_download(heard, heard.name)


@bp.post("/surveys/<int(max=2147483647):key>/answers/<answer>/recording")
def attach(key: int, answer: str) -> ResponseReturnValue:
    """The recording of a call, after its answer (SAL-1)."""
    only_who_runs()
    _survey, [found] = _one(key, answer)
    sent = recording_sent()
    try:
        refuse(sent.objection)
        survey_recording.attach(db(), found, sent.file, by=actor(), at=now())
    except Refused as refusal:
        wrong = " ".join(form.beside_fields(refusal).values())
        db().rollback()
        return _page_of_answers(*_one(key, answer), Page(1, PER_PAGE), wrong=wrong), 422
    db().commit()
    flash(_("The recording is kept with the answer."), "success")
    return redirect(url_for(".answers", key=key, _anchor=f"answer-{answer}"), 303)


@bp.get("/surveys/<int(max=2147483647):key>/export.xlsx")
def export(key: int) -> Response:
    """The figures as the page shows them, and the single answers for whoever may open them."""
    survey = survey_seen(key)
    found = list(db().scalars(_answers(survey)).unique()) if survey_roles.reads_answers(survey, actor()) else []
    return survey_export.workbook(title(survey), survey_sheet.table(survey), survey_sheet.answers(survey, found))


def _answers(survey: Survey) -> Select[SurveyAnswer]:
    return (
        survey_roles.answers_readable_by(survey, actor())
        .order_by(SurveyAnswer.id.desc())
        .options(
            joinedload(SurveyAnswer.invitation).joinedload(SurveyInvitation.customer),
            joinedload(SurveyAnswer.by), joinedload(SurveyAnswer.recording), joinedload(SurveyAnswer.complaint),
            joinedload(SurveyAnswer.attached).joinedload(SurveyRecording.file),
            selectinload(SurveyAnswer.figures).joinedload(SurveyFigure.row).options(
                joinedload(AssessmentRow.person), joinedload(AssessmentRow.team), joinedload(AssessmentRow.department)
            ),
        )
    )  # fmt: skip


def _samples(survey: Survey) -> list[SurveySample]:
    query = select(SurveySample).where(SurveySample.survey_id == survey.id).order_by(SurveySample.id.desc())
    return list(db().scalars(query.options(joinedload(SurveySample.by))))


def _asked_for(survey: Survey) -> str:
    return asked_for(books.pack_on(db(), survey.regulation, _day_of(survey)), survey)


def _day_of(survey: Survey) -> date:
    """The regulation as it holds today, or held when the survey ended."""
    return min(_today(), survey.closes_on)


def _takes_answers(survey: Survey) -> bool:
    return survey.closed_at is None and _today() <= survey.closes_on


def _today() -> date:
    return office().calendar.day_of(now())
