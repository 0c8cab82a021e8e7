"""催办: whoever waits urges those whose turn it is. A refusal is told on the page of the case, to which one returns."""

from flask import Blueprint, abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from models import Person, Scorecard
from web import case_words
from web.after import after_commit
from web.case_load import case_to_act_on
from web.filters import sentence
from web.penalty_load import penalty_to_act_on
from web.plan_acts import plan_to_act_on
from web.session import actor, db, now
from workflow import nudge, question_nudge, questions, scorecard_books
from workflow.process import NOT_FOUND, Refused
from workflow.scorecard_roles import visible_to
from workflow.turn import Case

bp = Blueprint("nudge", __name__)


@bp.post("/complaints/<number>/nudges")
def of_complaint(number: str) -> ResponseReturnValue:
    return _urge(case_to_act_on(number), url_for("complaint.show", number=number, _anchor="nudge"))


@bp.post("/penalties/<number>/nudges")
def of_penalty(number: str) -> ResponseReturnValue:
    return _urge(penalty_to_act_on(number), url_for("penalty.show", number=number, _anchor="nudge"))


@bp.post("/plans/<number>/nudges")
def of_plan(number: str) -> ResponseReturnValue:
    return _urge(plan_to_act_on(number), url_for("plan.show", number=number, _anchor="nudge"))


@bp.post("/months/<month>/cards/<username>/nudges")
def of_card(month: str, username: str) -> ResponseReturnValue:
    page = url_for("month.card", month=month, username=username, _anchor="nudge")
    return _urge(_card_to_act_on(month, username), page)


@bp.post("/questions/<int(max=2147483647):key>/nudges")
def of_question(key: int) -> ResponseReturnValue:
    page = url_for("question.show", key=key, _anchor="nudge")
    found = questions.locked(db(), key)
    if found is None:
        abort(404)
    try:
        people = question_nudge.nudge(db(), found, by=actor(), at=now())
    except Refused as refusal:
        return _refused(refusal, page)
    return _told([person.name for person in people], page)


def _card_to_act_on(month: str, username: str) -> Scorecard:
    """The card held against others; one that is not there and one that is not for this reader answer alike (404)."""
    of_person = select(Scorecard.id).join(Scorecard.person).where(Scorecard.month == month, Person.username == username)
    if (card_id := db().scalar(of_person.where(visible_to(actor())))) is None:
        abort(404)
    [card] = scorecard_books.locked(db(), [card_id])
    return card


def _urge(case: Case, page: str) -> ResponseReturnValue:
    try:
        event = nudge.nudge(case, by=actor(), at=now())
    except Refused as refusal:
        return _refused(refusal, page)
    return _told(event.said["urged"], page)


def _refused(refusal: Refused, page: str) -> ResponseReturnValue:
    if refusal.code == NOT_FOUND:
        abort(404)
    flash(sentence(refusal.objections[0]), "warning")
    return redirect(page, 303)


def _told(people: list[str], page: str) -> ResponseReturnValue:
    names = case_words.names(people)
    db().commit()
    after_commit()
    flash(_("%(names)s: told that you wait.", names=names), "success")
    return redirect(page, 303)
