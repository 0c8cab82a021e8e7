"""What assessments stand on: the rows of every source, whoever delivered them, and the files that prove them.

Survey answers, visits, sheets and entries by hand all end as rows here, so that one query draws figures from any of
them; cases need none, they are read where they lie. Rows are added and, with a reason, withdrawn; nothing is edited.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Date, Dialect, ForeignKey, Index, String, Text, TypeDecorator
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, UtcDateTime
from models.event import one_of
from models.person import Department, Person, Team

MILLION = Decimal(1_000_000)
# Whom an assessment is about, by the names of the columns.
SUBJECTS = ("person", "team", "department", "partner")


class Values(TypeDecorator[dict[str, Decimal | str]]):
    """What a row says, by field: words as they are, numbers as whole millionths, whose sums are exact."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: dict[str, Decimal | str] | None, dialect: Dialect) -> dict[str, Any] | None:
        return {field: _stored(each) for field, each in value.items()} if value is not None else None

    def process_result_value(self, value: dict[str, Any] | None, dialect: Dialect) -> dict[str, Decimal | str] | None:
        return {field: _read(each) for field, each in value.items()} if value is not None else None


def _stored(value: Decimal | str) -> int | str:
    if isinstance(value, str):
        return value
    millionths = value * MILLION
    if millionths != millionths.to_integral_value():
        raise ValueError(f"a value has six decimals at most: {value}")
    return int(millionths)


def _read(value: int | str) -> Decimal | str:
    return value if isinstance(value, str) else Decimal(value) / MILLION


class Partner(Base):
    """A business partner whom the company assesses (SP-1)."""

    __tablename__ = "partner"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    added_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    added_by: Mapped[Person] = relationship()


class KeptFile(Base):
    """A recording, a photo, a proof: a file of something that is no case. Whoever may see what refers to it may see it.

    Its bytes lie outside the web root under their digest, as evidence of cases does.
    """

    __tablename__ = "kept_file"
    __table_args__ = (CheckConstraint("size > 0", name="not_empty"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(80))
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Nobody where a customer sent it.
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    added_by: Mapped[Person | None] = relationship()


class AssessmentRow(Base):
    """One answer, finding or entry about one subject, on the day by which it counts into a period.

    `key` finds it again within its source: the same answer is never taken twice.
    """

    __tablename__ = "assessment_row"
    __table_args__ = (
        CheckConstraint(one_of(*SUBJECTS), name="about_one_subject"),
        Index("uq_assessment_row_key", "regulation", "source", "key", unique=True),
        Index("ix_assessment_row_source", "regulation", "source", "counts_on"),
        *(Index(f"ix_assessment_row_{subject}", f"{subject}_id", "regulation", "counts_on") for subject in SUBJECTS),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    regulation: Mapped[str] = mapped_column(String(40))
    source: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(80))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("partner.id"))
    counts_on: Mapped[date] = mapped_column(Date)
    values: Mapped[dict[str, Decimal | str]] = mapped_column(Values)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Nobody where a customer answered by themselves.
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    proof_id: Mapped[int | None] = mapped_column(ForeignKey("kept_file.id"))
    # What whoever entered it by hand had to say about it.
    note: Mapped[str | None] = mapped_column(Text)

    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])
    team: Mapped[Team | None] = relationship()
    department: Mapped[Department | None] = relationship()
    partner: Mapped[Partner | None] = relationship()
    by: Mapped[Person | None] = relationship(foreign_keys=[by_id])
    proof: Mapped[KeptFile | None] = relationship()
    withdrawal: Mapped["AssessmentRowWithdrawal | None"] = relationship(back_populates="row")

    @property
    def subject(self) -> Person | Team | Department | Partner:
        found = self.person or self.team or self.department or self.partner
        assert found is not None, "the database asks for exactly one"
        return found


class AssessmentRowWithdrawal(Base):
    """A row that counts no more: who took it back, when and why. Its figure may be entered anew under another key."""

    __tablename__ = "assessment_row_withdrawal"

    row_id: Mapped[int] = mapped_column(ForeignKey("assessment_row.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(Text)

    row: Mapped[AssessmentRow] = relationship(back_populates="withdrawal")
    by: Mapped[Person] = relationship()
