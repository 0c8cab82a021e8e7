"""`flask audit verify`: reads the books again and names what does not hold, the first of each sort."""

import click
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from web import log
from web.session import database
from workflow import audit


@click.group("audit")
def command() -> None:
    """Check what has been written down."""


@command.command("verify")
@with_appcontext
def verify() -> None:
    """Exit 1 when an event, a letter, a number, an entry, a file or a case was changed behind the product's back."""
    with database().reading() as session:
        _see_one_moment(session)
        bad = list(audit.findings(session, log.settings().var))
        counts = audit.counts(session)
    if bad:
        click.echo("\n".join(bad), err=True)
        raise SystemExit(1)
    verified = ", ".join(f"{name} {count}" for name, count in counts.items())
    click.echo(f"Everything holds. Verified: {verified}.")


def _see_one_moment(session: Session) -> None:
    """People go on working meanwhile; a letter issued between two queries must not look like a wrong count."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
