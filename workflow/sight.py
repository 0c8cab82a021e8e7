"""What a person sees, as a database condition: the same sentences as in `workflow.roles`. Lists and
counts use it; a test holds it against the check. What waits for them is in `workflow.waiting`.
"""

from sqlalchemy import ColumnElement, CompoundSelect, false, or_, select, true, union_all
from sqlalchemy.orm import InstrumentedAttribute

from models import Complaint, Event, Person
from workflow.roles import Actor, Staff, sees_every_case

Party = InstrumentedAttribute[int | None]
PARTIES: tuple[Party, ...] = (Complaint.respondent_id, Complaint.appellant_id, Complaint.appealed_by_id)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The complaints that exist for this person; the query beside `roles.may_see`."""
    if actor.person is None:
        return true()
    if actor.has_left:
        return Complaint.respondent_id == actor.person.id
    principals = actor.staff.principals_of(actor.person)
    if sees_every_case(actor.person, actor.staff):
        return true()
    return Complaint.id.in_(_ids_seen(actor.person, principals, actor.staff))


def _ids_seen(person: Person, principals: list[Person], staff: Staff) -> CompoundSelect[int]:
    ids = [principal.id for principal in principals]
    headed = [d for principal in principals for d in staff.departments_headed_by(principal)]
    return union_all(
        select(Complaint.id).where(Complaint.respondent_id == person.id),
        select(Complaint.id).where(Complaint.department_id.in_(headed)),
        select(Event.complaint_id).where(Event.actor_id.in_(ids)),
        select(Event.complaint_id).where(Event.acting_for_id.in_(ids)),
        select(Complaint.id).where(deputised_to(ids, staff)),
    )


def deputised_to(ids: list[int], staff: Staff) -> ColumnElement[bool]:
    manager = staff.general_manager
    deputy = staff.standing_deputy_of(manager)
    if manager is None or deputy is None or deputy.id not in ids:
        return false()
    return or_(*(party == manager.id for party in PARTIES))
