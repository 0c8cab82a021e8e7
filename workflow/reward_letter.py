"""What the letters of a reward say and to whom: the step becomes frozen content with a number."""

from dataclasses import dataclass
from typing import Any

from models import Letter, Person, Reward, Role
from workflow import deadline
from workflow.letter import department, reference, who
from workflow.process import Step
from workflow.record import SCHEMA, TEMPLATE_VERSION, keep_letter, number_of_letter
from workflow.roles import only, who_takes_heads_steps

SERIES = "reward"
SAID = ("reason", "decision")
KINDS = ("reward_notice", "reward_withdrawal_notice")

Json = dict[str, Any]
RewardStep = Step[Reward]


@dataclass(frozen=True)
class _Employee:
    """Whose head is asked for; `who_takes_heads_steps` speaks of cases."""

    respondent_id: int
    department_id: int | None
    handler: None = None


def issue(step: RewardStep) -> Letter:
    """Freeze the letter, number it, address it, and order its paper. The head and those who pay get a copy (SAL-5)."""
    reward, staff = step.subject, step.actor.staff
    officers = [person for person in staff.holders.get(Role.HUMAN_RESOURCES, ()) if person.id != reward.person_id]
    people = [reward.person, *_head(step), *officers]
    recipients = list({person.id: person for person in people}.values())
    return keep_letter(step, _content(step, recipients), recipients)


def _head(step: RewardStep) -> list[Person]:
    reward = step.subject
    post = reward.person.posting_at(step.at)
    employee = _Employee(reward.person_id, post.department_id if post is not None else None)
    return only(who_takes_heads_steps(employee, step.actor.staff))


def _content(step: RewardStep, recipients: list[Person]) -> Json:
    reward, office, person = step.subject, step.actor.office, step.subject.person
    post, content = person.posting_at(step.at), step.subject.regulation_version.content
    text = content["rules"][reward.rule]
    return {
        "schema": SCHEMA,
        "template_version": TEMPLATE_VERSION,
        "kind": step.rule.letter,
        "number": number_of_letter(step, SERIES),
        "issued_at": deadline.as_json(step.at, office),
        "company": {"zh": office.company.name_zh, "en": office.company.name_en},
        "case_number": reward.number,
        "rule": reward.rule,
        "rules": [{"id": reward.rule, "zh": text["zh"], "en": text["en"]}],
        "regulation": {
            "zh": content["title"]["zh"],
            "en": content["title"]["en"],
            "edition": reward.regulation_version.edition,
            "in_force_from": reward.regulation_version.in_force_from.isoformat(),
        },
        "department": department(post.department) if post is not None else None,
        "head": who(step, next(iter(_head(step)), None)),
        "respondent": who(step, person),
        "signer": who(step, step.actor.person),
        "acting_for": who(step, step.event.acting_for),
        "signed_as": step.event.signed_as,
        "said": {key: step.event.said.get(key) for key in SAID},
        "recipients": [who(step, each) for each in recipients],
        "entries": [],
        "money": _money(step),
        "refs": [reference(step, letter) for event in reward.events[:-1] for letter in event.letters],
        "attachments": [],
        "next": None,
        "reward": {
            "amount_fen": reward.amount,
            "reason": reward.reason,
            "reason_en": reward.reason_en,
            "rule": reward.rule,
            "place": reward.place,
            "is_shared": reward.is_shared,
            "month": reward.month,
            "proposed_by": who(step, reward.proposed_by),
            "proposed_at": deadline.as_json(reward.proposed_at, office),
            "granted_at": deadline.as_json(reward.decided_at, office),
        },
    }


def _money(step: RewardStep) -> list[Json]:
    entries = step.event.money
    totals = step.actor.office.money_sums({step.subject.person_id}, {entry.month for entry in entries})
    return [
        {
            "account": {"zh": entry.person.name, "en": entry.person.name},
            "kind": entry.kind.value,
            "amount_fen": entry.amount,
            "effect": "reversed" if entry.reverses is not None else "posted",
            "month": entry.month,
            "joint": False,
            "total_fen": totals.get((entry.person_id, entry.month), 0) + entry.amount,
        }
        for entry in entries
    ]
