"""The bar under the thumb: the clock, and at most three acts of which the likeliest lies at the right."""

from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

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
        return Bar(*clock_words(deadline.clock if deadline is not None else None), _presses(complaint, choices))
    if not waiting:
        return None
    press = Press(_("Letters to acknowledge: %(num)d", num=len(waiting)), "#letters", is_main=True)
    return Bar(*_clock_of_others(deadline), [press])


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


def clock_words(clock: moment.Clock | None) -> tuple[str, str]:
    """There is little room: the largest unit only, and the day without its name."""
    if clock is None:
        return "", ""
    due = clock.due
    if clock.stands:
        return clock.words, _short(due)
    if clock.is_over:
        return _("overdue"), _short(due)
    if clock.working_days:
        days = ngettext("%(num)d working day", "%(num)d working days", clock.working_days)
        return _("%(time)s to go", time=days), _short(due)
    largest = " ".join(moment.duration(due - now()).split(" ")[:2])
    return _("%(time)s to go", time=largest), _short(due)


def _clock_of_others(deadline: Deadline | None) -> tuple[str, str]:
    """The time that is left to somebody else must not read as the time for the receipt: it says whose it is."""
    if deadline is None:
        return "", ""
    left, _until = clock_words(deadline.clock)
    return left, _("for %(names)s", names=deadline.who)


def _short(due: datetime) -> str:
    days = (moment.local(due).date() - moment.local(now()).date()).days
    if days in (0, 1):
        words = _("today %(time)s") if days == 0 else _("tomorrow %(time)s")
        return words % {"time": moment.time_of_day(due)}
    return moment.day(due)
