"""Acts as lists tell them: what is to be done while a clock runs, in which order its buttons stand,
what somebody did. The words of single acts are those of the case page.
"""

from flask_babel import gettext as _

from models import Event
from web import case_timeline, case_words, penalty_words, plan_words, reminder_lines
from workflow.clock_words import TO_DO
from workflow.message import NUDGE
from workflow.process import N_

# What somebody did in a month's closing or on a pay day.
MONTHLY = {
    "open": N_("opened the scorecard"),
    "compute": N_("computed the scorecard"),
    "review": N_("reviewed the scorecard"),
    "verify": N_("verified the scorecard"),
    "return": N_("returned the scorecard"),
    "approve": N_("approved the scorecard"),
    "pay": N_("recorded the payment of the scorecard"),
    "settle": N_("settled the pay day"),
}
# What somebody did with a reward.
REWARDED = {
    "propose": N_("proposed the reward"),
    "grant": N_("granted the reward"),
    "decline": N_("declined the reward"),
    "withdraw": N_("took the reward back"),
}
# What was issued about a unit's year or a month.
PUBLISHED = {
    "issue": N_("issued the target letter"),
    "replace": N_("issued a target letter that replaces the one before"),
    "publish": N_("issued the briefing"),
}
# The same of many at once, as whoever is to act next is told of it.
MONTHLY_ALL = {
    "compute": N_("computed the scorecards"),
    "review": N_("reviewed the scorecards"),
    "verify": N_("verified the scorecards"),
    "approve": N_("approved the scorecards"),
}
# The buttons of a row, the likeliest last; a ruling is chosen on the case itself.
BUTTONS = ("assign", "appeal", "accept", "decline", "endorse", "complete", "report", "return", "verify", "follow_up")
PENALTY_BUTTONS = ("waive", "defend", "drop", "submit", "appeal", "reinstate")


def to_do(clock: str) -> str:
    return _(TO_DO[clock])


def button(action: str) -> str:
    return _(case_words.WORDS[action].short)


def penalty_button(action: str) -> str:
    return _(penalty_words.WORDS[action].short)


def done(event: Event) -> str:
    """What happened, to stand after the name of who did it."""
    if event.complaint is not None:
        return case_timeline.done_in(event)
    if event.penalty is not None:
        return penalty_words.done(event)
    if event.plan is not None:
        return plan_words.done(event)
    if event.reward is not None:
        return _(REWARDED[event.action])
    if event.publication is not None:
        return _(PUBLISHED[event.action])
    if event.action == NUDGE:
        return reminder_lines.urged(event)
    return _(MONTHLY[event.action]) if event.action in MONTHLY else _("took a step")


def done_to_all(event: Event) -> str:
    """What happened to a month's scorecards; of one that came back, what happened to that one."""
    return _(MONTHLY_ALL[event.action]) if event.action in MONTHLY_ALL else done(event)


def by_whom(event: Event) -> str:
    """Who acted, and for whom: 高峰（代刘洋）; empty for the clock."""
    if event.actor is None:
        return ""
    if event.acting_for is None:
        return event.actor.name
    return _("%(name)s (for %(principal)s)", name=event.actor.name, principal=event.acting_for.name)
