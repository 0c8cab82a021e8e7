"""Case files: what somebody had made of a case as one PDF, when, and how many pages it came to."""

from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.complaint import Complaint
from models.made_file import MadeFile
from models.penalty import Penalty


class CaseFile(MadeFile):
    """One copy of a case file: for one reader, numbered within its case."""

    folder, ending = "case-files", "pdf"

    __tablename__ = "case_file"
    __table_args__ = (
        CheckConstraint("(complaint_id IS NULL) <> (penalty_id IS NULL)", name="of_one_case"),
        CheckConstraint("(state IN ('done', 'failed')) = (finished_at IS NOT NULL)", name="finished_iff_dated"),
        CheckConstraint("(state = 'done') = (pages IS NOT NULL AND digest IS NOT NULL)", name="done_iff_measured"),
        Index("uq_case_file_complaint_id_copy", "complaint_id", "copy", unique=True),
        Index("uq_case_file_penalty_id_copy", "penalty_id", "copy", unique=True),
        Index("ix_case_file_state", "state"),
    )

    complaint_id: Mapped[int | None] = mapped_column(ForeignKey("complaint.id"))
    penalty_id: Mapped[int | None] = mapped_column(ForeignKey("penalty.id"))
    # The running number of this copy within its case; it stands in the foot of every page.
    copy: Mapped[int]
    pages: Mapped[int | None]
    # What could not be shown as pages, as sentences in the language of the file.
    remarks: Mapped[list[Any]] = mapped_column(JSON, default=list)

    complaint: Mapped[Complaint | None] = relationship()
    penalty: Mapped[Penalty | None] = relationship()

    @property
    def case(self) -> Complaint | Penalty:
        case = self.complaint or self.penalty
        assert case is not None, "the database asks for exactly one"
        return case
