"""`flask demo`: sets up the demo company with a story that has just happened, unless there is a company."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import select
from sqlalchemy.orm import Session

from commands import demo_scorecards
from commands.company import table
from commands.demo_assessments import Assessments
from commands.demo_files import Files
from commands.demo_story import Story
from commands.demo_targets import Targets
from jobs import seal
from models import Company, Person, Role
from web.session import database
from workflow import founding
from workflow.founding import CompanyFile
from workflow.office import Office
from workflow.password import DEMO_PASSWORD, hashed
from workflow.performance_pay import PERFORMANCE_PAY

COMPANY = Path(__file__).resolve().parent.parent / "demo" / "company.yaml"
# How long ago the company was founded, and since when it keeps scorecards.
MONTHS, MONTHS_OF_PAY = 14, 4
AGE_OF_THE_SEAL = timedelta(days=2 * 365)
ROLES = {
    Role.CUSTOMER_RELATIONS: "logs, assigns and verifies",
    Role.DEPARTMENT_HEAD: "answers for a department",
    Role.GENERAL_MANAGER: "rules on appeals",
    Role.HUMAN_RESOURCES: "keeps the staff list",
    Role.ADMINISTRATOR: "accounts and settings",
}


@click.command("demo")
@click.option("--show", is_flag=True, help="Only list the demo users and their password.")
@with_appcontext
def command(show: bool) -> None:
    """Set up the demo company, once; afterwards this does nothing."""
    now = datetime.now(UTC)
    if not show:
        click.echo(set_up(now))
        bring_a_seal(now)
        return
    with database().reading() as session:
        click.echo(users(session, now))


def set_up(now: datetime) -> str:
    """Company, people and story in one transaction: all of it is there, or nothing."""
    with database().writing() as session:
        if (company := session.get(Company, 1)) is not None:
            return f"{company.name_zh} is there already; nothing was changed."
        description = founding.read(COMPANY)
        since = {PERFORMANCE_PAY: _first_of_month(description, now, MONTHS_OF_PAY).date()}
        description = description.model_copy(update={"in_force_from": since})
        founding.found(session, description, at=_founded(description, now), is_demo=True)
        _open_the_doors(session)
        Story(session, Files(), now).tell()
        Assessments(session, Office(session), now).tell()
        Targets(session, Office(session), now).tell()
        demo_scorecards.tell(session, Office(session), now)
        session.commit()
    return f"{description.name.zh} is set up."


def bring_a_seal(now: datetime) -> None:
    """The demo signs its letters with a key of its own, made once; whatever the story tells is younger than it."""
    settings = current_app.config["SETTINGS"]
    with database().reading() as session:
        company = session.get(Company, 1)
    if company is not None and company.is_demo and not seal.place_of(settings).exists():
        seal.make(settings, f"{company.name_zh}（演示）", at=now - AGE_OF_THE_SEAL)


def users(session: Session, now: datetime) -> str:
    """Who may log in to the demo, and how."""
    company = session.get(Company, 1)
    if company is None or not company.is_demo:
        return "There is no demo company in this database."
    staff = Office(session).staff(now)
    rows = [("account", "name", "post", "department", "what they do")]
    for person in session.scalars(select(Person).order_by(Person.id)):
        post = person.posting_at(now)
        held = [words for role, words in ROLES.items() if role in staff.roles_of(person)]
        department = post.department.name_zh if post else ""
        rows.append((person.username, person.name, post.title if post else "", department, "; ".join(held)))
    return f"{table(rows)}\n\nEverybody's password: {DEMO_PASSWORD}"


def _founded(description: CompanyFile, now: datetime) -> datetime:
    """Whatever the story tells happened since."""
    return _first_of_month(description, now, MONTHS).astimezone(UTC)


def _first_of_month(description: CompanyFile, now: datetime, back: int) -> datetime:
    """The first of the month, so many months ago, in company time."""
    zone = ZoneInfo(description.timezone)
    local = now.astimezone(zone)
    year, month = divmod(local.year * 12 + local.month - 1 - back, 12)
    return datetime(year, month + 1, 1, tzinfo=zone)


def _open_the_doors(session: Session) -> None:
    # One hash for all: argon2 is meant to be slow, and this password is no secret.
    password = hashed(DEMO_PASSWORD)
    for person in session.scalars(select(Person)):
        person.password_hash = password
