"""What waits for a person: the cases whose running clock they can answer; the same sentences as in
`workflow.roles`, as database conditions.

In pieces: each asks for one clock, in the order of an index. However many cases there are, only as
many rows are read as are shown or counted.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, literal, or_, select, true, union, union_all
from sqlalchemy.orm import InstrumentedAttribute

from models import Complaint, Department, Penalty, Person, Role
from workflow.roles import Actor, Staff
from workflow.sight import PARTIES

Condition = ColumnElement[bool]
Party = InstrumentedAttribute[int | None]

HEADS_CLOCKS = ("answer", "endorse", "complete", "report")
CUSTOMER_RELATIONS_CLOCKS = ("assign", "verify", "follow_up")


@dataclass(frozen=True)
class Span:
    """Deadlines from `since` (included) to `until` (excluded); None leaves a side open."""

    since: datetime | None = None
    until: datetime | None = None

    def covers(self, due_at: ColumnElement[Any] = Complaint.due_at) -> tuple[Condition, ...]:  # type: ignore[assignment]
        since = () if self.since is None else (due_at >= self.since,)
        until = () if self.until is None else (due_at < self.until,)
        return (*since, *until)

    def holds(self, due_at: datetime) -> bool:
        return (self.since is None or due_at >= self.since) and (self.until is None or due_at < self.until)


def soonest(actor: Actor, span: Span, *, skip: int = 0, most: int) -> Select[int]:
    """The ids of waiting cases whose deadline lies in the span, soonest first."""
    found = soonest_with_due(actor, span, most=skip + most).subquery()
    return select(found.c.id).order_by(found.c.due_at, found.c.id).offset(skip).limit(most)


def soonest_with_due(actor: Actor, span: Span, *, most: int) -> Select[int, datetime | None]:
    """The same with their deadlines, from the first on."""
    columns = (Complaint.id.label("id"), Complaint.due_at.label("due_at"))
    pieces = [
        select(*columns).where(piece, *span.covers()).order_by(Complaint.due_at, Complaint.id).limit(most).subquery()
        for piece in pieces_of(actor)
    ]
    if not pieces:
        return select(*columns).where(false())
    # A case may wait for one person in two capacities; it stands in the inbox once.
    found = union(*(select(piece.c.id, piece.c.due_at) for piece in pieces)).subquery()
    return select(found.c.id, found.c.due_at).order_by(found.c.due_at, found.c.id).limit(most)


def count(actor: Actor, span: Span, *, most: int) -> Select[int]:
    """How many cases wait, never counting further than `most`."""
    pieces = [
        select(Complaint.id.label("id")).where(piece, *span.covers()).limit(most).subquery()
        for piece in pieces_of(actor)
    ]
    if not pieces:
        return select(literal(0))
    found = union_all(*(select(piece.c.id) for piece in pieces)).subquery()
    distinct = select(found.c.id).distinct().limit(most).subquery()
    return select(func.count()).select_from(distinct)


def pieces_of(actor: Actor) -> list[Condition]:
    """The ways in which a case can wait for this person, each on one clock."""
    person, staff = actor.person, actor.staff
    if person is None:
        return []
    own = [and_(Complaint.clock == "answer", Complaint.respondent_id == person.id)]
    if actor.has_left:
        return own
    principals = staff.principals_of(person)
    others = [
        *_for_customer_relations(person, staff),
        *(piece for principal in principals for piece in _for_head(principal, staff)),
        *(_handed_to(principal) for principal in principals),
        *(piece for principal in principals for piece in _for_manager(principal, person, staff)),
    ]
    return [*own, *(and_(piece, _is_not(person, Complaint.respondent_id)) for piece in others)]


def for_nobody(staff: Staff) -> Condition:
    """Cases whose running clock nobody can answer: the post is vacant, or all who could are parties."""
    manager = staff.general_manager
    above = [person for person in (manager, staff.standing_deputy_of(manager)) if person is not None]
    passed_over = and_(is_with_the_office(Complaint, staff.at), or_(_has_no_head(staff), _is_about_the_head(staff)))
    officers = staff.holders.get(Role.CUSTOMER_RELATIONS, ())
    return or_(
        and_(Complaint.clock.in_(HEADS_CLOCKS), passed_over, _all_are(above, Complaint.respondent_id)),
        and_(Complaint.clock == "rule", _all_are(above, *PARTIES)),
        and_(Complaint.clock.in_(CUSTOMER_RELATIONS_CLOCKS), _all_are(officers, Complaint.respondent_id)),
    )


def _all_are(people: Iterable[Person], *parties: Party) -> Condition:
    """Each of the people is a party; true of nobody."""
    return and_(true(), *(or_(*(party == person.id for party in parties)) for person in people))


def _for_customer_relations(person: Person, staff: Staff) -> Iterator[Condition]:
    if Role.CUSTOMER_RELATIONS in staff.roles_of(person):
        yield from (Complaint.clock == clock for clock in CUSTOMER_RELATIONS_CLOCKS)


def _for_head(principal: Person, staff: Staff) -> Iterator[Condition]:
    for department in staff.departments_headed_by(principal):
        for clock in HEADS_CLOCKS:
            own = _is_not(principal, Complaint.respondent_id)
            yield and_(_in(department, clock), own, is_with_the_office(Complaint, staff.at))


def _handed_to(principal: Person) -> Condition:
    """What was handed over to them for good: few cases, so that one piece does for all clocks."""
    handed = and_(Complaint.handler_id == principal.id, Complaint.clock.in_(HEADS_CLOCKS))
    return and_(handed, _is_not(principal, Complaint.respondent_id))


def is_with_the_office(case: type[Complaint] | type[Penalty], at: datetime) -> Condition:
    """Nobody to whom it was handed over takes the head's steps; the same sentence as `roles.who_handles`."""
    has_left = exists().where(Person.id == case.handler_id, Person.left_at <= at)
    return or_(case.handler_id.is_(None), case.handler_id == case.respondent_id, has_left)


def _for_manager(principal: Person, person: Person, staff: Staff) -> Iterator[Condition]:
    """What falls to the general manager, or to the deputy where the manager is a party."""
    manager, deputy = staff.general_manager, staff.standing_deputy_of(staff.general_manager)
    if manager is None or principal.id not in {p.id for p in (manager, deputy) if p is not None}:
        return
    heads_steps = and_(Complaint.clock.in_(HEADS_CLOCKS), is_with_the_office(Complaint, staff.at))
    for passed_over in (_has_no_head(staff), _is_about_the_head(staff)):
        for falls in _falls_to(principal, manager, Complaint.respondent_id):
            yield and_(heads_steps, passed_over, falls)
    for falls in _falls_to(principal, manager, *PARTIES):
        yield and_(Complaint.clock == "rule", falls, *(_is_not(person, party) for party in PARTIES))


def _in(department: int, clock: str) -> Condition:
    return and_(Complaint.clock == clock, Complaint.department_id == department)


def _has_no_head(staff: Staff) -> Condition:
    vacant = select(Department.id).where(Department.id.not_in(list(staff.heads)))
    return Complaint.department_id.in_(vacant)


def _is_about_the_head(staff: Staff) -> Condition:
    pairs = [
        and_(Complaint.department_id == department, Complaint.respondent_id == head.id)
        for department, head in staff.heads.items()
    ]
    # Said twice: an index finds the few cases about heads by the first half.
    return and_(Complaint.respondent_id.in_([head.id for head in staff.heads.values()]), or_(false(), *pairs))


def _falls_to(principal: Person, manager: Person, *parties: Party) -> Iterator[Condition]:
    """A decision is the manager's unless they are a party; then it is the deputy's, unless they are too."""
    not_a_party = and_(*(_is_not(principal, party) for party in parties))
    if principal.id == manager.id:
        yield not_a_party
    else:
        yield from (and_(party == manager.id, not_a_party) for party in parties)


def _is_not(person: Person, party: Party) -> Condition:
    return or_(party.is_(None), party != person.id)
