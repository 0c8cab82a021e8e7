"""A customer answers by a personal link or QR code, without logging in: once, until it expires.

Whoever holds the address holds its secret: it is written into no log, kept by no cache and found by no search engine.
The page greets the customer and says what is asked; of anybody else, and of answers, it says nothing.
"""

from datetime import date

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from models import AnsweredBy, InvitationStatus, SurveyInvitation
from web import form, misses, survey_questions
from web.access import public
from web.session import db, now, office
from web.survey_words import PROMISES, title
from workflow import survey_answers, survey_form, surveys
from workflow.process import MOVED_ON, Objection, Refused
from workflow.survey_form import Given

bp = Blueprint("survey_public", __name__)


@bp.after_request
def _keep_it_private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    # A form checks which site it comes from; the address itself, a secret, is sent on to nobody, not even to our log.
    response.headers["Referrer-Policy"] = "strict-origin"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@bp.get("/s/<token>")
@public
def show(token: str) -> ResponseReturnValue:
    if (again_at := misses.wait()) is not None:
        return render_template("survey/public_over.html", why="many", again_at=again_at), 429
    invitation = surveys.found_by(db(), token)
    if invitation is None:
        return _unknown()
    if why := _why_over(invitation):
        return _over(invitation, why)
    return _page(token, invitation, None, form.Wrong())


@bp.post("/s/<token>")
@public
def answer(token: str) -> ResponseReturnValue:
    if (again_at := misses.wait()) is not None:
        return render_template("survey/public_over.html", why="many", again_at=again_at), 429
    invitation = surveys.found_by(db(), token, to_answer=True)
    if invitation is None:
        return _unknown()
    if why := _why_over(invitation):
        return _over(invitation, why)
    _pack, source = surveys.source_of(db(), invitation.survey, _today())
    given = survey_questions.given(invitation.survey, source)
    way = AnsweredBy.QR if request.args.get("by") == "qr" else AnsweredBy.LINK
    try:
        taken = survey_answers.by_link(
            db(), invitation, given, way=way, system=office().system(now()), at=now()
        )  # fmt: skip
    except Refused as refusal:
        return _page(token, invitation, given, form.beside_fields(refusal)), 422
    is_taken_up = taken.complaint is not None
    db().commit()
    return render_template("survey/public_thanks.html", survey=invitation.survey, is_taken_up=is_taken_up)


def _page(token: str, invitation: SurveyInvitation, given: Given | None, wrong: form.Wrong) -> str:
    survey = invitation.survey
    _pack, source = surveys.source_of(db(), survey, _today())
    return render_template(
        "survey/public.html",
        token=token, survey=survey, title=title(survey), promise=PROMISES[survey.answers],
        # Who wants to stay unknown is not called by their name.
        greeted="" if survey.is_anonymous else invitation.customer.name,
        questions=survey_questions.asked(survey, source, given, wrong), words=given.words if given else "",
        wrong=wrong, longest=survey_form.LONGEST_WORDS, by="qr" if request.args.get("by") == "qr" else None,
    )  # fmt: skip


def _why_over(invitation: SurveyInvitation) -> str:
    """Why this link takes no answer (any more), in a word for the page."""
    if invitation.status is InvitationStatus.ANSWERED:
        return "used"
    over: Objection | None = surveys.why_over(invitation.survey, _today())
    if over is not None:
        return "closed" if over.code == MOVED_ON else "early"
    if invitation.expires_at is None or now() >= invitation.expires_at:
        return "expired"
    return ""


def _over(invitation: SurveyInvitation, why: str) -> ResponseReturnValue:
    gone = 200 if why == "early" else 410
    return render_template("survey/public_over.html", why=why, survey=invitation.survey, again_at=None), gone


def _unknown() -> ResponseReturnValue:
    misses.count()
    return render_template("survey/public_over.html", why="unknown", again_at=None), 404


def _today() -> date:
    return office().calendar.day_of(now())
