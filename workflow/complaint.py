"""The complaint (客诉): its rules as a table, and the verbs that callers use.

Nothing happens to a complaint but through these verbs. Guards are in `complaint_guards`,
effects in `complaint_effects`; points, limits and texts come from the pack `cs-management`.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from models import AppealedAs, Complaint, ComplaintState, Department, Person, Severity
from workflow import deadline, repeats
from workflow.complaint_effects import (
    add_evidence,
    appeal_is_over,
    as_newly_assigned,
    charge_lateness,
    close_as_resolved,
    come_to_handling,
    conclude,
    confirm_points,
    find_violation,
    note_change,
    note_rework_cost,
    note_the_appellant,
    open_again,
    provisionally,
    recall_from_ruling,
    record_completion,
    record_event,
    reverse_every_entry,
    reverse_the_forms_points,
    send_to_department,
    void_the_form,
    when_handling_was_complete,
)
from workflow.complaint_guards import (
    answer_names_what_it_must_not,
    changes_nothing,
    completed_before_handling,
    completed_in_the_future,
    department_is_missing,
    describes_nothing,
    gave_no_grounds,
    gave_no_reason,
    gave_no_words,
    improvement_owner_has_left,
    is_by_someone_else,
    is_by_the_respondent,
    names_no_customer,
    names_no_improvement,
    names_no_measures,
    names_themselves,
    nobody_is_left_to_rule,
    occurred_in_the_future,
    reopening_period_is_over,
    respondent_has_left,
    respondent_is_elsewhere,
    rework_cost_is_out_of_range,
    satisfaction_is_not_1_to_5,
    says_too_much,
    states_no_result,
)
from workflow.evidence import Evidence
from workflow.filing import Filing, complaint_from
from workflow.process import Process, Rule, Step
from workflow.regulation import requires
from workflow.roles import CUSTOMER_RELATIONS, DEPARTMENT_HEAD, GENERAL_MANAGER, RESPONDENT, SYSTEM, Actor
from workflow.texts import spoken

S = ComplaintState

COMPLAINT: Process[Complaint] = Process("complaint", ComplaintState, [
    Rule("CS-2", "file", source=(), dest=S.FILED, by=CUSTOMER_RELATIONS,
         unless=(names_no_customer, describes_nothing, occurred_in_the_future,
                 respondent_has_left, respondent_is_elsewhere),
         then=(add_evidence,),
         letter="complaint_record", clock="assign"),
    Rule("CS-2", "assign", source=(S.FILED,), dest=S.ASSIGNED, by=CUSTOMER_RELATIONS,
         unless=(department_is_missing, names_themselves, respondent_has_left, respondent_is_elsewhere),
         then=(send_to_department,),
         points=provisionally, letter="complaint_form", clock="answer"),
    Rule("CS-5", "accept", source=(S.ASSIGNED,), dest=S.HANDLING, by=DEPARTMENT_HEAD,
         then=(come_to_handling, find_violation, confirm_points),
         letter="acceptance_notice", clock="complete"),
    Rule("CS-5", "lapse", source=(S.ASSIGNED,), dest=S.HANDLING, by=SYSTEM,
         then=(come_to_handling, confirm_points),
         letter="lapse_notice", clock="complete"),
    Rule("CS-3", "appeal", source=(S.ASSIGNED,), dest=S.APPEALED, by=RESPONDENT,
         when=is_by_the_respondent,
         unless=(gave_no_grounds,),
         then=(note_the_appellant(AppealedAs.RESPONDENT), add_evidence),
         letter="appeal_form", clock="endorse"),
    Rule("CS-3", "appeal", source=(S.ASSIGNED,), dest=S.RULING, by=DEPARTMENT_HEAD,
         when=is_by_someone_else,
         unless=(gave_no_grounds, nobody_is_left_to_rule),
         then=(note_the_appellant(AppealedAs.DEPARTMENT_HEAD), add_evidence),
         letter="appeal_form", clock="rule"),
    Rule("CS-3", "retract", source=(S.APPEALED,), dest=S.ASSIGNED, by=RESPONDENT,
         then=(appeal_is_over,),
         letter="appeal_retraction", clock="answer"),
    Rule("CS-3", "endorse", source=(S.APPEALED,), dest=S.RULING, by=DEPARTMENT_HEAD,
         letter="appeal_submission", clock="rule"),
    Rule("CS-3", "decline", source=(S.APPEALED,), dest=S.HANDLING, by=DEPARTMENT_HEAD,
         unless=(gave_no_reason,),
         then=(appeal_is_over, come_to_handling, confirm_points),
         letter="appeal_declined_notice", clock="complete"),
    Rule("CS-3", "remand", source=(S.RULING,), dest=S.ASSIGNED, by=GENERAL_MANAGER,
         unless=(gave_no_reason,),
         then=(appeal_is_over,),
         letter="remand_notice", clock="answer"),
    Rule("CS-4", "uphold", source=(S.RULING,), dest=S.VOIDED, by=GENERAL_MANAGER,
         unless=(gave_no_reason,),
         then=(appeal_is_over, void_the_form, reverse_every_entry),
         letter="void_certificate", clock="follow_up"),
    Rule("CS-3", "dismiss", source=(S.RULING,), dest=S.HANDLING, by=GENERAL_MANAGER,
         unless=(gave_no_reason,),
         then=(appeal_is_over, come_to_handling, find_violation, confirm_points),
         letter="ruling_letter", clock="complete"),
    Rule("CS-3", "vary", source=(S.RULING,), dest=S.HANDLING, by=GENERAL_MANAGER,
         unless=(gave_no_reason, changes_nothing, names_themselves, respondent_has_left),
         then=(appeal_is_over, reverse_the_forms_points, note_change, come_to_handling, find_violation),
         points=as_newly_assigned, letter="varied_ruling_letter", clock="complete"),
    Rule("CS-5", "complete", source=(S.HANDLING,), dest=S.HANDLED, by=DEPARTMENT_HEAD,
         unless=(names_no_measures, completed_in_the_future, completed_before_handling, rework_cost_is_out_of_range),
         then=(record_completion, note_rework_cost, charge_lateness, add_evidence),
         letter="completion_record", clock="report", clock_from=when_handling_was_complete),
    Rule("CS-5", "report", source=(S.HANDLED,), dest=S.REPORTED, by=DEPARTMENT_HEAD,
         unless=(states_no_result, names_no_improvement, improvement_owner_has_left),
         then=(charge_lateness, add_evidence),
         letter="result_report", clock="verify"),
    Rule("CS-6", "return", source=(S.REPORTED,), dest=S.HANDLING, by=CUSTOMER_RELATIONS,
         unless=(gave_no_reason,),
         then=(come_to_handling,),
         letter="return_notice", clock="complete"),
    Rule("CS-6", "verify", source=(S.REPORTED,), dest=S.RESOLVED, by=CUSTOMER_RELATIONS,
         unless=(satisfaction_is_not_1_to_5, answer_names_what_it_must_not),
         then=(close_as_resolved,),
         letter="resolution_letter", clock="follow_up"),
    Rule("CS-6", "follow_up", source=(S.RESOLVED, S.VOIDED), dest=None, by=CUSTOMER_RELATIONS,
         unless=(gave_no_words,),
         letter="follow_up_record"),
    Rule("CS-6", "withdraw", source=(S.FILED, S.ASSIGNED, S.APPEALED, S.RULING, S.HANDLING), dest=S.WITHDRAWN,
         by=CUSTOMER_RELATIONS,
         unless=(gave_no_reason,),
         then=(recall_from_ruling, appeal_is_over, reverse_every_entry),
         letter="withdrawal_notice"),
    Rule("CS-6", "reopen", source=(S.RESOLVED,), dest=S.ASSIGNED, by=CUSTOMER_RELATIONS,
         unless=(gave_no_reason, reopening_period_is_over),
         then=(open_again,),
         letter="reopening_notice", clock="answer"),
], unless=(says_too_much,), record=record_event, conclude=conclude)  # fmt: skip

FILE = COMPLAINT.rule_named("file")
requires("complaint", prices=COMPLAINT.actions, late=COMPLAINT.actions_that(charge_lateness), limits=deadline.LIMITS)


def file(filing: Filing, *, by: Actor, at: datetime) -> Step[Complaint]:
    """CS-2: customer relations registers a complaint; `step.subject` is new and not yet in a session."""
    said = filing.said() | repeats.said(filing.customer_phone, filing.vehicle, by=by, at=at)
    return COMPLAINT.open(FILE, Step(complaint_from(filing, by, at), by, at, said=said, chosen=filing.chosen()))


def assign(
    complaint: Complaint, *, by: Actor, at: datetime, department: Department | None = None,
    respondent: Person | None = None, note: str | None = None,
) -> Step[Complaint]:  # fmt: skip
    """CS-2: the complaint form goes to the head of the department concerned."""
    chosen = {"department": department, "respondent": respondent}
    return _take("assign", complaint, by, at, said={"note": note}, chosen=chosen)


def accept(
    complaint: Complaint, *, by: Actor, at: datetime, violation: bool | None = None, note: str | None = None
) -> Step[Complaint]:
    """CS-5: the head takes the complaint without objection; provisional points become final."""
    return _take("accept", complaint, by, at, said={"violation": violation, "note": note})


def lapse(complaint: Complaint, *, by: Actor, at: datetime) -> Step[Complaint]:
    """CS-5: nobody answered in time, which counts as acceptance; `at` is the deadline's moment."""
    return _take("lapse", complaint, by, at)


def appeal(
    complaint: Complaint, *, by: Actor, at: datetime, grounds: str | None, evidence: Sequence[Evidence] = ()
) -> Step[Complaint]:
    """CS-3: the respondent objects through the head, or the head objects to the GM."""
    return _take("appeal", complaint, by, at, said={"grounds": grounds}, chosen={"evidence": evidence})


def retract(complaint: Complaint, *, by: Actor, at: datetime) -> Step[Complaint]:
    """CS-3: the respondent takes the appeal back before the head has acted."""
    return _take("retract", complaint, by, at)


def endorse(complaint: Complaint, *, by: Actor, at: datetime, opinion: str | None = None) -> Step[Complaint]:
    """CS-3: the head submits the appeal to the general manager."""
    return _take("endorse", complaint, by, at, said={"opinion": opinion})


def decline(complaint: Complaint, *, by: Actor, at: datetime, reason: str | None) -> Step[Complaint]:
    """CS-3: the head does not submit the appeal; the complaint is handled."""
    return _take("decline", complaint, by, at, said={"reason": reason})


def remand(complaint: Complaint, *, by: Actor, at: datetime, reason: str | None) -> Step[Complaint]:
    """CS-3: the GM sends the case back for what is missing."""
    return _take("remand", complaint, by, at, said={"reason": reason})


def uphold(complaint: Complaint, *, by: Actor, at: datetime, reason: str | None) -> Step[Complaint]:
    """CS-4: the GM finds for the appellant; the complaint form is void from the start."""
    return _take("uphold", complaint, by, at, said={"reason": reason})


def dismiss(
    complaint: Complaint, *, by: Actor, at: datetime, reason: str | None, violation: bool | None = None
) -> Step[Complaint]:
    """CS-3: the appeal fails; the complaint is handled at once (CS-5)."""
    return _take("dismiss", complaint, by, at, said={"reason": reason, "violation": violation})


def vary(
    complaint: Complaint, *, by: Actor, at: datetime, reason: str | None, severity: Severity | None = None,
    respondent: Person | None = None, department: Department | None = None, violation: bool | None = None,
) -> Step[Complaint]:  # fmt: skip
    """CS-3: the GM keeps the complaint with another severity, respondent or department."""
    said = {"reason": reason, "violation": violation}
    chosen = {"severity": severity, "respondent": respondent, "department": department}
    return _take("vary", complaint, by, at, said=said, chosen=chosen)


def complete(
    complaint: Complaint, *, by: Actor, at: datetime, measures_taken: str | None,
    completed_at: datetime | None = None, rework_cost: int | None = None, evidence: Sequence[Evidence] = (),
) -> Step[Complaint]:  # fmt: skip
    """CS-5: handling is complete; `rework_cost` in fen. The day for the report begins."""
    said = {"measures_taken": measures_taken, "rework_cost": rework_cost}
    chosen = {"completed_at": completed_at or at, "evidence": evidence}
    return _take("complete", complaint, by, at, said=said, chosen=chosen)


def report(
    complaint: Complaint, *, by: Actor, at: datetime, result: str | None, improvement_measures: str | None,
    improvement_owner: Person | None = None, improvement_due: date | None = None, evidence: Sequence[Evidence] = (),
) -> Step[Complaint]:  # fmt: skip
    """CS-5: result and improvement measures go back to customer relations."""
    said = {
        "result": result,
        "improvement_measures": improvement_measures,
        "improvement_owner": improvement_owner.name if improvement_owner else None,
        "improvement_due": improvement_due.isoformat() if improvement_due else None,
    }
    chosen = {"improvement_owner": improvement_owner, "evidence": evidence}
    return _take("report", complaint, by, at, said=said, chosen=chosen)


def return_(complaint: Complaint, *, by: Actor, at: datetime, reason: str | None) -> Step[Complaint]:
    """CS-6: customer relations does not accept the result."""
    return _take("return", complaint, by, at, said={"reason": reason})


def verify(
    complaint: Complaint, *, by: Actor, at: datetime, satisfaction: int | None, note: str | None = None,
    answer_to_customer: str | None = None,
) -> Step[Complaint]:  # fmt: skip
    """CS-6: customer relations verifies the result and closes; the customer gets a letter."""
    said = {"satisfaction": satisfaction, "note": note, "answer_to_customer": answer_to_customer}
    return _take("verify", complaint, by, at, said=said)


def follow_up(complaint: Complaint, *, by: Actor, at: datetime, note: str | None) -> Step[Complaint]:
    """CS-6: the follow-up contact that keeps the relationship."""
    return _take("follow_up", complaint, by, at, said={"note": note})


def withdraw(complaint: Complaint, *, by: Actor, at: datetime, reason: str | None) -> Step[Complaint]:
    """CS-6: the customer takes the complaint back; every entry is reversed."""
    return _take("withdraw", complaint, by, at, said={"reason": reason})


def reopen(complaint: Complaint, *, by: Actor, at: datetime, reason: str | None) -> Step[Complaint]:
    """CS-6: a closed complaint comes back within the time the pack allows."""
    return _take("reopen", complaint, by, at, said={"reason": reason})


VERBS: dict[str, Callable[..., Step[Complaint]]] = {
    "file": file, "assign": assign, "accept": accept, "lapse": lapse, "appeal": appeal,
    "retract": retract, "endorse": endorse, "decline": decline, "remand": remand, "uphold": uphold,
    "dismiss": dismiss, "vary": vary, "complete": complete, "report": report, "return": return_,
    "verify": verify, "follow_up": follow_up, "withdraw": withdraw, "reopen": reopen,
}  # fmt: skip


def _take(
    name: str, complaint: Complaint, by: Actor, at: datetime, *,
    said: dict[str, Any] | None = None, chosen: dict[str, Any] | None = None,
) -> Step[Complaint]:  # fmt: skip
    return COMPLAINT.take(name, Step(complaint, by, at, said=spoken(said or {}), chosen=chosen or {}))
