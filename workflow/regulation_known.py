"""Who has acknowledged which edition (劳动合同法 Art. 4): received, which does not mean agreed.

Everybody who works for the company is asked to acknowledge the edition in force and each that is to
come. Who has not is listed for the general manager and human resources.
"""

from datetime import date, datetime

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session, selectinload

from models import Person, RegulationAcknowledgement, RegulationVersion, Role
from workflow.process import INVALID, N_, NOT_FOUND, Objection, Refused
from workflow.regulation_draft import decides_for
from workflow.roles import Actor


def may_follow(actor: Actor) -> bool:
    """The general manager, whoever stands in for them, and human resources see who has not acknowledged."""
    return not actor.has_left and (Role.HUMAN_RESOURCES in actor.roles or decides_for(actor) is not None)


def require_follower(actor: Actor) -> None:
    if not may_follow(actor):
        raise Refused([Objection(NOT_FOUND, N_("There is no such page."))])


def current(session: Session, slug: str, day: date) -> list[RegulationVersion]:
    """The edition in force on `day` and those to come, in the order in which they begin."""
    in_force = session.scalars(RegulationVersion.in_force_on(slug, day)).first()
    coming = select(RegulationVersion).where(RegulationVersion.slug == slug, RegulationVersion.in_force_from > day)
    order = coming.order_by(RegulationVersion.in_force_from, RegulationVersion.number)
    return [*([in_force] if in_force is not None else []), *session.scalars(order)]


def awaiting(session: Session, slug: str, person: Person, *, day: date, at: datetime) -> list[RegulationVersion]:
    """The editions that this person is still asked to acknowledge; nothing for whoever has left."""
    if person.has_left_at(at):
        return []
    found = current(session, slug, day)
    known = select(RegulationAcknowledgement.version_id).filter_by(person_id=person.id)
    acknowledged = set(session.scalars(known.where(RegulationAcknowledgement.version_id.in_([v.id for v in found]))))
    return [version for version in found if version.id not in acknowledged]


def acknowledged_at(session: Session, version: RegulationVersion, person: Person) -> datetime | None:
    found = session.get(RegulationAcknowledgement, (version.id, person.id))
    return found.acknowledged_at if found is not None else None


def acknowledge(session: Session, version: RegulationVersion, *, by: Person, day: date, at: datetime) -> None:
    """The person has received this edition; said once, a second time changes nothing."""
    if by.has_left_at(at):
        raise Refused([Objection(NOT_FOUND, N_("There is no such page."))])
    if acknowledged_at(session, version, by) is not None:
        return
    if version not in current(session, version.slug, day):
        raise Refused([Objection(INVALID, N_("This edition has been superseded; acknowledge the one in force."))])
    session.add(RegulationAcknowledgement(version_id=version.id, person_id=by.id, acknowledged_at=at))
    session.flush()


def missing(session: Session, version: RegulationVersion, at: datetime) -> list[Person]:
    """Everybody who works here and has not acknowledged the edition, by account."""
    not_yet = ~exists().where(
        RegulationAcknowledgement.version_id == version.id, RegulationAcknowledgement.person_id == Person.id
    )
    query = select(Person).where(_works_here(at), not_yet).order_by(Person.username)
    return list(session.scalars(query.options(selectinload(Person.postings))))


def acknowledgements(session: Session, version: RegulationVersion) -> list[tuple[Person, datetime]]:
    """Who has acknowledged the edition, and when; the latest first."""
    query = (
        select(Person, RegulationAcknowledgement.acknowledged_at)
        .join(RegulationAcknowledgement, RegulationAcknowledgement.person_id == Person.id)
        .where(RegulationAcknowledgement.version_id == version.id)
        .order_by(RegulationAcknowledgement.acknowledged_at.desc(), Person.username)
    )
    return [(person, at) for person, at in session.execute(query)]


def staff_count(session: Session, at: datetime) -> int:
    return session.execute(select(func.count()).select_from(Person).where(_works_here(at))).scalar_one()


def _works_here(at: datetime) -> ColumnElement[bool]:
    return or_(Person.left_at.is_(None), Person.left_at > at)
