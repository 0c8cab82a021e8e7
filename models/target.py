"""Targets (LIFE-1, KPI-1): what a unit is to reach in a measure over a period, from which day on, decided by whom."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.assessment_run import Exact
from models.base import Base, UtcDateTime
from models.person import Department, Person, Team

IS_APPROVED = text("is_approved")


class Target(Base):
    """One target of one unit: a department, a team, or the company where neither is named.

    It is drafted, then approved or not, and never changed: another value is another target, from its own day on.
    """

    __tablename__ = "target"
    __table_args__ = (
        CheckConstraint("department_id IS NULL OR team_id IS NULL", name="of_one_unit"),
        CheckConstraint(
            "(decided_at IS NULL) = (is_approved IS NULL) AND (decided_at IS NULL) = (decided_by_id IS NULL)",
            name="decided_by_somebody",
        ),
        # Of one unit, measure and period one target begins on a day.
        Index(
            "uq_target_from_day", "regulation", "measure", "period", text("coalesce(department_id, 0)"),
            text("coalesce(team_id, 0)"), "from_day", unique=True, sqlite_where=IS_APPROVED,
            postgresql_where=IS_APPROVED,
        ),
        Index("ix_target_regulation_period", "regulation", "period"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    regulation: Mapped[str] = mapped_column(String(40))
    measure: Mapped[str] = mapped_column(String(40))
    period: Mapped[str] = mapped_column(String(8))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    value: Mapped[Decimal] = mapped_column(Exact)
    from_day: Mapped[date] = mapped_column(Date)
    # Why it takes the place of another; empty for the first.
    reason: Mapped[str] = mapped_column(Text)
    drafted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    drafted_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    is_approved: Mapped[bool | None]
    # Why it was not approved.
    note: Mapped[str] = mapped_column(Text, default="")

    department: Mapped[Department | None] = relationship()
    team: Mapped[Team | None] = relationship()
    drafted_by: Mapped[Person] = relationship(foreign_keys=[drafted_by_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])

    @property
    def is_draft(self) -> bool:
        return self.decided_at is None

    @property
    def unit(self) -> Department | Team | None:
        """Whose it is; None for the company."""
        return self.department or self.team

    @property
    def year(self) -> int:
        return int(self.period[:4])
