"""What the company issues about a unit's year or a month (LIFE-1): yearly target letters and monthly briefings."""

from enum import StrEnum
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, values_of
from models.event import Event
from models.person import Department, Team
from models.regulation import RegulationVersion


class PublicationState(StrEnum):
    """It is issued, or it is not there."""

    ISSUED = "issued"


class PublicationKind(StrEnum):
    TARGET_LETTER = "target_letter"
    BRIEFING = "briefing"


class Publication(Base):
    """The letters of one unit's year, the newest of which holds; or the briefing of one month.

    A target letter without a unit is the company's own.
    """

    __tablename__ = "publication"
    kind: ClassVar[str] = "publication"
    # It blames nobody, and what waits for a signature waits by its letter.
    respondent_id: ClassVar[None] = None
    due_at: ClassVar[None] = None
    __table_args__ = (
        CheckConstraint("department_id IS NULL OR team_id IS NULL", name="of_one_unit"),
        CheckConstraint("what = 'target_letter' OR coalesce(department_id, team_id) IS NULL", name="briefing_of_all"),
        Index(
            "uq_publication", "what", "period", text("coalesce(department_id, 0)"), text("coalesce(team_id, 0)"),
            unique=True,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column()
    what: Mapped[PublicationKind] = mapped_column(values_of(PublicationKind, "what"))
    period: Mapped[str] = mapped_column(String(8))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    state: Mapped[PublicationState] = mapped_column(values_of(PublicationState, "state"))
    regulation_version_id: Mapped[int] = mapped_column(ForeignKey("regulation_version.id"))

    department: Mapped[Department | None] = relationship()
    team: Mapped[Team | None] = relationship()
    regulation_version: Mapped[RegulationVersion] = relationship()
    events: Mapped[list[Event]] = relationship(back_populates="publication", lazy="raise", order_by="Event.seq")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy forbids the annotation

    @property
    def unit(self) -> Department | Team | None:
        """Whose year it is about; None for the company."""
        return self.department or self.team

    @property
    def number(self) -> str:
        """2026 · 2026-d3 · 2026-t5 · 2026-03: the period and, in short, the unit."""
        if self.department_id is not None:
            return f"{self.period}-d{self.department_id}"
        return f"{self.period}-t{self.team_id}" if self.team_id is not None else self.period
