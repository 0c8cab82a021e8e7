"""CS-5: the improvement measures of a report become a plan, in the transaction of the report."""

from datetime import date, timedelta

from sqlalchemy import select

from models import Complaint, Person, Plan, PlanSource, PlanState
from workflow import plan as plans
from workflow.plan import Opening
from workflow.plan_figures import figures_of
from workflow.plan_guards import LONGEST_TITLE
from workflow.process import Step
from workflow.roles import who_takes_heads_steps


def open_the_plan(step: Step[Complaint]) -> None:
    """A new plan; where an earlier report of the case has one that goes on, that gets one more measure."""
    complaint, measure = step.subject, step.said["improvement_measures"]
    owner, due_on = _owner(step), step.chosen.get("improvement_due") or _usual_day(step)
    running = _running(step)
    if running is not None:
        step.brought.append(
            plans.report_again(running, by=step.actor, at=step.at, measure=measure, owner=owner, due_on=due_on)
        )
        return
    assert complaint.department is not None, "what is reported has a department"
    opening = Opening(
        source=PlanSource.COMPLAINT, title=_title(measure), measure=measure, department=complaint.department,
        owner=owner, due_on=due_on, complaint=complaint,
    )  # fmt: skip
    step.brought.append(plans.report(opening, by=step.actor, at=step.at))


def _running(step: Step[Complaint]) -> Plan | None:
    session = step.actor.office.session
    key = session.scalars(
        select(Plan.id).where(
            Plan.complaint_id == step.subject.id, Plan.state.in_((PlanState.WORKING, PlanState.DONE))
        )
    ).one_or_none()  # fmt: skip
    if key is None:
        return None
    session.flush()  # the plan is read with its case, which must not be read as it was before the report
    return Plan.locked(session, key)


def _owner(step: Step[Complaint]) -> Person | None:
    """Whom the report names; else whoever takes the head's steps, who reports it."""
    return step.chosen.get("improvement_owner") or who_takes_heads_steps(step.subject, step.actor.staff)


def _usual_day(step: Step[Complaint]) -> date:
    office = step.actor.office
    return office.calendar.day_of(step.at) + timedelta(days=figures_of(office.company).work_days)


def _title(measure: str) -> str:
    """The first line, cut to what a list can show."""
    first = measure.split("\n", 1)[0]
    return first if len(first) <= LONGEST_TITLE else first[: LONGEST_TITLE - 1] + "…"
