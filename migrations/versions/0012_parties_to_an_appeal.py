"""Whose appeal a complaint holds: found by an index, for the deputy who sees the general manager's own cases."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

PARTIES = ("appellant_id", "appealed_by_id")


def upgrade() -> None:
    for party in PARTIES:
        there = sa.text(f"{party} IS NOT NULL")
        op.create_index(
            f"ix_complaint_{party}", "complaint", [party], sqlite_where=there, postgresql_where=there
        )  # fmt: skip


def downgrade() -> None:
    for party in PARTIES:
        op.drop_index(f"ix_complaint_{party}", table_name="complaint")
