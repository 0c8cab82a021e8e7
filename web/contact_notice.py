"""Customers who were handed over, in the bell: how many, until when, how many still wait, and the way to them.

An administrator, who sees no customers, is told that contacts are late and led to the list of people.
"""

from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from models import HandedCustomers, Notice, Part, Reminder
from web import case_words
from web.reminder_notice import part_of_mine, said, to_the_people
from web.session import actor, me
from workflow import contact_words, first_contact


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
        did = contact_words.handed(batch, me().id, say=_, moment=case_words.moment_of)
        return {"did": did, **_way(batch)}
    did = said(reminder, part)
    if part is Part.ADMINISTRATOR:
        return to_the_people(did, _("First contact with customers"))
    return {"did": did, **_way(batch)}


def _way(batch: HandedCustomers) -> dict[str, str]:
    about = f"{_('First contact with customers')} · {contact_words.state_of(batch, say=_)}"
    return {"about": about, "url": url_for("customers.index", only="yes"), "opens": _("See whom")}
