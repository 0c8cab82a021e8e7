"""What a published inspection leads to: what is asked of whom, and what each bears of a manufacturer's check."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Fen, Points, UtcDateTime
from models.penalty import Penalty
from models.person import Person
from models.reward import Reward

if TYPE_CHECKING:
    from models.inspection import Inspection


class InspectionProposal(Base):
    """What the regulation asks after a published inspection, of whom, and what became of it.

    One proposal for each rule, matter and person: nobody is charged twice for one finding.
    """

    __tablename__ = "inspection_proposal"
    __table_args__ = (
        CheckConstraint("kind IN ('fine', 'reward')", name="kind_known"),
        CheckConstraint("amount > 0", name="something"),
        CheckConstraint("(decided_at IS NULL) = (decided_by_id IS NULL)", name="decided_by_somebody"),
        CheckConstraint(
            "decided_at IS NULL OR (penalty_id IS NULL AND reward_id IS NULL) = (reason IS NOT NULL)",
            name="accepted_or_set_aside_with_a_reason",
        ),
        CheckConstraint(
            "decided_at IS NOT NULL OR (penalty_id IS NULL AND reward_id IS NULL AND reason IS NULL)",
            name="undecided_leads_nowhere",
        ),
        CheckConstraint("penalty_id IS NULL OR kind = 'fine'", name="a_fine_is_a_penalty"),
        CheckConstraint("reward_id IS NULL OR kind = 'reward'", name="a_reward_is_no_penalty"),
        Index(
            "uq_inspection_proposal_once", "inspection_id", "rule", "kind", "because", "person_id", unique=True,
            sqlite_where=text("person_id IS NOT NULL"), postgresql_where=text("person_id IS NOT NULL"),
        ),
        Index("ix_inspection_proposal_person_id", "person_id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    inspection_id: Mapped[int] = mapped_column(ForeignKey("inspection.id"))
    kind: Mapped[str] = mapped_column(String(8))
    rule: Mapped[str] = mapped_column(String(12))
    # The post that the regulation names; None where somebody was named.
    post: Mapped[str | None] = mapped_column(String(40))
    # Nobody, while nobody holds the post.
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    amount: Mapped[int] = mapped_column(Fen)
    # The factors or the module for which, by their names.
    because: Mapped[str] = mapped_column(String(1000))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str | None] = mapped_column(Text)
    penalty_id: Mapped[int | None] = mapped_column(ForeignKey("penalty.id"), unique=True)
    reward_id: Mapped[int | None] = mapped_column(ForeignKey("reward.id"), unique=True)

    inspection: Mapped["Inspection"] = relationship(back_populates="proposals")
    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])
    penalty: Mapped[Penalty | None] = relationship()
    reward: Mapped[Reward | None] = relationship()


class InspectionShare(Base):
    """What somebody bears of a manufacturer's check, as the review meeting shared it out: fine and points (MS-9)."""

    __tablename__ = "inspection_share"
    __table_args__ = (
        CheckConstraint("fine >= 0 AND points >= 0 AND fine + points > 0", name="something"),
        Index("ix_inspection_share_person_id", "person_id"),
    )

    inspection_id: Mapped[int] = mapped_column(ForeignKey("inspection.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    fine: Mapped[int] = mapped_column(Fen)
    points: Mapped[Decimal] = mapped_column(Points)
    reason: Mapped[str] = mapped_column(Text)

    person: Mapped[Person] = relationship()
