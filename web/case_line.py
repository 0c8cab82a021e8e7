"""A case in one line, as lists tell it: its address, its matter in a few words, whom it concerns.

Everything about the customer comes through the veil.
"""

from flask import url_for
from flask_babel import gettext as _

from models import Complaint
from web import case_words
from web.filters import case
from workflow import veil
from workflow.roles import Actor

# The dot stays with what it follows when the line breaks.
DOT = "\N{NO-BREAK SPACE}· "


def address(complaint: Complaint, *, act: str = "") -> str:
    """The page of the case; with the panel of one act open if named."""
    if not act:
        return url_for("complaint.show", number=complaint.number)
    return url_for("complaint.show", number=complaint.number, act=act, _anchor="act")


def gist(complaint: Complaint, actor: Actor) -> str:
    """The first sentence of the description, shortened, as this reader may read it."""
    return case_words.first_sentence(veil.words(complaint.description, complaint, actor, customer=_("the customer")))


def about(complaint: Complaint, actor: Actor, *, instead: str = "") -> str:
    """客诉 2026-14 · 何女士 · 交车时未说明保养项目 · 当事人 马超; `instead` takes the matter's place."""
    parts = [
        case(complaint),
        veil.customer_name(complaint, actor),
        instead or gist(complaint, actor),
        "" if instead else _respondent(complaint, actor),
    ]
    return DOT.join(part for part in parts if part)


def _respondent(complaint: Complaint, actor: Actor) -> str:
    if complaint.respondent is None:
        return ""
    if actor.person is not None and complaint.respondent_id == actor.person.id:
        return _("you are the respondent")
    return _("respondent %(name)s", name=complaint.respondent.name)
