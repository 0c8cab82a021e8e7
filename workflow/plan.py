"""Improvement plans (改善措施): the rules as a table, and the verbs that callers use.

A plan comes from a complaint's report (CS-5), or is opened for a survey, an inspection or an assessment (EVAL-1,
STAFF-1). Its cause is found, its measures are carried out, somebody else says whether it helped, and the customers
hear of it. Nothing happens to a plan but through these verbs.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from models import (
    Category,
    Cause,
    Complaint,
    Department,
    Person,
    Plan,
    PlanCustomer,
    PlanMeasure,
    PlanSource,
    PlanState,
    ToldBy,
)
from workflow.complaint_effects import add_evidence
from workflow.evidence import Evidence
from workflow.plan_effects import (
    add_the_measure,
    begin_again,
    conclude,
    give_to,
    list_the_customer,
    mark_as_done,
    move_the_day,
    note_that_it_helped,
    note_that_they_were_told,
    note_the_cause,
    report_as_done,
)
from workflow.plan_guards import (
    adds_nothing,
    asks_no_why,
    asks_too_often,
    complaint_is_missing,
    complaint_shows_nothing,
    customer_is_unknown,
    day_is_wrong,
    gave_no_reason,
    gives_no_finding,
    has_no_title,
    is_not_analysed,
    measure_is_somebody_elses,
    names_no_cause,
    names_no_measure,
    names_no_owner,
    nothing_is_new,
    owner_is_gone,
    owner_is_the_same,
    returned_too_late,
    says_not_how,
    says_not_what_was_done,
    something_is_left_to_do,
    there_is_no_such_measure,
    title_is_too_long,
    told_on_a_wrong_day,
)
from workflow.plan_roles import CLOCK, CONCERNED, KEEPER, LEAD, REPORTER, TELLER, VERIFIER, WORKER, require_sight
from workflow.process import Objection, Process, Rule, Step
from workflow.record import record_event
from workflow.regulation import CS_MANAGEMENT
from workflow.roles import Actor
from workflow.texts import clean, says_too_much, spoken

S = PlanState
CASE_SERIES = "plan_case"


def measure_is_chosen(step: Step[Plan]) -> bool:
    return step.chosen.get("measure") is not None


def chosen_measure_is_wrong(step: Step[Plan]) -> Objection | None:
    """Giving away and moving the day may be of the whole plan."""
    return there_is_no_such_measure(step) if measure_is_chosen(step) else None


def is_by_somebody(step: Step[Plan]) -> bool:
    return not step.actor.is_system


def is_by_the_clock(step: Step[Plan]) -> bool:
    return step.actor.is_system


PLAN: Process[Plan] = Process("plan", PlanState, [
    Rule("CS-5", "report", source=(), dest=S.WORKING, by=REPORTER,
         then=(add_the_measure, list_the_customer), letter=""),
    Rule("EVAL-1", "open", source=(), dest=S.WORKING, by=KEEPER,
         unless=(has_no_title, title_is_too_long, complaint_is_missing, names_no_measure, names_no_owner,
                 owner_is_gone, day_is_wrong),
         then=(add_the_measure, list_the_customer), letter=""),
    Rule("CS-5", "report_again", source=(S.WORKING, S.DONE), dest=S.WORKING, by=REPORTER,
         then=(begin_again, add_the_measure), letter=""),
    Rule("EVAL-1", "analyse", source=(S.WORKING,), dest=None, by=LEAD,
         unless=(names_no_cause, asks_no_why, asks_too_often),
         then=(note_the_cause,), letter=""),
    Rule("EVAL-1", "add_measure", source=(S.WORKING,), dest=None, by=LEAD,
         unless=(names_no_measure, names_no_owner, owner_is_gone, day_is_wrong),
         then=(add_the_measure,), letter=""),
    Rule("EVAL-1", "carry_out", source=(S.WORKING,), dest=None, by=WORKER,
         unless=(there_is_no_such_measure, measure_is_somebody_elses, says_not_what_was_done),
         then=(mark_as_done, add_evidence), letter=""),
    Rule("EVAL-1", "finish", source=(S.WORKING,), dest=S.DONE, by=LEAD,
         unless=(is_not_analysed, nothing_is_new, something_is_left_to_do, says_not_what_was_done),
         then=(report_as_done, add_evidence), letter=""),
    Rule("EVAL-1", "confirm", source=(S.DONE,), dest=S.EFFECTIVE, by=VERIFIER,
         unless=(gives_no_finding,),
         then=(note_that_it_helped, add_evidence), letter=""),
    Rule("EVAL-1", "reject", source=(S.DONE,), dest=S.WORKING, by=VERIFIER,
         unless=(gave_no_reason, day_is_wrong),
         then=(begin_again, add_evidence), letter=""),
    Rule("EVAL-1", "reopen", source=(S.EFFECTIVE,), dest=S.WORKING, by=KEEPER,
         unless=(gave_no_reason, complaint_shows_nothing, returned_too_late, day_is_wrong),
         then=(begin_again, list_the_customer), letter=""),
    Rule("EVAL-1", "tell", source=(S.EFFECTIVE,), dest=None, by=TELLER,
         unless=(customer_is_unknown, says_not_how, told_on_a_wrong_day),
         then=(note_that_they_were_told,), letter=""),
    Rule("EVAL-1", "note", source=(S.WORKING, S.DONE), dest=None, by=CONCERNED,
         unless=(adds_nothing,),
         then=(add_evidence,), letter=""),
    Rule("EVAL-1", "postpone", source=(S.WORKING,), dest=None, by=KEEPER,
         unless=(chosen_measure_is_wrong, gave_no_reason, day_is_wrong),
         then=(move_the_day,), letter=""),
    Rule("EVAL-1", "hand_over", source=(S.WORKING, S.DONE), dest=None, by=KEEPER, when=is_by_somebody,
         unless=(chosen_measure_is_wrong, gave_no_reason, names_no_owner, owner_is_gone, owner_is_the_same),
         then=(give_to,), letter=""),
    Rule("EVAL-1", "hand_over", source=(S.WORKING, S.DONE), dest=None, by=CLOCK, when=is_by_the_clock,
         unless=(chosen_measure_is_wrong, names_no_owner, owner_is_the_same),
         then=(give_to,), letter=""),
    Rule("EVAL-1", "drop", source=(S.WORKING,), dest=S.DROPPED, by=VERIFIER,
         unless=(gave_no_reason,), letter=""),
], unless=(says_too_much,), record=record_event, conclude=conclude)  # fmt: skip

REPORT, OPEN = PLAN.rule_named("report"), PLAN.rule_named("open")


@dataclass(frozen=True)
class Opening:
    """A plan as somebody opens it: what found the weakness, what it is, and the first measure."""

    source: PlanSource
    title: str | None
    measure: str | None
    department: Department
    owner: Person | None
    due_on: date | None
    description: str | None = None
    source_ref: str | None = None
    complaint: Complaint | None = None
    category: Category | None = None


def open_plan(opening: Opening, *, by: Actor, at: datetime) -> Step[Plan]:
    """EVAL-1, STAFF-1: a plan for a survey, an inspection, an assessment or a complaint; it is added to the session."""
    return _open(OPEN, opening, by, at)


def report(opening: Opening, *, by: Actor, at: datetime) -> Step[Plan]:
    """CS-5: what a report says of improvement measures becomes a plan; who may report the case may open it."""
    return _open(REPORT, opening, by, at)


def _open(rule: Rule[Plan], opening: Opening, by: Actor, at: datetime) -> Step[Plan]:
    said = {"title": opening.title, "measure": opening.measure, "description": opening.description,
            "source": opening.source.value, "source_ref": opening.source_ref}  # fmt: skip
    chosen = {"owner": opening.owner, "due_on": opening.due_on}
    step = PLAN.open(rule, Step(_plan_from(opening, by, at), by, at, said=spoken(said), chosen=chosen))
    by.office.session.add(step.subject)
    return step


def _plan_from(opening: Opening, by: Actor, at: datetime) -> Plan:
    """A new plan with its number, under the regulation in force; its state comes with the step."""
    office, complaint, owner = by.office, opening.complaint, opening.owner
    version = office.regulation_in_force(CS_MANAGEMENT, at)
    year, seq = office.next_number(CASE_SERIES, at)
    return Plan(
        year=year, seq=seq, source=opening.source, source_ref=clean(opening.source_ref), complaint=complaint,
        complaint_id=complaint.id if complaint else None,
        category=complaint.category if complaint else opening.category,
        department=opening.department, department_id=opening.department.id, title=clean(opening.title) or "",
        description=clean(opening.description), owner=owner, owner_id=owner.id if owner else None,
        due_on=opening.due_on, round=1, whys=[], opened_at=at, opened_by=by.person,
        regulation_version=version, regulation_version_id=version.id, measures=[], customers=[], events=[],
        attachments=[],
    )  # fmt: skip


def report_again(
    plan: Plan, *, by: Actor, at: datetime, measure: str | None, owner: Person | None, due_on: date
) -> Step[Plan]:
    """CS-5: the case was returned and is reported once more; its plan goes on with one more measure."""
    return _take("report_again", plan, by, at, {"measure": measure}, {"owner": owner, "due_on": due_on})


def analyse(plan: Plan, *, by: Actor, at: datetime, cause: Cause | None, whys: Sequence[str | None]) -> Step[Plan]:
    """EVAL-1: what sort of cause it is, and up to five answers to why, each to the one before."""
    found = [answer for why in whys if (answer := clean(why)) is not None]
    return _take("analyse", plan, by, at, {"whys": found}, {"cause": cause})


def add_measure(
    plan: Plan, *, by: Actor, at: datetime, measure: str | None, owner: Person | None, due_on: date | None
) -> Step[Plan]:
    """EVAL-1: one more thing to be done, by whom, by when."""
    return _take("add_measure", plan, by, at, {"measure": measure}, {"owner": owner, "due_on": due_on})


def carry_out(
    plan: Plan, *, by: Actor, at: datetime, measure: PlanMeasure | None, note: str | None,
    evidence: Sequence[Evidence] = (),
) -> Step[Plan]:  # fmt: skip
    """EVAL-1: a measure is done; its owner says so, or whoever leads the plan."""
    return _take("carry_out", plan, by, at, {"note": note}, {"measure": measure, "evidence": evidence})


def finish(plan: Plan, *, by: Actor, at: datetime, note: str | None, evidence: Sequence[Evidence] = ()) -> Step[Plan]:
    """EVAL-1: everything is done; somebody else verifies now whether it helped."""
    return _take("finish", plan, by, at, {"note": note}, {"evidence": evidence})


def confirm(plan: Plan, *, by: Actor, at: datetime, note: str | None, evidence: Sequence[Evidence] = ()) -> Step[Plan]:
    """EVAL-1: verified: it helped."""
    return _take("confirm", plan, by, at, {"note": note}, {"evidence": evidence})


def reject(
    plan: Plan, *, by: Actor, at: datetime, reason: str | None, due_on: date | None, evidence: Sequence[Evidence] = ()
) -> Step[Plan]:
    """EVAL-1: verified: it did not help; back to work, with a new day."""
    return _take("reject", plan, by, at, {"reason": reason}, {"due_on": due_on, "evidence": evidence})


def reopen(
    plan: Plan, *, by: Actor, at: datetime, reason: str | None, due_on: date | None,
    complaint: Complaint | None = None, number: str | None = None,
) -> Step[Plan]:  # fmt: skip
    """EVAL-1: the problem has returned in the time that the company watches it, as by this complaint."""
    said = {"reason": reason, "complaint": complaint.number if complaint is not None else number}
    return _take("reopen", plan, by, at, said, {"due_on": due_on, "complaint": complaint})


def tell(
    plan: Plan, *, by: Actor, at: datetime, customer: PlanCustomer | None, how: ToldBy | None, told_on: date | None,
    note: str | None = None,
) -> Step[Plan]:  # fmt: skip
    """EVAL-1, SVY-1: the customer has heard what was improved, or did not wish to; recorded once."""
    chosen = {"customer": customer, "how": how, "told_on": told_on}
    return _take("tell", plan, by, at, {"note": note}, chosen)


def note(plan: Plan, *, by: Actor, at: datetime, note: str | None, evidence: Sequence[Evidence] = ()) -> Step[Plan]:
    """How it goes, or a proof: everybody concerned adds to the history."""
    return _take("note", plan, by, at, {"note": note}, {"evidence": evidence})


def postpone(
    plan: Plan, *, by: Actor, at: datetime, reason: str | None, due_on: date | None,
    measure: PlanMeasure | None = None,
) -> Step[Plan]:  # fmt: skip
    """EVAL-1: another day for a measure, or for the whole plan; never by its owner alone."""
    return _take("postpone", plan, by, at, {"reason": reason}, {"due_on": due_on, "measure": measure})


def hand_over(
    plan: Plan, *, by: Actor, at: datetime, reason: str | None, owner: Person | None,
    measure: PlanMeasure | None = None,
) -> Step[Plan]:  # fmt: skip
    """LIFE-3: the plan, or one measure of it, finds a new owner."""
    return _take("hand_over", plan, by, at, {"reason": reason}, {"owner": owner, "measure": measure})


def drop(plan: Plan, *, by: Actor, at: datetime, reason: str | None) -> Step[Plan]:
    """EVAL-1: the plan is not pursued; who owns a part of it does not say so."""
    return _take("drop", plan, by, at, {"reason": reason}, {})


VERBS: dict[str, Callable[..., Step[Plan]]] = {
    "analyse": analyse, "add_measure": add_measure, "carry_out": carry_out, "finish": finish, "confirm": confirm,
    "reject": reject, "reopen": reopen, "tell": tell, "note": note, "postpone": postpone, "hand_over": hand_over,
    "drop": drop,
}  # fmt: skip


def _take(name: str, plan: Plan, by: Actor, at: datetime, said: dict[str, Any], chosen: dict[str, Any]) -> Step[Plan]:
    """Whoever may not see the plan hears nothing else of it."""
    require_sight(plan, by)
    return PLAN.take(name, Step(plan, by, at, said=spoken(said), chosen=chosen))
