"""Reminders of running clocks: what was sent to whom, and until when a clock may be left alone."""

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

CASES = ("complaint", "penalty", "scorecard")
ONCE = sa.text("occasion <> 'late'")
KEPT = ("reminder", "reminder_recipient")
# Who has chosen how their turns and news reach them gets reminders the same way; news of others' delays like news.
CHOSEN_AS = {"remind": "act", "late": "know"}


def _one_of(*values: str, name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:
    op.create_table(
        "reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(f"{case}_id", sa.Integer(), nullable=True) for case in CASES),
        sa.Column("clock", sa.String(length=24), nullable=False),
        sa.Column("clock_started_at", sa.DateTime(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("occasion", _one_of("half", "due", "late", name="occasion"), nullable=False),
        sa.Column("fell_due_at", sa.DateTime(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("gaps", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            " + ".join(f"(CASE WHEN {case}_id IS NULL THEN 0 ELSE 1 END)" for case in CASES) + " = 1",
            name=op.f("ck_reminder_about_one_case"),
        ),
        sa.CheckConstraint("fell_due_at <= at", name=op.f("ck_reminder_not_before_its_time")),
        *_foreign("reminder", **{f"{case}_id": case for case in CASES}),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        *(
            sa.UniqueConstraint(
                f"{case}_id", "clock", "clock_started_at", "fell_due_at",
                name=op.f(f"uq_reminder_{case}_id_clock_clock_started_at_fell_due_at"),
            )
            for case in CASES
        ),
    )  # fmt: skip
    for case in CASES:
        op.create_index(
            f"uq_reminder_{case}_once", "reminder", [f"{case}_id", "clock", "clock_started_at", "occasion"],
            unique=True, sqlite_where=ONCE, postgresql_where=ONCE,
        )  # fmt: skip
    op.create_table(
        "reminder_recipient",
        sa.Column("reminder_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("part", _one_of("acts", "superior", "administrator", name="part"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        *_foreign("reminder_recipient", reminder_id="reminder", person_id="person"),
        sa.PrimaryKeyConstraint("reminder_id", "person_id", name=op.f("pk_reminder_recipient")),
    )
    op.create_table(
        "clock_watch",
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("case_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("clock", sa.String(length=24), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("look_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("kind", "case_id", "clock", name=op.f("pk_clock_watch")),
    )
    op.execute(
        "ALTER TABLE notice ADD COLUMN reminder_id INTEGER CONSTRAINT fk_notice_reminder_id REFERENCES reminder (id)"
    )
    op.create_index("ix_notice_reminder_id", "notice", ["reminder_id"])
    _choose(CHOSEN_AS)
    _keep()


def downgrade() -> None:
    on_its_table = op.get_bind().dialect.name != "sqlite"
    for table in KEPT:
        for trigger in ("hold", "keep"):
            op.execute(f"DROP TRIGGER {trigger}_{table}{f' ON {table}' if on_its_table else ''}")
    _choose(dict.fromkeys(CHOSEN_AS))
    op.execute("DELETE FROM message_notice WHERE notice_id IN (SELECT id FROM notice WHERE reminder_id IS NOT NULL)")
    op.execute("DELETE FROM notice WHERE reminder_id IS NOT NULL")
    op.drop_index("ix_notice_reminder_id", table_name="notice")
    with op.batch_alter_table("notice") as notice:
        notice.drop_column("reminder_id")
    for table in ("clock_watch", "reminder_recipient", "reminder"):
        op.drop_table(table)


def _foreign(table: str, **targets: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))
        for column, target in targets.items()
    ]


def _choose(kinds: Mapping[str, str | None]) -> None:
    """Each person's choice for the new kinds is that for the old one; None takes a kind away."""
    reach = sa.table("reach", sa.column("person_id", sa.Integer), sa.column("chosen", sa.JSON))
    connection = op.get_bind()
    for person_id, chosen in connection.execute(sa.select(reach.c.person_id, reach.c.chosen)).all():
        found: dict[str, Any] = chosen if isinstance(chosen, dict) else json.loads(chosen or "{}")
        for process in CASES:
            for new, old in kinds.items():
                kept = found.get(f"{process}.{old}")
                found.pop(f"{process}.{new}", None)
                if kept is not None:
                    found[f"{process}.{new}"] = kept
        connection.execute(sa.update(reach).where(reach.c.person_id == person_id).values(chosen=found))


def _keep() -> None:
    """Who was reminded of what is told for ever."""
    if op.get_bind().dialect.name == "sqlite":
        for table in KEPT:
            for trigger, moment, verb in (("keep", "DELETE", "deleted"), ("hold", "UPDATE", "changed")):
                op.execute(
                    f"CREATE TRIGGER {trigger}_{table} BEFORE {moment} ON {table} BEGIN"
                    f" SELECT RAISE(ABORT, '{table}: rows are never {verb}'); END"
                )
        return
    for table in KEPT:
        for trigger, moment, each in (("keep", "DELETE OR TRUNCATE", "STATEMENT"), ("hold", "UPDATE", "ROW")):
            op.execute(
                f"CREATE TRIGGER {trigger}_{table} BEFORE {moment} ON {table}"
                f" FOR EACH {each} EXECUTE FUNCTION gongdao_append_only()"
            )
