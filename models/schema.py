"""Brings a database to the present schema by the migrations, in one transaction."""

from pathlib import Path

from alembic import command
from alembic.config import Config

from models.session import Database

ROOT = Path(__file__).resolve().parent.parent


def migrate(database: Database, revision: str = "head") -> None:
    """Run all migrations that are missing up to `revision`."""
    config = Config(ROOT / "alembic.ini")
    config.set_main_option("script_location", str(ROOT / "migrations"))
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
