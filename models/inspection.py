"""Inspections (检查): mystery visits, self-inspections, manufacturer's checks; what was found, and what is proposed.

Where an inspection stands is read from its moments. Findings change until it is published and never after it; what
was proposed stays, with what became of it.
"""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    Select,
    String,
    Text,
    UniqueConstraint,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload

from models.assessment import AssessmentRow, KeptFile
from models.base import Base, Fen, Points, UtcDateTime, numbered, values_of
from models.inspection_proposal import InspectionProposal, InspectionShare
from models.person import Department, Person
from models.regulation import RegulationVersion


class InspectionKind(StrEnum):
    MYSTERY = "mystery"
    SELF = "self"
    MANUFACTURER = "manufacturer"


class InspectionState(StrEnum):
    PLANNED = "planned"
    UNDER_WAY = "under_way"
    SUBMITTED = "submitted"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


class Inspection(Base):
    """One visit or check by one checklist, of one department."""

    __tablename__ = "inspection"
    __table_args__ = (
        UniqueConstraint("year", "seq"),
        CheckConstraint("submitted_at IS NULL OR begun_at IS NOT NULL", name="submitted_once_begun"),
        CheckConstraint("published_at IS NULL OR submitted_at IS NOT NULL", name="published_once_submitted"),
        CheckConstraint("cancelled_at IS NULL OR submitted_at IS NULL", name="not_cancelled_afterwards"),
        CheckConstraint("(cancelled_at IS NULL) = (cancelled_because IS NULL)", name="cancelled_with_a_reason"),
        CheckConstraint("(begun_at IS NULL) = (due_at IS NULL)", name="due_once_begun"),
        CheckConstraint("(voucher_given_at IS NULL) = (voucher_receipt IS NULL)", name="voucher_with_its_receipt"),
        CheckConstraint(
            "voucher_given_at IS NULL OR (kind = 'mystery' AND begun_at IS NOT NULL AND voucher > 0)",
            name="voucher_of_a_visitor",
        ),
        CheckConstraint("kind = 'mystery' OR visitor IS NULL", name="visitor_of_a_mystery_visit"),
        CheckConstraint(
            "kind = 'manufacturer' OR (result IS NULL AND imposed IS NULL AND result_on IS NULL)",
            name="result_of_a_manufacturer",
        ),
        CheckConstraint("result IS NULL OR (result >= -10000 AND result <= 10000)", name="result_in_its_bounds"),
        CheckConstraint("imposed IS NULL OR imposed >= 0", name="imposed_not_negative"),
        Index("ix_inspection_planned_on", "planned_on", "id"),
        Index("ix_inspection_due_at", "due_at"),
    )

    kind: ClassVar[str] = "inspection"
    # It is about a department.
    respondent_id: ClassVar[None] = None

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column()
    year: Mapped[int]
    seq: Mapped[int]
    sort: Mapped[InspectionKind] = mapped_column("kind", values_of(InspectionKind, "kind"))
    checklist: Mapped[str] = mapped_column(String(40))
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    planned_on: Mapped[date] = mapped_column(Date)
    # The edition of the day of the visit; until then, of the day for which it is planned.
    regulation_version_id: Mapped[int] = mapped_column(ForeignKey("regulation_version.id"))
    # Who goes there as a customer; known to those who plan and to who holds the checklist, and never printed.
    visitor: Mapped[str | None] = mapped_column(String(60))
    planned_at: Mapped[datetime] = mapped_column(UtcDateTime)
    begun_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Until when its result is to be published.
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled_because: Mapped[str | None] = mapped_column(Text)
    voucher: Mapped[int | None] = mapped_column(Fen)
    voucher_given_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    voucher_receipt: Mapped[str | None] = mapped_column(String(80))
    # Of a manufacturer's check: its score, the fines that it imposes, and the day on which it published them (MS-9).
    result: Mapped[Decimal | None] = mapped_column(Points)
    imposed: Mapped[int | None] = mapped_column(Fen)
    result_on: Mapped[date | None] = mapped_column(Date)
    row_id: Mapped[int | None] = mapped_column(ForeignKey("assessment_row.id"), unique=True)

    department: Mapped[Department] = relationship()
    regulation_version: Mapped[RegulationVersion] = relationship()
    row: Mapped[AssessmentRow | None] = relationship()
    inspectors: Mapped[list["Inspector"]] = relationship(order_by="Inspector.person_id", cascade="all, delete-orphan")
    findings: Mapped[list["InspectionFinding"]] = relationship(back_populates="inspection")
    all_photos: Mapped[list["InspectionPhoto"]] = relationship(order_by="InspectionPhoto.id")
    proposals: Mapped[list["InspectionProposal"]] = relationship(
        back_populates="inspection", order_by="InspectionProposal.id"
    )
    shares: Mapped[list["InspectionShare"]] = relationship(order_by="InspectionShare.person_id")
    acts: Mapped[list["InspectionAct"]] = relationship(back_populates="inspection", order_by="InspectionAct.id")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy forbids the annotation

    @property
    def number(self) -> str:
        return f"{self.year}-{self.seq}"

    @property
    def photos(self) -> list["InspectionPhoto"]:
        """Those that were not taken back."""
        return [photo for photo in self.all_photos if photo.removed_at is None]

    @property
    def state(self) -> InspectionState:
        moments = (
            (self.cancelled_at, InspectionState.CANCELLED),
            (self.published_at, InspectionState.PUBLISHED),
            (self.submitted_at, InspectionState.SUBMITTED),
            (self.begun_at, InspectionState.UNDER_WAY),
        )
        return next((state for moment, state in moments if moment is not None), InspectionState.PLANNED)

    @property
    def clock(self) -> str | None:
        """What runs: until its day it is to be carried out, once begun its result is to be published."""
        if not self.is_open:
            return None
        return "visit" if self.begun_at is None else "publish"

    @classmethod
    def opened(cls) -> ColumnElement[bool]:
        """Neither published nor cancelled."""
        return cls.published_at.is_(None) & cls.cancelled_at.is_(None)

    @property
    def is_open(self) -> bool:
        return self.published_at is None and self.cancelled_at is None

    @property
    def source(self) -> str:
        """The source of assessments that its score goes to."""
        if self.sort is InspectionKind.MANUFACTURER:
            return "manufacturer_checks"
        return f"{self.checklist}_visits"

    @classmethod
    def by_number(cls, number: str) -> Select["Inspection"]:
        """The inspection with this number; none when the number is malformed."""
        year, seq = numbered(number) or (0, 0)
        return select(cls).where(cls.year == year, cls.seq == seq)

    @classmethod
    def whole(cls) -> Select["Inspection"]:
        """With what is asked of one that waits."""
        inspectors = selectinload(cls.inspectors).joinedload(Inspector.person).selectinload(Person.postings)
        return select(cls).options(inspectors, selectinload(cls.acts))


class Inspector(Base):
    """Who holds the checklist: a member of the group, or whoever writes down what a visitor tells."""

    __tablename__ = "inspector"

    inspection_id: Mapped[int] = mapped_column(ForeignKey("inspection.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)

    person: Mapped[Person] = relationship()


class InspectionFinding(Base):
    """What was found about one factor. `met` is None where it could not be seen; `revision` grows with each writing."""

    __tablename__ = "inspection_finding"
    __table_args__ = (
        UniqueConstraint("inspection_id", "factor"),
        CheckConstraint("revision > 0", name="written_once_at_least"),
        Index("ix_inspection_finding_responsible_id", "responsible_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    inspection_id: Mapped[int] = mapped_column(ForeignKey("inspection.id"))
    factor: Mapped[str] = mapped_column(String(40))
    met: Mapped[bool | None]
    note: Mapped[str] = mapped_column(Text, default="")
    # Whose doing it was, where somebody named them; else whoever holds the post that the checklist names.
    responsible_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    responsible_because: Mapped[str | None] = mapped_column(Text)
    revision: Mapped[int] = mapped_column(default=1)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    inspection: Mapped[Inspection] = relationship(back_populates="findings")
    responsible: Mapped[Person | None] = relationship(foreign_keys=[responsible_id])
    by: Mapped[Person] = relationship(foreign_keys=[by_id])


class InspectionPhoto(Base):
    """A photo of what was seen about one factor; while the checklist is written it can be taken back, for good."""

    __tablename__ = "inspection_photo"
    __table_args__ = (CheckConstraint("(removed_at IS NULL) = (removed_by_id IS NULL)", name="removed_by_somebody"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    inspection_id: Mapped[int] = mapped_column(ForeignKey("inspection.id"), index=True)
    factor: Mapped[str] = mapped_column(String(40))
    file_id: Mapped[int] = mapped_column(ForeignKey("kept_file.id"), unique=True)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    removed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    file: Mapped[KeptFile] = relationship()


class InspectionAct(Base):
    """What was done with an inspection, by whom and when; added and never changed."""

    __tablename__ = "inspection_act"
    __table_args__ = (Index("ix_inspection_act_inspection_id", "inspection_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    inspection_id: Mapped[int] = mapped_column(ForeignKey("inspection.id"))
    action: Mapped[str] = mapped_column(String(24))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    said: Mapped[dict[str, Any]] = mapped_column(JSON)

    inspection: Mapped[Inspection] = relationship(back_populates="acts")
    by: Mapped[Person] = relationship()
