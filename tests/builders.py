"""Builders on the demo company: the smallest legal case, already where the test wants it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Category, Channel, Complaint, ComplaintState, Department, Person, Severity
from workflow import complaint as verbs
from workflow import overdue
from workflow.filing import Filing
from workflow.office import Office
from workflow.process import Step
from workflow.roles import Actor

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

    def lapse(self, at: datetime) -> list[Step[Complaint]]:
        return overdue.carry_out(self.session, at)

    def complaint(self, state: ComplaintState | str = "filed", **changes: Any) -> Complaint:
        """A complaint about service.ma that came to `state` by the usual way, all at `self.now`."""
        complaint = self.file(**changes)
        for by, action, inputs in PATHS[str(state)]:
            self.take(action, complaint, by, **inputs)
        return Complaint.locked(self.session, complaint.id)
