"""The world outside a case at the moment of a step: staff, calendar, numbers, balances, regulation.

Reads the database and takes numbers from their series; writes nothing else. One office serves
one session.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import cache, cached_property
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    bindparam,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session, joinedload

from models import (
    CalendarException,
    Company,
    Department,
    Deputation,
    EntryStatus,
    Headship,
    Person,
    RegulationVersion,
    Role,
    RoleGrant,
    ScoreEntry,
    take_number,
)
from models.person import Held
from workflow import regulation
from workflow.roles import Actor, Staff
from workflow.working_days import WorkingDays

START = Decimal(100)
FLOOR = Decimal(0)

Account = Person | Department
Place = TypeVar("Place", Headship, RoleGrant)
Key = TypeVar("Key")


class Office:
    """What a step needs to know beside its case."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._staff: dict[datetime, Staff] = {}

    @cached_property
    def company(self) -> Company:
        return self._company_and_exceptions[0]

    @cached_property
    def calendar(self) -> WorkingDays:
        company, exceptions = self._company_and_exceptions
        return WorkingDays(
            ZoneInfo(company.timezone),
            opens_at=company.opens_at,
            closes_at=company.closes_at,
            exceptions=exceptions,
        )

    @cached_property
    def _company_and_exceptions(self) -> tuple[Company, dict[date, bool]]:
        """Together, because every step needs both."""
        query = select(Company, CalendarException.day, CalendarException.is_working)
        rows = self.session.execute(query.outerjoin(CalendarException, true())).all()
        return rows[0][0], {day: is_working for _, day, is_working in rows if day is not None}

    def actor(self, person: Person, at: datetime) -> Actor:
        return Actor(person, self.staff(at), self)

    def system(self, at: datetime) -> Actor:
        """The clock: acts at deadlines, as nobody."""
        return Actor(None, self.staff(at), self)

    def staff(self, at: datetime) -> Staff:
        """Who held which place at `at`."""
        if at not in self._staff:
            self._staff[at] = self._load_staff(at)
        return self._staff[at]

    def next_number(self, series: str, at: datetime) -> tuple[int, int]:
        """Year and next number of a series, without gaps: a rollback gives it back."""
        year = self.calendar.day_of(at).year
        return year, take_number(self.session, series, year)

    def regulation_in_force(self, slug: str, at: datetime) -> RegulationVersion:
        return regulation.in_force(self.session, slug, self.calendar.day_of(at))

    def sums(self, accounts: Iterable[Account], month: str) -> dict[tuple[str, int], dict[EntryStatus, Decimal]]:
        """Stored points of one month by account and status, in one query."""
        people = [a.id for a in accounts if isinstance(a, Person)]
        departments = [a.id for a in accounts if isinstance(a, Department)]
        found: dict[tuple[str, int], dict[EntryStatus, Decimal]] = defaultdict(dict)
        columns = (ScoreEntry.person_id, ScoreEntry.department_id, ScoreEntry.status)
        query = (
            select(*columns, func.sum(ScoreEntry.points))
            .where(
                ScoreEntry.month == month,
                or_(ScoreEntry.person_id.in_(people), ScoreEntry.department_id.in_(departments)),
            )
            .group_by(*columns)
        )
        with self.session.no_autoflush:
            for person_id, department_id, status, points in self.session.execute(query):
                found[_key(person_id, department_id)][status] = points
        return found

    def balance(self, account: Account, month: str) -> Decimal:
        """The month's score: 100 plus its final entries, never below 0 (PAY-1)."""
        sums = self.sums([account], month).get(account_key(account), {})
        return max(FLOOR, START + sums.get(EntryStatus.FINAL, Decimal(0)))

    def provisional(self, account: Account, month: str) -> Decimal:
        sums = self.sums([account], month).get(account_key(account), {})
        return sums.get(EntryStatus.PROVISIONAL, Decimal(0))

    def _load_staff(self, at: datetime) -> Staff:
        with self.session.no_autoflush:
            places = self.session.execute(_places(), {"at": at}).all()
            ids = {person for _, _, *people in places for person in people if person is not None}
            query = select(Person).where(Person.id.in_(ids)).options(joinedload(Person.postings))
            people = {person.id: person for person in self.session.scalars(query).unique()}
        held = [(kind, key, people[holder], principal or 0) for kind, key, holder, principal in places]
        return Staff(
            at=at,
            heads={int(key): person for kind, key, person, _ in held if kind == "head"},
            holders=_grouped((Role(key), person) for kind, key, person, _ in held if kind == "role"),
            standing={principal: person for kind, _, person, principal in held if kind == "standing"},
            delegates=_grouped((principal, person) for kind, _, person, principal in held if kind == "delegate"),
        )


@cache
def _places() -> Select[str, str, int, int | None]:
    """Every place held at `:at`, in one query: its kind, its key, who holds it, for whom.

    Made once, because every request asks it."""
    nobody = cast(null(), Integer)
    how = case((Deputation.is_standing, "standing"), else_="delegate")
    head, role, deputation = Headship, RoleGrant, Deputation
    held = union_all(
        select(literal("head"), cast(head.department_id, String), head.person_id, nobody, head.id).where(*_at(head)),
        select(literal("role"), cast(role.role, String), role.person_id, nobody, role.id).where(*_at(role)),
        select(how, literal(""), deputation.deputy_id, deputation.principal_id, deputation.id).where(*_at(deputation)),
    ).subquery()
    kind, key, holder, principal, row = held.c
    return select(kind, key, holder, principal).order_by(row)


def _key(person_id: int | None, department_id: int | None) -> tuple[str, int]:
    if person_id is not None:
        return ("person", person_id)
    assert department_id is not None
    return ("department", department_id)


def account_key(account: Account) -> tuple[str, int]:
    return ("person" if isinstance(account, Person) else "department", account.id)


def _at(kind: type[Held]) -> tuple[ColumnElement[bool], ...]:
    at = bindparam("at", type_=kind.since.type)
    return (kind.since <= at, or_(kind.until.is_(None), kind.until > at))


def _grouped(pairs: Iterable[tuple[Key, Person]]) -> dict[Key, tuple[Person, ...]]:
    grouped: dict[Key, list[Person]] = defaultdict(list)
    for key, person in pairs:
        grouped[key].append(person)
    return {key: tuple(people) for key, people in grouped.items()}
