"""Surveys are made for a source of a regulation in force, customers are invited, links are given out, incentives thank.

Who may is said in `survey_roles`; answers are taken in `survey_answers`.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from models import Customer, InvitationStatus, Person, Survey, SurveyIncentive, SurveyInvitation
from workflow import assessment_books, packs, survey_form, survey_plan, survey_roles
from workflow.assessment_pack import AssessmentPack
from workflow.assessment_source import Source
from workflow.people import wrong_length
from workflow.process import FORBIDDEN, INVALID, MOVED_ON, N_, Objection, Refused, refuse
from workflow.roles import Actor
from workflow.survey_plan import Plan
from workflow.texts import clean

# 192 bits: nobody guesses one in the life of a survey.
TOKEN_BYTES, LONGEST_TOKEN = 24, 64
LONGEST_WHAT = 200


@dataclass
class Invited:
    """How many were invited, how many had been before, and who has no subject of the survey's kind."""

    added: int = 0
    known: int = 0
    without: int = 0


def askable(session: Session, day: date) -> list[tuple[AssessmentPack, str, Source]]:
    """Every source of a regulation in force that customers can be asked about."""
    found = []
    for slug in packs.ASSESSMENTS:
        if (pack := assessment_books.pack_on(session, slug, day)) is not None:
            sources = pack.sources.items()
            found += [(pack, name, source) for name, source in sources if survey_form.is_askable(source)]
    return found


def source_of(session: Session, survey: Survey, day: date) -> tuple[AssessmentPack, Source]:
    """The regulation and the source as they hold on that day; Refused where it is not in force any more."""
    pack = assessment_books.pack_on(session, survey.regulation, day)
    if pack is None or survey.source not in pack.sources:
        raise Refused([Objection(INVALID, N_("The regulation of this survey is not in force on this day."))])
    return pack, pack.sources[survey.source]


def make(session: Session, plan: Plan, *, by: Actor, at: datetime) -> Survey:
    """A new survey; Refused says beside which field what is wrong."""
    person = _who_runs(by)
    day = by.office.calendar.day_of(at)
    pack = assessment_books.pack_on(session, plan.regulation, day)
    source = pack.sources.get(plan.source) if pack is not None else None
    if pack is None or source is None or not survey_form.is_askable(source):
        raise Refused([Objection(INVALID, N_("Choose what is to be asked."), field="source")])
    survey_plan.check(plan, pack, source, day)
    choices, limits = dict(plan.choices or {}), dict(plan.dissatisfied or {})
    assert plan.opens_on is not None and plan.closes_on is not None and plan.attempts and plan.link_days
    survey = Survey(
        regulation=plan.regulation, source=plan.source, title_zh=clean(plan.title_zh) or "",
        title_en=clean(plan.title_en) or "", about=plan.about,
        answers=source.answers, opens_on=plan.opens_on, closes_on=plan.closes_on, script=clean(plan.script) or "",
        choices={name: choices.get(name, survey_form.ASK) for name in survey_form.choice_fields(source)},
        dissatisfied={name: value.strip() for name, value in limits.items() if value.strip()},
        most_attempts=plan.attempts, link_days=plan.link_days, made_at=at, made_by=person,
    )  # fmt: skip
    session.add(survey)
    session.flush()
    return survey


def close(session: Session, survey: Survey, *, by: Actor, at: datetime) -> None:
    """From now on nobody is called and no link is answered."""
    person = _who_runs(by)
    refuse(Objection(MOVED_ON, N_("This survey is closed already.")) if survey.closed_at is not None else None)
    survey.closed_at, survey.closed_by = at, person
    session.flush()


def invite(
    session: Session, survey: Survey, customers: Sequence[Customer], *, by_call: bool, by: Actor, at: datetime
) -> Invited:
    """Each of these customers is asked once, about their adviser, their adviser's team or department."""
    person = _who_runs(by)
    refuse(
        _is_over(survey, by, at),
        Objection(INVALID, N_("Choose at least one customer."), field="customers") if not customers else None,
        _no_calls(survey) if by_call else None,
    )
    known = set(session.scalars(select(SurveyInvitation.customer_id).filter_by(survey_id=survey.id)))
    invited = Invited()
    for customer in customers:
        subject = _subject_of(survey.about, customer.adviser, at)
        if customer.id in known:
            invited.known += 1
        elif subject is None:
            invited.without += 1
        else:
            known.add(customer.id)
            invited.added += 1
            session.add(SurveyInvitation(
                survey=survey, customer=customer, by_call=by_call, status=InvitationStatus.OPEN, invited_at=at,
                invited_by=person, **subject,
            ))  # fmt: skip
    session.flush()
    return invited


def new_link(session: Session, invitation: SurveyInvitation, *, by: Actor, at: datetime) -> str:
    """The token of a fresh link, told this once; a link given out before leads nowhere from now on."""
    _who_runs(by)
    survey = invitation.survey
    answered = invitation.status is InvitationStatus.ANSWERED
    refuse(
        _is_over(survey, by, at),
        Objection(MOVED_ON, N_("This customer has answered already.")) if answered else None,
    )
    token = secrets.token_urlsafe(TOKEN_BYTES)
    invitation.token_digest = digest_of(token)
    invitation.expires_at = min(at + timedelta(days=survey.link_days), _end_of(survey.closes_on, by))
    session.flush()
    return token


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def found_by(session: Session, token: str, *, to_answer: bool = False) -> SurveyInvitation | None:
    """The invitation of this link; held against others until the commit where it is about to be answered."""
    if not token or len(token) > LONGEST_TOKEN or not token.isascii():
        return None
    query = select(SurveyInvitation).where(SurveyInvitation.token_digest == digest_of(token))
    if to_answer:
        query = query.with_for_update(of=SurveyInvitation).execution_options(populate_existing=True)
    loaded = (joinedload(SurveyInvitation.survey), joinedload(SurveyInvitation.customer))
    return session.scalars(query.options(*loaded)).one_or_none()


def locked(session: Session, key: int) -> SurveyInvitation | None:
    """The invitation, held against others until the commit."""
    query = select(SurveyInvitation).where(SurveyInvitation.id == key).with_for_update(of=SurveyInvitation)
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def give(
    session: Session, invitation: SurveyInvitation, *, kind: str, what: str, by: Actor, at: datetime
) -> SurveyIncentive:
    """SVY-1: taking part is thanked, whatever was answered, once."""
    person = _who_runs(by)
    pack, _source = source_of(session, invitation.survey, by.office.calendar.day_of(at))
    what = clean(what) or ""
    given = session.get(SurveyIncentive, invitation.id)
    refuse(
        Objection(INVALID, N_("Choose what the regulation gives."), field="kind")
        if kind not in pack.incentives
        else None,
        wrong_length("what", what, LONGEST_WHAT),
        Objection(INVALID, N_("This customer has not answered yet."), field="kind")
        if invitation.status is not InvitationStatus.ANSWERED
        else None,
        Objection(MOVED_ON, N_("This customer has been thanked already.")) if given is not None else None,
    )
    incentive = SurveyIncentive(invitation_id=invitation.id, kind=kind, what=what, given_at=at, given_by=person)
    session.add(incentive)
    session.flush()
    return incentive


def why_over(survey: Survey, day: date) -> Objection | None:
    """Why a survey takes no answer on this day."""
    if survey.closed_at is not None or day > survey.closes_on:
        return Objection(MOVED_ON, N_("This survey is closed."))
    if day < survey.opens_on:
        return Objection(INVALID, N_("This survey begins on %(day)s."), day=survey.opens_on)
    return None


def _is_over(survey: Survey, by: Actor, at: datetime) -> Objection | None:
    """Customers may be invited before the first day."""
    if survey.closed_at is not None or by.office.calendar.day_of(at) > survey.closes_on:
        return Objection(MOVED_ON, N_("This survey is closed."))
    return None


def _who_runs(by: Actor) -> Person:
    if not survey_roles.runs(by):
        raise Refused([Objection(FORBIDDEN, N_("Only customer relations run surveys."))])
    assert by.person is not None
    return by.person


def _no_calls(survey: Survey) -> Objection | None:
    if not survey.is_anonymous:
        return None
    return Objection(
        INVALID, N_("Answers to this survey are anonymous: who calls would know them. Invite by link."), field="by_call"
    )


def _subject_of(about: str, adviser: Person, at: datetime) -> dict[str, int] | None:
    post = adviser.posting_at(at)
    found = {
        "person": adviser.id,
        "team": post.team_id if post is not None else None,
        "department": post.department_id if post is not None else None,
    }[about]
    return {f"{about}_id": found} if found is not None else None


def _end_of(day: date, by: Actor) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), by.office.calendar.zone)
