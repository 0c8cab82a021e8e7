"""The bar under the thumb: the clock, and at most three acts of which the likeliest lies at the right."""

from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _

from models import Complaint
from web import case_words, moment
from web.case_clocks import Deadline
from web.case_letters import OnShelf
from web.case_offers import Choice
from web.session import now
from workflow.deadline import is_answered_by

MOST = 3
PANEL = "act"


@dataclass(frozen=True)
class Press:
    """One button of the bar; it opens the panel with its choice made."""

    words: str
    url: str
    is_main: bool = False


@dataclass(frozen=True)
class Bar:
    """What lies under the thumb on a phone."""

    left: str
    until: str
    presses: list[Press]


def bar(complaint: Complaint, choices: list[Choice], deadline: Deadline | None, waiting: list[OnShelf]) -> Bar | None:
    """The bar of a case; none for whoever is not awaited, neither with an act nor with a receipt."""
    if any(is_answered_by(complaint, choice.action) for choice in choices):
        presses = _presses(complaint, choices)
    elif waiting:
        presses = [Press(_("Letters to acknowledge: %(num)d", num=len(waiting)), "#letters", is_main=True)]
    else:
        return None
    left, until = _clock(deadline)
    return Bar(left, until, presses)


def _presses(complaint: Complaint, choices: list[Choice]) -> list[Press]:
    shown = choices if len(choices) <= MOST else choices[: MOST - 1]
    found = [
        Press(
            _(case_words.WORDS[choice.action].short), _address(complaint, choice.action), is_main=choice is choices[0]
        )
        for choice in shown
    ]
    if len(choices) > MOST:
        found.append(Press(_("Others"), _address(complaint, None)))
    return found[::-1]


def _address(complaint: Complaint, action: str | None) -> str:
    return url_for("complaint.show", number=complaint.number, act=action, _anchor=PANEL)


def _clock(deadline: Deadline | None) -> tuple[str, str]:
    """There is little room: the largest unit only, and the day without its name."""
    if deadline is None:
        return "", ""
    due = deadline.clock.due
    if deadline.clock.is_over:
        return _("overdue"), _short(due)
    largest = " ".join(moment.duration(due - now()).split(" ")[:2])
    return _("%(time)s to go", time=largest), _short(due)


def _short(due: datetime) -> str:
    days = (moment.local(due).date() - moment.local(now()).date()).days
    if days in (0, 1):
        words = _("today %(time)s") if days == 0 else _("tomorrow %(time)s")
        return words % {"time": moment.time_of_day(due)}
    return moment.day(due)
