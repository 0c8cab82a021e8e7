"""Handing a case over for good (转办): who takes the head's steps in it from now on, or who keeps its file.

The work changes hands and nothing else: department, respondent, points and clocks stay as they are. It stands in the
case's chain with its reason, and both are told. Who rules, verifies or approves does so by an office, which is handed
over with the office (`hand_over`).
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from models import Complaint, ComplaintState, Event, HandOver, Penalty, PenaltyState, Person, Role, Team, TeamLeadership
from workflow import letter, penalty_roles
from workflow.notice import tell
from workflow.process import FORBIDDEN, INVALID, MOVED_ON, N_, Capacity, Objection, Rule, Step, refuse
from workflow.record import record_event
from workflow.roles import (
    CUSTOMER_RELATIONS,
    DEPARTMENT_HEAD,
    SYSTEM,
    Actor,
    only,
    parties_to,
    who_keeps_the_file,
    who_takes_heads_steps,
)
from workflow.sight import may_see
from workflow.texts import needs, says_too_much, spoken

Case = Complaint | Penalty
CaseStep = Step[Any]
C, P = ComplaintState, PenaltyState

# While the head has, or may have again, a step to take.
WITH_A_HEAD = (C.ASSIGNED, C.APPEALED, C.RULING, C.HANDLING, C.HANDLED, C.REPORTED, P.PROPOSED, P.HEARD, P.SUBMITTED)
# CS-2 sends a complaint to the head of the department concerned, CS-7 has the head hear and submit a penalty.
RULE = {Complaint.kind: "CS-2", Penalty.kind: "CS-7"}

gave_no_reason = needs("reason", N_("Give a reason; it stands in the timeline of the case."))


def hand_over(case: Case, *, by: Actor, at: datetime, to: Person | None, reason: str | None) -> Event:
    """CS-2, CS-7: whoever takes the head's steps here gives them to somebody else for good."""
    step = _step(case, by, at, to, reason, DEPARTMENT_HEAD)
    refuse(_is_over(step), DEPARTMENT_HEAD(step))
    refuse(gave_no_reason(step), says_too_much(step), *cannot_follow(step, to))
    return _give(step, to, "steps")


def hand_over_the_file(
    complaint: Complaint, *, by: Actor, at: datetime, to: Person | None, reason: str | None
) -> Event:
    """CS-6: customer relations give the file to a colleague, who is told and reminded from now on."""
    step = _step(complaint, by, at, to, reason, CUSTOMER_RELATIONS)
    refuse(_file_is_closed(step), CUSTOMER_RELATIONS(step))
    refuse(gave_no_reason(step), says_too_much(step), *cannot_keep_the_file(step, to))
    return _give(step, to, "file")


def pass_on(case: Case, *, by: Actor, at: datetime, to: Person | None, what: str, reason: str) -> Event | None:
    """The same by the clock, when somebody leaves or changes post; None leaves the case to its office again.

    Nothing happens where `to` cannot take it: the office does.
    """
    step = _step(case, by, at, to, reason, SYSTEM)
    objections = cannot_follow(step, to) if what == "steps" else cannot_keep_the_file(step, to)
    able = None if to is None or any(objections) else to
    is_unchanged = (case.handler_id if what == "steps" else case.keeper_id) == (able.id if able else None)  # type: ignore[union-attr]
    return None if is_unchanged else _give(step, able, what)


def follow_the_post(case: Case, *, by: Actor, at: datetime, before: Person | None, reason: str) -> Event | None:
    """A post has changed hands, and what waited for it with it: said in the case, and told to who follows.

    Nothing happens where it waits for the same person still.
    """
    step = _step(case, by, at, None, reason, SYSTEM)
    awaited = penalty_roles.awaited(case, by.staff) if isinstance(case, Penalty) else letter.awaited(step)
    after = [person for person in awaited if person.id != case.respondent_id]
    if before is not None and before.id in {person.id for person in after}:
        return None
    record_event(step)
    return _conclude(step, only(before), after, {})


def may_hand_over(case: Case, actor: Actor, at: datetime) -> bool:
    step = _step(case, actor, at, None, None, DEPARTMENT_HEAD)
    return _is_over(step) is None and DEPARTMENT_HEAD(step) is None


def may_hand_over_the_file(complaint: Complaint, actor: Actor, at: datetime) -> bool:
    step = _step(complaint, actor, at, None, None, CUSTOMER_RELATIONS)
    return _file_is_closed(step) is None and CUSTOMER_RELATIONS(step) is None


# --- who may follow


def cannot_follow(step: CaseStep, to: Person | None) -> list[Objection | None]:
    """What stands in the way of somebody's taking the head's steps in this case."""
    if to is None:
        return [nobody_chosen()]
    holder = who_takes_heads_steps(step.subject, step.actor.staff)
    leaders = leading(step.actor, step.subject.department_id)
    return [_holds_it(holder, to), is_leaving(step.actor, to), _is_a_party(step, to), _leads_nobody(step, to, leaders)]


def cannot_keep_the_file(step: CaseStep, to: Person | None) -> list[Objection | None]:
    if to is None:
        return [nobody_chosen()]
    keepers = who_keeps_the_file(step.subject, step.actor.staff)
    is_one = Role.CUSTOMER_RELATIONS in step.actor.staff.roles_of(to)
    return [
        _holds_it(keepers[0] if len(keepers) == 1 else None, to),
        is_leaving(step.actor, to),
        _is_a_party(step, to),
        None if is_one else _wrong(N_("%(name)s is not in customer relations."), to),
    ]


def is_leaving(actor: Actor, to: Person) -> Objection | None:
    """Against whoever has left, or whose last day is known."""
    if to.has_left_at(actor.staff.at):
        return _wrong(N_("%(name)s has left the company."), to)
    if HandOver.leaves_at(actor.office.session, to) is None:
        return None
    return _wrong(N_("%(name)s is about to leave the company."), to)


def parties_of(case: Case) -> tuple[int | None, ...]:
    """Whom the case is about, and who appeals in it; of a penalty also the leader who bears a part."""
    return parties_to(case) if isinstance(case, Complaint) else (case.respondent_id, case.leader_id)


def leading(actor: Actor, department_id: int | None = None) -> set[int]:
    """Heads, the general manager and their deputy, and who leads a team: of this department, if it is given."""
    staff = actor.staff
    above = (staff.general_manager, staff.standing_deputy_of(staff.general_manager))
    leads = select(TeamLeadership.person_id).join(Team, Team.id == TeamLeadership.team_id)
    leads = leads.where(TeamLeadership.held_at(actor.staff.at))
    if department_id is not None:
        leads = leads.where(Team.department_id == department_id)
    leaders = set(actor.office.session.scalars(leads))
    return leaders | {person.id for person in (*staff.heads.values(), *above) if person is not None}


def who_may_follow(case: Case, actor: Actor) -> list[Person]:
    """Whom the case can be handed to, by name of account: heads, leaders of its department, the GM and the deputy."""
    step, holder = Step(case, actor, actor.staff.at), who_takes_heads_steps(case, actor.staff)
    leaders = leading(actor, case.department_id)
    staying = select(Person).where(Person.id.in_(leaders), HandOver.stays()).order_by(Person.username)
    return [
        person
        for person in actor.office.session.scalars(staying)
        if not any((_holds_it(holder, person), _is_a_party(step, person), _leads_nobody(step, person, leaders)))
    ]


def nobody_chosen() -> Objection:
    return Objection(INVALID, N_("Choose who takes it over."), field="to")


def _holds_it(holder: Person | None, to: Person) -> Objection | None:
    if holder is None or holder.id != to.id:
        return None
    return _wrong(N_("%(name)s has this case already."), to)


def _is_a_party(step: CaseStep, to: Person) -> Objection | None:
    if to.id not in parties_of(step.subject):
        return None
    return _wrong(N_("%(name)s is a party to this case; nobody decides their own."), to)


def _leads_nobody(step: CaseStep, to: Person, leaders: set[int]) -> Objection | None:
    """Who verifies a result does not bring it about; who decides for a department leads people."""
    roles = step.actor.staff.roles_of(to)
    if to.id in leaders and not roles & {Role.CUSTOMER_RELATIONS, Role.ADMINISTRATOR}:
        return None
    sentence = N_(
        "%(name)s cannot take the head's steps: only heads, leaders of a team in this department, "
        "the general manager and their deputy can, and nobody who verifies the result."
    )
    return _wrong(sentence, to)


def _wrong(sentence: str, person: Person) -> Objection:
    return Objection(INVALID, sentence, field="to", name=person.name)


# --- when, and by whom


def _step(case: Case, by: Actor, at: datetime, to: Person | None, reason: str | None, capacity: Capacity) -> CaseStep:
    step: CaseStep = Step(case, by, at, said=spoken({"reason": reason}), chosen={"to": to})
    step.was = case.state
    step.rule = Rule(RULE[case.kind], "hand_over", source=(), dest=None, by=capacity, letter="")
    return step


def _is_over(step: CaseStep) -> Objection | None:
    if step.subject.state in WITH_A_HEAD:
        return None
    return Objection(MOVED_ON, N_("Nothing in this case is the head's to do; there is nothing to hand over."))


def _file_is_closed(step: CaseStep) -> Objection | None:
    if step.actor.person is not None and not may_see(step.subject, step.actor):
        return Objection(FORBIDDEN, N_("There is no such case."))
    if step.subject.clock is not None:
        return None
    return Objection(MOVED_ON, N_("This case is closed; there is nothing to hand over."))


# --- what it leaves behind


def _give(step: CaseStep, to: Person | None, what: str) -> Event:
    """Signed by who had it until now: the event is written before the case changes hands."""
    case, before = step.subject, _holders(step, what)
    record_event(step)
    if what == "file":
        case.keeper_id = to.id if to is not None else None
    else:
        case.handler, case.handler_id = to, to.id if to is not None else None
    return _conclude(step, before, _holders(step, what), {what: to.username if to is not None else None})


def _holders(step: CaseStep, what: str) -> list[Person]:
    if what == "file":
        return who_keeps_the_file(step.subject, step.actor.staff)
    return only(who_takes_heads_steps(step.subject, step.actor.staff))


def _conclude(step: CaseStep, before: list[Person], after: list[Person], given: dict[str, str | None]) -> Event:
    """The event keeps who had it by the account, which never changes, and both by name."""
    had_it = before[0].username if before else None
    step.event.said = {
        **step.event.said, **given, "from": had_it, "from_name": _names(before), "to_name": _names(after),
    }  # fmt: skip
    step.event.seal()
    tell(step, [*before, *after])
    return step.event


def _names(people: Iterable[Person]) -> str | None:
    return "、".join(person.name for person in people) or None
