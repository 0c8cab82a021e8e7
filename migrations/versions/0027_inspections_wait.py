"""Reminders of inspections, and notices of what stands in their log."""

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

ONCE = sa.text("occasion <> 'late'")
RUN = ["inspection_id", "clock", "clock_started_at", "fell_due_at"]
# Tables that tell what they are about: what there was before, the name of their check, the table that is new to them.
ABOUT = {
    "reminder": (
        ("complaint", "penalty", "scorecard", "customers", "plan", "question"), "about_one_case", "inspection",
    ),
    "notice": (("event", "customers", "question"), "about_one_thing", "inspection_act"),
}  # fmt: skip
# How somebody wants to be told of customers' questions, they are told of inspections.
CHOSEN_AS = {f"inspection.{purpose}": f"question.{purpose}" for purpose in ("act", "remind", "late")}
CHOSEN_AS["inspection.know"] = "publication.know"


def upgrade() -> None:
    for table, (things, name, new) in ABOUT.items():
        _speaks_of_inspections(table, things, op.f(f"ck_{table}_{name}"), new)
    op.create_index(
        "uq_reminder_inspection_once", "reminder", ["inspection_id", "clock", "clock_started_at", "occasion"],
        unique=True, sqlite_where=ONCE, postgresql_where=ONCE,
    )  # fmt: skip
    _choose(CHOSEN_AS)


def _speaks_of_inspections(table: str, things: tuple[str, ...], check: str, new: str) -> None:
    """One more column beside the others; SQLite makes the table anew for it."""
    with op.batch_alter_table(table, reflect_kwargs={"resolve_fks": False}) as batch:
        batch.drop_constraint(check, type_="check")
        batch.add_column(sa.Column(f"{new}_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(batch.f(f"fk_{table}_{new}_id"), new, [f"{new}_id"], ["id"])
        batch.create_check_constraint(check, _one_of(*things, new))
        if table == "reminder":
            batch.create_unique_constraint(op.f(f"uq_reminder_{'_'.join(RUN)}"), RUN)
    if table == "reminder" and _is_sqlite():
        _hold_reminders()


def downgrade() -> None:
    _choose(dict.fromkeys(CHOSEN_AS))
    op.execute(
        "DELETE FROM message_notice"
        " WHERE notice_id IN (SELECT id FROM notice WHERE inspection_act_id IS NOT NULL)"
    )  # fmt: skip
    op.execute("DELETE FROM notice WHERE inspection_act_id IS NOT NULL")
    op.execute("DELETE FROM clock_watch WHERE kind = 'inspection'")
    op.execute("DELETE FROM failed_step WHERE kind = 'inspection'")
    for trigger, table in (("keep", "reminder"), ("hold", "reminder"), ("keep", "reminder_recipient")):
        op.execute(f"DROP TRIGGER {trigger}_{table}{'' if _is_sqlite() else f' ON {table}'}")
    op.execute(
        "DELETE FROM reminder_recipient"
        " WHERE reminder_id IN (SELECT id FROM reminder WHERE inspection_id IS NOT NULL)"
    )  # fmt: skip
    op.execute("DELETE FROM reminder WHERE inspection_id IS NOT NULL")
    op.drop_index("uq_reminder_inspection_once", table_name="reminder")
    for table, (things, name, new) in ABOUT.items():
        _speaks_of_none(table, things, op.f(f"ck_{table}_{name}"), new)
    _hold_reminders()
    _trigger("keep_reminder_recipient", "DELETE", "reminder_recipient")


def _speaks_of_none(table: str, things: tuple[str, ...], check: str, new: str) -> None:
    with op.batch_alter_table(table, reflect_kwargs={"resolve_fks": False}) as batch:
        batch.drop_constraint(check, type_="check")
        batch.drop_constraint(batch.f(f"fk_{table}_{new}_id"), type_="foreignkey")
        if table == "reminder":
            batch.drop_constraint(op.f(f"uq_reminder_{'_'.join(RUN)}"), type_="unique")
        batch.drop_column(f"{new}_id")
        batch.create_check_constraint(check, _one_of(*things))


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


def _hold_reminders() -> None:
    """Rows are never changed and never deleted, also in the table that was made anew."""
    _trigger("keep_reminder", "DELETE", "reminder")
    _trigger("hold_reminder", "UPDATE", "reminder")


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _one_of(*things: str) -> str:
    return " + ".join(f"(CASE WHEN {thing}_id IS NULL THEN 0 ELSE 1 END)" for thing in things) + " = 1"


def _trigger(name: str, moment: str, table: str) -> None:
    """On both databases."""
    deletes = moment == "DELETE"
    if _is_sqlite():
        verb = "deleted" if deletes else "changed"
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {moment} ON {table} BEGIN"
            f" SELECT RAISE(ABORT, '{table}: rows are never {verb}'); END"
        )
        return
    moment, each = ("DELETE OR TRUNCATE", "STATEMENT") if deletes else (moment, "ROW")
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {moment} ON {table}"
        f" FOR EACH {each} EXECUTE FUNCTION gongdao_append_only()"
    )  # fmt: skip
