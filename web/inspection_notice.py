"""An inspection in the bell, for who carries it out or publishes it: what came, until when, and the way to it.

An administrator, who sees none, is told that a result is late and led to the list of people.
"""

from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from models import Inspection, InspectionAct, Notice, Part
from web import case_words, moment
from web.reminder_notice import part_of_mine, said, to_the_people
from web.session import actor
from workflow import inspection_roles, inspection_told


def moment_of(notice: Notice, act: InspectionAct) -> datetime:
    """When it was told."""
    return act.at if notice.reminder is None else notice.reminder.at


def told(act: InspectionAct, notice: Notice) -> dict[str, Any]:
    """What was told, about what, and the way on."""
    reminder, inspection = notice.reminder, act.inspection
    part = part_of_mine(reminder) if reminder is not None else None
    about = _("Inspection %(number)s", number=inspection.number)
    if part is not Part.ADMINISTRATOR and not inspection_roles.may_see(inspection, actor()):
        return {"did": _("Something happened in an inspection that is no longer open to you.")}
    if reminder is None or part is None:
        did = inspection_told.told(act, say=_, moment=case_words.moment_of, day=moment.long_day)
        return {"did": did, "about": about, **_way(inspection)}
    did = said(reminder, part)
    if part is Part.ADMINISTRATOR:
        return to_the_people(did, about)
    return {"did": did, "about": about, **_way(inspection)}


def _way(inspection: Inspection) -> dict[str, str]:
    return {"url": url_for("inspection.show", number=inspection.number), "opens": _("Open the inspection")}
