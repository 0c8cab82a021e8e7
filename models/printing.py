"""What leaves in other people's hands: the internal copies that were printed, the files of a month, reports of
assessments, and what proves a service. Every row says who, when, and which; none of them is ever deleted.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.assessment_run import Assessment
from models.base import Base, UtcDateTime
from models.letter import LetterService
from models.made_file import MadeFile
from models.person import Person

UNFINISHED = "state IN ('waiting', 'running')"


class LetterPrint(Base):
    """One internal copy of a letter (内部留存件); the number counts within the letter, from one, without gaps."""

    __tablename__ = "letter_print"
    __table_args__ = (CheckConstraint("number > 0", name="numbered_from_one"),)

    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(String(4))
    copy: Mapped[str] = mapped_column(String(12))
    printed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    printed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    printed_by: Mapped[Person] = relationship()


class MonthFile(MadeFile):
    """The letters of a month as one ZIP, for one reader."""

    folder, ending = "month-files", "zip"

    __tablename__ = "month_file"
    __table_args__ = (
        CheckConstraint("(state IN ('done', 'failed')) = (finished_at IS NOT NULL)", name="finished_iff_dated"),
        CheckConstraint("(state = 'done') = (size IS NOT NULL AND digest IS NOT NULL)", name="done_iff_measured"),
        Index(
            "uq_month_file_unfinished", "asked_by_id", "month", "language",
            unique=True, sqlite_where=text(UNFINISHED), postgresql_where=text(UNFINISHED),
        ),
        Index("ix_month_file_state", "state"),
    )  # fmt: skip

    month: Mapped[str] = mapped_column(String(7))
    papers: Mapped[int] = mapped_column(default=0)
    # Letters whose paper could not be made; the index names them.
    missing: Mapped[int] = mapped_column(default=0)


class ReportFile(MadeFile):
    """The report of an assessment as one PDF, for one reader and as they saw it when they asked.

    `content` is what will be printed; it goes with the last stroke, because the paper says it all. `subjects` are
    those whose figures stand in it, so that nobody is handed what they may not see any more.
    """

    folder, ending = "reports", "pdf"

    __tablename__ = "report_file"
    __table_args__ = (
        CheckConstraint("(state IN ('done', 'failed')) = (finished_at IS NOT NULL)", name="finished_iff_dated"),
        CheckConstraint("(state = 'done') = (size IS NOT NULL AND digest IS NOT NULL)", name="done_iff_measured"),
        Index(
            "uq_report_file_unfinished", "asked_by_id", "assessment_id", "version",
            unique=True, sqlite_where=text(UNFINISHED), postgresql_where=text(UNFINISHED),
        ),
        Index("ix_report_file_state", "state"),
    )  # fmt: skip

    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    # Changes with what is printed; the same twice at once is one file.
    version: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(200))
    subjects: Mapped[list[int]] = mapped_column(JSON, deferred=True)
    content: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), deferred=True)
    pages: Mapped[int] = mapped_column(default=0)

    assessment: Mapped[Assessment] = relationship()


class ServiceFile(Base):
    """What proves how a letter was served: a signed receipt, a photograph, a consignment note."""

    __tablename__ = "service_file"
    __table_args__ = (
        ForeignKeyConstraint(["letter_id", "person_id"], ["letter_service.letter_id", "letter_service.person_id"]),
        CheckConstraint("size > 0", name="not_empty"),
        Index("ix_service_file_letter_id_person_id", "letter_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)
    letter_id: Mapped[int]
    person_id: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(80))
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    added_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    service: Mapped[LetterService] = relationship(back_populates="files")
    added_by: Mapped[Person] = relationship()
