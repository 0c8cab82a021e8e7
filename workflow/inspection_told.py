"""What is said of an inspection to those who carry it out or publish it: in the bell and in messages the same. It tells
neither what is inspected nor who goes there."""

from collections.abc import Callable
from datetime import date, datetime

from models import Inspection, InspectionAct
from workflow.process import N_

PLANNED = N_("You hold the checklist of an inspection that is planned for %(day)s.")
SUBMITTED = N_("The checklist of an inspection was submitted. Publish the result until %(due)s.")
TAKEN_BACK = N_("The checklist that you hold came back to be put right. The result is to be published until %(due)s.")
HANDED = N_("The checklist of an inspection was handed over to you. It is planned for %(day)s.")
HANDED_BEGUN = N_("The checklist of an inspection was handed over to you. The result is to be published until %(due)s.")
LEFT = N_("Whoever held the checklist of an inspection goes; it is yours to carry out or to cancel.")
CANCELLED = N_("The inspection for which you hold the checklist was cancelled.")
TO_CARRY_OUT = N_("Carry out the inspection")
TO_SUBMIT = N_("Complete and submit the checklist")
TO_PUBLISH = N_("Publish the result of the inspection")
Say = Callable[..., str]


def told(act: InspectionAct, *, say: Say, moment: Callable[[datetime], str], day: Callable[[date], str]) -> str:
    """What this line of the log means for who is told of it; `say` translates a sentence and fills it."""
    inspection = act.inspection
    if act.action == "plan":
        return say(PLANNED, day=day(inspection.planned_on))
    if act.action == "hand_over" and act.said["to"] is None:
        return say(LEFT)
    if act.action == "hand_over":
        due = inspection.due_at
        return say(HANDED, day=day(inspection.planned_on)) if due is None else say(HANDED_BEGUN, due=moment(due))
    if act.action == "cancel" or inspection.due_at is None:
        return say(CANCELLED)
    return say(SUBMITTED if act.action == "submit" else TAKEN_BACK, due=moment(inspection.due_at))


def task_of(inspection: Inspection) -> str:
    """What is to be done next."""
    if inspection.begun_at is None:
        return TO_CARRY_OUT
    return TO_SUBMIT if inspection.submitted_at is None else TO_PUBLISH
