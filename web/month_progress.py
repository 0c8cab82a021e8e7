"""How far a month is: by department and station, who is waited for and since when. Counts, never lists of people."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import case, func, select

from models import Department, Person, Role, Scorecard, ScorecardState
from web.months_waiting import months
from web.session import actor, db, me
from web.shell import counted
from workflow import scorecard_books, scorecard_roles
from workflow.penalty_roles import sees_every_penalty
from workflow.scorecard_month import Month
from workflow.scorecard_roles import visible_to

S = ScorecardState
# The stations in order, each with the states in which a card has passed it.
STATIONS: dict[str, tuple[ScorecardState, ...]] = {
    "compute": (S.COMPUTED, S.REVIEWED, S.VERIFIED, S.APPROVED, S.PAID),
    "review": (S.REVIEWED, S.VERIFIED, S.APPROVED, S.PAID),
    "verify": (S.VERIFIED, S.APPROVED, S.PAID),
    "approve": (S.APPROVED, S.PAID),
    "pay": (S.PAID,),
}


@dataclass(frozen=True)
class Waiting:
    """Cards alike: of one department, on one clock, awaited from the same people."""

    clock: str
    people: tuple[Person, ...]
    count: int
    since: datetime
    due: datetime
    is_mine: bool


@dataclass
class Row:
    """One department's month; without a card for some there is more to compute."""

    department: Department
    people: int = 0
    adjusted: int = 0
    states: dict[ScorecardState, int] = field(default_factory=lambda: defaultdict(int))
    waiting: list[Waiting] = field(default_factory=list)

    def passed(self, station: str) -> int:
        return sum(self.states[state] for state in STATIONS[station])

    def is_through(self, station: str) -> bool:
        return self.passed(station) >= self.people

    @property
    def mine(self) -> list[Waiting]:
        return [waiting for waiting in self.waiting if waiting.is_mine]

    @property
    def acts(self) -> list[str]:
        return list(dict.fromkeys(waiting.clock for waiting in self.mine))


@dataclass(frozen=True)
class _Alike:
    """What the rules need to know of cards that are alike, in the place of each of them."""

    person_id: int
    department_id: int
    clock: str
    handler: None = None

    @property
    def respondent_id(self) -> int:
        return self.person_id


NOBODY = 0


def rows_of(month: Month) -> list[Row]:
    """The departments whose cards exist for the reader, in the order of the company."""
    rows = {department.id: Row(department) for department in db().scalars(select(Department).order_by(Department.id))}
    for department_id, count in _people(month).items():
        rows[department_id].people = count
    for found in _counted(month):
        row = rows[found.department_id]
        row.states[found.state] += found.count
        row.adjusted += found.adjusted
        if found.clock is not None:
            row.waiting.append(_waiting(found))
    for row in rows.values():
        row.people = max(row.people, sum(row.states.values()))
        row.waiting = _together(row.waiting)
    return [row for row in rows.values() if row.people]


def _together(waiting: list[Waiting]) -> list[Waiting]:
    """What waits on one clock for the same people is told in one line, since the first of it began to wait."""
    alike: dict[tuple[str, tuple[int, ...]], list[Waiting]] = defaultdict(list)
    for each in waiting:
        alike[each.clock, tuple(person.id for person in each.people)].append(each)
    return [
        Waiting(
            some[0].clock, some[0].people, sum(each.count for each in some), min(each.since for each in some),
            min(each.due for each in some), any(each.is_mine for each in some),
        )
        for some in alike.values()
    ]  # fmt: skip


def _people(month: Month) -> dict[int, int]:
    """How many held a post in the month, by department, of those whom the reader answers for."""
    seen, counts = departments_seen(), defaultdict(int)
    for post in scorecard_books.posts_in(db(), month):
        if seen is None or post.department_id in seen:
            counts[post.department_id] += 1
    return counts


def departments_seen() -> set[int] | None:
    """The departments that the reader heads or stands in for; None for all."""
    staff = actor().staff
    if sees_every_penalty(me(), staff):
        return None
    return {department for other in staff.principals_of(me()) for department in staff.departments_headed_by(other)}


def _counted(month: Month):  # noqa: ANN202 - rows of many columns
    """Cards counted by what is alike about them; those of people with an office of their own stand alone."""
    apart = case((Scorecard.person_id.in_(_with_an_office()), Scorecard.person_id), else_=NOBODY)
    columns = (Scorecard.department_id, Scorecard.state, Scorecard.clock, apart.label("person_id"))
    query = select(
        *columns,
        func.count().label("count"),
        func.sum(case((Scorecard.factor != 1, 1), else_=0)).label("adjusted"),
        func.min(Scorecard.clock_started_at).label("since"),
        func.min(Scorecard.due_at).label("due"),
    )
    of_month = query.where(Scorecard.month == month.name, visible_to(actor()))
    return db().execute(of_month.group_by(*columns)).all()


def _with_an_office() -> set[int]:
    staff = actor().staff
    holders = (staff.holders.get(role, ()) for role in (Role.GENERAL_MANAGER, Role.HUMAN_RESOURCES))
    officers = [person for some in holders for person in some]
    return {person.id for person in (*staff.heads.values(), *officers, *staff.standing.values(), me())}


def _waiting(found) -> Waiting:  # noqa: ANN001 - a row
    alike = _Alike(found.person_id, found.department_id, found.clock)
    people = tuple(scorecard_roles.awaited(alike, actor().staff))  # type: ignore[arg-type]
    mine = {principal.id for principal in _principals(found.clock)} if found.person_id != me().id else set()
    is_mine = any(person.id in mine for person in people)
    return Waiting(found.clock, people, found.count, found.since, found.due, is_mine)


def _principals(clock: str) -> list[Person]:
    """Heads and the general manager hand over their steps; human resources do not."""
    return actor().staff.principals_of(me()) if clock in ("review", "approve") else [me()]


@counted("month.index")
def months_waiting() -> int:
    """In how many months something waits for the reader."""
    return len({each.name for each in months()})
