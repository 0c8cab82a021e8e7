"""Builders on the demo company: the smallest legal case, already where the test wants it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import (
    Category,
    Channel,
    Complaint,
    ComplaintState,
    Department,
    Penalty,
    PenaltyState,
    Person,
    Scorecard,
    ScorecardState,
    Severity,
)
from workflow import complaint as verbs
from workflow import overdue, scorecard
from workflow import penalty as penalties
from workflow.filing import Filing
from workflow.office import Office
from workflow.process import Step
from workflow.proposal import Proposal
from workflow.roles import Actor
from workflow.scorecard_batch import Results

ZONE = ZoneInfo("Asia/Shanghai")
FOUNDED = datetime(2026, 1, 1, tzinfo=ZONE).astimezone(UTC)
HOUR = timedelta(hours=1)


def moment(month: int, day: int, hour: int = 9, minute: int = 0, *, year: int = 2026) -> datetime:
    """A moment in company time."""
    return datetime(year, month, day, hour, minute, tzinfo=ZONE).astimezone(UTC)


MONDAY = moment(3, 2)

# How a case comes to a state: the acts after filing, each by whom and with what.
PATHS: dict[str, list[tuple[str, str, dict[str, Any]]]] = {
    "filed": [],
    "assigned": [("cr.sun", "assign", {})],
    "appealed": [("cr.sun", "assign", {}), ("service.ma", "appeal", {"grounds": "已出示报价单。"})],
    "ruling": [
        ("cr.sun", "assign", {}),
        ("service.ma", "appeal", {"grounds": "已出示报价单。"}),
        ("service.liu", "endorse", {"opinion": "属实"}),
    ],
    "handling": [("cr.sun", "assign", {}), ("service.liu", "accept", {})],
    "handled": [
        ("cr.sun", "assign", {}),
        ("service.liu", "accept", {}),
        ("service.liu", "complete", {"measures_taken": "当面致歉"}),
    ],
    "reported": [
        ("cr.sun", "assign", {}),
        ("service.liu", "accept", {}),
        ("service.liu", "complete", {"measures_taken": "当面致歉"}),
        ("service.liu", "report", {"result": "客户接受", "improvement_measures": "十分钟内接待"}),
    ],
    "resolved": [
        ("cr.sun", "assign", {}),
        ("service.liu", "accept", {}),
        ("service.liu", "complete", {"measures_taken": "当面致歉"}),
        ("service.liu", "report", {"result": "客户接受", "improvement_measures": "十分钟内接待"}),
        ("cr.sun", "verify", {"satisfaction": 5}),
    ],
    "voided": [
        ("cr.sun", "assign", {}),
        ("service.ma", "appeal", {"grounds": "已出示报价单。"}),
        ("service.liu", "endorse", {}),
        ("gm.zhou", "uphold", {"reason": "申诉成立"}),
    ],
    "withdrawn": [("cr.sun", "assign", {}), ("cr.sun", "withdraw", {"reason": "客户撤诉"})],
}

# How a month is closed: by whom, what, and the state that it leads to.
SCORECARD_PATH = (
    ("hr.qian", "compute", "computed"), ("service.liu", "review", "reviewed"), ("hr.qian", "verify", "verified"),
    ("gm.zhou", "approve", "approved"), ("hr.qian", "pay", "paid"),
)  # fmt: skip

# The same for a penalty after its proposal; "" is the system.
PENALTY_PATHS: dict[str, list[tuple[str, str, dict[str, Any]]]] = {
    "proposed": [],
    "heard": [("service.ma", "waive", {})],
    "submitted": [("service.ma", "waive", {}), ("service.liu", "submit", {})],
    "dropped": [("service.ma", "waive", {}), ("service.liu", "drop", {"reason": "查无实据"})],
}
PENALTY_PATHS["issued"] = [*PENALTY_PATHS["submitted"], ("gm.zhou", "approve", {})]
PENALTY_PATHS["appealed"] = [*PENALTY_PATHS["issued"], ("service.ma", "appeal", {"grounds": "检查单已填写。"})]
PENALTY_PATHS["revoked"] = [*PENALTY_PATHS["appealed"], ("gm.zhou", "revoke", {"reason": "申诉成立"})]
PENALTY_PATHS["final"] = [*PENALTY_PATHS["appealed"], ("gm.zhou", "sustain", {"reason": "事实清楚"})]
PENALTY_PATHS["settled"] = [*PENALTY_PATHS["final"], ("", "settle", {"slip": {"month": "2026-03"}})]


class Desk:
    """Acts as the people of the demo company in one session; flushes, never commits by itself."""

    def __init__(self, session: Session, at: datetime = MONDAY) -> None:
        self.session, self.now = session, at
        self.office = Office(session)

    def person(self, username: str) -> Person:
        return self.session.scalars(select(Person).filter_by(username=username)).one()

    def department(self, slug: str) -> Department:
        return self.session.scalars(select(Department).filter_by(slug=slug)).one()

    def actor(self, username: str, at: datetime | None = None) -> Actor:
        return self.office.actor(self.person(username), at or self.now)

    def filing(self, **changes: Any) -> Filing:
        """The smallest legal complaint about service.ma; `respondent` and `department` by their names."""
        respondent, department = changes.pop("respondent", "service.ma"), changes.pop("department", None)
        plain = {
            "customer_name": "郑女士",
            "customer_phone": "13800000001",
            "channel": Channel.PHONE,
            "category": Category.SERVICE_ATTITUDE,
            "severity": Severity.NORMAL,
            "description": "预约后到店等候两小时无人接待。",
            "respondent": self.person(respondent) if respondent else None,
            "department": self.department(department) if department else None,
        }
        return Filing(**{**plain, **changes})

    def file(self, by: str = "cr.sun", at: datetime | None = None, **changes: Any) -> Complaint:
        step = verbs.file(self.filing(**changes), by=self.actor(by, at), at=at or self.now)
        self.session.add(step.subject)
        self.session.flush()
        return step.subject

    def take(
        self, action: str, complaint: Complaint, by: str, at: datetime | None = None, **inputs: Any
    ) -> Step[Complaint]:
        """Take one step through its verb on the case as the database has it."""
        locked = Complaint.locked(self.session, complaint.id)
        step: Step[Complaint] = verbs.VERBS[action](locked, by=self.actor(by, at), at=at or self.now, **inputs)
        self.session.flush()
        return step

    def propose(self, by: str = "service.liu", at: datetime | None = None, **changes: Any) -> Penalty:
        """The smallest legal penalty of service.ma."""
        respondent = changes.pop("respondent", "service.ma")
        plain = {"facts": "未按流程进行交车前检查。", "rule": "CS-7", "respondent": self.person(respondent)}
        proposal = Proposal(**{**plain, **changes})
        step = penalties.propose(proposal, by=self.actor(by, at), at=at or self.now)
        self.session.add(step.subject)
        self.session.flush()
        return step.subject

    def decide(
        self, action: str, penalty: Penalty, by: str, at: datetime | None = None, **inputs: Any
    ) -> Step[Penalty]:
        """Take one step of a penalty through its verb; "" acts as the system."""
        locked = Penalty.locked(self.session, penalty.id)
        actor = self.actor(by, at) if by else self.office.system(at or self.now)
        step: Step[Penalty] = penalties.VERBS[action](locked, by=actor, at=at or self.now, **inputs)
        self.session.flush()
        return step

    def penalty(self, state: PenaltyState | str = "proposed", **changes: Any) -> Penalty:
        """A penalty of service.ma that came to `state` by the usual way, all at `self.now`."""
        penalty = self.propose(**changes)
        for by, action, inputs in PENALTY_PATHS[str(state)]:
            self.decide(action, penalty, by, **inputs)
        return Penalty.locked(self.session, penalty.id)

    def close(
        self, action: str, by: str, at: datetime | None = None, department: str | None = None, **said: Any
    ) -> Results:
        """Take one act on the scorecards of March 2026; "" acts as the system."""
        actor = self.actor(by, at) if by else self.office.system(at or self.now)
        found = self.session.scalars(select(Department).filter_by(slug=department)).one() if department else None
        said = {"month": "2026-03", "department": found} | said
        results = scorecard.VERBS[action](self.session, by=actor, at=at or self.now, **said)
        self.session.flush()
        return results

    def scorecard(self, state: ScorecardState | str = "computed", of: str = "service.ma") -> Scorecard:
        """The card of March that came to `state` by the usual way, with those of its department."""
        for by, action, reached in SCORECARD_PATH:
            self.close(action, by, department="after_sales")
            if reached == str(state):
                break
        return self.session.scalars(select(Scorecard).filter_by(month="2026-03", person_id=self.person(of).id)).one()

    def lapse(self, at: datetime) -> list[Step[Complaint]]:
        """What fell due in cases; the months that were computed beside it are another story."""
        return [step for step in overdue.carry_out(self.session, at) if not isinstance(step.subject, Scorecard)]

    def complaint(self, state: ComplaintState | str = "filed", **changes: Any) -> Complaint:
        """A complaint about service.ma that came to `state` by the usual way, all at `self.now`."""
        complaint = self.file(**changes)
        for by, action, inputs in PATHS[str(state)]:
            self.take(action, complaint, by, **inputs)
        return Complaint.locked(self.session, complaint.id)
