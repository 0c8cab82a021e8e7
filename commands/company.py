"""`flask company set-up FILE`: the company, its people and its regulation, from a description."""

import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Person
from models.schema import migrate
from pdf import fonts
from pdf.fonts import FontsMissing
from web.session import database
from workflow import founding, packs
from workflow.founding import CompanyRefused
from workflow.password import hashed, random_password
from workflow.regulation import PackRefused
from workflow.regulation import put_in_force as in_force


@click.group("company")
def command() -> None:
    """The company whose regulation this installation carries out."""


@command.command("set-up")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def set_up(file: Path) -> None:
    """Bring the database up to date, found the company described in FILE and print a password for everybody, once."""
    try:
        description = founding.read(file)
        founding.refuse_unprintable(description, fonts.unprintable)
        migrate(database())
        with database().writing() as session:
            founding.found(session, description, at=datetime.now(UTC))
            given = list(_give_passwords(session))
            session.commit()
    except (CompanyRefused, PackRefused, FontsMissing) as refusal:
        raise click.ClickException(str(refusal)) from None
    click.echo(f"{description.name.zh} is set up. These passwords are shown once and must be changed at log-in:")
    click.echo()
    click.echo(table([("account", "name", "password"), *given]))


@command.command("put-in-force")
@click.argument("regulation", type=click.Choice([*packs.SHAPES]))
@click.option("--from", "first_day", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Its first day.")
@with_appcontext
def put_in_force(regulation: str, first_day: datetime) -> None:
    """Put the product's own edition of a REGULATION without blanks in force from a day on."""
    try:
        with database().writing() as session:
            pack = packs.read(regulation)
            version = in_force(session, pack, from_day=first_day.date(), at=datetime.now(UTC))
            session.commit()
            click.echo(f"{pack.title.zh} {version.edition} is in force from {version.in_force_from}.")
    except PackRefused as refusal:
        raise click.ClickException(str(refusal)) from None


def _give_passwords(session: Session) -> Iterable[tuple[str, ...]]:
    for person in session.scalars(select(Person).order_by(Person.id)):
        password = random_password()
        person.password_hash = hashed(password)
        person.must_change_password = True
        yield person.username, person.name, password


def table(rows: list[tuple[str, ...]]) -> str:
    """Rows in columns; a Chinese character is as wide as two letters."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(_padded(cell, width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)


def _padded(cell: str, width: int) -> str:
    return cell + " " * (width - _width(cell))


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
