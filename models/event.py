"""What happened: append-only events chained by hash, and the evidence that came with them."""

import hashlib
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, UtcDateTime
from models.person import Person

if TYPE_CHECKING:
    from models.complaint import Complaint
    from models.ledger import ScoreEntry
    from models.letter import Letter
    from models.money import MoneyEntry, Payday
    from models.outbox import Notice, Order
    from models.penalty import Penalty
    from models.plan import Plan
    from models.publication import Publication
    from models.reward import Reward
    from models.scorecard import Scorecard

GENESIS = "0" * 64
# The cases that events are about, by the names of their columns; every event is about exactly one.
CASES = ("complaint", "penalty", "scorecard", "payday", "plan", "reward", "publication")
OF_COMPLAINTS = text("complaint_id IS NOT NULL")


def one_of(*cases: str) -> str:
    """The condition that exactly one of the cases is named; both databases can add such numbers."""
    return " + ".join(f"(CASE WHEN {case}_id IS NULL THEN 0 ELSE 1 END)" for case in cases) + " = 1"


class Event(Base):
    """One act in one case: who, for whom, from, to, when, with what input."""

    __tablename__ = "event"
    __table_args__ = (
        *(UniqueConstraint(f"{case}_id", "seq") for case in CASES),
        CheckConstraint(one_of(*CASES), name="about_one_case"),
        CheckConstraint("seq > 0", name="numbered_from_one"),
        Index("ix_event_actor_complaint", "actor_id", "complaint_id"),
        Index("ix_event_for_complaint", "acting_for_id", "complaint_id"),
        Index("ix_event_actor_penalty", "actor_id", "penalty_id"),
        Index("ix_event_for_penalty", "acting_for_id", "penalty_id"),
        Index("ix_event_actor_plan", "actor_id", "plan_id"),
        Index("ix_event_for_plan", "acting_for_id", "plan_id"),
        Index("ix_event_actor_reward", "actor_id", "reward_id"),
        Index("ix_event_for_reward", "acting_for_id", "reward_id"),
        # Somebody's newest acts in complaints, and the newest of one kind, are read without all the others.
        Index("ix_event_done", "actor_id", "id", sqlite_where=OF_COMPLAINTS, postgresql_where=OF_COMPLAINTS),
        Index(
            "ix_event_started", "actor_id", "action", "id", sqlite_where=OF_COMPLAINTS, postgresql_where=OF_COMPLAINTS
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int | None] = mapped_column(ForeignKey("complaint.id"))
    penalty_id: Mapped[int | None] = mapped_column(ForeignKey("penalty.id"))
    scorecard_id: Mapped[int | None] = mapped_column(ForeignKey("scorecard.id"))
    payday_id: Mapped[int | None] = mapped_column(ForeignKey("payday.id"))
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("plan.id"))
    reward_id: Mapped[int | None] = mapped_column(ForeignKey("reward.id"))
    publication_id: Mapped[int | None] = mapped_column(ForeignKey("publication.id"))
    seq: Mapped[int]
    action: Mapped[str] = mapped_column(String(24))
    rule: Mapped[str] = mapped_column(String(12))
    from_state: Mapped[str | None] = mapped_column(String(24))
    to_state: Mapped[str] = mapped_column(String(24))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    acting_for_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    signed_as: Mapped[str] = mapped_column(String(24))
    said: Mapped[dict[str, Any]] = mapped_column(JSON)
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))

    complaint: Mapped["Complaint | None"] = relationship(back_populates="events")
    penalty: Mapped["Penalty | None"] = relationship(back_populates="events")
    scorecard: Mapped["Scorecard | None"] = relationship(back_populates="events")
    payday: Mapped["Payday | None"] = relationship(back_populates="events")
    plan: Mapped["Plan | None"] = relationship(back_populates="events")
    reward: Mapped["Reward | None"] = relationship(back_populates="events")
    publication: Mapped["Publication | None"] = relationship(back_populates="events")
    actor: Mapped[Person | None] = relationship(foreign_keys=[actor_id])
    acting_for: Mapped[Person | None] = relationship(foreign_keys=[acting_for_id])
    entries: Mapped[list["ScoreEntry"]] = relationship(
        back_populates="event", foreign_keys="ScoreEntry.event_id", lazy="raise", order_by="ScoreEntry.id"
    )
    money: Mapped[list["MoneyEntry"]] = relationship(
        back_populates="event", foreign_keys="MoneyEntry.event_id", lazy="raise", order_by="MoneyEntry.id"
    )
    letters: Mapped[list["Letter"]] = relationship(back_populates="event", lazy="raise", order_by="Letter.id")
    orders: Mapped[list["Order"]] = relationship(back_populates="event", lazy="raise")
    notices: Mapped[list["Notice"]] = relationship(back_populates="event", lazy="raise")

    @property
    def case(self) -> "Complaint | Penalty | Scorecard | Payday | Plan | Reward | Publication":
        """What the event is about."""
        case = (
            self.complaint
            or self.penalty
            or self.scorecard
            or self.payday
            or self.plan
            or self.reward
            or self.publication
        )
        assert case is not None, "the database asks for exactly one"
        return case

    def content(self) -> dict[str, Any]:
        """What the hash covers: everything the row says, in words that survive a reload."""
        return {
            "case": f"{self.case.kind}/{self.case.number}",
            "seq": self.seq,
            "action": self.action,
            "rule": self.rule,
            "from": self.from_state,
            "to": self.to_state,
            "at": self.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "actor": self.actor_id,
            "for": self.acting_for_id,
            "as": self.signed_as,
            "said": self.said,
            "previous": self.previous_hash,
        }

    def computed_hash(self) -> str:
        canonical = json.dumps(self.content(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    def seal(self) -> None:
        """Fix the hash; called once, when the row is complete and before it is stored."""
        self.hash = self.computed_hash()


class Attachment(Base):
    """A file somebody added to a case; its bytes lie outside the web root under their digest."""

    __tablename__ = "attachment"
    __table_args__ = (
        CheckConstraint("size > 0", name="not_empty"),
        CheckConstraint(one_of("complaint", "penalty", "plan"), name="of_one_case"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)
    complaint_id: Mapped[int | None] = mapped_column(ForeignKey("complaint.id"), index=True)
    penalty_id: Mapped[int | None] = mapped_column(ForeignKey("penalty.id"), index=True)
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("plan.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(80))
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    added_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    complaint: Mapped["Complaint | None"] = relationship(back_populates="attachments")
    penalty: Mapped["Penalty | None"] = relationship(back_populates="attachments")
    plan: Mapped["Plan | None"] = relationship(back_populates="attachments")
    added_by: Mapped[Person] = relationship()
