"""What each letter of a penalty says and to whom: a step becomes frozen content with a number.

The content is plain JSON and never changes again; the paper is made from it alone. What a copy
hides (the customer, the leader's part) is decided where the copy is made.
"""

from collections.abc import Callable
from typing import Any

from models import Letter, Penalty, Person
from workflow import deadline, penalty_roles
from workflow import penalty_content as content
from workflow import penalty_outcome as outcome
from workflow.letter import department, reference, who
from workflow.process import Step
from workflow.record import SCHEMA, TEMPLATE_VERSION, keep_letter, number_of_letter
from workflow.roles import only, who_takes_heads_steps

SERIES = "penalty"
SAID = (
    "facts", "statement", "waived", "opinion", "reason", "grounds", "union_notice", "open_reason", "ends_on",
    "reinstated", "note",
)  # fmt: skip

Json = dict[str, Any]
CaseStep = Step[Penalty]
Find = Callable[[CaseStep], list[Person]]


def issue(step: CaseStep) -> Letter:
    """Freeze the step's letter, number it, address it, and order its paper."""
    recipients = recipients_of(step)
    return keep_letter(step, _content(step, recipients), recipients)


def recipients_of(step: CaseStep) -> list[Person]:
    """The addressees of the step's letter, in order."""
    people = [person for find in _ADDRESSEES[step.rule.letter] for person in find(step)]
    return list({person.id: person for person in people}.values())


def _respondent(step: CaseStep) -> list[Person]:
    return [step.subject.respondent]


def _leader(step: CaseStep) -> list[Person]:
    return only(step.subject.leader)


def _head(step: CaseStep) -> list[Person]:
    return only(who_takes_heads_steps(step.subject, step.actor.staff))


def _approver(step: CaseStep) -> list[Person]:
    return only(penalty_roles.who_approves(step.subject, step.actor.staff))


def _reviewer(step: CaseStep) -> list[Person]:
    return only(penalty_roles.who_reviews(step.subject, step.actor.staff))


def _proposer(step: CaseStep) -> list[Person]:
    return only(step.subject.proposer)


def _human_resources(step: CaseStep) -> list[Person]:
    return penalty_roles.human_resources_of(step.subject, step.actor.staff)


_DECISION: tuple[Find, ...] = (_respondent, _leader, _head, _human_resources)
_ADDRESSEES: dict[str, tuple[Find, ...]] = {
    "prior_notice": (_respondent, _head),
    "defence_record": (_head, _proposer),
    "penalty_submission": (_approver,),
    "no_penalty_notice": (_respondent, _head, _proposer),
    "first_penalty_notice": _DECISION,
    "second_penalty_notice": _DECISION,
    "fine_notice": (_respondent, _head, _human_resources),
    "dismissal_notice": _DECISION,
    "penalty_appeal_form": (_reviewer, _head),
    "revocation_notice": _DECISION,
    "sustained_ruling": (_respondent, _head, _human_resources),
    "finality_notice": (_respondent, _head, _human_resources),
    "regrade_notice": _DECISION,
    "reinstatement_ruling": (_respondent, _head, _human_resources),
    "forfeiture_notice": (_respondent, _head),
    "separation_certificate": (_respondent,),
    "deduction_slip": (_respondent,),
}
KINDS = tuple(_ADDRESSEES)


def _content(step: CaseStep, recipients: list[Person]) -> Json:
    penalty, office = step.subject, step.actor.office
    return {
        "schema": SCHEMA,
        "template_version": TEMPLATE_VERSION,
        "kind": step.rule.letter,
        "number": number_of_letter(step, SERIES),
        "issued_at": deadline.as_json(step.at, office),
        "company": {"zh": office.company.name_zh, "en": office.company.name_en},
        "case_number": penalty.number,
        "rule": penalty.rule if penalty.is_single_fine else step.rule.id,
        "rules": content.rules_of(penalty),
        "regulation": content.regulation_of(step),
        "department": department(penalty.department),
        "head": who(step, next(iter(_head(step)), None)),
        "respondent": who(step, penalty.respondent),
        "signer": who(step, step.actor.person),
        "acting_for": who(step, step.event.acting_for),
        "signed_as": step.event.signed_as,
        "said": {key: step.event.said.get(key) for key in SAID},
        "recipients": [who(step, person) for person in recipients],
        "entries": content.entries_of(step),
        "money": content.money_of(step),
        "refs": [reference(step, letter) for event in penalty.events for letter in event.letters],
        "attachments": [file.name for file in penalty.attachments],
        "next": content.next_of(step),
        "penalty": content.penalty_of(step),
        "exam": outcome.exam_of(step),
        "ending": outcome.ending_of(step),
        "change": outcome.change_of(step),
        "slip": step.chosen.get("slip"),
    }
