"""Case files: what somebody had made of a case as one PDF, when, and how many pages it came to."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, UtcDateTime, values_of
from models.complaint import Complaint
from models.penalty import Penalty
from models.person import Person


class CaseFileState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class CaseFile(Base):
    """One copy of a case file: for one reader, numbered within its case; the row outlives its bytes."""

    __tablename__ = "case_file"
    __table_args__ = (
        CheckConstraint("(complaint_id IS NULL) <> (penalty_id IS NULL)", name="of_one_case"),
        CheckConstraint("(state IN ('done', 'failed')) = (finished_at IS NOT NULL)", name="finished_iff_dated"),
        CheckConstraint("(state = 'done') = (pages IS NOT NULL AND digest IS NOT NULL)", name="done_iff_measured"),
        Index("uq_case_file_complaint_id_copy", "complaint_id", "copy", unique=True),
        Index("uq_case_file_penalty_id_copy", "penalty_id", "copy", unique=True),
        Index("ix_case_file_state", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)
    complaint_id: Mapped[int | None] = mapped_column(ForeignKey("complaint.id"))
    penalty_id: Mapped[int | None] = mapped_column(ForeignKey("penalty.id"))
    # The running number of this copy within its case; it stands in the foot of every page.
    copy: Mapped[int]
    language: Mapped[str] = mapped_column(String(4))
    state: Mapped[CaseFileState] = mapped_column(values_of(CaseFileState, "state"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    attempts: Mapped[int] = mapped_column(default=0)
    seen: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    pages: Mapped[int | None]
    size: Mapped[int | None]
    digest: Mapped[str | None] = mapped_column(String(64))
    # What could not be shown as pages, as sentences in the language of the file.
    remarks: Mapped[list[Any]] = mapped_column(JSON, default=list)
    last_error: Mapped[str | None] = mapped_column(Text)

    complaint: Mapped[Complaint | None] = relationship()
    penalty: Mapped[Penalty | None] = relationship()
    asked_by: Mapped[Person] = relationship()

    @property
    def case(self) -> Complaint | Penalty:
        case = self.complaint or self.penalty
        assert case is not None, "the database asks for exactly one"
        return case

    @property
    def is_running(self) -> bool:
        return self.state in (CaseFileState.WAITING, CaseFileState.RUNNING)
