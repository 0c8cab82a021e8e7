"""Customers' questions with their answers, targets of units, and what is issued about them."""

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

ONCE = sa.text("occasion <> 'late'")
WAITS = sa.text("answered_at IS NULL AND complaint_id IS NULL")
RUN = ["question_id", "clock", "clock_started_at", "fell_due_at"]
CASES = ("complaint", "penalty", "scorecard", "payday", "plan", "reward")
# Tables that tell what they are about, with what there was before and the name of their check.
ABOUT = {
    "reminder": (("complaint", "penalty", "scorecard", "customers", "plan"), "about_one_case"),
    "notice": (("event", "customers"), "about_one_thing"),
}
# How somebody wants to be told of customers handed over, they are told of questions.
CHOSEN_AS = {f"question.{purpose}": f"customers.{purpose}" for purpose in ("act", "remind", "late")}
CHOSEN_AS["publication.know"] = "scorecard.know"
DRAFTED = "regulation, measure, period, department_id, team_id, value, from_day, reason, drafted_at, drafted_by_id"
ASKED = "customer_name, phone, vehicle, question, asked_at, due_at, taken_by_id"


def upgrade() -> None:
    _question()
    for table, (things, name) in ABOUT.items():
        _speaks_of_questions(table, things, op.f(f"ck_{table}_{name}"))
    op.create_index(
        "uq_reminder_question_once", "reminder", ["question_id", "clock", "clock_started_at", "occasion"],
        unique=True, sqlite_where=ONCE, postgresql_where=ONCE,
    )  # fmt: skip
    _choose(CHOSEN_AS)
    _target()
    _publication()


def _question() -> None:
    _table(
        "customer_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_name", sa.String(length=60), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("vehicle", sa.String(length=40), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("taken_by_id", sa.Integer(), nullable=False),
        sa.Column("responsible_id", sa.Integer(), nullable=False),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("complaint_id", sa.Integer(), nullable=True),
        *_checks(
            "customer_question",
            due_afterwards="due_at > asked_at",
            answered_by_somebody="(answered_at IS NULL) = (answer IS NULL)"
            " AND (answered_at IS NULL) = (answered_by_id IS NULL)",
            answered_afterwards="answered_at IS NULL OR answered_at >= asked_at",
            answered_or_a_complaint="answered_at IS NULL OR complaint_id IS NULL",
        ),
        *_keys(
            "customer_question", taken_by_id="person", responsible_id="person", answered_by_id="person",
            complaint_id="complaint",
        ),
    )  # fmt: skip
    op.create_index("ix_customer_question_due_at", "customer_question", ["due_at"])
    op.create_index(
        "ix_customer_question_waits", "customer_question", ["responsible_id", "due_at"],
        sqlite_where=WAITS, postgresql_where=WAITS,
    )  # fmt: skip
    op.create_index("uq_customer_question_complaint", "customer_question", ["complaint_id"], unique=True)
    _table(
        "question_passed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        *_checks("question_passed", to_somebody_else="from_id <> to_id"),
        *_keys("question_passed", question_id="customer_question", from_id="person", to_id="person", by_id="person"),
    )
    op.create_index("ix_question_passed_question_id", "question_passed", ["question_id", "id"])
    for table in ("customer_question", "question_passed"):
        _trigger(f"keep_{table}", "DELETE", table)
    _trigger("hold_question_passed", "UPDATE", "question_passed")
    _trigger("hold_customer_question", f"UPDATE OF {ASKED}", "customer_question")
    # What was answered, or was a complaint, stays so.
    _trigger(
        "hold_customer_question_over", "UPDATE", "customer_question",
        when="OLD.answered_at IS NOT NULL OR OLD.complaint_id IS NOT NULL",
    )  # fmt: skip


def _target() -> None:
    _table(
        "target",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("regulation", sa.String(length=40), nullable=False),
        sa.Column("measure", sa.String(length=40), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(), nullable=False),
        sa.Column("drafted_by_id", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("is_approved", sa.Boolean(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        *_checks(
            "target",
            of_one_unit="department_id IS NULL OR team_id IS NULL",
            decided_by_somebody="(decided_at IS NULL) = (is_approved IS NULL)"
            " AND (decided_at IS NULL) = (decided_by_id IS NULL)",
        ),
        *_keys("target", department_id="department", team_id="team", drafted_by_id="person", decided_by_id="person"),
    )
    op.create_index(
        "uq_target_from_day", "target",
        ["regulation", "measure", "period", sa.text("coalesce(department_id, 0)"), sa.text("coalesce(team_id, 0)"),
         "from_day"],
        unique=True, sqlite_where=sa.text("is_approved"), postgresql_where=sa.text("is_approved"),
    )  # fmt: skip
    op.create_index("ix_target_regulation_period", "target", ["regulation", "period"])
    _trigger("keep_target", "DELETE", "target")
    _trigger("hold_target", f"UPDATE OF {DRAFTED}", "target")
    _trigger("hold_target_decided", "UPDATE", "target", when="OLD.decided_at IS NOT NULL")


def _publication() -> None:
    _table(
        "publication",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("what", _enum("what", "target_letter", "briefing"), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("state", _enum("state", "issued"), nullable=False),
        sa.Column("regulation_version_id", sa.Integer(), nullable=False),
        *_checks(
            "publication",
            of_one_unit="department_id IS NULL OR team_id IS NULL",
            briefing_of_all="what = 'target_letter' OR coalesce(department_id, team_id) IS NULL",
        ),
        *_keys(
            "publication", department_id="department", team_id="team", regulation_version_id="regulation_version"
        ),
    )  # fmt: skip
    op.create_index(
        "uq_publication", "publication",
        ["what", "period", sa.text("coalesce(department_id, 0)"), sa.text("coalesce(team_id, 0)")], unique=True,
    )  # fmt: skip
    _trigger("keep_publication", "DELETE", "publication")
    _trigger("hold_publication", "UPDATE OF what, period, department_id, team_id", "publication")
    with op.batch_alter_table("event") as batch:
        batch.drop_constraint(op.f("ck_event_about_one_case"), type_="check")
        batch.add_column(sa.Column("publication_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(batch.f("fk_event_publication_id"), "publication", ["publication_id"], ["id"])
        batch.create_check_constraint(op.f("ck_event_about_one_case"), _one_of(*CASES, "publication"))
        batch.create_unique_constraint(op.f("uq_event_publication_id_seq"), ["publication_id", "seq"])
    _hold_anew("event")


def _speaks_of_questions(table: str, things: tuple[str, ...], check: str) -> None:
    """One more column beside the others; SQLite makes the table anew for it."""
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(check, type_="check")
        batch.add_column(sa.Column("question_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            batch.f(f"fk_{table}_question_id"), "customer_question", ["question_id"], ["id"]
        )  # fmt: skip
        batch.create_check_constraint(check, _one_of(*things, "question"))
        if table == "reminder":
            batch.create_unique_constraint(op.f(f"uq_reminder_{'_'.join(RUN)}"), RUN)
    if table == "reminder":
        _hold_anew(table)


def _speaks_of_none(table: str, things: tuple[str, ...], check: str) -> None:
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(check, type_="check")
        batch.drop_constraint(batch.f(f"fk_{table}_question_id"), type_="foreignkey")
        if table == "reminder":
            batch.drop_constraint(op.f(f"uq_reminder_{'_'.join(RUN)}"), type_="unique")
        batch.drop_column("question_id")
        batch.create_check_constraint(check, _one_of(*things))


def _no_publication() -> None:
    """Letters are kept for ever: where some were issued, there is no way back."""
    with op.batch_alter_table("event") as batch:
        batch.drop_constraint(op.f("ck_event_about_one_case"), type_="check")
        batch.drop_constraint(batch.f("fk_event_publication_id"), type_="foreignkey")
        batch.drop_constraint(op.f("uq_event_publication_id_seq"), type_="unique")
        batch.drop_column("publication_id")
        batch.create_check_constraint(op.f("ck_event_about_one_case"), _one_of(*CASES))
    _hold_anew("event")
    op.drop_table("publication")


def downgrade() -> None:
    _choose(dict.fromkeys(CHOSEN_AS))
    _no_publication()
    op.execute("DELETE FROM message_notice WHERE notice_id IN (SELECT id FROM notice WHERE question_id IS NOT NULL)")
    op.execute("DELETE FROM notice WHERE question_id IS NOT NULL")
    op.execute("DELETE FROM clock_watch WHERE kind = 'question'")
    reminders = (("keep", "reminder"), ("hold", "reminder"), ("keep", "reminder_recipient"))
    for trigger, table in reminders:
        op.execute(f"DROP TRIGGER {trigger}_{table}{'' if _is_sqlite() else f' ON {table}'}")
    op.execute(
        "DELETE FROM reminder_recipient WHERE reminder_id IN (SELECT id FROM reminder WHERE question_id IS NOT NULL)"
    )
    op.execute("DELETE FROM reminder WHERE question_id IS NOT NULL")
    op.drop_index("uq_reminder_question_once", table_name="reminder")
    for table, (things, name) in ABOUT.items():
        _speaks_of_none(table, things, op.f(f"ck_{table}_{name}"))
    for trigger, table in reminders:
        _trigger(f"{trigger}_{table}", "DELETE" if trigger == "keep" else "UPDATE", table)
    for table in ("target", "question_passed", "customer_question"):
        op.drop_table(table)


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


def _hold_anew(table: str) -> None:
    """Rows are never changed and never deleted, also in the table that was made anew."""
    if _is_sqlite():
        for trigger, moment in (("keep", "DELETE"), ("hold", "UPDATE")):
            _trigger(f"{trigger}_{table}", moment, table)


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _one_of(*things: str) -> str:
    return " + ".join(f"(CASE WHEN {thing}_id IS NULL THEN 0 ELSE 1 END)" for thing in things) + " = 1"


def _table(name: str, *parts: sa.Column[object] | sa.Constraint) -> None:
    op.create_table(name, *parts, sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")))


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def _checks(table: str, **checks: str) -> list[sa.CheckConstraint]:
    return [sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}")) for name, condition in checks.items()]


def _keys(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))
        for column, to in columns.items()
    ]


def _trigger(name: str, moment: str, table: str, *, when: str = "") -> None:
    """On both databases: rows are never deleted, and what is held is never changed."""
    deletes = moment == "DELETE"
    if _is_sqlite():
        condition = f" WHEN {when}" if when else ""
        verb = "deleted" if deletes else "changed"
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {moment} ON {table}{condition} BEGIN"
            f" SELECT RAISE(ABORT, '{table}: rows are never {verb}'); END"
        )
        return
    moment, each = ("DELETE OR TRUNCATE", "STATEMENT") if deletes else (moment, "ROW")
    condition = f" WHEN ({when})" if when else ""
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {moment} ON {table}"
        f" FOR EACH {each}{condition} EXECUTE FUNCTION gongdao_append_only()"
    )
