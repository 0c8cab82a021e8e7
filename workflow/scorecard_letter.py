"""What each letter of a month says and to whom: a step becomes frozen content with a number.

One act often issues thousands of letters: their numbers are taken together, and only what is final is printed at
once. Drafts exist from the step on as well; their paper is made by whoever opens it first.
"""

from collections.abc import Callable, Sequence
from typing import Any

from models import Event, Person, Scorecard
from workflow import deadline, performance_pay, scorecard_roles
from workflow.letter import department, reference, who
from workflow.notice import order_the_pdf
from workflow.process import Step
from workflow.record import SCHEMA, TEMPLATE_VERSION, add_letter
from workflow.roles import only, who_takes_heads_steps
from workflow.scorecard_steps import CardStep, account_of, month_of, reckoning_of

SERIES = "scorecard"
SAID = ("reason", "note")
PRINTED_AT_ONCE = ("scorecard", "pay_slip")
# The acts by which others sign a card, and what each is called in its letters.
SIGNED = {"review": "reviewed", "verify": "verified", "approve": "approved", "pay": "paid"}

Json = dict[str, Any]
Find = Callable[[CardStep], list[Person]]


def _employee(step: CardStep) -> list[Person]:
    return [step.subject.person]


def _awaited(step: CardStep) -> list[Person]:
    return scorecard_roles.awaited(step.subject, step.actor.staff)


def _nobody(_step: CardStep) -> list[Person]:
    return []


# Who is to act next finds the cards on the month's page; what is sent to them one by one is what came back.
_ADDRESSEES: dict[str, Find] = {
    "scorecard_draft": _employee,
    "scorecard_review": _nobody,
    "scorecard_verification": _nobody,
    "scorecard_return": _awaited,
    "scorecard": _employee,
    "pay_slip": _employee,
}
KINDS = tuple(_ADDRESSEES)


def issue(steps: Sequence[CardStep]) -> None:
    """A letter for each of the steps, with numbers that follow one another."""
    if not steps:
        return
    first = steps[0]
    numbers = first.actor.office.next_numbers(SERIES, first.at, len(steps))
    shared = _Shared(first)
    for step, (year, seq) in zip(steps, numbers, strict=True):
        people = _ADDRESSEES[step.rule.letter](step)
        number = {"series": SERIES, "year": year, "seq": seq}
        letter = add_letter(step, shared.content(step, number, people), people)
        if letter.kind in PRINTED_AT_ONCE:
            order_the_pdf(step, letter)


class _Shared:
    """What the letters of one act have in common, said once."""

    def __init__(self, first: CardStep) -> None:
        office = first.actor.office
        self.common = {
            "schema": SCHEMA,
            "template_version": TEMPLATE_VERSION,
            "issued_at": deadline.as_json(first.at, office),
            "company": {"zh": office.company.name_zh, "en": office.company.name_en},
            "signer": who(first, first.actor.person),
        }
        self._named: dict[int, Json | None] = {}

    def who(self, step: Step[Any], person: Person | None) -> Json | None:
        """Named once for all the letters: the people who act are few."""
        if person is None:
            return None
        if person.id not in self._named:
            self._named[person.id] = who(step, person)
        return self._named[person.id]

    def content(self, step: CardStep, number: Json, recipients: list[Person]) -> Json:
        card, said = step.subject, step.event.said
        return self.common | {
            "kind": step.rule.letter,
            "number": number,
            "case_number": f"{card.month} · {card.person.name}",
            "rule": step.rule.id,
            "rules": _rules(step),
            "regulation": _regulation(card),
            "department": department(card.department),
            "head": self.who(step, who_takes_heads_steps(card, step.actor.staff)),
            "respondent": self.who(step, card.person),
            "acting_for": self.who(step, step.event.acting_for),
            "signed_as": step.event.signed_as,
            "said": {key: said.get(key) for key in SAID},
            "recipients": [self.who(step, person) for person in recipients],
            "entries": [],
            "refs": [reference(step, letter) for event in card.events for letter in event.letters],
            "attachments": [],
            "next": self._next(step),
            "scorecard": self._card(step),
        }

    def _next(self, step: CardStep) -> Json | None:
        card = step.subject
        if card.clock is None:
            return None
        people = only(next(iter(_awaited(step)), None))
        due = deadline.as_json(card.due_at, step.actor.office)
        return {"clock": card.clock, "due": due, "by": [self.who(step, person) for person in people]}

    def _card(self, step: CardStep) -> Json:
        card, account, reckoning = step.subject, account_of(step), reckoning_of(step.subject)
        pack, figures, pay = performance_pay.pack_of(card.regulation_version), reckoning.figures(), reckoning.pay
        return {
            "month": card.month,
            "base_fen": card.base,
            "start": f"{pack.start}.00",
            "lines": account.lines,
            "provisional": account.provisional,
            "final_sum": f"{account.total:.2f}",
            "score": f"{card.score:.2f}",
            "factor": f"{card.factor:.2f}",
            "factor_reason": card.factor_reason,
            "pass_mark": _plain(reckoning.pass_mark),
            "is_below_pass": reckoning.is_below_pass,
            "mode": reckoning.mode,
            "deduction_percent": reckoning.percent,
            "pay_fen": pay,
            "formula_zh": f"＝ {figures} ＝ {performance_pay.yuan(pay)} 元",
            "formula_en": f"= {figures} = CNY {performance_pay.yuan(pay)}",
            "money": account.money,
            **self._signatures(step),
            "pay_by": month_of(step).day_after(pack.days.pay).isoformat(),
            "closes": step.rule.name == "approve",
        }

    def _signatures(self, step: CardStep) -> Json:
        """Who has signed it so far; a letter that gives it back still shows what was signed."""
        events = step.subject.events
        signed: Json = dict.fromkeys(SIGNED.values())
        for event in standing(events[:-1] if step.rule.name == "return" else events):
            if event.action in SIGNED:
                signed[SIGNED[event.action]] = {
                    "by": self.who(step, event.acting_for or event.actor),
                    "at": deadline.as_json(event.at, step.actor.office),
                    "note": event.said.get("note"),
                }
        return signed


def standing(events: Sequence[Event]) -> list[Event]:
    """The acts that hold: each computing begins anew, and what was given back has to be signed again."""
    kept: list[Event] = []
    for event in events:
        if event.action == "compute":
            kept = [event]
        elif event.action == "return":
            kept = kept[:-1]
        elif event.from_state != event.to_state:
            kept.append(event)
    return kept


def _plain(figure: Any) -> int | float:
    return int(figure) if figure == int(figure) else float(figure)


def _rules(step: CardStep) -> list[Json]:
    text = performance_pay.pack_of(step.subject.regulation_version).rules[step.rule.id]
    return [{"id": step.rule.id, "zh": text.zh, "en": text.en}]


def _regulation(card: Scorecard) -> Json:
    version = card.regulation_version
    title = performance_pay.pack_of(version).title
    return {
        "zh": title.zh,
        "en": title.en,
        "edition": version.edition,
        "in_force_from": version.in_force_from.isoformat(),
    }
