"""The recording of a survey's call can be attached after its answer."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

TABLE = "survey_recording"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("answer_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("answer_id", name=op.f("pk_survey_recording")),
        sa.ForeignKeyConstraint(["answer_id"], ["survey_answer.id"], name=op.f("fk_survey_recording_answer_id")),
        sa.ForeignKeyConstraint(["file_id"], ["kept_file.id"], name=op.f("fk_survey_recording_file_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_survey_recording_by_id")),
        sa.UniqueConstraint("file_id", name=op.f("uq_survey_recording_file_id")),
    )
    for name, moment in (("keep", "DELETE"), ("hold", "UPDATE")):
        _trigger(name, moment)


def _trigger(name: str, moment: str) -> None:
    """On both databases."""
    deletes = moment == "DELETE"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {name}_{TABLE} BEFORE {moment} ON {TABLE} BEGIN"
            f" SELECT RAISE(ABORT, '{TABLE}: rows are never {'deleted' if deletes else 'changed'}'); END"
        )
        return
    moment, each = ("DELETE OR TRUNCATE", "STATEMENT") if deletes else (moment, "ROW")
    op.execute(
        f"CREATE TRIGGER {name}_{TABLE} BEFORE {moment} ON {TABLE}"
        f" FOR EACH {each} EXECUTE FUNCTION gongdao_append_only()"
    )


def downgrade() -> None:
    op.drop_table(TABLE)
