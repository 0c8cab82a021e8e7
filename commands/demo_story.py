"""Tells the demo's lately: the cases of demo/story.yaml, through the same verbs as the pages, in the
order in which they happened. Times count back from the moment it is told.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from commands.demo_files import Files
from models import (
    Category,
    Channel,
    Complaint,
    Department,
    Event,
    Letter,
    LetterRecipient,
    Notice,
    Person,
    Severity,
)
from workflow import overdue, readable_yaml, remark
from workflow.complaint import VERBS, file
from workflow.filing import Filing
from workflow.office import Office
from workflow.roles import Actor
from workflow.working_days import WorkingDays

STORY = Path(__file__).resolve().parent.parent / "demo" / "story.yaml"
KINDS = {"channel": Channel, "category": Category, "severity": Severity}
HOUR = timedelta(hours=1)
# What is older than this has been read and acknowledged by nearly everybody.
LATELY = timedelta(days=3)
STILL_UNREAD = 7


@dataclass(frozen=True)
class Act:
    """One act of the story: when, in which case, what."""

    at: datetime
    case: int
    said: dict[str, Any]

    @property
    def is_filing(self) -> bool:
        return "do" not in self.said


def read(now: datetime, calendar: WorkingDays) -> list[Act]:
    """Every act of the story in the order of time, told from `now`."""
    days = Days(now, calendar)
    acts = [Act(days.moment(said["at"]), number, said) for number, case in enumerate(_cases()) for said in _said(case)]
    return sorted(acts, key=lambda act: act.at)


@cache
def _cases() -> Any:
    return readable_yaml.load(STORY.read_text(encoding="utf-8"))


def _said(case: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield case["file"]
    yield from case.get("steps", ())


class Days:
    """Turns “-12 09:20”, “20h” and “70m” into moments before now."""

    def __init__(self, now: datetime, calendar: WorkingDays) -> None:
        self.now, self.calendar = now, calendar
        self.past = _working_days_before(calendar.day_of(now), calendar)
        self.known: list[date] = []

    def moment(self, text: str) -> datetime:
        if text.endswith("h"):
            return self.now - int(text[:-1]) * HOUR
        if text.endswith("m"):
            return self.now - timedelta(minutes=int(text[:-1]))
        back, clock = text.split()
        return datetime.combine(self._day(-int(back)), time.fromisoformat(clock), self.calendar.zone)

    def _day(self, back: int) -> date:
        while len(self.known) < back:
            self.known.append(next(self.past))
        return self.known[back - 1]


def _working_days_before(day: date, calendar: WorkingDays) -> Iterator[date]:
    while True:
        day -= timedelta(days=1)
        if calendar.is_working(day):
            yield day


class Story:
    """Acts for the people of the demo company in one session; the caller commits."""

    def __init__(self, session: Session, files: Files, now: datetime) -> None:
        self.session, self.files, self.now = session, files, now
        self.office = Office(session)
        self.staff = self.office.staff(now)
        self.people = {person.username: person for person in session.scalars(select(Person))}
        self.departments = {department.slug: department for department in session.scalars(select(Department))}
        self.cases: dict[int, int] = {}

    def tell(self) -> None:
        acts = read(self.now, self.office.calendar)
        for act in acts:
            self._let_lapse(act.at)
            self._file(act) if act.is_filing else self._take(act)
            self.session.flush()
        self._let_lapse(self.now)
        _read_and_acknowledge(self.session, self.now - LATELY)

    def _let_lapse(self, at: datetime) -> None:
        overdue.carry_out(self.session, at)

    def _file(self, act: Act) -> None:
        said = self._inputs(act)
        filing = Filing(**{"description": None, **said})
        complaint = file(filing, by=self._actor(act), at=act.at).subject
        self.session.add(complaint)
        self.session.flush()
        self.cases[act.case] = complaint.id

    def _take(self, act: Act) -> None:
        complaint = Complaint.locked(self.session, self.cases[act.case])
        verb = remark.remark if act.said["do"] == "remark" else VERBS[act.said["do"]]
        verb(complaint, by=self._actor(act), at=act.at, **self._inputs(act))

    def _actor(self, act: Act) -> Actor:
        # Nobody changes places in the story, so that one look at the staff will do.
        return Actor(self.people[act.said["as"]], replace(self.staff, at=act.at), self.office)

    def _inputs(self, act: Act) -> dict[str, Any]:
        given = {key: value for key, value in act.said.items() if key not in ("at", "as", "do", "files")}
        inputs = {key: self._input(key, value, act) for key, value in given.items()}
        if names := act.said.get("files"):
            inputs["evidence"] = [self.files.picture(name) for name in names]
        return inputs

    def _input(self, key: str, value: Any, act: Act) -> Any:
        if key in KINDS:
            return KINDS[key](value)
        match key:
            case "respondent" | "improvement_owner":
                return self.people[value]
            case "department":
                return self.departments[value]
            case "improvement_due":
                return self.office.calendar.day_of(act.at) + timedelta(days=value)
        return value


def _read_and_acknowledge(session: Session, before: datetime) -> None:
    """What came before this moment was read within the hour; here and there somebody still has not signed."""
    for notice in session.scalars(select(Notice).join(Notice.event).where(Event.at < before)):
        notice.read_at = before
    letters = select(LetterRecipient, Letter.issued_at).join(LetterRecipient.letter).where(Letter.issued_at < before)
    for recipient, issued_at in session.execute(letters):
        if (recipient.letter_id + recipient.person_id) % STILL_UNREAD:
            recipient.acknowledged_at = issued_at + HOUR
    session.flush()
