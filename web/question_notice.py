"""A customer's question in the bell: until when it is to be answered, and the way to it.

An administrator, who sees no questions, is told that an answer is late and led to the list of people.
"""

from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from models import CustomerQuestion, Notice, Part
from web import case_words
from web.reminder_notice import part_of_mine, said, to_the_people
from web.session import actor, me
from workflow import question_roles, question_words


def moment_of(notice: Notice) -> datetime:
    """When it was told: as the question was taken down, or by whoever passed it on last to this person."""
    question = notice.question
    assert question is not None, "it is about something else otherwise"
    if notice.reminder is not None:
        return notice.reminder.at
    if notice.nudge is not None:
        return notice.nudge.at
    passed = [each.at for each in question.passed if each.to_id == notice.person_id]
    return passed[-1] if passed else question.asked_at


def told(question: CustomerQuestion, notice: Notice) -> dict[str, Any]:
    """What was told, about what, and the way on."""
    reminder = notice.reminder
    part = part_of_mine(reminder) if reminder is not None else None
    about = _("Customer's question %(number)s", number=question.number)
    if part is not Part.ADMINISTRATOR and not question_roles.may_see(question, actor()):
        return {"did": _("A customer's question was passed on; it is no longer open to you.")}
    if notice.nudge is not None:
        did = _("urged %(names)s to act", names=_("you"))
        return {"who": notice.nudge.by.name, "did": did, "about": about, **_way(question)}
    if reminder is None or part is None:
        did = question_words.given(question, me().id, say=_, moment=case_words.moment_of)
        return {"did": did, "about": about, **_way(question)}
    did = said(reminder, part)
    if part is Part.ADMINISTRATOR:
        return to_the_people(did, about)
    return {"did": did, "about": about, **_way(question)}


def _way(question: CustomerQuestion) -> dict[str, str]:
    return {"url": url_for("question.show", key=question.id), "opens": _("Open the question")}
