"""The survey calls of a day as a matter that waits: who is to be called, whose turn it is, for whom they exist."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from sqlalchemy import Select, or_, select

from models import CallDay, InvitationStatus, Person, Role, Survey, SurveyInvitation
from workflow import survey_roles
from workflow.office import Office
from workflow.roles import Actor, Staff


def today(office: Office, at: datetime) -> Select[SurveyInvitation]:
    """The customers who are to be called by the end of this day."""
    day = office.calendar.day_of(at)
    end = datetime.combine(day + timedelta(days=1), time(), office.calendar.zone)
    return (
        select(SurveyInvitation)
        .join(SurveyInvitation.survey)
        .where(
            SurveyInvitation.status == InvitationStatus.OPEN,
            SurveyInvitation.by_call,
            or_(SurveyInvitation.next_call_at.is_(None), SurveyInvitation.next_call_at < end),
            Survey.closed_at.is_(None), Survey.opens_on <= day, Survey.closes_on >= day,
        )
    )  # fmt: skip


def call_backs(actor: Actor) -> tuple[datetime, datetime] | None:
    """When the oldest call-back that is still to be made by this person was asked for, and until when it is due."""
    if not survey_roles.runs(actor):
        return None
    open_ = today(actor.office, actor.staff.at).where(SurveyInvitation.due_at.is_not(None))
    columns = (SurveyInvitation.invited_at, SurveyInvitation.due_at)
    found = open_.with_only_columns(*columns).order_by(SurveyInvitation.due_at, SurveyInvitation.id).limit(1)
    first = actor.office.session.execute(found).first()
    return (first[0], first[1]) if first is not None and first[1] is not None else None


def holders(_told: CallDay, staff: Staff) -> Sequence[Person]:
    """Whose turn it is: customer relations'."""
    return staff.holders.get(Role.CUSTOMER_RELATIONS, ())


def awaits(_told: CallDay, actor: Actor) -> bool:
    """Whether this person calls."""
    return survey_roles.runs(actor)


def exists_for(_told: CallDay, actor: Actor) -> bool:
    """Customer relations, and the general manager, who sees all surveys."""
    return actor.person is None or survey_roles.sees_all(actor)
