"""From a complaint to the survey whose answer led to it (CS-2), for those who may see the one and read the other."""

from dataclasses import dataclass

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from models import Complaint, Survey, SurveyAnswer
from web.session import actor, db
from web.survey_words import title
from workflow import survey_roles
from workflow.survey_complaint import SOURCE


@dataclass(frozen=True)
class FromSurvey:
    """The survey's title and page, and the answer itself where it may be opened."""

    title: str
    url: str
    answer_url: str


def of(complaint: Complaint) -> FromSurvey | None:
    """None where the complaint did not come from a survey, or the survey does not exist for this reader."""
    if complaint.source != SOURCE:
        return None
    theirs = SurveyAnswer.survey.has(survey_roles.visible_to(actor()))
    query = select(SurveyAnswer).where(SurveyAnswer.complaint_id == complaint.id, theirs)
    answer = db().scalars(query.options(joinedload(SurveyAnswer.survey))).one_or_none()
    if answer is None:
        return None
    page = url_for("survey.show", key=answer.survey_id)
    return FromSurvey(title(answer.survey), page, _answer_url(answer, answer.survey))


def _answer_url(answer: SurveyAnswer, survey: Survey) -> str:
    readable = survey_roles.answers_readable_by(survey, actor()).where(SurveyAnswer.id == answer.id)
    if db().scalars(readable).first() is None:
        return ""
    return url_for("survey.answer", key=survey.id, answer=answer.key)
