"""The part of the audit that tells a penalty's facts again from its events and compares them with its row.

A fact that no event tells, such as the day on which a clock runs out, is left alone.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Row, String, select, type_coerce
from sqlalchemy.orm import Session

from models import Event, Penalty, ScoreEntry
from workflow.audit_facts import Register, handed_over
from workflow.penalty import PENALTY

BATCH = 1_000
AnyRow = Row[*tuple[Any, ...]]
Facts = dict[str, Any]
FACTS = (
    "respondent_id", "handler_id", "leader_id", "ladder", "rule", "facts", "facts_en", "rework_cost", "fine",
    "known_at", "proposed_at", "proposer_id", "proposed_by_id", "union_notice", "protection", "step", "approved_at",
    "approved_by_id", "counts_until", "ends_on", "forfeited_month", "appellant_id", "revoked_at", "final_at",
    "settled_at", "clock", "clock_started_at",
)  # fmt: skip
# What no penalty has when it is proposed.
LATER = (
    "handler_id", "union_notice", "protection", "step", "approved_at", "approved_by_id", "counts_until", "ends_on",
    "forfeited_month", "appellant_id", "revoked_at", "final_at", "settled_at",
)  # fmt: skip
# On whose account the points of a kind stand.
ACCOUNTS = {"respondent": "respondent_id", "leader": "leader_id"}


def first_changed_penalty(session: Session) -> str | None:
    """The first penalty whose row, or the account of whose points, is another than its events tell."""
    register = Register.of(session)
    for penalties in _batches(session):
        first, last = penalties[0].id, penalties[-1].id
        events, entries = _events_of(session, first, last), _entries_of(session, first, last)
        for penalty in penalties:
            told = _told(events.get(penalty.id, ()), register)
            if why := _what_is_wrong(penalty, told, entries.get(penalty.id, ())):
                return f"penalty {penalty.year}-{penalty.seq}: {why}"
    return None


def _what_is_wrong(penalty: AnyRow, told: Facts, entries: Sequence[AnyRow]) -> str | None:
    for fact, value in told.items():
        if getattr(penalty, fact) != value:
            return f"its {fact.removesuffix('_id').replace('_', ' ')} is not what its events say"
    for entry in entries:
        fact = ACCOUNTS[entry.kind]
        if fact in told and entry.person_id != told[fact]:
            return "its points stand on another account than its events say"
    return None


def _told(events: Sequence[AnyRow], register: Register) -> Facts:
    """The facts of one penalty as its events tell them, the later over the earlier."""
    facts: Facts = {}
    for event in events:
        said = event.said if isinstance(event.said, dict) else {}
        facts |= TELLS.get(event.action, _nothing)(event, said, register) | _clock(event)
    if "respondent_id" in facts and facts.get("appellant_id") is True:
        facts["appellant_id"] = facts["respondent_id"]
    return facts


def _nothing(_event: AnyRow, _said: Facts, _register: Register) -> Facts:
    return {}


def _clock(event: AnyRow) -> Facts:
    """What changes no state leaves the running clock as it is."""
    rule = next((r for r in _RULES[event.action] if r.dest is not None and r.dest == event.to_state), None)
    return {} if rule is None else {"clock": rule.clock, "clock_started_at": event.at if rule.clock else None}


def _proposed(event: AnyRow, said: Facts, register: Register) -> Facts:
    told: Facts = dict.fromkeys(LATER)
    told |= {fact: said.get(fact) for fact in ("facts", "facts_en", "rule", "rework_cost", "fine")}
    told |= {"ladder": said.get("ladder"), "proposed_at": event.at, "proposed_by_id": event.actor_id}
    told |= {"proposer_id": event.acting_for_id or event.actor_id}
    told |= register.respondent(said.get("respondent"))
    if said.get("known_at"):
        told |= {"known_at": _moment(said["known_at"])}
    if (leader := said.get("leader")) is None or leader in register.people:
        told |= {"leader_id": register.people[leader] if leader else None}
    return told


def _approved(event: AnyRow, said: Facts, register: Register) -> Facts:
    return {
        "step": said.get("step"), "approved_at": event.at, "approved_by_id": event.acting_for_id or event.actor_id,
        "counts_until": _moment(said.get("counts_until")), "ends_on": _day(said.get("ends_on")),
        **_forfeited(event, said, register),
    }  # fmt: skip


def _forfeited(_event: AnyRow, said: Facts, _register: Register) -> Facts:
    return {"forfeited_month": said["commission"]["month"]} if said.get("commission") else {}


def _union(_event: AnyRow, said: Facts, _register: Register) -> Facts:
    return {"union_notice": said["union_notice"]} if said.get("union_notice") else {}


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


TELLS: dict[str, Callable[[AnyRow, Facts, Register], Facts]] = {
    "propose": _proposed,
    "submit": _union,
    "tell_union": _union,
    "hand_over": lambda _, said, register: handed_over(said, register),
    "check_protection": lambda _, said, __: {"protection": said.get("finding")},
    "approve": _approved,
    "forfeit": _forfeited,
    "appeal": lambda *_: {"appellant_id": True},
    "revoke": lambda event, *_: {"appellant_id": None, "revoked_at": event.at, "forfeited_month": None},
    "sustain": lambda event, *_: {"appellant_id": None, "final_at": event.at},
    "lapse": lambda event, *_: {"final_at": event.at},
    "regrade": lambda _, said, __: {"step": said.get("to")},
    "settle": lambda event, *_: {"settled_at": event.at},
}
_RULES: dict[str, list[Any]] = defaultdict(list)
for _rule in PENALTY.rules:
    _RULES[_rule.name].append(_rule)


def _batches(session: Session) -> Iterator[list[AnyRow]]:
    facts = [
        type_coerce(Penalty.step, String).label(name) if name == "step" else getattr(Penalty, name) for name in FACTS
    ]
    query = select(Penalty.id, Penalty.year, Penalty.seq, *facts).order_by(Penalty.id).limit(BATCH)
    last = 0
    while rows := list(session.execute(query.where(Penalty.id > last))):
        yield rows
        last = rows[-1].id


def _events_of(session: Session, first: int, last: int) -> dict[int, list[AnyRow]]:
    query = (
        select(
            Event.penalty_id, Event.seq, Event.action, Event.to_state, Event.at, Event.actor_id,
            Event.acting_for_id, Event.said,
        )
        .where(Event.penalty_id.between(first, last))
        .order_by(Event.penalty_id, Event.seq)
    )  # fmt: skip
    return {key: list(events) for key, events in groupby(session.execute(query), key=lambda row: row.penalty_id)}


def _entries_of(session: Session, first: int, last: int) -> dict[int, list[AnyRow]]:
    query = (
        select(Event.penalty_id, ScoreEntry.kind, ScoreEntry.person_id)
        .join(Event, Event.id == ScoreEntry.event_id)
        .where(Event.penalty_id.between(first, last), ScoreEntry.kind.in_(ACCOUNTS))
        .order_by(Event.penalty_id)
    )
    return {key: list(rows) for key, rows in groupby(session.execute(query), key=lambda row: row.penalty_id)}
