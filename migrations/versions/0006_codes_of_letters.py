"""The code by which a letter is looked up by whoever holds its paper; look-ups that found nothing are counted."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# As in models/letter.py.
ALPHABET, LENGTH = "ABCDEFGHJKMNPQRSTVWXYZ23456789", 12


def upgrade() -> None:
    codes = op.create_table(
        "letter_code",
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_letter_code_letter_id")),
        sa.PrimaryKeyConstraint("letter_id", name=op.f("pk_letter_code")),
        sa.UniqueConstraint("code", name=op.f("uq_letter_code_code")),
    )
    op.create_table(
        "letter_lookup",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_lookup")),
    )
    op.create_index("ix_letter_lookup_address_at", "letter_lookup", ["address", "at"])
    op.create_index("ix_letter_pdf_digest", "letter_pdf", ["digest"])
    for letter_id in op.get_bind().execute(sa.text("SELECT id FROM letter")).scalars().all():
        code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        op.get_bind().execute(sa.insert(codes).values(letter_id=letter_id, code=code))


def downgrade() -> None:
    op.drop_index("ix_letter_pdf_digest", table_name="letter_pdf")
    op.drop_index("ix_letter_lookup_address_at", table_name="letter_lookup")
    op.drop_table("letter_lookup")
    op.drop_table("letter_code")
