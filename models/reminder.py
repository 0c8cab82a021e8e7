"""Reminders: of which running clock somebody was reminded, on what occasion, who and when; and when a clock is to be
looked at next.

What was done is kept for ever. When to look next is only a note: a clock that it does not fit is looked at at once.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, UtcDateTime, values_of
from models.event import one_of
from models.person import Person

CASES = (
    "complaint", "penalty", "scorecard", "customers", "plan", "question", "inspection", "publication", "calls",
    "reward", "ranking", "rating",
)  # fmt: skip
ONCE = text("occasion <> 'late'")


class Occasion(StrEnum):
    """Part of the time is gone, the time is over, it has been over for some time."""

    HALF = "half"
    DUE = "due"
    LATE = "late"


class Part(StrEnum):
    """Why somebody is told: they must act, they are a superior of those, they look after the posts."""

    ACTS = "acts"
    SUPERIOR = "superior"
    ADMINISTRATOR = "administrator"


class Reminder(Base):
    """One reminder of one run of a clock. `gaps` are the posts that were found vacant, and the end of the chain."""

    __tablename__ = "reminder"
    __table_args__ = (
        CheckConstraint(one_of(*CASES), name="about_one_case"),
        CheckConstraint("fell_due_at <= at", name="not_before_its_time"),
        *(UniqueConstraint(f"{case}_id", "clock", "clock_started_at", "fell_due_at") for case in CASES),
        *(
            Index(
                f"uq_reminder_{case}_once", f"{case}_id", "clock", "clock_started_at", "occasion",
                unique=True, sqlite_where=ONCE, postgresql_where=ONCE,
            )
            for case in CASES
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int | None] = mapped_column(ForeignKey("complaint.id"))
    penalty_id: Mapped[int | None] = mapped_column(ForeignKey("penalty.id"))
    scorecard_id: Mapped[int | None] = mapped_column(ForeignKey("scorecard.id"))
    customers_id: Mapped[int | None] = mapped_column(ForeignKey("handed_customers.id"))
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("plan.id"))
    question_id: Mapped[int | None] = mapped_column(ForeignKey("customer_question.id"))
    inspection_id: Mapped[int | None] = mapped_column(ForeignKey("inspection.id"))
    publication_id: Mapped[int | None] = mapped_column(ForeignKey("publication.id"))
    calls_id: Mapped[int | None] = mapped_column(ForeignKey("call_day.id"))
    reward_id: Mapped[int | None] = mapped_column(ForeignKey("reward.id"))
    ranking_id: Mapped[int | None] = mapped_column(ForeignKey("ranking_due.id"))
    rating_id: Mapped[int | None] = mapped_column(ForeignKey("rating_duty.id"))
    clock: Mapped[str] = mapped_column(String(24))
    clock_started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    occasion: Mapped[Occasion] = mapped_column(values_of(Occasion, "occasion"))
    fell_due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    gaps: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)

    recipients: Mapped[list["ReminderRecipient"]] = relationship(
        back_populates="reminder", lazy="raise", order_by="ReminderRecipient.position"
    )

    def part_of(self, person_id: int) -> Part:
        """Why this person was told."""
        return next(told.part for told in self.recipients if told.person_id == person_id)

    def names_of(self, part: Part) -> list[str]:
        return [told.person.name for told in self.recipients if told.part is part]


class ReminderRecipient(Base):
    """Who was told by a reminder, and why; nobody twice."""

    __tablename__ = "reminder_recipient"

    reminder_id: Mapped[int] = mapped_column(ForeignKey("reminder.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    part: Mapped[Part] = mapped_column(values_of(Part, "part"))
    position: Mapped[int]

    reminder: Mapped[Reminder] = relationship(back_populates="recipients")
    person: Mapped[Person] = relationship()


class ClockWatch(Base):
    """Until `look_at` this run of a clock asks for no reminder; None: it asks for none any more."""

    __tablename__ = "clock_watch"

    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    case_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    clock: Mapped[str] = mapped_column(String(24), primary_key=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    look_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
