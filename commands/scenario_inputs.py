"""The inputs of a story's steps, read as the verbs want them; a value that means nothing is an error."""

from collections.abc import Callable
from decimal import Decimal
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from commands.scenario_part import Part
from commands.scenario_words import required_by
from models import Category, Channel, Department, Person, Severity


class Inputs:
    """Reads `with:` of one step."""

    def __init__(self, session: Session, zone: ZoneInfo) -> None:
        self.session = session
        self._readers: dict[str, Callable[[Part], Any]] = {
            "department": self._department,
            "respondent": self._person,
            "improvement_owner": self._person,
            "improvement_due": Part.day,
            "completed_at": lambda part: part.moment().replace(tzinfo=zone),
            "rework_cost": _fen,
            "satisfaction": Part.number,
            "violation": Part.truth,
            "severity": lambda part: _one_of(Severity, part),
            "channel": lambda part: _one_of(Channel, part),
            "category": lambda part: _one_of(Category, part),
        }

    def of(self, action: str, given: dict[str, Part]) -> dict[str, Any]:
        """The arguments of a verb. What is required and left out is None, so that the rule refuses it."""
        said = {name: part for name, part in given.items() if not part.is_empty}
        read = {name: self._readers.get(name, Part.text)(part) for name, part in said.items()}
        return {**dict.fromkeys(required_by(action)), **read}

    def _department(self, part: Part) -> Department:
        department = self.session.scalars(select(Department).filter_by(slug=part.text())).first()
        if department is None:
            raise part.refused(f"no department is called “{part.text()}”")
        return department

    def _person(self, part: Part) -> Person:
        person = self.session.scalars(select(Person).filter_by(username=part.text())).first()
        if person is None:
            raise part.refused(f"nobody is called “{part.text()}”")
        return person


def _one_of(kind: type[StrEnum], part: Part) -> StrEnum:
    known = [member.value for member in kind]
    return kind(part.word(known, f"“{{}}” is none of {', '.join(known)}"))


def _fen(part: Part) -> int:
    fen = Decimal(str(part.number())) * 100
    if fen != fen.to_integral_value():
        raise part.refused(f"“{part.number()}” has more than two decimals")
    return int(fen)
