"""What follows from results of assessments: published rankings, fines that were proposed or not, the training fund,
trainings from weak items, and what became of suggestions. Nothing here changes a result.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, Select, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.assessment_run import Assessment
from models.base import Base, Fen, UtcDateTime, numbered
from models.money import Taken
from models.penalty import Penalty
from models.person import Department, Person


class AssessmentPublication(Base):
    """That a ranking was published, with what it showed then (SAL-5); once for each assessment."""

    __tablename__ = "assessment_publication"

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), unique=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    # By consequence: who stood on which place with which score, and what that brings.
    groups: Mapped[list[dict[str, Any]]] = mapped_column(JSON)

    assessment: Mapped[Assessment] = relationship()
    by: Mapped[Person] = relationship()


class AssessmentFine(Base):
    """What became of a fine that a regulation attaches to a result: proposed as a penalty, or set aside; once."""

    __tablename__ = "assessment_fine"
    __table_args__ = (
        UniqueConstraint("assessment_id", "person_id", "rule", "because"),
        CheckConstraint("amount > 0", name="something"),
        CheckConstraint("(penalty_id IS NULL) = (reason IS NOT NULL)", name="proposed_or_set_aside_with_a_reason"),
        CheckConstraint("decided_by_id <> person_id", name="not_decided_by_oneself"),
        Index("ix_assessment_fine_person_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    rule: Mapped[str] = mapped_column(String(12))
    # The item or the measure that was below its bound.
    because: Mapped[str] = mapped_column(String(40))
    amount: Mapped[int] = mapped_column(Fen)
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    penalty_id: Mapped[int | None] = mapped_column(ForeignKey("penalty.id"), unique=True)
    reason: Mapped[str | None] = mapped_column(Text)

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    decided_by: Mapped[Person] = relationship(foreign_keys=[decided_by_id])
    penalty: Mapped[Penalty | None] = relationship()


class FundRequest(Base):
    """What somebody asks the training fund for, and what the general manager said (SAL-6)."""

    __tablename__ = "fund_request"
    __table_args__ = (
        UniqueConstraint("year", "seq"),
        CheckConstraint("amount > 0", name="something"),
        CheckConstraint(
            "(decided_at IS NULL) = (approved IS NULL) AND (decided_at IS NULL) = (decided_by_id IS NULL)"
            " AND (decided_at IS NULL) = (decision IS NULL)",
            name="decided_by_somebody_with_a_reason",
        ),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> asked_by_id", name="not_decided_by_who_asked"),
        Index("ix_fund_request_asked_by_id", "asked_by_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column()
    year: Mapped[int]
    seq: Mapped[int]
    amount: Mapped[int] = mapped_column(Fen)
    purpose: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    approved: Mapped[bool | None]
    decision: Mapped[str | None] = mapped_column(Text)

    asked_by: Mapped[Person] = relationship(foreign_keys=[asked_by_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy forbids the annotation

    @property
    def number(self) -> str:
        return f"{self.year}-{self.seq}"

    @classmethod
    def by_number(cls, number: str) -> Select["FundRequest"]:
        """The request with this number; none when the number is malformed."""
        year, seq = numbered(number) or (0, 0)
        return select(cls).where(cls.year == year, cls.seq == seq)


class FundEntry(Base):
    """One movement of the training fund: what a pay day took of a fine or paid back of it, or what was approved."""

    __tablename__ = "fund_entry"
    __table_args__ = (
        CheckConstraint("amount <> 0", name="not_zero"),
        CheckConstraint("(taken_id IS NULL) <> (request_id IS NULL)", name="of_a_pay_day_or_a_request"),
        CheckConstraint("request_id IS NULL OR amount < 0", name="a_request_spends"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    amount: Mapped[int] = mapped_column(Fen)
    taken_id: Mapped[int | None] = mapped_column(ForeignKey("taken.id"), unique=True)
    request_id: Mapped[int | None] = mapped_column(ForeignKey("fund_request.id"), unique=True)

    taken: Mapped[Taken | None] = relationship()
    request: Mapped[FundRequest | None] = relationship()


class Training(Base):
    """A training that was planned because of a weak item of an assessment (SAL-7)."""

    __tablename__ = "training"
    __table_args__ = (
        CheckConstraint("(cancelled_at IS NULL) = (cancelled_because IS NULL)", name="cancelled_with_a_reason"),
        Index("ix_training_assessment_id", "assessment_id"),
        Index("ix_training_held_on", "held_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column()
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    measure: Mapped[str] = mapped_column(String(40))
    # Empty where the measure is not told apart by items.
    item: Mapped[str] = mapped_column(String(40))
    topic: Mapped[str] = mapped_column(String(120))
    held_on: Mapped[date] = mapped_column(Date)
    trainer: Mapped[str] = mapped_column(String(60))
    planned_at: Mapped[datetime] = mapped_column(UtcDateTime)
    planned_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled_because: Mapped[str | None] = mapped_column(Text)

    assessment: Mapped[Assessment] = relationship()
    department: Mapped[Department] = relationship()
    planned_by: Mapped[Person] = relationship()
    participants: Mapped[list["TrainingParticipant"]] = relationship(
        back_populates="training", order_by="TrainingParticipant.person_id"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy forbids the annotation


class TrainingParticipant(Base):
    """Who is to take part, and whether they did; an absence has its reason."""

    __tablename__ = "training_participant"
    __table_args__ = (
        CheckConstraint("(attended IS NULL) = (recorded_at IS NULL)", name="recorded_at_a_time"),
        CheckConstraint("(attended IS NULL) = (recorded_by_id IS NULL)", name="recorded_by_somebody"),
        CheckConstraint("attended IS NULL OR attended OR reason IS NOT NULL", name="absent_with_a_reason"),
        Index("ix_training_participant_person_id", "person_id"),
    )

    training_id: Mapped[int] = mapped_column(ForeignKey("training.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    attended: Mapped[bool | None]
    reason: Mapped[str | None] = mapped_column(Text)
    recorded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    training: Mapped[Training] = relationship(back_populates="participants")
    person: Mapped[Person] = relationship(foreign_keys=[person_id])


class SuggestionAnswer(Base):
    """What became of a suggestion that a regulation attaches to somebody's grade: taken up or not, and why (AFT-1)."""

    __tablename__ = "suggestion_answer"
    __table_args__ = (
        UniqueConstraint("assessment_id", "person_id", "outcome"),
        CheckConstraint("by_id <> person_id", name="not_by_oneself"),
        Index("ix_suggestion_answer_person_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    outcome: Mapped[str] = mapped_column(String(40))
    taken_up: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    by: Mapped[Person] = relationship(foreign_keys=[by_id])
