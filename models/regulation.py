"""Policy packs as they were put in force: immutable versions, each with its first day."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql import Select, select

from models.base import Base, UtcDateTime


class RegulationVersion(Base):
    """One edition of one pack. A case keeps the version that it started with."""

    __tablename__ = "regulation_version"
    __table_args__ = (UniqueConstraint("slug", "number"), UniqueConstraint("slug", "edition"))

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(40))
    number: Mapped[int]
    edition: Mapped[str] = mapped_column(String(20))
    in_force_from: Mapped[date]
    stored_at: Mapped[datetime] = mapped_column(UtcDateTime)
    content: Mapped[dict[str, Any]] = mapped_column(JSON, deferred=True)
    digest: Mapped[str] = mapped_column(String(64))
    # How it was adopted and made known, without which it binds nobody (field practice).
    adoption: Mapped[str | None] = mapped_column(Text)

    @classmethod
    def in_force_on(cls, slug: str, day: date) -> Select["RegulationVersion"]:
        """The version of `slug` in force on `day`: the latest that had begun."""
        return (
            select(cls)
            .where(cls.slug == slug, cls.in_force_from <= day)
            .order_by(cls.in_force_from.desc(), cls.number.desc())
            .limit(1)
        )


class RegulationAcknowledgement(Base):
    """An employee confirmed that they received this edition; received means not agreed."""

    __tablename__ = "regulation_acknowledgement"

    version_id: Mapped[int] = mapped_column(ForeignKey("regulation_version.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    acknowledged_at: Mapped[datetime] = mapped_column(UtcDateTime)
