"""What the steps of an improvement plan do to it."""

from datetime import date, datetime

from models import Complaint, Person, Plan, PlanCustomer, PlanMeasure, PlanState
from workflow import deadline
from workflow.limit import Limit
from workflow.notice import tell
from workflow.plan_figures import end_of, figures_of
from workflow.plan_guards import PlanStep
from workflow.plan_roles import awaited, head_of

S = PlanState


def conclude(step: PlanStep) -> None:
    """Seal the event, start the clock that runs from here, tell whoever must act next and whose plan it is."""
    step.event.seal()
    start_the_clock(step)
    plan, staff = step.subject, step.actor.staff
    people = [*awaited(plan, staff), plan.owner, *step.also_concerns]
    if step.was is not plan.state:
        people += [*(measure.owner for measure in plan.measures), *head_of(plan, staff)]
    tell(step, people)


def start_the_clock(step: PlanStep) -> None:
    """A clock goes on where nothing has changed its deadline; a new one begins with the step."""
    plan = step.subject
    clock, due = _clock_of(step)
    if (clock, due) == (plan.clock, plan.due_at):
        return
    plan.clock, plan.due_at = clock, due
    plan.clock_started_at = step.at if clock else None


def _clock_of(step: PlanStep) -> tuple[str | None, datetime | None]:
    plan, office = step.subject, step.actor.office
    figures, calendar = figures_of(office.company), office.calendar
    match plan.state:
        case S.WORKING:
            return "improve", end_of(next_day_of(plan), calendar)
        case S.DONE:
            assert plan.finished_at is not None
            return "prove", deadline.after(Limit(working_days=figures.verify_days), plan.finished_at, calendar)
        case S.EFFECTIVE if plan.untold:
            assert plan.verified_at is not None
            return "tell", deadline.after(Limit(working_days=figures.tell_days), plan.verified_at, calendar)
        case _:
            return None, None


def next_day_of(plan: Plan) -> date:
    """The day of the next measure; where all are done, that of the plan."""
    return min((measure.due_on for measure in plan.open_measures), default=plan.due_on)


def add_the_measure(step: PlanStep) -> None:
    """The measure that the step names, of the present round; its day moves the end of the plan, if it is later."""
    plan, owner = step.subject, step.chosen.get("owner") or step.subject.owner
    due_on = step.chosen["due_on"]
    plan.measures.append(
        PlanMeasure(
            position=len(plan.measures) + 1, round=plan.round, what=step.said["measure"], owner=owner,
            owner_id=owner.id, due_on=due_on,
        )
    )  # fmt: skip
    plan.due_on = max(plan.due_on, due_on)
    step.event.said = {
        **step.event.said,
        "owner": owner.username,
        "owner_name": owner.name,
        "due_on": due_on.isoformat(),
    }
    step.also_concerns.append(owner)


def list_the_customer(step: PlanStep) -> None:
    """The customer of the complaint, if there is one, is to hear what was improved; each stands there once."""
    complaint: Complaint | None = step.chosen.get("complaint") or step.subject.complaint
    if complaint is None:
        return
    step.event.said = {**step.event.said, "complaint": complaint.number}
    if all(customer.complaint_id != complaint.id for customer in step.subject.customers):
        step.subject.customers.append(PlanCustomer(complaint=complaint, complaint_id=complaint.id))


def note_the_cause(step: PlanStep) -> None:
    plan, whys = step.subject, step.said["whys"]
    plan.cause, plan.whys, plan.why_1 = step.chosen["cause"], list(whys), whys[0]
    step.event.said = {**step.event.said, "cause": plan.cause.value}


def mark_as_done(step: PlanStep) -> None:
    measure: PlanMeasure = step.chosen["measure"]
    measure.done_at, measure.done_by = step.at, step.actor.person
    step.event.said = {**step.event.said, "measure": measure.position, "what": measure.what}


def report_as_done(step: PlanStep) -> None:
    plan, person = step.subject, step.actor.person
    assert person is not None
    plan.finished_at, plan.finished_by, plan.finished_by_id = step.at, person, person.id
    plan.finished_for_id = step.event.acting_for_id


def note_that_it_helped(step: PlanStep) -> None:
    plan, person = step.subject, step.actor.person
    assert person is not None
    plan.verified_at, plan.verified_by, plan.verified_by_id = step.at, person, person.id


def begin_again(step: PlanStep) -> None:
    """Back to work with a new day: what was done before stays as it was done, and something new is needed."""
    plan = step.subject
    plan.finished_at = plan.finished_by = plan.finished_by_id = plan.finished_for_id = None
    plan.verified_at = plan.verified_by = plan.verified_by_id = None
    plan.round += 1
    plan.due_on = step.chosen["due_on"]
    step.event.said = {**step.event.said, "due_on": plan.due_on.isoformat()}


def give_to(step: PlanStep) -> None:
    """The plan, or one measure of it, is somebody else's from now on; both are told."""
    to: Person = step.chosen["owner"]
    measure: PlanMeasure | None = step.chosen.get("measure")
    before = measure.owner if measure is not None else step.subject.owner
    if measure is not None:
        measure.owner, measure.owner_id = to, to.id
    else:
        step.subject.owner, step.subject.owner_id = to, to.id
    step.event.said = {
        **step.event.said, "from": before.username, "from_name": before.name, "owner": to.username,
        "owner_name": to.name, **({"measure": measure.position, "what": measure.what} if measure is not None else {}),
    }  # fmt: skip
    step.also_concerns += [before, to]


def move_the_day(step: PlanStep) -> None:
    """The day of the plan, with the measures that were due on it, or of one measure; both days stand in the history."""
    day, plan = step.chosen["due_on"], step.subject
    measure: PlanMeasure | None = step.chosen.get("measure")
    old = measure.due_on if measure is not None else plan.due_on
    if measure is not None:
        measure.due_on = day
        plan.due_on = max(plan.due_on, day)
        step.event.said = {**step.event.said, "measure": measure.position, "what": measure.what}
        step.also_concerns.append(measure.owner)
    else:
        for each in plan.open_measures:
            if each.due_on == old:
                each.due_on = day
        plan.due_on = day
    step.event.said = {**step.event.said, "was_due_on": old.isoformat(), "due_on": day.isoformat()}


def note_that_they_were_told(step: PlanStep) -> None:
    customer: PlanCustomer = step.chosen["customer"]
    customer.told_on, customer.told_how = step.chosen["told_on"], step.chosen["how"]
    customer.told_words, customer.told_by, customer.recorded_at = step.said.get("note"), step.actor.person, step.at
    step.event.said = {
        **step.event.said, "complaint": customer.complaint.number, "how": customer.told_how.value,
        "told_on": customer.told_on.isoformat(),
    }  # fmt: skip
