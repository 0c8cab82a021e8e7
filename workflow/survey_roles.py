"""Who sees what of surveys, as a check and as a query; every page, list, download and count asks here.

Customer relations run surveys: they invite, call and take answers. They and the general manager see all figures, heads
those about their department and its people. Figures are shown once at least five have answered, to everybody but those
who run a survey whose answers are named. Names and single answers are shown only where the regulation has them named.
"""

from sqlalchemy import ColumnElement, Select, exists, false, or_, select, true

from models import (
    AssessmentRow,
    Posting,
    Role,
    Survey,
    SurveyAnswer,
    SurveyFigure,
    SurveyInvitation,
    Team,
)
from workflow.roles import Actor

AT_LEAST = 5


def runs(actor: Actor) -> bool:
    """Whether this person invites, calls and takes answers: customer relations, in person."""
    return actor.person is not None and not actor.has_left and Role.CUSTOMER_RELATIONS in actor.roles


def sees_all(actor: Actor) -> bool:
    """Customer relations and the general manager, or who stands in for them."""
    if actor.person is None or actor.has_left:
        return False
    principals = actor.staff.principals_of(actor.person)
    return runs(actor) or any(Role.GENERAL_MANAGER in actor.staff.roles_of(principal) for principal in principals)


def looks(actor: Actor) -> bool:
    """Whether there are surveys for this person at all."""
    return sees_all(actor) or bool(_headed(actor))


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Which surveys exist for this person."""
    if sees_all(actor):
        return true()
    if not _headed(actor):
        return false()
    invited = exists().where(SurveyInvitation.survey_id == Survey.id, about_theirs(SurveyInvitation, actor))
    counted = (
        select(SurveyAnswer.id)
        .join(SurveyFigure, SurveyFigure.answer_id == SurveyAnswer.id)
        .join(AssessmentRow, AssessmentRow.id == SurveyFigure.row_id)
        .where(SurveyAnswer.survey_id == Survey.id, about_theirs(AssessmentRow, actor))
    )
    return or_(invited, counted.exists())


def about_theirs(kind: type[SurveyInvitation | AssessmentRow], actor: Actor) -> ColumnElement[bool]:
    """Invitations or rows about somebody whose figures this person may learn."""
    if sees_all(actor):
        return true()
    if not (headed := _headed(actor)):
        return false()
    return or_(
        kind.department_id.in_(headed),
        kind.team_id.in_(select(Team.id).where(Team.department_id.in_(headed))),
        kind.person_id.in_(_people_of(headed, actor)),
    )


def shows_figures_from(survey: Survey, actor: Actor) -> int:
    """How many must have answered before this person sees a figure."""
    return 1 if survey.is_named and sees_all(actor) else AT_LEAST


def reads_answers(survey: Survey, actor: Actor) -> bool:
    """Whether this person may open single answers, with names, of whom `about_theirs` lets them see."""
    return survey.is_named and looks(actor)


def answers_readable_by(survey: Survey, actor: Actor) -> Select[SurveyAnswer]:
    """The single answers of a survey that this person may open; none where they are confidential or anonymous."""
    if not reads_answers(survey, actor):
        return select(SurveyAnswer).where(false())
    theirs = (
        select(SurveyFigure.answer_id)
        .join(AssessmentRow, AssessmentRow.id == SurveyFigure.row_id)
        .where(about_theirs(AssessmentRow, actor))
    )
    return select(SurveyAnswer).where(SurveyAnswer.survey_id == survey.id, SurveyAnswer.id.in_(theirs))


def _headed(actor: Actor) -> list[int]:
    if actor.person is None or actor.has_left:
        return []
    principals = actor.staff.principals_of(actor.person)
    return [department for principal in principals for department in actor.staff.departments_headed_by(principal)]


def _people_of(headed: list[int], actor: Actor) -> Select[int]:
    return select(Posting.person_id).where(Posting.held_at(actor.staff.at), Posting.department_id.in_(headed))
