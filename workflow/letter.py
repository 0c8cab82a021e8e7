"""What each letter says and to whom: a step becomes frozen content with a number.

The content is plain JSON and never changes again; the paper is made from it alone. Customers'
phone numbers are masked before they are frozen: no letter carries one in full.
"""

from collections.abc import Callable
from typing import Any

from models import Complaint, ComplaintState, Department, Letter, Person
from workflow import deadline, ledger, roles
from workflow.complaint_guards import respondents_of
from workflow.ledger import PROVISIONAL
from workflow.letter_points import points_of_step
from workflow.process import Step
from workflow.record import SCHEMA, TEMPLATE_VERSION, keep_letter, number_of_letter
from workflow.regulation import pack_of

SERIES = "complaint"
SAID = (
    "reason", "note", "grounds", "opinion", "measures_taken", "completed_at", "result",
    "improvement_measures", "improvement_owner", "improvement_due", "satisfaction",
    "answer_to_customer", "until",
)  # fmt: skip

Json = dict[str, Any]


def issue(step: Step[Complaint]) -> Letter:
    """Freeze the step's letter, number it, address it, and order its paper."""
    recipients = recipients_of(step)
    return keep_letter(step, _content(step, number_of_letter(step, SERIES), recipients), recipients)


def recipients_of(step: Step[Complaint]) -> list[Person]:
    """The addressees of the step's letter, in order; none for an internal record."""
    people = [person for find in _ADDRESSEES[step.rule.letter] for person in find(step)]
    return list({person.id: person for person in people}.values())


def _respondent(step: Step[Complaint]) -> list[Person]:
    return [step.subject.respondent] if step.subject.respondent is not None else []


def _also_concerned(step: Step[Complaint]) -> list[Person]:
    return step.also_concerns


def _head(step: Step[Complaint]) -> list[Person]:
    if step.subject.department is None:
        return []
    head = roles.who_takes_heads_steps(step.subject, step.actor.staff)
    return [head] if head is not None else []


def _respondent_and_head_if_sent(step: Step[Complaint]) -> list[Person]:
    """Nobody in the department has heard of a complaint that was only filed."""
    return [] if step.was is ComplaintState.FILED else [*_respondent(step), *_head(step)]


def _manager(step: Step[Complaint]) -> list[Person]:
    manager = roles.who_rules(step.subject, step.actor.staff)
    return [manager] if manager is not None else []


def _filed_by(step: Step[Complaint]) -> list[Person]:
    return roles.who_keeps_the_file(step.subject, step.actor.staff)


def _next_reader(step: Step[Complaint]) -> list[Person]:
    """An appeal goes to whoever must act on it: the head, or the GM when the head appealed."""
    return _manager(step) if step.subject.clock == "rule" else _head(step)


Find = Callable[[Step[Complaint]], list[Person]]
_ADDRESSEES: dict[str, tuple[Find, ...]] = {
    "complaint_record": (),
    "complaint_form": (_head, _respondent),
    "acceptance_notice": (_respondent, _filed_by),
    "lapse_notice": (_head, _respondent, _filed_by),
    "appeal_form": (_next_reader,),
    "appeal_retraction": (_head, _respondent),
    "appeal_submission": (_manager, _respondent),
    "appeal_declined_notice": (_respondent, _filed_by),
    "remand_notice": (_head, _respondent, _filed_by),
    "void_certificate": (_respondent, _head, _filed_by),
    "ruling_letter": (_respondent, _head, _filed_by),
    "varied_ruling_letter": (_respondent, _also_concerned, _head, _filed_by),
    "completion_record": (),
    "result_report": (_filed_by,),
    "return_notice": (_head,),
    "resolution_letter": (_head, _respondent),
    "suspension_notice": (_head, _respondent, _filed_by),
    "resumption_notice": (_head, _respondent, _filed_by),
    "follow_up_record": (),
    "withdrawal_notice": (_respondent_and_head_if_sent, _also_concerned),
    "reopening_notice": (_head, _respondent),
}
KINDS = tuple(_ADDRESSEES)


def _content(step: Step[Complaint], number: Json, recipients: list[Person]) -> Json:
    complaint, office = step.subject, step.actor.office
    return {
        "schema": SCHEMA,
        "template_version": TEMPLATE_VERSION,
        "kind": step.rule.letter,
        "number": number,
        "issued_at": deadline.as_json(step.at, office),
        "company": {"zh": office.company.name_zh, "en": office.company.name_en},
        "case_number": complaint.number,
        "rule": step.rule.id,
        "rules": _rules(step),
        "regulation": _regulation(step),
        "complaint": _complaint(step),
        "department": department(complaint.department),
        "head": who(step, next(iter(_head(step)), None)),
        "respondent": who(step, complaint.respondent),
        "respondents": respondents_of(complaint),
        "signer": who(step, step.actor.person),
        "acting_for": who(step, step.event.acting_for),
        "signed_as": step.event.signed_as,
        "said": {key: step.event.said.get(key) for key in SAID},
        "recipients": [who(step, person) for person in recipients],
        "entries": points_of_step(step),
        "provisional": any(entry.status is PROVISIONAL for entry in ledger.standing_entries(complaint)),
        "late": step.event.said.get("late"),
        "change": _change(step),
        "appeal": _appeal(step),
        "handling": _handling(complaint),
        "next": _next(step),
        "refs": _refs(step),
        "attachments": [file.name for file in complaint.attachments],
    }


def who(step: Step[Any], person: Person | None) -> Json | None:
    """Name, post and department of that day."""
    if person is None:
        return None
    post = person.posting_at(step.at)
    return {
        "name": person.name,
        "post": post.title if post else "",
        "department": department(post.department) if post else None,
    }


def department(department: Department | None) -> Json | None:
    if department is None:
        return None
    return {"slug": department.slug, "zh": department.name_zh, "en": department.name_en}


def _rules(step: Step[Complaint]) -> list[Json]:
    pack = pack_of(step.subject.regulation_version)
    text = pack.rules[step.rule.id]
    return [{"id": step.rule.id, "zh": text.zh, "en": text.en}]


def _regulation(step: Step[Complaint]) -> Json:
    version = step.subject.regulation_version
    title = pack_of(version).title
    return {
        "zh": title.zh,
        "en": title.en,
        "edition": version.edition,
        "in_force_from": version.in_force_from.isoformat(),
    }


def _complaint(step: Step[Complaint]) -> Json:
    complaint, office = step.subject, step.actor.office
    return {
        "customer_name": complaint.customer_name,
        "customer_phone": masked_phone(complaint.customer_phone),
        "vehicle": complaint.vehicle,
        "vehicle_model": complaint.vehicle_model,
        "order_number": complaint.order_number,
        "channel": complaint.channel.value,
        "category": complaint.category.value,
        "severity": complaint.severity.value,
        "description": complaint.description,
        "demand": complaint.demand,
        "occurred_on": complaint.occurred_on.isoformat() if complaint.occurred_on else None,
        "filed_at": deadline.as_json(complaint.filed_at, office),
        "filed_by": who(step, complaint.filed_by),
        "statutory_due": deadline.as_json(complaint.statutory_due_at, office),
        "violation": complaint.violation,
        "rework_cost_fen": complaint.rework_cost,
        "repeat_of": complaint.events[0].said.get("repeat_of", []),
    }


def masked_phone(phone: str | None) -> str | None:
    """The first three and the last four digits; a short number keeps only its last two."""
    if not phone:
        return None
    digits = "".join(char for char in phone if char.isdigit())
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 8 else f"****{digits[-2:]}"


def _change(step: Step[Complaint]) -> Json | None:
    """What a varied ruling changed, old and new side by side."""
    return step.event.said.get("change")


def _appeal(step: Step[Complaint]) -> Json | None:
    """The latest appeal of the case, with the head's opinion on it."""
    events = step.subject.events
    filed = next((event for event in reversed(events) if event.action == "appeal"), None)
    if filed is None:
        return None
    later = (event for event in events if event.seq > filed.seq and event.action == "endorse")
    opinion = next((event.said.get("opinion") for event in later), None)
    letter = next(iter(filed.letters), None)
    return {
        "by": who(step, filed.acting_for or filed.actor),
        "as": filed.signed_as,
        "at": deadline.as_json(filed.at, step.actor.office),
        "grounds": filed.said.get("grounds"),
        "opinion": opinion,
        "letter": reference(step, letter) if letter is not None else None,
    }


def _handling(complaint: Complaint) -> Json | None:
    """What was done and reported, from the latest round."""
    found: Json = dict.fromkeys(
        ("measures_taken", "completed_at", "result", "improvement_measures", "improvement_owner", "improvement_due")
    )
    last = max((e.seq for e in complaint.events if e.action == "complete"), default=None)
    rounds = [e for e in complaint.events if e.action in ("complete", "report") and last and e.seq >= last]
    for event in rounds:
        found.update({key: event.said[key] for key in found if event.said.get(key) is not None})
    return found if rounds else None


def _next(step: Step[Complaint]) -> Json | None:
    complaint = step.subject
    if complaint.clock is None:
        return None
    return {
        "clock": complaint.clock,
        "due": deadline.as_json(complaint.due_at, step.actor.office),
        "by": [who(step, person) for person in awaited(step)],
    }


def awaited(step: Step[Complaint]) -> list[Person]:
    """Who can answer the running clock."""
    match step.subject.clock:
        case "assign" | "verify" | "follow_up":
            return roles.customer_relations_of(step.subject, step.actor.staff)
        case "answer":
            return list({p.id: p for p in (*_head(step), *_respondent(step))}.values())
        case "rule":
            return _manager(step)
        case _:
            return _head(step)


def _refs(step: Step[Complaint]) -> list[Json]:
    return [reference(step, letter) for event in step.subject.events for letter in event.letters]


def reference(step: Step[Any], letter: Letter) -> Json:
    return {
        "kind": letter.kind,
        "number": {"series": letter.series, "year": letter.year, "seq": letter.seq},
        "issued_at": deadline.as_json(letter.issued_at, step.actor.office),
    }
