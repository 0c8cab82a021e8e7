"""`flask import complaints FILE`: files the complaints of a CSV or Excel file and names each bad row."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs.imports import ROWS_AT_ONCE
from models import Category, Channel, Person, Role, RoleGrant, Severity
from pdf import fonts
from web.session import database
from workflow import import_columns, import_table, importing
from workflow.import_excel import Row
from workflow.import_row import ANONYMOUS, USUAL_SOURCE, Plan
from workflow.import_table import Table
from workflow.importing import Outcome
from workflow.process import Refused

FIELD_NAMES = [field.name for field in import_columns.FIELDS]


@click.group("import")
def command() -> None:
    """Bring in what other programs have kept."""


@command.command("complaints")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--by", "username", help="Account of the officer who files them; else the first of customer relations.")
@click.option(
    "--column", "columns", multiple=True, metavar="HEADING=FIELD",
    help=f"What a column means, where its heading does not say so. Fields: {', '.join(FIELD_NAMES)}.",
)  # fmt: skip
@click.option("--source", default=USUAL_SOURCE, show_default=True, help="Where the numbers of the file come from.")
@click.option("--customer-name", default=ANONYMOUS, show_default=True)
@click.option("--channel", type=click.Choice([value.value for value in Channel]), default="web", show_default=True)
@click.option(
    "--category", type=click.Choice([value.value for value in Category]), default="product_quality", show_default=True
)
@click.option("--severity", type=click.Choice([value.value for value in Severity]), default="normal", show_default=True)
@with_appcontext
def complaints(file: Path, username: str | None, columns: tuple[str, ...], **constants: str) -> None:
    """File the complaints of FILE (.csv or .xlsx). Rows that were filed before are not filed again."""
    try:
        table, first = _open(file)
        plan = _plan(table, first, columns, constants)
        with database().reading() as session:
            person_id = _officer(session, username).id
        outcome = _file(table, [*first], plan, person_id)
    except Refused as refusal:
        raise click.ClickException("\n".join(map(str, refusal.objections))) from None
    _sum_up(outcome)


def _open(file: Path) -> tuple[Table, list[Row]]:
    """The table, and the rows from which the meaning of its columns is seen."""
    table = import_table.read(file.read_bytes())
    return table, list(islice(table.rows, ROWS_AT_ONCE))


def _plan(table: Table, first: list[Row], columns: tuple[str, ...], constants: dict[str, str]) -> Plan:
    fields = list(importing.plan_for(table.headings, first).fields)
    for column in columns:
        heading, _, field = column.rpartition("=")
        if heading not in table.headings or field not in (*FIELD_NAMES, ""):
            raise click.ClickException(f"“{column}” names no column or no field. Columns: {', '.join(table.headings)}")
        fields[table.headings.index(heading)] = field or None
    plan = Plan.from_json({"fields": fields, **constants})
    if objections := plan.objections():
        raise click.ClickException("\n".join([*map(str, objections), f"Columns: {', '.join(table.headings)}"]))
    return plan


def _officer(session: Session, username: str | None) -> Person:
    """Whoever is named, else the first who logs complaints."""
    query = select(Person).order_by(Person.id)
    if username is not None:
        query = query.where(Person.username == username)
    else:
        grant = (RoleGrant.role == Role.CUSTOMER_RELATIONS, RoleGrant.until.is_(None))
        query = query.join(Person.grants).where(*grant, Person.left_at.is_(None)).order_by(RoleGrant.id)
    person = session.scalars(query).first()
    if person is None:
        raise click.ClickException(f"There is no account “{username}”." if username else "Nobody logs complaints yet.")
    return person


def _file(table: Table, first: list[Row], plan: Plan, person_id: int) -> Outcome:
    total = Outcome()
    for rows in _batches(first, table.rows):
        with database().writing() as session:
            person, at = session.get_one(Person, person_id), datetime.now(UTC)
            outcome = importing.file_rows(
                session, table.headings, rows, plan, by=person, at=at, unprintable=fonts.unprintable
            )
            session.commit()
        total += outcome
        _show(outcome, total)
    return total


def _batches(first: list[Row], rest: Iterator[Row]) -> Iterator[list[Row]]:
    rows = first
    while rows:
        yield rows
        rows = list(islice(rest, ROWS_AT_ONCE))


def _show(outcome: Outcome, total: Outcome) -> None:
    """Bad rows as they come; on a terminal a line that counts, in a log one for each hundred."""
    for row in outcome.refused:
        reasons = " ".join(map(str, row.objections))
        click.echo(f"\rrow {row.number}: {reasons}", err=True)
    progress = f"{total.seen} rows read, {total.added} added"
    if sys.stdout.isatty():
        click.echo(f"\r{progress}", nl=False)
    elif total.seen % 100 < ROWS_AT_ONCE:
        click.echo(progress)


def _sum_up(total: Outcome) -> None:
    if sys.stdout.isatty():
        click.echo("\r", nl=False)
    click.echo(
        f"{total.seen} rows: {total.added} complaints added, {total.repeated} were there already, "
        f"{len(total.refused)} refused."
    )
    raise SystemExit(1 if total.refused else 0)
