"""Rounds in which superiors and peers rate colleagues; they wait, are told and reminded like other things."""

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

ONCE = sa.text("occasion <> 'late'")
OPEN, UNDONE = sa.text("closed_at IS NULL"), sa.text("done_on IS NULL")
RATED_AS = "rated_as IN ('superior', 'peers')"
# Tables that tell what they are about: what there was before, and the name of their check.
ABOUT = {
    "reminder": (
        ("complaint", "penalty", "scorecard", "customers", "plan", "question", "inspection", "publication", "calls",
         "reward", "ranking"),
        "about_one_case",
    ),
    "notice": (
        ("event", "customers", "question", "inspection_act", "calls", "ranking"), "about_one_thing",
    ),
}  # fmt: skip
RUN = ["rating_id", "clock", "clock_started_at", "fell_due_at"]
# How somebody wants to be told of customers' questions, they are told of these.
CHOSEN_AS = {f"rating.{purpose}": f"question.{purpose}" for purpose in ("act", "remind", "late")}
# What may be written once into a row that is there; the rest of it never changes.
ONE_WAY = {
    "rating_round": (
        "closed_at",
        ("regulation", "source", "period", "regulation_version_id", "counts_on", "opened_at", "opened_by_id", "due_at",
         "closes_at", "peers", "seed"),
    ),
    "rating_duty": ("done_on", ("round_id", "rater_id", "since", "due_at")),
    "rating_asked": ("given_on", ("duty_id", "rater_id", "person_id", "rated_as")),
}  # fmt: skip
TABLES = ("rating_given", "rating_asked", "rating_duty", "rating_round")


def upgrade() -> None:
    _rounds()
    _asked()
    for table in TABLES:
        _trigger(f"keep_{table}", "DELETE", table)
    for table, (written, held) in ONE_WAY.items():
        changed = " OR ".join(f"OLD.{column} <> NEW.{column}" for column in held)
        _trigger(f"hold_{table}", "UPDATE", table, f"OLD.{written} IS NOT NULL OR {changed}")
    _trigger("hold_rating_given", "UPDATE", "rating_given")
    for table, (things, name) in ABOUT.items():
        with op.batch_alter_table(table, reflect_kwargs={"resolve_fks": False}) as batch:
            batch.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
            batch.add_column(sa.Column("rating_id", sa.Integer(), nullable=True))
            batch.create_foreign_key(batch.f(f"fk_{table}_rating_id"), "rating_duty", ["rating_id"], ["id"])
            if table == "reminder":
                batch.create_unique_constraint(op.f(f"uq_reminder_{'_'.join(RUN)}"), RUN)
            batch.create_check_constraint(op.f(f"ck_{table}_{name}"), _one_of(*things, "rating"))
        if table == "reminder" and _is_sqlite():
            _hold_reminders()
    op.create_index(
        "uq_reminder_rating_once", "reminder", ["rating_id", "clock", "clock_started_at", "occasion"],
        unique=True, sqlite_where=ONCE, postgresql_where=ONCE,
    )  # fmt: skip
    _choose(CHOSEN_AS)


def _rounds() -> None:
    op.create_table(
        "rating_round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("regulation", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("regulation_version_id", sa.Integer(), nullable=False),
        sa.Column("counts_on", sa.Date(), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("closes_at", sa.DateTime(), nullable=False),
        sa.Column("peers", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(length=32), nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_round")),
        *_keys("rating_round", regulation_version_id="regulation_version", opened_by_id="person",
               closed_by_id="person"),
        sa.UniqueConstraint("regulation", "source", "period", name=op.f("uq_rating_round_regulation_source_period")),
        sa.CheckConstraint(
            "due_at > opened_at AND closes_at >= due_at", name=op.f("ck_rating_round_closes_after_it_is_due")
        ),
        sa.CheckConstraint("peers >= 0", name=op.f("ck_rating_round_peers_counted")),
        sa.CheckConstraint(
            "closed_by_id IS NULL OR closed_at IS NOT NULL", name=op.f("ck_rating_round_closed_by_somebody")
        ),
    )  # fmt: skip
    op.create_index("ix_rating_round_open", "rating_round", ["closes_at"], sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_table(
        "rating_duty",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("rater_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_duty")),
        *_keys("rating_duty", round_id="rating_round", rater_id="person"),
        sa.UniqueConstraint("round_id", "rater_id", name=op.f("uq_rating_duty_round_id_rater_id")),
        sa.UniqueConstraint("id", "rater_id", name=op.f("uq_rating_duty_id_rater_id")),
        sa.CheckConstraint("due_at > since", name=op.f("ck_rating_duty_due_afterwards")),
    )
    op.create_index("ix_rating_duty_rater_id", "rating_duty", ["rater_id", "id"])
    op.create_index("ix_rating_duty_undone", "rating_duty", ["round_id"], sqlite_where=UNDONE, postgresql_where=UNDONE)


def _asked() -> None:
    op.create_table(
        "rating_asked",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("duty_id", sa.Integer(), nullable=False),
        sa.Column("rater_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("rated_as", sa.String(length=12), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=True),
        sa.Column("unable", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_asked")),
        sa.ForeignKeyConstraint(
            ["duty_id", "rater_id"], ["rating_duty.id", "rating_duty.rater_id"],
            name=op.f("fk_rating_asked_duty_id_rater_id"),
        ),
        *_keys("rating_asked", person_id="person"),
        sa.UniqueConstraint("duty_id", "person_id", name=op.f("uq_rating_asked_duty_id_person_id")),
        sa.CheckConstraint("rater_id <> person_id", name=op.f("ck_rating_asked_nobody_rates_themselves")),
        sa.CheckConstraint(
            "unable IS NULL OR given_on IS NOT NULL", name=op.f("ck_rating_asked_unable_is_an_answer")
        ),
        sa.CheckConstraint(RATED_AS, name=op.f("ck_rating_asked_rated_as_known")),
    )  # fmt: skip
    op.create_index("ix_rating_asked_person_id", "rating_asked", ["person_id"])
    op.create_table(
        "rating_given",
        sa.Column("row_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("rated_as", sa.String(length=12), nullable=False),
        sa.Column("comments", sa.JSON(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_rating_given")),
        *_keys("rating_given", row_id="assessment_row", round_id="rating_round"),
        sa.CheckConstraint(RATED_AS, name=op.f("ck_rating_given_rated_as_known")),
    )
    op.create_index("ix_rating_given_round_id", "rating_given", ["round_id", "rated_as"])


def _keys(table: str, **keys: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{of}.id"], name=op.f(f"fk_{table}_{column}"))
        for column, of in keys.items()
    ]


def downgrade() -> None:
    """The rows that were given stay what they are: figures of the assessment."""
    _choose(dict.fromkeys(CHOSEN_AS))
    op.execute(
        "DELETE FROM message_notice WHERE notice_id IN (SELECT id FROM notice WHERE rating_id IS NOT NULL"
        " OR reminder_id IN (SELECT id FROM reminder WHERE rating_id IS NOT NULL))"
    )
    op.execute(
        "DELETE FROM notice WHERE rating_id IS NOT NULL"
        " OR reminder_id IN (SELECT id FROM reminder WHERE rating_id IS NOT NULL)"
    )
    op.execute("DELETE FROM clock_watch WHERE kind = 'rating'")
    op.execute("DELETE FROM failed_step WHERE kind = 'rating'")
    for trigger, table in (("keep", "reminder"), ("hold", "reminder"), ("keep", "reminder_recipient")):
        op.execute(f"DROP TRIGGER {trigger}_{table}{'' if _is_sqlite() else f' ON {table}'}")
    op.execute(
        "DELETE FROM reminder_recipient WHERE reminder_id IN (SELECT id FROM reminder WHERE rating_id IS NOT NULL)"
    )
    op.execute("DELETE FROM reminder WHERE rating_id IS NOT NULL")
    op.drop_index("uq_reminder_rating_once", table_name="reminder")
    for table, (things, name) in ABOUT.items():
        with op.batch_alter_table(table, reflect_kwargs={"resolve_fks": False}) as batch:
            batch.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
            batch.drop_constraint(batch.f(f"fk_{table}_rating_id"), type_="foreignkey")
            if table == "reminder":
                batch.drop_constraint(batch.f(f"uq_reminder_{'_'.join(RUN)}"), type_="unique")
            batch.drop_column("rating_id")
            batch.create_check_constraint(op.f(f"ck_{table}_{name}"), _one_of(*things))
    _hold_reminders()
    _trigger("keep_reminder_recipient", "DELETE", "reminder_recipient")
    for table in TABLES:
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


def _hold_reminders() -> None:
    """Rows are never changed and never deleted, also in the table that was made anew."""
    _trigger("keep_reminder", "DELETE", "reminder")
    _trigger("hold_reminder", "UPDATE", "reminder")


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _one_of(*things: str) -> str:
    return " + ".join(f"(CASE WHEN {thing}_id IS NULL THEN 0 ELSE 1 END)" for thing in things) + " = 1"


def _trigger(name: str, moment: str, table: str, when: str = "") -> None:
    """On both databases; `when` says which changes are refused, all of them where nothing is said."""
    deletes = moment == "DELETE"
    if _is_sqlite():
        verb = "deleted" if deletes else "changed"
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {moment} ON {table}{f' WHEN {when}' if when else ''} BEGIN"
            f" SELECT RAISE(ABORT, '{table}: rows are never {verb}'); END"
        )
        return
    moment, each = ("DELETE OR TRUNCATE", "STATEMENT") if deletes else (moment, "ROW")
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {moment} ON {table}"
        f" FOR EACH {each}{f' WHEN ({when})' if when else ''} EXECUTE FUNCTION gongdao_append_only()"
    )  # fmt: skip
