"""Reports of assessments as files on paper."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

STATES = sa.Enum(
    "waiting", "running", "done", "failed", name="state", native_enum=False, create_constraint=True, length=24
)
UNFINISHED = sa.text("state IN ('waiting', 'running')")
# What has ended is never changed, but for one that failed and is begun anew.
HELD = (
    "OLD.finished_at IS NOT NULL AND NOT (OLD.state = 'failed' AND NEW.state = 'waiting' AND NEW.finished_at IS NULL)"
)


def upgrade() -> None:
    op.create_table(
        "report_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("subjects", sa.JSON(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=True),
        sa.Column("language", sa.String(length=4), nullable=False),
        sa.Column("state", STATES, nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(state IN ('done', 'failed')) = (finished_at IS NOT NULL)", name=op.f("ck_report_file_finished_iff_dated")
        ),
        sa.CheckConstraint(
            "(state = 'done') = (size IS NOT NULL AND digest IS NOT NULL)",
            name=op.f("ck_report_file_done_iff_measured"),
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_report_file_asked_by_id")),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_report_file_assessment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_file")),
        sa.UniqueConstraint("key", name=op.f("uq_report_file_key")),
    )
    op.create_index(
        "uq_report_file_unfinished", "report_file", ["asked_by_id", "assessment_id", "version"],
        unique=True, sqlite_where=UNFINISHED, postgresql_where=UNFINISHED,
    )  # fmt: skip
    op.create_index("ix_report_file_state", "report_file", ["state"])
    _hold()


def _hold() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER keep_report_file BEFORE DELETE ON report_file BEGIN"
            " SELECT RAISE(ABORT, 'report_file: rows are never deleted'); END"
        )
        op.execute(
            f"CREATE TRIGGER hold_report_file BEFORE UPDATE ON report_file WHEN {HELD} BEGIN"
            " SELECT RAISE(ABORT, 'report_file: what has ended is never changed'); END"
        )
    else:
        op.execute(
            "CREATE TRIGGER keep_report_file BEFORE DELETE OR TRUNCATE ON report_file"
            " FOR EACH STATEMENT EXECUTE FUNCTION gongdao_append_only()"
        )
        op.execute(
            "CREATE TRIGGER hold_report_file BEFORE UPDATE ON report_file"
            f" FOR EACH ROW WHEN ({HELD}) EXECUTE FUNCTION gongdao_append_only()"
        )


def downgrade() -> None:
    on_its_table = op.get_bind().dialect.name != "sqlite"
    for trigger in ("hold", "keep"):
        op.execute(f"DROP TRIGGER {trigger}_report_file{' ON report_file' if on_its_table else ''}")
    op.drop_index("ix_report_file_state", table_name="report_file")
    op.drop_index("uq_report_file_unfinished", table_name="report_file")
    op.drop_table("report_file")
