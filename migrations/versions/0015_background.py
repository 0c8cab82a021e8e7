"""What the background says about itself: living workers, steps that failed, and why a file could not be made."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

SAY_WHY = ("case_file", "month_file", "regulation_rehearsal", "complaint_import")
# What has ended is never changed, but for one that failed and is begun anew.
ENDED = "OLD.finished_at IS NOT NULL"
BEGUN_ANEW = "OLD.state = 'failed' AND NEW.state = 'waiting' AND NEW.finished_at IS NULL"
HELD = ("case_file", "month_file")
FAILED = sa.text("state = 'failed'")


def upgrade() -> None:
    op.create_table(
        "worker_pulse",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_worker_pulse")),
    )
    op.create_table(
        "failed_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=24), nullable=False),
        sa.Column("moment", sa.DateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_failed_step")),
        sa.UniqueConstraint(
            "kind", "case_id", "action", "moment", name=op.f("uq_failed_step_kind_case_id_action_moment")
        ),
    )
    for table in SAY_WHY:
        op.add_column(table, sa.Column("last_error", sa.Text(), nullable=True))
    for table in ("outbox_order", "message"):
        op.create_index(f"ix_{table}_failed", table, ["id"], sqlite_where=FAILED, postgresql_where=FAILED)
    for table in HELD:
        _hold(table, f"{ENDED} AND NOT ({BEGUN_ANEW})")


def downgrade() -> None:
    for table in HELD:
        _hold(table, ENDED)
    for table in ("outbox_order", "message"):
        op.drop_index(f"ix_{table}_failed", table_name=table)
    for table in SAY_WHY:
        op.execute(f"ALTER TABLE {table} DROP COLUMN last_error")
    op.drop_table("failed_step")
    op.drop_table("worker_pulse")


def _hold(table: str, when: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"DROP TRIGGER hold_{table}")
        op.execute(
            f"CREATE TRIGGER hold_{table} BEFORE UPDATE ON {table} WHEN {when} BEGIN"
            f" SELECT RAISE(ABORT, '{table}: what has ended is never changed'); END"
        )
    else:
        op.execute(f"DROP TRIGGER hold_{table} ON {table}")
        op.execute(
            f"CREATE TRIGGER hold_{table} BEFORE UPDATE ON {table}"
            f" FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION gongdao_append_only()"
        )
