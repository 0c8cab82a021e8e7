"""What stands still and only an administrator can put right: cases that nobody can act on; letters, messages and
deadlines that failed; years that the calendar does not know."""

from datetime import timedelta

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import ColumnElement, func, select

from jobs import background, post
from models import Complaint, FailedStep, Message, Order, Penalty, Role
from web import case_words, paper_words
from web.follow_notes import Told
from web.session import actor, db, now, office
from workflow import penalty_waiting, waiting
from workflow.working_days import unknown_years

AHEAD = timedelta(days=31)


def notes() -> list[Told]:
    """For an administrator: what only they can put right; for everybody else nothing."""
    if Role.ADMINISTRATOR not in actor().roles:
        return []
    return [
        *_complaints_for_nobody(),
        *_penalties_for_nobody(),
        *_papers_that_wait(),
        *_messages_not_sent(),
        *_deadlines_that_fail(),
        *_unknown_years(),
    ]


def _complaints_for_nobody() -> list[Told]:
    if not (count := _count(Complaint, waiting.for_nobody(actor().staff))):
        return []
    words = ngettext(
        "%(num)d complaint waits for nobody: a post is vacant, or whoever holds it is a party and has no deputy.",
        "%(num)d complaints wait for nobody: a post is vacant, or whoever holds it is a party and has no deputy.",
        count,
    )
    return [(words, _("Name a head, a general manager or a deputy"), url_for("people.index"))]


def _penalties_for_nobody() -> list[Told]:
    if not (count := _count(Penalty, penalty_waiting.for_nobody(actor().staff))):
        return []
    words = ngettext(
        "%(num)d penalty waits for nobody: a post is vacant, or whoever could decide had their part in it before.",
        "%(num)d penalties wait for nobody: a post is vacant, or whoever could decide had their part in them before.",
        count,
    )
    return [(words, _("Name a general manager, a deputy or a review body"), url_for("people.index"))]


def _messages_not_sent() -> list[Told]:
    if not (count := _count(Message, post.in_trouble())):
        return []
    words = ngettext("%(num)d message could not be sent yet.", "%(num)d messages could not be sent yet.", count)
    return [(words, _("See why"), url_for("background.show", name="messages"))]


def _count(kind: type[Complaint | Penalty | Message | FailedStep], which: ColumnElement[bool]) -> int:
    return db().execute(select(func.count()).select_from(kind).where(which)).scalar_one()


def _papers_that_wait() -> list[Told]:
    """Letters that are issued but could not be printed or signed, with the newest reason."""
    failing = (background.LETTERS.failed(now()), Order.last_error.is_not(None))
    if not (count := db().execute(select(func.count(Order.letter_id.distinct())).where(*failing)).scalar_one()):
        return []
    why = db().scalars(select(Order.last_error).where(*failing).order_by(Order.next_try_at.desc()).limit(1)).one()
    words = ngettext(
        "The paper of %(num)d letter could not be made; the letter itself is issued. The reason: %(why)s",
        "The paper of %(num)d letters could not be made; the letters themselves are issued. The reason: %(why)s",
        count,
        why=paper_words.why(str(why)),
    )
    return [(words, _("See why"), url_for("background.show", name="letters"))]


def _deadlines_that_fail() -> list[Told]:
    """Steps of cases, hand-overs and reminders: what the clock should have done."""
    told = {
        "deadlines": lambda count: ngettext(
            "%(num)d step that fell due could not be carried out.",
            "%(num)d steps that fell due could not be carried out.", count,
        ),
        "hand-overs": lambda count: ngettext(
            "%(num)d hand-over whose day has come could not be carried out.",
            "%(num)d hand-overs whose day has come could not be carried out.", count,
        ),
        "reminders": lambda count: ngettext(
            "%(num)d reminder could not be written.", "%(num)d reminders could not be written.", count,
        ),
    }  # fmt: skip
    return [
        (words(count), _("See why"), url_for("background.show", name=name))
        for name, words in told.items()
        if (count := _count(FailedStep, background.KINDS[name].failed(now())))
    ]


def _unknown_years() -> list[Told]:
    """Years of running deadlines, and the one that begins within a month, which nobody has published yet."""
    last = [db().execute(select(func.max(kind.due_at))).scalar_one() for kind in (Complaint, Penalty)]
    calendar = office().calendar
    days = [calendar.day_of(moment) for moment in (now(), now() + AHEAD, *last) if moment is not None]
    if not (unknown := unknown_years(days, calendar.public.imported_years)):
        return []
    years = case_words.names(str(year) for year in unknown)
    return [
        (
            _(
                "The calendar does not know the public holidays of %(years)s yet: working days are counted as weekdays "
                "without the fixed holidays. Import the year once they are published.",
                years=years,
            ),
            _("Import the year"),
            url_for("calendar.show", year=unknown[0], _anchor="import"),
        )
    ]
