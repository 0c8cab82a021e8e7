"""What everyone concerned may add until a case is decided: remarks, evidence, and whether a rule
was broken. It stands in the timeline, starts no clock, changes no state and issues no letter.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from models import Complaint, ComplaintState, Event
from workflow.complaint_effects import add_evidence
from workflow.evidence import Evidence
from workflow.notice import tell
from workflow.process import INVALID, MOVED_ON, N_, NOT_FOUND, Objection, Rule, Step, refuse
from workflow.record import record_event
from workflow.roles import DEPARTMENT_HEAD, Actor, In, who_keeps_the_file, who_rules, who_takes_heads_steps
from workflow.sight import may_see
from workflow.texts import says_too_much, spoken

S = ComplaintState
EVERYONE_CONCERNED = In("employee", lambda _complaint, _staff: [])


def remark(
    complaint: Complaint, *, by: Actor, at: datetime, note: str | None, evidence: Sequence[Evidence] = ()
) -> Event:
    """Everyone who may see the case adds words or files to it (CS-2)."""
    step = _step(complaint, by, at, {"note": note}, {"evidence": evidence})
    refuse(_is_decided(step), _is_a_stranger(step), _says_nothing(step), says_too_much(step))
    return _write(step, "remark", "CS-2", EVERYONE_CONCERNED)


def find_violation(complaint: Complaint, *, by: Actor, at: datetime, violation: bool, note: str | None = None) -> Event:
    """CS-7: the head finds, while the complaint is handled, that staff did or did not break a rule."""
    step = _step(complaint, by, at, {"violation": violation, "note": note}, {})
    refuse(_is_not_handled(step), _may_not_judge(step), says_too_much(step))
    complaint.violation = violation
    return _write(step, "find_violation", "CS-7", DEPARTMENT_HEAD)


def may_remark(complaint: Complaint, actor: Actor) -> bool:
    return not complaint.is_decided and not actor.is_system and may_see(complaint, actor)


def may_find_violation(complaint: Complaint, actor: Actor, at: datetime) -> bool:
    step = _step(complaint, actor, at, {}, {})
    return _is_not_handled(step) is None and _may_not_judge(step) is None


def _step(
    complaint: Complaint, by: Actor, at: datetime, said: dict[str, Any], chosen: dict[str, Any]
) -> Step[Complaint]:
    step = Step(complaint, by, at, said=spoken(said), chosen=chosen)
    step.was = complaint.state
    return step


def _is_decided(step: Step[Complaint]) -> Objection | None:
    if not step.subject.is_decided:
        return None
    return Objection(MOVED_ON, N_("This case is decided; nothing more can be added to it."))


def _is_a_stranger(step: Step[Complaint]) -> Objection | None:
    return None if may_see(step.subject, step.actor) else Objection(NOT_FOUND, N_("There is no such case."))


def _says_nothing(step: Step[Complaint]) -> Objection | None:
    if step.said.get("note") or step.chosen.get("evidence"):
        return None
    return Objection(INVALID, N_("Write a remark or add a file."), field="note")


def _is_not_handled(step: Step[Complaint]) -> Objection | None:
    """Before it is accepted or ruled on, nobody has answered; afterwards it is decided."""
    if step.subject.state in (S.HANDLING, S.HANDLED, S.REPORTED):
        return None
    return Objection(MOVED_ON, N_("Whether a rule was broken is said while the complaint is being handled."))


def _may_not_judge(step: Step[Complaint]) -> Objection | None:
    return DEPARTMENT_HEAD(step)


def _write(step: Step[Complaint], action: str, rule: str, capacity: In) -> Event:
    step.rule = Rule(rule, action, source=(), dest=None, by=capacity, letter="")
    record_event(step)
    add_evidence(step)
    step.event.seal()
    tell(step, _concerned(step))
    return step.event


def _concerned(step: Step[Complaint]) -> list[Any]:
    complaint, staff = step.subject, step.actor.staff
    people = [*who_keeps_the_file(complaint, staff), complaint.respondent, who_takes_heads_steps(complaint, staff)]
    if complaint.clock == "rule":
        people.append(who_rules(complaint, staff))
    return [person for person in people if person is not None]
