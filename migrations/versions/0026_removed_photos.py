"""A photo of an inspection can be taken back while the checklist is being written."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0023"
branch_labels = None
depends_on = None

NAME = "hold_inspection_photo_1"
SAME = " OR ".join(
    f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in ("id", "inspection_id", "factor", "file_id")
)
UNDER_WAY = "EXISTS (SELECT 1 FROM inspection WHERE id = OLD.inspection_id AND submitted_at IS NULL)"


def upgrade() -> None:
    op.add_column("inspection_photo", sa.Column("removed_at", sa.DateTime(), nullable=True))
    op.execute(
        "ALTER TABLE inspection_photo ADD COLUMN removed_by_id INTEGER"
        " CONSTRAINT fk_inspection_photo_removed_by_id_person REFERENCES person (id)"
        " CONSTRAINT ck_inspection_photo_removed_by_somebody"
        " CHECK ((removed_at IS NULL) = (removed_by_id IS NULL))"
    )
    _refuse(f"OLD.removed_at IS NOT NULL OR {SAME} OR NOT {UNDER_WAY}")


def downgrade() -> None:
    _refuse("true")
    for column in ("removed_by_id", "removed_at"):
        op.execute(f"ALTER TABLE inspection_photo DROP COLUMN {column}")


def _refuse(when: str) -> None:
    """The one trigger that stands before a change of a photo refuses it for this."""
    told = "inspection_photo: rows are never changed"
    if op.get_bind().dialect.name == "sqlite":
        when = when.replace("IS DISTINCT FROM", "IS NOT")
        op.execute(f"DROP TRIGGER {NAME}")
        op.execute(
            f"CREATE TRIGGER {NAME} BEFORE UPDATE ON inspection_photo WHEN {when} BEGIN"
            f" SELECT RAISE(ABORT, '{told}'); END"
        )
        return
    op.execute(
        f"CREATE OR REPLACE FUNCTION gongdao_{NAME}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {when} THEN"
        f" RAISE EXCEPTION '{told}'; END IF; RETURN NEW; END $$"
    )
