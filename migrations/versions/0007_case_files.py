"""Case files as one PDF: who had one made, and what became of it; what has ended is never changed."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ENDED = "OLD.finished_at IS NOT NULL"
STATES = sa.Enum(
    "waiting", "running", "done", "failed", name="state", native_enum=False, create_constraint=True, length=24
)


def upgrade() -> None:
    op.create_table(
        "case_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=True),
        sa.Column("penalty_id", sa.Integer(), nullable=True),
        sa.Column("copy", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=4), nullable=False),
        sa.Column("state", STATES, nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("remarks", sa.JSON(), nullable=False),
        sa.CheckConstraint("(complaint_id IS NULL) <> (penalty_id IS NULL)", name=op.f("ck_case_file_of_one_case")),
        sa.CheckConstraint(
            "(state IN ('done', 'failed')) = (finished_at IS NOT NULL)", name=op.f("ck_case_file_finished_iff_dated")
        ),
        sa.CheckConstraint(
            "(state = 'done') = (pages IS NOT NULL AND digest IS NOT NULL)", name=op.f("ck_case_file_done_iff_measured")
        ),
        *(
            sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_case_file_{column}"))
            for column, target in (
                ("complaint_id", "complaint.id"), ("penalty_id", "penalty.id"), ("asked_by_id", "person.id"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_file")),
        sa.UniqueConstraint("key", name=op.f("uq_case_file_key")),
    )  # fmt: skip
    op.create_index("uq_case_file_complaint_id_copy", "case_file", ["complaint_id", "copy"], unique=True)
    op.create_index("uq_case_file_penalty_id_copy", "case_file", ["penalty_id", "copy"], unique=True)
    op.create_index("ix_case_file_state", "case_file", ["state"], unique=False)
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER keep_case_file BEFORE DELETE ON case_file BEGIN"
            " SELECT RAISE(ABORT, 'case_file: rows are never deleted'); END"
        )
        op.execute(
            f"CREATE TRIGGER hold_case_file BEFORE UPDATE ON case_file WHEN {ENDED} BEGIN"
            " SELECT RAISE(ABORT, 'case_file: what has ended is never changed'); END"
        )
    else:
        op.execute(
            "CREATE TRIGGER keep_case_file BEFORE DELETE OR TRUNCATE ON case_file"
            " FOR EACH STATEMENT EXECUTE FUNCTION gongdao_append_only()"
        )
        op.execute(
            "CREATE TRIGGER hold_case_file BEFORE UPDATE ON case_file"
            f" FOR EACH ROW WHEN ({ENDED}) EXECUTE FUNCTION gongdao_append_only()"
        )


def downgrade() -> None:
    on = "" if op.get_bind().dialect.name == "sqlite" else " ON case_file"
    op.execute(f"DROP TRIGGER hold_case_file{on}")
    op.execute(f"DROP TRIGGER keep_case_file{on}")
    op.drop_index("ix_case_file_state", table_name="case_file")
    op.drop_index("uq_case_file_penalty_id_copy", table_name="case_file")
    op.drop_index("uq_case_file_complaint_id_copy", table_name="case_file")
    op.drop_table("case_file")
