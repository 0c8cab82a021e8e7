"""A month's close for a large company: computed, reviewed, verified, approved, paid; told per thousand people.

Twenty entries a head stand in the ledger, as complaints leave them. Ten times the people may take twelve times as long.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from bench.place import FOUNDED, MONDAY, Place
from models import (
    Complaint,
    Database,
    Department,
    Event,
    Letter,
    Person,
    Posting,
    RegulationVersion,
    Scorecard,
    ScorecardState,
    ScoreEntry,
)
from workflow import scorecard
from workflow.office import Office
from workflow.regulation import CS_MANAGEMENT

FEW, MANY = 1_000, 10_000
ENTRIES_A_HEAD = 20
AT_MOST = 12
MONTH = "2026-03"
CLOSING = MONDAY + timedelta(days=40)
AT_ONCE = 5_000
# Who acts, in order; heads and the general manager review in turn, each what is theirs.
ACTS = (
    ("hr.qian", "compute"), ("service.liu", "review"), ("gm.zhou", "review"), ("hr.qian", "verify"),
    ("gm.zhou", "approve"), ("hr.qian", "pay"),
)  # fmt: skip


@dataclass(frozen=True)
class Close:
    """How long a month's close took, each act and all of it."""

    people: int
    seconds: dict[str, float]

    @property
    def total(self) -> float:
        return sum(self.seconds.values())

    @property
    def per_thousand(self) -> float:
        return self.total / self.people * 1_000

    def __str__(self) -> str:
        acts = ", ".join(f"{name} {seconds:.1f}" for name, seconds in self.seconds.items())
        return f"{self.people:,} people: {self.total:.1f} s, {self.per_thousand:.2f} s per thousand ({acts})"


@dataclass(frozen=True)
class Ratio:
    """How many times as long ten times the people take."""

    many: Close
    few: Close

    @property
    def ratio(self) -> float:
        return self.many.total / self.few.total

    @property
    def is_missed(self) -> bool:
        return self.ratio > AT_MOST

    def __str__(self) -> str:
        what = f"month's close: {self.many.people:,} people against {self.few.people:,}"
        missed = "  MISSED" if self.is_missed else ""
        return f"{what:68} {self.ratio:5.2f} times  at most {AT_MOST}{missed}\n    {self.few}\n    {self.many}"


def measure(place: Place, *, few: int = FEW, many: int = MANY) -> Iterator[Ratio]:
    with place.database() as database:
        less = _close(database, few)
    with place.database() as database:
        yield Ratio(_close(database, many), less)


def _close(database: Database, people: int) -> Close:
    Staff(database, people).fill()
    # SQLite works in this very process: told by what the processor spent, other programs do not count.
    clock = time.process_time if database.engine.dialect.name == "sqlite" else time.perf_counter
    seconds: dict[str, float] = {}
    for username, action in ACTS:
        start = clock()
        with database.writing() as session:
            _act(session, username, action)
            session.commit()
        seconds[action] = seconds.get(action, 0) + clock() - start
    assert _paid(database) >= people, "the whole company has been paid"
    return Close(people, seconds)


def _act(session: Session, username: str, action: str) -> None:
    person = session.scalars(select(Person).filter_by(username=username)).one()
    scorecard.VERBS[action](session, month=MONTH, by=Office(session).actor(person, CLOSING), at=CLOSING)


def _paid(database: Database) -> int:
    with database.reading() as session:
        return len(session.scalars(select(Scorecard.id).filter_by(state=ScorecardState.PAID)).all())


class Staff:
    """Fills a database with so many employees of one department, each with twenty entries in the month."""

    def __init__(self, database: Database, people: int) -> None:
        self.database, self.people = database, people
        with database.reading() as session:
            self.officer = session.scalars(select(Person.id).filter_by(username="cr.sun")).one()
            self.department = session.scalars(select(Department.id).filter_by(slug="after_sales")).one()
            self.version = session.scalars(select(RegulationVersion.id).filter_by(slug=CS_MANAGEMENT)).one()

    def fill(self) -> None:
        for table, rows in (
            (Person, self._person), (Posting, self._posting), (Complaint, self._complaint),
            (Event, self._event), (Letter, self._letter), (ScoreEntry, self._entries),
        ):  # fmt: skip
            for first in range(1, self.people + 1, AT_ONCE):
                numbers = range(first, min(first + AT_ONCE, self.people + 1))
                with self.database.writing() as session:
                    session.execute(insert(table.__table__), [row for number in numbers for row in rows(number)])
                    session.commit()
        if self.database.engine.dialect.name == "postgresql":
            self._as_the_server_would_have_it()

    def _as_the_server_would_have_it(self) -> None:
        """Keys that were given are not given again, and the planner knows how many rows there are."""
        with self.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for name in ("person", "complaint", "event", "letter"):
                connection.execute(text(f"SELECT setval('{name}_id_seq', (SELECT max(id) FROM {name}))"))
            connection.execute(text("ANALYZE"))

    def _person(self, number: int) -> Iterator[dict[str, Any]]:
        yield {
            "id": 1_000 + number, "username": f"service.x{number}", "name": f"员工{number}", "joined_at": FOUNDED,
            "session_epoch": 1, "must_change_password": False, "language": "zh_Hans_CN", "theme": "light",
        }  # fmt: skip

    def _posting(self, number: int) -> Iterator[dict[str, Any]]:
        yield {
            "person_id": 1_000 + number, "department_id": self.department, "title": "服务顾问", "since": FOUNDED,
            "wage": 550_000, "performance_base": 200_000,
        }  # fmt: skip

    def _complaint(self, number: int) -> Iterator[dict[str, Any]]:
        """One for each of them, and for nineteen colleagues: twenty entries a head come of it."""
        yield {
            "id": number, "version": 1, "year": 2026, "seq": number, "state": "resolved", "customer_name": "郑女士",
            "channel": "phone", "category": "service_quality", "severity": "minor", "description": "返修两次。",
            "search_text": str(number), "filed_at": MONDAY, "filed_by_id": self.officer,
            "statutory_due_at": MONDAY, "department_id": self.department, "respondent_id": 1_000 + number,
            "regulation_version_id": self.version, "handling_since": MONDAY, "completed_at": MONDAY,
            "resolved_at": MONDAY, "satisfaction": 4,
        }  # fmt: skip

    def _event(self, number: int) -> Iterator[dict[str, Any]]:
        yield {
            "id": number, "complaint_id": number, "seq": 1, "action": "accept", "rule": "CS-5",
            "from_state": "assigned", "to_state": "handling", "at": MONDAY, "actor_id": self.officer,
            "signed_as": "department_head", "said": {},
            "previous_hash": "0" * 64, "hash": "0" * 64,
        }  # fmt: skip

    def _letter(self, number: int) -> Iterator[dict[str, Any]]:
        yield {
            "id": number, "event_id": number, "kind": "acceptance_notice", "series": "complaint", "year": 2026,
            "seq": number, "issued_at": MONDAY, "template_version": "2026.1", "content": {}, "digest": "0" * 64,
        }  # fmt: skip

    def _entries(self, number: int) -> Iterator[dict[str, Any]]:
        for nth in range(ENTRIES_A_HEAD):
            colleague = (number + nth * 37) % self.people + 1
            yield {
                "event_id": number, "person_id": 1_000 + colleague, "kind": f"respondent-{nth}", "points": -1,
                "month": MONTH, "status": "final",
            }  # fmt: skip
