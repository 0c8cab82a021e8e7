"""Who may see and do what with improvement plans, as a check and as a query; a test holds the two against each other.

The owner of a plan and those of its measures see it, the head of its department, customer relations and the general
manager; and whoever has acted in it. Whether it helped is said by somebody who neither owns a part of it nor reported
it done.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true

from models import Event, Person, Plan, PlanMeasure, Role
from workflow.process import N_, NOT_FOUND, Objection, Refused, Step
from workflow.roles import (
    CUSTOMER_RELATIONS,
    DEPARTMENT_HEAD,
    SYSTEM,
    Actor,
    In,
    Staff,
    acted_in,
    general_manager_or_deputy,
    has_acted,
    only,
    who_takes_heads_steps,
)

Condition = ColumnElement[bool]
# Work on it, verify it, tell the customers.
CLOCKS = ("improve", "prove", "tell")


def owners_of(plan: Plan) -> list[Person]:
    """Whoever owns the plan or has something to do in it or had, each once."""
    people = [plan.owner, *(measure.owner for measure in plan.measures)]
    return list({person.id: person for person in people}.values())


def parties_to(plan: Plan) -> tuple[int | None, ...]:
    """Who cannot say whether it helped."""
    return (*(person.id for person in owners_of(plan)), plan.finished_by_id, plan.finished_for_id)


def head_of(plan: Plan, staff: Staff) -> list[Person]:
    return only(who_takes_heads_steps(plan, staff))


def manager_for(plan: Plan, staff: Staff) -> list[Person]:
    """The general manager, or the standing deputy where the manager has a part in it."""
    return only(general_manager_or_deputy(staff, not_among=parties_to(plan)))


@dataclass(frozen=True)
class AnyOf(In):
    """One capacity that several posts have, each with its own rule about who may stand in."""

    parts: tuple[In, ...] = ()

    def principal(self, step: Step[Any]) -> Person | None:
        """The first of the posts in which the actor may act, unless they are a party."""
        person, parties = step.actor.person, self.parties(step.subject)
        if person is None or person.id in parties:
            return None
        found = (part.principal(step) for part in self.parts)
        return next((principal for principal in found if principal is not None and principal.id not in parties), None)


def nobody(_plan: Any) -> tuple[int | None, ...]:
    return ()


def any_of(name: str, *parts: In, parties: Callable[[Any], tuple[int | None, ...]] = nobody, **how: str) -> AnyOf:
    def holders(plan: Any, staff: Staff) -> list[Person]:
        found = (person for part in parts for person in part.holders(plan, staff))
        return list({person.id: person for person in found if person.id not in parties(plan)}.values())

    return AnyOf(name, holders, parties=parties, parts=parts, **how)  # type: ignore[arg-type]


def _in(name: str, holders: Callable[[Plan, Staff], list[Person]]) -> In:
    return In(name, holders, parties=nobody)


OWNER = _in("plan_owner", lambda plan, _staff: only(plan.owner))
MEASURE_OWNER = _in("measure_owner", lambda plan, _staff: [measure.owner for measure in plan.open_measures])
MANAGER = _in("general_manager", lambda _plan, staff: only(staff.general_manager))
# CS-5: who reports what became of a complaint opens the plan, also where the case was handed over to them.
REPORTER = _in(
    "department_head",
    lambda plan, staff: only(who_takes_heads_steps(plan.complaint, staff)) if plan.complaint is not None else [],
)

# Who opens plans, gives them to others and lets them go.
KEEPER = any_of("plan_keeper", CUSTOMER_RELATIONS, DEPARTMENT_HEAD, MANAGER)
LEAD = any_of("plan_lead", OWNER, DEPARTMENT_HEAD)
WORKER = any_of("plan_worker", OWNER, MEASURE_OWNER, DEPARTMENT_HEAD)
CONCERNED = any_of("plan_concerned", OWNER, MEASURE_OWNER, DEPARTMENT_HEAD, CUSTOMER_RELATIONS, MANAGER)
VERIFIER = any_of(
    "plan_verifier", CUSTOMER_RELATIONS, DEPARTMENT_HEAD, _in("general_manager", manager_for),
    parties=parties_to,
    why_a_party=N_("You own a part of this plan or reported it done; whether it helped is for %(names)s to say."),
)  # fmt: skip
TELLER, CLOCK = CUSTOMER_RELATIONS, SYSTEM


def who_verifies(plan: Plan, staff: Staff) -> list[Person]:
    """Whose turn it is: customer relations; where nobody there may, the general manager or the deputy."""
    barred = set(parties_to(plan))
    able = [person for person in staff.holders.get(Role.CUSTOMER_RELATIONS, ()) if person.id not in barred]
    return able or manager_for(plan, staff)


def awaited(plan: Plan, staff: Staff) -> list[Person]:
    """Who can answer the running clock."""
    match plan.clock:
        case "improve":
            found = [plan.owner, *(measure.owner for measure in plan.open_measures)]
            here = [person for person in found if not person.has_left_at(staff.at)]
            return list({person.id: person for person in here}.values()) or head_of(plan, staff)
        case "prove":
            return who_verifies(plan, staff)
        case "tell":
            return list(staff.holders.get(Role.CUSTOMER_RELATIONS, ()))
        case _:
            return []


def awaits(plan: Plan, actor: Actor) -> bool:
    """Whether the running clock is this person's to answer; the same sentences as `waits_for`.

    Nobody stands in for customer relations, who verify and tell.
    """
    person, staff = actor.person, actor.staff
    if person is None or actor.has_left:
        return False
    theirs = {each.id for each in awaited(plan, staff)}
    is_officer = Role.CUSTOMER_RELATIONS in staff.roles_of(person)
    if plan.clock == "tell" or (plan.clock == "prove" and is_officer and person.id in theirs):
        return person.id in theirs
    if plan.clock == "prove" and (person.id in parties_to(plan) or theirs & _officers(staff)):
        return False
    return any(principal.id in theirs for principal in staff.principals_of(person))


def _officers(staff: Staff) -> set[int]:
    return {officer.id for officer in staff.holders.get(Role.CUSTOMER_RELATIONS, ())}


# --- who sees what


def may_see(plan: Plan, actor: Actor) -> bool:
    """Whether the plan exists for this person; the same sentences as `visible_to`."""
    person, staff = actor.person, actor.staff
    if person is None or actor.has_left:
        return person is None
    if sees_every_plan(person, staff):
        return True
    principals = {principal.id for principal in staff.principals_of(person)}
    if principals & {owner.id for owner in owners_of(plan)}:
        return True
    if any(plan.department_id in staff.departments_headed_by(other) for other in staff.principals_of(person)):
        return True
    manager = staff.general_manager
    falls_to_deputy = manager is not None and manager.id in parties_to(plan) and _is_the_deputy(person, staff)
    return falls_to_deputy or has_acted(plan.events, person, staff)


def require_sight(plan: Plan, actor: Actor) -> None:
    """Raise Refused (not_found) unless the plan exists for the actor."""
    if not may_see(plan, actor):
        raise Refused([Objection(NOT_FOUND, N_("There is no such plan."))])


def sees_every_plan(person: Person, staff: Staff) -> bool:
    """Customer relations, the general manager, and whoever the manager has delegated to."""
    if Role.CUSTOMER_RELATIONS in staff.roles_of(person):
        return True
    return any(Role.GENERAL_MANAGER in staff.roles_of(other) for other in staff.principals_of(person))


def visible_to(actor: Actor) -> Condition:
    """The plans that exist for this person; the query beside `may_see`."""
    person, staff = actor.person, actor.staff
    if person is None:
        return true()
    if actor.has_left:
        return false()
    if sees_every_plan(person, staff):
        return true()
    principals = staff.principals_of(person)
    headed = [department for other in principals for department in staff.departments_headed_by(other)]
    manager = staff.general_manager
    deputised = has_a_part([manager]) if manager is not None and _is_the_deputy(person, staff) else false()
    return or_(
        owned_by(principals), Plan.department_id.in_(headed), deputised,
        Plan.id.in_(acted_in(person, staff, of=Event.plan_id)),
    )  # fmt: skip


def owned_by(people: Iterable[Person], *, still: bool = False) -> Condition:
    """The plans that these people own or in which they own a measure; `still`: one that is not done."""
    ids = [person.id for person in people]
    mine = select(PlanMeasure.plan_id).where(PlanMeasure.owner_id.in_(ids))
    return or_(Plan.owner_id.in_(ids), Plan.id.in_(mine.where(PlanMeasure.done_at.is_(None)) if still else mine))


def has_a_part(people: Iterable[Person]) -> Condition:
    """The plans of which these people may not say whether they helped; the query beside `parties_to`."""
    people = list(people)
    ids = [person.id for person in people]
    return or_(owned_by(people), _is_among(Plan.finished_by_id, ids), _is_among(Plan.finished_for_id, ids))


def _is_among(column: Any, ids: list[int]) -> Condition:
    """Never unknown, so that the contrary of it can be asked."""
    return and_(column.is_not(None), column.in_(ids))


def _is_the_deputy(person: Person, staff: Staff) -> bool:
    return any(deputy.id == person.id for deputy in only(staff.standing_deputy_of(staff.general_manager)))


def leads_somewhere(actor: Actor) -> bool:
    """Who may open plans: heads, customer relations, the general manager, and who stands in for a post."""
    person, staff = actor.person, actor.staff
    if person is None or actor.has_left:
        return False
    return sees_every_plan(person, staff) or any(
        staff.departments_headed_by(principal) for principal in staff.principals_of(person)
    )


# --- what waits for whom


def waits_for(actor: Actor) -> Condition:
    """The plans whose running clock this person can answer; the query beside `awaited`."""
    person, staff = actor.person, actor.staff
    if person is None or actor.has_left:
        return false()
    principals = staff.principals_of(person)
    is_officer = Role.CUSTOMER_RELATIONS in staff.roles_of(person)
    return or_(
        and_(Plan.clock == "improve", or_(owned_by(principals, still=True), _falls_to_the_head(principals, staff))),
        and_(Plan.clock == "prove", ~has_a_part([person]), _is_theirs_to_verify(principals, staff, is_officer)),
        *([Plan.clock == "tell"] if is_officer else []),
    )


def _falls_to_the_head(principals: list[Person], staff: Staff) -> Condition:
    """Everybody who had to work on it has left: the head of the department finds somebody."""
    departments = [department for other in principals for department in staff.departments_headed_by(other)]
    manager = staff.general_manager
    headless = Plan.department_id.not_in(list(staff.heads)) if _is_one(manager, principals) else false()
    owner = select(Person.id).where(
        Person.id == Plan.owner_id, or_(Person.left_at.is_(None), Person.left_at > staff.at)
    )
    here = (
        select(PlanMeasure.id)
        .join(Person, Person.id == PlanMeasure.owner_id)
        .where(
            PlanMeasure.plan_id == Plan.id, PlanMeasure.done_at.is_(None),
            or_(Person.left_at.is_(None), Person.left_at > staff.at),
        )
    )  # fmt: skip
    nobody = and_(~exists(owner.correlate(Plan)), ~exists(here.correlate(Plan)))
    return and_(nobody, or_(Plan.department_id.in_(departments), headless))


def _is_theirs_to_verify(principals: list[Person], staff: Staff, is_officer: bool) -> Condition:
    officers = staff.holders.get(Role.CUSTOMER_RELATIONS, ())
    barred = and_(true(), *(has_a_part([officer]) for officer in officers))
    manager = staff.general_manager
    found: list[Condition] = [true()] if is_officer else []
    if manager is not None:
        deputy = staff.standing_deputy_of(manager)
        if _is_one(manager, principals):
            found.append(and_(barred, ~has_a_part([manager])))
        if _is_one(deputy, principals):
            found.append(and_(barred, has_a_part([manager]), ~has_a_part([deputy] if deputy is not None else [])))
    return or_(false(), *found)


def _is_one(person: Person | None, people: Iterable[Person]) -> bool:
    return person is not None and any(other.id == person.id for other in people)
