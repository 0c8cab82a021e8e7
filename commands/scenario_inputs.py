"""The inputs of a story's steps, read as the verbs want them; unknown names are errors."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from commands.scenario_file import ScenarioRefused
from models import Category, Channel, Department, Person, Severity
from workflow.filing import Filing

FILE = {
    "customer_name", "customer_phone", "vehicle", "order_number", "channel", "category", "severity",
    "description", "department", "respondent",
}  # fmt: skip
ACTIONS: dict[str, set[str]] = {
    "assign": {"department", "respondent", "note"},
    "accept": {"violation", "note"},
    "appeal": {"grounds"},
    "retract": set(),
    "endorse": {"opinion"},
    "decline": {"reason"},
    "remand": {"reason"},
    "uphold": {"reason"},
    "dismiss": {"reason", "violation"},
    "return": {"reason"},
    "withdraw": {"reason"},
    "reopen": {"reason"},
    "vary": {"reason", "severity", "respondent", "department", "violation"},
    "complete": {"measures_taken", "completed_at", "rework_cost"},
    "report": {"result", "improvement_measures", "improvement_owner", "improvement_due"},
    "verify": {"satisfaction", "note"},
    "follow_up": {"note"},
}
# A story may leave out what is required: the rule then refuses the step.
REQUIRED = {
    "appeal": ("grounds",), "decline": ("reason",), "remand": ("reason",), "uphold": ("reason",),
    "dismiss": ("reason",), "return": ("reason",), "withdraw": ("reason",), "reopen": ("reason",),
    "vary": ("reason",), "complete": ("measures_taken",), "report": ("result", "improvement_measures"),
    "verify": ("satisfaction",), "follow_up": ("note",),
}  # fmt: skip


class Inputs:
    """Reads `with:` of one step."""

    def __init__(self, session: Session, place: str, zone: ZoneInfo) -> None:
        self.session, self.place, self.zone = session, place, zone
        self._readers: dict[str, Callable[[Any], Any]] = {
            "department": self._department,
            "respondent": self._person,
            "improvement_owner": self._person,
            "improvement_due": self._day,
            "completed_at": self._moment,
            "rework_cost": self._fen,
            "severity": lambda value: self._one_of(Severity, value),
            "channel": lambda value: self._one_of(Channel, value),
            "category": lambda value: self._one_of(Category, value),
        }

    def filing(self, given: dict[str, Any]) -> Filing:
        self._only(given, FILE)
        for choice in ("channel", "category", "severity"):
            if choice not in given:
                raise ScenarioRefused(f"{self.place}: “{choice}” is missing")
        texts = {"customer_name": None, "description": None}
        return Filing(**{**texts, **self._read(given)})

    def arguments(self, action: str, given: dict[str, Any]) -> dict[str, Any]:
        self._only(given, ACTIONS[action])
        return {**dict.fromkeys(REQUIRED.get(action, ())), **self._read(given)}

    def _read(self, given: dict[str, Any]) -> dict[str, Any]:
        return {key: self._readers.get(key, lambda value: value)(value) for key, value in given.items()}

    def _only(self, given: dict[str, Any], allowed: set[str]) -> None:
        for key in given:
            if key not in allowed:
                raise ScenarioRefused(f"{self.place}: unknown input “{key}”")

    def _department(self, slug: str) -> Department:
        return self._found(select(Department).filter_by(slug=slug), slug)

    def _person(self, username: str) -> Person:
        return self._found(select(Person).filter_by(username=username), username)

    def _found(self, query: Any, name: str) -> Any:
        row = self.session.scalars(query).first()
        if row is None:
            raise ScenarioRefused(f"{self.place}: there is no “{name}”")
        return row

    def _one_of(self, kind: type[StrEnum], value: str) -> StrEnum:
        try:
            return kind(value)
        except ValueError:
            raise ScenarioRefused(f"{self.place}: “{value}” is none of {', '.join(kind)}") from None

    def _day(self, value: Any) -> date:
        return value if isinstance(value, date) else date.fromisoformat(str(value))

    def _moment(self, value: Any) -> datetime:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        return moment.replace(tzinfo=self.zone)

    def _fen(self, value: Any) -> int:
        try:
            fen = Decimal(str(value)) * 100
        except InvalidOperation:
            raise ScenarioRefused(f"{self.place}: “{value}” is no amount") from None
        if fen != fen.to_integral_value():
            raise ScenarioRefused(f"{self.place}: “{value}” has more than two decimals")
        return int(fen)
