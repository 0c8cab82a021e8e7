"""The command line: every group under `flask --app wsgi`.

A command that fails because the database is not there or not up to date ends with one sentence that says so.
"""

from copy import copy
from pathlib import Path
from typing import Any

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from click import ClickException, Command, Context
from flask import Flask
from sqlalchemy.exc import OperationalError, ProgrammingError

from models import Database

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"
NOT_UP_TO_DATE = (
    "The database is empty or not up to date; run “.venv/bin/python -m alembic upgrade head” "
    "(bin/run does so when it starts the product)."
)


def register(app: Flask) -> None:
    """Add all commands to the application."""
    from commands import audit, company, demo, imports, scenario, seal

    for module in (audit, company, demo, imports, seal):
        app.cli.add_command(_in_a_sentence(module.command, app.extensions["database"]))
    # Scenarios run on databases of their own, which they bring up to date themselves.
    app.cli.add_command(scenario.command)


def _in_a_sentence(command: Command, database: Database) -> Command:
    """The command as it was, but that a database which is not ready is told in a sentence instead of a trace."""

    def invoke(context: Context) -> Any:
        try:
            return command.invoke(context)
        except (OperationalError, ProgrammingError):
            # Asked only now: a command that succeeds need not wait for it.
            if (why := _what_is_missing(database)) is None:
                raise
            raise ClickException(why) from None

    # A copy, because one process may hold several applications, as the tests do.
    guarded = copy(command)
    guarded.invoke = invoke  # type: ignore[method-assign]
    return guarded


def _what_is_missing(database: Database) -> str | None:
    """None when the database answers and has the tables of this version: then the mistake is ours."""
    try:
        with database.engine.connect() as connection:
            stands_at = MigrationContext.configure(connection).get_current_heads()
    except OperationalError as error:
        return f"The database cannot be reached: {str(error.orig).strip().splitlines()[0]}"
    heads = ScriptDirectory(str(MIGRATIONS)).get_heads()
    return None if set(stands_at) == set(heads) else NOT_UP_TO_DATE
