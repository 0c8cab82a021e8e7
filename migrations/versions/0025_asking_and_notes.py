"""Notes on rows entered by hand; what somebody asks about a line of their scorecard, and the answer."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

# Nothing of these is ever changed or deleted.
KEPT = ("scorecard_question", "scorecard_answer")


def upgrade() -> None:
    op.add_column("assessment_row", sa.Column("note", sa.Text(), nullable=True))
    op.create_table(
        "scorecard_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.String(length=120), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=False),
        *_keys("scorecard_question", person_id="person", to_id="person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scorecard_question")),
    )
    op.create_index("ix_scorecard_question_person_id", "scorecard_question", ["person_id", "month"])
    op.create_index("ix_scorecard_question_to_id", "scorecard_question", ["to_id"])
    op.create_table(
        "scorecard_answer",
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        *_keys("scorecard_answer", question_id="scorecard_question", by_id="person"),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_scorecard_answer")),
    )
    for table in KEPT:
        _keep(table)


def _keys(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))
        for column, to in columns.items()
    ]


def _keep(table: str) -> None:
    """Rows are never changed and never deleted."""
    if op.get_bind().dialect.name == "sqlite":
        for trigger, moment, verb in (("keep", "DELETE", "deleted"), ("hold", "UPDATE", "changed")):
            op.execute(
                f"CREATE TRIGGER {trigger}_{table} BEFORE {moment} ON {table} BEGIN"
                f" SELECT RAISE(ABORT, '{table}: rows are never {verb}'); END"
            )
        return
    for trigger, moment, each in (("keep", "DELETE OR TRUNCATE", "STATEMENT"), ("hold", "UPDATE", "ROW")):
        op.execute(
            f"CREATE TRIGGER {trigger}_{table} BEFORE {moment} ON {table}"
            f" FOR EACH {each} EXECUTE FUNCTION gongdao_append_only()"
        )


def downgrade() -> None:
    for table in ("scorecard_answer", "scorecard_question"):
        op.drop_table(table)
    op.drop_column("assessment_row", "note")
