"""Surveys: what is asked, who is invited, calls, samples, answers with the rows they became, and incentives."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

SUBJECTS = ("person", "team", "department", "partner")
TO_CALL = sa.text("status = 'open' AND by_call")
# Nothing of these is ever changed or deleted; of the others only what is named here is held.
KEPT = ("survey_sample", "survey_attempt", "survey_answer", "survey_figure", "survey_incentive")
HELD = {
    "survey": "regulation, source, about, answers, opens_on, choices, dissatisfied, made_by_id",
    "survey_invitation": "survey_id, customer_id, person_id, team_id, department_id, partner_id",
}


def upgrade() -> None:
    _survey()
    _sample()
    _invitation()
    _attempt()
    _answer()
    _incentive()
    for table in KEPT:
        _trigger(f"keep_{table}", "DELETE", table)
        _trigger(f"hold_{table}", "UPDATE", table)
    for table, columns in HELD.items():
        _trigger(f"keep_{table}", "DELETE", table)
        _trigger(f"hold_{table}", f"UPDATE OF {columns}", table)
    # What was answered stays answered: the one answer is there.
    _trigger("hold_survey_invitation_status", "UPDATE OF status", "survey_invitation", when="OLD.status = 'answered'")


def _survey() -> None:
    _table(
        "survey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("regulation", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("title_zh", sa.String(length=80), nullable=False),
        sa.Column("title_en", sa.String(length=120), nullable=False),
        sa.Column("about", sa.String(length=12), nullable=False),
        sa.Column("answers", sa.String(length=12), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("script", sa.Text(), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("dissatisfied", sa.JSON(), nullable=False),
        sa.Column("most_attempts", sa.Integer(), nullable=False),
        sa.Column("link_days", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        *_checks(
            "survey",
            closes_after_it_opens="closes_on >= opens_on",
            limits_are_counted="most_attempts > 0 AND link_days > 0",
            about_known="about IN ('person', 'team', 'department')",
            answers_known="answers IN ('named', 'confidential', 'anonymous')",
            anonymous_about_departments="answers <> 'anonymous' OR about = 'department'",
        ),
        *_keys("survey", made_by_id="person", closed_by_id="person"),
    )
    op.create_index("ix_survey_closes_on", "survey", ["closes_on"])


def _sample() -> None:
    _table(
        "survey_sample",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(length=32), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("among", sa.JSON(), nullable=False),
        sa.Column("drawn", sa.JSON(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        *_checks("survey_sample", share_in_percent="percent > 0 AND percent <= 100"),
        *_keys("survey_sample", survey_id="survey", by_id="person"),
    )


def _invitation() -> None:
    one = " + ".join(f"(CASE WHEN {subject}_id IS NULL THEN 0 ELSE 1 END)" for subject in SUBJECTS) + " = 1"
    _table(
        "survey_invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        *(sa.Column(f"{subject}_id", sa.Integer(), nullable=True) for subject in SUBJECTS),
        sa.Column("by_call", sa.Boolean(), nullable=False),
        sa.Column("status", _enum("status", "open", "answered", "refused", "unreachable"), nullable=False),
        sa.Column("invited_at", sa.DateTime(), nullable=False),
        sa.Column("invited_by_id", sa.Integer(), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=True),
        sa.Column("expires_at", sa.DateTime(), nullable=True),
        sa.Column("next_call_at", sa.DateTime(), nullable=True),
        sa.Column("due_at", sa.DateTime(), nullable=True),
        sa.Column("sample_id", sa.Integer(), nullable=True),
        *_checks(
            "survey_invitation",
            about_one_subject=one,
            link_expires="(token_digest IS NULL) = (expires_at IS NULL)",
        ),
        *_keys(
            "survey_invitation", survey_id="survey", customer_id="customer", **{f"{s}_id": s for s in SUBJECTS},
            invited_by_id="person", sample_id="survey_sample",
        ),
        sa.UniqueConstraint("survey_id", "customer_id", name=op.f("uq_survey_invitation_survey_id_customer_id")),
    )  # fmt: skip
    op.create_index("uq_survey_invitation_token", "survey_invitation", ["token_digest"], unique=True)
    op.create_index(
        "ix_survey_invitation_calls", "survey_invitation", ["next_call_at", "survey_id"],
        sqlite_where=TO_CALL, postgresql_where=TO_CALL,
    )  # fmt: skip


def _attempt() -> None:
    _table(
        "survey_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("invitation_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("result", _enum("result", "answered", "not_reached", "call_again", "refused"), nullable=False),
        sa.Column("call_again_at", sa.DateTime(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        *_checks("survey_attempt", again_at_a_time="(result = 'call_again') = (call_again_at IS NOT NULL)"),
        *_keys("survey_attempt", invitation_id="survey_invitation", by_id="person"),
    )
    op.create_index("ix_survey_attempt_invitation_id", "survey_attempt", ["invitation_id", "id"])


def _answer() -> None:
    _table(
        "survey_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("invitation_id", sa.Integer(), nullable=True),
        sa.Column("external_ref", sa.String(length=80), nullable=True),
        sa.Column("way", _enum("way", "call", "link", "qr", "import"), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("comments", sa.JSON(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("recording_id", sa.Integer(), nullable=True),
        sa.Column("complaint_id", sa.Integer(), nullable=True),
        *_checks("survey_answer", imported_by_number="(external_ref IS NOT NULL) = (way = 'import')"),
        *_keys(
            "survey_answer", survey_id="survey", invitation_id="survey_invitation", by_id="person",
            recording_id="kept_file", complaint_id="complaint",
        ),
        sa.UniqueConstraint("key", name=op.f("uq_survey_answer_key")),
        sa.UniqueConstraint("survey_id", "external_ref", name=op.f("uq_survey_answer_survey_id_external_ref")),
    )  # fmt: skip
    op.create_index("uq_survey_answer_invitation", "survey_answer", ["invitation_id"], unique=True)
    op.create_index("uq_survey_answer_complaint", "survey_answer", ["complaint_id"], unique=True)
    op.create_index("ix_survey_answer_survey_id", "survey_answer", ["survey_id", "id"])
    op.create_table(
        "survey_figure",
        sa.Column("row_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("answer_id", sa.Integer(), nullable=False),
        *_keys("survey_figure", row_id="assessment_row", answer_id="survey_answer"),
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_survey_figure")),
    )
    op.create_index("ix_survey_figure_answer_id", "survey_figure", ["answer_id"])


def _incentive() -> None:
    op.create_table(
        "survey_incentive",
        sa.Column("invitation_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("what", sa.String(length=200), nullable=False),
        sa.Column("given_at", sa.DateTime(), nullable=False),
        sa.Column("given_by_id", sa.Integer(), nullable=False),
        *_keys("survey_incentive", invitation_id="survey_invitation", given_by_id="person"),
        sa.PrimaryKeyConstraint("invitation_id", name=op.f("pk_survey_incentive")),
    )


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
    if op.get_bind().dialect.name == "sqlite":
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


def downgrade() -> None:
    for table in ("survey_incentive", "survey_figure", "survey_answer", "survey_attempt", "survey_invitation",
                  "survey_sample", "survey"):  # fmt: skip
        op.drop_table(table)
