"""Rewards (奖励): what a regulation grants somebody for something well done, and what was decided about it.

Whoever proposes one does not decide it. A reward that is granted is money of the month in which it was granted; as
long as no pay day has paid it out it can be taken back.
"""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, Select, String, Text, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload

from models.base import Base, Fen, UtcDateTime, numbered, values_of
from models.person import Person
from models.regulation import RegulationVersion

if TYPE_CHECKING:
    from models.event import Event


UNDECIDED = text("decided_at IS NULL")


class RewardState(StrEnum):
    """Where a reward stands; `withdrawn` was granted and taken back."""

    PROPOSED = "proposed"
    GRANTED = "granted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Reward(Base):
    """One reward of one person by one rule: for what, from where it comes, how much; decided once."""

    __tablename__ = "reward"
    kind: ClassVar[str] = "reward"
    # Nobody has to do anything by a moment: a reward starts no clock.
    clock: ClassVar[str | None] = None
    due_at: ClassVar[datetime | None] = None
    __table_args__ = (
        UniqueConstraint("year", "seq"),
        UniqueConstraint("person_id", "rule", "source"),
        CheckConstraint("amount > 0", name="something"),
        CheckConstraint(
            "(decided_at IS NULL) = (granted IS NULL) AND (decided_at IS NULL) = (decided_by_id IS NULL)",
            name="decided_by_somebody",
        ),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> person_id", name="not_decided_by_oneself"),
        CheckConstraint("granted IS NULL OR (month IS NOT NULL) = granted", name="granted_in_a_month"),
        CheckConstraint("granted IS NULL OR granted OR decision IS NOT NULL", name="declined_with_a_reason"),
        CheckConstraint("place IS NULL OR place > 0", name="place_from_one"),
        CheckConstraint("most IS NULL OR (most >= amount AND place IS NOT NULL)", name="no_more_than_the_highest"),
        CheckConstraint("most IS NULL OR granted IS NULL OR decision IS NOT NULL", name="shared_with_a_reason"),
        CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name="state_as_decided"),
        CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_at IS NOT NULL) AND (withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)"
            " AND (withdrawn_at IS NULL) = (withdrawn_because IS NULL)",
            name="withdrawn_with_a_reason",
        ),
        CheckConstraint("withdrawn_by_id IS NULL OR withdrawn_by_id <> person_id", name="not_withdrawn_by_oneself"),
        Index("ix_reward_person_id", "person_id"),
        Index("ix_reward_month", "month"),
        Index("ix_reward_undecided", "id", sqlite_where=UNDECIDED, postgresql_where=UNDECIDED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column()
    year: Mapped[int]
    seq: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    regulation_version_id: Mapped[int] = mapped_column(ForeignKey("regulation_version.id"))
    rule: Mapped[str] = mapped_column(String(12))
    amount: Mapped[int] = mapped_column(Fen)
    reason: Mapped[str] = mapped_column(Text)
    # The same in English, where the product has worded it.
    reason_en: Mapped[str | None] = mapped_column(Text)
    # What it comes from, by kind and number, such as `inspection/2026-3/greets_and_guides`: rewarded once.
    source: Mapped[str] = mapped_column(String(120))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    granted: Mapped[bool | None]
    decision: Mapped[str | None] = mapped_column(Text)
    month: Mapped[str | None] = mapped_column(String(7))
    state: Mapped[RewardState] = mapped_column(values_of(RewardState, "state"), default=RewardState.PROPOSED)
    # The place in a ranking. Where several share it the general manager says how much each gets, up to `most`.
    place: Mapped[int | None]
    most: Mapped[int | None] = mapped_column(Fen)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_because: Mapped[str | None] = mapped_column(Text)

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    proposed_by: Mapped[Person] = relationship(foreign_keys=[proposed_by_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])
    withdrawn_by: Mapped[Person | None] = relationship(foreign_keys=[withdrawn_by_id])
    regulation_version: Mapped[RegulationVersion] = relationship()
    events: Mapped[list["Event"]] = relationship(back_populates="reward", order_by="Event.seq")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy forbids the annotation

    @property
    def number(self) -> str:
        return f"{self.year}-{self.seq}"

    @property
    def respondent_id(self) -> int:
        """Whom it is about, as other cases call them."""
        return self.person_id

    @property
    def is_shared(self) -> bool:
        """Whether several stand on its place, so that the general manager says how much each gets."""
        return self.most is not None

    @classmethod
    def by_number(cls, number: str) -> Select["Reward"]:
        """The reward with this number; none when the number is malformed."""
        year, seq = numbered(number) or (0, 0)
        return select(cls).where(cls.year == year, cls.seq == seq)

    @classmethod
    def for_a_step(cls) -> tuple[Any, ...]:
        """What a step asks for beside the row: its chain, with the entries and letters of each event."""
        from models.event import Event

        events = selectinload(cls.events).options(selectinload(Event.money), selectinload(Event.letters))
        return (events, selectinload(cls.person).selectinload(Person.postings))
