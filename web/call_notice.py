"""The survey calls of a day in the bell: how many, since when some are overdue, and the way to them.

An administrator, who sees no surveys, is told that call-backs are late and led to the list of people.
"""

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from models import CallDay, Part, Reminder
from web.reminder_notice import part_of_mine, said, to_the_people
from web.session import actor
from workflow import call_turn, call_words, survey_roles


def told(calls: CallDay, reminder: Reminder) -> dict[str, Any]:
    """What was told, about what, and the way on."""
    part = part_of_mine(reminder)
    if part is not Part.ADMINISTRATOR and not call_turn.exists_for(calls, actor()):
        return {"did": _("There were survey calls; they are no longer open to you.")}
    did = said(reminder, part)
    if part is Part.ADMINISTRATOR:
        return to_the_people(did, _("Survey calls"))
    about = f"{_('Survey calls')} · {call_words.state_of(calls, say=_)}"
    if survey_roles.runs(actor()):
        return {"did": did, "about": about, "url": url_for("survey_call.index"), "opens": _("See whom")}
    return {"did": did, "about": about, "url": url_for("survey.index"), "opens": _("Open the surveys")}
