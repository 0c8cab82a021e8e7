"""Copies of letters, indexes for the lists of one's own acts, and the calendar feed."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

OF_COMPLAINTS = sa.text("complaint_id IS NOT NULL")
SAME = ("letter_id", "person_id", "position")
# Of the letters issued before: whoever comes after the addressee, unless the case is about them.
FOR_INFORMATION = """
    UPDATE letter_recipient SET copied = TRUE WHERE position > 0 AND NOT EXISTS (
        SELECT 1 FROM letter JOIN event ON event.id = letter.event_id
        LEFT JOIN complaint ON complaint.id = event.complaint_id
        LEFT JOIN penalty ON penalty.id = event.penalty_id
        LEFT JOIN scorecard ON scorecard.id = event.scorecard_id
        WHERE letter.id = letter_recipient.letter_id AND letter_recipient.person_id
            = COALESCE(complaint.respondent_id, penalty.respondent_id, scorecard.person_id)
    )
"""


def upgrade() -> None:
    op.add_column("letter_recipient", sa.Column("copied", sa.Boolean(), server_default=sa.false(), nullable=False))
    _release()
    op.execute(FOR_INFORMATION)
    _hold(*SAME, "copied")
    op.create_index(
        "ix_letter_recipient_copied", "letter_recipient", ["person_id", "letter_id"],
        sqlite_where=sa.text("copied = 1"), postgresql_where=sa.text("copied"),
    )  # fmt: skip
    for name, columns in (("ix_event_done", ["actor_id", "id"]), ("ix_event_started", ["actor_id", "action", "id"])):
        op.create_index(name, "event", columns, sqlite_where=OF_COMPLAINTS, postgresql_where=OF_COMPLAINTS)
    op.create_table(
        "calendar_feed",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("session_epoch", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_calendar_feed_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_calendar_feed")),
    )


def downgrade() -> None:
    op.drop_table("calendar_feed")
    for name in ("ix_event_started", "ix_event_done"):
        op.drop_index(name, table_name="event")
    op.drop_index("ix_letter_recipient_copied", table_name="letter_recipient")
    _release()
    op.drop_column("letter_recipient", "copied")
    _hold(*SAME)


def _release() -> None:
    on = "" if _is_sqlite() else " ON letter_recipient"
    op.execute(f"DROP TRIGGER hold_letter_recipient{on}")


def _hold(*columns: str) -> None:
    """Of a recipient nothing is changed but that they acknowledge, once."""
    equal = "IS" if _is_sqlite() else "IS NOT DISTINCT FROM"
    same = " AND ".join(f"NEW.{column} {equal} OLD.{column}" for column in columns)
    acknowledged = f"OLD.acknowledged_at IS NULL AND NEW.acknowledged_at IS NOT NULL AND {same}"
    begin = "CREATE TRIGGER hold_letter_recipient BEFORE UPDATE ON letter_recipient"
    if _is_sqlite():
        refused = "SELECT RAISE(ABORT, 'letter_recipient: rows are never changed')"
        op.execute(f"{begin} WHEN NOT ({acknowledged}) BEGIN {refused}; END")
    else:
        op.execute(f"{begin} FOR EACH ROW WHEN (NOT ({acknowledged})) EXECUTE FUNCTION gongdao_append_only()")


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
