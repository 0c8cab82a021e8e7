"""The survey or invitation of an address: 404 for whoever may not know of it."""

from flask import abort
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from models import Customer, Survey, SurveyInvitation
from web.session import actor, db
from workflow import survey_roles, surveys


def survey_seen(key: int) -> Survey:
    query = select(Survey).where(Survey.id == key, survey_roles.visible_to(actor()))
    found = db().scalars(query.options(joinedload(Survey.made_by))).one_or_none()
    if found is None:
        abort(404)
    return found


def survey_run(key: int) -> Survey:
    """For whoever runs surveys."""
    only_who_runs()
    return survey_seen(key)


def invitation_run(key: int, survey: int | None = None) -> SurveyInvitation:
    """An invitation for whoever runs surveys, with its customer."""
    only_who_runs()
    query = select(SurveyInvitation).where(SurveyInvitation.id == key)
    if survey is not None:
        query = query.where(SurveyInvitation.survey_id == survey)
    loaded = (joinedload(SurveyInvitation.survey), joinedload(SurveyInvitation.customer).joinedload(Customer.adviser))
    found = db().scalars(query.options(*loaded)).one_or_none()
    if found is None:
        abort(404)
    return found


def invitation_locked(key: int, survey: int | None = None) -> SurveyInvitation:
    """The same, held against others until the commit."""
    invitation_run(key, survey)
    found = surveys.locked(db(), key)
    if found is None:
        abort(404)
    return found


def only_who_runs() -> None:
    if not survey_roles.runs(actor()):
        abort(404)
