"""Every state × action × actor against the checked-in grid: a changed rule is a one-line difference.

After a change that is meant, write the grid anew with GONGDAO_WRITE_GRID=1.
"""

import os
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from models import Complaint, ComplaintState, Severity
from tests.builders import Desk
from workflow import roles
from workflow.complaint import COMPLAINT, VERBS
from workflow.office import Office
from workflow.process import Refused

GRID = Path(__file__).with_name("grid.txt")
ACTORS = {
    "CR": "cr.sun", "head": "service.liu", "respondent": "service.ma", "GM": "gm.zhou", "deputy": "deputy.he",
    "other head": "sales.chen", "colleague": "service.gao", "HR": "hr.qian", "admin": "admin.root", "system": None,
}  # fmt: skip
INPUTS: dict[str, dict[str, Any]] = {
    "appeal": {"grounds": "理由"}, "decline": {"reason": "理由"}, "remand": {"reason": "理由"},
    "uphold": {"reason": "理由"}, "dismiss": {"reason": "理由"}, "return": {"reason": "理由"},
    "withdraw": {"reason": "理由"}, "reopen": {"reason": "理由"},
    "vary": {"reason": "理由", "severity": Severity.MINOR}, "complete": {"measures_taken": "致歉"},
    "report": {"result": "谅解", "improvement_measures": "改善"}, "verify": {"satisfaction": 4},
    "follow_up": {"note": "满意"},
}  # fmt: skip
ACTIONS = [action for action in COMPLAINT.actions if action != "file"]


MARKS = {"moved_on": "·", "forbidden": "✗", "not_found": " "}


class Case:
    """One case in one state, loaded anew after a step that was taken and undone."""

    def __init__(self, session: Session, complaint_id: int, desk: Desk) -> None:
        self.session, self.id, self.desk = session, complaint_id, desk
        self._load()

    def _load(self) -> None:
        self.session.rollback()
        self.complaint = Complaint.locked(self.session, self.id)
        office = Office(self.session)
        self.actors = {
            name: office.actor(self.desk.person(user), self.desk.now) if user else office.system(self.desk.now)
            for name, user in ACTORS.items()
        }

    def outcome(self, action: str, name: str) -> str:
        """The state that the step leads to, or the mark of the refusal; the step is undone."""
        actor = self.actors[name]
        try:
            roles.require_sight(self.complaint, actor)
            step = VERBS[action](self.complaint, by=actor, at=self.desk.now, **INPUTS.get(action, {}))
        except Refused as refusal:
            return MARKS[refusal.code]
        reached = f"→ {step.subject.state.value}"
        self._load()
        return reached


def draw(session: Session, state: ComplaintState) -> list[str]:
    desk = Desk(session)
    complaint_id = desk.complaint(state).id
    session.commit()
    case = Case(session, complaint_id, desk)
    return [
        f"{state.value:10}{action:10}" + "".join(f"{case.outcome(action, name):12}" for name in ACTORS)
        for action in ACTIONS
    ]


def test_every_state_action_and_actor_is_as_the_grid_says(session: Session) -> None:
    """· the case has moved on   ✗ not this person's step   (blank) the case does not exist for them"""
    heading = " " * 20 + "".join(f"{name:12}" for name in ACTORS)
    lines = [heading, *(line for state in ComplaintState for line in draw(session, state))]
    drawn = "\n".join(line.rstrip() for line in lines) + "\n"
    if os.environ.get("GONGDAO_WRITE_GRID"):
        GRID.write_text(drawn, encoding="utf-8")
    assert drawn == GRID.read_text(encoding="utf-8")


def test_only_withdrawn_and_void_cases_are_final() -> None:
    assert {state.value for state in COMPLAINT.final_states()} == {"withdrawn", "voided"}
