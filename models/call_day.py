"""The survey calls of a day: how many customers were to be called as it began, told once to whoever calls."""

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import CheckConstraint, Date, Select, select
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, UtcDateTime


class CallDay(Base):
    """What was found as the work of one day began; added and never changed.

    `due_at` is the oldest deadline that a call-back has missed; where none has, the end of the day's work.
    """

    __tablename__ = "call_day"
    __table_args__ = (
        CheckConstraint("calls > 0 AND overdue >= 0 AND overdue <= calls", name="some_of_them_overdue"),
        CheckConstraint("overdue = 0 OR due_at <= at", name="overdue_since"),
    )

    kind: ClassVar[str] = "calls"
    clock: ClassVar[str] = "call"
    # It blames nobody.
    respondent_id: ClassVar[None] = None

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(Date, unique=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    calls: Mapped[int]
    overdue: Mapped[int]

    @property
    def number(self) -> str:
        return self.day.isoformat()

    @classmethod
    def whole(cls) -> Select["CallDay"]:
        return select(cls)
