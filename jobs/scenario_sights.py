"""What a story looks at: the outcome of a step, ledgers, letters, inboxes, the audit."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from jobs.scenario_part import ScenarioRefused
from models import Complaint, Department, Event, Letter, Payday, PaydayLine, Penalty, Person, Scorecard
from workflow import escalation
from workflow.audit import first_bad_event
from workflow.inbox import open_actions, waiting_for
from workflow.office import Office
from workflow.process import Step
from workflow.roles import Actor
from workflow.scorecard_steps import reckoning_of


def outcome_of(taken: Step[Any], when: Callable[[datetime], str]) -> dict[str, Any]:
    """What a step brought about, in the words of a scenario."""
    due_at = getattr(taken.subject, "due_at", None)
    events = [taken.event, *(brought.event for brought in taken.brought)]
    return {
        "state": taken.subject.state.value,
        "letters": [letter.kind for event in events for letter in event.letters],
        "points": _points(events),
        "money": _money(events),
        "due": when(due_at) if due_at else None,
    }


def _points(events: Sequence[Event]) -> dict[str, list[list[Any]]]:
    posted: dict[str, list[list[Any]]] = defaultdict(list)
    for entry in (entry for event in events for entry in event.entries):
        subject = entry.department.slug if entry.department else entry.account.username  # type: ignore[union-attr]
        posted[subject].append([_number(entry.points), entry.status.value])
    return dict(posted)


def _money(events: Sequence[Event]) -> dict[str, list[list[Any]]]:
    posted: dict[str, list[list[Any]]] = defaultdict(list)
    for entry in (entry for event in events for entry in event.money):
        posted[entry.person.username].append([_yuan(entry.amount), entry.kind.value])
    return dict(posted)


def _yuan(fen: int) -> int | float:
    return _number(Decimal(fen) / 100)


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


class Sights:
    """Looks at the database as of one moment of a story."""

    def __init__(
        self, session: Session, at: datetime, names: dict[str, tuple[str, int]], fired: list[str], place: str
    ) -> None:
        self.session, self.at, self.names, self.fired, self.place = session, at, names, fired, place
        self.office = Office(session)

    def see(self, what: dict[str, Any]) -> Any:
        """The thing looked at; NotImplemented for what belongs to later processes."""
        look = getattr(self, f"_{what['see']}", None)
        return look(what) if look is not None else NotImplemented

    def _points(self, what: dict[str, Any]) -> Any:
        return _number(self.office.balance(self._account(what), self._month(what)))

    def _provisional(self, what: dict[str, Any]) -> Any:
        return _number(self.office.provisional(self._account(what), self._month(what)))

    def _state(self, what: dict[str, Any]) -> str:
        return self._case(what).state.value

    def _fired(self, _what: dict[str, Any]) -> list[str]:
        return self.fired

    def _letters(self, what: dict[str, Any]) -> list[str]:
        query = select(Letter.kind).join(Letter.event).where(self._of_the_case(what))
        return list(self.session.scalars(query.order_by(Letter.id)))

    def _events(self, what: dict[str, Any]) -> int:
        return len(self.session.scalars(select(Event).where(self._of_the_case(what))).all())

    def _of_the_case(self, what: dict[str, Any]) -> ColumnElement[bool]:
        process, key = self.names[what["of"]]
        return Event.complaint_id == key if process == Complaint.kind else Event.penalty_id == key

    def _money(self, what: dict[str, Any]) -> Any:
        person, month = self._employee(what), self._month(what)
        return _yuan(self.office.money_sums([person.id], [month])[person.id, month])

    def _pay(self, what: dict[str, Any]) -> dict[str, Any]:
        """What the pay day of that month took of this person; nothing where it has not been settled."""
        of_person = PaydayLine.person_id == self._employee(what).id
        query = select(PaydayLine).join(PaydayLine.payday).where(of_person, Payday.month == what["month"])
        line = self.session.scalars(query).first()
        deducted, carried = (line.deducted, line.carried) if line is not None else (0, 0)
        return {"deducted": _yuan(deducted), "carried": _yuan(carried)}

    def _scorecard(self, what: dict[str, Any]) -> dict[str, Any]:
        """Of the figures of the card, those that are asked for; none where the month has not been computed."""
        of_person = (Scorecard.person_id == self._employee(what).id, Scorecard.month == what["month"])
        card = self.session.scalars(select(Scorecard).where(*of_person)).first()
        if card is None:
            return {}
        figures = {"score": _number(card.score), "performance_pay": _yuan(card.pay), "grade": reckoning_of(card).grade}
        return {name: figures[name] for name in what["expect"]}

    def _step(self, what: dict[str, Any]) -> str:
        person = self._employee(what)
        return escalation.standing_of(self.session, person, what["ladder"], self.at).state.value

    def _inbox(self, what: dict[str, Any]) -> list[list[Any]]:
        person = self._employee(what)
        actor = self.office.actor(person, self.at)
        # A case that no step has named stands there with its number, which no expectation equals.
        names = {key: name for name, key in self.names.items()}
        cases = waiting_for(self.session, actor)
        return [[names.get((case.kind, case.id), case.number), self._open_actions(case, actor)] for case in cases]

    def _open_actions(self, case: Complaint | Penalty, actor: Actor) -> list[str]:
        return [f"{case.kind}.{name}" for name in open_actions(case, actor, self.at)]

    def _audit(self, _what: dict[str, Any]) -> str:
        bad = first_bad_event(self.session)
        return "ok" if bad is None else str(bad)

    def _account(self, what: dict[str, Any]) -> Person | Department:
        name = what["of"]
        person = self.session.scalars(select(Person).filter_by(username=name)).first()
        return person or self._found(select(Department).filter_by(slug=name), name)

    def _month(self, what: dict[str, Any]) -> str:
        return str(what.get("month") or self.office.calendar.month_of(self.at))

    def _employee(self, what: dict[str, Any]) -> Person:
        person: Person = self._found(select(Person).filter_by(username=what["of"]), what["of"])
        return person

    def _case(self, what: dict[str, Any]) -> Complaint | Penalty:
        process, key = self.names[what["of"]]
        if process == Complaint.kind:
            return self.session.get_one(Complaint, key)
        return self.session.get_one(Penalty, key)

    def _found(self, query: Any, name: str) -> Any:
        row = self.session.scalars(query).first()
        if row is None:
            raise ScenarioRefused(f"{self.place}: nobody is called “{name}”")
        return row
