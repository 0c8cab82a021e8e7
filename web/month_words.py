"""The words of a month's acts: what each is called before and after it is done, and for whom it is."""

from flask_babel import gettext as _
from flask_babel import ngettext

from web.language import is_chinese
from workflow.process import N_

# The acts, each by the noun under which it is posted.
NOUNS = {
    "computing": "compute", "review": "review", "verification": "verify", "approval": "approve", "payment": "pay",
    "return": "return",
}  # fmt: skip
NOUN_OF = {action: noun for noun, action in NOUNS.items()}
STATION = {
    "compute": N_("Computed"), "review": N_("Reviewed by the heads"), "verify": N_("Verified by human resources"),
    "approve": N_("Approved by the general manager"), "pay": N_("Paid"),
}  # fmt: skip
VERB = {
    "compute": N_("Compute"), "review": N_("Review"), "verify": N_("Verify"), "approve": N_("Approve"),
    "pay": N_("Pay out"), "return": N_("Return"),
}  # fmt: skip
DONE = {
    "compute": N_("computed the scorecard"), "review": N_("reviewed it"), "verify": N_("verified it"),
    "approve": N_("approved it; the month is closed"), "pay": N_("paid it out"), "return": N_("gave it back"),
}  # fmt: skip
# What a scorecard's clock waits for, to stand after the name of whoever it waits for.
AWAITED = {
    "review": N_("is to review the scorecard"), "verify": N_("is to verify the scorecard"),
    "approve": N_("is to approve the scorecard"), "pay": N_("is to pay it out"),
}  # fmt: skip


def station(action: str) -> str:
    return _(STATION[action])


def verb(action: str) -> str:
    return _(VERB[action])


def done(action: str) -> str:
    return _(DONE[action])


def taken(action: str, count: int) -> str:
    """3 份考核表已评审。"""
    match action:
        case "compute":
            return ngettext("%(num)s scorecard computed.", "%(num)s scorecards computed.", count)
        case "review":
            return ngettext("%(num)s scorecard reviewed.", "%(num)s scorecards reviewed.", count)
        case "verify":
            return ngettext("%(num)s scorecard verified.", "%(num)s scorecards verified.", count)
        case "approve":
            return ngettext(
                "%(num)s scorecard approved; its month is closed.",
                "%(num)s scorecards approved; their month is closed.", count,
            )  # fmt: skip
        case "pay":
            return ngettext("%(num)s scorecard paid out.", "%(num)s scorecards paid out.", count)
    return ngettext("%(num)s scorecard given back.", "%(num)s scorecards given back.", count)


def confirm(action: str, count: int) -> str:
    """The button that takes the act with so many cards."""
    match action:
        case "review":
            return ngettext("Review %(num)s scorecard", "Review %(num)s scorecards", count)
        case "verify":
            return ngettext("Verify %(num)s scorecard", "Verify %(num)s scorecards", count)
        case "approve":
            return ngettext("Approve and close %(num)s scorecard", "Approve and close %(num)s scorecards", count)
    return ngettext("Pay out %(num)s scorecard", "Pay out %(num)s scorecards", count)


def ready(action: str, count: int) -> str:
    """9 人现在可以核实."""
    match action:
        case "review":
            return ngettext("%(num)s can be reviewed now", "%(num)s can be reviewed now", count)
        case "verify":
            return ngettext("%(num)s can be verified now", "%(num)s can be verified now", count)
        case "approve":
            return ngettext("%(num)s can be approved now", "%(num)s can be approved now", count)
    return ngettext("%(num)s can be paid now", "%(num)s can be paid now", count)


def left_out(names: list[str], count: int, why: str) -> str:
    """未办理 3 人（刘洋、高峰、马超）：…"""
    listed = ("、" if is_chinese() else ", ").join(names) + ("…" if count > len(names) else "")
    return ngettext(
        "%(num)s left out (%(names)s): %(why)s", "%(num)s left out (%(names)s): %(why)s", count, names=listed, why=why
    )
