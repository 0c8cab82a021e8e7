"""The money ledger: what penalties charge and give back, what rewards give, and what pay days did with it.

Charges are negative, refunds and rewards positive, in whole fen. Entries are never changed or
deleted; a correction is an opposite entry.
"""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Fen, UtcDateTime, values_of
from models.event import Event
from models.penalty import Penalty
from models.person import Person
from models.reward import Reward

if TYPE_CHECKING:
    from models.regulation import RegulationVersion


class MoneyKind(StrEnum):
    FINE = "fine"
    JOINT_FINE = "joint_fine"
    REWORK_SHARE = "rework_share"
    COMMISSION_FORFEIT = "commission_forfeit"
    REWARD = "reward"
    REFUND = "refund"
    CARRY = "carry"


class MoneyEntry(Base):
    """Money of one employee in one month, caused by one event; of the penalty or the reward that is behind it."""

    __tablename__ = "money_entry"
    __table_args__ = (
        CheckConstraint("amount <> 0", name="not_zero"),
        CheckConstraint("kind <> 'refund' OR amount > 0", name="gives"),
        # What takes a reward back is a reward with the sign turned round.
        CheckConstraint("kind <> 'reward' OR (amount > 0) = (reverses_id IS NULL)", name="rewards"),
        CheckConstraint("(kind = 'reward') = (reward_id IS NOT NULL)", name="given_by_a_reward"),
        CheckConstraint("(kind IN ('carry', 'reward')) = (penalty_id IS NULL)", name="charged_by_a_penalty"),
        Index(
            "uq_money_entry_charge", "event_id", "person_id", "kind", "month", unique=True,
            sqlite_where=text("reverses_id IS NULL"), postgresql_where=text("reverses_id IS NULL"),
        ),
        Index("ix_money_entry_person_month", "person_id", "month"),
        Index("ix_money_entry_penalty_id", "penalty_id"),
        Index("ix_money_entry_reward_id", "reward_id"),
        Index("ix_money_entry_event_id", "event_id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    penalty_id: Mapped[int | None] = mapped_column(ForeignKey("penalty.id"))
    reward_id: Mapped[int | None] = mapped_column(ForeignKey("reward.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[MoneyKind] = mapped_column(values_of(MoneyKind, "kind"))
    amount: Mapped[int] = mapped_column(Fen)
    month: Mapped[str] = mapped_column(String(7))
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("money_entry.id"), unique=True)

    event: Mapped[Event] = relationship(back_populates="money", foreign_keys=[event_id])
    penalty: Mapped[Penalty | None] = relationship()
    reward: Mapped[Reward | None] = relationship()
    person: Mapped[Person] = relationship()
    reverses: Mapped["MoneyEntry | None"] = relationship(remote_side=[id])


class Commission(Base):
    """The construction commission (施工提成) of one employee and month, as human resources recorded it (CS-9)."""

    __tablename__ = "commission"
    __table_args__ = (
        UniqueConstraint("person_id", "month"),
        CheckConstraint("amount >= 0", name="not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    month: Mapped[str] = mapped_column(String(7))
    amount: Mapped[int] = mapped_column(Fen)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    recorded_by: Mapped[Person] = relationship(foreign_keys=[recorded_by_id])


class PaydayState(StrEnum):
    """A pay day is settled or it is not there."""

    SETTLED = "settled"


class Payday(Base):
    """One pay day (发薪结算) of the company; one for each month, once."""

    __tablename__ = "payday"
    kind: ClassVar[str] = "payday"
    # It is about everybody and, unlike other cases, about nobody in particular.
    respondent_id: ClassVar[int | None] = None
    __table_args__ = (UniqueConstraint("month"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column()
    month: Mapped[str] = mapped_column(String(7))
    state: Mapped[PaydayState] = mapped_column(values_of(PaydayState, "state"))
    settled_at: Mapped[datetime] = mapped_column(UtcDateTime)
    cap_percent: Mapped[int]
    minimum_wage: Mapped[int] = mapped_column(Fen)
    regulation_version_id: Mapped[int] = mapped_column(ForeignKey("regulation_version.id"))

    regulation_version: Mapped["RegulationVersion"] = relationship()
    events: Mapped[list[Event]] = relationship(back_populates="payday", lazy="raise", order_by="Event.seq")
    lines: Mapped[list["PaydayLine"]] = relationship(back_populates="payday", lazy="raise", order_by="PaydayLine.id")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy forbids the annotation

    @property
    def number(self) -> str:
        return self.month


class PaydayLine(Base):
    """What one pay day did with what one employee owed and is given: amounts in fen, all of them zero or more."""

    __tablename__ = "payday_line"
    __table_args__ = (
        UniqueConstraint("payday_id", "person_id"),
        CheckConstraint("owed >= 0 AND deducted >= 0 AND refunded >= 0 AND carried >= 0", name="not_negative"),
        CheckConstraint("deducted + carried = owed", name="adds_up"),
        CheckConstraint("rewarded >= 0", name="rewarded_not_negative"),
        Index("ix_payday_line_person_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    payday_id: Mapped[int] = mapped_column(ForeignKey("payday.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    wage: Mapped[int] = mapped_column(Fen)
    owed: Mapped[int] = mapped_column(Fen)
    deducted: Mapped[int] = mapped_column(Fen)
    refunded: Mapped[int] = mapped_column(Fen)
    carried: Mapped[int] = mapped_column(Fen)
    rewarded: Mapped[int] = mapped_column(Fen, default=0)

    payday: Mapped[Payday] = relationship(back_populates="lines")
    person: Mapped[Person] = relationship()
    taken: Mapped[list["Taken"]] = relationship(back_populates="line", lazy="raise", order_by="Taken.id")


class Taken(Base):
    """Of which penalty a pay day took how much, negative where it paid back; or which reward it paid out, once."""

    __tablename__ = "taken"
    __table_args__ = (
        UniqueConstraint("line_id", "penalty_id"),
        # A reward is paid out once.
        UniqueConstraint("reward_id"),
        CheckConstraint("amount <> 0", name="not_zero"),
        CheckConstraint("(penalty_id IS NULL) <> (reward_id IS NULL)", name="of_a_penalty_or_a_reward"),
        CheckConstraint("reward_id IS NULL OR amount < 0", name="a_reward_is_paid_out"),
        Index("ix_taken_penalty_id", "penalty_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("payday_line.id"))
    penalty_id: Mapped[int | None] = mapped_column(ForeignKey("penalty.id"))
    reward_id: Mapped[int | None] = mapped_column(ForeignKey("reward.id"))
    amount: Mapped[int] = mapped_column(Fen)

    line: Mapped[PaydayLine] = relationship(back_populates="taken")
    penalty: Mapped[Penalty | None] = relationship()
    reward: Mapped[Reward | None] = relationship()
