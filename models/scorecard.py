"""The scorecard (绩效考核表) of one employee and month: computed, reviewed, verified, approved, paid."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models.base import Base, Fen, Points, UtcDateTime, values_of
from models.person import Department, Person
from models.regulation import RegulationVersion

if TYPE_CHECKING:
    from models.event import Event


# The lock under which months are closed; its second half is the month as a number.
CLOSING = 2026


class ScorecardState(StrEnum):
    OPEN = "open"
    COMPUTED = "computed"
    REVIEWED = "reviewed"
    VERIFIED = "verified"
    APPROVED = "approved"
    PAID = "paid"


class Scorecard(Base):
    __tablename__ = "scorecard"
    kind: ClassVar[str] = "scorecard"
    __table_args__ = (
        UniqueConstraint("month", "person_id"),
        CheckConstraint("score BETWEEN 0 AND 100000", name="score_in_range"),
        CheckConstraint("factor BETWEEN 0 AND 200", name="factor_in_range"),
        CheckConstraint("factor = 100 OR factor_reason IS NOT NULL", name="adjusted_with_a_reason"),
        CheckConstraint("(state = 'open') = (computed_at IS NULL)", name="computed_iff_dated"),
        CheckConstraint("(state IN ('approved', 'paid')) = (approved_at IS NOT NULL)", name="approved_iff_dated"),
        CheckConstraint("(state = 'paid') = (paid_at IS NOT NULL)", name="paid_iff_dated"),
        CheckConstraint("pay >= 0 AND base >= 0", name="pay_not_negative"),
        CheckConstraint("(clock IS NULL) = (due_at IS NULL)", name="clock_iff_due"),
        Index("ix_scorecard_person_month", "person_id", "month", "state"),
        Index("ix_scorecard_state_month", "state", "month", "department_id"),
        Index("ix_scorecard_month_department", "month", "department_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column()
    month: Mapped[str] = mapped_column(String(7))
    state: Mapped[ScorecardState] = mapped_column(values_of(ScorecardState, "state"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    base: Mapped[int] = mapped_column(Fen)
    score: Mapped[Decimal] = mapped_column(Points)
    factor: Mapped[Decimal] = mapped_column(Points)
    factor_reason: Mapped[str | None] = mapped_column(Text)
    pay: Mapped[int] = mapped_column(Fen)
    computed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    paid_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    clock: Mapped[str | None] = mapped_column(String(24))
    clock_started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    regulation_version_id: Mapped[int] = mapped_column(ForeignKey("regulation_version.id"))

    person: Mapped[Person] = relationship()
    department: Mapped[Department] = relationship()
    regulation_version: Mapped[RegulationVersion] = relationship()
    events: Mapped[list["Event"]] = relationship(back_populates="scorecard", lazy="raise", order_by="Event.seq")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy forbids the annotation

    @property
    def number(self) -> str:
        """The month and the person's key: `2026-03/12`."""
        return f"{self.month}/{self.person_id}"

    @property
    def respondent(self) -> Person:
        """Whom the card is about: nobody decides on their own."""
        return self.person

    @property
    def respondent_id(self) -> int:
        return self.person_id

    @property
    def handler(self) -> None:
        """A scorecard stays with the head: it is handed over with the post."""
        return

    @property
    def is_closed(self) -> bool:
        """Approved: what is posted later counts in the first open month."""
        return self.state in (ScorecardState.APPROVED, ScorecardState.PAID)


class ScorecardQuestion(Base):
    """What somebody asks about a line of their month, before or after it is final."""

    __tablename__ = "scorecard_question"
    __table_args__ = (
        Index("ix_scorecard_question_person_id", "person_id", "month"),
        Index("ix_scorecard_question_to_id", "to_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    month: Mapped[str] = mapped_column(String(7))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    # The process, the case, the rule and the day of the entry that is asked about.
    line: Mapped[str] = mapped_column(String(120))
    question: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Who was to answer when it was asked.
    to_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    to: Mapped[Person] = relationship(foreign_keys=[to_id])
    answer: Mapped["ScorecardAnswer | None"] = relationship(back_populates="question")


class ScorecardAnswer(Base):
    __tablename__ = "scorecard_answer"

    question_id: Mapped[int] = mapped_column(ForeignKey("scorecard_question.id"), primary_key=True)
    answer: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    question: Mapped[ScorecardQuestion] = relationship(back_populates="answer")
    by: Mapped[Person] = relationship()


def hold_for_closing(session: Session, month: str) -> None:
    """Until the commit nobody posts into this month: what was on its way is waited for, what comes later waits.

    SQLite lets only one write at a time anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(CLOSING, int(month.replace("-", "")))))
