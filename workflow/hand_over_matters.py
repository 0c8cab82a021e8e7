"""What there is to hand over when somebody leaves or changes post: places with what waits for them, cases that were
handed to them, files that they keep, customers. Computed each time and kept nowhere.

Each kind of matter is a function in `FINDERS`; whatever else a person may own joins them there, and its carrying out
joins `hand_over_succession`.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from models import (
    Complaint,
    Customer,
    Department,
    Deputation,
    HandOver,
    Headship,
    Penalty,
    Person,
    Posting,
    Role,
    RoleGrant,
    Scorecard,
    Team,
    TeamLeadership,
)
from models.person import Held
from workflow import deadline
from workflow.handing_over import WITH_A_HEAD
from workflow.waiting import CUSTOMER_RELATIONS_CLOCKS, HEADS_CLOCKS, is_with_the_office

HEADSHIP, ROLE, TEAM, DEPUTY = "headship", "role", "team", "deputy"
STEPS, FILES, CUSTOMERS = "steps", "files", "customers"
# What only an administrator names somebody to.
PLACES = (HEADSHIP, ROLE, TEAM, DEPUTY)
# What may go back to the office that it came from: to the head, to everyone in customer relations.
MAY_GO_BACK = (STEPS, FILES)

# Which clocks are answered by a place, by kind of case.
CLOCKS: dict[Role, dict[type[Any], tuple[str, ...]]] = {
    Role.DEPARTMENT_HEAD: {Complaint: HEADS_CLOCKS, Penalty: ("submit",), Scorecard: ("review",)},
    Role.GENERAL_MANAGER: {Complaint: ("rule",), Penalty: ("approve", "review"), Scorecard: ("approve",)},
    Role.CUSTOMER_RELATIONS: {Complaint: CUSTOMER_RELATIONS_CLOCKS},
    Role.HUMAN_RESOURCES: {Scorecard: ("verify", "pay")},
    Role.ADMINISTRATOR: {},
}


@dataclass(frozen=True)
class Matter:
    """One thing to hand over. `key` names it among those of its kind; `about` is the department, role, team or
    principal; `counts` says how much of what goes with it, by the kind of case."""

    kind: str
    key: str = ""
    about: Any = None
    counts: dict[str, int] = field(default_factory=dict)
    soonest: datetime | None = None
    is_required: bool = True
    proposed: Person | None = None

    @property
    def is_place(self) -> bool:
        return self.kind in PLACES

    @property
    def may_go_back(self) -> bool:
        return self.kind in MAY_GO_BACK


@dataclass(frozen=True)
class Leaving:
    """Whose matters are asked for, and as of when; what was carried out is not asked for again."""

    session: Session
    hand_over: HandOver
    at: datetime

    @property
    def person(self) -> Person:
        return self.hand_over.person

    @property
    def end(self) -> datetime | None:
        """When the places ended or will, where that is known to them."""
        return self.hand_over.took_effect_at or self.person.left_at

    def held(self, kind: type[Held]) -> list[Any]:
        """What the person holds, or held to the end, and nobody holds instead of them."""
        query = select(kind).where(kind.person_id == self.person.id, self.lasted(kind))  # type: ignore[attr-defined]
        return list(self.session.scalars(query.order_by(kind.id)))  # type: ignore[attr-defined]

    def lasted(self, kind: type[Held]) -> ColumnElement[bool]:
        return kind.until.is_(None) if self.end is None else kind.until == self.end

    def somebody(self, kind: type[Held], *conditions: ColumnElement[bool]) -> bool:
        """Whether another than the person holds such a place and stays."""
        holds = select(kind).where(kind.until.is_(None), kind.person_id != self.person.id, *conditions)  # type: ignore[attr-defined]
        return self.session.scalars(holds.limit(1)).first() is not None


def matters(session: Session, hand_over: HandOver, at: datetime) -> list[Matter]:
    """Everything that is still to be handed over."""
    leaving = Leaving(session, hand_over, at)
    return [matter for find in FINDERS for matter in find(leaving)]


def open_matters(session: Session, hand_over: HandOver, at: datetime) -> list[Matter]:
    """What needs a successor and has none."""
    return [m for m in matters(session, hand_over, at) if m.is_required and hand_over.choice(m.kind, m.key) is None]


def leaves_something(at: datetime) -> ColumnElement[bool]:
    """Of somebody who left or will, in a query: something of theirs needs a successor. What `matters` finds, as one
    question about all of them; it is asked every minute."""
    other_head, other_leader, another = aliased(Headship), aliased(TeamLeadership), aliased(RoleGrant)
    other_deputy, principal = aliased(Deputation), aliased(Person)
    was_officer = _ended_with(RoleGrant, RoleGrant.role == Role.CUSTOMER_RELATIONS)
    return or_(
        _ended_with(
            Headship, ~_held_by_another(other_head, Headship, other_head.department_id == Headship.department_id)
        ),
        _ended_with(RoleGrant, ~_held_by_another(another, RoleGrant, another.role == RoleGrant.role)),
        _ended_with(
            TeamLeadership,
            ~_held_by_another(other_leader, TeamLeadership, other_leader.team_id == TeamLeadership.team_id),
        ),
        exists().where(
            Deputation.deputy_id == Person.id, Deputation.is_standing, Deputation.until == Person.left_at,
            exists().where(
                principal.id == Deputation.principal_id, or_(principal.left_at.is_(None), principal.left_at > at)
            ),
            ~exists().where(
                other_deputy.principal_id == Deputation.principal_id, other_deputy.is_standing,
                other_deputy.until.is_(None), other_deputy.deputy_id != Deputation.deputy_id,
            ),
        ),
        *(exists().where(handed_to(Person, case)) for case in (Complaint, Penalty)),
        and_(was_officer, exists().where(kept_by(Person))),
        exists().where(Customer.adviser_id == Person.id),
    )  # fmt: skip


def _ended_with(kind: Any, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether the person held such a place until they left."""
    return exists().where(kind.person_id == Person.id, kind.until == Person.left_at, *conditions)


def _held_by_another(kind: Any, than: Any, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(kind.until.is_(None), kind.person_id != than.person_id, *conditions)


# --- places


def _headships(leaving: Leaving) -> Iterator[Matter]:
    for held in leaving.held(Headship):
        department: Department = held.department
        if _stays_in(leaving.hand_over, department.id) or leaving.somebody(
            Headship, Headship.department_id == department.id
        ):
            continue
        found = _tally(leaving, Role.DEPARTMENT_HEAD, _waits_for_the_head_of(department, leaving.at))
        yield Matter(HEADSHIP, str(department.id), department, *found, proposed=_leader_in(leaving, department))


def _waits_for_the_head_of(department: Department, at: datetime) -> dict[type[Any], ColumnElement[bool]]:
    """The cases of a department, less those that were handed over to somebody for good."""
    return {
        Complaint: and_(Complaint.department_id == department.id, is_with_the_office(Complaint, at)),
        Penalty: and_(Penalty.department_id == department.id, is_with_the_office(Penalty, at)),
        Scorecard: Scorecard.department_id == department.id,
    }


def _stays_in(hand_over: HandOver, department_id: int) -> bool:
    return hand_over.department_id == department_id


def _stays_in_the_department(leaving: Leaving) -> bool:
    """Whoever changes post inside a department keeps cases and customers."""
    if leaving.hand_over.leaves or leaving.hand_over.took_effect_at is not None:
        return False
    post = leaving.person.posting_at(leaving.at)
    return post is not None and _stays_in(leaving.hand_over, post.department_id)


def _leader_in(leaving: Leaving, department: Department) -> Person | None:
    """Who leads a team there is the likeliest to follow."""
    leading = select(Person).join(TeamLeadership, TeamLeadership.person_id == Person.id).join(Team)
    query = leading.where(
        Team.department_id == department.id, TeamLeadership.until.is_(None), Person.id != leaving.person.id
    )
    return leaving.session.scalars(query.order_by(TeamLeadership.id).limit(1)).first()


def _roles(leaving: Leaving) -> Iterator[Matter]:
    """Roles stay with whoever only changes post."""
    if not leaving.hand_over.leaves:
        return
    for grant in leaving.held(RoleGrant):
        is_shared = leaving.somebody(RoleGrant, RoleGrant.role == grant.role)
        if is_shared and leaving.hand_over.took_effect_at is not None:
            continue
        found = _tally(leaving, grant.role, {})
        yield Matter(ROLE, grant.role.value, grant.role, *found, is_required=not is_shared)


def _teams(leaving: Leaving) -> Iterator[Matter]:
    for held in leaving.held(TeamLeadership):
        stays = not leaving.hand_over.leaves and leaving.hand_over.team_id == held.team_id
        if stays or leaving.somebody(TeamLeadership, TeamLeadership.team_id == held.team_id):
            continue
        yield Matter(TEAM, str(held.team_id), leaving.session.get_one(Team, held.team_id))


def _deputies(leaving: Leaving) -> Iterator[Matter]:
    """For whom the person decides where they may not: the principal needs another."""
    if not leaving.hand_over.leaves:
        return
    stands_in = (Deputation.deputy_id == leaving.person.id, Deputation.is_standing)
    query = select(Deputation).where(*stands_in, leaving.lasted(Deputation))
    for held in leaving.session.scalars(query.order_by(Deputation.id)):
        others = (Deputation.principal_id == held.principal_id, Deputation.is_standing, Deputation.until.is_(None))
        named = select(Deputation.id).where(*others, Deputation.deputy_id != leaving.person.id)
        if leaving.session.scalars(named).first() is None and not held.principal.has_left_at(leaving.at):
            yield Matter(DEPUTY, str(held.principal_id), held.principal)


def _tally(
    leaving: Leaving, role: Role, where: dict[type[Any], ColumnElement[bool]]
) -> tuple[dict[str, int], datetime | None]:
    """How many cases wait for the place, by kind, and the soonest of their deadlines."""
    counts, dues = {}, []
    for case, clocks in CLOCKS[role].items():
        counted = select(func.count(), func.min(case.due_at)).where(case.clock.in_(clocks))
        count, due = leaving.session.execute(counted.where(where[case]) if case in where else counted).one()
        counts[case.kind] = count
        dues += [due] if due is not None else []
    return {kind: count for kind, count in counts.items() if count}, min(dues, default=None)


# --- what is theirs by name


def _steps(leaving: Leaving) -> Iterator[Matter]:
    if _stays_in_the_department(leaving):
        return
    counts, dues = {}, []
    for case in (Complaint, Penalty):
        counted = select(func.count(), func.min(case.due_at)).where(handed_to(leaving.person, case))
        count, due = leaving.session.execute(counted).one()
        counts[case.kind] = count
        dues += [due] if due is not None else []
    if any(counts.values()):
        found = {kind: count for kind, count in counts.items() if count}
        yield Matter(STEPS, counts=found, soonest=min(dues, default=None))


def handed_to(person: Person | type[Person], case: type[Complaint] | type[Penalty]) -> ColumnElement[bool]:
    """The cases of a kind in which the person takes, or may have again, the head's steps for good."""
    states = [state for state in WITH_A_HEAD if isinstance(state, case.state.type.enum_class)]
    return and_(case.handler_id == person.id, case.state.in_(states))


def _files(leaving: Leaving) -> Iterator[Matter]:
    """Whoever changes post and stays in customer relations keeps their files."""
    if not leaving.hand_over.leaves or not _was_in_customer_relations(leaving):
        return
    counted = select(func.count(), func.min(Complaint.due_at)).where(kept_by(leaving.person))
    count, due = leaving.session.execute(counted).one()
    if count:
        yield Matter(FILES, counts={Complaint.kind: count}, soonest=due)


def _was_in_customer_relations(leaving: Leaving) -> bool:
    return any(grant.role is Role.CUSTOMER_RELATIONS for grant in leaving.held(RoleGrant))


def kept_by(person: Person | type[Person]) -> ColumnElement[bool]:
    """The open complaints whose file the person keeps, having filed them or been handed them."""
    filed = and_(Complaint.keeper_id.is_(None), Complaint.filed_by_id == person.id)
    # Each clock is named, so that an index finds the few cases that are open.
    open_clocks = [clock.name for clock in deadline.clocks_of(Complaint.kind)]
    return and_(Complaint.clock.in_(open_clocks), or_(Complaint.keeper_id == person.id, filed))


def _customers(leaving: Leaving) -> Iterator[Matter]:
    if _stays_in_the_department(leaving):
        return
    counted = select(func.count()).where(Customer.adviser_id == leaving.person.id)
    if count := leaving.session.execute(counted).scalar_one():
        yield Matter(CUSTOMERS, counts={"customer": count}, proposed=_adviser_beside(leaving))


def _adviser_beside(leaving: Leaving) -> Person | None:
    """The colleague in the department who looks after the fewest customers."""
    post = leaving.person.posting_at(leaving.at)
    beside = (
        select(Person).join(Posting, Posting.person_id == Person.id).join(Customer, Customer.adviser_id == Person.id)
    )
    there = (Posting.department_id == post.department_id if post else false(), Posting.until.is_(None))
    query = beside.where(*there, Person.id != leaving.person.id).group_by(Person.id)
    return leaving.session.scalars(query.order_by(func.count(), Person.id).limit(1)).first()


FINDERS: tuple[Callable[[Leaving], Iterable[Matter]], ...] = (
    _headships, _roles, _teams, _deputies, _steps, _files, _customers,
)  # fmt: skip
