"""A new edition of a regulation while it is being prepared, and what its rehearsals showed."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.sql import Select, select

from models.base import Base, UtcDateTime, values_of
from models.person import Person
from models.regulation import RegulationVersion

OPEN = "put_in_force_id IS NULL AND discarded_at IS NULL"


class RegulationDraft(Base):
    """The values in which a new edition differs from the one that it is based on, by their paths.

    Of each regulation one draft is open at most. It ends as an edition or is discarded, and is kept either way.
    """

    __tablename__ = "regulation_draft"
    __table_args__ = (
        Index("uq_regulation_draft_open", "slug", unique=True, sqlite_where=text(OPEN), postgresql_where=text(OPEN)),
        CheckConstraint("put_in_force_id IS NULL OR discarded_at IS NULL", name="ends_once"),
        CheckConstraint(f"({OPEN}) = (decided_by_id IS NULL)", name="decided_iff_ended"),
        CheckConstraint(
            "put_in_force_id IS NULL OR (adoption IS NOT NULL AND in_force_from IS NOT NULL)",
            name="adopted_before_in_force",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column()
    slug: Mapped[str] = mapped_column(String(40))
    based_on_id: Mapped[int] = mapped_column(ForeignKey("regulation_version.id"))
    changes: Mapped[dict[str, Any]] = mapped_column(JSON)
    # How it was adopted and made known, without which it binds nobody.
    adoption: Mapped[str | None] = mapped_column(Text)
    in_force_from: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    edited_at: Mapped[datetime] = mapped_column(UtcDateTime)
    edited_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    put_in_force_id: Mapped[int | None] = mapped_column(ForeignKey("regulation_version.id"), unique=True)
    discarded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    # For whom it was decided, where somebody stood in for the general manager.
    decided_for_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    based_on: Mapped[RegulationVersion] = relationship(foreign_keys=[based_on_id])
    put_in_force: Mapped[RegulationVersion | None] = relationship(foreign_keys=[put_in_force_id])
    created_by: Mapped[Person] = relationship(foreign_keys=[created_by_id])
    edited_by: Mapped[Person] = relationship(foreign_keys=[edited_by_id])

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy forbids the annotation

    @property
    def is_open(self) -> bool:
        return self.put_in_force_id is None and self.discarded_at is None

    @classmethod
    def open_of(cls, slug: str) -> Select["RegulationDraft"]:
        return select(cls).where(cls.slug == slug, cls.put_in_force_id.is_(None), cls.discarded_at.is_(None))


class RehearsalState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class RegulationRehearsal(Base):
    """One rehearsal of a draft as it stood at one moment: on the stories, and on last year's cases."""

    __tablename__ = "regulation_rehearsal"
    __table_args__ = (
        Index("ix_regulation_rehearsal_draft_id", "draft_id", "id"),
        CheckConstraint("(state IN ('done', 'failed')) = (finished_at IS NOT NULL)", name="finished_iff_dated"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("regulation_draft.id"))
    # The digest of what was rehearsed: with other values the result says nothing any more.
    digest: Mapped[str] = mapped_column(String(64))
    state: Mapped[RehearsalState] = mapped_column(values_of(RehearsalState, "state"))
    seen: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    stories: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    cases: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str | None] = mapped_column(Text)

    draft: Mapped[RegulationDraft] = relationship()
    asked_by: Mapped[Person] = relationship()
