"""Who may do what: roles, heads, deputies and delegations. Who sees what of a complaint is in `workflow.sight`.

Nobody decides their own case: a head who is the respondent is passed over and the general manager
takes the head's steps; a case against the general manager goes to the standing deputy; whoever
rules did not appeal. Every page, list, download and count asks these two and what stands on them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import CompoundSelect, and_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute

from models import Complaint, Event, Person, Role
from workflow.process import FORBIDDEN, N_, Objection, Step

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
    # Who rules on appeals against penalties, where the company has named somebody beside the general manager.
    review_body: Person | None = None

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

    def deputies_of(self, person: Person) -> tuple[Person, ...]:
        """Who may act for the person at this moment: those to whom a head or the general manager delegated."""
        has_a_post = self.roles_of(person) & {Role.DEPARTMENT_HEAD, Role.GENERAL_MANAGER}
        return self.delegates.get(person.id, ()) if has_a_post else ()

    def principals_but(self, person: Person, party_id: int | None) -> list[Person]:
        """The same, in a case of one's own: nobody stands in for somebody in what that person is a party to."""
        return [p for p in self.principals_of(person) if p.id == person.id or p.id != party_id]

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


class Case(Protocol):
    """A case about somebody in a department."""

    @property
    def respondent_id(self) -> int | None: ...

    @property
    def department_id(self) -> int | None: ...

    @property
    def handler(self) -> Person | None: ...


def who_takes_heads_steps(case: Case, staff: Staff) -> Person | None:
    """Whoever the case was handed over to, else the department's head; passed over for the GM as respondent or
    where the post is vacant."""
    if (handler := who_handles(case, staff)) is not None:
        return handler
    head = staff.heads.get(case.department_id) if case.department_id else None
    if head is not None and head.id != case.respondent_id:
        return head
    return general_manager_or_deputy(staff, not_among=(case.respondent_id,))


def who_handles(case: Case, staff: Staff) -> Person | None:
    """To whom the head's steps were handed over for good, unless they have left or the case is about them now."""
    handler = case.handler
    if handler is None or handler.id == case.respondent_id or handler.has_left_at(staff.at):
        return None
    return handler


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


def takes_managers_steps(actor: Actor, *, not_among: tuple[int | None, ...]) -> bool:
    """Whether these are the actor's to take, in their own place or another's; no party takes them for somebody."""
    decider, person = general_manager_or_deputy(actor.staff, not_among=not_among), actor.person
    if decider is None or person is None or actor.has_left or person.id in not_among:
        return False
    return decider.id in {principal.id for principal in actor.staff.principals_of(person)}


def may_take_managers_steps(actor: Actor) -> bool:
    """Whether there is any case in which they are: the general manager, the standing deputy, and who acts for them."""
    if actor.person is None or actor.has_left:
        return False
    manager = actor.staff.general_manager
    both = {person.id for person in (manager, actor.staff.standing_deputy_of(manager)) if person is not None}
    return any(principal.id in both for principal in actor.staff.principals_of(actor.person))


def holders_but_the_respondent(role: Role) -> Callable[[Case, Staff], list[Person]]:
    """Everyone who holds the role, less the person whom the case is about."""

    def holders(case: Case, staff: Staff) -> list[Person]:
        return [person for person in staff.holders.get(role, ()) if person.id != case.respondent_id]

    return holders


customer_relations_of = holders_but_the_respondent(Role.CUSTOMER_RELATIONS)


def who_keeps_the_file(complaint: Complaint, staff: Staff) -> list[Person]:
    """Whoever filed the complaint, or was handed the file, while they deal with it; else everyone in customer
    relations who can."""
    able, keeper = customer_relations_of(complaint, staff), complaint.keeper_id or complaint.filed_by_id
    return [person for person in able if person.id == keeper] or able


def heads(person: Person, actor: Actor) -> bool:
    """Whether the actor heads the department in which the person works or last worked, or stands in for its head."""
    post = person.posting_at(actor.staff.at)
    if post is None or actor.person is None:
        return False
    principals = actor.staff.principals_but(actor.person, person.id)
    return any(post.department_id in actor.staff.departments_headed_by(principal) for principal in principals)


def only(person: Person | None) -> list[Person]:
    return [person] if person is not None else []


def only_the_respondent(case: Case) -> tuple[int | None, ...]:
    return (case.respondent_id,)


def nothing_else_bars(_case: Any, _person: Person, _staff: Staff) -> str | None:
    return None


@dataclass(frozen=True)
class In:
    """The capacity in which a rule's step is taken."""

    name: str
    holders: Callable[[Any, Staff], list[Person]]
    is_personal: bool = False
    is_delegable: bool = True
    # Who decides nothing here whatever their post, and why, for those who are not the respondent.
    parties: Callable[[Any], tuple[int | None, ...]] = only_the_respondent
    why_a_party: str = N_("You appealed; this step is for %(names)s to take.")
    # Why somebody cannot take the step in another's place because of what they did in this case before.
    why_barred: Callable[[Any, Person, Staff], str | None] = nothing_else_bars

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
        is_party = person.id in self.parties(step.subject)
        return step.actor.has_left or is_party or self.why_barred(step.subject, person, step.actor.staff) is not None

    def _why_not(self, step: Step[Any]) -> Objection:
        names = tuple(p.name for p in self.holders(step.subject, step.actor.staff))
        person = step.actor.person
        if not names:
            return Objection(FORBIDDEN, N_("Nobody can take this step here; ask the administrator."))
        if person is not None and person.id == step.subject.respondent_id:
            return Objection(FORBIDDEN, N_("You are the respondent; this step is for %(names)s to take."), names=names)
        if person is not None and person.id in self.parties(step.subject):
            return Objection(FORBIDDEN, self.why_a_party, names=names)
        if person is not None and (why := self.why_barred(step.subject, person, step.actor.staff)) is not None:
            return Objection(FORBIDDEN, why, names=names)
        return Objection(FORBIDDEN, N_("Only %(names)s can take this step."), names=names)


class TheSystem(In):
    """The clock: no person can take its steps."""

    def __call__(self, step: Step[Any]) -> Objection | None:
        if step.actor.is_system:
            return None
        return Objection(FORBIDDEN, N_("Only the deadline itself does this."))


CUSTOMER_RELATIONS = In("customer_relations", customer_relations_of, is_delegable=False)
DEPARTMENT_HEAD = In("department_head", lambda c, staff: only(who_takes_heads_steps(c, staff)))
GENERAL_MANAGER = In("general_manager", lambda c, staff: only(who_rules(c, staff)), parties=parties_to)
RESPONDENT = In("respondent", lambda c, _staff: only(c.respondent), is_personal=True)
SYSTEM = TheSystem("system", lambda _c, _staff: [])


# What is handed over with a delegation: the steps of these posts, and not what the principal does besides.
BY_POST = ("department_head", "general_manager")


def has_acted(events: Iterable[Event], person: Person, staff: Staff) -> bool:
    """Whether the person acted in the case, or somebody by the post in which they stand in for them."""
    others = {principal.id for principal in staff.principals_of(person)} - {person.id}
    return any(
        person.id in (event.actor_id, event.acting_for_id)
        or event.acting_for_id in others
        or (event.actor_id in others and event.signed_as in BY_POST)
        for event in events
    )


def acted_in(person: Person, staff: Staff, *, of: InstrumentedAttribute[int | None]) -> CompoundSelect[int | None]:
    """The cases of one kind (never complaints) in which `has_acted` holds, each way by itself, as an index finds it."""
    others = [principal.id for principal in staff.principals_of(person) if principal.id != person.id]
    ways = [
        Event.actor_id == person.id,
        Event.acting_for_id == person.id,
        Event.acting_for_id.in_(others),
        and_(Event.actor_id.in_(others), Event.signed_as.in_(BY_POST)),
    ]
    return union_all(
        *(
            select(of).where(way, of.is_not(None), Event.complaint_id.is_(None))
            for way in (ways if others else ways[:2])
        )
    )
