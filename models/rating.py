"""Rounds in which superiors and peers rate colleagues (FAIR-1, STAFF-1): who was asked, until when, and that they gave.

What was given are rows of the assessment, which know the round and on which side the rater stands, and nobody's name.
Of whoever was asked only the day is kept on which they gave; nothing leads from them to a row.
"""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Select,
    String,
    Text,
    UniqueConstraint,
    select,
    text,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship, selectinload

from models.assessment import AssessmentRow
from models.base import Base, UtcDateTime
from models.person import Person
from models.regulation import RegulationVersion

SUPERIOR, PEERS = "superior", "peers"
KNOWN = "rated_as IN ('superior', 'peers')"
OPEN = text("closed_at IS NULL")
UNDONE = text("done_on IS NULL")


class RatingRound(Base):
    """One round for one source of a regulation and one period. `seed` gives the order in which peers were drawn.

    Raters are to be done by `due_at`; until `closes_at` what is late is still taken. Nobody closed it by hand where
    `closed_by` is None.
    """

    __tablename__ = "rating_round"
    __table_args__ = (
        UniqueConstraint("regulation", "source", "period"),
        CheckConstraint("due_at > opened_at AND closes_at >= due_at", name="closes_after_it_is_due"),
        CheckConstraint("peers >= 0", name="peers_counted"),
        CheckConstraint("closed_by_id IS NULL OR closed_at IS NOT NULL", name="closed_by_somebody"),
        Index("ix_rating_round_open", "closes_at", sqlite_where=OPEN, postgresql_where=OPEN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    regulation: Mapped[str] = mapped_column(String(40))
    source: Mapped[str] = mapped_column(String(40))
    period: Mapped[str] = mapped_column(String(8))
    # What is asked stays what it was when the round was opened.
    regulation_version_id: Mapped[int] = mapped_column(ForeignKey("regulation_version.id"))
    counts_on: Mapped[date] = mapped_column(Date)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime] = mapped_column(UtcDateTime)
    peers: Mapped[int]
    seed: Mapped[str] = mapped_column(String(32))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    regulation_version: Mapped[RegulationVersion] = relationship()
    opened_by: Mapped[Person] = relationship(foreign_keys=[opened_by_id])
    closed_by: Mapped[Person | None] = relationship(foreign_keys=[closed_by_id])

    def takes_at(self, at: datetime) -> bool:
        return self.closed_at is None and at < self.closes_at


class RatingDuty(Base):
    """That one person rates colleagues in a round: what waits for them, is told and is reminded of."""

    __tablename__ = "rating_duty"
    __table_args__ = (
        UniqueConstraint("round_id", "rater_id"),
        # What its pairs repeat; they cannot say anything else.
        UniqueConstraint("id", "rater_id"),
        CheckConstraint("due_at > since", name="due_afterwards"),
        Index("ix_rating_duty_rater_id", "rater_id", "id"),
        Index("ix_rating_duty_undone", "round_id", sqlite_where=UNDONE, postgresql_where=UNDONE),
    )

    kind: ClassVar[str] = "rating"
    clock: ClassVar[str] = "rate"
    # It blames nobody and belongs to no department.
    respondent_id: ClassVar[None] = None

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("rating_round.id"))
    rater_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_on: Mapped[date | None] = mapped_column(Date)

    round: Mapped[RatingRound] = relationship()
    rater: Mapped[Person] = relationship()
    asked: Mapped[list["RatingAsked"]] = relationship(back_populates="duty", lazy="raise", order_by="RatingAsked.id")

    @property
    def number(self) -> str:
        return self.round.period

    @classmethod
    def whole(cls) -> Select["RatingDuty"]:
        """With all that is asked about it."""
        return select(cls).options(
            joinedload(cls.round).joinedload(RatingRound.regulation_version),
            joinedload(cls.rater).selectinload(Person.postings),
            selectinload(cls.asked).joinedload(RatingAsked.person).selectinload(Person.postings),
        )


class RatingAsked(Base):
    """Whom one rater rates, and as what. `unable` is why they could not judge; then there is no row."""

    __tablename__ = "rating_asked"
    __table_args__ = (
        ForeignKeyConstraint(["duty_id", "rater_id"], ["rating_duty.id", "rating_duty.rater_id"]),
        UniqueConstraint("duty_id", "person_id"),
        CheckConstraint("rater_id <> person_id", name="nobody_rates_themselves"),
        CheckConstraint("unable IS NULL OR given_on IS NOT NULL", name="unable_is_an_answer"),
        CheckConstraint(KNOWN, name="rated_as_known"),
        Index("ix_rating_asked_person_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    duty_id: Mapped[int]
    rater_id: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    rated_as: Mapped[str] = mapped_column(String(12))
    # The day alone: a moment would tell whose a row is.
    given_on: Mapped[date | None] = mapped_column(Date)
    unable: Mapped[str | None] = mapped_column(Text)

    duty: Mapped[RatingDuty] = relationship(back_populates="asked")
    person: Mapped[Person] = relationship()


class RatingGiven(Base):
    """A row that came of a round: of which, on which side its rater stands, and what was said in words."""

    __tablename__ = "rating_given"
    __table_args__ = (
        CheckConstraint(KNOWN, name="rated_as_known"),
        Index("ix_rating_given_round_id", "round_id", "rated_as"),
    )

    row_id: Mapped[int] = mapped_column(ForeignKey("assessment_row.id"), primary_key=True, autoincrement=False)
    round_id: Mapped[int] = mapped_column(ForeignKey("rating_round.id"))
    rated_as: Mapped[str] = mapped_column(String(12))
    comments: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    words: Mapped[str] = mapped_column(Text, default="")

    row: Mapped[AssessmentRow] = relationship()
    round: Mapped[RatingRound] = relationship()
