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
    "reinstatement": N_("Decide on a reinstatement"),
    "improve": N_("Carry out the improvement plan"),
    "prove": N_("Verify whether the improvement helped"),
    "tell": N_("Tell the customers what was improved"),
}
# By the clock of a scorecard; some bear the names of others.
TO_DO_IN_A_MONTH = {
    "review": N_("Review the scorecards"),
    "verify": N_("Verify the scorecards"),
    "approve": N_("Approve the scorecards"),
    "pay": N_("Pay out what the scorecards say"),
}

CONTACT_CUSTOMERS = N_("Contact each of these customers for the first time")
ANSWER_A_QUESTION = N_("Answer the customer's question")
SIGN_THE_TARGETS = N_("Sign the target letter")
CALL_CUSTOMERS = N_("Call these customers")
DECIDE_A_REWARD = N_("Decide on the reward")
PUBLISH_THE_RANKING = N_("Publish the ranking")
RATE_COLLEAGUES = N_("Rate these colleagues")
# By the kind of what waits without clocks of its own process.
TO_DO_WITHOUT = {
    "customers": CONTACT_CUSTOMERS, "question": ANSWER_A_QUESTION, "publication": SIGN_THE_TARGETS,
    "calls": CALL_CUSTOMERS, "reward": DECIDE_A_REWARD, "ranking": PUBLISH_THE_RANKING,
    "rating": RATE_COLLEAGUES,
}  # fmt: skip


def task_of(kind: str, clock: str, *, is_respondent: bool) -> str:
    """What somebody has to do in a case of this kind while this clock runs.

    Where the head accepts or appeals, the respondent may appeal; after a defence that nobody stated the head goes on.
    """
    if kind in TO_DO_WITHOUT:
        return TO_DO_WITHOUT[kind]
    if kind == "scorecard":
        return TO_DO_IN_A_MONTH[clock]
    if is_respondent:
        return TO_DO["contest" if clock == "answer" else clock]
    return TO_DO["submit" if clock == "defence" else clock]
