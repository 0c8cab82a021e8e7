"""What follows from a complaint's steps. Effects change facts and nothing more; what they add
hangs on the step's event and is saved with it.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from models import AppealedAs, Attachment, Complaint, ComplaintState, Department, EntryStatus, Person
from workflow import deadline, ledger, letter, notice, roles
from workflow.complaint_guards import department_after, respondent_after
from workflow.process import Effect, Step

CaseStep = Step[Complaint]


def conclude(step: CaseStep) -> None:
    """Post the schedule's points, seal the event, start the next clock, issue the letter, tell whoever is awaited."""
    (step.rule.points or ledger.charge)(step)
    step.event.seal()
    if not step.rule.keeps_clock:
        deadline.start(step, step.rule.clock, step.rule.clock_from(step))
    letter.issue(step)
    notice.tell(step, _to_tell(step))


def _to_tell(step: CaseStep) -> list[Person]:
    """Recipients are told with their letter; beside them, whoever must act next."""
    if step.subject.clock in ("assign", "verify", "follow_up"):
        return roles.who_keeps_the_file(step.subject, step.actor.staff)
    return letter.awaited(step)


def add_evidence(step: Step[Any]) -> None:
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


def _point_at(step: CaseStep, department: Department | None, respondent: Person | None) -> None:
    complaint = step.subject
    assert department is not None, "the guards ask for a department first"
    if department.id != complaint.department_id:
        complaint.handler = complaint.handler_id = None
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


def recall_from_ruling(step: CaseStep) -> None:
    """Whoever was to rule hears that the matter is gone from their desk."""
    if step.was is ComplaintState.RULING and (ruling := roles.who_rules(step.subject, step.actor.staff)) is not None:
        step.also_concerns.append(ruling)


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


def provisionally(step: CaseStep) -> None:
    """The schedule's points of this step, until the complaint is accepted or ruled on."""
    ledger.charge(step, status=EntryStatus.PROVISIONAL)


def as_newly_assigned(step: CaseStep) -> None:
    """What the complaint as varied would have cost from the start, and what the ruling itself costs."""
    ledger.charge(step, actions=("assign", step.rule.name))


def confirm_points(step: CaseStep) -> None:
    ledger.confirm(step)


def reverse_every_entry(step: CaseStep) -> None:
    ledger.reverse(step)


def reverse_the_forms_points(step: CaseStep) -> None:
    """What depends on severity, respondent and department; a head's lateness is theirs whatever is ruled."""
    ledger.reverse(step, posted_by=("assign", "vary"))


def charge_lateness(step: CaseStep) -> None:
    """CS-5: the head loses points for each started day after the deadline."""
    price = ledger.price_of(step, step.rule.name)
    ended: datetime = step.chosen.get("completed_at") or step.at
    days = deadline.days_late(step.subject.due_at, ended)
    if days == 0 or price.late_day is None or price.late_most is None:
        return
    points = deadline.price_of_lateness(days, per_day=price.late_day, at_most=price.late_most)
    ledger.post(step, _who_was_late(step), points, kind="late", status=EntryStatus.FINAL)
    due = deadline.as_json(step.subject.due_at, step.actor.office)
    step.event.said = {**step.event.said, "late": {"days": days, "points": f"{points:.2f}", "due": due}}


def _who_was_late(step: CaseStep) -> Person | None:
    """Whoever takes the head's steps; of a case that was handed over after its deadline, whoever had it then."""
    due = step.subject.due_at
    for event in step.subject.events:
        if event.action == "hand_over" and "steps" in event.said and due is not None and event.at > due:
            had_it = select(Person).where(Person.username == event.said["from"])
            return step.actor.office.session.scalars(had_it).one_or_none()
    return roles.who_takes_heads_steps(step.subject, step.actor.staff)
