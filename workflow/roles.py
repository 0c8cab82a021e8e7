"""Who may see and do what: roles, heads, deputies and delegations, as a check and as a query.

Nobody decides their own case: a head who is the respondent is passed over and the general manager
takes the head's steps; a case against the general manager goes to the standing deputy; whoever
rules did not appeal. Every list, page, download and count goes through this module.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from models import Complaint, Person, Role
from workflow.process import FORBIDDEN, N_, NOT_FOUND, Objection, Refused, Step

if TYPE_CHECKING:
    from workflow.office import Office


@dataclass(frozen=True)
class Staff:
    """Who held which place at one moment. Keys are ids of persons and departments."""

    at: datetime
    heads: Mapping[int, Person] = field(default_factory=dict)
    holders: Mapping[Role, tuple[Person, ...]] = field(default_factory=dict)
    standing: Mapping[int, Person] = field(default_factory=dict)
    delegates: Mapping[int, tuple[Person, ...]] = field(default_factory=dict)

    @property
    def general_manager(self) -> Person | None:
        return next(iter(self.holders.get(Role.GENERAL_MANAGER, ())), None)

    def roles_of(self, person: Person) -> set[Role]:
        granted = {role for role, people in self.holders.items() if _is_among(person, people)}
        headed = {Role.DEPARTMENT_HEAD} if self.departments_headed_by(person) else set()
        return granted | headed | {Role.EMPLOYEE}

    def departments_headed_by(self, person: Person) -> list[int]:
        return [department for department, head in self.heads.items() if head.id == person.id]

    def principals_of(self, person: Person) -> list[Person]:
        """For whom the person may act at this moment: themselves, and whoever delegated to them."""
        known = [*self.heads.values(), *self.holders.get(Role.GENERAL_MANAGER, ())]
        delegating = {p.id: p for p in known if _is_among(person, self.delegates.get(p.id, ()))}
        return [person, *delegating.values()]

    def standing_deputy_of(self, person: Person | None) -> Person | None:
        return self.standing.get(person.id) if person is not None else None


def _is_among(person: Person, people: tuple[Person, ...]) -> bool:
    return any(other.id == person.id for other in people)


@dataclass(frozen=True)
class Actor:
    """Somebody about to act, with the office they act in; the clock acts as nobody (`person` None)."""

    person: Person | None
    staff: Staff
    office: "Office"

    @property
    def is_system(self) -> bool:
        return self.person is None

    @property
    def roles(self) -> set[Role]:
        return self.staff.roles_of(self.person) if self.person is not None else set()

    @property
    def has_left(self) -> bool:
        return self.person is not None and self.person.has_left_at(self.staff.at)


def who_takes_heads_steps(complaint: Complaint, staff: Staff) -> Person | None:
    """The department's head; passed over for the GM as respondent or where the post is vacant."""
    head = staff.heads.get(complaint.department_id) if complaint.department_id else None
    if head is not None and head.id != complaint.respondent_id:
        return head
    return general_manager_or_deputy(staff, not_among=(complaint.respondent_id,))


def who_rules(complaint: Complaint, staff: Staff) -> Person | None:
    """The general manager, or the standing deputy where the GM is respondent or appealed."""
    return general_manager_or_deputy(staff, not_among=parties_to(complaint))


def parties_to(complaint: Complaint) -> tuple[int | None, ...]:
    """Who cannot rule: the respondent, whoever appeals, and whoever took that step for them."""
    return (complaint.respondent_id, complaint.appellant_id, complaint.appealed_by_id)


def general_manager_or_deputy(staff: Staff, *, not_among: tuple[int | None, ...]) -> Person | None:
    manager = staff.general_manager
    for candidate in (manager, staff.standing_deputy_of(manager)):
        if candidate is not None and candidate.id not in not_among:
            return candidate
    return None


def customer_relations_of(complaint: Complaint, staff: Staff) -> list[Person]:
    people = staff.holders.get(Role.CUSTOMER_RELATIONS, ())
    return [person for person in people if person.id != complaint.respondent_id]


def who_keeps_the_file(complaint: Complaint, staff: Staff) -> list[Person]:
    """Whoever filed the complaint while they deal with it, else everyone in customer relations who can."""
    able = customer_relations_of(complaint, staff)
    return [person for person in able if person.id == complaint.filed_by_id] or able


def _only(person: Person | None) -> list[Person]:
    return [person] if person is not None else []


@dataclass(frozen=True)
class In:
    """The capacity in which a rule's step is taken."""

    name: str
    holders: Callable[[Complaint, Staff], list[Person]]
    is_personal: bool = False
    is_delegable: bool = True

    def __call__(self, step: Step[Any]) -> Objection | None:
        """None when the actor holds this capacity in this case, else the reason why not."""
        if self.principal(step) is not None:
            return None
        return self._why_not(step)

    def principal(self, step: Step[Any]) -> Person | None:
        """In whose place the actor acts: themselves, or whoever delegated to them."""
        person = step.actor.person
        if person is None or self._may_not_act(step, person):
            return None
        holders = {holder.id for holder in self.holders(step.subject, step.actor.staff)}
        principals = self._principals(step.actor, person)
        return next((principal for principal in principals if principal.id in holders), None)

    def _principals(self, actor: Actor, person: Person) -> list[Person]:
        # Objecting is personal: nobody appeals in another's name. And heads and the general manager hand over
        # the steps of their post, not the role in customer relations that one of them may have beside it.
        return actor.staff.principals_of(person) if self.is_delegable and not self.is_personal else [person]

    def _may_not_act(self, step: Step[Any], person: Person) -> bool:
        """Who has left decides nothing, and nobody decides their own case, not even as a deputy."""
        if self.is_personal:
            return False
        case = step.subject
        parties = parties_to(case) if self.name == "general_manager" else (case.respondent_id,)
        return step.actor.has_left or person.id in parties

    def _why_not(self, step: Step[Any]) -> Objection:
        names = tuple(p.name for p in self.holders(step.subject, step.actor.staff))
        person = step.actor.person
        if not names:
            return Objection(FORBIDDEN, N_("Nobody can take this step here; ask the administrator."))
        if person is not None and person.id == step.subject.respondent_id:
            return Objection(FORBIDDEN, N_("You are the respondent; this step is for %(names)s to take."), names=names)
        if person is not None and person.id in parties_to(step.subject):
            return Objection(FORBIDDEN, N_("You appealed; this step is for %(names)s to take."), names=names)
        return Objection(FORBIDDEN, N_("Only %(names)s can take this step."), names=names)


class TheSystem(In):
    """The clock: no person can take its steps."""

    def __call__(self, step: Step[Any]) -> Objection | None:
        if step.actor.is_system:
            return None
        return Objection(FORBIDDEN, N_("Only the deadline itself does this."))


CUSTOMER_RELATIONS = In("customer_relations", customer_relations_of, is_delegable=False)
DEPARTMENT_HEAD = In("department_head", lambda c, staff: _only(who_takes_heads_steps(c, staff)))
GENERAL_MANAGER = In("general_manager", lambda c, staff: _only(who_rules(c, staff)))
RESPONDENT = In("respondent", lambda c, _staff: _only(c.respondent), is_personal=True)
SYSTEM = TheSystem("system", lambda _c, _staff: [])


def may_see(complaint: Complaint, actor: Actor) -> bool:
    """Whether the case exists for this person; the same sentences as `sight.visible_to`."""
    if actor.person is None:
        return True
    if complaint.respondent_id == actor.person.id:
        return True
    if actor.has_left:
        return False
    return _deals_with(complaint, actor.person, actor.staff) or any(
        _has_acted(complaint, principal) for principal in actor.staff.principals_of(actor.person)
    )


def _deals_with(complaint: Complaint, person: Person, staff: Staff) -> bool:
    return sees_every_case(person, staff) or any(
        complaint.department_id in staff.departments_headed_by(principal) or _must_act(complaint, principal, staff)
        for principal in staff.principals_of(person)
    )


def sees_every_case(person: Person, staff: Staff) -> bool:
    """Customer relations see all complaints, and so does whoever is or stands in for the general manager."""
    return Role.CUSTOMER_RELATIONS in staff.roles_of(person) or any(
        Role.GENERAL_MANAGER in staff.roles_of(principal) for principal in staff.principals_of(person)
    )


def _has_acted(complaint: Complaint, person: Person) -> bool:
    return any(person.id in (event.actor_id, event.acting_for_id) for event in complaint.events)


def _must_act(complaint: Complaint, person: Person, staff: Staff) -> bool:
    """A standing deputy opens the cases that the general manager may not decide."""
    manager = staff.general_manager
    if manager is None or (deputy := staff.standing_deputy_of(manager)) is None:
        return False
    return deputy.id == person.id and manager.id in parties_to(complaint)


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
