"""Whether a problem has come back: complaints of the same department and category that were filed within the days that
the company watches a verified plan. They propose that the plan is reopened; somebody decides it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, select

from models import Complaint, ComplaintState, Plan, PlanCustomer, PlanState
from workflow import plan_roles, sight
from workflow.plan_figures import figures_of, over_after
from workflow.roles import Actor

GONE = (ComplaintState.VOIDED, ComplaintState.WITHDRAWN)


def watched_until(plan: Plan, actor: Actor) -> datetime | None:
    """The moment from which on a return counts as a new problem; None while nothing is verified."""
    if plan.verified_at is None:
        return None
    return over_after(plan.verified_at, figures_of(actor.office.company).returns_days, actor.office.calendar)


def returns_of(plan: Plan, actor: Actor) -> Sequence[Complaint]:
    """The complaints that show a return and exist for this reader, the newest first."""
    until = watched_until(plan, actor)
    if until is None:
        return []
    known = select(PlanCustomer.complaint_id).where(PlanCustomer.plan_id == plan.id)
    query = select(Complaint).where(
        _alike(plan.department_id, plan.category), Complaint.filed_at > plan.verified_at, Complaint.filed_at < until,
        Complaint.id.not_in(known), sight.row_visible_to(actor),
    )  # fmt: skip
    return actor.office.session.scalars(query.order_by(Complaint.filed_at.desc(), Complaint.id.desc())).all()


def returned_to(complaint: Complaint, actor: Actor) -> Sequence[Plan]:
    """The verified plans whose problem this complaint shows again, of those that exist for this reader."""
    office = actor.office
    if complaint.department_id is None or complaint.state in GONE:
        return []
    days = figures_of(office.company).returns_days
    known = select(PlanCustomer.plan_id).where(PlanCustomer.complaint_id == complaint.id)
    query = select(Plan).where(
        Plan.state == PlanState.EFFECTIVE, Plan.department_id == complaint.department_id,
        Plan.category == complaint.category, Plan.verified_at < complaint.filed_at,
        Plan.verified_at > complaint.filed_at - timedelta(days=days + 1), Plan.id.not_in(known),
        plan_roles.visible_to(actor),
    )  # fmt: skip
    found = office.session.scalars(query.order_by(Plan.verified_at.desc(), Plan.id.desc()))
    return [p for p in found if p.verified_at and complaint.filed_at < over_after(p.verified_at, days, office.calendar)]


def came_back(actor: Actor) -> ColumnElement[bool]:
    """Of a verified plan in a query: a complaint shows its problem again. By days of 24 hours, so that both databases
    compare it alike; the page of the plan tells to the day."""
    oldest = actor.staff.at - timedelta(days=figures_of(actor.office.company).returns_days + 1)
    shows = (
        select(Complaint.id)
        .where(
            Complaint.department_id == Plan.department_id, Complaint.category == Plan.category,
            Complaint.state.not_in(GONE), Complaint.filed_at > Plan.verified_at,
            ~select(PlanCustomer.plan_id)
            .where(PlanCustomer.plan_id == Plan.id, PlanCustomer.complaint_id == Complaint.id)
            .correlate(Plan, Complaint)
            .exists(),
        )
        .correlate(Plan)
        .exists()
    )  # fmt: skip
    return and_(Plan.state == PlanState.EFFECTIVE, Plan.verified_at > oldest, shows)


def _alike(department_id: int, category: str | None) -> ColumnElement[bool]:
    return and_(Complaint.department_id == department_id, Complaint.category == category, Complaint.state.not_in(GONE))
