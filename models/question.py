"""Customers' questions (LIFE-2): what was asked, who answers it until when, what was answered, and who passed it on."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, Select, String, Text, select, text
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship, selectinload

from models.base import Base, UtcDateTime
from models.complaint import Complaint
from models.person import Person

WAITS = text("answered_at IS NULL AND complaint_id IS NULL")


class CustomerQuestion(Base):
    """One question of a customer. It waits until it is answered, or was registered as the complaint that it was."""

    __tablename__ = "customer_question"
    __table_args__ = (
        CheckConstraint("due_at > asked_at", name="due_afterwards"),
        CheckConstraint(
            "(answered_at IS NULL) = (answer IS NULL) AND (answered_at IS NULL) = (answered_by_id IS NULL)",
            name="answered_by_somebody",
        ),
        CheckConstraint("answered_at IS NULL OR answered_at >= asked_at", name="answered_afterwards"),
        CheckConstraint("answered_at IS NULL OR complaint_id IS NULL", name="answered_or_a_complaint"),
        Index("ix_customer_question_due_at", "due_at"),
        Index("ix_customer_question_taken_by_id", "taken_by_id", "asked_at"),
        Index(
            "ix_customer_question_waits", "responsible_id", "due_at", sqlite_where=WAITS, postgresql_where=WAITS
        ),
        Index("uq_customer_question_complaint", "complaint_id", unique=True),
    )  # fmt: skip
    kind: ClassVar[str] = "question"
    clock: ClassVar[str] = "reply"
    # It blames nobody.
    respondent_id: ClassVar[None] = None

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_name: Mapped[str] = mapped_column(String(60))
    # Empty where the answer was given at once.
    phone: Mapped[str] = mapped_column(String(40))
    vehicle: Mapped[str] = mapped_column(String(40))
    question: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    taken_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    responsible_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answer: Mapped[str | None] = mapped_column(Text)
    complaint_id: Mapped[int | None] = mapped_column(ForeignKey("complaint.id"))

    taken_by: Mapped[Person] = relationship(foreign_keys=[taken_by_id])
    responsible: Mapped[Person] = relationship(foreign_keys=[responsible_id])
    answered_by: Mapped[Person | None] = relationship(foreign_keys=[answered_by_id])
    complaint: Mapped[Complaint | None] = relationship()
    passed: Mapped[list["QuestionPassed"]] = relationship(
        back_populates="question", lazy="raise", order_by="QuestionPassed.id"
    )

    nudges: Mapped[list["QuestionNudge"]] = relationship(
        back_populates="question", lazy="raise", order_by="QuestionNudge.id"
    )

    @property
    def number(self) -> str:
        return str(self.id)

    @classmethod
    def awaited(cls) -> ColumnElement[bool]:
        """Nobody has answered it, and it is no complaint."""
        return cls.answered_at.is_(None) & cls.complaint_id.is_(None)

    @property
    def is_awaited(self) -> bool:
        return self.answered_at is None and self.complaint_id is None

    @property
    def was_late(self) -> bool:
        """Whether the answer came after its time."""
        return self.answered_at is not None and self.answered_at > self.due_at

    @classmethod
    def whole(cls) -> Select["CustomerQuestion"]:
        """With all that is asked about it."""
        return select(cls).options(
            joinedload(cls.responsible).selectinload(Person.postings), selectinload(cls.passed),
            selectinload(cls.nudges).joinedload(QuestionNudge.by),
        )  # fmt: skip


class QuestionPassed(Base):
    """A question passed on to a colleague: the clock runs on."""

    __tablename__ = "question_passed"
    __table_args__ = (
        CheckConstraint("from_id <> to_id", name="to_somebody_else"),
        Index("ix_question_passed_question_id", "question_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("customer_question.id"))
    from_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    question: Mapped[CustomerQuestion] = relationship(back_populates="passed")
    from_: Mapped[Person] = relationship(foreign_keys=[from_id])
    to: Mapped[Person] = relationship(foreign_keys=[to_id])
    by: Mapped[Person] = relationship(foreign_keys=[by_id])


class QuestionNudge(Base):
    """Somebody who waits urged whoever is to answer (催办); added and never changed."""

    __tablename__ = "question_nudge"
    __table_args__ = (Index("ix_question_nudge_question_id", "question_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("customer_question.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    question: Mapped[CustomerQuestion] = relationship(back_populates="nudges")
    by: Mapped[Person] = relationship()
