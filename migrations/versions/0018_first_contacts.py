"""Customers who were handed over together are one matter, of which their adviser is told and reminded."""

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

SAME = ("id", "to_id", "handed_at", "due_at")
CASES = ("complaint", "penalty", "scorecard")
ONCE = sa.text("occasion <> 'late'")
# How somebody wants to be told of complaints, they are told of their customers.
CHOSEN_AS = {f"customers.{purpose}": f"complaint.{purpose}" for purpose in ("act", "remind", "late")}

# Who was reminded of what is kept for ever, but for the moment in which the tables change.
ABOUT_REMINDERS = (("keep", "reminder"), ("hold", "reminder"), ("keep", "reminder_recipient"))


def _one_of(*cases: str) -> str:
    return " + ".join(f"(CASE WHEN {case}_id IS NULL THEN 0 ELSE 1 END)" for case in cases) + " = 1"


def upgrade() -> None:
    op.create_table(
        "handed_customers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=False),
        sa.Column("handed_at", sa.DateTime(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("due_at > handed_at", name=op.f("ck_handed_customers_due_afterwards")),
        sa.ForeignKeyConstraint(["to_id"], ["person.id"], name=op.f("fk_handed_customers_to_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handed_customers")),
        sa.UniqueConstraint(*SAME, name=op.f("uq_handed_customers_id_to_id_handed_at_due_at")),
    )
    _put_together()
    _keep(("keep", "handed_customers"), ("hold", "handed_customers"))
    _let_go()
    with op.batch_alter_table("reminder") as reminder:
        reminder.add_column(sa.Column("customers_id", sa.Integer(), nullable=True))
        reminder.create_foreign_key(op.f("fk_reminder_customers_id"), "handed_customers", ["customers_id"], ["id"])
        reminder.drop_constraint(op.f("ck_reminder_about_one_case"), type_="check")
        reminder.create_check_constraint(op.f("ck_reminder_about_one_case"), _one_of(*CASES, "customers"))
        reminder.create_unique_constraint(
            op.f("uq_reminder_customers_id_clock_clock_started_at_fell_due_at"),
            ["customers_id", "clock", "clock_started_at", "fell_due_at"],
        )
    op.create_index(
        "uq_reminder_customers_once", "reminder", ["customers_id", "clock", "clock_started_at", "occasion"],
        unique=True, sqlite_where=ONCE, postgresql_where=ONCE,
    )  # fmt: skip
    _keep(*ABOUT_REMINDERS)
    with op.batch_alter_table("notice") as notice:
        notice.alter_column("event_id", existing_type=sa.Integer(), nullable=True)
        notice.add_column(sa.Column("customers_id", sa.Integer(), nullable=True))
        notice.create_foreign_key(op.f("fk_notice_customers_id"), "handed_customers", ["customers_id"], ["id"])
        notice.create_check_constraint(op.f("ck_notice_about_one_thing"), _one_of("event", "customers"))
    _choose(CHOSEN_AS)


def downgrade() -> None:
    _choose(dict.fromkeys(CHOSEN_AS))
    op.execute("DELETE FROM message_notice WHERE notice_id IN (SELECT id FROM notice WHERE customers_id IS NOT NULL)")
    op.execute("DELETE FROM notice WHERE customers_id IS NOT NULL")
    with op.batch_alter_table("notice") as notice:
        notice.drop_constraint(op.f("ck_notice_about_one_thing"), type_="check")
        notice.drop_constraint(op.f("fk_notice_customers_id"), type_="foreignkey")
        notice.drop_column("customers_id")
        notice.alter_column("event_id", existing_type=sa.Integer(), nullable=False)
    _let_go()
    op.execute(
        "DELETE FROM reminder_recipient WHERE reminder_id IN (SELECT id FROM reminder WHERE customers_id IS NOT NULL)"
    )
    op.execute("DELETE FROM reminder WHERE customers_id IS NOT NULL")
    op.execute("DELETE FROM clock_watch WHERE kind = 'customers'")
    op.drop_index("uq_reminder_customers_once", table_name="reminder")
    with op.batch_alter_table("reminder") as reminder:
        reminder.drop_constraint(op.f("uq_reminder_customers_id_clock_clock_started_at_fell_due_at"), type_="unique")
        reminder.drop_constraint(op.f("ck_reminder_about_one_case"), type_="check")
        reminder.create_check_constraint(op.f("ck_reminder_about_one_case"), _one_of(*CASES))
        reminder.drop_constraint(op.f("fk_reminder_customers_id"), type_="foreignkey")
        reminder.drop_column("customers_id")
    _keep(*ABOUT_REMINDERS)
    op.drop_index("ix_customer_hand_over_batch_id", table_name="customer_hand_over")
    with op.batch_alter_table("customer_hand_over") as hand_over:
        hand_over.drop_constraint(op.f("fk_customer_hand_over_batch_id_to_id_handed_at_due_at"), type_="foreignkey")
        hand_over.drop_column("batch_id")
    op.drop_table("handed_customers")


def _put_together() -> None:
    """What was handed to one adviser at one moment was handed over together."""
    op.execute(
        "INSERT INTO handed_customers (to_id, handed_at, due_at)"
        " SELECT DISTINCT to_id, handed_at, due_at FROM customer_hand_over ORDER BY handed_at, to_id"
    )
    op.add_column("customer_hand_over", sa.Column("batch_id", sa.Integer(), nullable=True))
    op.execute(
        "UPDATE customer_hand_over SET batch_id = (SELECT batch.id FROM handed_customers batch"
        " WHERE batch.to_id = customer_hand_over.to_id AND batch.handed_at = customer_hand_over.handed_at"
        " AND batch.due_at = customer_hand_over.due_at)"
    )
    with op.batch_alter_table("customer_hand_over") as hand_over:
        hand_over.alter_column("batch_id", existing_type=sa.Integer(), nullable=False)
        hand_over.create_foreign_key(
            op.f("fk_customer_hand_over_batch_id_to_id_handed_at_due_at"), "handed_customers",
            ["batch_id", *SAME[1:]], list(SAME),
        )  # fmt: skip
    op.create_index("ix_customer_hand_over_batch_id", "customer_hand_over", ["batch_id"])


def _choose(kinds: Mapping[str, str | None]) -> None:
    """Each person's choice for the new kinds is that for the old one; None takes a kind away."""
    reach = sa.table("reach", sa.column("person_id", sa.Integer), sa.column("chosen", sa.JSON))
    connection = op.get_bind()
    for person_id, chosen in connection.execute(sa.select(reach.c.person_id, reach.c.chosen)).all():
        found: dict[str, Any] = chosen if isinstance(chosen, dict) else json.loads(chosen or "{}")
        for new, old in kinds.items():
            found.pop(new, None)
            if old is not None and old in found:
                found[new] = found[old]
        connection.execute(sa.update(reach).where(reach.c.person_id == person_id).values(chosen=found))


def _let_go() -> None:
    """SQLite makes the table anew to change it; its triggers would go with it."""
    on_its_table = op.get_bind().dialect.name != "sqlite"
    for trigger, table in ABOUT_REMINDERS:
        op.execute(f"DROP TRIGGER {trigger}_{table}{f' ON {table}' if on_its_table else ''}")


def _keep(*wanted: tuple[str, str]) -> None:
    """Rows are never changed and never deleted."""
    for trigger, table in wanted:
        if op.get_bind().dialect.name == "sqlite":
            moment, verb = ("DELETE", "deleted") if trigger == "keep" else ("UPDATE", "changed")
            op.execute(
                f"CREATE TRIGGER {trigger}_{table} BEFORE {moment} ON {table} BEGIN"
                f" SELECT RAISE(ABORT, '{table}: rows are never {verb}'); END"
            )
        else:
            moment, each = ("DELETE OR TRUNCATE", "STATEMENT") if trigger == "keep" else ("UPDATE", "ROW")
            op.execute(
                f"CREATE TRIGGER {trigger}_{table} BEFORE {moment} ON {table}"
                f" FOR EACH {each} EXECUTE FUNCTION gongdao_append_only()"
            )
