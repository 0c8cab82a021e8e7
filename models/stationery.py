"""The company's stationery: letterhead, pictures and wording of its letters, as drafted and as put in force."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.sql import Select, select

from models.base import Base, UtcDateTime
from models.person import Person

OPEN = "put_in_force_id IS NULL AND discarded_at IS NULL"


class StationeryPicture(Base):
    """A logo or a seal, as it is printed; named by the digest of its bytes and never changed."""

    __tablename__ = "stationery_picture"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    width: Mapped[int]
    height: Mapped[int]
    stored_at: Mapped[datetime] = mapped_column(UtcDateTime)
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class StationeryEdition(Base):
    """What letters look like and say from a day on. A letter keeps what it was issued with."""

    __tablename__ = "stationery_edition"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    in_force_from: Mapped[date]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(String(64))
    stored_at: Mapped[datetime] = mapped_column(UtcDateTime)
    stored_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    stored_by: Mapped[Person] = relationship()

    @classmethod
    def newest_first(cls) -> Select["StationeryEdition"]:
        """The order in which they come into force; of two that begin on one day the later holds."""
        return select(cls).order_by(cls.in_force_from.desc(), cls.number.desc())

    @classmethod
    def in_force_on(cls, day: date) -> Select["StationeryEdition"]:
        return cls.newest_first().where(cls.in_force_from <= day).limit(1)


class StationeryDraft(Base):
    """An edition while it is being prepared; one is open at most. It ends as an edition or is discarded."""

    __tablename__ = "stationery_draft"
    __table_args__ = (
        Index("uq_stationery_draft_open", "number", unique=True, sqlite_where=text(OPEN), postgresql_where=text(OPEN)),
        CheckConstraint("put_in_force_id IS NULL OR discarded_at IS NULL", name="ends_once"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column()
    # The number that the edition will have: two drafts that are open at once would have the same.
    number: Mapped[int]
    based_on_id: Mapped[int | None] = mapped_column(ForeignKey("stationery_edition.id"))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    edited_at: Mapped[datetime] = mapped_column(UtcDateTime)
    edited_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    put_in_force_id: Mapped[int | None] = mapped_column(ForeignKey("stationery_edition.id"), unique=True)
    discarded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    based_on: Mapped[StationeryEdition | None] = relationship(foreign_keys=[based_on_id])
    put_in_force: Mapped[StationeryEdition | None] = relationship(foreign_keys=[put_in_force_id])
    created_by: Mapped[Person] = relationship(foreign_keys=[created_by_id])
    edited_by: Mapped[Person] = relationship(foreign_keys=[edited_by_id])

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy forbids the annotation

    @property
    def is_open(self) -> bool:
        return self.put_in_force_id is None and self.discarded_at is None

    @classmethod
    def open_one(cls) -> Select["StationeryDraft"]:
        return select(cls).where(cls.put_in_force_id.is_(None), cls.discarded_at.is_(None))
