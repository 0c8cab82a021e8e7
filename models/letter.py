"""Letters: frozen content with a gapless number, who received them, and the bytes once made."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, Session, deferred, mapped_column, relationship
from sqlalchemy.sql import insert, update

from models.base import Base, UtcDateTime
from models.event import Event
from models.person import Person


class NumberSeries(Base):
    """The last number given in a series and year; taking one locks the row until the commit."""

    __tablename__ = "number_series"

    series: Mapped[str] = mapped_column(String(24), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


def take_number(session: Session, series: str, year: int) -> int:
    """The next number of the series; given back by a rollback, so that no gap can remain."""
    taken = _next(session, series, year)
    if taken is None:
        _open_series(session, series, year)
        taken = _next(session, series, year)
    assert taken is not None
    return taken


def _next(session: Session, series: str, year: int) -> int | None:
    return session.execute(
        update(NumberSeries)
        .where(NumberSeries.series == series, NumberSeries.year == year)
        .values(last=NumberSeries.last + 1)
        .returning(NumberSeries.last)
        .execution_options(synchronize_session=False)
    ).scalar()


def _open_series(session: Session, series: str, year: int) -> None:
    if session.get_bind().dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as upsert

        statement = upsert(NumberSeries).values(series=series, year=year, last=0)
        session.execute(statement.on_conflict_do_nothing())
    else:
        session.execute(insert(NumberSeries).values(series=series, year=year, last=0))


class Letter(Base):
    """A letter exists from the step that caused it; its content never changes again."""

    __tablename__ = "letter"
    __table_args__ = (
        UniqueConstraint("series", "year", "seq"),
        Index("ix_letter_event_id", "event_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    kind: Mapped[str] = mapped_column(String(32))
    series: Mapped[str] = mapped_column(String(24))
    year: Mapped[int]
    seq: Mapped[int]
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    template_version: Mapped[str] = mapped_column(String(12))
    content: Mapped[dict[str, Any]] = deferred(mapped_column(JSON))
    digest: Mapped[str] = mapped_column(String(64))

    event: Mapped[Event] = relationship(back_populates="letters")
    recipients: Mapped[list["LetterRecipient"]] = relationship(
        back_populates="letter", lazy="raise", order_by="LetterRecipient.position"
    )


class LetterRecipient(Base):
    """An addressee of a letter; acknowledges it once (签收 means received, not agreed)."""

    __tablename__ = "letter_recipient"
    __table_args__ = (Index("ix_letter_recipient_person", "person_id", "acknowledged_at"),)

    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    position: Mapped[int]
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    letter: Mapped[Letter] = relationship(back_populates="recipients")
    person: Mapped[Person] = relationship()


class LetterPdf(Base):
    """The bytes of one letter in one language and copy: made once, kept with their digest."""

    __tablename__ = "letter_pdf"

    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"), primary_key=True)
    language: Mapped[str] = mapped_column(String(4), primary_key=True)
    copy: Mapped[str] = mapped_column(String(12), primary_key=True)
    voided: Mapped[bool] = mapped_column(primary_key=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    digest: Mapped[str] = mapped_column(String(64))
    data: Mapped[bytes] = deferred(mapped_column(LargeBinary))
