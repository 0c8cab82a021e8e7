"""Colleagues to rate, in the bell: how many, until when, how many still wait, and the way to them.

A superior of the rater is told that it is late; so is an administrator, who sees no ratings and is led to the list of
people.
"""

from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from models import Notice, Part, RatingDuty
from web import assessment_choices, case_words
from web.reminder_notice import part_of_mine, said, to_the_people
from web.session import actor, me, now
from workflow import rating_turn, rating_words
from workflow.assessment_period import Period


def moment_of(notice: Notice) -> datetime:
    """When it was told."""
    assert notice.rating is not None, "it is about something else otherwise"
    return notice.rating.since if notice.reminder is None else notice.reminder.at


def told(duty: RatingDuty, notice: Notice) -> dict[str, Any]:
    """What was told, about what, and the way on."""
    reminder = notice.reminder
    part = part_of_mine(reminder) if reminder is not None else None
    if part is not Part.ADMINISTRATOR and not rating_turn.exists_for(duty, actor()):
        return {"did": _("Colleagues were to be rated; it is no longer open to you.")}
    about = _("Ratings of %(number)s", number=assessment_choices.period_words(Period.named(duty.round.period)))
    if reminder is None or part is None:
        return {"did": rating_words.asked(duty, say=_, moment=case_words.moment_of), **_way(duty, about)}
    did = said(reminder, part)
    if part is Part.ADMINISTRATOR:
        return to_the_people(did, about)
    return {"did": did, **_way(duty, about)}


def _way(duty: RatingDuty, about: str) -> dict[str, str]:
    if duty.rater_id != me().id:
        return {"about": about}
    state = rating_words.state_of(duty, now(), say=_)
    return {"about": f"{about} · {state}", "url": url_for("ratings.index"), "opens": _("Rate them")}
