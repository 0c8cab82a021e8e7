"""Roles, heads, leaders, deputies, departments and teams: who is named to what, from now on.

An administrator names; nobody names themselves. A head or the general manager may hand their steps
to a deputy for a period of their own choice.
"""

import re
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import (
    GRANTED_ROLES,
    Company,
    Department,
    Deputation,
    HandOver,
    Headship,
    Person,
    Role,
    RoleGrant,
    Team,
    TeamLeadership,
)
from workflow.people import end_all, other_administrators, roles_of, wrong_length
from workflow.process import FORBIDDEN, INVALID, N_, Objection, Refused, refuse
from workflow.texts import clean

SLUG = re.compile(r"[a-z][a-z0-9]*([_-][a-z0-9]+)*")
LONGEST_SLUG, LONGEST_NAME_ZH, LONGEST_NAME_EN = 40, 40, 60
LONGEST_PERIOD = timedelta(days=366)


def grant_role(session: Session, person: Person, role: Role, *, by: Person, at: datetime) -> RoleGrant:
    """The person holds the role from now on; nobody grants one to themselves."""
    _is_administrator(by, at)
    refuse(
        Objection(INVALID, N_("This role is not granted: it comes with an office."))
        if role not in GRANTED_ROLES
        else None,
        _oneself(person, by),
        _has_left(person, at),
        Objection(INVALID, N_("%(name)s holds this role already."), name=person.name)
        if role in roles_of(person, at)
        else None,
        _second_general_manager(session, role),
    )
    grant = RoleGrant(role=role, since=at)
    person.grants.append(grant)
    return grant


def withdraw_role(session: Session, person: Person, role: Role, *, by: Person, at: datetime) -> None:
    """The role ends now; the last administrator keeps theirs."""
    _is_administrator(by, at)
    grant = next((g for g in person.grants if g.role is role and g.is_held_at(at)), None)
    refuse(
        Objection(INVALID, N_("%(name)s does not hold this role."), name=person.name) if grant is None else None,
        Objection(INVALID, N_("%(name)s is the last administrator; name another one first."), name=person.name)
        if role is Role.ADMINISTRATOR and not other_administrators(session, person)
        else None,
    )
    assert grant is not None
    grant.until = max(at, grant.since)


def name_head(session: Session, department: Department, person: Person, *, by: Person, at: datetime) -> Headship:
    """The person heads the department from now on, in place of whoever did."""
    _is_administrator(by, at)
    refuse(_oneself(person, by), _has_left(person, at))
    end_all(session, Headship, at, Headship.department_id == department.id)
    session.flush()
    headship = Headship(department=department, person=person, since=at)
    session.add(headship)
    return headship


def vacate_head(session: Session, department: Department, *, by: Person, at: datetime) -> None:
    """Nobody heads the department for now; the general manager takes the head's steps."""
    _is_administrator(by, at)
    end_all(session, Headship, at, Headship.department_id == department.id)


def name_team_leader(session: Session, team: Team, person: Person, *, by: Person, at: datetime) -> TeamLeadership:
    """The person leads the team from now on, in place of whoever did."""
    _is_administrator(by, at)
    refuse(_has_left(person, at))
    end_all(session, TeamLeadership, at, TeamLeadership.team_id == team.id)
    session.flush()
    leadership = TeamLeadership(team_id=team.id, person=person, since=at)
    session.add(leadership)
    return leadership


def name_deputy(session: Session, principal: Person, deputy: Person, *, by: Person, at: datetime) -> Deputation:
    """A standing deputy: decides the principal's own cases in their place."""
    _is_administrator(by, at)
    refuse(
        _oneself(deputy, by),
        _has_left(deputy, at),
        _has_left(principal, at),
        _deputy_of_oneself(principal, deputy),
        _decides_no_case(deputy, at),
    )
    # Of two who name one at once the second waits, and ends what the first began.
    session.execute(select(Person.id).where(Person.id == principal.id).with_for_update(key_share=True))
    end_all(session, Deputation, at, Deputation.principal_id == principal.id, Deputation.is_standing)
    deputation = Deputation(principal=principal, deputy=deputy, is_standing=True, since=at)
    session.add(deputation)
    return deputation


def may_delegate(session: Session, person: Person, at: datetime) -> bool:
    """Heads and the general manager have steps that somebody else can take for them."""
    if person.has_left_at(at):
        return False
    headed = select(Headship).where(Headship.person_id == person.id, Headship.until.is_(None))
    return Role.GENERAL_MANAGER in roles_of(person, at) or session.scalars(headed).first() is not None


def delegate(
    session: Session, deputy: Person | None, *, by: Person, at: datetime, since: datetime, until: datetime
) -> Deputation:
    """For a period somebody else takes one's steps; what they do is recorded as done for oneself."""
    # Of two who name one another at once the second waits, and finds that it would be a circle.
    session.execute(select(Company.id).with_for_update())
    refuse(
        None
        if may_delegate(session, by, at)
        else Objection(FORBIDDEN, N_("Only heads and the general manager name a deputy for a period.")),
        Objection(INVALID, N_("Choose who acts for you."), field="deputy") if deputy is None else None,
        _deputy_of_oneself(by, deputy),
        _has_left(deputy, at) if deputy is not None else None,
        _leaves_before(session, deputy, until),
        _decides_no_case(deputy, at),
        _hands_back(session, by, deputy, since, until),
        Objection(INVALID, N_("The period ends before it begins."), field="until") if until <= since else None,
        Objection(INVALID, N_("This period is over."), field="until") if until <= at else None,
        Objection(INVALID, N_("A period lasts a year at most."), field="until")
        if until - since > LONGEST_PERIOD
        else None,
    )
    assert deputy is not None
    deputation = Deputation(principal=by, deputy=deputy, is_standing=False, since=max(since, at), until=until)
    session.add(deputation)
    return deputation


def end_deputation(session: Session, deputation: Deputation, *, by: Person, at: datetime) -> None:
    """Ends it now: one's own delegation, or as an administrator any."""
    if deputation.principal_id != by.id or deputation.is_standing:
        _is_administrator(by, at)
    deputation.until = max(at, deputation.since)


def add_department(
    session: Session, *, by: Person, at: datetime, slug: str, name_zh: str, name_en: str, ladder: str
) -> Department:
    """A department, with the ladder by which its people are graded."""
    _is_administrator(by, at)
    slug, zh, en = slug.strip().lower(), clean(name_zh) or "", clean(name_en) or ""
    refuse(
        _wrong_slug(session, Department, slug),
        wrong_length("name_zh", zh, LONGEST_NAME_ZH),
        wrong_length("name_en", en, LONGEST_NAME_EN),
        wrong_length("ladder", ladder, LONGEST_SLUG),
    )
    department = Department(slug=slug, name_zh=zh, name_en=en, ladder=ladder)
    session.add(department)
    return department


def add_team(session: Session, department: Department, *, by: Person, at: datetime, slug: str) -> Team:
    """A team inside a department."""
    _is_administrator(by, at)
    slug = slug.strip().lower()
    refuse(_wrong_slug(session, Team, slug))
    team = Team(slug=slug, department=department)
    session.add(team)
    return team


def _is_administrator(by: Person, at: datetime) -> None:
    if by.has_left_at(at) or Role.ADMINISTRATOR not in roles_of(by, at):
        raise Refused([Objection(FORBIDDEN, N_("Only administrators grant roles and name heads and deputies."))])


def _oneself(person: Person, by: Person) -> Objection | None:
    if person.id != by.id:
        return None
    return Objection(FORBIDDEN, N_("Nobody names themselves; another administrator has to do it."))


def _has_left(person: Person, at: datetime) -> Objection | None:
    if not person.has_left_at(at):
        return None
    return Objection(INVALID, N_("%(name)s has left the company."), name=person.name)


def _second_general_manager(session: Session, role: Role) -> Objection | None:
    if role is not Role.GENERAL_MANAGER:
        return None
    open_grants = select(RoleGrant).where(RoleGrant.role == role, RoleGrant.until.is_(None))
    holder = session.scalars(open_grants).first()
    if holder is None:
        return None
    sentence = N_("%(name)s is the general manager; withdraw the role there first.")
    return Objection(INVALID, sentence, name=holder.person.name)


def _deputy_of_oneself(principal: Person, deputy: Person | None) -> Objection | None:
    if deputy is None or principal.id != deputy.id:
        return None
    return Objection(INVALID, N_("Nobody is their own deputy."), field="deputy")


def _leaves_before(session: Session, deputy: Person | None, until: datetime) -> Objection | None:
    if deputy is None or (last := HandOver.leaves_at(session, deputy)) is None or last >= until:
        return None
    sentence = N_("%(name)s leaves the company before this period is over.")
    return Objection(INVALID, sentence, field="deputy", name=deputy.name)


def _hands_back(
    session: Session, principal: Person, deputy: Person | None, since: datetime, until: datetime
) -> Objection | None:
    """Against a circle: whoever is away themselves, and whose deputy or deputy's deputy one is."""
    if deputy is None or principal.id not in _deputies_of(session, deputy.id, since, until):
        return None
    sentence = N_("%(name)s is away in this period too, and their steps come to you; choose somebody else.")
    return Objection(INVALID, sentence, field="deputy", name=deputy.name)


def _deputies_of(session: Session, person_id: int, since: datetime, until: datetime) -> set[int]:
    """Who stands in for the person at some time of the period, and who for those again."""
    overlapping = (Deputation.is_standing.is_(False), Deputation.since < until, Deputation.until > since)
    query = select(Deputation.principal_id, Deputation.deputy_id).where(*overlapping)
    named = [(principal, deputy) for principal, deputy in session.execute(query)]
    found: set[int] = set()
    asked = {person_id}
    while asked:
        asked = {deputy for principal, deputy in named if principal in asked} - found
        found |= asked
    return found


def _decides_no_case(deputy: Person | None, at: datetime) -> Objection | None:
    if deputy is None or Role.ADMINISTRATOR not in roles_of(deputy, at):
        return None
    return Objection(INVALID, N_("An administrator decides no case; choose somebody else."), field="deputy")


def _wrong_slug(session: Session, kind: type[Department] | type[Team], slug: str) -> Objection | None:
    if not slug or len(slug) > LONGEST_SLUG or not SLUG.fullmatch(slug):
        sentence = N_("A short name has small letters, digits and single hyphens, like service-1.")
        return Objection(INVALID, sentence, field="slug")
    if session.scalars(select(kind.id).where(kind.slug == slug)).first() is not None:
        return Objection(INVALID, N_("This short name is taken."), field="slug")
    return None
