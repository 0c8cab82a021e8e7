"""Assessments that were run: of which regulation and period, what came of each subject, and who did what to it.

Results lie as they were computed, exact and as shown, with the sums that were put in. As long as an assessment is open
they are computed anew as a whole; once it is closed nothing about it changes.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Date,
    Dialect,
    ForeignKey,
    Index,
    String,
    Text,
    TypeDecorator,
    func,
    select,
    text,
)
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models.assessment import SUBJECTS, Partner
from models.base import Base, UtcDateTime, values_of
from models.event import one_of
from models.made_file import UNFINISHED, FileState
from models.person import Department, Person, Team
from models.regulation import RegulationVersion

# The lock under which a regulation's period is closed; its second half is made of the regulation's name.
CLOSING = 2027
SUBJECT_IDS = tuple(f"{subject}_id" for subject in SUBJECTS)


class Exact(TypeDecorator[Decimal]):
    """A decimal with all its digits; it is read, never compared or added up by the database."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        return str(value) if value is not None else None

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        return Decimal(value) if value is not None else None


class Assessment(Base):
    """One regulation, total and kind of subject over one period."""

    __tablename__ = "assessment"
    __table_args__ = (
        CheckConstraint(f"kind IN {SUBJECTS}", name="kind_known"),
        CheckConstraint("first_day <= last_day", name="of_some_days"),
        CheckConstraint("closed_at IS NULL OR submitted_at IS NOT NULL", name="closed_after_it_was_submitted"),
        CheckConstraint("(closed_at IS NULL) = (closed_by_id IS NULL)", name="closed_by_somebody"),
        # A regulation without a total has one assessment for all its measures.
        Index("uq_assessment_period", "regulation", "kind", "period", text("coalesce(scheme, '')"), unique=True),
        Index("ix_assessment_closed", "regulation", "first_day", "last_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    regulation: Mapped[str] = mapped_column(String(40))
    scheme: Mapped[str | None] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(12))
    period: Mapped[str] = mapped_column(String(8))
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    # The edition by which it was computed: the one in force on the period's last day.
    regulation_version_id: Mapped[int] = mapped_column(ForeignKey("regulation_version.id"))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    computed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    regulation_version: Mapped[RegulationVersion] = relationship()
    opened_by: Mapped[Person] = relationship(foreign_keys=[opened_by_id])
    closed_by: Mapped[Person | None] = relationship(foreign_keys=[closed_by_id])
    acts: Mapped[list["AssessmentAct"]] = relationship(
        back_populates="assessment", lazy="raise", order_by="AssessmentAct.id"
    )

    @property
    def stage(self) -> str:
        """open, submitted (heads look at it) or closed."""
        return "closed" if self.closed_at is not None else "submitted" if self.submitted_at is not None else "open"


class AssessmentComputation(Base):
    """That somebody asked for the results to be computed, and what became of it."""

    __tablename__ = "assessment_computation"
    __table_args__ = (Index("ix_assessment_computation_assessment_id", "assessment_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    state: Mapped[FileState] = mapped_column(values_of(FileState, "state"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    attempts: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str | None] = mapped_column(Text)

    assessment: Mapped[Assessment] = relationship()

    @property
    def is_running(self) -> bool:
        return self.state in UNFINISHED


class Assessed(Base):
    """What came of one subject: the total, how it was adjusted, the grade; and under which department it is shown."""

    __tablename__ = "assessed"
    __table_args__ = (
        CheckConstraint(one_of(*SUBJECTS), name="about_one_subject"),
        *(Index(f"uq_assessed_{subject}", "assessment_id", f"{subject}_id", unique=True) for subject in SUBJECTS),
        Index("ix_assessed_person_id", "person_id"),
        Index("ix_assessed_seat", "assessment_id", "seat_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("partner.id"))
    seat_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    # Nothing where the regulation has no total, or where it must stay open: `missing` says why.
    total: Mapped[Decimal | None] = mapped_column(Exact)
    unadjusted: Mapped[Decimal | None] = mapped_column(Exact)
    shown: Mapped[Decimal | None] = mapped_column(Exact)
    factor: Mapped[Decimal] = mapped_column(Exact)
    factor_reason: Mapped[str] = mapped_column(Text)
    # The number of the grade in the scheme, from 0.
    grade: Mapped[int | None]
    place: Mapped[int | None]
    missing: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    left_out: Mapped[list[str]] = mapped_column(JSON)

    assessment: Mapped[Assessment] = relationship()
    person: Mapped[Person | None] = relationship()
    team: Mapped[Team | None] = relationship()
    department: Mapped[Department | None] = relationship(foreign_keys=[department_id])
    partner: Mapped[Partner | None] = relationship()
    seat: Mapped[Department | None] = relationship(foreign_keys=[seat_id])
    results: Mapped[list["AssessmentResult"]] = relationship(
        back_populates="assessed", lazy="raise", order_by="AssessmentResult.id"
    )

    @property
    def subject_id(self) -> int:
        found = self.person_id or self.team_id or self.department_id or self.partner_id
        assert found is not None, "the database asks for exactly one"
        return found

    @property
    def subject(self) -> Person | Team | Department | Partner:
        found = self.person or self.team or self.department or self.partner
        assert found is not None, "the database asks for exactly one"
        return found


class AssessmentResult(Base):
    """One measure of one subject, or the same by one choice or rater (`part`)."""

    __tablename__ = "assessment_result"
    __table_args__ = (Index("ix_assessment_result_assessed_id", "assessed_id", "measure"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    assessed_id: Mapped[int] = mapped_column(ForeignKey("assessed.id"))
    measure: Mapped[str] = mapped_column(String(40))
    part: Mapped[str | None] = mapped_column(String(40))
    value: Mapped[Decimal | None] = mapped_column(Exact)
    shown: Mapped[Decimal | None] = mapped_column(Exact)
    score: Mapped[Decimal | None] = mapped_column(Exact)
    place: Mapped[int | None]
    target: Mapped[Decimal | None] = mapped_column(Exact)
    # Why there is no value and no score: reason and what is missing.
    missing: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    unscored: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    # The sums that were put in, each with the number of its rows; and the other measures.
    inputs: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    measures: Mapped[list[str]] = mapped_column(JSON)
    # How many answers it stands on at least: fewer than five confidential ones are not shown to everybody.
    answers: Mapped[int]

    assessed: Mapped[Assessed] = relationship(back_populates="results")


class AssessmentAdjustment(Base):
    """That a total is multiplied because of special circumstances (FAIR-1); the newest of a subject counts."""

    __tablename__ = "assessment_adjustment"
    __table_args__ = (
        CheckConstraint(one_of(*SUBJECTS), name="about_one_subject"),
        Index("ix_assessment_adjustment_assessment_id", "assessment_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("partner.id"))
    factor: Mapped[Decimal] = mapped_column(Exact)
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    by: Mapped[Person] = relationship(foreign_keys=[by_id])

    @property
    def subject_id(self) -> int:
        found = self.person_id or self.team_id or self.department_id or self.partner_id
        assert found is not None, "the database asks for exactly one"
        return found


class AssessmentAct(Base):
    """What somebody did to an assessment: opened, computed, submitted, reviewed, returned, closed."""

    __tablename__ = "assessment_act"
    __table_args__ = (Index("ix_assessment_act_assessment_id", "assessment_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    action: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    # In whose place, where somebody stood in for a head or the general manager.
    for_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    # Of a review: of whose results.
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    note: Mapped[str] = mapped_column(Text)

    assessment: Mapped[Assessment] = relationship(back_populates="acts")
    by: Mapped[Person] = relationship(foreign_keys=[by_id])
    acted_for: Mapped[Person | None] = relationship(foreign_keys=[for_id])
    department: Mapped[Department | None] = relationship()


class AssessmentQuestion(Base):
    """What somebody asks about a line of their results."""

    __tablename__ = "assessment_question"
    __table_args__ = (
        Index("ix_assessment_question_assessment_id", "assessment_id", "person_id"),
        Index("ix_assessment_question_to_id", "to_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    measure: Mapped[str] = mapped_column(String(40))
    question: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Who was to answer when it was asked.
    to_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    assessment: Mapped[Assessment] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    to: Mapped[Person] = relationship(foreign_keys=[to_id])
    answer: Mapped["AssessmentAnswer | None"] = relationship(back_populates="question")


class AssessmentAnswer(Base):
    __tablename__ = "assessment_answer"

    question_id: Mapped[int] = mapped_column(ForeignKey("assessment_question.id"), primary_key=True)
    answer: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    question: Mapped[AssessmentQuestion] = relationship(back_populates="answer")
    by: Mapped[Person] = relationship()


def hold_for_closing(session: Session, regulation: str) -> None:
    """Until the commit nobody posts rows of this regulation: what was on its way is waited for, what comes later waits.

    SQLite lets only one write at a time anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(CLOSING, func.hashtext(regulation))))
