"""What follows from a complaint's steps. Effects change facts and nothing more; what they add
hangs on the step's event and is saved with it.
"""

from datetime import datetime
from typing import Any

from models import AppealedAs, Attachment, Complaint, EntryStatus, Event
from models.event import GENESIS
from workflow import deadline, ledger, letter, notice, roles
from workflow.complaint_guards import department_after, respondent_after
from workflow.process import Effect, Step
from workflow.regulation import BySeverity

CaseStep = Step[Complaint]


def record_event(step: CaseStep) -> None:
    """Write the event first, so that entries and letters can point at what caused them."""
    complaint, principal = step.subject, step.rule.by.principal(step)
    event = Event(
        seq=len(complaint.events) + 1, action=step.rule.name, rule=step.rule.id,
        from_state=step.was.value if step.was else None, to_state=complaint.state.value, at=step.at,
        signed_as=step.rule.by.name, said=dict(step.said),
        previous_hash=complaint.events[-1].hash if complaint.events else GENESIS,
        entries=[], letters=[], orders=[], notices=[],
    )  # fmt: skip
    _sign(event, step, principal)
    complaint.events.append(event)
    step.event = event


def _sign(event: Event, step: CaseStep, principal: Any) -> None:
    person = step.actor.person
    event.actor, event.actor_id = person, person.id if person else None
    stands_in = principal is not None and person is not None and principal.id != person.id
    event.acting_for = principal if stands_in else None
    event.acting_for_id = principal.id if stands_in else None


def conclude(step: CaseStep) -> None:
    """Seal the event, start the next clock, issue the letter, tell whoever is awaited."""
    step.event.seal()
    deadline.start(step, step.rule.clock, step.rule.clock_from(step))
    letter.issue(step)
    notice.tell(step, _to_tell(step))


def _to_tell(step: CaseStep) -> list[Any]:
    """Recipients are told with their letter; beside them, whoever must act next."""
    told = {row.person_id for row in step.event.notices}
    if step.subject.clock in ("assign", "verify", "follow_up"):
        people = roles.who_keeps_the_file(step.subject, step.actor.staff)
    else:
        people = letter.awaited(step)
    return [person for person in people if person.id not in told]


def add_evidence(step: CaseStep) -> None:
    """Files that came with the step stand in the case and, by digest, in the event."""
    evidence = step.chosen.get("evidence") or ()
    if not evidence or step.actor.person is None:
        return
    step.event.said = {**step.event.said, "files": [file.said() for file in evidence]}
    for file in evidence:
        step.subject.attachments.append(
            Attachment(
                key=file.key,
                name=file.name,
                media_type=file.media_type,
                size=file.size,
                digest=file.digest,
                added_at=step.at,
                added_by=step.actor.person,
            )
        )


def send_to_department(step: CaseStep) -> None:
    department, respondent = department_after(step), respondent_after(step)
    _point_at(step, department, respondent)
    step.event.said = {
        **step.event.said,
        "department": department.slug if department else None,
        "respondent": respondent.username if respondent else None,
    }


def _point_at(step: CaseStep, department: Any, respondent: Any) -> None:
    complaint = step.subject
    complaint.department, complaint.department_id = department, department.id
    complaint.respondent = respondent
    complaint.respondent_id = respondent.id if respondent else None


def come_to_handling(step: CaseStep) -> None:
    step.subject.handling_since = step.at
    step.subject.completed_at = None


def find_violation(step: CaseStep) -> None:
    """CS-7: whether staff broke a rule; left open where the step does not say."""
    if (violation := step.said.get("violation")) is not None:
        step.subject.violation = violation


def note_the_appellant(capacity: AppealedAs) -> Effect[Complaint]:
    def note(step: CaseStep) -> None:
        person = step.actor.person
        assert person is not None
        appellant = step.event.acting_for or person
        step.subject.appellant, step.subject.appellant_id = appellant, appellant.id
        step.subject.appealed_by_id = person.id
        step.subject.appealed_as = capacity

    note.__name__ = "note_the_appellant"
    return note


def appeal_is_over(step: CaseStep) -> None:
    complaint = step.subject
    complaint.appellant = complaint.appellant_id = complaint.appealed_by_id = complaint.appealed_as = None


def void_the_form(step: CaseStep) -> None:
    step.subject.voided_at = step.at
    step.subject.violation = None


def note_change(step: CaseStep) -> None:
    """Old and new side by side; whoever is respondent or head no longer is told as well."""
    complaint = step.subject
    severity, respondent, department = complaint.severity, complaint.respondent, complaint.department
    head = roles.who_takes_heads_steps(complaint, step.actor.staff)
    step.also_concerns += [person for person in (respondent, head) if person is not None]
    _point_at(step, department_after(step), respondent_after(step))
    complaint.severity = step.chosen.get("severity") or severity
    step.event.said = {
        **step.event.said,
        "respondent": complaint.respondent.username if complaint.respondent else None,
        "change": {
            "severity": _pair(severity.value, complaint.severity.value),
            "respondent": _pair(letter.who(step, respondent), letter.who(step, complaint.respondent)),
            "department": _pair(letter.department(department), letter.department(complaint.department)),
        },
    }


def _pair(old: Any, new: Any) -> list[Any] | None:
    return [old, new] if old != new else None


def record_completion(step: CaseStep) -> None:
    completed_at: datetime = step.chosen["completed_at"]
    step.subject.completed_at = completed_at
    moment = deadline.as_json(completed_at, step.actor.office)
    step.event.said = {**step.event.said, "completed_at": moment}


def when_handling_was_complete(step: CaseStep) -> datetime:
    return step.subject.completed_at or step.at


def note_rework_cost(step: CaseStep) -> None:
    if (cost := step.said.get("rework_cost")) is not None:
        step.subject.rework_cost = cost


def close_as_resolved(step: CaseStep) -> None:
    step.subject.resolved_at = step.at
    step.subject.satisfaction = step.said["satisfaction"]


def open_again(step: CaseStep) -> None:
    complaint = step.subject
    complaint.resolved_at = complaint.satisfaction = None
    complaint.completed_at = complaint.handling_since = None


def post_provisional_points(step: CaseStep) -> None:
    ledger.post_for_severity(step, status=EntryStatus.PROVISIONAL)


def post_final_points(step: CaseStep) -> None:
    ledger.post_for_severity(step, status=EntryStatus.FINAL)


def confirm_points(step: CaseStep) -> None:
    ledger.confirm(step)


def reverse_every_entry(step: CaseStep) -> None:
    ledger.reverse_all(step)


def charge_the_head_for_silence(step: CaseStep) -> None:
    points = ledger.price_of(step, step.rule.name).head
    head = roles.who_takes_heads_steps(step.subject, step.actor.staff)
    ledger.post(step, head, points or ledger.ZERO, kind="head", status=EntryStatus.FINAL)


def charge_for_lateness(step: CaseStep) -> None:
    """CS-5: the head loses points for each started day after the deadline."""
    price = ledger.price_of(step, step.rule.name)
    ended: datetime = step.chosen.get("completed_at") or step.at
    days = deadline.days_late(step.subject.due_at, ended)
    if days == 0 or price.late_day is None or price.late_most is None:
        return
    points = deadline.price_of_lateness(days, per_day=price.late_day, at_most=price.late_most)
    head = roles.who_takes_heads_steps(step.subject, step.actor.staff)
    ledger.post(step, head, points, kind="late", status=EntryStatus.FINAL)
    due = deadline.as_json(step.subject.due_at, step.actor.office)
    step.event.said = {**step.event.said, "late": {"days": days, "points": f"{points:.2f}", "due": due}}


def take_points_from_department(step: CaseStep) -> None:
    points = ledger.price_of(step, step.rule.name).department
    assert not isinstance(points, BySeverity)
    ledger.post(step, step.subject.department, points or ledger.ZERO, kind="department", status=EntryStatus.FINAL)
