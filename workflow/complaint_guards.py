"""What stands in the way of a complaint's steps, each as a sentence that the reader understands.

Guards read and never write.
"""

from datetime import datetime
from typing import Any

import privacy
from models import Complaint, Department, Person
from workflow import deadline
from workflow.process import FORBIDDEN, INVALID, N_, TOO_LATE, Objection, Step
from workflow.regulation import pack_of
from workflow.roles import DEPARTMENT_HEAD, RESPONDENT, general_manager_or_deputy
from workflow.texts import needs

CaseStep = Step[Complaint]
MAX_FEN = 100_000_000  # one million yuan; more is a slip of the finger


names_no_customer = needs("customer_name", N_("Give the customer's name."))
describes_nothing = needs("description", N_("Write down what the customer says."))
gave_no_grounds = needs("grounds", N_("State the grounds of the appeal; they are printed in the appeal form."))
gave_no_reason = needs("reason", N_("Give a reason; it is printed in the letter."))
names_no_measures = needs("measures_taken", N_("Say what was done for the customer."))
states_no_result = needs("result", N_("State the result."))
names_no_improvement = needs("improvement_measures", N_("State the improvement measures (CS-5)."))
gave_no_words = needs("note", N_("Write down what the customer said."))


def is_by_the_respondent(step: CaseStep) -> bool:
    return RESPONDENT.principal(step) is not None


def is_by_someone_else(step: CaseStep) -> bool:
    return not is_by_the_respondent(step)


def nobody_is_left_to_rule(step: CaseStep) -> Objection | None:
    """Whoever appeals cannot rule; without a deputy the GM's own appeal would never be heard."""
    appellants = (DEPARTMENT_HEAD.principal(step), step.actor.person)
    parties = (step.subject.respondent_id, *(person.id for person in appellants if person is not None))
    if general_manager_or_deputy(step.actor.staff, not_among=parties) is not None:
        return None
    return Objection(
        FORBIDDEN, N_("If you appeal, nobody is left to rule; the administrator has to name another deputy first.")
    )


def names_themselves(step: CaseStep) -> Objection | None:
    respondent = _new_respondent(step)
    if respondent is None or step.actor.person is None or respondent.id != step.actor.person.id:
        return None
    return Objection(
        FORBIDDEN, N_("Nobody decides their own case; a colleague has to take this step."), field="respondent"
    )


def _new_respondent(step: CaseStep) -> Person | None:
    respondent: Person | None = step.chosen.get("respondent")
    return respondent


def respondent_after(step: CaseStep) -> Person | None:
    return _new_respondent(step) or step.subject.respondent


def department_after(step: CaseStep) -> Department | None:
    """The department named in the step, else that of a newly named respondent, else the present one."""
    chosen: Department | None = step.chosen.get("department")
    if chosen is not None:
        return chosen
    if (respondent := _new_respondent(step)) is not None:
        post = respondent.posting_at(step.at)
        return post.department if post else None
    return step.subject.department


def department_is_missing(step: CaseStep) -> Objection | None:
    if department_after(step) is not None:
        return None
    return Objection(INVALID, N_("Name the department that has to answer."), field="department")


def respondent_has_left(step: CaseStep) -> Objection | None:
    respondent = _new_respondent(step)
    if respondent is None or not respondent.has_left_at(step.at):
        return None
    return Objection(INVALID, N_("%(name)s has left the company."), field="respondent", name=respondent.name)


def respondent_is_elsewhere(step: CaseStep) -> Objection | None:
    """CS-2: the form goes to the head of the department of the person concerned. Nobody who is named
    in this step is asked where they work today: a case keeps what was true on its day."""
    if not (step.chosen.get("respondent") or step.chosen.get("department")):
        return None
    respondent, department = respondent_after(step), department_after(step)
    post = respondent.posting_at(step.at) if respondent is not None else None
    if post is None or department is None or post.department_id == department.id:
        return None
    assert respondent is not None
    return Objection(
        INVALID, N_("%(name)s does not work in this department."), field="respondent", name=respondent.name
    )


def occurred_in_the_future(step: CaseStep) -> Objection | None:
    day = step.chosen.get("occurred_on")
    if day is None or day <= step.actor.office.calendar.day_of(step.at):
        return None
    return Objection(INVALID, N_("This day has not come yet."), field="occurred_on")


def changes_nothing(step: CaseStep) -> Objection | None:
    complaint, chosen = step.subject, step.chosen
    severity = chosen.get("severity") or complaint.severity
    respondent, department = respondent_after(step), department_after(step)
    if (
        severity is not complaint.severity
        or (respondent.id if respondent else None) != complaint.respondent_id
        or (department.id if department else None) != complaint.department_id
    ):
        return None
    return Objection(
        INVALID, N_("Choose another severity, respondent or department; otherwise dismiss the appeal."),
        field="severity",
    )  # fmt: skip


def completed_in_the_future(step: CaseStep) -> Objection | None:
    if _completed_at(step) <= step.at:
        return None
    return Objection(INVALID, N_("This moment has not come yet."), field="completed_at")


def completed_before_handling(step: CaseStep) -> Objection | None:
    since = step.subject.handling_since
    # Pages and files tell a moment to the minute: the one in which handling began is not before it.
    if since is None or _completed_at(step) >= since.replace(second=0, microsecond=0):
        return None
    return Objection(
        INVALID, N_("Handling did not begin before %(since)s; it cannot have been complete earlier."),
        field="completed_at", since=since,
    )  # fmt: skip


def _completed_at(step: CaseStep) -> datetime:
    moment: datetime = step.chosen.get("completed_at") or step.at
    return moment


def rework_cost_is_out_of_range(step: CaseStep) -> Objection | None:
    cost = step.said.get("rework_cost")
    if cost is None or 0 <= cost <= MAX_FEN:
        return None
    return Objection(INVALID, N_("The rework cost must lie between 0 and 1,000,000 yuan."), field="rework_cost")


def improvement_owner_has_left(step: CaseStep) -> Objection | None:
    owner: Person | None = step.chosen.get("improvement_owner")
    if owner is None or not owner.has_left_at(step.at):
        return None
    return Objection(INVALID, N_("%(name)s has left the company."), field="improvement_owner", name=owner.name)


def satisfaction_is_not_1_to_5(step: CaseStep) -> Objection | None:
    value: Any = step.said.get("satisfaction")
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 5:
        return None
    return Objection(INVALID, N_("Ask the customer for a satisfaction from 1 to 5."), field="satisfaction")


def answer_names_what_it_must_not(step: CaseStep) -> Objection | None:
    """The customer's letter never mentions who was or was not punished."""
    answer = step.said.get("answer_to_customer")
    if not answer or (word := unfit_for_customers(answer, step.subject)) is None:
        return None
    return Objection(
        INVALID, N_("The letter to the customer must not contain “%(word)s”."), field="answer_to_customer", word=word
    )


def unfit_for_customers(text: str, complaint: Complaint) -> str | None:
    """The first word of `text` that has no place in a letter to the customer, or None."""
    for name in respondents_of(complaint):
        if found := privacy.colleague(name).search(text):
            return found[0]
    return privacy.unfit_for_customers(text)


def respondents_of(complaint: Complaint) -> list[str]:
    """The names of whoever is or was the respondent, the present one first."""
    changes = [event.said["change"] for event in complaint.events if event.said.get("change")]
    former = [change["respondent"][0]["name"] for change in changes if change["respondent"] and change["respondent"][0]]
    return [*([complaint.respondent.name] if complaint.respondent is not None else []), *former]


def reopening_period_is_over(step: CaseStep) -> Objection | None:
    resolved_at = step.subject.resolved_at
    if resolved_at is None:
        return None
    pack = pack_of(step.subject.regulation_version)
    last = deadline.after(pack.limit("reopening"), resolved_at, step.actor.office.calendar)
    if step.at <= last:
        return None
    return Objection(
        TOO_LATE, N_("This case could be reopened until %(until)s; file a new complaint instead."), until=last
    )
