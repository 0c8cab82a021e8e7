"""Money of penalties: post, share, take back; always whole fen, charges negative.

Entries hang on the step's event and are saved with it. What a pay day takes of them is in `payday`.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from models import MoneyEntry, MoneyKind, Penalty, Person
from workflow.process import Step

HUNDRED = 100


def post(step: Step[Any], person: Person | None, fen: int, *, kind: MoneyKind) -> None:
    """Charge (negative) or give (positive) in the month of the event. Zero and nobody leave no entry."""
    if person is not None and fen != 0:
        _append(step, person, fen, kind)


def _append(step: Step[Any], person: Person, fen: int, kind: MoneyKind) -> MoneyEntry:
    month = step.actor.office.open_month(person, step.at)
    entry = MoneyEntry(kind=kind, amount=fen, month=month, person=person, person_id=person.id)
    entry.penalty, entry.penalty_id = step.subject, step.subject.id
    step.event.money.append(entry)
    return entry


def reverse(step: Step[Penalty]) -> None:
    """Take back, by opposite entries, everything of this penalty that still stands."""
    for entry in standing_entries(step.subject):
        kind = MoneyKind.REFUND if entry.amount < 0 else MoneyKind.FINE
        _append(step, entry.person, -entry.amount, kind).reverses = entry


def standing_entries(penalty: Penalty) -> list[MoneyEntry]:
    """Entries that were neither taken back nor take something back."""
    entries = entries_of(penalty)
    taken_back = {id(entry.reverses) for entry in entries if entry.reverses is not None}
    return [e for e in entries if e.reverses is None and id(e) not in taken_back]


def entries_of(penalty: Penalty) -> list[MoneyEntry]:
    return [entry for event in penalty.events for entry in event.money]


@dataclass(frozen=True)
class Shares:
    """Who bears how much of a rework cost, in fen; the three always add up to the cost (CS-9)."""

    leader: int
    person: int
    company: int


def shares_of(cost: int, *, leader: int, company: int) -> Shares:
    """Split `cost` by percent. The leader's share is rounded half-up to the fen, the person's is the remainder;
    the company's is what leader and company bear together less the leader's, so that nothing is ever negative."""
    leaders = _percent(cost, leader)
    companys = _percent(cost, leader + company) - leaders
    return Shares(leaders, cost - leaders - companys, companys)


def _percent(fen: int, percent: int) -> int:
    share = Decimal(fen) * percent / HUNDRED
    return int(share.quantize(Decimal(1), rounding=ROUND_HALF_UP))
