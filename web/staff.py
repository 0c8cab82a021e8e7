"""What the staff pages show: lists, histories and choices. Reads and decides nothing."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from models import Department, Deputation, Headship, Person, Posting, Role, Team, TeamLeadership
from web.filters import named
from web.session import db, me, now
from workflow.people import roles_of

PAGE = 50
Place = TypeVar("Place", Headship, TeamLeadership, Deputation)


@dataclass(frozen=True)
class StaffList:
    """One page of the staff list."""

    people: list[Person]
    total: int
    page: int

    @property
    def first(self) -> int:
        return (self.page - 1) * PAGE + 1 if self.total else 0

    @property
    def last(self) -> int:
        return min(self.page * PAGE, self.total)

    @property
    def has_more(self) -> bool:
        return self.last < self.total


@dataclass(frozen=True)
class Office:
    """What somebody heads, leads or stands in for now, in words."""

    icon: str
    words: str


@dataclass(frozen=True)
class Places:
    """What a person heads and leads, and who stands in for whom, with the past ones."""

    headships: list[Headship]
    leaderships: list[TeamLeadership]
    deputies: list[Deputation]
    stands_in: list[Deputation]


def staff_list(query: str, department: int | None, *, with_former: bool, page: int) -> StaffList:
    """The people whose name, account or post contains the query, by account."""
    found = _matching(query, department, with_former=with_former)
    total = db().execute(select(func.count()).select_from(found.subquery())).scalar_one()
    page = max(1, min(page, -(-total // PAGE) or 1))
    rows = found.order_by(Person.username).offset((page - 1) * PAGE).limit(PAGE)
    return StaffList(list(db().scalars(rows)), total, page)


def _matching(query: str, department: int | None, *, with_former: bool) -> Select[Person]:
    found = select(Person)
    if not with_former:
        found = found.where(or_(Person.left_at.is_(None), Person.left_at > now()))
    if department is not None:
        found = found.where(_has_post(Posting.department_id == department))
    for word in query.split()[:5]:
        like = f"%{_escaped(word)}%"
        columns = (Person.name, Person.username)
        found = found.where(
            or_(
                *(column.ilike(like, escape="\\") for column in columns),
                _has_post(Posting.title.ilike(like, escape="\\")),
            )
        )
    return found


def _has_post(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(Posting.person_id == Person.id, Posting.until.is_(None), condition)


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def by_username(username: str) -> Person | None:
    teams = selectinload(Person.postings).joinedload(Posting.team)
    query = select(Person).where(Person.username == username).options(teams)
    return db().scalars(query).unique().one_or_none()


def places_of(person: Person) -> Places:
    return Places(
        headships=_rows(Headship, Headship.person_id == person.id),
        leaderships=_rows(TeamLeadership, TeamLeadership.person_id == person.id),
        deputies=_rows(Deputation, Deputation.principal_id == person.id),
        stands_in=_rows(Deputation, Deputation.deputy_id == person.id),
    )


def offices_of(people: Sequence[Person]) -> dict[int, list[Office]]:
    """What these people hold now beside the roles that were granted to them, by the key of the person."""
    offices = defaultdict(list)
    for key, office in _offices([person.id for person in people]):
        offices[key].append(office)
    return offices


def _offices(keys: list[int]) -> Iterator[tuple[int, Office]]:
    for headship in _rows(Headship, Headship.person_id.in_(keys) & Headship.held_at(now())):
        department = named(headship.department)
        yield headship.person_id, Office("diagram-3", _("Head of %(department)s", department=department))
    teams = team_names()
    for leads in _rows(TeamLeadership, TeamLeadership.person_id.in_(keys) & TeamLeadership.held_at(now())):
        yield leads.person_id, Office("people", _("Leader of team %(team)s", team=teams[leads.team_id]))
    for acts in _rows(Deputation, Deputation.deputy_id.in_(keys) & Deputation.held_at(now())):
        name = acts.principal.name
        words = _("Standing deputy of %(name)s", name=name) if acts.is_standing else _("Acts for %(name)s", name=name)
        yield acts.deputy_id, Office("arrow-left-right", words)


def _rows(kind: type[Place], condition: ColumnElement[bool]) -> list[Place]:
    return list(db().scalars(select(kind).where(condition).order_by(kind.since.desc())))


def departments() -> list[Department]:
    query = select(Department).order_by(Department.id).options(selectinload(Department.teams))
    return list(db().scalars(query))


def department_choices(first: str) -> list[tuple[str, str]]:
    return [("", first), *((str(d.id), named(d)) for d in departments())]


def team_choices(first: str) -> list[tuple[str, str]]:
    teams = db().scalars(select(Team).options(joinedload(Team.department)).order_by(Team.slug))
    return [("", first), *((str(team.id), f"{named(team.department)} · {team.slug}") for team in teams)]


def colleague_choices(first: str, *, without: Person | None = None) -> list[tuple[str, str]]:
    """Everybody who has not left, by account."""
    present = select(Person).where(or_(Person.left_at.is_(None), Person.left_at > now()))
    people = db().scalars(present.order_by(Person.username))
    left_out = without.id if without is not None else None
    return [("", first), *((str(p.id), f"{p.name} ({p.username})") for p in people if p.id != left_out)]


def ladders() -> list[str]:
    return sorted(set(db().scalars(select(Department.ladder))) | {"other"})


def team_names() -> dict[int, str]:
    return {team.id: team.slug for team in db().scalars(select(Team))}


def i_am_administrator() -> bool:
    return Role.ADMINISTRATOR in roles_of(me(), now())
