"""The inputs of a story's steps, read as the verbs want them; a value that means nothing is an error."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs.scenario_part import Part
from jobs.scenario_words import required_by
from models import Category, Channel, Complaint, Department, Person, Severity, Team
from workflow.scorecard_steps import Adjustment


class Inputs:
    """Reads `with:` of one step."""

    def __init__(self, session: Session, zone: ZoneInfo, names: Mapping[str, tuple[str, int]] | None = None) -> None:
        self.session, self.names = session, names or {}
        self._readers: dict[str, Callable[[Part], Any]] = {
            "department": self._department,
            "respondent": self._person,
            "improvement_owner": self._person,
            "employee": self._person,
            "to": self._person,
            "team": self._team,
            "complaint": self._complaint,
            "from": lambda part: part.moment().replace(tzinfo=zone),
            "until": lambda part: part.moment().replace(tzinfo=zone),
            "month": Part.month,
            "adjustments": self._adjustments,
            "amount": _fen,
            "ends_on": Part.day,
            "occurred_on": Part.day,
            "improvement_due": Part.day,
            "completed_at": lambda part: part.moment().replace(tzinfo=zone),
            "rework_cost": _fen,
            "satisfaction": Part.number,
            "violation": Part.truth,
            "reinstated": Part.truth,
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

    def _team(self, part: Part) -> Team:
        team = self.session.scalars(select(Team).filter_by(slug=part.text())).first()
        if team is None:
            raise part.refused(f"no team is called “{part.text()}”")
        return team

    def _complaint(self, part: Part) -> Complaint:
        of, key = self.names.get(part.text(), ("", 0))
        if of != "complaint":
            raise part.refused(f"no complaint is called “{part.text()}”")
        return Complaint.locked(self.session, key)

    def _adjustments(self, part: Part) -> list[Adjustment]:
        """`{user: {factor, reason}}`, or a list of `{employee, factor, reason}`."""
        if part.is_list:
            return [self._adjustment(item) for item in part.items()]
        return [self._adjustment(given, user) for user, given in part.keys().items()]

    def _adjustment(self, part: Part, user: str | None = None) -> Adjustment:
        needed = ("employee",) if user is None else ()
        given = part.only("an adjustment", needed, ("factor", "reason"))
        name = user if user is not None else given["employee"].text()
        factor = Decimal(str(given["factor"].number())) if "factor" in given else None
        reason = given["reason"].text() if "reason" in given and not given["reason"].is_empty else None
        person = self.session.scalars(select(Person).filter_by(username=name)).first()
        return Adjustment(name, person, factor, reason)

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
