"""What every step of every process leaves behind: its event, and its letter with a number.

The event is written first, so that entries and letters can point at what caused them.
"""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from models import Event, Letter, LetterCode, LetterRecipient, Person, new_code
from models.event import GENESIS
from workflow.notice import order_the_pdf, tell
from workflow.process import Step

# Printed on every letter. It changes with every change of what a template says.
TEMPLATE_VERSION = "2026.1"
SCHEMA = 1


def record_event(step: Step[Any]) -> None:
    """Write the event of the step into its case's chain, signed by who acts and for whom."""
    case, principal = step.subject, step.rule.by.principal(step)
    event = Event(
        seq=len(case.events) + 1, action=step.rule.name, rule=step.rule.id,
        from_state=step.was.value if step.was else None, to_state=case.state.value, at=step.at,
        signed_as=step.rule.by.name, said=dict(step.said),
        previous_hash=case.events[-1].hash if case.events else GENESIS,
        entries=[], money=[], letters=[], orders=[], notices=[],
    )  # fmt: skip
    _sign(event, step, principal)
    case.events.append(event)
    step.event = event


def _sign(event: Event, step: Step[Any], principal: Person | None) -> None:
    person = step.actor.person
    event.actor, event.actor_id = person, person.id if person else None
    if principal is not None and principal is not person:
        event.acting_for, event.acting_for_id = principal, principal.id


def number_of_letter(step: Step[Any], series: str) -> dict[str, Any]:
    """The next number of the series, as contents and references print it."""
    year, seq = step.actor.office.next_number(series, step.at)
    return {"series": series, "year": year, "seq": seq}


def keep_letter(step: Step[Any], content: dict[str, Any], recipients: Iterable[Person]) -> Letter:
    """The frozen content becomes a letter of the step's event: addressed, told of, and its paper ordered."""
    people = list(recipients)
    letter = add_letter(step, content, people)
    order_the_pdf(step, letter)
    tell(step, people)
    return letter


def add_letter(step: Step[Any], content: dict[str, Any], recipients: Iterable[Person]) -> Letter:
    """The frozen content becomes a letter of the step's event, addressed; nobody is told and nothing is printed yet."""
    number, content = content["number"], content | step.actor.office.stationery(content["kind"], step.at)
    letter = Letter(
        kind=content["kind"], series=number["series"], year=number["year"], seq=number["seq"], issued_at=step.at,
        template_version=TEMPLATE_VERSION, recipients=[], services=[], content=content, digest=digest_of(content),
        code=LetterCode(code=new_code()),
    )  # fmt: skip
    for position, person in enumerate(recipients):
        # Whoever comes after the addressee gets a copy (抄送); whom the case is about is addressed in any place.
        copied = position > 0 and person.id != step.subject.respondent_id
        line = LetterRecipient(person=person, person_id=person.id, position=position, copied=copied)
        letter.recipients.append(line)
    step.event.letters.append(letter)
    return letter


def digest_of(content: dict[str, Any]) -> str:
    """SHA-256 of the canonical content, hexadecimal."""
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
