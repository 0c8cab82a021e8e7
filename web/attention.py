"""What only an administrator can put right: cases that nobody can act on, years that the calendar does not know."""

from dataclasses import dataclass
from datetime import timedelta

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select

from models import Complaint, Role
from web import case_words
from web.session import actor, db, now, office
from workflow import waiting
from workflow.working_days import unknown_years

AHEAD = timedelta(days=31)


@dataclass(frozen=True)
class Note:
    """A sentence, and the page on which it is put right, if there is one."""

    words: str
    link: str = ""
    url: str = ""


def notes() -> list[Note]:
    """For an administrator, what stands still; for everybody else nothing."""
    if Role.ADMINISTRATOR not in actor().roles:
        return []
    return [*_cases_for_nobody(), *_unknown_years()]


def _cases_for_nobody() -> list[Note]:
    stuck = select(func.count()).select_from(Complaint).where(waiting.for_nobody(actor().staff))
    if not (count := db().execute(stuck).scalar_one()):
        return []
    words = ngettext(
        "%(num)d complaint waits for nobody: a post is vacant, or whoever holds it is a party and has no deputy.",
        "%(num)d complaints wait for nobody: a post is vacant, or whoever holds it is a party and has no deputy.",
        count,
    )
    return [Note(words, _("Name a head, a general manager or a deputy"), url_for("people.index"))]


def _unknown_years() -> list[Note]:
    """Years of running deadlines, and the one that begins within a month, which nobody has published yet."""
    last = db().execute(select(func.max(Complaint.due_at))).scalar_one()
    days = [office().calendar.day_of(moment) for moment in (now(), now() + AHEAD, last) if moment is not None]
    if not (unknown := unknown_years(days)):
        return []
    years = case_words.names(str(year) for year in unknown)
    return [
        Note(
            _(
                "The calendar does not know the public holidays of %(years)s yet: working days are counted as weekdays "
                "without the fixed holidays. Update the package chinesecalendar once they are published.",
                years=years,
            )
        )
    ]
