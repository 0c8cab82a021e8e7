"""What a person sees of the complaints: as a check for one case, and as a database condition for lists and counts.

A test holds the two against each other. What waits for somebody is in `workflow.waiting`.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, exists, or_, select, true, union_all
from sqlalchemy.orm import InstrumentedAttribute, aliased

from models import Attachment, Complaint, Event, Person, Role
from workflow.process import N_, NOT_FOUND, Objection, Refused
from workflow.roles import Actor, Staff, parties_to

Party = InstrumentedAttribute[int | None]
PARTIES: tuple[Party, ...] = (Complaint.respondent_id, Complaint.appellant_id, Complaint.appealed_by_id)


def may_see(complaint: Complaint, actor: Actor) -> bool:
    """Whether the case exists for this person; the same sentences as `visible_to`."""
    if actor.person is None:
        return True
    if complaint.respondent_id == actor.person.id:
        return True
    if actor.has_left:
        return False
    return _deals_with(complaint, actor.person, actor.staff) or _has_acted(complaint, actor.person, actor.staff)


def require_sight(complaint: Complaint, actor: Actor) -> None:
    """Raise Refused (not_found) unless the case exists for the actor."""
    if not may_see(complaint, actor):
        raise Refused([Objection(NOT_FOUND, N_("There is no such case."))])


def sees_customer(complaint: Complaint, actor: Actor) -> bool:
    """Name and plate are for those who deal with the case; hidden from its respondents, present
    and former, unless the company's setting says otherwise."""
    person = actor.person
    if person is None or actor.office.company.shows_customer_to_respondent:
        return True
    if person.id == complaint.respondent_id or actor.has_left:
        return False
    return _deals_with(complaint, person, actor.staff)


def sees_phone(complaint: Complaint, actor: Actor) -> bool:
    """Phone numbers are shown in full to those who call the customer, and to nobody else."""
    return Role.CUSTOMER_RELATIONS in actor.roles and sees_customer(complaint, actor)


def may_open(attachment: Attachment, complaint: Complaint, actor: Actor) -> bool:
    """Whether whoever may see the case may open this file of it.

    What customer relations attached when they filed the case (a recorded call, a photo of the customer's
    papers) is about the customer and may name them. Names in pictures and sound cannot be blacked out as they
    are in words, so those files are closed to a respondent from whom the customer is hidden. What came later
    was added to a case that the respondent takes part in, and what they added themselves stays theirs.
    """
    if sees_customer(complaint, actor):
        return True
    came_later = attachment.added_at > complaint.filed_at
    return came_later or (actor.person is not None and attachment.added_by_id == actor.person.id)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The complaints that exist for this person; the query beside `may_see`."""
    if actor.person is None:
        return true()
    if actor.has_left:
        return Complaint.respondent_id == actor.person.id
    person, staff = actor.person, actor.staff
    if sees_every_case(person, staff) and not stood_in_for(person, staff):
        return true()
    return Complaint.id.in_(union_all(*(select(Complaint.id).where(reason) for reason in reasons(person, staff))))


def stood_in_for(person: Person, staff: Staff) -> list[int]:
    """For whom the person acts, and of whose own cases they therefore find nothing; customer relations see all."""
    if Role.CUSTOMER_RELATIONS in staff.roles_of(person):
        return []
    return [principal.id for principal in staff.principals_of(person) if principal.id != person.id]


def about_none_of(people: Sequence[int]) -> ColumnElement[bool]:
    return or_(Complaint.respondent_id.is_(None), Complaint.respondent_id.not_in(people)) if people else true()


def reasons(person: Person, staff: Staff) -> list[ColumnElement[bool]]:
    """Each of the reasons for which a case exists for this person, as an index can find it."""
    return [*by_office(person, staff), *by_case(person, staff)]


def by_office(person: Person, staff: Staff) -> list[ColumnElement[bool]]:
    """Whole departments, or everything: what each principal's office shows."""
    return [_not_their_own(_by_office_of(of, staff), of, person) for of in staff.principals_of(person)]


def by_case(person: Person, staff: Staff) -> list[ColumnElement[bool]]:
    """Single cases: about the person, handed to them, decided in the general manager's place, acted on."""
    ids = [principal.id for principal in staff.principals_of(person)]
    return [
        *_by_parties(person, staff),
        *(
            and_(Complaint.id.in_(select(Event.complaint_id).where(party.in_(ids))), about_none_of(ids))
            for party in (Event.actor_id, Event.acting_for_id)
        ),
    ]


def _by_parties(person: Person, staff: Staff) -> list[ColumnElement[bool]]:
    seen = [
        (of, case)
        for of in staff.principals_of(person)
        for case in (Complaint.handler_id == of.id, *_deputised_to(of, staff))
    ]
    return [Complaint.respondent_id == person.id, *(_not_their_own(case, of, person) for of, case in seen)]


def row_visible_to(actor: Actor) -> ColumnElement[bool]:
    """The same for rows that another index has found: each is asked by itself, nothing is gathered beforehand."""
    person, staff = actor.person, actor.staff
    if person is None or actor.has_left or (sees_every_case(person, staff) and not stood_in_for(person, staff)):
        return visible_to(actor)
    ids, act = [principal.id for principal in staff.principals_of(person)], aliased(Event)
    has_acted = exists().where(
        act.complaint_id == Complaint.id, or_(act.actor_id.in_(ids), act.acting_for_id.in_(ids))
    ).correlate(Complaint)  # fmt: skip
    return or_(*by_office(person, staff), *_by_parties(person, staff), and_(about_none_of(ids), has_acted))


def _by_office_of(principal: Person, staff: Staff) -> ColumnElement[bool]:
    if Role.GENERAL_MANAGER in staff.roles_of(principal):
        return true()
    return Complaint.department_id.in_(staff.departments_headed_by(principal))


def _not_their_own(seen: ColumnElement[bool], principal: Person, person: Person) -> ColumnElement[bool]:
    """What the principal sees; without their own cases for whoever stands in for them."""
    return seen if principal.id == person.id else and_(seen, about_none_of([principal.id]))


def _deputised_to(principal: Person, staff: Staff) -> list[ColumnElement[bool]]:
    """The cases of the general manager, for their standing deputy."""
    manager = staff.general_manager
    deputy = staff.standing_deputy_of(manager)
    if manager is None or deputy is None or deputy.id != principal.id:
        return []
    return [party == manager.id for party in PARTIES]


def sees_every_case(person: Person, staff: Staff) -> bool:
    """Customer relations see all complaints, and so does the general manager; whoever stands in for the
    general manager sees all but those about them."""
    return Role.CUSTOMER_RELATIONS in staff.roles_of(person) or any(
        Role.GENERAL_MANAGER in staff.roles_of(principal) for principal in staff.principals_of(person)
    )


def _deals_with(complaint: Complaint, person: Person, staff: Staff) -> bool:
    return Role.CUSTOMER_RELATIONS in staff.roles_of(person) or any(
        Role.GENERAL_MANAGER in staff.roles_of(principal)
        or complaint.department_id in staff.departments_headed_by(principal)
        or complaint.handler_id == principal.id
        or _must_act(complaint, principal, staff)
        for principal in staff.principals_but(person, complaint.respondent_id)
    )


def _has_acted(complaint: Complaint, person: Person, staff: Staff) -> bool:
    """Whether the person acted, or somebody for whom they stand in; of that person's own case they find nothing."""
    principals = {principal.id for principal in staff.principals_of(person)}
    return complaint.respondent_id not in principals and any(
        principals & {event.actor_id, event.acting_for_id} for event in complaint.events
    )


def _must_act(complaint: Complaint, person: Person, staff: Staff) -> bool:
    """A standing deputy opens the cases that the general manager may not decide."""
    manager = staff.general_manager
    if manager is None or (deputy := staff.standing_deputy_of(manager)) is None:
        return False
    return deputy.id == person.id and manager.id in parties_to(complaint)
