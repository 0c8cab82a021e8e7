"""The calendar feed: with what password a calendar program may read one person's deadlines, and nothing else."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, UtcDateTime
from models.person import Person


class CalendarFeed(Base):
    """One a person. Only the digest of the password is kept; it ends with the log-in password it was made under."""

    __tablename__ = "calendar_feed"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    session_epoch: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)

    person: Mapped[Person] = relationship()
