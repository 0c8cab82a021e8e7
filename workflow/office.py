"""The world outside a case at the moment of a step: staff, calendar, numbers, balances, regulation.

Reads the database and takes numbers from their series; writes nothing else. One office serves
one session.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import cache, cached_property
from typing import Any, TypeVar

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
    Company,
    Department,
    Deputation,
    EntryStatus,
    Headship,
    MoneyEntry,
    Person,
    RegulationVersion,
    Role,
    RoleGrant,
    Scorecard,
    ScorecardState,
    ScoreEntry,
    StationeryEdition,
    TeamLeadership,
    take_number,
)
from models.person import Held
from workflow import regulation, stationery
from workflow.calendars import Calendars, calendar_rows, calendars_of
from workflow.roles import Actor, Staff
from workflow.working_days import WorkingDays

START = Decimal(100)
FLOOR = Decimal(0)
CLOSED = (ScorecardState.APPROVED, ScorecardState.PAID)

Account = Person | Department
Place = TypeVar("Place", Headship, RoleGrant)
Key = TypeVar("Key")


class Office:
    """What a step needs to know beside its case."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._staff: dict[datetime, Staff] = {}
        self._stationery: dict[date, StationeryEdition | None] = {}

    @cached_property
    def company(self) -> Company:
        return self._company_and_calendar[0]

    @cached_property
    def _last_closed_month(self) -> str:
        """The latest month of which a scorecard is approved; empty before the first."""
        return self._company_and_calendar[2]

    @property
    def calendar(self) -> WorkingDays:
        """The company's own calendar; `calendars` has those of the departments too."""
        return self.calendars.company

    @cached_property
    def calendars(self) -> Calendars:
        return self._company_and_calendar[1]

    @cached_property
    def _company_and_calendar(self) -> tuple[Company, Calendars, str, date | None]:
        """Together, because every step needs all of it; at the end the day of the first edition of stationery."""
        closed = select(func.max(Scorecard.month)).where(Scorecard.state.in_(CLOSED)).scalar_subquery()
        days = calendar_rows().subquery()
        printed = select(func.min(StationeryEdition.in_force_from)).scalar_subquery()
        query = select(Company, closed, printed, *days.c).outerjoin(days, true())
        with self.session.no_autoflush:
            rows = self.session.execute(query).all()
        company, closed_month, first_edition = rows[0][:3]
        calendars = calendars_of(company, [row[3:] for row in rows if row[3] is not None])
        return company, calendars, closed_month or "", first_edition

    def calendar_has_changed(self) -> None:
        """It is read anew when it is next asked for."""
        for known in ("_company_and_calendar", "company", "calendars"):
            self.__dict__.pop(known, None)

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

    def next_numbers(self, series: str, at: datetime, count: int) -> list[tuple[int, int]]:
        """Several at once: year and number of each."""
        year = self.calendar.day_of(at).year
        first = take_number(self.session, series, year, count=count) if count else 0
        return [(year, first + place) for place in range(count)]

    def regulation_in_force(self, slug: str, at: datetime) -> RegulationVersion:
        return regulation.in_force(self.session, slug, self.calendar.day_of(at))

    def stationery(self, kind: str, at: datetime) -> dict[str, Any]:
        """What a letter of this kind keeps of the company's stationery; nothing on plain paper."""
        day, first_edition = self.calendar.day_of(at), self._company_and_calendar[3]
        if first_edition is None or day < first_edition:
            return {}
        if day not in self._stationery:
            self._stationery[day] = stationery.in_force(self.session, day)
        return {"stationery": stationery.frozen(edition, kind)} if (edition := self._stationery[day]) else {}

    def open_month(self, account: Account, at: datetime) -> str:
        """The month of `at`; where it is closed for this account, the first month after it that is open (2.5).

        A month is closed for a person whose scorecard is approved, and for a department with all of its people's.
        """
        month = self.calendar.month_of(at)
        if month > self._last_closed_month:
            return month
        closed = self._closed_months(account, month)
        while month in closed:
            month = month_after(month)
        return month

    def month_has_closed(self, month: str) -> None:
        """A scorecard of it was approved in this transaction; the database may not have been told yet."""
        self._last_closed_month = max(self._last_closed_month, month)

    def is_closed(self, account: Account, month: str) -> bool:
        return month <= self._last_closed_month and month in self._closed_months(account, month)

    def _closed_months(self, account: Account, since: str) -> set[str]:
        cards = select(Scorecard.month).where(Scorecard.month >= since)
        if isinstance(account, Person):
            closed = cards.where(Scorecard.person_id == account.id, Scorecard.state.in_(CLOSED))
        else:
            of_department = cards.where(Scorecard.department_id == account.id).group_by(Scorecard.month)
            closed = of_department.having(func.count() == func.count(case((Scorecard.state.in_(CLOSED), 1))))
        with self.session.no_autoflush:
            return set(self.session.scalars(closed))

    def leader_of(self, person: Person, at: datetime) -> Person | None:
        """Who leads the person's team at `at`; nobody where they are in none or lead it themselves."""
        leader = self._leader_of_the_team_of(person, at)
        return leader if leader is not None and leader.id != person.id else None

    def leads_own_team(self, person: Person, at: datetime) -> bool:
        leader = self._leader_of_the_team_of(person, at)
        return leader is not None and leader.id == person.id

    def _leader_of_the_team_of(self, person: Person, at: datetime) -> Person | None:
        post = person.posting_at(at)
        if post is None or post.team_id is None:
            return None
        leading = select(Person).join(TeamLeadership, TeamLeadership.person_id == Person.id)
        query = leading.where(TeamLeadership.team_id == post.team_id, TeamLeadership.held_at(at))
        with self.session.no_autoflush:
            return self.session.scalars(query.options(joinedload(Person.postings))).unique().first()

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

    def money_sums(self, people: Iterable[int], months: Iterable[str]) -> dict[tuple[int, str], int]:
        """Stored money of these people in these months, in fen, by person and month; 0 where there is none."""
        found: dict[tuple[int, str], int] = defaultdict(int)
        columns = (MoneyEntry.person_id, MoneyEntry.month)
        query = select(*columns, func.sum(MoneyEntry.amount)).group_by(*columns)
        wanted = query.where(MoneyEntry.person_id.in_(list(people)), MoneyEntry.month.in_(list(months)))
        with self.session.no_autoflush:
            for person_id, month, amount in self.session.execute(wanted):
                found[person_id, month] = int(amount)
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
            review_body = self.company.review_body_id
            ids |= {review_body} if review_body is not None else set()
            query = select(Person).where(Person.id.in_(ids)).options(joinedload(Person.postings))
            people = {person.id: person for person in self.session.scalars(query).unique()}
        held = [(kind, key, people[holder], principal or 0) for kind, key, holder, principal in places]
        return Staff(
            at=at,
            heads={int(key): person for kind, key, person, _ in held if kind == "head"},
            holders=_grouped((Role(key), person) for kind, key, person, _ in held if kind == "role"),
            standing={principal: person for kind, _, person, principal in held if kind == "standing"},
            delegates=_grouped((principal, person) for kind, _, person, principal in held if kind == "delegate"),
            review_body=_present(people.get(review_body or 0), at),
        )


@cache
def _places() -> Select[str, str, int, int | None]:
    """Every place held at `:at`, in one query: its kind, its key, who holds it, for whom.

    Made once, because every request asks it."""
    nobody = cast(null(), Integer)
    how = case((Deputation.is_standing, "standing"), else_="delegate")
    head, role, deputation = Headship, RoleGrant, Deputation
    held = union_all(
        select(literal("head"), cast(head.department_id, String), head.person_id, nobody, head.id).where(_at(head)),
        select(literal("role"), cast(role.role, String), role.person_id, nobody, role.id).where(_at(role)),
        select(how, literal(""), deputation.deputy_id, deputation.principal_id, deputation.id).where(_at(deputation)),
    ).subquery()
    kind, key, holder, principal, row = held.c
    return select(kind, key, holder, principal).order_by(row)


def month_after(month: str) -> str:
    """`2026-12` → `2027-01`."""
    year, of_year = map(int, month.split("-"))
    return f"{year + of_year // 12:04}-{of_year % 12 + 1:02}"


def _present(person: Person | None, at: datetime) -> Person | None:
    return person if person is not None and not person.has_left_at(at) else None


def _key(person_id: int | None, department_id: int | None) -> tuple[str, int]:
    if person_id is not None:
        return ("person", person_id)
    assert department_id is not None
    return ("department", department_id)


def account_key(account: Account) -> tuple[str, int]:
    return ("person" if isinstance(account, Person) else "department", account.id)


def _at(kind: type[Held]) -> ColumnElement[bool]:
    return kind.held_at(bindparam("at", type_=kind.since.type))


def _grouped(pairs: Iterable[tuple[Key, Person]]) -> dict[Key, tuple[Person, ...]]:
    grouped: dict[Key, list[Person]] = defaultdict(list)
    for key, person in pairs:
        grouped[key].append(person)
    return {key: tuple(people) for key, people in grouped.items()}
