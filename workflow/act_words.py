"""What acts are called: one table a process, for pages, messages and whatever else names an act."""

from dataclasses import dataclass

from workflow.process import N_


@dataclass(frozen=True)
class Words:
    """An act as a choice, on a small button, on the button that does it, and once it is done."""

    choose: str
    short: str
    button: str
    done: str


COMPLAINT_WORDS = {
    "file": Words(N_("Log the complaint"), N_("Log"), N_("Log the complaint"), N_("logged the complaint")),
    "assign": Words(
        N_("Send to the department"), N_("Assign"), N_("Send the complaint form"), N_("assigned it to %(department)s")
    ),
    "accept": Words(N_("Accept the complaint"), N_("Accept"), N_("Confirm acceptance"), N_("accepted the complaint")),
    "lapse": Words(
        N_("Counts as accepted"), N_("Counts as accepted"), N_("Counts as accepted"),
        N_("The time to answer ran out: counts as accepted"),
    ),
    "appeal": Words(N_("Appeal"), N_("Appeal"), N_("Send the appeal"), N_("appealed")),
    "retract": Words(
        N_("Take the appeal back"), N_("Retract"), N_("Take the appeal back"), N_("took the appeal back")
    ),
    "endorse": Words(
        N_("Submit the appeal to the general manager"), N_("Endorse"), N_("Submit for a ruling"),
        N_("submitted the appeal to the general manager"),
    ),
    "decline": Words(
        N_("Do not submit the appeal"), N_("Decline"), N_("Confirm: not submitted"), N_("did not submit the appeal")
    ),
    "uphold": Words(
        N_("Uphold: the complaint form is void"), N_("Uphold"), N_("Confirm the ruling"), N_("upheld the appeal")
    ),
    "dismiss": Words(N_("Dismiss the appeal"), N_("Dismiss"), N_("Confirm the ruling"), N_("dismissed the appeal")),
    "vary": Words(N_("Vary the ruling"), N_("Vary"), N_("Confirm the ruling"), N_("varied the complaint")),
    "remand": Words(
        N_("Remand: more is needed"), N_("Remand"), N_("Confirm the remand"), N_("sent it back for what is missing")
    ),
    "complete": Words(
        N_("Handling is complete"), N_("Complete"), N_("Record as complete"), N_("completed the handling")
    ),
    "report": Words(N_("Report the result"), N_("Report"), N_("Send the report"), N_("reported the result")),
    "return": Words(N_("Return it for rework"), N_("Return"), N_("Return it"), N_("returned it for rework")),
    "verify": Words(
        N_("Checked: close the case"), N_("Close case"), N_("Close the case"),
        N_("checked the result and closed the case"),
    ),
    "suspend": Words(
        N_("Stop the clock: the customer is waited for"), N_("Stop clock"), N_("Stop the clock"),
        N_("stopped the clock"),
    ),
    "resume": Words(
        N_("Let the clock go on"), N_("Clock goes on"), N_("Let the clock go on"), N_("let the clock go on"),
    ),
    "follow_up": Words(
        N_("Record a follow-up contact"), N_("Follow up"), N_("Keep the record"), N_("contacted the customer again")
    ),
    "withdraw": Words(
        N_("The customer withdraws"), N_("Withdraw"), N_("Confirm the withdrawal"),
        N_("recorded that the customer withdrew"),
    ),
    "reopen": Words(N_("Reopen the case"), N_("Reopen"), N_("Reopen the case"), N_("reopened the case")),
    "remark": Words(N_("Add a remark or a file"), N_("Remark"), N_("Add it to the case"), N_("added a remark")),
    "hand_over": Words(
        N_("Hand the case over for good"), N_("Hand over"), N_("Hand it over"), N_("handed the case over")
    ),
    "hand_over_file": Words(
        N_("Hand the file over to a colleague"), N_("Hand over"), N_("Hand the file over"), N_("handed the file over")
    ),
    "find_violation": Words(
        N_("Was a rule broken?"), N_("Violation"), N_("Record the finding"), N_("recorded whether a rule was broken")
    ),
}  # fmt: skip

PENALTY_WORDS = {
    "propose": Words(
        N_("Propose a penalty"), N_("Propose"), N_("Send the prior notice"), N_("proposed the penalty")
    ),
    "defend": Words(N_("State a defence"), N_("Defend"), N_("Send the statement"), N_("stated a defence")),
    "waive": Words(N_("Waive the defence"), N_("Waive"), N_("Confirm: no defence"), N_("waived the defence")),
    "submit": Words(
        N_("Submit to the general manager"), N_("Submit"), N_("Submit for approval"), N_("submitted it for approval")
    ),
    "drop": Words(N_("Do not pursue it"), N_("Drop"), N_("Confirm: no penalty"), N_("decided on no penalty")),
    "reject": Words(N_("Do not approve"), N_("Not approved"), N_("Confirm: not approved"), N_("did not approve it")),
    "approve": Words(N_("Approve the penalty"), N_("Approve"), N_("Confirm the approval"), N_("approved the penalty")),
    "appeal": Words(N_("Appeal"), N_("Appeal"), N_("Send the appeal"), N_("appealed")),
    "revoke": Words(
        N_("Appeal upheld: revoke the penalty"), N_("Revoke"), N_("Confirm the ruling"), N_("revoked the penalty")
    ),
    "sustain": Words(
        N_("Appeal dismissed: the penalty stands"), N_("Sustain"), N_("Confirm the ruling"),
        N_("sustained the penalty"),
    ),
    "lapse": Words(
        N_("Takes effect without an appeal"), N_("Takes effect"), N_("Takes effect"),
        N_("The time to appeal ran out: the penalty takes effect"),
    ),
    "regrade": Words(N_("Regrade"), N_("Regrade"), N_("Regrade"), N_("The penalty was regraded")),
    "reinstate": Words(
        N_("Decide on reinstatement"), N_("Reinstatement"), N_("Confirm the decision"), N_("decided on reinstatement")
    ),
    "forfeit": Words(
        N_("Forfeit the month's commission"), N_("Forfeit"), N_("Forfeit"), N_("recorded the forfeited commission")
    ),
    "certify": Words(
        N_("Issue the separation certificate"), N_("Certificate"), N_("Issue the certificate"),
        N_("issued the separation certificate"),
    ),
    "settle": Words(N_("Settle"), N_("Settle"), N_("Settle"), N_("The last of it was taken on pay day: settled")),
    "remark": Words(N_("Add a remark or a file"), N_("Remark"), N_("Add it to the case"), N_("added a remark")),
    "hand_over": Words(
        N_("Hand the case over for good"), N_("Hand over"), N_("Hand it over"), N_("handed the case over")
    ),
    "check_protection": Words(
        N_("Check of special protection"), N_("Protection"), N_("Record the check"),
        N_("recorded the check of special protection"),
    ),
    "tell_union": Words(
        N_("The union's notice"), N_("Union"), N_("Record the union's notice"), N_("recorded the union's notice")
    ),
}  # fmt: skip
DISMISSAL_WORDS = Words(
    N_("Approve the dismissal"), N_("Approve dismissal"), N_("Confirm the dismissal"), N_("approved the dismissal")
)
WORDS = {"complaint": COMPLAINT_WORDS, "penalty": PENALTY_WORDS}
