"""The calendar: imported years, shifts of departments, and which deadlines its changes moved; clocks that stand."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# As models/complaint.py says it. They hang on the last new column, because SQLite adds no constraint to a table.
STOPPED = {
    "stopped_iff_limited": (
        "(stopped_at IS NULL) = (stopped_until IS NULL) AND (stopped_at IS NULL) = (stopped_due_at IS NULL)"
    ),
    "stopped_within_its_time": (
        "stopped_at IS NULL OR (stopped_at < stopped_until AND stopped_at < stopped_due_at AND stopped_until <= due_at)"
    ),
    "stopped_while_the_customer_is_waited_for": (
        "stopped_at IS NULL OR (clock IS NOT NULL AND clock IN ('complete', 'verify'))"
    ),
}


def upgrade() -> None:
    op.create_table(
        "public_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("is_working", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_public_day")),
    )
    op.create_table(
        "department_shift",
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("opens_at", sa.Time(), nullable=False),
        sa.Column("closes_at", sa.Time(), nullable=False),
        sa.Column("on_holidays", sa.Boolean(), nullable=False),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_department_shift_day_of_the_week")),
        sa.CheckConstraint("opens_at < closes_at", name=op.f("ck_department_shift_opens_before_it_closes")),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_department_shift_department_id")),
        sa.PrimaryKeyConstraint("department_id", "weekday", name=op.f("pk_department_shift")),
    )
    op.create_table(
        "moved_deadline",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("limit_name", sa.String(length=24), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("old_due_at", sa.DateTime(), nullable=False),
        sa.Column("new_due_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("old_due_at <> new_due_at", name=op.f("ck_moved_deadline_moved")),
        sa.ForeignKeyConstraint(["change_id"], ["setting_change.id"], name=op.f("fk_moved_deadline_change_id")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_moved_deadline_event_id")),
        sa.PrimaryKeyConstraint("event_id", "limit_name", name=op.f("pk_moved_deadline")),
    )
    op.create_index("ix_moved_deadline_change_id", "moved_deadline", ["change_id"])
    _keep_moved_deadlines()
    _stop_clocks()


def downgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        for name in STOPPED:
            op.drop_constraint(op.f(f"ck_complaint_{name}"), "complaint", type_="check")
    op.drop_index("ix_complaint_stopped_until", "complaint")
    op.execute("ALTER TABLE complaint DROP COLUMN stopped_until")
    op.execute("ALTER TABLE complaint DROP COLUMN stopped_due_at")
    op.execute("ALTER TABLE complaint DROP COLUMN stopped_at")
    for table in ("moved_deadline", "department_shift", "public_day"):
        op.drop_table(table)


def _stop_clocks() -> None:
    op.execute(f"ALTER TABLE complaint ADD COLUMN stopped_at {_moment()}")
    op.execute(f"ALTER TABLE complaint ADD COLUMN stopped_due_at {_moment()}")
    if op.get_bind().dialect.name == "sqlite":
        checks = " ".join(f"CONSTRAINT ck_complaint_{name} CHECK ({check})" for name, check in STOPPED.items())
        op.execute(f"ALTER TABLE complaint ADD COLUMN stopped_until {_moment()} {checks}")
    else:
        op.execute(f"ALTER TABLE complaint ADD COLUMN stopped_until {_moment()}")
        for name, check in STOPPED.items():
            op.create_check_constraint(op.f(f"ck_complaint_{name}"), "complaint", check)
    op.create_index("ix_complaint_stopped_until", "complaint", ["stopped_until"])


def _moment() -> str:
    return "DATETIME" if op.get_bind().dialect.name == "sqlite" else "TIMESTAMP WITHOUT TIME ZONE"


def _keep_moved_deadlines() -> None:
    """What a change moved is told for ever."""
    if op.get_bind().dialect.name == "sqlite":
        for trigger, moment, verb in (("keep", "DELETE", "deleted"), ("hold", "UPDATE", "changed")):
            op.execute(
                f"CREATE TRIGGER {trigger}_moved_deadline BEFORE {moment} ON moved_deadline BEGIN"
                f" SELECT RAISE(ABORT, 'moved_deadline: rows are never {verb}'); END"
            )
        return
    for trigger, moment, each in (("keep", "DELETE OR TRUNCATE", "STATEMENT"), ("hold", "UPDATE", "ROW")):
        op.execute(
            f"CREATE TRIGGER {trigger}_moved_deadline BEFORE {moment} ON moved_deadline"
            f" FOR EACH {each} EXECUTE FUNCTION gongdao_append_only()"
        )
