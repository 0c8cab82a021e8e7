"""`flask audit verify`: reads the chain of events again and names the first that does not hold."""

import click
from flask.cli import with_appcontext

from web.session import database
from workflow.audit import first_bad_event


@click.group("audit")
def command() -> None:
    """Check what has been written down."""


@command.command("verify")
@with_appcontext
def verify() -> None:
    """Exit 1 at the first event that was changed, removed or put in."""
    with database().reading() as session:
        bad = first_bad_event(session)
    if bad is not None:
        click.echo(f"The chain is broken: {bad}", err=True)
        raise SystemExit(1)
    click.echo("The chain of events holds.")
