"""Who sees and does what with inspections, as a check and, beside it, as a query.

Those who keep them (customer relations, whose regulation it is, and the general manager, who leads the group) see all.
Who holds a checklist sees that inspection. Everybody else sees an inspection once it is published, because its result
is published to the company (MS-1): the scores by module. The findings are read by the head of the department, and by
each person those that are about them. Nobody but keepers and inspectors ever learns who the visitor was, or that an
inspection is planned: those inspected are not to know (MS-1, "unannounced").
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true

from models import Inspection, InspectionFinding, InspectionProposal, Inspector, Person, Role
from workflow.process import FORBIDDEN, N_, NOT_FOUND, Objection, Refused
from workflow.roles import Actor, Staff


def keeps(actor: Actor) -> bool:
    """Whether the person plans inspections, reviews what was found and publishes it."""
    person = actor.person
    if person is None or actor.has_left:
        return False
    managers = any(Role.GENERAL_MANAGER in actor.staff.roles_of(p) for p in actor.staff.principals_of(person))
    return managers or Role.CUSTOMER_RELATIONS in actor.roles


def inspects(inspection: Inspection, actor: Actor) -> bool:
    """Whether the person holds this checklist."""
    person = actor.person
    if person is None or actor.has_left:
        return False
    return any(inspector.person_id == person.id for inspector in inspection.inspectors)


def may_see(inspection: Inspection, actor: Actor) -> bool:
    """Whether the inspection exists for this person; the same sentences as `visible_to`."""
    if actor.person is None or actor.has_left:
        return False
    return inspection.published_at is not None or keeps(actor) or inspects(inspection, actor)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    person = actor.person
    if person is None or actor.has_left:
        return false()
    if keeps(actor):
        return true()
    mine = select(Inspector.inspection_id).where(Inspector.person_id == person.id)
    return or_(Inspection.published_at.is_not(None), Inspection.id.in_(mine))


def sees_findings(inspection: Inspection, actor: Actor) -> bool:
    """Whether the person reads every finding, with notes, photos and names."""
    if keeps(actor) or inspects(inspection, actor):
        return True
    return inspection.published_at is not None and _heads_it(inspection, actor)


def sees_finding(finding: InspectionFinding, inspection: Inspection, actor: Actor) -> bool:
    """Whether the person reads this one: everything, or what is about them once it is published."""
    if sees_findings(inspection, actor):
        return True
    person = actor.person
    is_theirs = person is not None and finding.responsible_id == person.id and not actor.has_left
    return inspection.published_at is not None and is_theirs


def sees_proposal(proposal: InspectionProposal, inspection: Inspection, actor: Actor) -> bool:
    """Whether the person reads what is proposed: those who decide, and whoever it is about once it is published."""
    person = actor.person
    if keeps(actor):
        return True
    if person is None or actor.has_left or inspection.published_at is None:
        return False
    return proposal.person_id == person.id


def sees_visitor(inspection: Inspection, actor: Actor) -> bool:
    """Who went there as a customer stays between those who planned it and who holds the checklist."""
    return keeps(actor) or inspects(inspection, actor)


def publishers(staff: Staff) -> Sequence[Person]:
    """Whose turn it is once the checklist is submitted: customer relations, or else the general manager."""
    return staff.holders.get(Role.CUSTOMER_RELATIONS) or staff.holders.get(Role.GENERAL_MANAGER, ())


def publishes(actor: Actor) -> bool:
    """Whether a submitted inspection waits for this person; who keeps it need not."""
    if actor.person is None or not keeps(actor):
        return False
    awaited = {person.id for person in publishers(actor.staff)}
    return any(principal.id in awaited for principal in actor.staff.principals_of(actor.person))


def awaits(inspection: Inspection, actor: Actor) -> bool:
    """Whether it waits for this person: until it is submitted for who holds the checklist, in person; then, and where
    all of them have left, for customer relations. The same sentences as `waits_for`."""
    if not inspection.is_open:
        return False
    stays = any(not inspector.person.has_left_at(actor.staff.at) for inspector in inspection.inspectors)
    if inspection.submitted_at is None and stays:
        return inspects(inspection, actor)
    return publishes(actor)


def waits_for(actor: Actor) -> ColumnElement[bool]:
    person = actor.person
    if person is None or actor.has_left:
        return false()
    mine = select(Inspector.inspection_id).where(Inspector.person_id == person.id)
    theirs = and_(Inspection.submitted_at.is_(None), Inspection.id.in_(mine))
    if not publishes(actor):
        return Inspection.opened() & theirs
    stays = or_(Person.left_at.is_(None), Person.left_at > actor.staff.at)
    held = exists().where(Inspector.inspection_id == Inspection.id, Inspector.person_id == Person.id, stays)
    return Inspection.opened() & or_(theirs, Inspection.submitted_at.is_not(None), ~held)


def concerns(person: Person) -> ColumnElement[bool]:
    """Of inspections in a query: something in them is about this person."""
    found = select(InspectionFinding.inspection_id).where(InspectionFinding.responsible_id == person.id)
    asked = select(InspectionProposal.inspection_id).where(InspectionProposal.person_id == person.id)
    return and_(Inspection.published_at.is_not(None), or_(Inspection.id.in_(found), Inspection.id.in_(asked)))


def only_who_keeps(inspection: Inspection | None, actor: Actor) -> None:
    """Raise Refused for everybody else; for whom the inspection does not exist, as if it did not."""
    if keeps(actor):
        return
    if inspection is not None and not may_see(inspection, actor):
        raise Refused([Objection(NOT_FOUND, N_("There is no such inspection."))])
    raise Refused([Objection(FORBIDDEN, N_("Customer relations and the general manager do this."))])


def only_who_writes(inspection: Inspection, actor: Actor) -> None:
    """Raise Refused for whoever neither holds the checklist nor keeps inspections."""
    if not inspects(inspection, actor):
        only_who_keeps(inspection, actor)


def _heads_it(inspection: Inspection, actor: Actor) -> bool:
    if actor.person is None or actor.has_left:
        return False
    principals = actor.staff.principals_of(actor.person)
    return any(inspection.department_id in actor.staff.departments_headed_by(principal) for principal in principals)
