"""Letters: frozen content with a gapless number, who received them, and the bytes once made."""

import secrets
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, Session, deferred, mapped_column, relationship
from sqlalchemy.sql import insert, update

from models.base import Base, UtcDateTime, values_of
from models.event import Event
from models.person import Person

if TYPE_CHECKING:
    from models.printing import LetterPrint, ServiceFile


class NumberSeries(Base):
    """The last number given in a series and year; taking one locks the row until the commit."""

    __tablename__ = "number_series"

    series: Mapped[str] = mapped_column(String(24), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


def take_number(session: Session, series: str, year: int, *, count: int = 1) -> int:
    """The next number of the series, or the first of `count`; given back by a rollback, so that no gap can remain."""
    last = _next(session, series, year, count)
    if last is None:
        _open_series(session, series, year)
        last = _next(session, series, year, count)
    assert last is not None
    return last - count + 1


def _next(session: Session, series: str, year: int, count: int) -> int | None:
    return session.execute(
        update(NumberSeries)
        .where(NumberSeries.series == series, NumberSeries.year == year)
        .values(last=NumberSeries.last + count)
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
    code: Mapped["LetterCode"] = relationship(back_populates="letter")
    recipients: Mapped[list["LetterRecipient"]] = relationship(
        back_populates="letter", lazy="raise", order_by="LetterRecipient.position"
    )
    services: Mapped[list["LetterService"]] = relationship(
        back_populates="letter", lazy="raise", order_by="LetterService.at"
    )
    prints: Mapped[list["LetterPrint"]] = relationship(lazy="raise", order_by="LetterPrint.number")


# No letter that is read as a figure or as another letter: people type it off the paper.
ALPHABET, LENGTH = "ABCDEFGHJKMNPQRSTVWXYZ23456789", 12


class LetterCode(Base):
    """What the paper of a letter proves itself with: random, so that nobody finds a letter whose paper they lack."""

    __tablename__ = "letter_code"

    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)

    letter: Mapped[Letter] = relationship(back_populates="code")


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


class LetterLookup(Base):
    """A look-up on a public page that found no letter and no survey, counted by address to slow down guessing."""

    __tablename__ = "letter_lookup"
    __table_args__ = (Index("ix_letter_lookup_address_at", "address", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class LetterRecipient(Base):
    """An addressee of a letter; acknowledges it once (签收 means received, not agreed)."""

    __tablename__ = "letter_recipient"
    __table_args__ = (
        Index("ix_letter_recipient_person", "person_id", "acknowledged_at"),
        Index(
            "ix_letter_recipient_copied", "person_id", "letter_id",
            sqlite_where=text("copied = 1"), postgresql_where=text("copied"),
        ),
    )  # fmt: skip

    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    position: Mapped[int]
    # Whether it went to them for their information (抄送): the letter is about somebody else, and addressed to others.
    copied: Mapped[bool] = mapped_column(default=False)
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    letter: Mapped[Letter] = relationship(back_populates="recipients")
    person: Mapped[Person] = relationship()


class ServedBy(StrEnum):
    """The ladder of service below a signature of one's own, in its order (field practice)."""

    HANDED_OVER = "handed_over"
    LEFT = "left"
    COURIER = "courier"
    MESSAGE = "message"
    PUBLIC_NOTICE = "public_notice"


class LetterService(Base):
    """A letter that its addressee did not acknowledge, served in another way and before whom."""

    __tablename__ = "letter_service"
    __table_args__ = (
        ForeignKeyConstraint(["letter_id", "person_id"], ["letter_recipient.letter_id", "letter_recipient.person_id"]),
        CheckConstraint("way <> 'left' OR (witness_1 IS NOT NULL AND witness_2 IS NOT NULL)", name="left_before_two"),
        CheckConstraint("witness_1 IS NULL OR witness_2 IS NULL OR witness_1 <> witness_2", name="two_witnesses"),
    )

    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    way: Mapped[ServedBy] = mapped_column(values_of(ServedBy, "way"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    place: Mapped[str | None] = mapped_column(String(120))
    note: Mapped[str | None] = mapped_column(Text)
    witness_1: Mapped[str | None] = mapped_column(String(40))
    witness_2: Mapped[str | None] = mapped_column(String(40))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    letter: Mapped[Letter] = relationship(back_populates="services", foreign_keys=[letter_id])
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    recorded_by: Mapped[Person] = relationship(foreign_keys=[recorded_by_id])
    files: Mapped[list["ServiceFile"]] = relationship(back_populates="service", lazy="raise", order_by="ServiceFile.id")


class LetterPdf(Base):
    """The bytes of one letter in one language and copy: made once, kept with their digest."""

    __tablename__ = "letter_pdf"
    __table_args__ = (Index("ix_letter_pdf_digest", "digest"),)

    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"), primary_key=True)
    language: Mapped[str] = mapped_column(String(4), primary_key=True)
    copy: Mapped[str] = mapped_column(String(12), primary_key=True)
    voided: Mapped[bool] = mapped_column(primary_key=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    digest: Mapped[str] = mapped_column(String(64))
    data: Mapped[bytes] = deferred(mapped_column(LargeBinary))
