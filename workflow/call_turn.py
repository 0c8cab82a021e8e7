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


def holders(_told: CallDay, staff: Staff) -> Sequence[Person]:
    """Whose turn it is: customer relations'."""
    return staff.holders.get(Role.CUSTOMER_RELATIONS, ())


def awaits(_told: CallDay, actor: Actor) -> bool:
    """Whether this person calls."""
    return survey_roles.runs(actor)


def exists_for(_told: CallDay, actor: Actor) -> bool:
    """Customer relations, and the general manager, who sees all surveys."""
    return actor.person is None or survey_roles.sees_all(actor)
