"""Messages that leave the product: how people are reached, what is on its way, links to one act."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

CHANNELS = ("mail", "wecom", "dingtalk", "feishu")
WAITING, TO_SPREAD = sa.text("state = 'waiting'"), sa.text("spread_at IS NULL")
COLLECTING = sa.text("is_digest AND state = 'waiting' AND attempts = 0")


def _one_of(*values: str, name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def _foreign(table: str, **targets: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))
        for column, target in targets.items()
    ]


def upgrade() -> None:
    op.add_column("notice", sa.Column("spread_at", sa.DateTime(), nullable=True))
    # What was told before there were messages is news to nobody.
    op.execute("UPDATE notice SET spread_at = (SELECT event.at FROM event WHERE event.id = notice.event_id)")
    op.create_index("ix_notice_to_spread", "notice", ["id"], sqlite_where=TO_SPREAD, postgresql_where=TO_SPREAD)
    op.create_table(
        "reach",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("mail", sa.String(length=254), nullable=True),
        *(sa.Column(channel, sa.String(length=128), nullable=True) for channel in CHANNELS[1:]),
        sa.Column("chosen", sa.JSON(), nullable=False),
        sa.Column("quiet_from", sa.Time(), nullable=True),
        sa.Column("quiet_until", sa.Time(), nullable=True),
        sa.Column("digest_at", sa.Time(), nullable=False),
        sa.CheckConstraint("(quiet_from IS NULL) = (quiet_until IS NULL)", name=op.f("ck_reach_quiet_from_and_until")),
        sa.CheckConstraint("quiet_from <> quiet_until", name=op.f("ck_reach_not_always_quiet")),
        *_foreign("reach", person_id="person"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_reach")),
    )
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("channel", _one_of(*CHANNELS, name="channel"), nullable=False),
        sa.Column("is_digest", sa.Boolean(), nullable=False),
        sa.Column("state", _one_of("waiting", "done", "failed", name="state"), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(), nullable=False),
        sa.Column("done_at", sa.DateTime(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("in_hands", sa.Boolean(), nullable=False),
        sa.CheckConstraint("(state = 'done') = (done_at IS NOT NULL)", name=op.f("ck_message_done_iff_dated")),
        *_foreign("message", person_id="person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("key", name=op.f("uq_message_key")),
    )
    op.create_index("ix_message_waiting", "message", ["next_try_at"], sqlite_where=WAITING, postgresql_where=WAITING)
    op.create_index(
        "uq_message_collecting", "message", ["person_id", "channel"], unique=True,
        sqlite_where=COLLECTING, postgresql_where=COLLECTING,
    )  # fmt: skip
    op.create_table(
        "message_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("channel", _one_of(*CHANNELS, name="channel"), nullable=False),
        *_foreign("message_notice", message_id="message", notice_id="notice"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_notice")),
        sa.UniqueConstraint("notice_id", "channel", name=op.f("uq_message_notice_notice_id_channel")),
    )
    op.create_index("ix_message_notice_message_id", "message_notice", ["message_id"])
    op.create_table(
        "acting_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=24), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        *_foreign("acting_link", message_id="message", person_id="person", event_id="event"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acting_link")),
        sa.UniqueConstraint("digest", name=op.f("uq_acting_link_digest")),
        sa.UniqueConstraint("message_id", "action", name=op.f("uq_acting_link_message_id_action")),
    )


def downgrade() -> None:
    for table in ("acting_link", "message_notice", "message", "reach"):
        op.drop_table(table)
    op.drop_index("ix_notice_to_spread", table_name="notice")
    with op.batch_alter_table("notice") as batch:
        batch.drop_column("spread_at")
