"""催办 on the page of a case: whom the reader waits for, the button that urges them, and why it is closed."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from models import CustomerQuestion, Person
from web import case_words
from web.filters import sentence
from web.session import actor, me, now, office
from workflow import nudge, question_nudge
from workflow.message import awaits
from workflow.nudge import Chance
from workflow.reminder_figures import figures_of
from workflow.turn import Case, clocks_of, duties_of


@dataclass(frozen=True)
class Nudge:
    """What the panel prints; `why` says why the button is closed, and is empty where it is open."""

    url: str
    awaits: str
    why: str
    note: str


def of(case: Case, url: str) -> Nudge | None:
    """Nothing where nobody is waited for, where it is the reader's own turn, or for who has left."""
    if not clocks_of(case) or actor().has_left:
        return None
    found = nudge.chance(case, actor(), now())
    is_mine = any(person.id == me().id for person in found.people)
    if is_mine or (not duties_of(case, now()) and awaits(case, actor(), now())):
        return None
    names = case_words.names(person.name for person in found.people)
    return Nudge(url, _("You are waiting for %(names)s.", names=names) if names else "", _why(case, found), _note())


def of_question(question: CustomerQuestion, url: str) -> Nudge | None:
    """The same of a customer's question, as long as somebody else is to answer it."""
    found = question_nudge.chance(question, actor(), now())
    if not question.is_awaited or any(person.id == me().id for person in found.people):
        return None
    names, last = case_words.names(person.name for person in found.people), question_nudge.last_nudge(question)
    why = _told(found, last.by, last.at) if last is not None else _told(found)
    return Nudge(url, _("You are waiting for %(names)s.", names=names) if names else "", why, _note())


def _why(case: Case, found: Chance) -> str:
    last = nudge.last_nudge(case)
    return _told(found, last.actor, last.at) if last is not None else _told(found)


def _told(found: Chance, who: Person | None = None, at: datetime | None = None) -> str:
    """Why the button is closed; after a nudge by whom and when, and from when on it is open again."""
    if found.objection is None:
        return ""
    if found.again_at is None or who is None or at is None:
        return sentence(found.objection)
    return _(
        "%(who)s urged them at %(moment)s; it can be done again from %(again)s.",
        who=_("You") if who.id == me().id else who.name,
        moment=case_words.moment_of(at), again=case_words.moment_of(found.again_at),
    )  # fmt: skip


def _note() -> str:
    return ngettext(
        "They are told at once. It is kept in the timeline and can be done once every hour.",
        "They are told at once. It is kept in the timeline and can be done once every %(num)d hours.",
        figures_of(office().company).nudge_hours,
    )
