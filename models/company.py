"""The company itself, its calendar, and what the product remembers about log-ins."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, UtcDateTime
from models.person import Person

if TYPE_CHECKING:
    from models.event import Event


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
    def fines_are_allowed(self) -> bool:
        """Whether a penalty takes money; otherwise points only (there is no general power to fine)."""
        return bool(self.settings.get("fines", "allowed") == "allowed")

    @property
    def review_body_id(self) -> int | None:
        """Who rules on appeals against penalties in place of the general manager, if anybody is named."""
        named: int | None = self.settings.get("review_body")
        return named

    @property
    def cap_percent(self) -> int:
        """The most that a pay day may take of a month's wage, in percent (CS-9, wage-payment rules Art. 16)."""
        return int(self.settings["deduction_cap_percent"])

    @property
    def minimum_wage(self) -> int:
        """What a pay day must leave, in fen."""
        return int(Decimal(self.settings["minimum_wage"]) * 100)

    @property
    def shows_customer_to_respondent(self) -> bool:
        return bool(self.settings.get("show_customer_to_respondent", False))


class SettingChange(Base):
    """Who changed which setting of the company, from what to what."""

    __tablename__ = "setting_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    old: Mapped[Any] = mapped_column(JSON)
    new: Mapped[Any] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    by: Mapped[Person] = relationship()


class CalendarException(Base):
    """A day on which the company departs from the public calendar."""

    __tablename__ = "calendar_exception"

    day: Mapped[date] = mapped_column(primary_key=True)
    is_working: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text)


class PublicDay(Base):
    """A public holiday or make-up workday of a year that the company imported."""

    __tablename__ = "public_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    is_working: Mapped[bool]
    name: Mapped[str] = mapped_column(String(40))


class Shift(Base):
    """When a department works on one day of the week; without any shift it works as the company does."""

    __tablename__ = "department_shift"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="day_of_the_week"),
        CheckConstraint("opens_at < closes_at", name="opens_before_it_closes"),
    )

    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), primary_key=True)
    weekday: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    opens_at: Mapped[time]
    closes_at: Mapped[time]
    on_holidays: Mapped[bool] = mapped_column(default=False)


class MovedDeadline(Base):
    """Which limit of a case a change of the calendar moved, from when to when, and the event that says so."""

    __tablename__ = "moved_deadline"
    __table_args__ = (
        CheckConstraint("old_due_at <> new_due_at", name="moved"),
        Index("ix_moved_deadline_change_id", "change_id"),
    )

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    limit: Mapped[str] = mapped_column("limit_name", String(24), primary_key=True)
    change_id: Mapped[int] = mapped_column(ForeignKey("setting_change.id"))
    old_due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    new_due_at: Mapped[datetime] = mapped_column(UtcDateTime)

    event: Mapped["Event"] = relationship()


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
