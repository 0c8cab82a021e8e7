"""The recording of a call that comes after its answer (SAL-1). It is attached once and stays."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from models import AnsweredBy, Survey, SurveyAnswer, SurveyRecording
from workflow import assessment_books as books
from workflow import survey_roles
from workflow.evidence import Evidence
from workflow.process import FORBIDDEN, INVALID, MOVED_ON, N_, Objection, refuse
from workflow.roles import Actor


def lacks_one(answer: SurveyAnswer) -> bool:
    return answer.way is AnsweredBy.CALL and answer.heard is None


def lack_one() -> ColumnElement[bool]:
    """Answers by call without their recording; the query beside `lacks_one`."""
    return and_(SurveyAnswer.way == AnsweredBy.CALL, SurveyAnswer.recording_id.is_(None), ~SurveyAnswer.attached.has())


def count(session: Session, survey: Survey) -> int:
    """How many calls of a survey have no recording."""
    query = select(func.count()).select_from(SurveyAnswer).where(SurveyAnswer.survey_id == survey.id, lack_one())
    return session.execute(query).scalar_one()


def attach(
    session: Session, answer: SurveyAnswer, recording: Evidence | None, *, by: Actor, at: datetime
) -> SurveyRecording:
    """Keep the recording with its answer. Refused for whoever runs no surveys, for an answer that came otherwise than
    by call, and where there is one already."""
    refuse(
        None if survey_roles.runs(by) else Objection(FORBIDDEN, N_("Only customer relations can do this.")),
        Objection(INVALID, N_("Choose the recording."), field="recording") if recording is None else None,
        Objection(INVALID, N_("Only calls have a recording.")) if answer.way is not AnsweredBy.CALL else None,
        Objection(MOVED_ON, N_("This answer has its recording already.")) if answer.heard is not None else None,
    )
    assert recording is not None and by.person is not None
    file = books.keep(session, recording, at=at, by=by.person)
    answer.attached = SurveyRecording(file=file, at=at, by=by.person)
    session.flush()
    return answer.attached
