"""The dashboard: what somebody looks at first, every day and at the end of a month, within their reach.

What is late, how the figures stand against the period before and the target, what is weakest, which plans run. All of
it is read from stored results and from the lists; no page of it computes a figure from answers, visits or entries.
"""

from flask import Blueprint, Response, abort, render_template, url_for
from flask_babel import gettext as _

from models import Role
from web import assessment_chart, attention, dashboard_figures, dashboard_tiles
from web.filters import named
from web.plan_list import row
from web.session import actor, now, only_for_those_who_work_here
from workflow import assessment_roles, plan_list
from workflow.plan_list import Asked
from workflow.scorecard_roles import acts_on_months

SHOWN_PLANS = 5

bp = Blueprint("dashboard", __name__)
bp.before_request(only_for_those_who_work_here)


@bp.get("/dashboard")
def show() -> str:
    found = dashboard_figures.series()
    scores = dashboard_figures.scores()
    running = plan_list.find(Asked(group="working"), by=actor(), at=now())
    return render_template(
        "dashboard/show.html",
        reach=_reach(), tiles=dashboard_tiles.tiles(), notes=[*dashboard_tiles.assessments(found), *attention.notes()],
        scores=scores, picture=_picture(scores), acts_on_months=acts_on_months(actor()),
        cards=dashboard_figures.cards(found), weakest=dashboard_figures.weakest(found),
        plans=[row(plan) for plan in running.plans[:SHOWN_PLANS]], more_plans=running.total > SHOWN_PLANS,
        decides=Role.ADMINISTRATOR not in actor().roles,
    )  # fmt: skip


@bp.get("/dashboard/scores.svg")
def chart() -> Response:
    """The monthly scores of the reader's reach as a picture; the numbers stand beside it."""
    return assessment_chart.course(dashboard_figures.scores() or abort(404), small=True)


def _picture(scores: dashboard_figures.Course | None) -> str:
    return url_for(".chart", v=scores.version) if scores is not None and scores.is_drawn else ""


def _reach() -> str:
    """Whose figures these are."""
    by = actor()
    if Role.HUMAN_RESOURCES in by.roles or assessment_roles.is_manager(by):
        return _("The whole company")
    departments = [named(each) for each in dashboard_figures.departments(assessment_roles.headed_by(by))]
    if departments:
        return _(", ").join(departments)
    if Role.CUSTOMER_RELATIONS in by.roles:
        return _("All complaints, and the assessments that customer relations are responsible for")
    return _("Your own figures")
