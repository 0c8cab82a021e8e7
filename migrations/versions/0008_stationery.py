"""The company's stationery: its pictures and editions are never changed, nor a draft once it has ended."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

OPEN = sa.text("put_in_force_id IS NULL AND discarded_at IS NULL")
FIXED = ("stationery_picture", "stationery_edition")
ENDED = "OLD.put_in_force_id IS NOT NULL OR OLD.discarded_at IS NOT NULL"


def upgrade() -> None:
    op.create_table(
        "stationery_picture",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("stored_at", sa.DateTime(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_stationery_picture")),
    )
    op.create_table(
        "stationery_edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("in_force_from", sa.Date(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("stored_at", sa.DateTime(), nullable=False),
        sa.Column("stored_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["stored_by_id"], ["person.id"], name=op.f("fk_stationery_edition_stored_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stationery_edition")),
        sa.UniqueConstraint("number", name=op.f("uq_stationery_edition_number")),
    )
    op.create_table(
        "stationery_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("based_on_id", sa.Integer(), nullable=True),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("edited_at", sa.DateTime(), nullable=False),
        sa.Column("edited_by_id", sa.Integer(), nullable=False),
        sa.Column("put_in_force_id", sa.Integer(), nullable=True),
        sa.Column("discarded_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "put_in_force_id IS NULL OR discarded_at IS NULL", name=op.f("ck_stationery_draft_ends_once")
        ),
        *(
            sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_stationery_draft_{column}"))
            for column, target in (
                ("based_on_id", "stationery_edition.id"),
                ("created_by_id", "person.id"),
                ("edited_by_id", "person.id"),
                ("put_in_force_id", "stationery_edition.id"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stationery_draft")),
        sa.UniqueConstraint("put_in_force_id", name=op.f("uq_stationery_draft_put_in_force_id")),
    )
    op.create_index(
        "uq_stationery_draft_open", "stationery_draft", ["number"],
        unique=True, sqlite_where=OPEN, postgresql_where=OPEN,
    )  # fmt: skip
    if op.get_bind().dialect.name == "sqlite":
        _sqlite()
    else:
        _postgresql()


def _sqlite() -> None:
    for table in (*FIXED, "stationery_draft"):
        op.execute(
            f"CREATE TRIGGER keep_{table} BEFORE DELETE ON {table} BEGIN"
            f" SELECT RAISE(ABORT, '{table}: rows are never deleted'); END"
        )
    for table, when in (*((table, "") for table in FIXED), ("stationery_draft", f"WHEN {ENDED}")):
        op.execute(
            f"CREATE TRIGGER hold_{table} BEFORE UPDATE ON {table} {when} BEGIN"
            f" SELECT RAISE(ABORT, '{table}: rows are never changed'); END"
        )


def _postgresql() -> None:
    for table in (*FIXED, "stationery_draft"):
        op.execute(
            f"CREATE TRIGGER keep_{table} BEFORE DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION gongdao_append_only()"
        )
    for table, when in (*((table, "") for table in FIXED), ("stationery_draft", f"WHEN ({ENDED})")):
        op.execute(
            f"CREATE TRIGGER hold_{table} BEFORE UPDATE ON {table}"
            f" FOR EACH ROW {when} EXECUTE FUNCTION gongdao_append_only()"
        )


def downgrade() -> None:
    """A table takes its triggers with it."""
    op.drop_table("stationery_draft")
    op.drop_table("stationery_edition")
    op.drop_table("stationery_picture")
