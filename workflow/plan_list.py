"""Lists of improvement plans: tabs, filters and pages of what exists for one reader.

Every query goes through `plan_roles.visible_to`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import joinedload

from models import Person, Plan, PlanSource, PlanState
from workflow import plan_returns, plan_roles
from workflow.roles import Actor

S = PlanState
PAGE, LAST_PAGE, LONGEST = 25, 400, 100
GROUPS: Mapping[str, tuple[PlanState, ...]] = {
    "working": (S.WORKING,),
    "done": (S.DONE,),
    "effective": (S.EFFECTIVE,),
    "dropped": (S.DROPPED,),
}
SOURCES = tuple(source.value for source in PlanSource)
CLOCKS = ("overdue", "returned")


@dataclass(frozen=True)
class Asked:
    """What the reader wants to see; an empty field asks for everything."""

    group: str = ""
    text: str = ""
    department_id: int | None = None
    owner_id: int | None = None
    source: str = ""
    clock: str = ""
    page: int = 1

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the tab leaves plans out."""
        return any((self.text, self.department_id, self.owner_id, self.source, self.clock))


@dataclass(frozen=True)
class Found:
    """One page of the list, with the number of plans behind every tab."""

    plans: list[Plan]
    counts: dict[str, int]
    asked: Asked
    has_next: bool

    @property
    def total(self) -> int:
        return self.counts[self.asked.group]

    @property
    def first(self) -> int:
        return (self.asked.page - 1) * PAGE + 1

    @property
    def last(self) -> int:
        return self.first + len(self.plans) - 1


def find(asked: Asked, *, by: Actor, at: datetime) -> Found:
    """The page asked for, of what exists for this reader."""
    rows = list(by.office.session.scalars(_rows(asked, by, at).offset((asked.page - 1) * PAGE).limit(PAGE + 1)))
    return Found(rows[:PAGE], _counts(asked, by, at), asked, len(rows) > PAGE and asked.page < LAST_PAGE)


def counts(asked: Asked, *, by: Actor, at: datetime) -> dict[str, int]:
    """How many plans of what was asked for stand behind every tab."""
    return _counts(asked, by, at)


def everything(asked: Asked, *, by: Actor, at: datetime, most: int) -> list[Plan]:
    """What a download holds: the whole list as it was narrowed, at most so many."""
    return list(by.office.session.scalars(_rows(asked, by, at).limit(most)))


def owned(by: Actor) -> list[Plan]:
    """What the person has to work on or to see through, soonest first."""
    assert by.person is not None
    mine = plan_roles.owned_by([by.person], still=True)
    running = Plan.state.in_((S.WORKING, S.DONE))
    query = _ordered(select(Plan).where(running, mine, plan_roles.visible_to(by)))
    return list(by.office.session.scalars(query))


def of_complaint(complaint_id: int, by: Actor) -> list[Plan]:
    """The plans that came from this case or were reopened by it, of those that exist for the reader."""
    linked = Plan.customers.any(complaint_id=complaint_id)
    query = select(Plan).where(linked, plan_roles.visible_to(by)).options(joinedload(Plan.owner))
    return list(by.office.session.scalars(query.order_by(Plan.id.desc())))


def containing(text: str, _actor: Actor) -> ColumnElement[bool]:
    """By the number or by words of the title."""
    typed = text.strip()[:LONGEST]
    named = Plan.by_number(typed).with_only_columns(Plan.id)
    return or_(Plan.title.contains(typed, autoescape=True), Plan.id.in_(named))


def _rows(asked: Asked, by: Actor, at: datetime) -> Select[Plan]:
    query = select(Plan).where(plan_roles.visible_to(by), *_narrowed(asked, by, at))
    if asked.group:
        query = query.where(Plan.state.in_(GROUPS[asked.group]))
    return _ordered(query).options(joinedload(Plan.owner), joinedload(Plan.department), joinedload(Plan.complaint))


def _ordered(query: Select[Plan]) -> Select[Plan]:
    return query.order_by(Plan.due_at.is_(None), Plan.due_at, Plan.id.desc())


def _narrowed(asked: Asked, by: Actor, at: datetime) -> list[Any]:
    found: list[ColumnElement[bool]] = []
    if asked.text:
        found.append(containing(asked.text, by))
    if asked.department_id is not None:
        found.append(Plan.department_id == asked.department_id)
    if asked.owner_id is not None:
        found.append(Plan.owner_id == asked.owner_id)
    if asked.source:
        found.append(Plan.source == asked.source)
    if asked.clock == "overdue":
        found.append(Plan.due_at <= at)
    elif asked.clock == "returned":
        found.append(plan_returns.came_back(by))
    return found


def _counts(asked: Asked, by: Actor, at: datetime) -> dict[str, int]:
    query = select(Plan.state, func.count()).where(plan_roles.visible_to(by), *_narrowed(asked, by, at))
    rows = by.office.session.execute(query.group_by(Plan.state))
    by_state: dict[PlanState, int] = {state: count for state, count in rows}  # noqa: C416 - rows are no pairs to mypy
    counts = {group: sum(by_state.get(state, 0) for state in states) for group, states in GROUPS.items()}
    return counts | {"": sum(by_state.values())}


def owners(by: Actor) -> list[Person]:
    """Who owns a plan that exists for the reader."""
    ids = select(Plan.owner_id).where(plan_roles.visible_to(by))
    return list(by.office.session.scalars(select(Person).where(Person.id.in_(ids)).order_by(Person.username)))
