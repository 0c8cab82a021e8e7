"""The rows that assessments are drawn from, with the files that prove them, and business partners."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

SUBJECTS = ("person", "team", "department", "partner")
KEPT = ("kept_file", "assessment_row", "assessment_row_withdrawal")


def upgrade() -> None:
    op.create_table(
        "partner",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=False),
        *_keys("partner", added_by_id="person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner")),
        sa.UniqueConstraint("name", name=op.f("uq_partner_name")),
    )
    op.create_table(
        "kept_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("size > 0", name=op.f("ck_kept_file_not_empty")),
        *_keys("kept_file", added_by_id="person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_file")),
        sa.UniqueConstraint("key", name=op.f("uq_kept_file_key")),
    )
    _rows()
    for table in KEPT:
        _keep(table)


def _rows() -> None:
    op.create_table(
        "assessment_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("regulation", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        *(sa.Column(f"{subject}_id", sa.Integer(), nullable=True) for subject in SUBJECTS),
        sa.Column("counts_on", sa.Date(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("proof_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            " + ".join(f"(CASE WHEN {subject}_id IS NULL THEN 0 ELSE 1 END)" for subject in SUBJECTS) + " = 1",
            name=op.f("ck_assessment_row_about_one_subject"),
        ),
        *_keys("assessment_row", **{f"{s}_id": s for s in SUBJECTS}, by_id="person", proof_id="kept_file"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_row")),
    )
    op.create_index("uq_assessment_row_key", "assessment_row", ["regulation", "source", "key"], unique=True)
    op.create_index("ix_assessment_row_source", "assessment_row", ["regulation", "source", "counts_on"])
    for subject in SUBJECTS:
        op.create_index(f"ix_assessment_row_{subject}", "assessment_row", [f"{subject}_id", "regulation", "counts_on"])
    op.create_table(
        "assessment_row_withdrawal",
        sa.Column("row_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        *_keys("assessment_row_withdrawal", row_id="assessment_row", by_id="person"),
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_assessment_row_withdrawal")),
    )


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
    for table in ("assessment_row_withdrawal", "assessment_row", "kept_file", "partner"):
        op.drop_table(table)
