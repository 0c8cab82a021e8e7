"""Rewards (奖励): what a regulation grants somebody for something well done, and what was decided about it.

Whoever proposes one does not decide it. A reward that is granted is money of the month in which it was granted.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Select, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Fen, UtcDateTime, numbered
from models.person import Person
from models.regulation import RegulationVersion


class Reward(Base):
    """One reward of one person by one rule: for what, from where it comes, how much; decided once."""

    __tablename__ = "reward"
    __table_args__ = (
        UniqueConstraint("year", "seq"),
        UniqueConstraint("person_id", "rule", "source"),
        CheckConstraint("amount > 0", name="something"),
        CheckConstraint(
            "(decided_at IS NULL) = (granted IS NULL) AND (decided_at IS NULL) = (decided_by_id IS NULL)",
            name="decided_by_somebody",
        ),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> person_id", name="not_decided_by_oneself"),
        CheckConstraint("granted IS NULL OR (month IS NOT NULL) = granted", name="granted_in_a_month"),
        CheckConstraint("granted IS NULL OR granted OR decision IS NOT NULL", name="declined_with_a_reason"),
        Index("ix_reward_person_id", "person_id"),
        Index("ix_reward_month", "month"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column()
    year: Mapped[int]
    seq: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    regulation_version_id: Mapped[int] = mapped_column(ForeignKey("regulation_version.id"))
    rule: Mapped[str] = mapped_column(String(12))
    amount: Mapped[int] = mapped_column(Fen)
    reason: Mapped[str] = mapped_column(Text)
    # What it comes from, by kind and number, such as `inspection/2026-3/greets_and_guides`: rewarded once.
    source: Mapped[str] = mapped_column(String(120))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    granted: Mapped[bool | None]
    decision: Mapped[str | None] = mapped_column(Text)
    month: Mapped[str | None] = mapped_column(String(7))

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    proposed_by: Mapped[Person] = relationship(foreign_keys=[proposed_by_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])
    regulation_version: Mapped[RegulationVersion] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy forbids the annotation

    @property
    def number(self) -> str:
        return f"{self.year}-{self.seq}"

    @classmethod
    def by_number(cls, number: str) -> Select["Reward"]:
        """The reward with this number; none when the number is malformed."""
        year, seq = numbered(number) or (0, 0)
        return select(cls).where(cls.year == year, cls.seq == seq)
