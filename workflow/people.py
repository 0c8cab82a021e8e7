"""The staff list: who joins, moves and leaves, and how an account is opened again.

Places are ended, never deleted, so that a case can ask who was what on its day. Human resources
and administrators keep the list; a role or an office is an administrator's business (`places`).
"""

import re
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import (
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
from models.person import Held
from workflow import password as passwords
from workflow.process import FORBIDDEN, INVALID, N_, Objection, Refused, refuse
from workflow.roles import Actor
from workflow.texts import clean

USERNAME = re.compile(r"[a-z][a-z0-9]*([._-][a-z0-9]+)*")
LONGEST_USERNAME, LONGEST_NAME, LONGEST_TITLE = 64, 40, 40
LARGEST_WAGE = 10_000_000  # one hundred thousand yuan; more is a slip of the finger
EARLIEST = timedelta(days=60 * 366)
LATEST = timedelta(days=92)
# Whose account opens more than human resources may open.
KEPT_FROM_HUMAN_RESOURCES = {Role.ADMINISTRATOR, Role.GENERAL_MANAGER}


def add_employee(
    session: Session, *, by: Person, at: datetime,
    username: str, name: str, department: Department | None, title: str,
    team: Team | None = None, joined_at: datetime | None = None,
) -> tuple[Person, str]:  # fmt: skip
    """A new employee with their first post; returns them and the password for their first log-in."""
    keeps_the_staff_list(by, at)
    joined_at = joined_at or at
    username, name_, title_ = username.strip().lower(), clean(name) or "", clean(title) or ""
    refuse(
        _wrong_username(session, username),
        wrong_length("name", name_, LONGEST_NAME),
        *_wrong_post(department, team, title_),
        _wrong_day(joined_at, at),
    )
    assert department is not None
    password = passwords.random_password()
    person = Person(
        username=username, name=name_, password_hash=passwords.hashed(password),
        must_change_password=True, joined_at=joined_at,
    )  # fmt: skip
    person.postings.append(Posting(department=department, team=team, title=title_, since=joined_at))
    session.add(person)
    return person, password


def transfer(
    session: Session, person: Person, *, by: Person, at: datetime,
    department: Department | None, title: str, team: Team | None = None,
) -> Posting:  # fmt: skip
    """Another post, from now on; what the person headed or led where they were is given up."""
    keeps_the_staff_list(by, at)
    title_ = clean(title) or ""
    refuse(_has_left(person, at), *wrong_new_post(person, department, team, title_))
    assert department is not None
    return move(session, person, at=at, department=department, title=title_, team=team)


def move(
    session: Session, person: Person, *, at: datetime, department: Department, title: str, team: Team | None
) -> Posting:
    """The person holds this post from `at` on, at the pay that they had."""
    old = _open_post(person)
    if old is not None:
        _give_up(session, person, old, at, department, team)
        old.until = max(at, old.since)
        session.flush()
    new = Posting(
        department=department, team=team, title=title, since=at if old is None else old.until,
        wage=old.wage if old else 0, performance_base=old.performance_base if old else 0,
    )  # fmt: skip
    person.postings.append(new)
    return new


def set_pay(person: Person, *, by: Actor, at: datetime, wage: int | None, performance_base: int | None) -> Posting:
    """Wage and performance base in fen, from now on; what they were stays with the post as it was held."""
    old = _open_post(person)
    refuse(
        None if Role.HUMAN_RESOURCES in by.roles else Objection(FORBIDDEN, N_("Only human resources set wages.")),
        _oneself(person, by.person, N_("Somebody else has to set your pay.")) if by.person is not None else None,
        _has_left(person, at),
        Objection(INVALID, N_("%(name)s holds no post."), name=person.name) if old is None else None,
        _is_no_pay("wage", wage),
        _is_no_pay("performance_base", performance_base),
    )
    assert old is not None and wage is not None and performance_base is not None
    if (old.wage, old.performance_base) == (wage, performance_base):
        return old
    old.until = max(at, old.since)
    new = Posting(
        department_id=old.department_id, department=old.department, team_id=old.team_id, title=old.title,
        wage=wage, performance_base=performance_base, since=old.until,
    )  # fmt: skip
    person.postings.append(new)
    return new


def _is_no_pay(field: str, fen: int | None) -> Objection | None:
    if fen is not None and 0 <= fen <= LARGEST_WAGE:
        return None
    return Objection(INVALID, N_("An amount in yuan with at most two decimals, up to 100,000."), field=field)


def leave(session: Session, person: Person, *, by: Person, at: datetime) -> None:
    """The person leaves the company: every place ends; the account still reads its own letters."""
    refuse_to_part(person, by=by, at=at)
    refuse(_last_administrator(session, person, at))
    end_everything(session, person, at=at)


def refuse_to_part(person: Person, *, by: Person, at: datetime) -> None:
    """Refuses whoever may not record that this person leaves or hands over."""
    keeps_the_staff_list(by, at)
    refuse(
        _has_left(person, at),
        _oneself(person, by, N_("Somebody else has to record that you leave.")),
        _above_human_resources(person, by, at),
    )


def end_everything(session: Session, person: Person, *, at: datetime) -> None:
    """From `at` on the person holds no place; `at` may lie ahead."""
    person.left_at = at
    for kind in (Posting, RoleGrant, Headship, TeamLeadership):
        end_all(session, kind, at, kind.person_id == person.id)
    end_all(session, Deputation, at, or_(Deputation.principal_id == person.id, Deputation.deputy_id == person.id))


def take_back(person: Person, *, at: datetime) -> None:
    """Whoever was dismissed works in their last post again; offices and roles are given anew by hand."""
    person.left_at = None
    last = person.posting_at(at)
    if last is None or last.until is None:
        return
    if last.until > at:
        last.until = None
        return
    person.postings.append(
        Posting(
            department_id=last.department_id, department=last.department, team_id=last.team_id, title=last.title,
            wage=last.wage, performance_base=last.performance_base, since=at,
        )
    )  # fmt: skip


def reset_password(session: Session, person: Person, *, by: Person, at: datetime) -> str:
    """A password for one log-in, in place of a forgotten one; every session of the account ends."""
    keeps_the_staff_list(by, at)
    refuse(
        _oneself(person, by, N_("Change your own password under My settings.")),
        _above_human_resources(person, by, at) or _decides_cases(session, person, by, at),
    )
    password = passwords.random_password()
    person.password_hash = passwords.hashed(password)
    person.must_change_password = True
    person.session_epoch += 1
    return password


def roles_of(person: Person, at: datetime) -> set[Role]:
    """The roles granted to the person and held at `at`."""
    return {grant.role for grant in person.grants if grant.is_held_at(at)}


def keeps_the_staff_list(by: Person, at: datetime) -> None:
    """Refuses whoever is neither human resources nor administrator."""
    if by.has_left_at(at) or not roles_of(by, at) & {Role.HUMAN_RESOURCES, Role.ADMINISTRATOR}:
        raise Refused([Objection(FORBIDDEN, N_("Only human resources and administrators keep the staff list."))])


def end_all(session: Session, kind: type[Held], at: datetime, *conditions: object) -> None:
    """Ends every open row of `kind` that meets the conditions; nothing ends before it began."""
    rows = session.scalars(select(kind).where(*conditions, or_(kind.until.is_(None), kind.until > at)))  # type: ignore[arg-type]
    for row in rows:
        row.until = max(at, row.since)


def _open_post(person: Person) -> Posting | None:
    return next((post for post in person.postings if post.until is None), None)


def _give_up(
    session: Session, person: Person, old: Posting, at: datetime, department: Department, team: Team | None
) -> None:
    if old.department_id != department.id:
        end_all(session, Headship, at, Headship.person_id == person.id, Headship.department_id == old.department_id)
    if old.team_id is not None and (team is None or old.team_id != team.id):
        leads = (TeamLeadership.person_id == person.id, TeamLeadership.team_id == old.team_id)
        end_all(session, TeamLeadership, at, *leads)


def _wrong_username(session: Session, username: str) -> Objection | None:
    if not username or len(username) > LONGEST_USERNAME or not USERNAME.fullmatch(username):
        sentence = N_("An account name has small letters, digits and single dots or hyphens, like service.ma.")
        return Objection(INVALID, sentence, field="username")
    if session.scalars(select(Person.id).where(Person.username == username)).first() is not None:
        return Objection(INVALID, N_("This account name is taken."), field="username")
    return None


def wrong_length(field: str, text: str, most: int, missing: str = N_("Please fill this in.")) -> Objection | None:
    """Against a text that is missing or longer than `most` characters."""
    if not text:
        return Objection(INVALID, missing, field=field)
    if len(text) > most:
        return Objection(INVALID, N_("At most %(most)d characters, please."), field=field, most=most)
    return None


def wrong_new_post(
    person: Person, department: Department | None, team: Team | None, title: str
) -> list[Objection | None]:
    """Against a post that there is not, and against the one that the person holds already."""
    old = _open_post(person)
    held = (old.department_id, old.team_id, old.title) if old is not None else None
    is_held = department is not None and held == (department.id, team.id if team else None, title)
    same = Objection(INVALID, N_("This is the post that the person holds already."), field="title") if is_held else None
    return [*_wrong_post(department, team, title), same]


def _wrong_post(department: Department | None, team: Team | None, title: str) -> list[Objection | None]:
    return [
        Objection(INVALID, N_("Choose a department."), field="department") if department is None else None,
        Objection(INVALID, N_("This team belongs to another department."), field="team")
        if team is not None and department is not None and team.department_id != department.id
        else None,
        wrong_length("title", title, LONGEST_TITLE),
    ]


def _wrong_day(joined_at: datetime, at: datetime) -> Objection | None:
    if at - EARLIEST <= joined_at <= at + LATEST:
        return None
    return Objection(INVALID, N_("This day cannot be right; at most three months ahead."), field="joined_on")


def _has_left(person: Person, at: datetime) -> Objection | None:
    if not person.has_left_at(at):
        return None
    return Objection(INVALID, N_("%(name)s has left the company."), name=person.name)


def _oneself(person: Person, by: Person, sentence: str) -> Objection | None:
    return Objection(FORBIDDEN, sentence) if person.id == by.id else None


def _above_human_resources(person: Person, by: Person, at: datetime) -> Objection | None:
    """Whoever opens such an account could act in its name, so human resources may not."""
    if Role.ADMINISTRATOR in roles_of(by, at) or not roles_of(person, at) & KEPT_FROM_HUMAN_RESOURCES:
        return None
    return Objection(FORBIDDEN, N_("For this person's role an administrator has to do it."))


def _decides_cases(session: Session, person: Person, by: Person, at: datetime) -> Objection | None:
    """Whoever reads the one-time password of such an account could decide in its name."""
    if Role.ADMINISTRATOR in roles_of(by, at):
        return None
    heads = select(Headship.id).where(Headship.person_id == person.id, Headship.until.is_(None))
    stands_in = select(Deputation.id).where(
        Deputation.deputy_id == person.id, or_(Deputation.until.is_(None), Deputation.until > at)
    )
    deals = Role.CUSTOMER_RELATIONS in roles_of(person, at)
    if not deals and session.scalars(heads.union_all(stands_in)).first() is None:
        return None
    return Objection(FORBIDDEN, N_("For this person's role an administrator has to do it."))


def _last_administrator(session: Session, person: Person, at: datetime) -> Objection | None:
    if Role.ADMINISTRATOR not in roles_of(person, at) or other_administrators(session, person):
        return None
    return Objection(INVALID, N_("%(name)s is the last administrator; name another one first."), name=person.name)


def other_administrators(session: Session, person: Person) -> bool:
    """Whether somebody else is administrator; two who withdraw each other wait for one another."""
    grants = session.scalars(
        select(RoleGrant).where(RoleGrant.role == Role.ADMINISTRATOR, RoleGrant.until.is_(None)).with_for_update()
    ).all()
    return any(grant.person_id != person.id for grant in grants)
