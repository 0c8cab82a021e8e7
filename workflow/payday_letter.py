"""The slips (扣款明细) of a pay day: one for everybody concerned, and the closing one of a penalty that is paid up."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from models import MoneyEntry, Payday, Person, Posting
from workflow import deadline, payday_rewards
from workflow import payday_books as books
from workflow.letter import department, who
from workflow.payday_account import Account
from workflow.payday_books import Forfeited
from workflow.payday_reckoning import Reckoning, Taking
from workflow.penalty_letter import SAID, SERIES
from workflow.process import Step
from workflow.record import SCHEMA, TEMPLATE_VERSION, keep_letter
from workflow.regulation import pack_of
from workflow.roles import who_takes_heads_steps

Json = dict[str, Any]
PayStep = Step[Payday]
# What only the letters of a single penalty tell.
OF_A_PENALTY = ("penalty", "exam", "ending", "change")


@dataclass(frozen=True)
class Employee:
    """Whose head is asked for; `who_takes_heads_steps` speaks of cases."""

    respondent_id: int
    department_id: int | None
    handler: None = None


def issue(step: PayStep) -> None:
    """A letter for everybody with a line, to them alone."""
    slips, reckonings = _Slips(step), step.chosen["account"].reckonings
    numbers = step.actor.office.next_numbers(SERIES, step.at, len(reckonings))
    for reckoning, (year, seq) in zip(reckonings, numbers, strict=True):
        number = {"series": SERIES, "year": year, "seq": seq}
        keep_letter(step, slips.content(reckoning, number), [slips.account.people[reckoning.person_id]])


class _Slips:
    """What the letters of one pay day have in common, read once."""

    def __init__(self, step: PayStep) -> None:
        account: Account = step.chosen["account"]
        self.step, self.account, self.office = step, account, step.actor.office
        takings = [taking.of for each in account.reckonings for taking in each.takings]
        penalties = [of.penalty_id for of in takings if of.penalty_id is not None]
        self.decisions = books.decisions(account.session, penalties)
        rewards = [of.reward_id for of in takings if of.reward_id is not None]
        self.notices = payday_rewards.reward_notices(account.session, rewards)
        self.known = books.acknowledgements(account.session, step.subject.regulation_version.id)
        self.carried: dict[int, list[MoneyEntry]] = defaultdict(list)
        for entry in step.event.money:
            self.carried[entry.person_id].append(entry)
        self.totals = books.money_of(account.session, {entry.month for entry in step.event.money})
        self.forfeited: dict[int, list[Forfeited]] = defaultdict(list)
        for forfeit in account.forfeited:
            self.forfeited[forfeit.person_id].append(forfeit)

    def content(self, reckoning: Reckoning, number: Json) -> Json:
        step, person = self.step, self.account.people[reckoning.person_id]
        post, addressee = person.posting_at(step.at), who(step, person)
        return {
            "schema": SCHEMA,
            "template_version": TEMPLATE_VERSION,
            "kind": step.rule.letter,
            "number": number,
            "issued_at": deadline.as_json(step.at, self.office),
            "company": {"zh": self.office.company.name_zh, "en": self.office.company.name_en},
            "case_number": step.subject.number,
            "rule": step.rule.id,
            "rules": self._rules(reckoning),
            "regulation": self._regulation(person),
            "department": department(post.department) if post is not None else None,
            "head": who(step, self._head(person, post)),
            "respondent": addressee,
            "signer": who(step, step.actor.person),
            "acting_for": who(step, step.event.acting_for),
            "signed_as": step.event.signed_as,
            "said": dict.fromkeys(SAID),
            "recipients": [addressee],
            "entries": [],
            "money": [self._money(entry, person) for entry in self.carried[person.id]],
            "refs": [],
            "attachments": [],
            "next": None,
            **dict.fromkeys(OF_A_PENALTY),
            "slip": self._slip(reckoning),
        }

    def _rules(self, reckoning: Reckoning) -> list[Json]:
        """What its lines stand on: a slip that only pays out rewards deducts nothing and names their notices."""
        if not self.forfeited[reckoning.person_id] and all(taking.of.is_reward for taking in reckoning.takings):
            return []
        text = pack_of(self.step.subject.regulation_version).rules[self.step.rule.id]
        return [{"id": self.step.rule.id, "zh": text.zh, "en": text.en}]

    def _regulation(self, person: Person) -> Json:
        version, known = self.step.subject.regulation_version, self.known.get(person.id)
        title = pack_of(version).title
        return {
            "zh": title.zh,
            "en": title.en,
            "edition": version.edition,
            "in_force_from": version.in_force_from.isoformat(),
            "acknowledged_on": self.office.calendar.day_of(known).isoformat() if known else None,
            "adoption": version.adoption,
        }

    def _head(self, person: Person, post: Posting | None) -> Person | None:
        employee = Employee(person.id, post.department_id if post is not None else None)
        return who_takes_heads_steps(employee, self.step.actor.staff)

    def _money(self, entry: MoneyEntry, person: Person) -> Json:
        return {
            "account": {"zh": person.name, "en": person.name},
            "kind": entry.kind.value,
            "amount_fen": entry.amount,
            "effect": "posted",
            "month": entry.month,
            "joint": False,
            "total_fen": self.totals.get((person.id, entry.month), 0) + entry.amount,
        }

    def _slip(self, reckoning: Reckoning) -> Json:
        return _figures(self.account, reckoning) | {
            "owed_fen": reckoning.owed,
            "taken_fen": reckoning.deducted,
            "refunded_fen": reckoning.refunded,
            "carried_fen": reckoning.carried,
            "limited_by": reckoning.limited_by,
            "rewarded_fen": reckoning.rewarded,
            "rewards": [self._reward(taking) for taking in reckoning.takings if taking.of.is_reward],
            "lines": _lines(reckoning.takings, self.decisions),
            "forfeited": [_forfeit(forfeit) for forfeit in self.forfeited[reckoning.person_id]],
            "is_settled": False,
            "history": [],
        }

    def _reward(self, taking: Taking) -> Json:
        number = self.notices.get(taking.of.reward_id or 0)
        return {"case_number": taking.of.number, "notice": number, "fen": -taking.fen}


def closing_slips(account: Account) -> dict[int, Json]:
    """The closing statement of every penalty that this pay day has paid up, for whom it is about."""
    ids = sorted(account.paid_up)
    decisions, history = books.decisions(account.session, ids), books.history(account.session, ids)
    forfeits = books.forfeited_by(account.session, ids)
    slips: dict[int, Json] = {}
    for penalty_id, respondent_id in account.paid_up.items():
        reckoning = account.of(respondent_id)
        takings = [taking for taking in reckoning.takings if taking.of.penalty_id == penalty_id]
        own = Reckoning(respondent_id, reckoning.wage, account.limits, tuple(takings))
        told = [*history[penalty_id], *((account.month, taking.fen) for taking in takings)]
        slips[penalty_id] = _figures(account, own) | {
            # Whoever may see the penalty reads this; what somebody earns is not theirs to know.
            **dict.fromkeys(("wage_fen", "cap_fen", "room_fen")),
            "owed_fen": own.owed,
            "taken_fen": own.deducted,
            "refunded_fen": own.refunded,
            "rewarded_fen": 0,
            "rewards": [],
            "carried_fen": 0,
            "limited_by": None,
            "lines": _lines(own.takings, decisions),
            "forfeited": [_forfeit(forfeit) for forfeit in forfeits[penalty_id]],
            "is_settled": True,
            "history": [{"month": month, "taken_fen": fen} for month, fen in told],
        }
    return slips


def _figures(account: Account, reckoning: Reckoning) -> Json:
    return {
        "month": account.month,
        "wage_fen": reckoning.wage,
        "cap_percent": account.limits.cap_percent,
        "cap_fen": account.limits.cap(reckoning.wage),
        "minimum_wage_fen": account.limits.minimum_wage,
        "room_fen": reckoning.room,
    }


def _lines(takings: Iterable[Taking], decisions: dict[int, Json]) -> list[Json]:
    return [
        {
            "case_number": taking.of.number,
            "decision": decisions.get(taking.of.penalty_id),
            "kind": kind.value,
            "owed_fen": owed,
            "taken_fen": taken,
            "rest_fen": owed - taken,
        }
        for taking in takings
        if taking.of.penalty_id is not None
        for kind, owed, taken in taking.parts()
    ]


def _forfeit(forfeit: Forfeited) -> Json:
    return {"month": forfeit.month, "fen": forfeit.fen, "case_number": forfeit.number}
