"""The complaint (客诉): the verbs that callers use. The table of its rules is `complaint_rules`.

Nothing happens to a complaint but through these verbs.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from models import Complaint, Department, Person, Severity
from workflow import deadline, repeats
from workflow.complaint_rules import COMPLAINT, FILE
from workflow.evidence import Evidence
from workflow.filing import Filing, complaint_from
from workflow.process import Step
from workflow.roles import Actor
from workflow.texts import spoken

__all__ = ["COMPLAINT", "FILE", "VERBS"]


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
    chosen = {"improvement_owner": improvement_owner, "improvement_due": improvement_due, "evidence": evidence}
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


def suspend(
    complaint: Complaint, *, by: Actor, at: datetime, reason: str | None, until: datetime | None
) -> Step[Complaint]:
    """CS-6: the case waits for the customer; its clock stands, `until` its limit at the latest."""
    said = {"reason": reason, "until": deadline.as_json(until, by.office)}
    return _take("suspend", complaint, by, at, said=said, chosen={"until": until})


def resume(complaint: Complaint, *, by: Actor, at: datetime, note: str | None = None) -> Step[Complaint]:
    """CS-6: the customer has answered, or the limit is reached; the clock goes on exactly where it was."""
    return _take("resume", complaint, by, at, said={"note": note})


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
    "verify": verify, "suspend": suspend, "resume": resume, "follow_up": follow_up, "withdraw": withdraw,
    "reopen": reopen,
}  # fmt: skip


def _take(
    name: str, complaint: Complaint, by: Actor, at: datetime, *,
    said: dict[str, Any] | None = None, chosen: dict[str, Any] | None = None,
) -> Step[Complaint]:  # fmt: skip
    return COMPLAINT.take(name, Step(complaint, by, at, said=spoken(said or {}), chosen=chosen or {}))
