"""The penalty (处罚): its facts, and the combinations of facts that cannot be."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, ClassVar

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, String, Text, UniqueConstraint, and_, or_
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship, selectinload
from sqlalchemy.sql import Select, select
from sqlalchemy.sql.base import ExecutableOption

from models.base import Base, Fen, UtcDateTime, numbered, values_of
from models.complaint import Complaint
from models.person import Department, Person
from models.regulation import RegulationVersion

if TYPE_CHECKING:
    from models.event import Attachment, Event


class PenaltyState(StrEnum):
    PROPOSED = "proposed"
    HEARD = "heard"
    SUBMITTED = "submitted"
    ISSUED = "issued"
    APPEALED = "appealed"
    FINAL = "final"
    SETTLED = "settled"
    REVOKED = "revoked"
    DROPPED = "dropped"


class LadderStep(StrEnum):
    """How often somebody has been penalised on one ladder (2.3); a penalty itself is never `clear`."""

    CLEAR = "clear"
    FIRST = "first"
    SECOND = "second"
    DISMISSAL = "dismissal"


S = PenaltyState
# What was approved and not taken back: it counts on the ladder until its time is over.
STANDING = (S.ISSUED, S.APPEALED, S.FINAL, S.SETTLED)
DECIDED = (*STANDING, S.REVOKED)


def _in(*states: PenaltyState) -> str:
    return "state IN (" + ", ".join(f"'{state.value}'" for state in states) + ")"


class Penalty(Base):
    __tablename__ = "penalty"
    kind: ClassVar[str] = "penalty"
    __table_args__ = (
        UniqueConstraint("year", "seq"),
        CheckConstraint(
            f"({_in(*DECIDED)}) = (approved_at IS NOT NULL AND approved_by_id IS NOT NULL AND step IS NOT NULL)",
            name="decided_iff_dated",
        ),
        CheckConstraint("step IS NULL OR step <> 'clear'", name="step_is_a_penalty"),
        CheckConstraint(f"(appellant_id IS NOT NULL) = ({_in(S.APPEALED)})", name="appealed_iff_someone_appealed"),
        CheckConstraint("(state = 'revoked') = (revoked_at IS NOT NULL)", name="revoked_iff_dated"),
        CheckConstraint(f"({_in(S.FINAL, S.SETTLED)}) = (final_at IS NOT NULL)", name="final_iff_dated"),
        CheckConstraint("(state = 'settled') = (settled_at IS NOT NULL)", name="settled_iff_dated"),
        CheckConstraint("counts_until IS NULL OR approved_at IS NOT NULL", name="counts_from_approval"),
        CheckConstraint("ends_on IS NULL OR approved_at IS NOT NULL", name="ends_by_approval"),
        CheckConstraint("forfeited_month IS NULL OR rule = 'CS-9'", name="forfeited_is_detailing"),
        CheckConstraint("rework_cost IS NULL OR (rework_cost > 0 AND rule = 'CS-9')", name="rework_is_detailing"),
        CheckConstraint("fine IS NULL OR fine > 0", name="fine_of_something"),
        CheckConstraint("(fine IS NULL) = (fine_version_id IS NULL)", name="fine_by_a_regulation"),
        CheckConstraint("(clock IS NULL) = (due_at IS NULL)", name="clock_iff_due"),
        CheckConstraint(
            f"(clock IS NOT NULL) = ({_in(S.PROPOSED, S.HEARD, S.SUBMITTED, S.ISSUED, S.APPEALED)})",
            name="waits_iff_clock",
        ),
        Index("ix_penalty_respondent_ladder", "respondent_id", "ladder", "approved_at"),
        Index("ix_penalty_clock_due", "clock", "due_at"),
        Index("ix_penalty_department_state", "department_id", "state", "id"),
        Index("ix_penalty_handler", "handler_id", "clock", "due_at"),
        Index("ix_penalty_state", "state", "id"),
        Index("ix_penalty_complaint_id", "complaint_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column()
    year: Mapped[int]
    seq: Mapped[int]
    state: Mapped[PenaltyState] = mapped_column(values_of(PenaltyState, "state"))

    respondent_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    # To whom the head's steps were handed over for good.
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    # Who leads the respondent's team on the day of the proposal, unless that is the respondent (CS-9).
    leader_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ladder: Mapped[str] = mapped_column(String(40))
    rule: Mapped[str] = mapped_column(String(12))
    facts: Mapped[str] = mapped_column(Text)
    # The same in English, where the product has worded it.
    facts_en: Mapped[str | None] = mapped_column(Text)
    occurred_on: Mapped[date | None]
    known_at: Mapped[datetime] = mapped_column(UtcDateTime)
    complaint_id: Mapped[int | None] = mapped_column(ForeignKey("complaint.id"))
    rework_cost: Mapped[int | None] = mapped_column(Fen)
    # A fine that another regulation sets for a single matter, in fen, and the edition that sets it: it takes no points
    # and stands on no ladder.
    fine: Mapped[int | None] = mapped_column(Fen)
    fine_version_id: Mapped[int | None] = mapped_column(ForeignKey("regulation_version.id"))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    proposer_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    # Who took the step: with a delegation somebody else than the proposer, and a party as well.
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    union_notice: Mapped[str | None] = mapped_column(Text)
    protection: Mapped[str | None] = mapped_column(Text)

    step: Mapped[LadderStep | None] = mapped_column(values_of(LadderStep, "step"))
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    counts_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ends_on: Mapped[date | None]
    # Of which month it has forfeited the construction commission (CS-9).
    forfeited_month: Mapped[str | None] = mapped_column(String(7))
    appellant_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    final_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # A dismissal that was regraded waits for the general manager's word on reinstatement until then.
    reinstatement_due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    clock: Mapped[str | None] = mapped_column(String(24))
    clock_started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    regulation_version_id: Mapped[int] = mapped_column(ForeignKey("regulation_version.id"))

    respondent: Mapped[Person] = relationship(foreign_keys=[respondent_id])
    department: Mapped[Department] = relationship()
    handler: Mapped[Person | None] = relationship(foreign_keys=[handler_id])
    leader: Mapped[Person | None] = relationship(foreign_keys=[leader_id])
    proposer: Mapped[Person] = relationship(foreign_keys=[proposer_id])
    approved_by: Mapped[Person | None] = relationship(foreign_keys=[approved_by_id])
    complaint: Mapped[Complaint | None] = relationship(lazy="raise")
    regulation_version: Mapped[RegulationVersion] = relationship(foreign_keys=[regulation_version_id])
    fine_version: Mapped[RegulationVersion | None] = relationship(foreign_keys=[fine_version_id])
    events: Mapped[list["Event"]] = relationship(back_populates="penalty", lazy="raise", order_by="Event.seq")
    attachments: Mapped[list["Attachment"]] = relationship(
        back_populates="penalty", lazy="raise", order_by="Attachment.id"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy forbids the annotation

    @property
    def regraded_at(self) -> datetime | None:
        """When it was last regraded: from then on the word on a reinstatement is awaited."""
        return next((event.at for event in reversed(self.events) if event.action == "regrade"), None)

    @property
    def number(self) -> str:
        """The case number within its year, e.g. `2026-11`; never to be confused with a letter's."""
        return f"{self.year}-{self.seq}"

    @property
    def is_single_fine(self) -> bool:
        """Whether it is the fine of a single matter, which stands on no ladder."""
        return self.fine is not None

    @property
    def is_standing(self) -> bool:
        """Approved and not taken back."""
        return self.state in STANDING

    @property
    def is_open(self) -> bool:
        """Not decided yet: evidence and remarks can still be added."""
        return self.state in (S.PROPOSED, S.HEARD, S.SUBMITTED, S.APPEALED)

    def counts_at(self, at: datetime) -> bool:
        """Whether it is in force on its ladder at `at`: approved, not revoked, its time not over (2.3)."""
        return self.is_standing and (self.counts_until is None or at < self.counts_until)

    @classmethod
    def in_force(cls, at: datetime) -> ColumnElement[bool]:
        """The same as `counts_at`, as a condition."""
        return and_(cls.state.in_(STANDING), or_(cls.counts_until.is_(None), cls.counts_until > at))

    @classmethod
    def by_number(cls, number: str) -> Select["Penalty"]:
        """The penalty with this case number; none when the number is malformed."""
        year_and_seq = numbered(number)
        if year_and_seq is None:
            return select(cls).where(cls.id.is_(None))
        return select(cls).where(cls.year == year_and_seq[0], cls.seq == year_and_seq[1])

    @classmethod
    def whole(cls, penalty_id: int) -> Select["Penalty"]:
        """The penalty with everything a step needs, for reading."""
        return select(cls).where(cls.id == penalty_id).options(*_for_a_step())

    @classmethod
    def locked(cls, session: Session, penalty_id: int) -> "Penalty":
        """The penalty with everything a step needs, locked against other steps.

        The person concerned is held first: what is decided about one person takes its turns, so that the count
        in force is never stale, and a step that regrades other penalties of theirs finds them free.
        """
        concerned = select(cls.respondent_id).where(cls.id == penalty_id).scalar_subquery()
        session.execute(select(Person.id).where(Person.id == concerned).with_for_update(key_share=True))
        return session.execute(cls._for_update().where(cls.id == penalty_id)).unique().scalar_one()

    @classmethod
    def locked_all(cls, session: Session, ids: Sequence[int]) -> Sequence["Penalty"]:
        """The same for several at once, in the order of their ids."""
        return session.execute(cls._for_update().where(cls.id.in_(ids)).order_by(cls.id)).unique().scalars().all()

    @classmethod
    def _for_update(cls) -> Select["Penalty"]:
        query = select(cls).options(*_for_a_step()).with_for_update(of=cls)
        return query.execution_options(populate_existing=True)


@cache
def _for_a_step() -> tuple[ExecutableOption, ...]:
    from models.event import Event
    from models.letter import Letter

    return (
        joinedload(Penalty.department),
        joinedload(Penalty.regulation_version),
        joinedload(Penalty.fine_version),
        joinedload(Penalty.respondent).joinedload(Person.postings),
        joinedload(Penalty.leader).joinedload(Person.postings),
        joinedload(Penalty.proposer).joinedload(Person.postings),
        joinedload(Penalty.approved_by).joinedload(Person.postings),
        joinedload(Penalty.complaint),
        selectinload(Penalty.events).options(
            joinedload(Event.actor),
            joinedload(Event.acting_for),
            selectinload(Event.entries),
            selectinload(Event.money),
            selectinload(Event.letters).options(selectinload(Letter.recipients), selectinload(Letter.services)),
        ),
        selectinload(Penalty.attachments),
    )
