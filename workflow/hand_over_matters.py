"""What there is to hand over when somebody leaves or changes post: places with what waits for them, cases that were
handed to them, files that they keep, customers. Computed each time and kept nowhere.

Each kind of matter is a function in `FINDERS`; whatever else a person may own joins them there, and its carrying out
joins `hand_over_succession` and its condition `hand_over_leavers`.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import Session

from models import (
    Complaint,
    Customer,
    Department,
    Deputation,
    HandOver,
    Headship,
    Penalty,
    Person,
    Plan,
    PlanMeasure,
    PlanState,
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
STEPS, FILES, CUSTOMERS, PLANS = "steps", "files", "customers", "plans"
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


def _plans(leaving: Leaving) -> Iterator[Matter]:
    """Whoever changes post inside a department goes on with what they improve there."""
    if _stays_in_the_department(leaving):
        return
    session, who = leaving.session, leaving.person
    plans, due = session.execute(select(func.count(), func.min(Plan.due_at)).where(plans_of(who))).one()
    measures, day = session.execute(
        select(func.count(), func.min(Plan.due_at)).select_from(PlanMeasure).join(PlanMeasure.plan)
        .where(measures_of(who))
    ).one()  # fmt: skip
    if plans or measures:
        counts = {kind: count for kind, count in ((Plan.kind, plans), ("measure", measures)) if count}
        yield Matter(PLANS, counts=counts, soonest=min((d for d in (due, day) if d is not None), default=None))


def plans_of(person: Person) -> ColumnElement[bool]:
    """The improvement plans that the person owns and that go on."""
    return and_(Plan.owner_id == person.id, Plan.state.in_((PlanState.WORKING, PlanState.DONE)))


def measures_of(person: Person) -> ColumnElement[bool]:
    """The measures that the person has still to carry out; the plan is joined."""
    return and_(undone_of(person), Plan.state == PlanState.WORKING)


def undone_of(person: Person) -> ColumnElement[bool]:
    return and_(PlanMeasure.owner_id == person.id, PlanMeasure.done_at.is_(None))


FINDERS: tuple[Callable[[Leaving], Iterable[Matter]], ...] = (
    _headships, _roles, _teams, _deputies, _steps, _files, _customers, _plans,
)  # fmt: skip
