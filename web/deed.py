"""Acts as lists tell them: what is to be done while a clock runs, in which order its buttons stand,
what somebody did. The words of single acts are those of the case page.
"""

from flask_babel import gettext as _

from models import Event
from web import case_timeline, case_words
from workflow.process import N_

# What a row of the inbox begins with, by the clock that runs.
TO_DO = {
    "assign": N_("Assign the complaint"),
    "answer": N_("Accept or appeal"),
    "endorse": N_("Endorse or decline an appeal"),
    "rule": N_("Rule on an appeal"),
    "complete": N_("Handle and complete"),
    "report": N_("Report the result"),
    "verify": N_("Check the result"),
    "follow_up": N_("Call the customer back"),
}
# The buttons of a row, the likeliest last; a ruling is chosen on the case itself.
BUTTONS = ("assign", "appeal", "accept", "decline", "endorse", "complete", "report", "return", "verify", "follow_up")


def to_do(clock: str) -> str:
    return _(TO_DO[clock])


def button(action: str) -> str:
    return _(case_words.WORDS[action].short)


def done(event: Event) -> str:
    """What happened, to stand after the name of who did it."""
    return case_timeline.done_in(event)


def by_whom(event: Event) -> str:
    """Who acted, and for whom: 高峰（代刘洋）; empty for the clock."""
    if event.actor is None:
        return ""
    if event.acting_for is None:
        return event.actor.name
    return _("%(name)s (for %(principal)s)", name=event.actor.name, principal=event.acting_for.name)
