"""What stands in a form before anybody has typed: what the case knows already."""

from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from models import Complaint, Event
from web import choices
from web.session import actor, now, zone
from workflow.complaint_guards import unfit_for_customers
from workflow.process import Step
from workflow.stopped_clock import longest_stop

SENTENCE_ENDS = "。！？!?；;\n"


def prefilled(action: str, complaint: Complaint) -> dict[str, Any]:
    """The first values of an act's fields, and the version of the case that its writer has before them."""
    known: dict[str, Any] = {"version": version_of(complaint)}
    if action == "assign":
        known["department"] = complaint.department.slug if complaint.department else ""
        known["respondent"] = choices.with_account(complaint.respondent) if complaint.respondent else ""
    if action == "complete":
        known["completed_at"] = as_typed(now())
    if action == "suspend" and (last := longest_stop(Step(complaint, actor(), now()))) is not None:
        known["until"] = as_typed(last)
    if action == "verify":
        known["answer_to_customer"] = answer_from_the_report(complaint)[0]
    return known


def version_of(complaint: Complaint) -> int:
    """How many events the case had: what happens afterwards makes a form stale."""
    return len(complaint.events)


def as_typed(moment: datetime) -> str:
    return moment.astimezone(zone()).strftime("%Y-%m-%dT%H:%M")


def answer_from_the_report(complaint: Complaint) -> tuple[str, list[str]]:
    """What the head wrote, for the customer's letter, and the sentences that are not fit for it."""
    report = next((event for event in reversed(complaint.events) if event.action == "report"), None)
    kept, left_out = [], []
    for sentence in _sentences(_told(report)):
        (left_out if unfit_for_customers(sentence, complaint) else kept).append(sentence)
    return "".join(kept).strip(), [sentence.strip() for sentence in left_out]


def _told(report: Event | None) -> str:
    return str(report.said.get("result") or "") if report is not None else ""


def _sentences(text: str) -> list[str]:
    """`text` cut after each end of a sentence; joined again it is the same text."""
    found, start = [], 0
    for position, character in enumerate(text):
        if character in SENTENCE_ENDS:
            found.append(text[start : position + 1])
            start = position + 1
    return [*found, text[start:]] if text[start:] else found


def left_out_note(complaint: Complaint) -> str:
    """Which sentences of the report were left out of the customer's letter, and why."""
    left_out = answer_from_the_report(complaint)[1]
    if not left_out:
        return _("Prefilled from the head's report. The letter never says who was or was not punished.")
    return _(
        "Left out, because a customer's letter names neither the respondent nor points or penalties: %(sentences)s",
        sentences=" ".join(left_out),
    )
