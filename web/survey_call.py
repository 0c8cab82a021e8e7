"""The phone: who is to be called today, one call on one screen, what came of it, and the complaint before it is filed.

The questions come first, the call that reached nobody beside them; everything works with the keyboard alone.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from models import (
    CallResult,
    Category,
    Customer,
    InvitationStatus,
    Severity,
    SurveyAnswer,
    SurveyAttempt,
    SurveyInvitation,
)
from web import choices, form, moment, survey_questions, uploads
from web.assessment_words import name_of
from web.filters import case
from web.paging import Page
from web.session import actor, db, now, office, zone
from web.survey_load import invitation_locked, invitation_run, only_who_runs
from web.survey_recording import Recording, recording_sent
from workflow import call_turn, survey_answers, survey_complaint, survey_form, survey_roles, surveys
from workflow.process import INVALID, N_, Objection, Refused, refuse
from workflow.survey_complaint import Registered, Unhappy
from workflow.survey_form import Given

PER_PAGE = 50

bp = Blueprint("survey_call", __name__)


@dataclass(frozen=True)
class Row:
    """A customer to be called."""

    invitation: SurveyInvitation
    about: str
    attempts: int
    last: SurveyAttempt | None

    @property
    def clock(self) -> moment.Clock | None:
        due = self.invitation.due_at
        return None if due is None else moment.clock(due, started=self.invitation.invited_at)


@bp.get("/surveys/calls")
def index() -> str:
    only_who_runs()
    page = Page.asked(PER_PAGE)
    found = page.cut(list(db().scalars(_today().offset(page.skip).limit(page.most)).unique()))
    return render_template("survey/calls.html", rows=[_row(each) for each in found], page=page, count=count_today())


@bp.get("/surveys/calls/<int(max=2147483647):number>")
def show(number: int) -> str:
    return _page(invitation_run(number), None, form.Wrong())


@bp.post("/surveys/calls/<int(max=2147483647):number>/answer")
def answer(number: int) -> ResponseReturnValue:
    """The answer; a dissatisfied one is shown as the complaint that it will be, and saved with a second press."""
    invitation = invitation_locked(number)
    _pack, source = surveys.source_of(db(), invitation.survey, office().calendar.day_of(now()))
    given, recording = survey_questions.given(invitation.survey, source), recording_sent()
    try:
        refuse(recording.objection)
        survey_form.rows_of(invitation.survey, source, given, "")
        unhappy = survey_answers.unhappy(db(), invitation, given, by=actor(), at=now())
        if unhappy is not None and "registered" not in request.form:
            return _confirm(invitation, unhappy, given, recording, form.Wrong())
        taken = survey_answers.by_call(
            db(), invitation, given, by=actor(), at=now(), recording=recording.file, registered=_registered()
        )
    except Refused as refusal:
        return _page(invitation, given, form.beside_fields(refusal), recording), 422
    db().commit()
    flash(_told(taken), "success")
    return redirect(url_for("survey_call.index"), 303)


@bp.post("/surveys/calls/<int(max=2147483647):number>/attempt")
def attempt(number: int) -> ResponseReturnValue:
    """A call without an answer."""
    invitation = invitation_locked(number)
    result = {each.value: each for each in CallResult if each is not CallResult.ANSWERED}.get(form.text("result"))
    try:
        refuse(Objection(INVALID, N_("Say what came of the call."), field="result") if result is None else None)
        assert result is not None
        survey_answers.attempt(
            db(), invitation, result, by=actor(), at=now(), call_again_at=_moment("call_again_at"),
            note=form.text("note"),
        )  # fmt: skip
    except Refused as refusal:
        return _page(invitation, None, form.beside_fields(refusal)), 422
    db().commit()
    unreachable = invitation.status is InvitationStatus.UNREACHABLE
    flash(
        _("After this call the customer counts as unreachable.") if unreachable else _("The call is noted."), "success"
    )
    return redirect(url_for("survey_call.index"), 303)


def count_today() -> int:
    """How many customers are to be called today; for whoever does not call, none."""
    if not survey_roles.runs(actor()):
        return 0
    return db().execute(select(func.count()).select_from(_today().order_by(None).subquery())).scalar_one()


def _today() -> Select[SurveyInvitation]:
    """Sampled ones by their deadline first, then whose time was agreed, then the rest in the order of invitation."""
    return (
        call_turn.today(office(), now())
        .order_by(
            SurveyInvitation.due_at.is_(None), SurveyInvitation.due_at, SurveyInvitation.next_call_at.is_(None),
            SurveyInvitation.next_call_at, SurveyInvitation.id,
        )
        .options(
            joinedload(SurveyInvitation.survey), joinedload(SurveyInvitation.customer).joinedload(Customer.adviser),
            selectinload(SurveyInvitation.attempts).joinedload(SurveyAttempt.by),
        )
    )  # fmt: skip


def _row(invitation: SurveyInvitation) -> Row:
    attempts = invitation.attempts
    return Row(invitation, name_of(invitation.subject), len(attempts), attempts[-1] if attempts else None)


def _page(
    invitation: SurveyInvitation, given: Given | None, wrong: form.Wrong, recording: Recording | None = None
) -> str:
    survey = invitation.survey
    attempts = db().scalars(
        select(SurveyAttempt).where(SurveyAttempt.invitation_id == invitation.id).order_by(SurveyAttempt.id)
        .options(joinedload(SurveyAttempt.by))
    ).all()  # fmt: skip
    taken = db().scalars(select(SurveyAnswer).where(SurveyAnswer.invitation_id == invitation.id)).first()
    day = office().calendar.day_of(now())
    why_not = surveys.why_over(survey, day)
    callable_ = invitation.is_open and invitation.by_call and not survey.is_anonymous
    questions, recorded = [], False
    if callable_ and why_not is None:
        _pack, source = surveys.source_of(db(), survey, day)
        recorded = source.recorded
        questions = survey_questions.asked(survey, source, given, wrong)
    return render_template(
        "survey/call.html",
        invitation=invitation, survey=survey, about=name_of(invitation.subject), attempts=attempts, wrong=wrong,
        questions=questions, words=given.words if given else "", recording=recording or Recording(), taken=taken,
        recorded=recorded,
        typed=request.form, why_not=why_not, accepted=uploads.ACCEPTED, longest=survey_form.LONGEST_WORDS,
        tomorrow=f"{moment.local(now()) + timedelta(days=1):%Y-%m-%dT10:00}",
    )  # fmt: skip


def _confirm(
    invitation: SurveyInvitation, unhappy: Unhappy, given: Given, recording: Recording, wrong: form.Wrong
) -> str:
    _pack, source = surveys.source_of(db(), invitation.survey, office().calendar.day_of(now()))
    questions = survey_questions.asked(invitation.survey, source, given, {})
    return render_template(
        "survey/confirm.html",
        invitation=invitation, survey=invitation.survey, about=name_of(invitation.subject), wrong=wrong,
        described=survey_complaint.described(unhappy), carried=survey_questions.carried(questions, given.words),
        recording=recording, categories=choices.categories(), severities=choices.severities(),
        category=Registered().category.value, severity=Registered().severity.value,
    )  # fmt: skip


def _registered() -> Registered:
    usual, typed = Registered(), request.form
    category, severity = typed.get("category", ""), typed.get("severity", "")
    return Registered(
        Category(category) if category in {each.value for each in Category} else usual.category,
        Severity(severity) if severity in {each.value for each in Severity} else usual.severity,
        form.text("demand"),
    )


def _moment(name: str) -> datetime | None:
    """A moment of the company's time, as a browser's field gives it."""
    try:
        found = datetime.fromisoformat(request.form.get(name, "").strip()[:16])
    except ValueError:
        return None
    return found.replace(tzinfo=zone())


def _told(taken: SurveyAnswer) -> str:
    if taken.complaint is None:
        return _("The answer is recorded.")
    return _("The answer is recorded, and %(complaint)s is filed.", complaint=case(taken.complaint))
