"""The bar under the thumb: the clock or the open items, and at most three acts, the likeliest at the right."""

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from models import Penalty
from web import case_bar
from web.case_bar import MOST, PANEL, Bar, Press
from web.case_letters import OnShelf
from web.case_offers import Choice
from web.penalty_clocks import Deadline
from web.penalty_exam import Examination
from web.penalty_step import present_or_intended
from web.penalty_words import words_of
from workflow.deadline import is_answered_by


def bar(
    penalty: Penalty, choices: list[Choice], deadline: Deadline | None, waiting: list[OnShelf],
    exam: Examination | None,
) -> Bar | None:  # fmt: skip
    """The bar of a penalty; none for whoever is not awaited, neither with an act nor with a receipt."""
    if any(_answers(penalty, choice.action) for choice in choices):
        presses = _presses(penalty, choices)
    elif waiting:
        presses = [Press(_("Letters to acknowledge: %(num)d", num=len(waiting)), "#letters", is_main=True)]
    else:
        return None
    return Bar(*_left(deadline, exam), presses)


def _answers(penalty: Penalty, action: str) -> bool:
    return is_answered_by(penalty, action) or action == "reinstate" or action == "submit"


def _left(deadline: Deadline | None, exam: Examination | None) -> tuple[str, str]:
    """What is open in the examination weighs more than the clock, which decides nothing there."""
    if exam is not None and not exam.is_recorded and exam.open:
        return ngettext("%(num)d item open", "%(num)d items open", len(exam.open)), exam.open[0].short
    return case_bar.clock_words(deadline.clock if deadline is not None else None)


def _presses(penalty: Penalty, choices: list[Choice]) -> list[Press]:
    shown = choices if len(choices) <= MOST else choices[: MOST - 1]
    step = present_or_intended(penalty)
    found = [
        Press(_(words_of(choice.action, step).short), _address(penalty, choice.action), is_main=choice is choices[0])
        for choice in shown
    ]
    if len(choices) > MOST:
        found.append(Press(_("Others"), _address(penalty, None)))
    return found[::-1]


def _address(penalty: Penalty, action: str | None) -> str:
    return url_for("penalty.show", number=penalty.number, act=action, _anchor=PANEL)
