"""Runs migrations on the database of the settings, or on the connection that the caller hands in."""

from alembic import context
from sqlalchemy import Connection

from config import Settings
from models import Base, Database
from models.schema import changing

# Created by hand-written statements and looked after by triggers, not by the models.
UNMAPPED = ("complaint_search",)


def include_name(name: str | None, kind: str, _parents: object) -> bool:
    return not (kind in ("table", "index") and name is not None and name.startswith(UNMAPPED))


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_name=include_name,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    url = context.config.get_main_option("sqlalchemy.url") or Settings.from_env().database_url
    database = Database(url)
    with changing(database) as connection:
        migrate(connection)
    database.dispose()
