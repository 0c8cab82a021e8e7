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
from web.session import database
from workflow import founding
from workflow.founding import CompanyRefused
from workflow.password import hashed, random_password
from workflow.regulation import PackRefused


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
        migrate(database())
        with database().writing() as session:
            founding.found(session, description, at=datetime.now(UTC))
            given = list(_give_passwords(session))
            session.commit()
    except (CompanyRefused, PackRefused) as refusal:
        raise click.ClickException(str(refusal)) from None
    click.echo(f"{description.name.zh} is set up. These passwords are shown once and must be changed at log-in:")
    click.echo()
    click.echo(table([("account", "name", "password"), *given]))


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
