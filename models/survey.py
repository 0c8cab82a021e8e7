"""Surveys: what is asked in which period, who is invited, how they were called, and what they answered.

An answer's figures are rows of the assessment; here stands what else was said, and how it came. An answer that the
regulation wants anonymous has no invitation: the invitation knows that it was used, the answer does not know by whom.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.assessment import SUBJECTS, AssessmentRow, KeptFile, Partner
from models.base import Base, UtcDateTime, values_of
from models.complaint import Complaint
from models.customer import Customer
from models.event import one_of
from models.person import Department, Person, Team


class AnsweredBy(StrEnum):
    """The way by which an answer came."""

    CALL = "call"
    LINK = "link"
    QR = "qr"
    IMPORT = "import"


class InvitationStatus(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"


class CallResult(StrEnum):
    ANSWERED = "answered"
    NOT_REACHED = "not_reached"
    CALL_AGAIN = "call_again"
    REFUSED = "refused"


class Survey(Base):
    """One round of questions for one source of a regulation; the questions are the source's fields."""

    __tablename__ = "survey"
    __table_args__ = (
        CheckConstraint("closes_on >= opens_on", name="closes_after_it_opens"),
        CheckConstraint("most_attempts > 0 AND link_days > 0", name="limits_are_counted"),
        CheckConstraint("about IN ('person', 'team', 'department')", name="about_known"),
        CheckConstraint("answers IN ('named', 'confidential', 'anonymous')", name="answers_known"),
        CheckConstraint("answers <> 'anonymous' OR about = 'department'", name="anonymous_about_departments"),
        Index("ix_survey_closes_on", "closes_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    regulation: Mapped[str] = mapped_column(String(40))
    source: Mapped[str] = mapped_column(String(40))
    title_zh: Mapped[str] = mapped_column(String(80))
    title_en: Mapped[str] = mapped_column(String(120))
    about: Mapped[str] = mapped_column(String(12))
    # Who may learn what one person answered, as the source says it on the day on which the survey was made: what was
    # promised to customers stays promised.
    answers: Mapped[str] = mapped_column(String(12))
    opens_on: Mapped[date] = mapped_column(Date)
    closes_on: Mapped[date] = mapped_column(Date)
    script: Mapped[str] = mapped_column(Text, default="")
    # By field that offers choices: `ask`, `each` (a sheet of items), or the one choice that always holds.
    choices: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    # By field: up to which value, as a decimal in words, a customer counts as dissatisfied (CS-2).
    dissatisfied: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    most_attempts: Mapped[int]
    link_days: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    made_by: Mapped[Person] = relationship(foreign_keys=[made_by_id])
    closed_by: Mapped[Person | None] = relationship(foreign_keys=[closed_by_id])

    @property
    def is_anonymous(self) -> bool:
        return self.answers == "anonymous"

    @property
    def is_named(self) -> bool:
        return self.answers == "named"

    def takes_answers_on(self, day: date) -> bool:
        return self.closed_at is None and self.opens_on <= day <= self.closes_on


class SurveySample(Base):
    """A sample of invitations without an answer, with all that is needed to draw it again: list, seed and share."""

    __tablename__ = "survey_sample"
    __table_args__ = (CheckConstraint("percent > 0 AND percent <= 100", name="share_in_percent"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    seed: Mapped[str] = mapped_column(String(32))
    percent: Mapped[int]
    # The numbers of the invitations among which it was drawn, and those that were drawn.
    among: Mapped[list[int]] = mapped_column(JSON)
    drawn: Mapped[list[int]] = mapped_column(JSON)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    survey: Mapped[Survey] = relationship()
    by: Mapped[Person] = relationship()


class SurveyInvitation(Base):
    """One customer, asked about one subject, for one answer. Of a link only the digest of its token is kept."""

    __tablename__ = "survey_invitation"
    __table_args__ = (
        CheckConstraint(one_of(*SUBJECTS), name="about_one_subject"),
        CheckConstraint("(token_digest IS NULL) = (expires_at IS NULL)", name="link_expires"),
        UniqueConstraint("survey_id", "customer_id"),
        Index("uq_survey_invitation_token", "token_digest", unique=True),
        Index(
            "ix_survey_invitation_calls", "next_call_at", "survey_id",
            sqlite_where=text("status = 'open' AND by_call"), postgresql_where=text("status = 'open' AND by_call"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("partner.id"))
    by_call: Mapped[bool]
    status: Mapped[InvitationStatus] = mapped_column(values_of(InvitationStatus, "status"))
    invited_at: Mapped[datetime] = mapped_column(UtcDateTime)
    invited_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    token_digest: Mapped[str | None] = mapped_column(String(64))
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    next_call_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sample_id: Mapped[int | None] = mapped_column(ForeignKey("survey_sample.id"))

    survey: Mapped[Survey] = relationship()
    customer: Mapped[Customer] = relationship()
    invited_by: Mapped[Person] = relationship(foreign_keys=[invited_by_id])
    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])
    team: Mapped[Team | None] = relationship()
    department: Mapped[Department | None] = relationship()
    partner: Mapped[Partner | None] = relationship()
    attempts: Mapped[list["SurveyAttempt"]] = relationship(
        back_populates="invitation", lazy="raise", order_by="SurveyAttempt.id"
    )
    incentive: Mapped["SurveyIncentive | None"] = relationship(back_populates="invitation", lazy="raise")

    @property
    def subject(self) -> Person | Team | Department | Partner:
        found = self.person or self.team or self.department or self.partner
        assert found is not None, "the database asks for exactly one"
        return found

    @property
    def is_open(self) -> bool:
        return self.status is InvitationStatus.OPEN


class SurveyAttempt(Base):
    """One call: by whom, when, what came of it, and when to call again."""

    __tablename__ = "survey_attempt"
    __table_args__ = (
        CheckConstraint("(result = 'call_again') = (call_again_at IS NOT NULL)", name="again_at_a_time"),
        Index("ix_survey_attempt_invitation_id", "invitation_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    invitation_id: Mapped[int] = mapped_column(ForeignKey("survey_invitation.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    result: Mapped[CallResult] = mapped_column(values_of(CallResult, "result"))
    call_again_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    note: Mapped[str] = mapped_column(Text, default="")

    invitation: Mapped[SurveyInvitation] = relationship(back_populates="attempts")
    by: Mapped[Person] = relationship()


class SurveyAnswer(Base):
    """One answer: the way it came, what was said in words, the recording, and the complaint that it led to (CS-2)."""

    __tablename__ = "survey_answer"
    __table_args__ = (
        Index("uq_survey_answer_invitation", "invitation_id", unique=True),
        Index("uq_survey_answer_complaint", "complaint_id", unique=True),
        UniqueConstraint("survey_id", "external_ref"),
        CheckConstraint("(external_ref IS NOT NULL) = (way = 'import')", name="imported_by_number"),
        Index("ix_survey_answer_survey_id", "survey_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    # Nobody's in an anonymous survey, and none for what was asked elsewhere and imported.
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("survey_invitation.id"))
    external_ref: Mapped[str | None] = mapped_column(String(80))
    way: Mapped[AnsweredBy] = mapped_column(values_of(AnsweredBy, "way"))
    # Of an anonymous answer the beginning of its day: the moment would tell whose link was used then.
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    comments: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    words: Mapped[str] = mapped_column(Text, default="")
    recording_id: Mapped[int | None] = mapped_column(ForeignKey("kept_file.id"))
    complaint_id: Mapped[int | None] = mapped_column(ForeignKey("complaint.id"))

    survey: Mapped[Survey] = relationship()
    invitation: Mapped[SurveyInvitation | None] = relationship()
    by: Mapped[Person | None] = relationship()
    recording: Mapped[KeptFile | None] = relationship()
    complaint: Mapped[Complaint | None] = relationship()
    figures: Mapped[list["SurveyFigure"]] = relationship(back_populates="answer", lazy="raise")
    attached: Mapped["SurveyRecording | None"] = relationship(back_populates="answer")

    @property
    def heard(self) -> KeptFile | None:
        """The recording of the call, whether it came with the answer or after it."""
        return self.recording or (self.attached.file if self.attached is not None else None)


class SurveyRecording(Base):
    """The recording of a call that was attached after its answer (SAL-1): telephones often give it out later."""

    __tablename__ = "survey_recording"

    answer_id: Mapped[int] = mapped_column(ForeignKey("survey_answer.id"), primary_key=True, autoincrement=False)
    file_id: Mapped[int] = mapped_column(ForeignKey("kept_file.id"), unique=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    answer: Mapped[SurveyAnswer] = relationship(back_populates="attached")
    file: Mapped[KeptFile] = relationship()
    by: Mapped[Person] = relationship()


class SurveyFigure(Base):
    """Which rows of the assessment an answer became: one, or one for each item of its sheet."""

    __tablename__ = "survey_figure"
    __table_args__ = (Index("ix_survey_figure_answer_id", "answer_id"),)

    row_id: Mapped[int] = mapped_column(ForeignKey("assessment_row.id"), primary_key=True, autoincrement=False)
    answer_id: Mapped[int] = mapped_column(ForeignKey("survey_answer.id"))

    row: Mapped[AssessmentRow] = relationship()
    answer: Mapped[SurveyAnswer] = relationship(back_populates="figures")


class SurveyIncentive(Base):
    """What a customer was given for taking part, once (SVY-1)."""

    __tablename__ = "survey_incentive"

    invitation_id: Mapped[int] = mapped_column(
        ForeignKey("survey_invitation.id"), primary_key=True, autoincrement=False
    )
    kind: Mapped[str] = mapped_column(String(40))
    what: Mapped[str] = mapped_column(String(200))
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    given_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    invitation: Mapped[SurveyInvitation] = relationship(back_populates="incentive")
    given_by: Mapped[Person] = relationship()
