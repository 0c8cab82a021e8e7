"""A step through the engine, as a page takes it, against the same rows written by bare Core statements.

The engine locks and loads the case, asks the guards, writes event, points, letter, recipients, order and
notices, starts the clock, takes the numbers and commits. The bare statements write the rows of a twin
case, known beforehand to the last value, in one transaction.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import Table, insert, select, update
from sqlalchemy.orm import Session

from bench.place import MONDAY, Place
from bench.telling import WARMING_UP, Finding, in_turns
from models import (
    Category,
    Channel,
    Complaint,
    Database,
    Event,
    Letter,
    LetterCode,
    LetterRecipient,
    Notice,
    NumberSeries,
    Order,
    Person,
    ScoreEntry,
    Severity,
)
from workflow import complaint as verbs
from workflow.filing import Filing
from workflow.office import Office

TURNS, AT_MOST = 20, 6
HOUR = timedelta(hours=1)
# The acts that are measured, each with what brings the case there: by whom and with what.
COURSE: list[tuple[str, str, dict[str, Any]]] = [
    ("cr.sun", "assign", {}),
    ("service.liu", "accept", {"violation": True}),
    ("service.liu", "complete", {"measures_taken": "当面致歉，补做免费检测。"}),
]


def measure(place: Place) -> Iterator[Finding]:
    for position, (_, action, _) in enumerate(COURSE):
        with place.database() as database:
            yield _measure(database, position, f"{action}: engine against bare statements")


def _measure(database: Database, position: int, what: str) -> Finding:
    count = TURNS + WARMING_UP
    model, *ours = cases_before(database, position, count + 1)
    twins, rows = cases_before(database, position, count), Rows(database, model, position)
    engine, bare = in_turns(
        lambda turn: _ready(database, ours[turn], position), lambda turn: partial(rows.write, twins[turn]), TURNS
    )
    return Finding(what, engine, bare, AT_MOST)


def cases_before(database: Database, position: int, count: int) -> list[int]:
    """New complaints that stand right before the act at this place of the course."""
    cases = [_file(database) for _ in range(count)]
    for case in cases:
        for before in range(position):
            _step(database, case, before)
    return cases


def _file(database: Database) -> int:
    with database.writing() as session:
        filing = Filing(
            "郑女士", Channel.PHONE, Category.SERVICE_ATTITUDE, Severity.NORMAL, "预约后到店等候两小时无人接待。",
            customer_phone="13800000001", respondent=_person(session, "service.ma"),
        )  # fmt: skip
        step = verbs.file(filing, by=Office(session).actor(_person(session, "cr.sun"), MONDAY), at=MONDAY)
        session.add(step.subject)
        session.commit()
        return step.subject.id


def _step(database: Database, case: int, position: int) -> None:
    _ready(database, case, position)()


def _ready(database: Database, case: int, position: int) -> Callable[[], None]:
    """One act as a page takes it: the reader is known, then lock, act, commit."""
    username, action, inputs = COURSE[position]
    at, session = MONDAY + (position + 1) * HOUR, database.session(writes=True)
    person = _person(session, username)

    def step() -> None:
        with session:
            actor = Office(session).actor(person, at)
            verbs.VERBS[action](Complaint.locked(session, case), by=actor, at=at, **inputs)
            session.commit()

    return step


def _person(session: Session, username: str) -> Person:
    return session.scalars(select(Person).where(Person.username == username)).one()


class Rows:
    """The rows that one step has written, ready to be written again for another case."""

    def __init__(self, database: Database, model: int, position: int) -> None:
        before = _row(database, model)
        _step(database, model, position)
        after = _row(database, model)
        self.engine = database.session(writes=True).get_bind()
        self.changed = {key: value for key, value in after.items() if value != before[key] and key != "due_order"}
        self.number = 1_000_000
        with database.reading() as session:
            self._remember(session, model)

    def _remember(self, session: Session, case: int) -> None:
        event = session.scalars(select(Event.id).where(Event.complaint_id == case).order_by(Event.seq.desc())).first()
        letter = session.scalars(select(Letter.id).where(Letter.event_id == event)).one()
        [self.event] = _values(session, Event, id=event)
        [self.letter] = _values(session, Letter, id=letter)
        [self.order] = _values(session, Order, event_id=event)
        self.recipients = _values(session, LetterRecipient, letter_id=letter)
        self.notices = _values(session, Notice, event_id=event)
        self.entries = _values(session, ScoreEntry, event_id=event)
        self.confirms = bool(_values(session, ScoreEntry, confirmed_by_id=event))

    def write(self, case: int) -> None:
        """The same rows for `case` in one transaction, their values known."""
        self.number += 1
        with self.engine.begin() as connection:
            execute = connection.execute
            execute(update(Complaint.__table__).where(Complaint.__table__.c.id == case).values(**self.changed))
            event = _insert(execute, Event, self.event, complaint_id=case)
            self._numbers(execute)
            letter = _insert(execute, Letter, self.letter, event_id=event, seq=self.number)
            _insert(execute, LetterCode, {"code": f"{self.number:012d}"}, letter_id=letter)
            _insert(execute, Order, self.order, event_id=event, letter_id=letter)
            self._all(execute, LetterRecipient.__table__, self.recipients, letter_id=letter)
            self._all(execute, Notice.__table__, self.notices, event_id=event)
            self._all(execute, ScoreEntry.__table__, self.entries, event_id=event)
            if self.confirms:
                self._confirm(execute, case, event)

    def _numbers(self, execute: Callable[..., Any]) -> None:
        series = NumberSeries.__table__
        execute(
            update(series)
            .where(series.c.series == self.letter["series"], series.c.year == self.letter["year"])
            .values(last=series.c.last + 1)
            .returning(series.c.last)
        ).scalar_one()

    def _all(self, execute: Callable[..., Any], table: Table, rows: list[dict[str, Any]], **named: int) -> None:
        if rows:
            execute(insert(table), [row | named for row in rows])

    def _confirm(self, execute: Callable[..., Any], case: int, event: int) -> None:
        entries, events = ScoreEntry.__table__, Event.__table__
        of_the_case = select(events.c.id).where(events.c.complaint_id == case)
        execute(
            update(entries)
            .where(entries.c.event_id.in_(of_the_case), entries.c.status == "provisional")
            .values(status="final", confirmed_by_id=event)
        )


def _insert(execute: Callable[..., Any], model: Any, row: dict[str, Any], **named: int) -> int:
    key: int = execute(insert(model.__table__).values(**row | named)).inserted_primary_key[0]
    return key


def _row(database: Database, key: int) -> dict[str, Any]:
    with database.reading() as session:
        [row] = _values(session, Complaint, id=key)
        return row


def _values(session: Session, model: Any, **where: Any) -> list[dict[str, Any]]:
    """The rows as they stand, without the keys that the database gives them."""
    table = model.__table__
    query = select(table).where(*(table.c[name] == value for name, value in where.items()))
    return [{key: value for key, value in row.items() if key != "id"} for row in session.execute(query).mappings()]
