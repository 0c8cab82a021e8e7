"""What there is to hand over when somebody leaves or changes post: places with what waits for them, cases that were
handed to them, files that they keep, customers. Computed each time and kept nowhere.

Each kind of matter is a function in `FINDERS`; whatever else a person may own joins them there, and its carrying out
joins `hand_over_succession` and its condition `hand_over_leavers`.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import Session

from models import (
    Complaint,
    Customer,
    CustomerQuestion,
    HandOver,
    Inspection,
    Inspector,
    Penalty,
    Person,
    Plan,
    PlanMeasure,
    PlanState,
    Posting,
    Role,
    RoleGrant,
)
from workflow import deadline, inspection_turn
from workflow.hand_over_matter import CUSTOMERS, FILES, INSPECTIONS, PLANS, QUESTIONS, STEPS, Leaving, Matter
from workflow.hand_over_places import deputies, headships, roles, teams
from workflow.handing_over import WITH_A_HEAD
from workflow.office import Office


def matters(session: Session, hand_over: HandOver, at: datetime) -> list[Matter]:
    """Everything that is still to be handed over."""
    leaving = Leaving(session, hand_over, at)
    return [matter for find in FINDERS for matter in find(leaving)]


def open_matters(session: Session, hand_over: HandOver, at: datetime) -> list[Matter]:
    """What needs a successor and has none."""
    return [m for m in matters(session, hand_over, at) if m.is_required and hand_over.choice(m.kind, m.key) is None]


def _steps(leaving: Leaving) -> Iterator[Matter]:
    if leaving.stays_in_the_department():
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
    if leaving.stays_in_the_department():
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
    if leaving.stays_in_the_department():
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


def plans_of(person: Person | type[Person]) -> ColumnElement[bool]:
    """The improvement plans that the person owns and that go on."""
    return and_(Plan.owner_id == person.id, Plan.state.in_((PlanState.WORKING, PlanState.DONE)))


def measures_of(person: Person | type[Person]) -> ColumnElement[bool]:
    """The measures that the person has still to carry out; the plan is joined."""
    return and_(undone_of(person), Plan.state == PlanState.WORKING)


def undone_of(person: Person | type[Person]) -> ColumnElement[bool]:
    return and_(PlanMeasure.owner_id == person.id, PlanMeasure.done_at.is_(None))


def _inspections(leaving: Leaving) -> Iterator[Matter]:
    """Whoever changes post keeps the checklists of departments other than the new one."""
    query = select(Inspection).where(inspected_by(leaving.person))
    if not leaving.hand_over.leaves:
        query = query.where(Inspection.department_id == leaving.hand_over.department_id)
    found, office = leaving.session.scalars(query).all(), Office(leaving.session)
    if found:
        soonest = min(inspection_turn.due_of(each, office) for each in found)
        yield Matter(INSPECTIONS, counts={Inspection.kind: len(found)}, soonest=soonest)


def inspected_by(person: Person | type[Person]) -> ColumnElement[bool]:
    """The inspections that the person has to carry out, or to submit; who holds them is joined by it."""
    held = (Inspector.inspection_id == Inspection.id, Inspector.person_id == person.id)
    return and_(Inspection.opened(), Inspection.submitted_at.is_(None), *held)


def _questions(leaving: Leaving) -> Iterator[Matter]:
    """Whoever changes post answers what they were asked."""
    if not leaving.hand_over.leaves:
        return
    asked = select(func.count(), func.min(CustomerQuestion.due_at)).where(asked_of(leaving.person))
    count, due = leaving.session.execute(asked).one()
    if count:
        yield Matter(QUESTIONS, counts={CustomerQuestion.kind: count}, soonest=due)


def asked_of(person: Person | type[Person]) -> ColumnElement[bool]:
    """The customers' questions that the person is to answer."""
    return and_(CustomerQuestion.responsible_id == person.id, CustomerQuestion.awaited())


FINDERS: tuple[Callable[[Leaving], Iterable[Matter]], ...] = (
    headships, roles, teams, deputies, _steps, _files, _customers, _plans, _inspections, _questions,
)  # fmt: skip
