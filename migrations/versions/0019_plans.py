"""Improvement plans (改善措施): plans, their measures, the customers who hear of them, and their events and proofs."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

# Tables that tell which case they are about, with the cases before and the name of their check.
ABOUT = {
    "event": (("complaint", "penalty", "scorecard", "payday"), "about_one_case"),
    "attachment": (("complaint", "penalty"), "of_one_case"),
    "reminder": (("complaint", "penalty", "scorecard", "customers"), "about_one_case"),
}
# What each of them has once for a plan.
UNIQUE = {"event": ["plan_id", "seq"], "reminder": ["plan_id", "clock", "clock_started_at", "fell_due_at"]}
ONCE = sa.text("occasion <> 'late'")
IS_RUNNING = sa.text("state IN ('working', 'done')")
NOT_DONE = sa.text("done_at IS NULL")
# What is done and what was told stay as they are.
HELD = {"plan_measure": "done_at", "plan_customer": "told_on"}
KEPT = ("plan", *HELD)


def upgrade() -> None:
    _plan()
    _measure()
    _customer()
    for table, (cases, name) in ABOUT.items():
        _speaks_of_plans(table, cases, op.f(f"ck_{table}_{name}"))
    for column in ("actor_id", "acting_for_id"):
        op.create_index(f"ix_event_{'actor' if column == 'actor_id' else 'for'}_plan", "event", [column, "plan_id"])
    op.create_index("ix_attachment_plan_id", "attachment", ["plan_id"])
    op.create_index(
        "uq_reminder_plan_once", "reminder", ["plan_id", "clock", "clock_started_at", "occasion"],
        unique=True, sqlite_where=ONCE, postgresql_where=ONCE,
    )  # fmt: skip
    _keep()


def _plan() -> None:
    op.create_table(
        "plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("state", _one_of("state", "working", "done", "effective", "dropped"), nullable=False),
        sa.Column("source", _one_of("source", "complaint", "survey", "inspection", "assessment"), nullable=False),
        sa.Column("source_ref", sa.String(length=80), nullable=True),
        sa.Column("complaint_id", sa.Integer(), nullable=True),
        sa.Column(
            "category",
            _one_of(
                "category", "service_attitude", "service_quality", "product_quality", "delivery", "price", "parts",
                "process", "other",
            ),
            nullable=True,
        ),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column(
            "cause",
            _one_of(
                "cause", "people", "machine", "material", "method", "environment", "measurement", "misunderstanding"
            ),
            nullable=True,
        ),
        sa.Column("why_1", sa.Text(), nullable=True),
        sa.Column("whys", sa.JSON(), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.Column("finished_by_id", sa.Integer(), nullable=True),
        sa.Column("finished_for_id", sa.Integer(), nullable=True),
        sa.Column("verified_at", sa.DateTime(), nullable=True),
        sa.Column("verified_by_id", sa.Integer(), nullable=True),
        sa.Column("clock", sa.String(length=24), nullable=True),
        sa.Column("clock_started_at", sa.DateTime(), nullable=True),
        sa.Column("due_at", sa.DateTime(), nullable=True),
        sa.Column("regulation_version_id", sa.Integer(), nullable=False),
        *_checks("plan", {
            "complaint_is_linked": "(source = 'complaint') = (complaint_id IS NOT NULL)",
            "complaint_has_a_category": "complaint_id IS NULL OR category IS NOT NULL",
            "cause_is_explained": "(cause IS NULL) = (why_1 IS NULL)",
            "finished_iff_dated":
                "(state IN ('done', 'effective')) = (finished_at IS NOT NULL AND finished_by_id IS NOT NULL)",
            "finished_with_a_cause": "finished_at IS NULL OR cause IS NOT NULL",
            "verified_iff_dated": "(state = 'effective') = (verified_at IS NOT NULL AND verified_by_id IS NOT NULL)",
            "verified_by_somebody_else":
                "verified_by_id IS NULL OR (verified_by_id <> owner_id AND verified_by_id <> finished_by_id"
                " AND (finished_for_id IS NULL OR verified_by_id <> finished_for_id))",
            "rounds_from_one": "round > 0",
            "clock_iff_due": "(clock IS NULL) = (due_at IS NULL)",
            "running_has_a_clock": "clock IS NOT NULL OR state IN ('effective', 'dropped')",
            "dropped_has_no_clock": "clock IS NULL OR state <> 'dropped'",
        }),
        *_keys("plan", complaint_id="complaint", department_id="department", owner_id="person",
               opened_by_id="person", finished_by_id="person", finished_for_id="person", verified_by_id="person",
               regulation_version_id="regulation_version"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
        sa.UniqueConstraint("year", "seq", name=op.f("uq_plan_year_seq")),
    )  # fmt: skip
    for name, columns in {
        "ix_plan_clock_due": ["clock", "due_at"], "ix_plan_department_state": ["department_id", "state", "id"],
        "ix_plan_owner_state": ["owner_id", "state", "id"],
        "ix_plan_verified": ["department_id", "category", "verified_at"],
    }.items():  # fmt: skip
        op.create_index(name, "plan", columns)
    op.create_index(
        "uq_plan_running", "plan", ["complaint_id"], unique=True, sqlite_where=IS_RUNNING, postgresql_where=IS_RUNNING
    )


def _measure() -> None:
    op.create_table(
        "plan_measure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_at", sa.DateTime(), nullable=True),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        *_checks("plan_measure", {
            "done_by_somebody": "(done_at IS NULL) = (done_by_id IS NULL)", "rounds_from_one": "round > 0",
        }),
        *_keys("plan_measure", plan_id="plan", owner_id="person", done_by_id="person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_measure")),
        sa.UniqueConstraint("plan_id", "position", name=op.f("uq_plan_measure_plan_id_position")),
    )  # fmt: skip
    op.create_index(
        "ix_plan_measure_owner", "plan_measure", ["owner_id", "plan_id"], sqlite_where=NOT_DONE,
        postgresql_where=NOT_DONE,
    )  # fmt: skip


def _customer() -> None:
    op.create_table(
        "plan_customer",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("told_how", _one_of("told_how", "phone", "message", "visit", "letter", "not_wished"), nullable=True),
        sa.Column("told_words", sa.Text(), nullable=True),
        sa.Column("told_by_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(), nullable=True),
        *_checks("plan_customer", {
            "told_in_full":
                "(told_on IS NULL) = (told_how IS NULL) AND (told_on IS NULL) = (told_by_id IS NULL)"
                " AND (told_on IS NULL) = (recorded_at IS NULL)",
        }),
        *_keys("plan_customer", plan_id="plan", complaint_id="complaint", told_by_id="person"),
        sa.PrimaryKeyConstraint("plan_id", "complaint_id", name=op.f("pk_plan_customer")),
    )  # fmt: skip
    op.create_index("ix_plan_customer_complaint_id", "plan_customer", ["complaint_id"])


def _speaks_of_plans(table: str, cases: tuple[str, ...], check: str) -> None:
    """One more column beside those of the other cases; SQLite makes the table anew for it."""
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(check, type_="check")
        batch.add_column(sa.Column("plan_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(batch.f(f"fk_{table}_plan_id"), "plan", ["plan_id"], ["id"])
        batch.create_check_constraint(check, one_of(*cases, "plan"))
        if table in UNIQUE:
            batch.create_unique_constraint(_unique(table), UNIQUE[table])
    _hold_anew(table)


def _speaks_of_none(table: str, cases: tuple[str, ...], check: str) -> None:
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(check, type_="check")
        batch.drop_constraint(batch.f(f"fk_{table}_plan_id"), type_="foreignkey")
        if table in UNIQUE:
            batch.drop_constraint(_unique(table), type_="unique")
        batch.drop_column("plan_id")
        batch.create_check_constraint(check, one_of(*cases))
    _hold_anew(table)


def _unique(table: str) -> str:
    return op.f(f"uq_{table}_{'_'.join(UNIQUE[table])}")


def one_of(*cases: str) -> str:
    return " + ".join(f"(CASE WHEN {case}_id IS NULL THEN 0 ELSE 1 END)" for case in cases) + " = 1"


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def _checks(table: str, checks: dict[str, str]) -> list[sa.CheckConstraint]:
    return [sa.CheckConstraint(check, name=op.f(f"ck_{table}_{name}")) for name, check in checks.items()]


def _keys(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))
        for column, to in columns.items()
    ]


def _hold_anew(table: str) -> None:
    """Rows are never changed and never deleted, also in the table that was made anew."""
    if not _is_sqlite():
        return
    for trigger, moment, verb in (("keep", "DELETE", "deleted"), ("hold", "UPDATE", "changed")):
        op.execute(
            f"CREATE TRIGGER {trigger}_{table} BEFORE {moment} ON {table} BEGIN"
            f" SELECT RAISE(ABORT, '{table}: rows are never {verb}'); END"
        )


def _keep() -> None:
    for table in KEPT:
        if _is_sqlite():
            op.execute(
                f"CREATE TRIGGER keep_{table} BEFORE DELETE ON {table} BEGIN"
                f" SELECT RAISE(ABORT, '{table}: rows are never deleted'); END"
            )
        else:
            op.execute(
                f"CREATE TRIGGER keep_{table} BEFORE DELETE OR TRUNCATE ON {table}"
                " FOR EACH STATEMENT EXECUTE FUNCTION gongdao_append_only()"
            )
    for table, done in HELD.items():
        if _is_sqlite():
            op.execute(
                f"CREATE TRIGGER hold_{table} BEFORE UPDATE ON {table} WHEN OLD.{done} IS NOT NULL BEGIN"
                f" SELECT RAISE(ABORT, '{table}: rows are never changed'); END"
            )
        else:
            op.execute(
                f"CREATE TRIGGER hold_{table} BEFORE UPDATE ON {table} FOR EACH ROW"
                f" WHEN (OLD.{done} IS NOT NULL) EXECUTE FUNCTION gongdao_append_only()"
            )


def downgrade() -> None:
    op.drop_index("uq_reminder_plan_once", table_name="reminder")
    op.drop_index("ix_attachment_plan_id", table_name="attachment")
    for column in ("actor", "for"):
        op.drop_index(f"ix_event_{column}_plan", table_name="event")
    for table, (cases, name) in ABOUT.items():
        _speaks_of_none(table, cases, op.f(f"ck_{table}_{name}"))
    for table in ("plan_customer", "plan_measure", "plan"):
        op.drop_table(table)
