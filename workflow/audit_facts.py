"""The part of the audit that tells a case's facts again from its events and compares them with its row.

It reads the effects of the regulation's table, so that it knows which act tells what. A fact that no event
tells, such as the day on which a clock runs out, is left alone: an audit that cries wolf is switched off.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Row, String, select, type_coerce
from sqlalchemy.orm import Session

from models import Complaint, Department, Event, Person, ScoreEntry
from workflow.complaint import COMPLAINT, FILE
from workflow.process import Rule
from workflow.texts import clean

BATCH = 1_000
AnyRow = Row[*tuple[Any, ...]]
Facts = dict[str, Any]
# What the caller said, as the filing event keeps it word for word.
WORDS = (
    "customer_name", "customer_phone", "vehicle", "vehicle_model", "order_number", "description", "demand",
    "source", "external_ref",
)  # fmt: skip
CHOICES = ("channel", "category", "severity")
# What no complaint has when it is filed.
LATER = (
    "handler_id", "keeper_id", "violation", "rework_cost", "appellant_id", "appealed_by_id", "appealed_as",
    "handling_since", "completed_at", "resolved_at", "voided_at", "satisfaction",
)  # fmt: skip
FACTS = (
    *WORDS, *CHOICES, *LATER, "occurred_on", "filed_at", "filed_by_id", "department_id", "respondent_id",
    "clock", "clock_started_at",
)  # fmt: skip
TEXTS = (*CHOICES, "appealed_as")
# Which fact says on whose account the points of a kind stand; the head of that day is in no event.
ACCOUNTS = {"respondent": "respondent_id", "department": "department_id"}


@dataclass(frozen=True)
class Register:
    """Whom the names in the events mean; neither user names nor slugs ever change."""

    people: dict[str, int]
    departments: dict[str, int]

    @classmethod
    def of(cls, session: Session) -> "Register":
        people = session.execute(select(Person.username, Person.id)).all()
        departments = session.execute(select(Department.slug, Department.id)).all()
        return cls(dict(people), dict(departments))

    def respondent(self, username: str | None) -> Facts:
        return self._known("respondent_id", username, self.people)

    def department(self, slug: str | None) -> Facts:
        return self._known("department_id", slug, self.departments)

    def _known(self, fact: str, name: str | None, known: dict[str, int]) -> Facts:
        if name is None:
            return {fact: None}
        return {fact: known[name]} if name in known else {}


@dataclass
class Told:
    """The facts of one case as its events tell them, and the event that told each last."""

    register: Register
    facts: Facts = field(default_factory=dict)
    by: dict[str, int] = field(default_factory=dict)

    def hear(self, event: AnyRow) -> None:
        said = event.said if isinstance(event.said, dict) else {}
        heard = self._filed(event, said) if event.action == FILE.name else {}
        for rule in _RULES[event.action]:
            if rule.dest in (None, event.to_state):
                for effect in rule.then:
                    heard |= TELLS.get(effect.__name__, _nothing)(event, said, self.register)
                heard |= {} if rule.keeps_clock else _clock(rule.clock, heard, event)
        if event.action == "find_violation":
            heard |= _violation(event, said, self.register)
        if event.action == "hand_over":
            heard |= handed_over(said, self.register)
        elif "department_id" in heard and heard["department_id"] != self.facts.get("department_id"):
            heard |= {"handler_id": None}
        self.facts |= heard
        self.by |= dict.fromkeys(heard, event.seq)

    def _filed(self, event: AnyRow, said: Facts) -> Facts:
        heard: Facts = dict.fromkeys(LATER) | {word: said.get(word) for word in (*WORDS, *CHOICES)}
        day = said.get("occurred_on")
        heard |= {"occurred_on": date.fromisoformat(day) if day else None}
        heard |= {"filed_at": event.at, "filed_by_id": event.actor_id}
        heard |= self.register.respondent(said.get("respondent"))
        # A respondent who was named without a department brought their own, which the event does not keep.
        if "department" in said or "respondent" not in said:
            heard |= self.register.department(said.get("department"))
        return heard

    def first_difference(self, case: AnyRow) -> str | None:
        for fact, told in self.facts.items():
            kept = getattr(case, fact)
            if kept != told and not (fact in WORDS and clean(kept) == told):
                what = fact.removesuffix("_id").replace("_", " ")
                return f"its {what} is not what its event {self.by[fact]} says"
        return None

    def moved(self, entry: AnyRow) -> bool:
        """Whether the points stand on another account than that of the respondent or department so far."""
        fact, account = ACCOUNTS[entry.kind], entry.person_id or entry.department_id
        return fact in self.facts and self.facts[fact] != account


def _nothing(_event: AnyRow, _said: Facts, _register: Register) -> Facts:
    return {}


def _clock(clock: str | None, heard: Facts, event: AnyRow) -> Facts:
    since = heard.get("completed_at") or event.at
    return {"clock": clock, "clock_started_at": since if clock else None}


def _sent(_event: AnyRow, said: Facts, register: Register) -> Facts:
    return register.department(said.get("department")) | register.respondent(said.get("respondent"))


def _varied(_event: AnyRow, said: Facts, register: Register) -> Facts:
    change = said.get("change") or {}
    heard = register.respondent(said["respondent"]) if "respondent" in said else {}
    if severity := change.get("severity"):
        heard["severity"] = severity[1]
    if department := change.get("department"):
        heard |= register.department(department[1]["slug"])
    return heard


def _appealed(event: AnyRow, _said: Facts, _register: Register) -> Facts:
    appellant = event.acting_for_id or event.actor_id
    return {"appellant_id": appellant, "appealed_by_id": event.actor_id, "appealed_as": event.signed_as}


def _violation(_event: AnyRow, said: Facts, _register: Register) -> Facts:
    return {"violation": said["violation"]} if said.get("violation") is not None else {}


def handed_over(said: Facts, register: Register) -> Facts:
    """Who takes the head's steps, or keeps the file, since a case was handed over for good."""
    given = {fact: said[what] for what, fact in (("steps", "handler_id"), ("file", "keeper_id")) if what in said}
    return {fact: register.people.get(name) if name else None for fact, name in given.items()}


def _cost(_event: AnyRow, said: Facts, _register: Register) -> Facts:
    return {"rework_cost": said["rework_cost"]} if said.get("rework_cost") is not None else {}


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


Telling = Callable[[AnyRow, Facts, Register], Facts]
# What each effect of the table leaves in the row, as far as the event alone tells it.
TELLS: dict[str, Telling] = {
    "send_to_department": _sent,
    "note_change": _varied,
    "note_the_appellant": _appealed,
    "find_violation": _violation,
    "note_rework_cost": _cost,
    "appeal_is_over": lambda *_: {"appellant_id": None, "appealed_by_id": None, "appealed_as": None},
    "come_to_handling": lambda event, *_: {"handling_since": event.at, "completed_at": None},
    "void_the_form": lambda event, *_: {"voided_at": event.at, "violation": None},
    "record_completion": lambda _, said, __: {"completed_at": _moment(said.get("completed_at"))},
    "close_as_resolved": lambda event, said, _: {"resolved_at": event.at, "satisfaction": said.get("satisfaction")},
    "open_again": lambda *_: dict.fromkeys(("resolved_at", "satisfaction", "completed_at", "handling_since")),
}
_RULES: dict[str, list[Rule[Complaint]]] = defaultdict(list)
for _rule in COMPLAINT.rules:
    _RULES[_rule.name].append(_rule)


def first_changed_case(session: Session) -> str | None:
    """The first case whose row, or the account of whose points, is another than its events tell."""
    register = Register.of(session)
    for cases in _batches(session):
        events, entries = _events_of(session, cases), _entries_of(session, cases)
        for case in cases:
            if why := _what_is_wrong(case, Told(register), events.get(case.id, ()), entries):
                return f"complaint {case.year}-{case.seq}: {why}"
    return None


def _what_is_wrong(case: AnyRow, told: Told, events: Sequence[AnyRow], entries: dict[int, list[AnyRow]]) -> str | None:
    for event in events:
        told.hear(event)
        if any(told.moved(entry) for entry in entries.get(event.id, ())):
            return f"points of its event {event.seq} stand on another account than its events say"
    return told.first_difference(case)


def _batches(session: Session) -> Iterator[list[AnyRow]]:
    facts = [type_coerce(getattr(Complaint, name), String).label(name) if name in TEXTS else getattr(Complaint, name)
             for name in FACTS]  # fmt: skip
    query = select(Complaint.id, Complaint.year, Complaint.seq, *facts).order_by(Complaint.id).limit(BATCH)
    last = 0
    while rows := list(session.execute(query.where(Complaint.id > last))):
        yield rows
        last = rows[-1].id


def _events_of(session: Session, cases: list[AnyRow]) -> dict[int, list[AnyRow]]:
    query = (
        select(
            Event.id, Event.complaint_id, Event.seq, Event.action, Event.to_state, Event.at,
            Event.actor_id, Event.acting_for_id, Event.signed_as, Event.said,
        )
        .where(Event.complaint_id.between(cases[0].id, cases[-1].id))
        .order_by(Event.complaint_id, Event.seq)
    )  # fmt: skip
    return {key: list(events) for key, events in groupby(session.execute(query), key=lambda row: row.complaint_id)}


def _entries_of(session: Session, cases: list[AnyRow]) -> dict[int, list[AnyRow]]:
    """What the events charged to the respondent or the department, by event."""
    query = (
        select(ScoreEntry.event_id, ScoreEntry.kind, ScoreEntry.person_id, ScoreEntry.department_id)
        .join(Event, Event.id == ScoreEntry.event_id)
        .where(Event.complaint_id.between(cases[0].id, cases[-1].id))
        .where(ScoreEntry.reverses_id.is_(None), ScoreEntry.kind.in_(ACCOUNTS))
        .order_by(ScoreEntry.event_id)
    )
    return {key: list(entries) for key, entries in groupby(session.execute(query), key=lambda row: row.event_id)}
