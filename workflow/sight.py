"""The same sentences as `workflow.roles`, as database conditions: what a person sees, what waits
for them. Lists and counts use these; a test holds them against the checks.
"""

from sqlalchemy import ColumnElement, CompoundSelect, and_, false, or_, select, true, union_all
from sqlalchemy.orm import InstrumentedAttribute

from models import Complaint, Event, Person, Role
from workflow.roles import Actor, Staff, sees_every_case

Party = InstrumentedAttribute[int | None]
PARTIES: tuple[Party, ...] = (Complaint.respondent_id, Complaint.appellant_id, Complaint.appealed_by_id)
HEADS_CLOCKS = ("answer", "endorse", "complete", "report")
CUSTOMER_RELATIONS_CLOCKS = ("assign", "verify", "follow_up")


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The complaints that exist for this person; the query beside `roles.may_see`."""
    if actor.person is None:
        return true()
    if actor.has_left:
        return Complaint.respondent_id == actor.person.id
    principals = actor.staff.principals_of(actor.person)
    if any(sees_every_case(principal, actor.staff) for principal in principals):
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


def waiting_for(actor: Actor) -> ColumnElement[bool]:
    """The complaints whose running clock this person can answer: their inbox."""
    person, staff = actor.person, actor.staff
    if person is None:
        return false()
    own = and_(Complaint.clock == "answer", Complaint.respondent_id == person.id)
    if actor.has_left:
        return own
    principals = staff.principals_of(person)
    return or_(
        own,
        _waiting_for_customer_relations(principals, person, staff),
        *(_waiting_for_head(principal, person, staff) for principal in principals),
        *(_waiting_for_ruling(principal, person, staff) for principal in principals),
    )


def _waiting_for_customer_relations(principals: list[Person], person: Person, staff: Staff) -> ColumnElement[bool]:
    able = [p for p in principals if Role.CUSTOMER_RELATIONS in staff.roles_of(p)]
    return and_(
        Complaint.clock.in_(CUSTOMER_RELATIONS_CLOCKS),
        or_(false(), *(_not(principal, Complaint.respondent_id) for principal in able)),
        _not(person, Complaint.respondent_id),
    )


def _waiting_for_head(principal: Person, person: Person, staff: Staff) -> ColumnElement[bool]:
    """The head's steps: as head, or as the GM (or deputy) where the head is passed over."""
    headed = staff.departments_headed_by(principal)
    takes = [and_(Complaint.department_id.in_(headed), _not(principal, Complaint.respondent_id))]
    if _is_manager_or_deputy(principal, staff):
        takes.append(and_(_passed_over(staff), _falls_to(principal, staff, Complaint.respondent_id)))
    return and_(Complaint.clock.in_(HEADS_CLOCKS), or_(*takes), _not(person, Complaint.respondent_id))


def _passed_over(staff: Staff) -> ColumnElement[bool]:
    """Cases whose department has no head, or whose head is the respondent."""
    return or_(
        Complaint.department_id.not_in(list(staff.heads)),
        *(
            and_(Complaint.department_id == department, Complaint.respondent_id == head.id)
            for department, head in staff.heads.items()
        ),
    )


def _waiting_for_ruling(principal: Person, person: Person, staff: Staff) -> ColumnElement[bool]:
    if not _is_manager_or_deputy(principal, staff):
        return false()
    return and_(
        Complaint.clock == "rule",
        _falls_to(principal, staff, *PARTIES),
        *(_not(person, party) for party in PARTIES),
    )


def _is_manager_or_deputy(person: Person, staff: Staff) -> bool:
    manager = staff.general_manager
    deputy = staff.standing_deputy_of(manager)
    return person.id in {p.id for p in (manager, deputy) if p is not None}


def _falls_to(principal: Person, staff: Staff, *parties: Party) -> ColumnElement[bool]:
    """Whether a decision of the GM falls to `principal`: the GM unless a party, then the deputy."""
    manager = staff.general_manager
    assert manager is not None
    not_a_party = and_(*(_not(principal, party) for party in parties))
    if principal.id == manager.id:
        return not_a_party
    return and_(or_(*(party == manager.id for party in parties)), not_a_party)


def _not(person: Person, column: Party) -> ColumnElement[bool]:
    return or_(column.is_(None), column != person.id)
