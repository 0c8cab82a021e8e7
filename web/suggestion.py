"""Suggestions (AFT-1, STAFF-1): what grades may lead to, with the reasons, and whether each was taken up."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from models import Assessment
from web import assessment_head, form, moment
from web import training as training_pages
from web.assessment_excel import given
from web.assessment_words import number
from web.regulation_tables import worded
from web.session import actor, db, now, only_for_those_who_work_here
from workflow import suggestion, training
from workflow.assessment_run import pack_for
from workflow.process import Refused
from workflow.suggestion import Suggestion

bp = Blueprint("suggestion", __name__, url_prefix="/assessments/<int:key>/suggestions")
bp.before_request(only_for_those_who_work_here)


@bp.get("")
def show(key: int) -> str:
    return _page(_readable(key), form.Wrong())


@bp.get("/suggestions.xlsx")
def excel(key: int) -> Response:
    """What the page tells its reader, one line for each person and outcome."""
    of = _readable(key)
    head, outcomes = assessment_head.head(of), pack_for(of).outcomes
    headings = [
        _("Suggestion"), _("Name"), _("Grade"), _("Total"), _("This grade from"), _("Taken up"), _("Answered by"),
        _("Time"), _("Reason"),
    ]  # fmt: skip
    found = suggestion.suggested(db(), of, actor())
    lines = [
        [worded(title), each.person.name, worded(each.grade.title), _total(each), number(each.grade.at_least),
         *_answered(each)]
        for outcome, title in outcomes.items() for each in found if each.outcome == outcome
    ]  # fmt: skip
    name = f"{head.title} {_('Suggestions')} {head.period}"
    return given(name, {_("Suggestions"): [headings, *lines]}, what="suggestions")


@bp.post("")
def answer(key: int) -> ResponseReturnValue:
    of = _readable(key)
    taken_up = form.yes_or_no("taken_up")
    try:
        suggestion.answer(
            db(), of, form.text("suggestion"), taken_up=taken_up, reason=form.text("reason"), by=actor(), at=now()
        )
    except Refused as refusal:
        wrong = form.beside_fields(refusal)
        db().rollback()
        return _page(_readable(key), wrong), 422
    db().commit()
    flash(_("The answer is kept. It changes nothing by itself."), "success")
    return redirect(url_for(".show", key=key), 303)


def may_look(of: Assessment) -> bool:
    return bool(suggestion.suggested(db(), of, actor()))


def _readable(key: int) -> Assessment:
    query = select(Assessment).where(Assessment.id == key).options(joinedload(Assessment.regulation_version))
    of = db().scalars(query).first() if key < 2**31 else None
    if of is None or not may_look(of):
        abort(404)
    return of


def _page(of: Assessment, wrong: form.Wrong) -> str:
    pack = pack_for(of)
    found = suggestion.suggested(db(), of, actor())
    groups = {outcome: [each for each in found if each.outcome == outcome] for outcome in pack.outcomes}
    trainings = url_for("training.of_assessment", key=of.id) if training_pages.may_look(of) else ""
    return render_template(
        "assessments/suggestions.html", head=assessment_head.head(of), of=of, wrong=wrong, typed=request.form,
        groups=[
            (worded(pack.outcomes[outcome]), some, trainings if outcome == training.OUTCOME else "")
            for outcome, some in groups.items()
            if some
        ],
        may_answer=lambda each: suggestion.may_answer(each, of, actor()) and of.closed_at is not None,
        grade=lambda each: worded(each.grade.title), bound=lambda each: number(each.grade.at_least),
        total=lambda each: _total(each) or "–",
    )  # fmt: skip


def _total(each: Suggestion) -> str:
    return number(each.assessed.shown) if each.assessed.shown is not None else ""


def _answered(each: Suggestion) -> list[str]:
    said = each.answer
    if said is None:
        return ["", "", "", ""]
    return [_("yes") if said.taken_up else _("no"), said.by.name, moment.moment(said.at), said.reason]
