"""Colleagues to rate as a matter that waits like a case: who is told, whose turn it is, for whom it exists, and how its
days are counted.

Nobody stands in for a rater. With whoever leaves, what they were to give falls away; so does what was asked about them.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session, aliased

from models import Notice, Person, RatingAsked, RatingDuty, RatingRound
from workflow import assessment_roles
from workflow.assessment_pack import pack_of
from workflow.limit import Limit
from workflow.office import Office
from workflow.reminder_times import Run
from workflow.roles import Actor, Staff

IN_WORKING_TIME = Limit(working_days=1)


def tell(session: Session, duty: RatingDuty, *, by: Actor) -> None:
    """The rater, once; not whoever opened the round."""
    if by.person is None or duty.rater_id != by.person.id:
        session.add(Notice(rating=duty, rating_id=duty.id, person=duty.rater, person_id=duty.rater_id))


def still_open(duty: RatingDuty, at: datetime) -> list[RatingAsked]:
    """Whom the rater has still to rate."""
    if not duty.round.takes_at(at) or duty.rater.has_left_at(at):
        return []
    return [each for each in duty.asked if each.given_on is None and not each.person.has_left_at(at)]


def holders(duty: RatingDuty, staff: Staff) -> Sequence[Person]:
    return [duty.rater] if still_open(duty, staff.at) else []


def awaits(duty: RatingDuty, actor: Actor) -> bool:
    """Whether a rating is still awaited, and from this person."""
    return actor.person is not None and actor.person.id == duty.rater_id and bool(still_open(duty, actor.staff.at))


def exists_for(duty: RatingDuty, actor: Actor) -> bool:
    """The rater, whoever runs the regulation or sees all of its results, and the head of the rater: that somebody has
    not answered is no secret of the ratings."""
    person = actor.person
    if person is None or actor.has_left:
        return person is None
    if person.id == duty.rater_id or assessment_roles.sees_all(pack_of(duty.round.regulation_version).owner, actor):
        return True
    post = duty.rater.posting_at(actor.staff.at)
    return post is not None and post.department_id in assessment_roles.headed_by(actor)


def is_awaited(at: datetime) -> ColumnElement[bool]:
    """Of a duty in a query with its round and rater: somebody is still to be rated."""
    rated = aliased(Person)
    left_to_rate = (
        select(RatingAsked.id)
        .join(rated, rated.id == RatingAsked.person_id)
        .where(RatingAsked.duty_id == RatingDuty.id, RatingAsked.given_on.is_(None), _is_here(rated, at))
    )
    return and_(
        RatingDuty.done_on.is_(None), RatingRound.closed_at.is_(None), RatingRound.closes_at > at,
        _is_here(Person, at), left_to_rate.exists(),
    )  # fmt: skip


def _is_here(person: type[Person], at: datetime) -> ColumnElement[bool]:
    return or_(person.left_at.is_(None), person.left_at > at)


def awaited(at: datetime) -> Select[int, datetime, datetime]:
    """What still waits, with its beginning and its end; other conditions are added."""
    columns = (RatingDuty.id, RatingDuty.since, RatingDuty.due_at)
    return select(*columns).join(RatingDuty.round).join(RatingDuty.rater).where(is_awaited(at))


def mine(actor: Actor) -> list[RatingDuty]:
    """Those that wait for this person, the soonest first."""
    if actor.person is None or actor.has_left:
        return []
    here = RatingDuty.whole().join(RatingDuty.round).join(RatingDuty.rater)
    found = here.where(RatingDuty.rater_id == actor.person.id, is_awaited(actor.staff.at))
    return list(actor.office.session.scalars(found.order_by(RatingDuty.due_at, RatingDuty.id)).unique())


def goes_on() -> ColumnElement[bool]:
    """Whether the clock of a note may still run: as long as it is not done in a round that is open."""
    of_it = select(RatingRound.id).where(RatingRound.id == RatingDuty.round_id, RatingRound.closed_at.is_(None))
    return and_(RatingDuty.done_on.is_(None), of_it.exists())


def run_of(since: datetime, due: datetime, office: Office) -> Run:
    """Days of work."""
    whole = office.calendar.working_time(since, due)
    return Run(RatingDuty.clock, since, due, whole, IN_WORKING_TIME, office.calendar)
