"""Answers are taken once: from a call, by a link. Calls that reached nobody are noted, and after so many the customer
counts as unreachable.

One transaction holds all of it: the answer, its rows in the assessment, what the invitation came to, and the complaint
of a dissatisfied customer (CS-2).
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import (
    AnsweredBy,
    CallResult,
    Complaint,
    InvitationStatus,
    KeptFile,
    Survey,
    SurveyAnswer,
    SurveyAttempt,
    SurveyFigure,
    SurveyInvitation,
)
from workflow import assessment_books as books
from workflow import survey_complaint, survey_form, survey_roles, surveys
from workflow.evidence import Evidence
from workflow.process import FORBIDDEN, INVALID, MOVED_ON, N_, Objection, Refused, refuse
from workflow.roles import Actor
from workflow.survey_complaint import Registered, Unhappy
from workflow.survey_form import Given
from workflow.texts import clean

ANSWERED_ALREADY = N_("This customer has answered already.")
LATEST_CALL = timedelta(days=60)


@dataclass(frozen=True)
class Coming:
    """How an answer comes: by which way, when, by whose hand (the system's for a customer's own), what proves it."""

    way: AnsweredBy
    at: datetime
    by: Actor
    recording: Evidence | None = None
    registered: Registered | None = None


def by_call(
    session: Session, invitation: SurveyInvitation, given: Given, *, by: Actor, at: datetime,
    recording: Evidence | None = None, registered: Registered | None = None,
) -> SurveyAnswer:  # fmt: skip
    """What the customer said on the phone. Refused where it was answered meanwhile, or for what is not taken."""
    _who_calls(invitation, by)
    answer = _take(session, invitation, given, Coming(AnsweredBy.CALL, at, by, recording, registered))
    _note(session, invitation, CallResult.ANSWERED, by=by, at=at)
    return answer


def by_link(
    session: Session, invitation: SurveyInvitation, given: Given, *, way: AnsweredBy, system: Actor, at: datetime
) -> SurveyAnswer:
    """What the customer answered by themselves; the link is used up with it."""
    expired = invitation.expires_at is None or at >= invitation.expires_at
    refuse(Objection(MOVED_ON, N_("This link has expired.")) if expired else None)
    return _take(session, invitation, given, Coming(way, at, system))


def attempt(
    session: Session, invitation: SurveyInvitation, result: CallResult, *, by: Actor, at: datetime,
    call_again_at: datetime | None = None, note: str = "",
) -> SurveyAttempt:  # fmt: skip
    """A call without an answer. After the survey's number of calls that reached nobody the customer is unreachable."""
    _who_calls(invitation, by)
    note = clean(note) or ""
    refuse(
        _moved_on(invitation),
        surveys.why_over(invitation.survey, by.office.calendar.day_of(at)),
        _no_time(call_again_at, at) if result is CallResult.CALL_AGAIN else None,
        Objection(INVALID, N_("At most %(most)d characters, please."), field="note", most=survey_form.LONGEST_WORDS)
        if len(note) > survey_form.LONGEST_WORDS
        else None,
    )
    again = call_again_at if result is CallResult.CALL_AGAIN else None
    row = _note(session, invitation, result, by=by, at=at, call_again_at=again, note=note)
    if result is CallResult.REFUSED:
        invitation.status = InvitationStatus.REFUSED
    elif result is CallResult.NOT_REACHED and missed(session, invitation) >= invitation.survey.most_attempts:
        invitation.status = InvitationStatus.UNREACHABLE
    else:
        # Nobody is called twice on the day on which they did not answer.
        invitation.next_call_at = again or _tomorrow(by, at)
    session.flush()
    return row


def missed(session: Session, invitation: SurveyInvitation) -> int:
    """How many calls reached nobody."""
    query = select(func.count()).select_from(SurveyAttempt)
    return session.execute(
        query.where(SurveyAttempt.invitation_id == invitation.id, SurveyAttempt.result == CallResult.NOT_REACHED)
    ).scalar_one()


def unhappy(session: Session, invitation: SurveyInvitation, given: Given, *, by: Actor, at: datetime) -> Unhappy | None:
    """What will become a complaint, if anything; an anonymous answer never does by itself: nobody knows whose it is."""
    _pack, source = surveys.source_of(session, invitation.survey, by.office.calendar.day_of(at))
    return _unhappy(invitation, survey_form.dissatisfied(invitation.survey, source, given), given)


def _unhappy(invitation: SurveyInvitation, bad: list[survey_form.Bad], given: Given) -> Unhappy | None:
    if not bad or invitation.survey.is_anonymous:
        return None
    return Unhappy(invitation.survey, invitation.customer, invitation.subject, bad, given)


def _take(session: Session, invitation: SurveyInvitation, given: Given, coming: Coming) -> SurveyAnswer:
    survey, day = invitation.survey, coming.by.office.calendar.day_of(coming.at)
    refuse(_moved_on(invitation, to_call=coming.way is AnsweredBy.CALL), surveys.why_over(survey, day))
    pack, source = surveys.source_of(session, survey, day)
    key = secrets.token_hex(16)
    rows = survey_form.rows_of(survey, source, given, key)
    invitation.status = InvitationStatus.ANSWERED
    # The digest stays: whoever is handed the used link is told so.
    complaint = _complaint(session, invitation, survey_form.dissatisfied(survey, source, given), given, key, coming)
    recording = _kept(session, coming)
    answer = SurveyAnswer(
        key=key, survey=survey, invitation=None if survey.is_anonymous else invitation, way=coming.way,
        at=_when(survey, coming), by=coming.by.person, comments=_said(given), words=clean(given.words) or "",
        recording=recording, complaint=complaint,
    )  # fmt: skip
    entries = [books.Entry(invitation.subject, day, row) for row in rows]
    posted = books.post(
        session, pack, survey.source, entries, at=answer.at, by=coming.by.person, proof=recording
    )  # fmt: skip
    answer.figures = [SurveyFigure(row=row) for row in posted]
    session.add(answer)
    session.flush()
    return answer


def _complaint(
    session: Session, invitation: SurveyInvitation, bad: list[survey_form.Bad], given: Given, key: str, coming: Coming
) -> Complaint | None:
    if (found := _unhappy(invitation, bad, given)) is None:
        return None
    return survey_complaint.file(
        session, found, key, by=coming.by, at=coming.at, registered=coming.registered, recording=_twin(coming.recording)
    )


def _twin(recording: Evidence | None) -> Evidence | None:
    """The same bytes under an address of their own: whoever sees the complaint hears it there."""
    if recording is None:
        return None
    return Evidence(
        secrets.token_hex(16), recording.name, recording.media_type, recording.size, recording.digest
    )  # fmt: skip


def _kept(session: Session, coming: Coming) -> KeptFile | None:
    if coming.recording is None:
        return None
    return books.keep(session, coming.recording, at=coming.at, by=coming.by.person)


def _said(given: Given) -> dict[str, str]:
    return {name: text for name, typed in given.comments.items() if (text := clean(typed))}


def _when(survey: Survey, coming: Coming) -> datetime:
    """The moment; of an anonymous answer only its day."""
    if not survey.is_anonymous:
        return coming.at
    calendar = coming.by.office.calendar
    return datetime.combine(calendar.day_of(coming.at), time(), calendar.zone)


def _note(
    session: Session, invitation: SurveyInvitation, result: CallResult, *, by: Actor, at: datetime,
    call_again_at: datetime | None = None, note: str = "",
) -> SurveyAttempt:  # fmt: skip
    row = SurveyAttempt(
        invitation_id=invitation.id, at=at, by=by.person, result=result, call_again_at=call_again_at, note=note
    )
    session.add(row)
    session.flush()
    return row


def _moved_on(invitation: SurveyInvitation, *, to_call: bool = True) -> Objection | None:
    """By their own link customers may still answer after they did not on the phone."""
    if invitation.status is InvitationStatus.ANSWERED:
        return Objection(MOVED_ON, ANSWERED_ALREADY)
    if to_call and not invitation.is_open:
        return Objection(MOVED_ON, N_("This customer is not to be called any more."))
    return None


def _who_calls(invitation: SurveyInvitation, by: Actor) -> None:
    if not survey_roles.runs(by):
        raise Refused([Objection(FORBIDDEN, N_("Only customer relations call customers of a survey."))])
    if invitation.survey.is_anonymous or not invitation.by_call:
        raise Refused([Objection(INVALID, N_("This customer is invited by link and not called."))])


def _no_time(again: datetime | None, at: datetime) -> Objection | None:
    if again is None:
        return Objection(INVALID, N_("Say when to call again."), field="call_again_at")
    if not at < again <= at + LATEST_CALL:
        return Objection(INVALID, N_("This time is over or too far away."), field="call_again_at")
    return None


def _tomorrow(by: Actor, at: datetime) -> datetime:
    calendar = by.office.calendar
    return datetime.combine(calendar.day_of(at) + timedelta(days=1), time(), calendar.zone)
