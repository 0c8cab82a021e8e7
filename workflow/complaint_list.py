"""The list of complaints: which ones were asked for, in what order, and how many there are.

Counts stop at a thousand and pages at the fortieth, so that the list costs the same however many
complaints the company has had.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Executable, Select, and_, func, literal, select, union_all
from sqlalchemy.orm import Session, defer, joinedload

from models import Category, Complaint, ComplaintState, Severity
from workflow.complaint_reach import Reach, named, reach_of
from workflow.complaint_search import containing
from workflow.roles import Actor

S = ComplaintState
PAGE = 25
LAST_PAGE = 40
COUNTED = 1_000
EXPORTED = 10_000
THREE_DAYS = timedelta(days=3)

# The tabs, each with the states that it gathers.
GROUPS: Mapping[str, tuple[ComplaintState, ...]] = {
    "filed": (S.FILED,),
    "assigned": (S.ASSIGNED,),
    "appeal": (S.APPEALED, S.RULING),
    "handling": (S.HANDLING, S.HANDLED),
    "reported": (S.REPORTED,),
    "resolved": (S.RESOLVED,),
    "void": (S.VOIDED, S.WITHDRAWN),
}
CLOCKS = ("overdue", "today", "soon")
KEYS = (Complaint.id, Complaint.due_order, Complaint.year, Complaint.seq)
ORDERS: Mapping[str, Callable[[Any], tuple[Any, ...]]] = {
    "due": lambda of: (of.due_order, of.id),
    "newest": lambda of: (of.year.desc(), of.seq.desc()),
    "number": lambda of: (of.year, of.seq),
}


@dataclass(frozen=True)
class Asked:
    """What the reader wants to see; an empty field asks for everything."""

    group: str = ""
    text: str = ""
    department_id: int | None = None
    severity: Severity | None = None
    category: Category | None = None
    clock: str = ""
    sort: str = "due"
    page: int = 1

    @property
    def states(self) -> tuple[ComplaintState, ...]:
        return GROUPS.get(self.group, tuple(S))

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the tab leaves complaints out."""
        return any((self.text, self.department_id, self.severity, self.category, self.clock))


@dataclass(frozen=True)
class Count:
    """A number of complaints; beyond a thousand nobody counts them."""

    number: int
    is_more: bool = False

    def __str__(self) -> str:
        return f"{COUNTED - 1}+" if self.is_more else str(self.number)

    def __bool__(self) -> bool:
        return self.number > 0


@dataclass(frozen=True)
class Found:
    """One page of the list, with the number of complaints behind every tab."""

    complaints: list[Complaint]
    counts: dict[str, Count]
    asked: Asked
    has_more: bool
    hides_customers: bool

    @property
    def total(self) -> Count:
        return self.counts[self.asked.group]

    @property
    def first(self) -> int:
        return (self.asked.page - 1) * PAGE + 1

    @property
    def last(self) -> int:
        return self.first + len(self.complaints) - 1

    @property
    def has_next(self) -> bool:
        return self.has_more and self.asked.page < LAST_PAGE


def find(asked: Asked, *, by: Actor, at: datetime) -> Found:
    """The page asked for, of what exists for this reader."""
    reach = reach_of(by)
    narrowed = _narrowed(asked, reach, by, at)
    ids = _ids(asked, reach, narrowed, by)
    return Found(
        complaints=_loaded(ids[:PAGE], by),
        counts=_tabs(_by_state(asked, reach, narrowed, by)),
        asked=asked,
        has_more=len(ids) > PAGE,
        hides_customers=hides_customers(reach, by),
    )


def counts(asked: Asked, *, by: Actor, at: datetime) -> dict[str, Count]:
    """How many complaints of what was asked for stand behind every tab, without a page of them."""
    reach = reach_of(by)
    return _tabs(_by_state(asked, reach, _narrowed(asked, reach, by, at), by))


def everything(asked: Asked, *, by: Actor, at: datetime, most: int = EXPORTED) -> list[Complaint]:
    """All that was asked for, not only a page of it, for a download."""
    reach = reach_of(by)
    conditions = (reach.condition, *_narrowed(asked, reach, by, at), Complaint.state.in_(asked.states))
    query = _ordered(select(Complaint).where(*conditions), Complaint, asked).limit(most)
    return list(by.office.session.scalars(query.options(*_shown())))


def hides_customers(reach: Reach, actor: Actor) -> bool:
    """Whoever sees complaints as a respondent only reads none of their customers."""
    return reach.is_about_oneself and not actor.office.company.shows_customer_to_respondent


# --- what was asked for ---------------------------------------------------------------------------


def _narrowed(asked: Asked, reach: Reach, actor: Actor, at: datetime) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    for column, value in (
        (Complaint.department_id, asked.department_id),
        (Complaint.severity, asked.severity),
        (Complaint.category, asked.category),
    ):
        if value is not None:
            conditions.append(column == value)
    if asked.clock in CLOCKS:
        conditions.append(_due(asked.clock, actor, at))
    if asked.text:
        conditions.append(containing(asked.text, actor, reach))
    return conditions


def _due(clock: str, actor: Actor, at: datetime) -> ColumnElement[bool]:
    if clock == "overdue":
        return Complaint.due_order < at
    until = _end_of_day(actor, at) if clock == "today" else at + THREE_DAYS
    return and_(Complaint.due_order >= at, Complaint.due_order < until)


def _end_of_day(actor: Actor, at: datetime) -> datetime:
    calendar = actor.office.calendar
    return datetime.combine(calendar.day_of(at) + timedelta(days=1), time(), calendar.zone)


# --- a page of it ---------------------------------------------------------------------------------


def _ids(asked: Asked, reach: Reach, narrowed: Sequence[ColumnElement[bool]], actor: Actor) -> list[int]:
    """The page's complaints in order, and one more if there is more."""
    skipped = (asked.page - 1) * PAGE
    if len(parts := _parts(asked, reach)) == 1:
        query = _ordered(select(Complaint.id).where(*parts, *narrowed), Complaint, asked)
    else:
        first = [
            _ordered(select(*KEYS).where(part, *narrowed), Complaint, asked).limit(skipped + PAGE + 1).subquery()
            for part in parts
        ]
        merged = union_all(*(select(part) for part in first)).subquery()
        query = _ordered(select(merged.c.id), merged.c, asked)
    return list(actor.office.session.scalars(query.offset(skipped).limit(PAGE + 1)))


def _parts(asked: Asked, reach: Reach) -> list[ColumnElement[bool]]:
    """Conditions that do not overlap, each of which an index can serve in order; words have their own index."""
    if asked.text:
        return [and_(reach.filter, Complaint.state.in_(asked.states))]
    if reach.everything and not reach.elsewhere and not asked.group:
        return reach.ranges
    parts = [and_(way, Complaint.state == state) for way in reach.ranges for state in asked.states]
    return [*parts, named(single)] if (single := reach.elsewhere_in(asked.states)) else parts


def _ordered(query: Any, columns: Any, asked: Asked) -> Any:
    return query.order_by(*ORDERS[asked.sort](columns))


def _loaded(ids: list[int], actor: Actor) -> list[Complaint]:
    query = select(Complaint).where(Complaint.id.in_(ids)).options(*_shown())
    found = {complaint.id: complaint for complaint in actor.office.session.scalars(query)}
    return [found[key] for key in ids]


def _shown() -> tuple[Any, ...]:
    return (defer(Complaint.search_text), joinedload(Complaint.department), joinedload(Complaint.respondent))


# --- how many there are ---------------------------------------------------------------------------


def _by_state(
    asked: Asked, reach: Reach, narrowed: Sequence[ColumnElement[bool]], actor: Actor
) -> Counter[ComplaintState]:
    session = actor.office.session
    if asked.text:
        return _numbers(session, _grouped(reach.filter, *narrowed))
    counts = Counter(reach.elsewhere.values())
    if reach.elsewhere and narrowed:
        counts = _numbers(session, _grouped(named(reach.elsewhere), *narrowed))
    for way in reach.ranges:
        counts.update(_numbers(session, _at_most(way, *narrowed)))
    return counts


def _numbers(session: Session, query: Executable) -> Counter[ComplaintState]:
    return Counter(dict(session.execute(query).all()))


def _grouped(*conditions: ColumnElement[bool]) -> Select[ComplaintState, int]:
    return select(Complaint.state, func.count()).where(*conditions).group_by(Complaint.state)


def _at_most(*conditions: ColumnElement[bool]) -> CompoundSelect[ComplaintState, int]:
    """The number of complaints in each state; where there are many, counting stops at a thousand.

    Each state is a query of its own: a database then knows which of them are rare, and goes to an index.
    """
    return union_all(*(_at_most_in(state, *conditions) for state in S))


def _at_most_in(state: ComplaintState, *conditions: ColumnElement[bool]) -> Select[ComplaintState, int]:
    some = select(literal(1)).where(Complaint.state == state, *conditions).limit(COUNTED)
    number = select(func.count()).select_from(some.subquery()).scalar_subquery()
    return select(literal(state, Complaint.state.type).label("state"), number.label("number"))


def _tabs(by_state: Mapping[ComplaintState, int]) -> dict[str, Count]:
    tabs = {"": tuple(S), **GROUPS}
    return {group: _sum([by_state[state] for state in states]) for group, states in tabs.items()}


def _sum(numbers: list[int]) -> Count:
    return Count(sum(numbers), is_more=any(number >= COUNTED for number in numbers))
