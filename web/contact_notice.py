"""Customers who were handed over, in the bell: how many, until when, how many still wait, and the way to them.

An administrator, who sees no customers, is told that contacts are late and led to the list of people.
"""

from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from models import HandedCustomers, Notice, Part, Reminder
from web import case_words
from web.language import is_chinese
from web.reminder_notice import part_of_mine
from web.session import actor, me
from workflow import contact_words, first_contact, reminder_words


def moment_of(notice: Notice) -> datetime:
    """When it was told."""
    assert notice.customers is not None, "it is about an event otherwise"
    return notice.customers.handed_at if notice.reminder is None else notice.reminder.at


def told(batch: HandedCustomers, reminder: Reminder | None) -> dict[str, Any]:
    """What was told, about what, and the way on."""
    part = part_of_mine(reminder) if reminder is not None else None
    if part is not Part.ADMINISTRATOR and not first_contact.exists_for(batch, actor()):
        return {"did": _("Customers were handed over; they are no longer open to you.")}
    if reminder is None or part is None:
        said = contact_words.handed(batch, me().id, say=_, moment=case_words.moment_of)
        return {"did": said, **_way(batch)}
    said = reminder_words.sentences(reminder, part, say=_, moment=case_words.moment_of, is_chinese=is_chinese())
    if part is Part.ADMINISTRATOR:
        people = {"url": url_for("people.index"), "opens": _("Open the list of people")}
        return {"did": said, "about": _("First contact with customers"), **people}
    return {"did": said, **_way(batch)}


def _way(batch: HandedCustomers) -> dict[str, str]:
    about = f"{_('First contact with customers')} · {contact_words.state_of(batch, say=_)}"
    return {"about": about, "url": url_for("customers.index", only="yes"), "opens": _("See whom")}
