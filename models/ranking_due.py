"""A ranking that is to be published (SAL-5): of which regulation and period, by whom, until when."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Select, String, UniqueConstraint, exists, select
from sqlalchemy.orm import Mapped, column_property, joinedload, mapped_column, relationship

from models.assessment_run import Assessment
from models.base import Base, UtcDateTime
from models.consequence import AssessmentPublication
from models.person import Department


class RankingDue(Base):
    """Written once the period is over and there is anything to rank; whether it still waits is computed.

    `owner` is who answers for the regulation; where that is a department, its head does.
    """

    __tablename__ = "ranking_due"
    __table_args__ = (
        UniqueConstraint("regulation", "period"),
        CheckConstraint("due_at > since", name="due_afterwards"),
    )

    kind: ClassVar[str] = "ranking"
    clock: ClassVar[str] = "rank"
    # It blames nobody.
    respondent_id: ClassVar[None] = None

    id: Mapped[int] = mapped_column(primary_key=True)
    regulation: Mapped[str] = mapped_column(String(40))
    period: Mapped[str] = mapped_column(String(8))
    owner: Mapped[str] = mapped_column(String(40))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)

    department: Mapped[Department | None] = relationship()
    is_published: Mapped[bool] = column_property(
        exists()
        .where(
            AssessmentPublication.assessment_id == Assessment.id, Assessment.regulation == regulation,
            Assessment.period == period,
        )
        .correlate_except(Assessment, AssessmentPublication)
    )  # fmt: skip

    @property
    def number(self) -> str:
        return self.period

    @classmethod
    def whole(cls) -> Select["RankingDue"]:
        return select(cls).options(joinedload(cls.department))
