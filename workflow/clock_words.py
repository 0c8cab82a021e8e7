"""What is to be done while a clock runs, in a few words: one table for pages, messages and reminders."""

from workflow.process import N_

# By the clock of a complaint or a penalty.
TO_DO = {
    "assign": N_("Assign the complaint"),
    "answer": N_("Accept or appeal"),
    "endorse": N_("Endorse or decline an appeal"),
    "rule": N_("Rule on an appeal"),
    "complete": N_("Handle and complete"),
    "report": N_("Report the result"),
    "verify": N_("Check the result"),
    "follow_up": N_("Call the customer back"),
    "defence": N_("State a defence, or waive it"),
    "submit": N_("Submit the penalty or drop it"),
    "approve": N_("Decide on a penalty"),
    "contest": N_("Appeal, if you object"),
    "review": N_("Rule on an appeal against a penalty"),
}
# By the clock of a scorecard; some bear the names of others.
TO_DO_IN_A_MONTH = {
    "review": N_("Review the scorecards"),
    "verify": N_("Verify the scorecards"),
    "approve": N_("Approve the scorecards"),
    "pay": N_("Pay out what the scorecards say"),
}


def task_of(kind: str, clock: str) -> str:
    """What is to be done in a case of this kind while this clock runs."""
    return (TO_DO_IN_A_MONTH if kind == "scorecard" else TO_DO)[clock]
