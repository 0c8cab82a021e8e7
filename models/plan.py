"""The improvement plan (改善措施): its source, its cause, its measures, and the customers who are to hear of it."""

from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship, selectinload
from sqlalchemy.sql import Select, select
from sqlalchemy.sql.base import ExecutableOption

from models.base import Base, UtcDateTime, numbered, values_of
from models.complaint import Category, Complaint
from models.person import Department, Person
from models.regulation import RegulationVersion

if TYPE_CHECKING:
    from models.event import Attachment, Event


class PlanState(StrEnum):
    WORKING = "working"
    DONE = "done"
    EFFECTIVE = "effective"
    DROPPED = "dropped"


class PlanSource(StrEnum):
    """What found the weakness. All but a complaint are named by a reference in words."""

    COMPLAINT = "complaint"
    SURVEY = "survey"
    INSPECTION = "inspection"
    ASSESSMENT = "assessment"


class Cause(StrEnum):
    """人机料法环测, and that the customer was misunderstood or misunderstood us."""

    PEOPLE = "people"
    MACHINE = "machine"
    MATERIAL = "material"
    METHOD = "method"
    ENVIRONMENT = "environment"
    MEASUREMENT = "measurement"
    MISUNDERSTANDING = "misunderstanding"


class ToldBy(StrEnum):
    """How a customer heard what was improved, or that they did not wish to."""

    PHONE = "phone"
    MESSAGE = "message"
    VISIT = "visit"
    LETTER = "letter"
    NOT_WISHED = "not_wished"


IS_RUNNING = text("state IN ('working', 'done')")
NOT_DONE = text("done_at IS NULL")
NOT_TOLD = text("told_on IS NULL")


class Plan(Base):
    __tablename__ = "plan"
    kind: ClassVar[str] = "plan"
    __table_args__ = (
        UniqueConstraint("year", "seq"),
        CheckConstraint("(source = 'complaint') = (complaint_id IS NOT NULL)", name="complaint_is_linked"),
        CheckConstraint("complaint_id IS NULL OR category IS NOT NULL", name="complaint_has_a_category"),
        CheckConstraint("(cause IS NULL) = (why_1 IS NULL)", name="cause_is_explained"),
        CheckConstraint(
            "(state IN ('done', 'effective')) = (finished_at IS NOT NULL AND finished_by_id IS NOT NULL)",
            name="finished_iff_dated",
        ),
        CheckConstraint("finished_at IS NULL OR cause IS NOT NULL", name="finished_with_a_cause"),
        CheckConstraint(
            "(state = 'effective') = (verified_at IS NOT NULL AND verified_by_id IS NOT NULL)",
            name="verified_iff_dated",
        ),
        CheckConstraint(
            "verified_by_id IS NULL OR (verified_by_id <> owner_id AND verified_by_id <> finished_by_id"
            " AND (finished_for_id IS NULL OR verified_by_id <> finished_for_id))",
            name="verified_by_somebody_else",
        ),
        CheckConstraint("round > 0", name="rounds_from_one"),
        CheckConstraint("(clock IS NULL) = (due_at IS NULL)", name="clock_iff_due"),
        CheckConstraint("clock IS NOT NULL OR state IN ('effective', 'dropped')", name="running_has_a_clock"),
        CheckConstraint("clock IS NULL OR state <> 'dropped'", name="dropped_has_no_clock"),
        Index("ix_plan_clock_due", "clock", "due_at"),
        Index("ix_plan_department_state", "department_id", "state", "id"),
        Index("ix_plan_owner_state", "owner_id", "state", "id"),
        Index("ix_plan_verified", "department_id", "category", "verified_at"),
        # Of one complaint no two plans run side by side.
        Index("uq_plan_running", "complaint_id", unique=True, sqlite_where=IS_RUNNING, postgresql_where=IS_RUNNING),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column()
    year: Mapped[int]
    seq: Mapped[int]
    state: Mapped[PlanState] = mapped_column(values_of(PlanState, "state"))
    source: Mapped[PlanSource] = mapped_column(values_of(PlanSource, "source"))
    source_ref: Mapped[str | None] = mapped_column(String(80))
    complaint_id: Mapped[int | None] = mapped_column(ForeignKey("complaint.id"))
    category: Mapped[Category | None] = mapped_column(values_of(Category, "category"))
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    title: Mapped[str] = mapped_column(String(120))
    description: Mapped[str | None] = mapped_column(Text)
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    due_on: Mapped[date]
    # How often the work has begun: once, and again after each verdict that it did not help and each reopening.
    round: Mapped[int] = mapped_column(default=1)
    cause: Mapped[Cause | None] = mapped_column(values_of(Cause, "cause"))
    why_1: Mapped[str | None] = mapped_column(Text)
    whys: Mapped[list[str]] = mapped_column(JSON, default=list)

    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Who reported it done, and in whose place.
    finished_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    finished_for_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    verified_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    clock: Mapped[str | None] = mapped_column(String(24))
    clock_started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    regulation_version_id: Mapped[int] = mapped_column(ForeignKey("regulation_version.id"))

    complaint: Mapped[Complaint | None] = relationship()
    department: Mapped[Department] = relationship()
    owner: Mapped[Person] = relationship(foreign_keys=[owner_id])
    opened_by: Mapped[Person] = relationship(foreign_keys=[opened_by_id])
    finished_by: Mapped[Person | None] = relationship(foreign_keys=[finished_by_id])
    verified_by: Mapped[Person | None] = relationship(foreign_keys=[verified_by_id])
    regulation_version: Mapped[RegulationVersion] = relationship()
    measures: Mapped[list["PlanMeasure"]] = relationship(
        back_populates="plan", lazy="raise", order_by="PlanMeasure.position"
    )
    customers: Mapped[list["PlanCustomer"]] = relationship(
        back_populates="plan", lazy="raise", order_by="PlanCustomer.complaint_id"
    )
    events: Mapped[list["Event"]] = relationship(back_populates="plan", lazy="raise", order_by="Event.seq")
    attachments: Mapped[list["Attachment"]] = relationship(
        back_populates="plan", lazy="raise", order_by="Attachment.id"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy forbids the annotation

    # A plan is about a weakness and about nobody: no respondent, and no head's steps that somebody else takes.
    @property
    def respondent_id(self) -> None:
        return

    @property
    def handler(self) -> None:
        return

    @property
    def number(self) -> str:
        """The number within its year, e.g. `2026-3`."""
        return f"{self.year}-{self.seq}"

    @property
    def is_running(self) -> bool:
        """Somebody works on it, or it waits to be verified."""
        return self.state in (PlanState.WORKING, PlanState.DONE)

    @property
    def open_measures(self) -> list["PlanMeasure"]:
        return [measure for measure in self.measures if measure.done_at is None]

    @property
    def untold(self) -> list["PlanCustomer"]:
        """The customers who have not heard yet what was improved."""
        return [customer for customer in self.customers if customer.told_on is None]

    @classmethod
    def by_number(cls, number: str) -> Select["Plan"]:
        """The plan with this number; none when the number is malformed."""
        year_and_seq = numbered(number)
        if year_and_seq is None:
            return select(cls).where(cls.id.is_(None))
        return select(cls).where(cls.year == year_and_seq[0], cls.seq == year_and_seq[1])

    @classmethod
    def whole(cls, plan_id: int) -> Select["Plan"]:
        """The plan with everything a step needs, for reading."""
        return select(cls).where(cls.id == plan_id).options(*_for_a_step())

    @classmethod
    def locked(cls, session: Session, plan_id: int) -> "Plan":
        """The plan with everything a step needs, locked against other steps."""
        query = cls.whole(plan_id).with_for_update(of=cls).execution_options(populate_existing=True)
        return session.execute(query).unique().scalar_one()


class PlanMeasure(Base):
    """One thing to be done, by whom, by when; done once."""

    __tablename__ = "plan_measure"
    __table_args__ = (
        UniqueConstraint("plan_id", "position"),
        CheckConstraint("(done_at IS NULL) = (done_by_id IS NULL)", name="done_by_somebody"),
        CheckConstraint("round > 0", name="rounds_from_one"),
        Index("ix_plan_measure_owner", "owner_id", "plan_id", sqlite_where=NOT_DONE, postgresql_where=NOT_DONE),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    position: Mapped[int]
    round: Mapped[int]
    what: Mapped[str] = mapped_column(Text)
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    due_on: Mapped[date]
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    plan: Mapped[Plan] = relationship(back_populates="measures")
    owner: Mapped[Person] = relationship(foreign_keys=[owner_id])
    done_by: Mapped[Person | None] = relationship(foreign_keys=[done_by_id])


class PlanCustomer(Base):
    """The customer of a complaint who is to hear what was improved; told once."""

    __tablename__ = "plan_customer"
    __table_args__ = (
        CheckConstraint(
            "(told_on IS NULL) = (told_how IS NULL) AND (told_on IS NULL) = (told_by_id IS NULL)"
            " AND (told_on IS NULL) = (recorded_at IS NULL)",
            name="told_in_full",
        ),
        Index("ix_plan_customer_complaint_id", "complaint_id"),
    )

    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaint.id"), primary_key=True)
    told_on: Mapped[date | None]
    told_how: Mapped[ToldBy | None] = mapped_column(values_of(ToldBy, "told_how"))
    told_words: Mapped[str | None] = mapped_column(Text)
    told_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    plan: Mapped[Plan] = relationship(back_populates="customers")
    complaint: Mapped[Complaint] = relationship()
    told_by: Mapped[Person | None] = relationship()


@cache
def _for_a_step() -> tuple[ExecutableOption, ...]:
    from models.event import Event

    measures, events = selectinload(Plan.measures), selectinload(Plan.events)
    named: tuple[Any, ...] = (Event.actor, Event.acting_for)
    return (
        joinedload(Plan.department),
        joinedload(Plan.regulation_version),
        joinedload(Plan.owner).joinedload(Person.postings),
        joinedload(Plan.complaint),
        joinedload(Plan.finished_by),
        joinedload(Plan.verified_by),
        measures.joinedload(PlanMeasure.owner),
        measures.joinedload(PlanMeasure.done_by),
        selectinload(Plan.customers).joinedload(PlanCustomer.complaint),
        selectinload(Plan.customers).joinedload(PlanCustomer.told_by),
        *(events.joinedload(who) for who in named),
        events.selectinload(Event.letters),
        selectinload(Plan.attachments),
    )


@cache
def plan_parts() -> tuple[ExecutableOption, ...]:
    """What else has to be known of whose turn it is in a plan."""
    return (selectinload(Plan.measures).joinedload(PlanMeasure.owner).joinedload(Person.postings),)
