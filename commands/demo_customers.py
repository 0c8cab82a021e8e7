"""The demo's customers: who looks after whom, who was handed over, and who called them (demo/customers.yaml)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from models import Customer, Person
from workflow import customers, readable_yaml
from workflow.customers import Typed
from workflow.office import Office

CUSTOMERS = Path(__file__).resolve().parent.parent / "demo" / "customers.yaml"

Deed = tuple[datetime, Callable[[], None]]


def told() -> list[dict[str, Any]]:
    """The customers of demo/customers.yaml, each with their adviser and what came of it."""
    found: list[dict[str, Any]] = readable_yaml.load(CUSTOMERS.read_text(encoding="utf-8"))
    return found


@dataclass
class Customers:
    """Acts of advisers and heads in one session. `complaints`: what the story says of each complainant, by name;
    `moment` reads its times."""

    session: Session
    office: Office
    people: dict[str, Person]
    complaints: dict[str, dict[str, Any]]
    moment: Callable[[str], datetime]

    def __post_init__(self) -> None:
        self.known: dict[str, Customer] = {}

    def deeds(self) -> Iterator[Deed]:
        """What is to be done when; those of one customer in the order of time."""
        for each in told():
            name, at = each["customer"], self.moment(each["at"])
            yield at, partial(self._add, name, each["adviser"], at)
            for step in each.get("steps", ()):
                at = self.moment(step["at"])
                yield at, partial(self._take, name, step, at)

    def _add(self, name: str, adviser: str, at: datetime) -> None:
        complaint, person = self.complaints[name], self.people[adviser]
        typed = Typed(name, complaint["customer_phone"], complaint.get("vehicle", ""))
        self.known[name] = customers.add(self.session, typed, person, by=self.office.actor(person, at), at=at)

    def _take(self, name: str, step: dict[str, Any], at: datetime) -> None:
        customer, by = self.known[name], self.office.actor(self.people[step["as"]], at)
        if step["do"] == "hand_over":
            customers.hand_over(self.session, [customer], self.people[step["to"]], by=by, at=at)
        else:
            said = {"was_reached": step["was_reached"], "result": step["result"]}
            customers.contact(self.session, customer, by=by, at=at, **said)
