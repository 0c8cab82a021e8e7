"""The complaint (客诉): its facts, and the combinations of facts that cannot be."""

from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, ClassVar

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship, selectinload
from sqlalchemy.sql import Select, select
from sqlalchemy.sql.base import ExecutableOption

from models.base import Base, Fen, UtcDateTime, numbered, values_of
from models.person import Department, Person
from models.regulation import RegulationVersion

if TYPE_CHECKING:
    from models.event import Attachment, Event


class ComplaintState(StrEnum):
    FILED = "filed"
    ASSIGNED = "assigned"
    APPEALED = "appealed"
    RULING = "ruling"
    HANDLING = "handling"
    HANDLED = "handled"
    REPORTED = "reported"
    RESOLVED = "resolved"
    VOIDED = "voided"
    WITHDRAWN = "withdrawn"


class Channel(StrEnum):
    PHONE = "phone"
    VISIT = "visit"
    SURVEY = "survey"
    WEB = "web"
    MANUFACTURER = "manufacturer"
    SOCIAL_MEDIA = "social_media"


class Category(StrEnum):
    SERVICE_ATTITUDE = "service_attitude"
    SERVICE_QUALITY = "service_quality"
    PRODUCT_QUALITY = "product_quality"
    DELIVERY = "delivery"
    PRICE = "price"
    PARTS = "parts"
    PROCESS = "process"
    OTHER = "other"


class Severity(StrEnum):
    MINOR = "minor"
    NORMAL = "normal"
    MAJOR = "major"


class AppealedAs(StrEnum):
    RESPONDENT = "respondent"
    DEPARTMENT_HEAD = "department_head"


S = ComplaintState
NEVER = "9999-12-31 00:00:00.000000"


def _in(*states: ComplaintState) -> str:
    return "state IN (" + ", ".join(f"'{state.value}'" for state in states) + ")"


class Complaint(Base):
    __tablename__ = "complaint"
    kind: ClassVar[str] = "complaint"
    __table_args__ = (
        UniqueConstraint("year", "seq"),
        CheckConstraint(f"department_id IS NOT NULL OR {_in(S.FILED, S.WITHDRAWN)}", name="assigned_to_a_department"),
        CheckConstraint(
            f"({_in(S.APPEALED, S.RULING)}) ="
            " (appellant_id IS NOT NULL AND appealed_by_id IS NOT NULL AND appealed_as IS NOT NULL)",
            name="appealed_iff_someone_appealed",
        ),
        CheckConstraint(
            f"handling_since IS NOT NULL OR NOT ({_in(S.HANDLING, S.HANDLED, S.REPORTED, S.RESOLVED)})",
            name="handling_is_dated",
        ),
        CheckConstraint(
            f"({_in(S.HANDLED, S.REPORTED, S.RESOLVED)}) = (completed_at IS NOT NULL)",
            name="completed_iff_dated",
        ),
        CheckConstraint("(state = 'resolved') = (resolved_at IS NOT NULL)", name="resolved_iff_dated"),
        CheckConstraint("(state = 'resolved') = (satisfaction IS NOT NULL)", name="resolved_iff_satisfaction_asked"),
        CheckConstraint("satisfaction BETWEEN 1 AND 5", name="satisfaction_in_range"),
        CheckConstraint("(state = 'voided') = (voided_at IS NOT NULL)", name="voided_iff_dated"),
        CheckConstraint("(clock IS NULL) = (due_at IS NULL)", name="clock_iff_due"),
        CheckConstraint(f"clock IS NOT NULL OR {_in(S.RESOLVED, S.VOIDED, S.WITHDRAWN)}", name="open_has_a_clock"),
        CheckConstraint("clock IS NULL OR state <> 'withdrawn'", name="withdrawn_has_no_clock"),
        CheckConstraint(
            "(stopped_at IS NULL) = (stopped_until IS NULL) AND (stopped_at IS NULL) = (stopped_due_at IS NULL)",
            name="stopped_iff_limited",
        ),
        CheckConstraint(
            "stopped_at IS NULL OR"
            " (stopped_at < stopped_until AND stopped_at < stopped_due_at AND stopped_until <= due_at)",
            name="stopped_within_its_time",
        ),
        CheckConstraint(
            "stopped_at IS NULL OR (clock IS NOT NULL AND clock IN ('complete', 'verify'))",
            name="stopped_while_the_customer_is_waited_for",
        ),
        CheckConstraint("rework_cost >= 0", name="rework_cost_not_negative"),
        Index("ix_complaint_due_order", "due_order", "id"),
        Index("ix_complaint_state_due", "state", "due_order", "id"),
        Index("ix_complaint_department_state_due", "department_id", "state", "due_order", "id"),
        Index("ix_complaint_clock_department", "clock", "department_id", "due_at"),
        Index("ix_complaint_clock_due", "clock", "due_at"),
        Index("ix_complaint_stopped_until", "stopped_until"),
        Index("ix_complaint_respondent_state_due", "respondent_id", "state", "due_order", "id", "department_id"),
        Index("ix_complaint_respondent_clock", "respondent_id", "clock", "due_at"),
        Index("ix_complaint_handler_clock", "handler_id", "clock", "due_at"),
        *(
            Index(f"ix_complaint_{party}", party, sqlite_where=there, postgresql_where=there)
            for party in ("appellant_id", "appealed_by_id")
            for there in [text(f"{party} IS NOT NULL")]
        ),
        Index("ix_complaint_phone_digits", "phone_digits"),
        Index("ix_complaint_vehicle_key", "vehicle_key"),
        Index("uq_complaint_external", "source", "external_ref", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column()
    year: Mapped[int]
    seq: Mapped[int]
    state: Mapped[ComplaintState] = mapped_column(values_of(ComplaintState, "state"))

    customer_name: Mapped[str] = mapped_column(String(60))
    customer_phone: Mapped[str | None] = mapped_column(String(40))
    phone_digits: Mapped[str | None] = mapped_column(String(40))
    vehicle: Mapped[str | None] = mapped_column(String(40))
    vehicle_key: Mapped[str | None] = mapped_column(String(40))
    vehicle_model: Mapped[str | None] = mapped_column(String(120))
    order_number: Mapped[str | None] = mapped_column(String(60))
    channel: Mapped[Channel] = mapped_column(values_of(Channel, "channel"))
    category: Mapped[Category] = mapped_column(values_of(Category, "category"))
    severity: Mapped[Severity] = mapped_column(values_of(Severity, "severity"))
    description: Mapped[str] = mapped_column(Text)
    demand: Mapped[str | None] = mapped_column(Text)
    occurred_on: Mapped[date | None]
    source: Mapped[str | None] = mapped_column(String(40))
    external_ref: Mapped[str | None] = mapped_column(String(80))
    search_text: Mapped[str] = mapped_column(Text, default="")

    filed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    filed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    statutory_due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    respondent_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    # To whom the head's steps were handed over for good, and to whom the file, instead of whoever filed it.
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    keeper_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    violation: Mapped[bool | None]
    rework_cost: Mapped[int | None] = mapped_column(Fen)
    appellant_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    # Who took the step: with a delegation somebody else than the appellant, and a party as well.
    appealed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    appealed_as: Mapped[AppealedAs | None] = mapped_column(values_of(AppealedAs, "appealed_as"))
    handling_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    satisfaction: Mapped[int | None]
    clock: Mapped[str | None] = mapped_column(String(24))
    clock_started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # While the case waits for the customer its clock stands: since when, until when at most, and what was due.
    # `due_at` is then the deadline of a clock that stands to its limit.
    stopped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    stopped_due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    stopped_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # What has no deadline sorts last, and an index can serve that order.
    due_order: Mapped[datetime] = mapped_column(UtcDateTime, Computed(f"coalesce(due_at, '{NEVER}')", persisted=True))
    regulation_version_id: Mapped[int] = mapped_column(ForeignKey("regulation_version.id"))

    filed_by: Mapped[Person | None] = relationship(foreign_keys=[filed_by_id])
    department: Mapped[Department | None] = relationship()
    respondent: Mapped[Person | None] = relationship(foreign_keys=[respondent_id])
    handler: Mapped[Person | None] = relationship(foreign_keys=[handler_id])
    appellant: Mapped[Person | None] = relationship(foreign_keys=[appellant_id])
    regulation_version: Mapped[RegulationVersion] = relationship()
    events: Mapped[list["Event"]] = relationship(back_populates="complaint", lazy="raise", order_by="Event.seq")
    attachments: Mapped[list["Attachment"]] = relationship(
        back_populates="complaint", lazy="raise", order_by="Attachment.id"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy forbids the annotation

    @property
    def number(self) -> str:
        """The case number within its year, e.g. `2026-12`; never to be confused with a letter's."""
        return f"{self.year}-{self.seq}"

    @property
    def is_decided(self) -> bool:
        """Nothing more can be said in it: resolved, void or withdrawn."""
        return self.state in (S.RESOLVED, S.VOIDED, S.WITHDRAWN)

    @property
    def is_stopped(self) -> bool:
        """Whether its clock stands, because it waits for the customer."""
        return self.stopped_at is not None

    @classmethod
    def by_number(cls, number: str) -> Select["Complaint"]:
        """The complaint with this case number; none when the number is malformed."""
        year_and_seq = numbered(number)
        if year_and_seq is None:
            return select(cls).where(cls.id.is_(None))
        return select(cls).where(cls.year == year_and_seq[0], cls.seq == year_and_seq[1])

    @classmethod
    def whole(cls, complaint_id: int) -> Select["Complaint"]:
        """The complaint with everything a step needs, for reading."""
        return select(cls).where(cls.id == complaint_id).options(*_for_a_step())

    @classmethod
    def locked(cls, session: Session, complaint_id: int) -> "Complaint":
        """The complaint with everything a step needs, locked against other steps."""
        return (
            session.execute(
                select(cls)
                .where(cls.id == complaint_id)
                .options(*_for_a_step())
                .with_for_update(of=cls)
                .execution_options(populate_existing=True)
            )
            .unique()
            .scalar_one()
        )


@cache
def _for_a_step() -> tuple[ExecutableOption, ...]:
    from models.event import Event
    from models.letter import Letter

    events = selectinload(Complaint.events)
    return (
        joinedload(Complaint.department),
        joinedload(Complaint.regulation_version),
        joinedload(Complaint.respondent).joinedload(Person.postings),
        joinedload(Complaint.filed_by).joinedload(Person.postings),
        joinedload(Complaint.appellant),
        events.joinedload(Event.letters).load_only(
            Letter.kind, Letter.series, Letter.year, Letter.seq, Letter.issued_at
        ),
        selectinload(Complaint.attachments),
    )
