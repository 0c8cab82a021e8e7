"""What became of the demo's improvement measures: the acts of demo/plans.yaml, through the same verbs as the pages.

They are told together with the cases, in the order of time; see `demo_story`.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Cause, Complaint, Department, Person, Plan, PlanSource, ToldBy
from workflow import plan, readable_yaml
from workflow.office import Office
from workflow.plan import Opening
from workflow.roles import Actor

FILE = Path(__file__).resolve().parent.parent / "demo" / "plans.yaml"

Deed = tuple[datetime, Callable[[], None]]
At = Callable[[str], datetime]


class Plans:
    """Acts on plans in one session; `moment` reads the times of the story, `actor` is somebody at such a time."""

    def __init__(
        self, session: Session, office: Office, people: Mapping[str, Person], departments: Mapping[str, Department],
        moment: At, actor: Callable[[str, datetime], Actor],
    ) -> None:  # fmt: skip
        self.session, self.office, self.people, self.departments = session, office, people, departments
        self.moment, self.actor = moment, actor
        self.opened: dict[int, int] = {}

    def deeds(self) -> Iterator[Deed]:
        """What is to be done when; each of them once."""
        for number, told in enumerate(readable_yaml.load(FILE.read_text(encoding="utf-8"))):
            if opening := told.get("open"):
                yield self.moment(opening["at"]), partial(self._open, number, opening)
            for step in told["steps"]:
                yield self.moment(step["at"]), partial(self._take, number, told.get("of"), step)

    def _open(self, number: int, said: dict[str, Any]) -> None:
        at = self.moment(said["at"])
        opening = Opening(
            source=PlanSource(said["source"]), source_ref=said["source_ref"], title=said["title"],
            description=said["description"], measure=said["measure"], owner=self.people[said["owner"]],
            department=self.departments[said["department"]], due_on=self._day(at, said["due"]),
        )  # fmt: skip
        found = plan.open_plan(opening, by=self.actor(said["as"], at), at=at).subject
        self.session.flush()
        self.opened[number] = found.id

    def _take(self, number: int, customer: str | None, said: dict[str, Any]) -> None:
        at = self.moment(said["at"])
        found = Plan.locked(self.session, self.opened.get(number) or self._of(customer))
        given = {key: value for key, value in said.items() if key not in ("at", "as", "do")}
        inputs = dict(self._input(key, value, found, at) for key, value in given.items())
        if said["do"] == "tell":
            inputs |= {"customer": found.untold[0], "told_on": self.office.calendar.day_of(at)}
        plan.VERBS[said["do"]](found, by=self.actor(said["as"], at), at=at, **inputs)

    def _of(self, customer: str | None) -> int:
        of_customer = select(Plan.id).join(Plan.complaint).where(Complaint.customer_name == customer)
        return self.session.scalars(of_customer.order_by(Plan.id)).first() or 0

    def _input(self, key: str, value: Any, found: Plan, at: datetime) -> tuple[str, Any]:
        match key:
            case "owner":
                return key, self.people[value]
            case "cause":
                return key, Cause(value)
            case "how":
                return key, ToldBy(value)
            case "due":
                return "due_on", self._day(at, value)
            case "measure" if isinstance(value, int):
                return key, found.measures[value - 1]
        return key, value

    def _day(self, at: datetime, days: int) -> date:
        return self.office.calendar.day_of(at) + timedelta(days=days)
