"""What stands in the way of a step of an improvement plan, each as a sentence that its reader understands."""

from datetime import date, timedelta

from models import Complaint, HandOver, Person, Plan, PlanMeasure, ToldBy
from workflow.plan_figures import figures_of, over_after
from workflow.plan_roles import LEAD
from workflow.process import FORBIDDEN, INVALID, MOVED_ON, N_, TOO_LATE, Objection, Step
from workflow.sight import may_see
from workflow.texts import needs

PlanStep = Step[Plan]
LONGEST_TITLE, MOST_WHYS = 120, 5
FURTHEST = timedelta(days=366)

has_no_title = needs("title", N_("Say in a few words what is to be improved."))
names_no_measure = needs("measure", N_("Name the measure: what exactly is done."))
gave_no_reason = needs("reason", N_("Give a reason; it stands in the history of the plan."))
says_not_what_was_done = needs("note", N_("Say what was done and what shows it."))
gives_no_finding = needs("note", N_("Say how you checked it and what you found."))


def title_is_too_long(step: PlanStep) -> Objection | None:
    if len(step.said.get("title") or "") <= LONGEST_TITLE:
        return None
    return Objection(INVALID, N_("At most %(most)d characters, please."), field="title", most=LONGEST_TITLE)


def names_no_owner(step: PlanStep) -> Objection | None:
    if step.chosen.get("owner") is not None:
        return None
    return Objection(INVALID, N_("Choose who is responsible."), field="owner")


def owner_is_gone(step: PlanStep) -> Objection | None:
    """Against whoever has left, or whose last day is known and comes before the work is due."""
    owner: Person | None = step.chosen.get("owner")
    if owner is None:
        return None
    if owner.has_left_at(step.at):
        return Objection(INVALID, N_("%(name)s has left the company."), field="owner", name=owner.name)
    if HandOver.leaves_at(step.actor.office.session, owner) is not None:
        return Objection(INVALID, N_("%(name)s is about to leave the company."), field="owner", name=owner.name)
    return None


def day_is_wrong(step: PlanStep) -> Objection | None:
    """A day from today on, within a year."""
    day: date | None = step.chosen.get("due_on")
    if day is None:
        return Objection(INVALID, N_("Choose a day."), field="due_on")
    today = step.actor.office.calendar.day_of(step.at)
    if day < today:
        return Objection(INVALID, N_("This day is over; choose a later one."), field="due_on")
    if day > today + FURTHEST:
        return Objection(INVALID, N_("At most a year ahead, please."), field="due_on")
    return None


def day_is_given_and_wrong(step: PlanStep) -> Objection | None:
    return day_is_wrong(step) if step.chosen.get("due_on") is not None else None


def complaint_is_missing(step: PlanStep) -> Objection | None:
    """A plan from a complaint names a case that exists for whoever opens it."""
    if step.subject.source != "complaint":
        return None
    complaint: Complaint | None = step.subject.complaint
    if complaint is not None and may_see(complaint, step.actor):
        return None
    return Objection(INVALID, N_("There is no such case; write its number like 2026-12."), field="complaint")


def names_no_cause(step: PlanStep) -> Objection | None:
    return (
        None if step.chosen.get("cause") else Objection(INVALID, N_("Choose what sort of cause it is."), field="cause")
    )


def asks_no_why(step: PlanStep) -> Objection | None:
    if step.said.get("whys"):
        return None
    return Objection(INVALID, N_("Answer at least the first why."), field="why_1")


def asks_too_often(step: PlanStep) -> Objection | None:
    whys = step.said.get("whys") or []
    if len(whys) <= MOST_WHYS and all(len(why) <= 500 for why in whys):
        return None
    return Objection(INVALID, N_("Five answers at most, of 500 characters each."), field="why_1")


def there_is_no_such_measure(step: PlanStep) -> Objection | None:
    measure: PlanMeasure | None = step.chosen.get("measure")
    if measure is None or measure.plan_id != step.subject.id:
        return Objection(INVALID, N_("Choose the measure."), field="measure")
    if measure.done_at is not None:
        return Objection(MOVED_ON, N_("This measure is recorded as done already."))
    return None


def measure_is_somebody_elses(step: PlanStep) -> Objection | None:
    """Its owner says that it is done, or whoever leads the plan."""
    measure: PlanMeasure | None = step.chosen.get("measure")
    if measure is None or step.actor.person is None or LEAD.principal(step) is not None:
        return None
    if any(principal.id == measure.owner_id for principal in step.actor.staff.principals_of(step.actor.person)):
        return None
    return Objection(FORBIDDEN, N_("This measure is for %(names)s to carry out."), names=(measure.owner.name,))


def is_not_analysed(step: PlanStep) -> Objection | None:
    if step.subject.cause is not None:
        return None
    return Objection(INVALID, N_("First find the cause (5 why); a measure without a cause is a guess."))


def something_is_left_to_do(step: PlanStep) -> Objection | None:
    left = step.subject.open_measures
    if not left:
        return None
    return Objection(INVALID, N_("%(count)d measures are not done yet."), count=len(left))


def nothing_is_new(step: PlanStep) -> Objection | None:
    """What was done before did not help: the same again will not either."""
    plan = step.subject
    if any(measure.round == plan.round for measure in plan.measures):
        return None
    if plan.round == 1:
        return Objection(INVALID, N_("Name at least one measure first."))
    return Objection(INVALID, N_("Name at least one new measure; those before did not keep the problem away."))


def returned_too_late(step: PlanStep) -> Objection | None:
    """The complaint that shows it was filed in time; without one, the act itself comes in time."""
    plan, office = step.subject, step.actor.office
    assert plan.verified_at is not None, "only what was verified can be reopened"
    days = figures_of(office.company).returns_days
    complaint: Complaint | None = step.chosen.get("complaint")
    returned_at = complaint.filed_at if complaint is not None else step.at
    if returned_at < over_after(plan.verified_at, days, office.calendar):
        return None
    sentence = N_("A plan is reopened when the problem returns within %(days)d days; open a new one.")
    return Objection(TOO_LATE, sentence, days=days)


def complaint_shows_nothing(step: PlanStep) -> Objection | None:
    """The complaint by which the problem has returned: one that exists for the actor, filed after the verification."""
    complaint: Complaint | None = step.chosen.get("complaint")
    if step.said.get("complaint") and (complaint is None or not may_see(complaint, step.actor)):
        return Objection(INVALID, N_("There is no such case; write its number like 2026-12."), field="complaint")
    if complaint is None:
        return None
    assert step.subject.verified_at is not None
    if complaint.filed_at <= step.subject.verified_at:
        return Objection(
            INVALID, N_("This complaint was filed before the plan was verified; it does not show a return."),
            field="complaint",
        )  # fmt: skip
    return None


def owner_is_the_same(step: PlanStep) -> Objection | None:
    owner: Person | None = step.chosen.get("owner")
    measure: PlanMeasure | None = step.chosen.get("measure")
    holder = measure.owner_id if measure is not None else step.subject.owner_id
    if owner is None or owner.id != holder:
        return None
    return Objection(INVALID, N_("%(name)s is responsible already."), field="owner", name=owner.name)


def customer_is_unknown(step: PlanStep) -> Objection | None:
    customer = step.chosen.get("customer")
    if customer is None or customer.plan_id != step.subject.id:
        return Objection(INVALID, N_("Choose the customer."), field="customer")
    if customer.told_on is not None:
        return Objection(MOVED_ON, N_("That this customer was told is recorded already."))
    return None


def says_not_how(step: PlanStep) -> Objection | None:
    if isinstance(step.chosen.get("how"), ToldBy):
        return None
    return Objection(INVALID, N_("Choose how the customer was told."), field="how")


def told_on_a_wrong_day(step: PlanStep) -> Objection | None:
    """Between the verification and today."""
    day: date | None = step.chosen.get("told_on")
    calendar, plan = step.actor.office.calendar, step.subject
    if day is None:
        return Objection(INVALID, N_("Choose a day."), field="told_on")
    if day > calendar.day_of(step.at):
        return Objection(INVALID, N_("This day has not come yet."), field="told_on")
    assert plan.verified_at is not None
    if day < calendar.day_of(plan.verified_at):
        return Objection(
            INVALID, N_("On this day it was not known yet whether it helped; choose a later one."), field="told_on"
        )
    return None


def adds_nothing(step: PlanStep) -> Objection | None:
    if step.said.get("note") or step.chosen.get("evidence"):
        return None
    return Objection(INVALID, N_("Write a note or add a file."), field="note")
