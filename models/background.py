"""What the background says about itself: which workers live, and which steps that fell due could not be carried out."""

from datetime import datetime

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, UtcDateTime


class WorkerPulse(Base):
    """One running worker, by its machine and process; gone when it ends in order."""

    __tablename__ = "worker_pulse"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class FailedStep(Base):
    """A step that fell due and could not be carried out; gone once it is, or once the case has moved on."""

    __tablename__ = "failed_step"
    __table_args__ = (UniqueConstraint("kind", "case_id", "action", "moment"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(24))
    case_id: Mapped[int]
    action: Mapped[str] = mapped_column(String(24))
    moment: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int]
    next_try_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_error: Mapped[str] = mapped_column(Text)
