"""Setting up a company from its description: departments, people, posts, roles, regulation.

The description is a readable YAML file; a key or value that is not understood is refused with its
place. Everything that the file says holds from the founding moment on.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import (
    CalendarException,
    Company,
    Department,
    Deputation,
    Headship,
    Person,
    Posting,
    Role,
    RoleGrant,
    Team,
    TeamLeadership,
)
from workflow import packs, plan_figures, readable_yaml, regulation, survey_settings
from workflow.process import N_
from workflow.regulation import Bilingual
from workflow.reminder_figures import SETTING, Figures
from workflow.survey_settings import SurveySettings

T = TypeVar("T")
Yuan = Annotated[Decimal, Field(ge=0, decimal_places=2, max_digits=12)]


# The nodes of a description are never changed, and stories are told of one company again and again.
_composed = lru_cache(maxsize=4)(readable_yaml.compose)


class CompanyRefused(Exception):
    """A description that cannot be used; says the place and why."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Hours(_Strict):
    start: time
    end: time


class DepartmentEntry(_Strict):
    slug: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: Bilingual
    ladder: str


class EmployeeEntry(_Strict):
    user: str = Field(pattern=r"^[a-z][a-z0-9._-]*$", max_length=64)
    name: str = Field(min_length=1, max_length=40)
    department: str
    post: str
    roles: list[Role] = []
    team: str | None = None
    leads: str | None = None
    head_of: str | None = None
    deputy_of: str | None = None
    wage: Yuan = Decimal(0)
    performance_base: Yuan = Decimal(0)


class ExceptionEntry(_Strict):
    day: date
    working: bool
    reason: str


class CompanyFile(_Strict):
    name: Bilingual
    short_name: Bilingual
    timezone: str
    working_hours: Hours
    minimum_wage: Yuan
    deduction_cap_percent: Annotated[int, Field(ge=0, le=100)]
    departments: list[DepartmentEntry]
    employees: list[EmployeeEntry]
    company_values: dict[str, dict[str, Any]] = {}
    # How the regulations were adopted and made known, without which they bind nobody.
    adoption: str | None = None
    # Regulations that hold from another day than the founding's, by name.
    in_force_from: dict[str, date] = {}
    calendar: list[ExceptionEntry] = []
    show_customer_to_respondent: bool = False
    fines: Literal["allowed", "points_only"] = "allowed"
    review_body: str | None = None
    reminders: Figures = Figures()
    improvement: plan_figures.Figures = plan_figures.Figures()
    # Who counts as dissatisfied in a survey, how often to call, how long a link holds.
    surveys: SurveySettings = SurveySettings()


def read(file: Path) -> CompanyFile:
    """The description in `file`; CompanyRefused names the first thing that is wrong."""
    try:
        node = _composed(file.read_text(encoding="utf-8"))
        return CompanyFile.model_validate(readable_yaml.construct(node) if node is not None else None)
    except yaml.YAMLError as error:
        raise CompanyRefused(f"{file}: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise CompanyRefused(f"{file}: {place}: {first['msg']}") from None


def refuse_unprintable(description: CompanyFile, unprintable: Callable[[str], Sequence[str]]) -> None:
    """CompanyRefused names the first text with a character that no letter can print; `unprintable` tells these."""
    for place, text in _texts(description.model_dump(mode="json")):
        if missing := unprintable(text):
            raise CompanyRefused(
                f"{place}: letters cannot print {'、'.join(missing)} in “{text}”; please write it another way"
            )


def _texts(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Every text of the description with its place: employees.3.name."""
    if isinstance(value, str):
        yield place, value
        return
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for part, inner in parts:
        yield from _texts(inner, f"{place}.{part}" if place else str(part))


def found(session: Session, description: CompanyFile, *, at: datetime, is_demo: bool = False) -> Company:
    """Create the company as described and put its regulation in force from `at` on.

    Raises CompanyRefused when a company exists or a name is unknown, PackRefused for a blank.
    """
    if session.scalars(select(Company)).first() is not None:
        raise CompanyRefused(N_("A company is set up already."))
    company = _company(description, is_demo)
    session.add(company)
    session.add_all(
        CalendarException(day=entry.day, is_working=entry.working, reason=entry.reason)
        for entry in description.calendar
    )
    departments = {entry.slug: _department(entry) for entry in description.departments}
    session.add_all(departments.values())
    session.flush()
    _settle_people(session, description, departments, at)
    _put_regulations_in_force(session, description, at)
    return company


def _company(description: CompanyFile, is_demo: bool) -> Company:
    return Company(
        name_zh=description.name.zh, name_en=description.name.en,
        short_name_zh=description.short_name.zh, short_name_en=description.short_name.en,
        timezone=description.timezone, opens_at=description.working_hours.start,
        closes_at=description.working_hours.end, is_demo=is_demo,
        settings={
            "minimum_wage": str(description.minimum_wage),
            "deduction_cap_percent": description.deduction_cap_percent,
            "show_customer_to_respondent": description.show_customer_to_respondent,
            "fines": description.fines,
            SETTING: description.reminders.model_dump(mode="json"),
            plan_figures.SETTING: description.improvement.model_dump(mode="json"),
            survey_settings.SETTING: description.surveys.model_dump(mode="json"),
        },
    )  # fmt: skip


def _department(entry: DepartmentEntry) -> Department:
    return Department(slug=entry.slug, name_zh=entry.name.zh, name_en=entry.name.en, ladder=entry.ladder)


def _settle_people(
    session: Session, description: CompanyFile, departments: dict[str, Department], at: datetime
) -> None:
    teams = _teams(description, departments)
    session.add_all(teams.values())
    session.flush()
    people = {entry.user: _person(entry, departments, teams, at) for entry in description.employees}
    session.add_all(people.values())
    session.flush()
    for entry in description.employees:
        session.add_all(_places(entry, people, departments, teams, at))
    session.flush()
    if description.review_body is not None:
        body = _known(people, description.review_body, "review_body")
        company = session.scalars(select(Company)).one()
        company.settings = {**company.settings, "review_body": body.id}


def _teams(description: CompanyFile, departments: dict[str, Department]) -> dict[str, Team]:
    return {
        entry.team: Team(slug=entry.team, department_id=_known(departments, entry.department, entry.user).id)
        for entry in description.employees
        if entry.team is not None
    }


def _person(entry: EmployeeEntry, departments: dict[str, Department], teams: dict[str, Team], at: datetime) -> Person:
    posting = Posting(
        department=_known(departments, entry.department, entry.user),
        team=teams.get(entry.team) if entry.team else None, title=entry.post, since=at,
        wage=int(entry.wage * 100), performance_base=int(entry.performance_base * 100),
    )  # fmt: skip
    grants = [RoleGrant(role=role, since=at) for role in entry.roles]
    return Person(
        username=entry.user, name=entry.name, joined_at=at, postings=[posting], grants=grants,
        language="zh_Hans_CN", theme="light",
    )  # fmt: skip


def _places(
    entry: EmployeeEntry, people: dict[str, Person], departments: dict[str, Department],
    teams: dict[str, Team], at: datetime,
) -> list[Any]:  # fmt: skip
    person, places = people[entry.user], list[Any]()
    if entry.head_of:
        places.append(Headship(department=_known(departments, entry.head_of, entry.user), person=person, since=at))
    if entry.leads:
        team = _known(teams, entry.leads, entry.user)
        places.append(TeamLeadership(team_id=team.id, person=person, since=at))
    if entry.deputy_of:
        principal = _known(people, entry.deputy_of, entry.user)
        places.append(Deputation(principal=principal, deputy=person, is_standing=True, since=at))
    return places


def _known(things: dict[str, T], slug: str, user: str) -> T:
    if slug not in things:
        raise CompanyRefused(f"employees: {user}: there is no “{slug}”")
    return things[slug]


def _put_regulations_in_force(session: Session, description: CompanyFile, at: datetime) -> None:
    """Those for which the company gives values, and those that leave nothing to be filled in."""
    day = at.astimezone(ZoneInfo(description.timezone)).date()
    values = description.company_values
    for slug in dict.fromkeys((*values, *packs.SHAPES)):
        pack = packs.read(slug, filled=values.get(slug))
        if slug in values or not pack.blanks():
            regulation.put_in_force(
                session, pack, from_day=description.in_force_from.get(slug, day), at=at, adoption=description.adoption
            )
