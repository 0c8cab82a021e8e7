"""Many complaints at once, in bulk: rows as the product would have left them, but for their letters' words."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import insert, select, text

from bench.place import FOUNDED, MONDAY
from models import Complaint, Database, Department, Event, Letter, LetterRecipient, Person, RegulationVersion
from workflow.regulation import CS_MANAGEMENT
from workflow.search import search_text

AT_ONCE = 5_000
# What grows over the years is what is closed: the newest of many complaints are under way, as of few.
UNDER_WAY = 300
OPEN = (("filed", "assign"), ("assigned", "answer"), ("handling", "complete"))
CLOSED = ("resolved", None)
WORDS = (
    "预约后到店等候两小时无人接待", "空调异响返修两次未好", "交车日期一再推迟", "维修前未告知额外收费",
    "贴膜起泡要求返工", "配件到货一再推迟", "喷漆色差明显", "称销售顾问态度生硬", "结算单重复填写",
    "更换刹车片后有噪音",
)  # fmt: skip
NAMES = ("郑女士", "王先生", "李女士", "陈先生", "谢先生", "何女士", "曹先生", "顾女士")


class Crowd:
    """Fills a database with `count` complaints."""

    def __init__(self, database: Database, count: int) -> None:
        self.database, self.count = database, count
        with database.reading() as session:
            self.people = {person.username: person.id for person in session.scalars(select(Person))}
            self.departments = {d.slug: d.id for d in session.scalars(select(Department))}
            self.version = session.scalars(select(RegulationVersion.id).filter_by(slug=CS_MANAGEMENT)).one()
        self.respondents = [
            (self.people[name], self.departments[slug], self.people[head])
            for name, slug, head in (
                ("service.ma", "after_sales", "service.liu"), ("service.gao", "after_sales", "service.liu"),
                ("sales.wang", "sales", "sales.chen"), ("detailing.guo", "detailing", "detailing.xu"),
                ("parts.yuan", "parts", "parts.deng"),
            )
        ]  # fmt: skip

    def fill(self) -> None:
        for first in range(1, self.count + 1, AT_ONCE):
            numbers = range(first, min(first + AT_ONCE, self.count + 1))
            with self.database.writing() as session:
                session.execute(insert(Complaint.__table__), list(map(self._complaint, numbers)))
                session.execute(insert(Event.__table__), [row for number in numbers for row in self._events(number)])
                session.execute(insert(Letter.__table__), list(map(self._letter, numbers)))
                session.execute(
                    insert(LetterRecipient.__table__), [row for number in numbers for row in self._recipients(number)]
                )
                session.commit()
        if self.database.engine.dialect.name == "postgresql":
            with self.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("ANALYZE"))

    def _filed_at(self, number: int) -> datetime:
        return FOUNDED + (MONDAY - FOUNDED) * number / (self.count + 1)

    def _complaint(self, number: int) -> dict[str, Any]:
        state, clock = OPEN[number * 7 % len(OPEN)] if number > self.count - UNDER_WAY else CLOSED
        respondent, department, _ = self.respondents[number % len(self.respondents)]
        filed, closed = self._filed_at(number), state == "resolved"
        return {
            "id": number, "version": 1, "year": 2026, "seq": number, "state": state,
            "customer_name": NAMES[number % len(NAMES)], "customer_phone": f"138{number:08}",
            "phone_digits": f"138{number:08}", "vehicle_model": "星程 X5 2.0T", "channel": "phone",
            "category": "service_quality", "severity": ("minor", "normal", "major")[number % 3],
            "description": WORDS[number % len(WORDS)], "filed_at": filed,
            "search_text": f"{_searched(number % len(WORDS))} {number}",
            "filed_by_id": self.people["cr.sun"], "statutory_due_at": filed + timedelta(days=9),
            "department_id": department, "respondent_id": respondent, "regulation_version_id": self.version,
            "handling_since": filed if closed or state == "handling" else None,
            "completed_at": filed if closed else None, "resolved_at": filed if closed else None,
            "satisfaction": 4 if closed else None, "clock": clock, "clock_started_at": filed if clock else None,
            "due_at": MONDAY + timedelta(minutes=37 * (number % UNDER_WAY) - 2_000) if clock else None,
        }  # fmt: skip

    def _events(self, number: int) -> Iterator[dict[str, Any]]:
        at, officer = self._filed_at(number), self.people["cr.sun"]
        for seq, (action, start, end) in enumerate((("file", None, "filed"), ("assign", "filed", "assigned")), start=1):
            yield {
                "id": 2 * number + seq, "complaint_id": number, "seq": seq, "action": action, "rule": "CS-2",
                "from_state": start, "to_state": end, "at": at, "actor_id": officer, "signed_as": "customer_relations",
                "said": {}, "previous_hash": "0" * 64, "hash": "0" * 64,
            }  # fmt: skip

    def _letter(self, number: int) -> dict[str, Any]:
        return {
            "id": number, "event_id": 2 * number + 2, "kind": "complaint_form", "series": "complaint", "year": 2026,
            "seq": number, "issued_at": self._filed_at(number), "template_version": "2026.1", "content": {},
            "digest": "0" * 64,
        }  # fmt: skip

    def _recipients(self, number: int) -> Iterator[dict[str, Any]]:
        """The newest letters still wait to be acknowledged; customer relations get copies."""
        respondent, _, head = self.respondents[number % len(self.respondents)]
        read = self._filed_at(number) if number <= self.count - 20 else None
        for position, person in enumerate((head, respondent, self.people["cr.sun"])):
            yield {
                "letter_id": number, "person_id": person, "position": position, "copied": position == 2,
                "acknowledged_at": read,
            }  # fmt: skip


@cache
def _searched(words: int) -> str:
    return search_text(Complaint(year=2026, seq=1, customer_name="郑女士", description=WORDS[words]))
