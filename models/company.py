"""The company itself, its calendar's exceptions, and what the product remembers about log-ins."""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, UtcDateTime


class Company(Base):
    """The one company whose regulation this installation carries out."""

    __tablename__ = "company"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(120))
    short_name_zh: Mapped[str] = mapped_column(String(40))
    short_name_en: Mapped[str] = mapped_column(String(60))
    timezone: Mapped[str] = mapped_column(String(40))
    opens_at: Mapped[time]
    closes_at: Mapped[time]
    is_demo: Mapped[bool] = mapped_column(default=False)
    settings: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    @property
    def shows_customer_to_respondent(self) -> bool:
        return bool(self.settings.get("show_customer_to_respondent", False))


class CalendarException(Base):
    """A day on which the company departs from the public calendar."""

    __tablename__ = "calendar_exception"

    day: Mapped[date] = mapped_column(primary_key=True)
    is_working: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text)


class LoginFailure(Base):
    """A refused log-in, counted to slow down guessing; holds no password."""

    __tablename__ = "login_failure"
    __table_args__ = (
        Index("ix_login_failure_username_at", "username", "at"),
        Index("ix_login_failure_address_at", "address", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
