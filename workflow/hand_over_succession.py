"""Carrying out what was chosen: each matter goes to its successor, the person leaves or changes post, and what waited
for the posts is told to whoever follows. Checks nothing: `hand_over` has.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import (
    Complaint,
    Customer,
    CustomerQuestion,
    Deputation,
    HandOver,
    HandOverChoice,
    Headship,
    Inspection,
    Penalty,
    Person,
    Plan,
    PlanMeasure,
    Role,
    RoleGrant,
    TeamLeadership,
)
from workflow import customers, handing_over, inbox, inspection, inspection_hand_over, people, plan, questions
from workflow.hand_over_matter import (
    CUSTOMERS,
    DEPUTY,
    FILES,
    HEADSHIP,
    INSPECTIONS,
    PLANS,
    QUESTIONS,
    ROLE,
    STEPS,
    TEAM,
    Matter,
)
from workflow.hand_over_matters import asked_of, handed_to, inspected_by, kept_by, measures_of, plans_of
from workflow.office import Office
from workflow.process import N_, Step
from workflow.roles import BY_POST, Actor, who_takes_heads_steps
from workflow.waiting import HEADS_CLOCKS

# Stands in the chain of each case; the page tells it in the reader's language.
BECAUSE_LEAVING, BECAUSE_MOVING = N_("leaves the company"), N_("changes post")


# A case and whoever has had to answer it, if anybody could.
Waiting = tuple[Complaint | Penalty, Person | None]


class Succession:
    """One carrying out: `since` is when places pass on, `at` when it is done and cases are told of it."""

    system: Actor

    def __init__(self, session: Session, hand_over: HandOver, *, since: datetime, at: datetime) -> None:
        self.session, self.hand_over, self.since, self.at = session, hand_over, since, at

    @property
    def person(self) -> Person:
        return self.hand_over.person

    def carry_out(self, found: list[Matter]) -> None:
        """Every matter with a choice; then the person goes, and then cases follow their posts."""
        chosen = [(m, c) for m in found if (c := self.hand_over.choice(m.kind, m.key)) and c.carried_out_at is None]
        goes_now = self.hand_over.took_effect_at is None
        waiting = self._waiting_by_post() if goes_now else self._waiting_above([matter for matter, _ in chosen])
        self._pass_on([pair for pair in chosen if pair[0].is_place])
        self._pass_on([pair for pair in chosen if not pair[0].is_place])
        if goes_now:
            self._go()
        self._tell(waiting)

    def _pass_on(self, chosen: list[tuple[Matter, HandOverChoice]]) -> None:
        """With the staff as it is after the places before."""
        self.session.flush()
        self.system = Office(self.session).system(self.at)
        for matter, choice in chosen:
            choice.count = CARRY_OUT[matter.kind](self, matter, choice.successor)
            choice.carried_out_at = self.at

    def _waiting_by_post(self) -> list[Waiting]:
        """What the person has to answer by a post of theirs, and not as a respondent or among colleagues."""
        actor = Office(self.session).actor(self.person, self.at)
        own = [case for case in inbox.waiting_for(self.session, actor) if case.respondent_id != self.person.id]
        by_post = [case for case in own if case.handler_id != self.person.id and self._answers_by_post(case, actor)]
        return [(case, self.person) for case in by_post]

    def _waiting_above(self, chosen: list[Matter]) -> list[Waiting]:
        """What fell to the office above a head who has gone, and comes back to the next."""
        staff, departments = Office(self.session).staff(self.at), [int(m.key) for m in chosen if m.kind == HEADSHIP]
        complaints = select(Complaint).where(
            Complaint.department_id.in_(departments), Complaint.clock.in_(HEADS_CLOCKS)
        )
        penalties = select(Penalty).where(Penalty.department_id.in_(departments), Penalty.clock == "submit")
        cases = [*self.session.scalars(complaints.order_by(Complaint.id)), *self.session.scalars(penalties)]
        return [(case, who_takes_heads_steps(case, staff)) for case in cases]

    def _answers_by_post(self, case: Complaint | Penalty, actor: Actor) -> bool:
        process = inbox.PROCESSES[case.kind]
        rules = [process.rule_named(name) for name in inbox.open_actions(case, actor, self.at)]
        by_post = [rule.by for rule in rules if rule.by.name in (*BY_POST, "review_body")]
        return any(capacity.principal(Step(case, actor, self.at)) is self.person for capacity in by_post)

    def _go(self) -> None:
        self.session.flush()
        going = self.hand_over
        if going.leaves:
            people.end_everything(self.session, self.person, at=self.since)
        else:
            assert going.department is not None and going.title is not None
            people.move(
                self.session, self.person, at=self.since, department=going.department, title=going.title,
                team=going.team,
            )  # fmt: skip
        going.took_effect_at = self.since

    def _tell(self, waiting: list[Waiting]) -> None:
        self.session.flush()
        system = Office(self.session).system(self.at)
        for case, before in waiting:
            locked = type(case).locked(self.session, case.id)
            handing_over.follow_the_post(locked, by=system, at=self.at, before=before, reason=self.reason)

    @property
    def reason(self) -> str:
        return BECAUSE_LEAVING if self.hand_over.leaves else BECAUSE_MOVING


def _headship(succession: Succession, matter: Matter, to: Person | None) -> int:
    department_id, since = int(matter.key), succession.since
    people.end_all(succession.session, Headship, since, Headship.department_id == department_id)
    succession.session.flush()
    succession.session.add(Headship(department_id=department_id, person=to, since=since))
    return sum(matter.counts.values())


def _role(succession: Succession, matter: Matter, to: Person | None) -> int:
    role, session, since = Role(matter.key), succession.session, succession.since
    people.end_all(session, RoleGrant, since, RoleGrant.role == role, RoleGrant.person_id == succession.person.id)
    session.flush()
    assert to is not None
    held = select(RoleGrant.id).where(RoleGrant.person_id == to.id, RoleGrant.role == role, RoleGrant.until.is_(None))
    if session.scalars(held).first() is None:
        session.add(RoleGrant(person=to, role=role, since=since))
    return sum(matter.counts.values())


def _team(succession: Succession, matter: Matter, to: Person | None) -> int:
    team_id, since = int(matter.key), succession.since
    people.end_all(succession.session, TeamLeadership, since, TeamLeadership.team_id == team_id)
    succession.session.flush()
    succession.session.add(TeamLeadership(team_id=team_id, person=to, since=since))
    return 0


def _deputy(succession: Succession, matter: Matter, to: Person | None) -> int:
    principal_id, since = int(matter.key), succession.since
    standing = (Deputation.principal_id == principal_id, Deputation.is_standing)
    people.end_all(succession.session, Deputation, since, *standing)
    succession.session.add(Deputation(principal_id=principal_id, deputy=to, is_standing=True, since=since))
    return 0


def _steps(succession: Succession, _matter: Matter, to: Person | None) -> int:
    count = 0
    for case in (Complaint, Penalty):
        handed = select(case.id).where(handed_to(succession.person, case)).order_by(case.id)
        count += sum(_pass_on(succession, case, key, to, "steps") for key in succession.session.scalars(handed).all())
    return count


def _files(succession: Succession, _matter: Matter, to: Person | None) -> int:
    kept = select(Complaint.id).where(kept_by(succession.person)).order_by(Complaint.id)
    return sum(_pass_on(succession, Complaint, key, to, "file") for key in succession.session.scalars(kept).all())


def _pass_on(
    succession: Succession, case: type[Complaint] | type[Penalty], key: int, to: Person | None, what: str
) -> bool:
    """Whether it went where it was meant to go: the office takes what the successor cannot."""
    event = handing_over.pass_on(
        case.locked(succession.session, key), by=succession.system, at=succession.at, to=to, what=what,
        reason=succession.reason,
    )  # fmt: skip
    return event is not None and event.said[what] == (to.username if to is not None else None)


def _customers(succession: Succession, _matter: Matter, to: Person | None) -> int:
    assert to is not None
    theirs = select(Customer).where(Customer.adviser_id == succession.person.id).order_by(Customer.id)
    found = succession.session.scalars(theirs.with_for_update()).all()
    if found:
        customers.pass_on(succession.session, found, to=to, by=succession.system, at=succession.since)
    return len(found)


def _plans(succession: Succession, _matter: Matter, to: Person | None) -> int:
    """Plans and measures, each with an event of its own; a measure in somebody else's plan goes by itself."""
    assert to is not None
    session, leaver = succession.session, succession.person
    theirs = session.scalars(select(Plan.id).where(plans_of(leaver)).order_by(Plan.id)).all()
    for key in theirs:
        _give(succession, Plan.locked(session, key), to, None)
    found = select(PlanMeasure.plan_id, PlanMeasure.id).join(PlanMeasure.plan).where(measures_of(leaver))
    measures = session.execute(found.order_by(PlanMeasure.plan_id, PlanMeasure.id)).all()
    for plan_id, key in measures:
        locked = Plan.locked(session, plan_id)
        _give(succession, locked, to, next(measure for measure in locked.measures if measure.id == key))
    return len(theirs) + len(measures)


def _give(succession: Succession, of: Plan, to: Person, measure: PlanMeasure | None) -> None:
    plan.hand_over(of, by=succession.system, at=succession.at, reason=succession.reason, owner=to, measure=measure)
    succession.session.flush()


def _inspections(succession: Succession, matter: Matter, to: Person | None) -> int:
    """Without a successor the checklist is customer relations', who keep inspections."""
    session, going = succession.session, succession.hand_over
    query = select(Inspection).where(inspected_by(succession.person)).order_by(Inspection.id)
    if not going.leaves:
        query = query.where(Inspection.department_id == going.department_id)
    found = session.scalars(query.options(*inspection.everything()).with_for_update(of=Inspection)).unique().all()
    for each in found:
        inspection_hand_over.hand_over(
            session, each, succession.person, to, by=_who_chose(succession, matter), at=succession.at
        )
    return len(found)


def _questions(succession: Succession, matter: Matter, to: Person | None) -> int:
    """Without a successor customer relations answer, as of everybody who has left."""
    session = succession.session
    query = CustomerQuestion.whole().where(asked_of(succession.person)).order_by(CustomerQuestion.id)
    found = session.scalars(query.with_for_update(of=CustomerQuestion)).unique().all()
    if to is not None:
        for each in found:
            questions.hand_on(session, each, to, by=_who_chose(succession, matter), at=succession.at)
    return len(found)


def _who_chose(succession: Succession, matter: Matter) -> Actor:
    """Logs name a person: who chose the successor."""
    choice = succession.hand_over.choice(matter.kind, matter.key)
    assert choice is not None, "it is carried out because it was chosen"
    return Office(succession.session).actor(choice.chosen_by, succession.at)


CARRY_OUT: dict[str, Callable[[Succession, Matter, Person | None], int]] = {
    HEADSHIP: _headship, ROLE: _role, TEAM: _team, DEPUTY: _deputy, STEPS: _steps, FILES: _files,
    CUSTOMERS: _customers, PLANS: _plans, INSPECTIONS: _inspections, QUESTIONS: _questions,
}  # fmt: skip
