"""The points ledger: entries are posted, confirmed once, or taken back by an opposite entry."""

from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Points, values_of
from models.event import Event
from models.person import Department, Person


class EntryStatus(StrEnum):
    PROVISIONAL = "provisional"
    FINAL = "final"


class ScoreEntry(Base):
    """Points for one account (a person or a department) in one month, caused by one event."""

    __tablename__ = "score_entry"
    __table_args__ = (
        CheckConstraint("(person_id IS NULL) <> (department_id IS NULL)", name="one_account"),
        CheckConstraint("(confirmed_by_id IS NULL) OR status = 'final'", name="confirmed_is_final"),
        CheckConstraint("points <> 0", name="not_zero"),
        # No step can charge an account twice, and no entry can be taken back twice.
        Index(
            "uq_score_entry_person", "event_id", "person_id", "kind", unique=True,
            sqlite_where=text("person_id IS NOT NULL AND reverses_id IS NULL"),
            postgresql_where=text("person_id IS NOT NULL AND reverses_id IS NULL"),
        ),
        Index(
            "uq_score_entry_department", "event_id", "department_id", "kind", unique=True,
            sqlite_where=text("department_id IS NOT NULL AND reverses_id IS NULL"),
            postgresql_where=text("department_id IS NOT NULL AND reverses_id IS NULL"),
        ),
        Index("ix_score_entry_person_month", "person_id", "month"),
        Index("ix_score_entry_department_month", "department_id", "month"),
        Index("ix_score_entry_event_id", "event_id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    kind: Mapped[str] = mapped_column(String(24))
    points: Mapped[Decimal] = mapped_column(Points)
    month: Mapped[str] = mapped_column(String(7))
    status: Mapped[EntryStatus] = mapped_column(values_of(EntryStatus, "status"))
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"))
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("score_entry.id"), unique=True)

    event: Mapped[Event] = relationship(back_populates="entries", foreign_keys=[event_id])
    confirmed_by: Mapped[Event | None] = relationship(foreign_keys=[confirmed_by_id])
    person: Mapped[Person | None] = relationship()
    department: Mapped[Department | None] = relationship()
    reverses: Mapped["ScoreEntry | None"] = relationship(remote_side=[id])

    @property
    def account(self) -> Person | Department:
        account = self.person or self.department
        assert account is not None
        return account
