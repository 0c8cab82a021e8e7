"""Internal copies that were printed, the letters of a month as one file, and what proves a service."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

STATES = sa.Enum(
    "waiting", "running", "done", "failed", name="state", native_enum=False, create_constraint=True, length=24
)
UNFINISHED = sa.text("state IN ('waiting', 'running')")
# Rows that are never changed, and those that are changed until they have ended; none is deleted.
HELD = {"letter_print": "", "service_file": "", "month_file": "OLD.finished_at IS NOT NULL"}


def upgrade() -> None:
    op.create_table(
        "letter_print",
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=4), nullable=False),
        sa.Column("copy", sa.String(length=12), nullable=False),
        sa.Column("printed_at", sa.DateTime(), nullable=False),
        sa.Column("printed_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_letter_print_numbered_from_one")),
        *_named("letter_print", ("letter_id", "letter.id"), ("printed_by_id", "person.id")),
        sa.PrimaryKeyConstraint("letter_id", "number", name=op.f("pk_letter_print")),
    )
    _month_file()
    _service_file()
    for table, unless in HELD.items():
        _hold(table, unless)


def _month_file() -> None:
    op.create_table(
        "month_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("language", sa.String(length=4), nullable=False),
        sa.Column("state", STATES, nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.Column("papers", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "(state IN ('done', 'failed')) = (finished_at IS NOT NULL)", name=op.f("ck_month_file_finished_iff_dated")
        ),
        sa.CheckConstraint(
            "(state = 'done') = (size IS NOT NULL AND digest IS NOT NULL)", name=op.f("ck_month_file_done_iff_measured")
        ),
        *_named("month_file", ("asked_by_id", "person.id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_month_file")),
        sa.UniqueConstraint("key", name=op.f("uq_month_file_key")),
    )
    op.create_index(
        "uq_month_file_unfinished", "month_file", ["asked_by_id", "month", "language"],
        unique=True, sqlite_where=UNFINISHED, postgresql_where=UNFINISHED,
    )  # fmt: skip
    op.create_index("ix_month_file_state", "month_file", ["state"])


def _service_file() -> None:
    op.create_table(
        "service_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_service_file_not_empty")),
        sa.ForeignKeyConstraint(
            ["letter_id", "person_id"], ["letter_service.letter_id", "letter_service.person_id"],
            name=op.f("fk_service_file_letter_id"),
        ),
        *_named("service_file", ("added_by_id", "person.id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_file")),
        sa.UniqueConstraint("key", name=op.f("uq_service_file_key")),
    )  # fmt: skip
    op.create_index("ix_service_file_letter_id_person_id", "service_file", ["letter_id", "person_id"])


def _named(table: str, *keys: tuple[str, str]) -> list[sa.ForeignKeyConstraint]:
    return [sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}")) for column, target in keys]


def _hold(table: str, when: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER keep_{table} BEFORE DELETE ON {table} BEGIN"
            f" SELECT RAISE(ABORT, '{table}: rows are never deleted'); END"
        )
        op.execute(
            f"CREATE TRIGGER hold_{table} BEFORE UPDATE ON {table} {f'WHEN {when}' if when else ''} BEGIN"
            f" SELECT RAISE(ABORT, '{table}: what has ended is never changed'); END"
        )
    else:
        op.execute(
            f"CREATE TRIGGER keep_{table} BEFORE DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION gongdao_append_only()"
        )
        op.execute(
            f"CREATE TRIGGER hold_{table} BEFORE UPDATE ON {table}"
            f" FOR EACH ROW {f'WHEN ({when})' if when else ''} EXECUTE FUNCTION gongdao_append_only()"
        )


def downgrade() -> None:
    on_its_table = op.get_bind().dialect.name != "sqlite"
    for table in HELD:
        for trigger in ("hold", "keep"):
            op.execute(f"DROP TRIGGER {trigger}_{table}{f' ON {table}' if on_its_table else ''}")
    op.drop_index("ix_service_file_letter_id_person_id", table_name="service_file")
    op.drop_table("service_file")
    op.drop_index("ix_month_file_state", table_name="month_file")
    op.drop_index("uq_month_file_unfinished", table_name="month_file")
    op.drop_table("month_file")
    op.drop_table("letter_print")
