"""Messages that leave the product: how each person is reached, what is on its way, links that lead to one act.

A notice is the order for them, written with its step; a message is one delivery of one or several notices to one
person by one channel. Its key never changes, however often it is tried.
"""

from datetime import datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, UtcDateTime, values_of
from models.event import Event
from models.outbox import Notice, OrderState
from models.person import Person


class ChannelOut(StrEnum):
    MAIL = "mail"
    WECOM = "wecom"
    DINGTALK = "dingtalk"
    FEISHU = "feishu"


class Reach(Base):
    """How one person wants to be reached: addresses, kinds by channel, quiet hours, the hour of the digest.

    `chosen` holds for each kind the channels, and whether it is collected once a day. The addresses of robots are
    secrets: they are shown to nobody in full.
    """

    __tablename__ = "reach"
    __table_args__ = (
        CheckConstraint("(quiet_from IS NULL) = (quiet_until IS NULL)", name="quiet_from_and_until"),
        CheckConstraint("quiet_from <> quiet_until", name="not_always_quiet"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    mail: Mapped[str | None] = mapped_column(String(254))
    wecom: Mapped[str | None] = mapped_column(String(128))
    dingtalk: Mapped[str | None] = mapped_column(String(128))
    feishu: Mapped[str | None] = mapped_column(String(128))
    chosen: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    quiet_from: Mapped[time | None]
    quiet_until: Mapped[time | None]
    digest_at: Mapped[time]

    person: Mapped[Person] = relationship()

    def address(self, channel: ChannelOut) -> str | None:
        found: str | None = getattr(self, channel.value)
        return found

    def channels_for(self, kind: str) -> list[ChannelOut]:
        """The channels by which this kind is wanted and can be sent."""
        wanted = self.chosen.get(kind, {}).get("channels", ())
        return [channel for channel in ChannelOut if channel.value in wanted and self.address(channel)]

    def collects(self, kind: str) -> bool:
        return bool(self.chosen.get(kind, {}).get("daily", False))


class Message(Base):
    """One delivery. `next_try_at` is when it may be tried; while somebody tries, until when it is theirs."""

    __tablename__ = "message"
    __table_args__ = (
        Index(
            "ix_message_waiting", "next_try_at",
            sqlite_where=text("state = 'waiting'"), postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "ix_message_failed", "id",
            sqlite_where=text("state = 'failed'"), postgresql_where=text("state = 'failed'"),
        ),
        Index(
            "uq_message_collecting", "person_id", "channel", unique=True,
            sqlite_where=text("is_digest AND state = 'waiting' AND attempts = 0"),
            postgresql_where=text("is_digest AND state = 'waiting' AND attempts = 0"),
        ),
        CheckConstraint("(state = 'done') = (done_at IS NOT NULL)", name="done_iff_dated"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    channel: Mapped[ChannelOut] = mapped_column(values_of(ChannelOut, "channel"))
    is_digest: Mapped[bool]
    state: Mapped[OrderState] = mapped_column(values_of(OrderState, "state"))
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str | None] = mapped_column(Text)
    # Somebody began to hand it over and has not said how it ended.
    in_hands: Mapped[bool] = mapped_column(default=False)

    person: Mapped[Person] = relationship()
    told: Mapped[list["MessageNotice"]] = relationship(
        back_populates="message", lazy="raise", order_by="MessageNotice.notice_id"
    )


class MessageNotice(Base):
    """Which notices a message tells of; no notice goes twice by one channel."""

    __tablename__ = "message_notice"
    __table_args__ = (UniqueConstraint("notice_id", "channel"), Index("ix_message_notice_message_id", "message_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"))
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"))
    channel: Mapped[ChannelOut] = mapped_column(values_of(ChannelOut, "channel"))

    message: Mapped[Message] = relationship(back_populates="told")
    notice: Mapped[Notice] = relationship()


class ActingLink(Base):
    """A link in a message to one act, for one person, once. Only the digest of what stands in it is kept."""

    __tablename__ = "acting_link"
    __table_args__ = (UniqueConstraint("message_id", "action"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    action: Mapped[str] = mapped_column(String(24))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    event: Mapped[Event] = relationship()
