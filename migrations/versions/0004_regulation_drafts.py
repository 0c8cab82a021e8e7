"""Drafts of regulations and their rehearsals; what became of a draft is never changed."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

OPEN = sa.text("put_in_force_id IS NULL AND discarded_at IS NULL")
ENDED = "OLD.put_in_force_id IS NOT NULL OR OLD.discarded_at IS NOT NULL"


def upgrade() -> None:
    op.create_table(
        "regulation_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("based_on_id", sa.Integer(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("adoption", sa.Text(), nullable=True),
        sa.Column("in_force_from", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("edited_at", sa.DateTime(), nullable=False),
        sa.Column("edited_by_id", sa.Integer(), nullable=False),
        sa.Column("put_in_force_id", sa.Integer(), nullable=True),
        sa.Column("discarded_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_for_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "put_in_force_id IS NULL OR discarded_at IS NULL", name=op.f("ck_regulation_draft_ends_once")
        ),
        sa.CheckConstraint(
            "(put_in_force_id IS NULL AND discarded_at IS NULL) = (decided_by_id IS NULL)",
            name=op.f("ck_regulation_draft_decided_iff_ended"),
        ),
        sa.CheckConstraint(
            "put_in_force_id IS NULL OR (adoption IS NOT NULL AND in_force_from IS NOT NULL)",
            name=op.f("ck_regulation_draft_adopted_before_in_force"),
        ),
        *(
            sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_regulation_draft_{column}"))
            for column, target in (
                ("based_on_id", "regulation_version.id"),
                ("created_by_id", "person.id"),
                ("edited_by_id", "person.id"),
                ("put_in_force_id", "regulation_version.id"),
                ("decided_by_id", "person.id"),
                ("decided_for_id", "person.id"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regulation_draft")),
        sa.UniqueConstraint("put_in_force_id", name=op.f("uq_regulation_draft_put_in_force_id")),
    )
    op.create_index(
        "uq_regulation_draft_open", "regulation_draft", ["slug"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN
    )
    op.create_table(
        "regulation_rehearsal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting", "running", "done", "failed",
                name="state", native_enum=False, create_constraint=True, length=24,
            ),
            nullable=False,
        ),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("stories", sa.JSON(), nullable=False),
        sa.Column("cases", sa.JSON(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "(state IN ('done', 'failed')) = (finished_at IS NOT NULL)",
            name=op.f("ck_regulation_rehearsal_finished_iff_dated"),
        ),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["regulation_draft.id"], name=op.f("fk_regulation_rehearsal_draft_id")
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_regulation_rehearsal_asked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regulation_rehearsal")),
    )  # fmt: skip
    op.create_index("ix_regulation_rehearsal_draft_id", "regulation_rehearsal", ["draft_id", "id"], unique=False)
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER keep_regulation_draft BEFORE DELETE ON regulation_draft BEGIN"
            " SELECT RAISE(ABORT, 'regulation_draft: rows are never deleted'); END"
        )
        op.execute(
            f"CREATE TRIGGER hold_regulation_draft BEFORE UPDATE ON regulation_draft WHEN {ENDED} BEGIN"
            " SELECT RAISE(ABORT, 'regulation_draft: what has ended is never changed'); END"
        )
    else:
        op.execute(
            "CREATE TRIGGER keep_regulation_draft BEFORE DELETE OR TRUNCATE ON regulation_draft"
            " FOR EACH STATEMENT EXECUTE FUNCTION gongdao_append_only()"
        )
        op.execute(
            "CREATE TRIGGER hold_regulation_draft BEFORE UPDATE ON regulation_draft"
            f" FOR EACH ROW WHEN ({ENDED}) EXECUTE FUNCTION gongdao_append_only()"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER hold_regulation_draft")
        op.execute("DROP TRIGGER keep_regulation_draft")
    else:
        op.execute("DROP TRIGGER hold_regulation_draft ON regulation_draft")
        op.execute("DROP TRIGGER keep_regulation_draft ON regulation_draft")
    op.drop_index("ix_regulation_rehearsal_draft_id", table_name="regulation_rehearsal")
    op.drop_table("regulation_rehearsal")
    op.drop_index("uq_regulation_draft_open", table_name="regulation_draft", sqlite_where=OPEN, postgresql_where=OPEN)
    op.drop_table("regulation_draft")
