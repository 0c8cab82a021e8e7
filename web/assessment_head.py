"""One assessment as its pages find and name it."""

from dataclasses import dataclass

from flask import abort, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from models import Assessed, Assessment
from web import assessment_choices, assessment_follows
from web.assessment_told_results import kind as kind_words
from web.assessment_told_results import stage
from web.regulation_tables import worded
from web.session import actor, db, me
from workflow import assessment_roles, assessment_run
from workflow.assessment_period import Period
from workflow.regulation import Bilingual


@dataclass(frozen=True)
class Listed:
    """One assessment in the list; `mine` is the address of the reader's own results."""

    title: str
    total: str
    kind: str
    period: str
    stage: str
    code: str
    url: str
    mine: str
    ranking: str
    ranking_title: str
    note: str


def seen(key: int) -> Assessment:
    """An assessment of which the person sees anything; or 404."""
    query = select(Assessment).where(Assessment.id == key, assessment_roles.visible_assessments(db(), actor()))
    found = db().scalars(query.options(joinedload(Assessment.regulation_version))).first()
    if found is None:
        abort(404)
    return found


def head(of: Assessment) -> Listed:
    """The assessment as headings and lists name it."""
    content = of.regulation_version.content
    scheme = assessment_run.scheme_of(of)
    own = select(Assessed.id).filter_by(assessment_id=of.id, person_id=me().id)
    mine = db().scalars(own).first()
    return Listed(
        title=worded(Bilingual(**content["title"])), total=worded(scheme.title) if scheme is not None else "",
        kind=kind_words(of.kind), period=assessment_choices.period_words(Period.named(of.period)),
        stage=stage(of.stage), code=of.stage, url=url_for("assessments.show", key=of.id),
        mine=url_for("assessed.show", key=of.id, subject=me().id) if mine is not None else "",
        ranking=assessment_follows.ranking_of(of), ranking_title=assessment_follows.ranking_title(of),
        note="" if of.computed_at is not None else _("no results yet"),
    )  # fmt: skip
