"""What is to happen after the commit: orders for the worker, notices for people."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, UtcDateTime, values_of
from models.call_day import CallDay
from models.customer import HandedCustomers
from models.event import Event, one_of
from models.inspection import Inspection, InspectionAct
from models.person import Person
from models.question import CustomerQuestion, QuestionNudge
from models.ranking_due import RankingDue
from models.rating import RatingDuty
from models.reminder import Reminder

if TYPE_CHECKING:
    from models.letter import Letter

# What waits like a case and has no events: customers who were handed over together, a question of a customer, an
# inspection, which has a log, the survey calls of a day, and a ranking that is to be published.
WithoutEvents = HandedCustomers | CustomerQuestion | Inspection | CallDay | RankingDue | RatingDuty


class OrderState(StrEnum):
    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


class Order(Base):
    """Work for the background, written in the step's own transaction: a row, nothing rendered."""

    __tablename__ = "outbox_order"
    __table_args__ = (
        Index(
            "ix_outbox_order_waiting", "next_try_at",
            sqlite_where=text("state = 'waiting'"), postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "ix_outbox_order_failed", "id",
            sqlite_where=text("state = 'failed'"), postgresql_where=text("state = 'failed'"),
        ),
        Index("ix_outbox_order_letter_id", "letter_id"),
        CheckConstraint("(state = 'done') = (done_at IS NOT NULL)", name="done_iff_dated"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"))
    kind: Mapped[str] = mapped_column(String(24))
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letter.id"))
    state: Mapped[OrderState] = mapped_column(values_of(OrderState, "state"))
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str | None] = mapped_column(Text)

    event: Mapped[Event | None] = relationship(back_populates="orders")
    letter: Mapped["Letter | None"] = relationship()


class Notice(Base):
    """Tells one person that something happened in a case that concerns them, or reminds them of it.

    A reminder hangs on the event that brought the case where it waits. Customers who were handed over have no events,
    nor have questions: a notice is about those of one hand-over, about one question, about a line in the log of an
    inspection, about the survey calls of a day, a ranking, colleagues to rate, or one event. It stands in the product;
    until `spread_at` is set it is also an order to tell them outside of it.
    """

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_person_read", "person_id", "read_at"),
        Index("ix_notice_reminder_id", "reminder_id"),
        Index(
            "ix_notice_to_spread", "id", sqlite_where=text("spread_at IS NULL"),
            postgresql_where=text("spread_at IS NULL"),
        ),
        CheckConstraint("nudge_id IS NULL OR question_id IS NOT NULL", name="urged_to_answer"),
        CheckConstraint(
            one_of("event", "customers", "question", "inspection_act", "calls", "ranking", "rating"),
            name="about_one_thing",
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"))
    customers_id: Mapped[int | None] = mapped_column(ForeignKey("handed_customers.id"))
    question_id: Mapped[int | None] = mapped_column(ForeignKey("customer_question.id"))
    inspection_act_id: Mapped[int | None] = mapped_column(ForeignKey("inspection_act.id"))
    calls_id: Mapped[int | None] = mapped_column(ForeignKey("call_day.id"))
    ranking_id: Mapped[int | None] = mapped_column(ForeignKey("ranking_due.id"))
    rating_id: Mapped[int | None] = mapped_column(ForeignKey("rating_duty.id"))
    # Of a question: that somebody urges to answer it.
    nudge_id: Mapped[int | None] = mapped_column(ForeignKey("question_nudge.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    spread_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reminder_id: Mapped[int | None] = mapped_column(ForeignKey("reminder.id"))

    event: Mapped[Event | None] = relationship(back_populates="notices")
    customers: Mapped[HandedCustomers | None] = relationship()
    question: Mapped[CustomerQuestion | None] = relationship()
    inspection_act: Mapped[InspectionAct | None] = relationship()
    calls: Mapped[CallDay | None] = relationship()
    ranking: Mapped[RankingDue | None] = relationship()
    rating: Mapped[RatingDuty | None] = relationship()
    nudge: Mapped[QuestionNudge | None] = relationship()
    person: Mapped[Person] = relationship()
    reminder: Mapped[Reminder | None] = relationship()

    @property
    def about(self) -> Event | WithoutEvents:
        """What it tells of."""
        inspection = self.inspection_act.inspection if self.inspection_act is not None else None
        about = self.event or self.customers or self.question or self.calls or self.ranking or self.rating or inspection
        assert about is not None, "the database asks for exactly one"
        return about


class ImportState(StrEnum):
    PREVIEW = "preview"
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"


class ComplaintImport(Base):
    """One uploaded file on its way into the complaints: matched columns, progress, bad rows."""

    __tablename__ = "complaint_import"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)
    file_name: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64))
    state: Mapped[ImportState] = mapped_column(values_of(ImportState, "state"))
    columns: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
    total: Mapped[int] = mapped_column(default=0)
    seen: Mapped[int] = mapped_column(default=0)
    added: Mapped[int] = mapped_column(default=0)
    repeated: Mapped[int] = mapped_column(default=0)
    refused: Mapped[list[dict[str, object]]] = mapped_column(JSON, default=list)
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Why it does not go on at present.
    last_error: Mapped[str | None] = mapped_column(Text)

    uploaded_by: Mapped[Person] = relationship()
