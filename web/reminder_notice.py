"""A reminder in the bell: what it says to its reader, and where it leads. An administrator is told no more than that
a case is late and which post is vacant; they are led to the list of people.
"""

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from models import Letter, Part, Publication, Reminder, Reward, Scorecard
from web import case_line, case_words, filters, letter_rows, moment
from web.language import is_chinese
from web.session import actor, me
from workflow import reminder_words
from workflow.turn import Case


def part_of_mine(reminder: Reminder) -> Part:
    return reminder.part_of(me().id)


def said(reminder: Reminder, part: Part) -> str:
    """What a reminder says to whoever has this part in it."""
    return reminder_words.sentences(reminder, part, say=_, moment=case_words.moment_of, is_chinese=is_chinese())


def to_the_people(did: str, about: str) -> dict[str, str]:
    """What an administrator is told: what is late, and the way to the list of people, where a post may be vacant."""
    return {"did": did, "about": about, "url": url_for("people.index"), "opens": _("Open the list of people")}


def told(reminder: Reminder, case: Case | Publication | Reward, letter: Letter | None) -> dict[str, Any]:
    """What was told, about what, and the way on; of a month's cards the way leads to all of them, to a target letter
    (`letter`) whoever is to sign it."""
    part = part_of_mine(reminder)
    did = said(reminder, part)
    if part is Part.ADMINISTRATOR:
        return to_the_people(did, _bare_name(case))
    if isinstance(case, Scorecard):
        return {"did": did, "about": _bare_name(case), "url": url_for("month.show", month=case.month),
                "opens": _("Open the month")}  # fmt: skip
    if isinstance(case, Publication):
        way = (letter_rows.address(letter), _("Open the letter")) if letter is not None else (
            url_for("target.index", year=case.period), _("Open the target letters"),
        )  # fmt: skip
        return {"did": did, "about": filters.case(case), "url": way[0], "opens": way[1]}
    return {"did": did, "about": case_line.about(case, actor()), "url": case_line.address(case),
            "opens": _("Open the case"), "state": case.state}  # fmt: skip


def _bare_name(case: Case | Publication | Reward) -> str:
    """Of a card the month alone: whose it is concerns nobody here."""
    if isinstance(case, Scorecard):
        return _("Scorecards of %(number)s", number=moment.month(case.month))
    return filters.case(case)
