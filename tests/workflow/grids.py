"""Draws a process as a grid: every state × action × person, each tried and taken back."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from tests.builders import Desk
from workflow.office import Office
from workflow.process import Refused
from workflow.roles import Actor

ACTORS = {
    "CR": "cr.sun", "head": "service.liu", "respondent": "service.ma", "GM": "gm.zhou", "deputy": "deputy.he",
    "other head": "sales.chen", "colleague": "service.gao", "HR": "hr.qian", "admin": "admin.root", "system": None,
}  # fmt: skip
MARKS = {"moved_on": "·", "forbidden": "✗", "not_found": " ", "too_early": "too early"}

Attempt = Callable[[Any, str, Actor], Any]


class Case:
    """One case in one state, loaded anew after a step that was taken and undone."""

    def __init__(self, session: Session, kind: type[Any], case_id: int, desk: Desk) -> None:
        self.session, self.kind, self.id, self.desk = session, kind, case_id, desk
        self._load()

    def _load(self) -> None:
        self.session.rollback()
        self.case = self.kind.locked(self.session, self.id)
        office = Office(self.session)
        self.actors = {
            name: office.actor(self.desk.person(user), self.desk.now) if user else office.system(self.desk.now)
            for name, user in ACTORS.items()
        }

    def outcome(self, action: str, name: str, attempt: Attempt) -> str:
        """The state that the step leads to, or the mark of the refusal; the step is undone."""
        try:
            step = attempt(self.case, action, self.actors[name])
        except Refused as refusal:
            return MARKS[refusal.code]
        reached = f"→ {step.subject.state.value}"
        self._load()
        return reached


def rows(case: Case, state: str, actions: Iterable[str], attempt: Attempt) -> list[str]:
    return [
        f"{state:10}{action:10}" + "".join(f"{case.outcome(action, name, attempt):12}" for name in ACTORS)
        for action in actions
    ]


def must_equal(file: Path, lines: Iterable[str]) -> None:
    """Compare with the checked-in grid; after a change that is meant, GONGDAO_WRITE_GRID=1 writes it anew."""
    heading = " " * 20 + "".join(f"{name:12}" for name in ACTORS)
    drawn = "\n".join(line.rstrip() for line in (heading, *lines)) + "\n"
    if os.environ.get("GONGDAO_WRITE_GRID"):
        file.write_text(drawn, encoding="utf-8")
    assert drawn == file.read_text(encoding="utf-8")
