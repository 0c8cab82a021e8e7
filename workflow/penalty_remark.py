"""What everyone concerned may add until a penalty is decided: remarks and evidence; the check of special
protection by human resources; and the union's notice where it came after the submission. It stands in
the timeline, starts no clock, changes no state and issues no letter.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from models import Event, Penalty, PenaltyState, Person
from workflow import penalty_roles
from workflow.complaint_effects import add_evidence
from workflow.evidence import Evidence
from workflow.notice import tell
from workflow.penalty_roles import HUMAN_RESOURCES, may_see
from workflow.process import FORBIDDEN, INVALID, MOVED_ON, N_, Capacity, Objection, Rule, Step, refuse
from workflow.record import record_event
from workflow.roles import DEPARTMENT_HEAD, Actor, In, only, who_takes_heads_steps
from workflow.texts import says_too_much, spoken

S = PenaltyState
UNDECIDED = (S.PROPOSED, S.HEARD, S.SUBMITTED)
EVERYONE_CONCERNED = In("employee", lambda _penalty, _staff: [])

CaseStep = Step[Penalty]


def remark(penalty: Penalty, *, by: Actor, at: datetime, note: str | None, evidence: Sequence[Evidence] = ()) -> Event:
    """CS-7: everyone who may see the penalty adds words or files to it."""
    step = _step(penalty, by, at, {"note": note}, {"evidence": evidence})
    _check(step, _is_decided(step), _has_left(step), _says_nothing(step))
    return _write(step, "remark", "CS-7", EVERYONE_CONCERNED)


def check_protection(penalty: Penalty, *, by: Actor, at: datetime, finding: str | None) -> Event:
    """CS-8: human resources record whether the respondent is under special protection, and how that was checked."""
    step = _step(penalty, by, at, {"finding": finding}, {})
    _check(step, _is_approved(step), HUMAN_RESOURCES(step), _finds_nothing(step))
    penalty.protection = step.said["finding"]
    return _write(step, "check_protection", "CS-8", HUMAN_RESOURCES)


def tell_union(penalty: Penalty, *, by: Actor, at: datetime, union_notice: str | None) -> Event:
    """CS-8: the head or human resources add the union's notice to a penalty that was submitted."""
    step = _step(penalty, by, at, {"union_notice": union_notice}, {})
    capacity = _of_head_or_human_resources(step)
    _check(step, _is_not_submitted(step), capacity(step), _names_no_notice(step))
    penalty.union_notice = step.said["union_notice"]
    return _write(step, "tell_union", "CS-8", capacity)


def may_remark(penalty: Penalty, actor: Actor) -> bool:
    return penalty.is_open and not actor.is_system and not actor.has_left and may_see(penalty, actor)


def may_check_protection(penalty: Penalty, actor: Actor, at: datetime) -> bool:
    step = _step(penalty, actor, at, {}, {})
    return _is_approved(step) is None and HUMAN_RESOURCES(step) is None


def may_tell_union(penalty: Penalty, actor: Actor, at: datetime) -> bool:
    step = _step(penalty, actor, at, {}, {})
    return _is_not_submitted(step) is None and _of_head_or_human_resources(step)(step) is None


def _step(penalty: Penalty, by: Actor, at: datetime, said: dict[str, Any], chosen: dict[str, Any]) -> CaseStep:
    step = Step(penalty, by, at, said=spoken(said), chosen=chosen)
    step.was = penalty.state
    return step


def _check(step: CaseStep, *objections: Objection | None) -> None:
    """Whoever may not see the penalty hears nothing else of it."""
    penalty_roles.require_sight(step.subject, step.actor)
    refuse(*objections, says_too_much(step))


def _is_decided(step: CaseStep) -> Objection | None:
    if step.subject.is_open:
        return None
    return Objection(MOVED_ON, N_("This case is decided; nothing more can be added to it."))


def _is_approved(step: CaseStep) -> Objection | None:
    if step.subject.state in UNDECIDED:
        return None
    return Objection(MOVED_ON, N_("This case is decided; nothing more can be added to it."))


def _is_not_submitted(step: CaseStep) -> Objection | None:
    if step.subject.state is S.SUBMITTED:
        return None
    return Objection(MOVED_ON, N_("The union's notice is added while the penalty awaits approval."))


def _has_left(step: CaseStep) -> Objection | None:
    """Who was dismissed reads and appeals; what else they have to say goes into the appeal."""
    if not step.actor.has_left:
        return None
    return Objection(FORBIDDEN, N_("Who has left the company adds nothing to a case; write it into the appeal."))


def _says_nothing(step: CaseStep) -> Objection | None:
    if step.said.get("note") or step.chosen.get("evidence"):
        return None
    return Objection(INVALID, N_("Write a remark or add a file."), field="note")


def _finds_nothing(step: CaseStep) -> Objection | None:
    if step.said.get("finding"):
        return None
    return Objection(INVALID, N_("Write what was checked and found."), field="finding")


def _names_no_notice(step: CaseStep) -> Objection | None:
    if step.said.get("union_notice"):
        return None
    return Objection(INVALID, N_("Write when the union was told and what it answered."), field="union_notice")


def _of_head_or_human_resources(step: CaseStep) -> Capacity:
    return HUMAN_RESOURCES if HUMAN_RESOURCES(step) is None else DEPARTMENT_HEAD


def _write(step: CaseStep, action: str, rule: str, capacity: Capacity) -> Event:
    step.rule = Rule(rule, action, source=(), dest=None, by=capacity, letter="")
    record_event(step)
    add_evidence(step)
    step.event.seal()
    tell(step, _concerned(step))
    return step.event


def _concerned(step: CaseStep) -> list[Person]:
    penalty, staff = step.subject, step.actor.staff
    files = penalty_roles.who_files(penalty, staff)
    people = [*files, penalty.respondent, *only(who_takes_heads_steps(penalty, staff))]
    return [*people, *penalty_roles.awaited(penalty, staff)]
