"""Tells the demo's lately: the cases of demo/story.yaml and penalties.yaml, through the same verbs as the
pages, in the order in which they happened. Times count back from the moment it is told.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cache, partial
from itertools import chain
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from commands import demo_inspections
from commands.demo_after_sales import AfterSales
from commands.demo_books import Books
from commands.demo_customers import Customers
from commands.demo_files import Files
from commands.demo_plans import Plans
from commands.demo_ranking import Ranking
from commands.demo_surveys import Surveys
from models import (
    Category,
    Channel,
    Complaint,
    Department,
    Event,
    Letter,
    LetterRecipient,
    Notice,
    Penalty,
    Person,
    RegulationAcknowledgement,
    RegulationVersion,
    Severity,
)
from workflow import complaint, dismissal, overdue, penalty, readable_yaml, remark
from workflow.filing import Filing
from workflow.office import Office
from workflow.proposal import Proposal
from workflow.roles import Actor
from workflow.working_days import WorkingDays

DEMO = Path(__file__).resolve().parent.parent / "demo"
FILES = ("story.yaml", "penalties.yaml")
KINDS = {"channel": Channel, "category": Category, "severity": Severity}
HOUR = timedelta(hours=1)
# What is older than this has been read and acknowledged by nearly everybody.
LATELY = timedelta(days=3)
STILL_UNREAD = 7
# After the midnight that begins New Year's Day, on which the edition comes into force.
FIRST_WORKING_HOUR = timedelta(days=1, hours=9)
# Who has not acknowledged the regulation yet.
NOT_ACKNOWLEDGED = ("sales.zhao", "parts.yuan")


@dataclass(frozen=True)
class Act:
    """One act of the story: when, in which case, what."""

    at: datetime
    case: int
    said: dict[str, Any]

    @property
    def opens_a_case(self) -> bool:
        return "do" not in self.said


def read(now: datetime, calendar: WorkingDays) -> list[Act]:
    """Every act of the story in the order of time, told from `now`."""
    days = Days(now, calendar)
    acts = [Act(days.moment(said["at"]), number, said) for number, case in enumerate(_cases()) for said in _said(case)]
    return sorted(acts, key=lambda act: act.at)


@cache
def _cases() -> Any:
    return [case for name in FILES for case in readable_yaml.load((DEMO / name).read_text(encoding="utf-8"))]


def _said(case: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A complaint begins with `file`, a penalty with `propose`."""
    yield case.get("file") or case["propose"]
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
        self.books = Books(session, self.office, self.people, now)
        self.plans = Plans(
            session, self.office, self.people, self.departments, Days(now, self.office.calendar).moment, self._as
        )
        self.cases: dict[int, Complaint | Penalty] = {}

    def tell(self) -> None:
        _acknowledge_the_regulation(self.session)
        surveys = Surveys(self.session, self.office, self.people, self.files, self.now)
        acts = [(act.at, partial(self._carry_out, act)) for act in read(self.now, self.office.calendar)]
        follows = (told(self.session, self.office, self.people, self.now) for told in (Ranking, AfterSales))
        told = (
            self.books.deeds(), self._customers().deeds(), self.plans.deeds(), surveys.deeds(_cases()),
            *(each.deeds() for each in follows),
        )  # fmt: skip
        for at, deed in sorted([*acts, *chain.from_iterable(told)], key=lambda each: each[0]):
            self._let_lapse(at)
            deed()
            self.session.flush()
        self._let_lapse(self.now)
        _read_and_acknowledge(self.session, self.now - LATELY)
        demo_inspections.tell(self.session, self.office, self.people, self.files, self.now)

    def _customers(self) -> Customers:
        complaints = {case["file"]["customer_name"]: case["file"] for case in _cases() if "file" in case}
        days = Days(self.now, self.office.calendar)
        return Customers(self.session, self.office, self.people, complaints, days.moment)

    def _carry_out(self, act: Act) -> None:
        self._open(act) if act.opens_a_case else self._take(act)

    def _let_lapse(self, at: datetime) -> None:
        overdue.carry_out(self.session, at)

    def _open(self, act: Act) -> None:
        said, actor = self._inputs(act), self._actor(act)
        if "facts" in said:
            # The examination of a dismissal asks whether the earlier decisions were served before this offence.
            self.books.serve_what_was_not_signed()
            _read_and_acknowledge(self.session, act.at - LATELY)
            case: Complaint | Penalty = penalty.propose(Proposal(**said), by=actor, at=act.at).subject
        else:
            case = complaint.file(Filing(**{"description": None, **said}), by=actor, at=act.at).subject
        self.session.add(case)
        self.session.flush()
        self.cases[act.case] = case

    def _take(self, act: Act) -> None:
        opened, action = self.cases[act.case], act.said["do"]
        if isinstance(opened, Penalty):
            verb, case = penalty.VERBS[action], Penalty.locked(self.session, opened.id)
        else:
            verb = remark.remark if action == "remark" else complaint.VERBS[action]  # type: ignore[assignment]
            case = Complaint.locked(self.session, opened.id)  # type: ignore[assignment]
        verb(case, by=self._actor(act), at=act.at, **self._inputs(act))

    def _complaint_of(self, customer: str) -> Complaint:
        """The complaint of this customer, with what a penalty reads of it."""
        told = [case for case in self.cases.values() if isinstance(case, Complaint) and case.customer_name == customer]
        return Complaint.locked(self.session, told[0].id)

    def _actor(self, act: Act) -> Actor:
        return self._as(act.said["as"], act.at)

    def _as(self, username: str, at: datetime) -> Actor:
        # Nobody changes places in the story, so that one look at the staff will do.
        return Actor(self.people[username], replace(self.staff, at=at), self.office)

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
            case "complaint":
                return self._complaint_of(value)
            case "occurred_on":
                return self.office.calendar.day_of(act.at) - timedelta(days=value)
            case "rework_cost":
                return round(value * 100) if act.opens_a_case else value
            case "improvement_due":
                return self.office.calendar.day_of(act.at) + timedelta(days=value)
        return value


def _read_and_acknowledge(session: Session, before: datetime) -> None:
    """What came before this moment was read within the hour; here and there somebody still has not signed,
    but every decision on a penalty was signed or served otherwise."""
    unread = select(Notice).join(Notice.event).where(Event.at < before, Notice.read_at.is_(None))
    for notice in session.scalars(unread):
        notice.read_at = before
    letters = select(LetterRecipient, Letter.issued_at).join(LetterRecipient.letter).where(Letter.issued_at < before)
    letters = letters.where(LetterRecipient.acknowledged_at.is_(None), ~Letter.services.any())
    for recipient, issued_at in session.execute(letters):
        is_decision = recipient.letter.kind in dismissal.DECISIONS
        if is_decision or (recipient.letter_id + recipient.person_id) % STILL_UNREAD:
            recipient.acknowledged_at = issued_at + HOUR
    session.flush()


def _acknowledge_the_regulation(session: Session) -> None:
    """Nearly everybody has acknowledged the edition in the days after they came; who has not is listed."""
    version = session.scalars(select(RegulationVersion).order_by(RegulationVersion.number)).first()
    assert version is not None, "the company is founded with its regulation"
    for person in session.scalars(select(Person).order_by(Person.id)):
        if person.username not in NOT_ACKNOWLEDGED:
            at = max(version.stored_at, person.joined_at) + FIRST_WORKING_HOUR + person.id * timedelta(minutes=20)
            known = RegulationAcknowledgement(version_id=version.id, person_id=person.id, acknowledged_at=at)
            session.add(known)
    session.flush()
