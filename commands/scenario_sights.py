"""What a story looks at: the outcome of a step, ledgers, letters, inboxes, the audit."""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from commands.scenario_part import ScenarioRefused
from models import Complaint, Department, Event, Letter, Person
from workflow.audit import first_bad_event
from workflow.inbox import open_actions, waiting_cases
from workflow.office import Office
from workflow.process import Step
from workflow.roles import Actor


def outcome_of(taken: Step[Complaint], when: Callable[[datetime], str]) -> dict[str, Any]:
    """What a step brought about, in the words of a scenario."""
    due_at = taken.subject.due_at
    return {
        "state": taken.subject.state.value,
        "letters": [letter.kind for letter in taken.event.letters],
        "points": _points(taken.event),
        "money": {},
        "due": when(due_at) if due_at else None,
    }


def _points(event: Event) -> dict[str, list[list[Any]]]:
    posted: dict[str, list[list[Any]]] = defaultdict(list)
    for entry in event.entries:
        subject = entry.department.slug if entry.department else entry.account.username  # type: ignore[union-attr]
        posted[subject].append([_number(entry.points), entry.status.value])
    return dict(posted)


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


class Sights:
    """Looks at the database as of one moment of a story."""

    def __init__(self, session: Session, at: datetime, names: dict[str, int], fired: list[str], place: str) -> None:
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
        query = select(Letter.kind).join(Letter.event).where(Event.complaint_id == self._case(what).id)
        return list(self.session.scalars(query.order_by(Letter.id)))

    def _events(self, what: dict[str, Any]) -> int:
        query = select(Event).where(Event.complaint_id == self._case(what).id)
        return len(self.session.scalars(query).all())

    def _inbox(self, what: dict[str, Any]) -> list[list[Any]]:
        person = self._found(select(Person).filter_by(username=what["of"]), what["of"])
        actor = self.office.actor(person, self.at)
        # A case that no step has named stands there with its number, which no expectation equals.
        names = {complaint_id: name for name, complaint_id in self.names.items()}
        query = waiting_cases(actor).options(selectinload(Complaint.events))
        cases = self.session.scalars(query).all()
        return [[names.get(case.id, case.number), self._open_actions(case, actor)] for case in cases]

    def _open_actions(self, case: Complaint, actor: Actor) -> list[str]:
        return [f"complaint.{name}" for name in open_actions(case, actor, self.at)]

    def _audit(self, _what: dict[str, Any]) -> str:
        bad = first_bad_event(self.session)
        return "ok" if bad is None else str(bad)

    def _account(self, what: dict[str, Any]) -> Person | Department:
        name = what["of"]
        person = self.session.scalars(select(Person).filter_by(username=name)).first()
        return person or self._found(select(Department).filter_by(slug=name), name)

    def _month(self, what: dict[str, Any]) -> str:
        return str(what.get("month") or self.office.calendar.month_of(self.at))

    def _case(self, what: dict[str, Any]) -> Complaint:
        return self.session.get_one(Complaint, self.names[what["of"]])

    def _found(self, query: Any, name: str) -> Any:
        row = self.session.scalars(query).first()
        if row is None:
            raise ScenarioRefused(f"{self.place}: nobody is called “{name}”")
        return row
