"""A ranking that is to be published, in the bell: until when, and the way to it.

An administrator, who sees no results, is told that it is late and led to the list of people.
"""

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select

from models import Assessment, Part, RankingDue, Reminder
from web import assessment_choices
from web.reminder_notice import part_of_mine, said, to_the_people
from web.session import actor, db
from workflow import ranking_turn
from workflow.assessment_period import Period


def told(due: RankingDue, reminder: Reminder) -> dict[str, Any]:
    """What was told, about what, and the way on."""
    part = part_of_mine(reminder)
    if part is not Part.ADMINISTRATOR and not ranking_turn.exists_for(due, actor()):
        return {"did": _("A ranking was to be published; it is no longer open to you.")}
    did = said(reminder, part)
    about = _("Ranking of %(number)s", number=assessment_choices.period_words(Period.named(due.period)))
    if part is Part.ADMINISTRATOR:
        return to_the_people(did, about)
    return {"did": did, "about": about, **_way(due)}


def _way(due: RankingDue) -> dict[str, str]:
    of = db().scalars(select(Assessment).filter_by(regulation=due.regulation, period=due.period)).first()
    if of is None:
        return {"url": url_for("assessments.index"), "opens": _("Open the assessment")}
    if of.closed_at is None:
        return {"url": url_for("assessments.show", key=of.id), "opens": _("Close the assessment first")}
    return {"url": url_for("ranking.show", key=of.id), "opens": _("To the ranking")}
