"""A quarter's assessment of a large company: so many answers and cases, summed by the database, its results stored.

Ten times the rows of the same thousand people may take twelve times as long; pages read what is stored, and so take as
long as before.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from bench.lists import client
from bench.place import FOUNDED, MONDAY, ZONE, Place
from bench.telling import Finding, Work, in_turns
from models import Assessment, AssessmentRow, Complaint, Database, Department, Person, Posting, RegulationVersion
from workflow import assessment_run, packs
from workflow.assessment_period import Period
from workflow.assessment_shape import SubjectKind
from workflow.office import Office
from workflow.regulation import CS_MANAGEMENT

REGULATION, QUARTER = "loyalty", Period.named("2026-Q1")
PEOPLE, AT_MOST, AT_ONCE = 1_000, 12, 5_000
ANSWERS, CASES = 1_000_000, 100_000
TURNS, PAGE_AT_MOST = 7, 1.5
OWNER, HEAD = "cr.lin", "service.liu"


@dataclass(frozen=True)
class Ratio:
    """How many times as long ten times the rows take."""

    rows: int
    many: float
    few: float

    @property
    def ratio(self) -> float:
        return self.many / self.few

    @property
    def is_missed(self) -> bool:
        return self.ratio > AT_MOST

    def __str__(self) -> str:
        what = f"quarter's assessment of {PEOPLE:,} people: {self.rows:,} rows against a tenth"
        missed = "  MISSED" if self.is_missed else ""
        seconds = f"\n    {self.few:.1f} s, {self.many:.1f} s"
        return f"{what:68} {self.ratio:5.2f} times  at most {AT_MOST}{missed}{seconds}"


def measure(place: Place, *, answers: int = ANSWERS, cases: int = CASES) -> Iterator[Ratio | Finding]:
    with ExitStack() as stack:
        few, many = (stack.enter_context(place.database()) for _ in range(2))
        Quarter(few, answers // 10, cases // 10).fill()
        Quarter(many, answers, cases).fill()
        less = _assess(few)
        yield Ratio(answers + cases, _assess(many), less)
        for reader in (OWNER, HEAD):
            at_few, at_many = (_opening(place, database, reader) for database in (few, many))
            more, less_time = in_turns(at_many, at_few, TURNS)
            yield Finding(f"assessment's page of {reader}: {answers:,} answers", more, less_time, PAGE_AT_MOST)


def _assess(database: Database) -> float:
    """How long opening and computing it took."""
    # SQLite works in this very process: told by what the processor spent, other programs do not count.
    clock = time.process_time if database.engine.dialect.name == "sqlite" else time.perf_counter
    start = clock()
    with database.writing() as session:
        of = _open(session)
        assessment_run.compute(session, of, zone=ZONE, at=MONDAY)
        session.commit()
    spent = clock() - start
    with database.reading() as session:
        found = assessment_run.results(session, session.scalars(select(Assessment)).one())
        shown = [line.shown for each in found for line in each.results if line.measure == "nps"]
        assert sum(each is not None for each in shown) == PEOPLE, "everybody has a result"
    return spent


def _open(session: Session) -> Assessment:
    owner = session.scalars(select(Person).filter_by(username=OWNER)).one()
    by = Office(session).actor(owner, MONDAY)
    return assessment_run.open_(
        session, packs.assessment(REGULATION), QUARTER, SubjectKind.PERSON, scheme=None, by=by, at=MONDAY
    )


def _opening(place: Place, database: Database, reader: str) -> Callable[[int], Work]:
    browser = client(database, place.folder, reader)

    def open_page() -> None:
        answer = browser.get("/assessments/1")
        assert answer.status_code == 200, answer.status_code

    return lambda _turn: open_page


class Quarter:
    """Fills a database with people of one department, and their answers and complaints in a quarter."""

    def __init__(self, database: Database, answers: int, cases: int) -> None:
        self.database, self.answers, self.cases = database, answers, cases
        with database.reading() as session:
            self.officer = session.scalars(select(Person.id).filter_by(username="cr.sun")).one()
            self.department = session.scalars(select(Department.id).filter_by(slug="after_sales")).one()
            self.version = session.scalars(select(RegulationVersion.id).filter_by(slug=CS_MANAGEMENT)).one()

    def fill(self) -> None:
        for table, row, count in (
            (Person, self._person, PEOPLE), (Posting, self._posting, PEOPLE), (AssessmentRow, self._served, PEOPLE),
            (AssessmentRow, self._answer, self.answers), (Complaint, self._complaint, self.cases),
        ):  # fmt: skip
            for first in range(0, count, AT_ONCE):
                rows = [row(number) for number in range(first, min(first + AT_ONCE, count))]
                with self.database.writing() as session:
                    session.execute(insert(table.__table__), rows)
                    session.commit()
        with self.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))

    def _person(self, number: int) -> dict[str, Any]:
        return {
            "id": 1_000 + number, "username": f"service.x{number}", "name": f"员工{number}", "joined_at": FOUNDED,
            "session_epoch": 1, "must_change_password": False, "language": "zh_Hans_CN", "theme": "light",
        }  # fmt: skip

    def _posting(self, number: int) -> dict[str, Any]:
        return {
            "person_id": 1_000 + number, "department_id": self.department, "title": "服务顾问", "since": FOUNDED,
            "wage": 550_000, "performance_base": 200_000,
        }  # fmt: skip

    def _served(self, number: int) -> dict[str, Any]:
        return self._row("served", number, {"customers": 500})

    def _answer(self, number: int) -> dict[str, Any]:
        return self._row("answers", number, {"likelihood": number * 7919 % 11})

    def _row(self, source: str, number: int, values: dict[str, int]) -> dict[str, Any]:
        return {
            "regulation": REGULATION, "source": source, "key": str(number), "person_id": 1_000 + number % PEOPLE,
            "counts_on": _day(number), "values": {key: Decimal(value) for key, value in values.items()},
            "at": MONDAY, "by_id": self.officer,
        }  # fmt: skip

    def _complaint(self, number: int) -> dict[str, Any]:
        return {
            "id": number + 1, "version": 1, "year": 2026, "seq": number + 1, "state": "resolved",
            "customer_name": "郑女士", "channel": "phone", "category": "service_quality", "severity": "minor",
            "description": "返修两次。", "search_text": str(number), "filed_at": MONDAY, "filed_by_id": self.officer,
            "statutory_due_at": MONDAY, "department_id": self.department, "respondent_id": 1_000 + number % PEOPLE,
            "regulation_version_id": self.version, "handling_since": MONDAY, "completed_at": MONDAY,
            "resolved_at": MONDAY, "satisfaction": 4,
        }  # fmt: skip


def _day(number: int) -> date:
    return QUARTER.first_day + timedelta(days=number // PEOPLE % 90)
