"""Reminders of target letters to be signed, of rewards to be decided, of rankings and survey calls; indexes."""

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

ONCE = sa.text("occasion <> 'late'")
UNDECIDED = sa.text("decided_at IS NULL")
# Tables that tell what they are about: what there was before, the name of their check, what is new to them and the
# table of that.
ABOUT = {
    "reminder": (
        ("complaint", "penalty", "scorecard", "customers", "plan", "question", "inspection"), "about_one_case",
        {"publication": "publication", "calls": "call_day", "reward": "reward", "ranking": "ranking_due"},
    ),
    "notice": (
        ("event", "customers", "question", "inspection_act"), "about_one_thing",
        {"calls": "call_day", "ranking": "ranking_due"},
    ),
}  # fmt: skip
NEW = tuple(ABOUT["reminder"][2])
# How somebody wants to be told of customers' questions, they are told of these.
CHOSEN_AS = {f"publication.{purpose}": f"question.{purpose}" for purpose in ("act", "remind", "late")}
CHOSEN_AS |= {f"calls.{purpose}": f"question.{purpose}" for purpose in ("remind", "late")}
CHOSEN_AS |= {
    f"{kind}.{purpose}": f"question.{purpose}" for kind in ("reward", "ranking") for purpose in ("remind", "late")
}


def upgrade() -> None:
    op.create_table(
        "call_day",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("overdue", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_day")),
        sa.UniqueConstraint("day", name=op.f("uq_call_day_day")),
        sa.CheckConstraint(
            "calls > 0 AND overdue >= 0 AND overdue <= calls", name=op.f("ck_call_day_some_of_them_overdue")
        ),
        sa.CheckConstraint("overdue = 0 OR due_at <= at", name=op.f("ck_call_day_overdue_since")),
    )
    op.create_table(
        "ranking_due",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("regulation", sa.String(length=40), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ranking_due")),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_ranking_due_department_id")),
        sa.UniqueConstraint("regulation", "period", name=op.f("uq_ranking_due_regulation_period")),
        sa.CheckConstraint("due_at > since", name=op.f("ck_ranking_due_due_afterwards")),
    )
    op.create_table(
        "question_nudge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_nudge")),
        sa.ForeignKeyConstraint(["question_id"], ["customer_question.id"], name=op.f("fk_question_nudge_question_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_question_nudge_by_id")),
    )
    op.create_index("ix_question_nudge_question_id", "question_nudge", ["question_id", "id"])
    _trigger("keep_question_nudge", "DELETE", "question_nudge")
    _trigger("hold_question_nudge", "UPDATE", "question_nudge")
    _trigger("keep_call_day", "DELETE", "call_day")
    _trigger("hold_call_day", "UPDATE", "call_day")
    for table, (things, name, new) in ABOUT.items():
        _speaks_of(table, things, op.f(f"ck_{table}_{name}"), new)
    with op.batch_alter_table("notice", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.add_column(sa.Column("nudge_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(batch.f("fk_notice_nudge_id"), "question_nudge", ["nudge_id"], ["id"])
        batch.create_check_constraint(
            batch.f("ck_notice_urged_to_answer"), "nudge_id IS NULL OR question_id IS NOT NULL"
        )
    for thing in NEW:
        op.create_index(
            f"uq_reminder_{thing}_once", "reminder", [f"{thing}_id", "clock", "clock_started_at", "occasion"],
            unique=True, sqlite_where=ONCE, postgresql_where=ONCE,
        )  # fmt: skip
    op.create_index("ix_reward_undecided", "reward", ["id"], sqlite_where=UNDECIDED, postgresql_where=UNDECIDED)
    op.create_index("ix_customer_question_taken_by_id", "customer_question", ["taken_by_id", "asked_at"])
    _choose(CHOSEN_AS)


def _speaks_of(table: str, things: tuple[str, ...], check: str, new: Mapping[str, str]) -> None:
    """More columns beside the others; SQLite makes the table anew for them."""
    with op.batch_alter_table(table, reflect_kwargs={"resolve_fks": False}) as batch:
        batch.drop_constraint(check, type_="check")
        for thing, of in new.items():
            batch.add_column(sa.Column(f"{thing}_id", sa.Integer(), nullable=True))
            batch.create_foreign_key(batch.f(f"fk_{table}_{thing}_id"), of, [f"{thing}_id"], ["id"])
            if table == "reminder":
                run = _run(thing)
                batch.create_unique_constraint(op.f(f"uq_reminder_{'_'.join(run)}"), run)
        batch.create_check_constraint(check, _one_of(*things, *new))
    if table == "reminder" and _is_sqlite():
        _hold_reminders()


def downgrade() -> None:
    _choose(dict.fromkeys(CHOSEN_AS))
    op.drop_index("ix_customer_question_taken_by_id", table_name="customer_question")
    op.drop_index("ix_reward_undecided", table_name="reward")
    op.execute(
        "DELETE FROM message_notice WHERE notice_id IN"
        " (SELECT n.id FROM notice n JOIN reminder r ON r.id = n.reminder_id"
        " WHERE coalesce(r.publication_id, r.calls_id, r.reward_id, r.ranking_id) IS NOT NULL)"
    )
    op.execute(
        "DELETE FROM notice WHERE reminder_id IN (SELECT id FROM reminder"
        " WHERE coalesce(publication_id, calls_id, reward_id, ranking_id) IS NOT NULL)"
    )
    op.execute("DELETE FROM message_notice WHERE notice_id IN (SELECT id FROM notice WHERE nudge_id IS NOT NULL)")
    op.execute("DELETE FROM notice WHERE nudge_id IS NOT NULL")
    with op.batch_alter_table("notice", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.drop_constraint(batch.f("ck_notice_urged_to_answer"), type_="check")
        batch.drop_constraint(batch.f("fk_notice_nudge_id"), type_="foreignkey")
        batch.drop_column("nudge_id")
    op.execute("DELETE FROM clock_watch WHERE kind IN ('publication', 'calls', 'reward', 'ranking') OR clock = 'visit'")
    op.execute("DELETE FROM failed_step WHERE kind IN ('publication', 'calls', 'reward', 'ranking')")
    for trigger, table in (("keep", "reminder"), ("hold", "reminder"), ("keep", "reminder_recipient")):
        op.execute(f"DROP TRIGGER {trigger}_{table}{'' if _is_sqlite() else f' ON {table}'}")
    op.execute(
        "DELETE FROM reminder_recipient WHERE reminder_id IN (SELECT id FROM reminder"
        " WHERE coalesce(publication_id, calls_id, reward_id, ranking_id) IS NOT NULL)"
    )
    op.execute("DELETE FROM reminder WHERE coalesce(publication_id, calls_id, reward_id, ranking_id) IS NOT NULL")
    for thing in NEW:
        op.drop_index(f"uq_reminder_{thing}_once", table_name="reminder")
    for table, (things, name, new) in ABOUT.items():
        _speaks_of_none(table, things, op.f(f"ck_{table}_{name}"), new)
    _hold_reminders()
    _trigger("keep_reminder_recipient", "DELETE", "reminder_recipient")
    op.drop_table("question_nudge")
    op.drop_table("ranking_due")
    op.drop_table("call_day")


def _speaks_of_none(table: str, things: tuple[str, ...], check: str, new: Mapping[str, str]) -> None:
    with op.batch_alter_table(table, reflect_kwargs={"resolve_fks": False}) as batch:
        batch.drop_constraint(check, type_="check")
        for thing in new:
            batch.drop_constraint(batch.f(f"fk_{table}_{thing}_id"), type_="foreignkey")
            if table == "reminder":
                batch.drop_constraint(batch.f(f"uq_reminder_{'_'.join(_run(thing))}"), type_="unique")
            batch.drop_column(f"{thing}_id")
        batch.create_check_constraint(check, _one_of(*things))


def _run(thing: str) -> list[str]:
    return [f"{thing}_id", "clock", "clock_started_at", "fell_due_at"]


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
