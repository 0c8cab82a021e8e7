"""What stands at the head of the inbox: for an administrator what only they can put right, hand-overs that somebody has
to complete, customers to be contacted.
"""

from dataclasses import dataclass
from datetime import timedelta

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from models import HandOver, Person
from web import (
    case_words,
    customers,
    follow_notes,
    hand_over_page,
    inspections,
    month_asked,
    question,
    ratings,
    standstill_notes,
    survey_call,
    target,
)
from web.session import actor, db, me, now
from workflow import hand_over, hand_over_matters

# How long before the day a hand-over that is not complete is named.
NEAR = timedelta(days=3)


@dataclass(frozen=True)
class Note:
    """A sentence, and the page on which it is put right, if there is one."""

    words: str
    link: str = ""
    url: str = ""


def notes() -> list[Note]:
    """What this person has to put right, the gravest first."""
    notes = (
        _what_stands_still, _hand_overs, _what_follows, _targets, _inspections, _questions, _questions_of_others,
        _customers, _customers_of_others, _calls, _ratings, _asked_of_months,
    )  # fmt: skip
    return [note for found in notes for note in found()]


def _what_stands_still() -> list[Note]:
    return [Note(*told) for told in standstill_notes.notes()]


def _hand_overs() -> list[Note]:
    """Those whose day has come or is near and which are not complete; and one's own."""
    goes_on = (HandOver.done_at.is_(None), HandOver.cancelled_at.is_(None))
    is_named = or_(HandOver.person_id == me().id, HandOver.effective_at <= now() + NEAR)
    query = select(HandOver).where(*goes_on, is_named).order_by(HandOver.effective_at)
    return [
        note
        for found in db().scalars(query.options(joinedload(HandOver.person).joinedload(Person.postings))).unique()
        if hand_over.may_read(found, actor()) and (note := _hand_over(found)) is not None
    ]


def _hand_over(found: HandOver) -> Note | None:
    url, name = url_for("hand_over.show", username=found.person.username), found.person.name
    if found.person_id == me().id:
        return Note(_("Your hand-over is being arranged: %(what)s.", what=hand_over_page.what(found)), _("See it"), url)
    if not (open_ := len(hand_over_matters.open_matters(db(), found, now()))):
        return None
    if found.effective_at <= now():
        words = ngettext(
            "%(name)s has left, and %(num)d matter has no owner.",
            "%(name)s has left, and %(num)d matters have no owner.",
            open_,
            name=name,
        )
    else:
        words = ngettext(
            "%(name)s goes soon, and %(num)d matter has no owner.",
            "%(name)s goes soon, and %(num)d matters have no owner.",
            open_,
            name=name,
        )
    return Note(words, _("Complete the hand-over"), url)


def _what_follows() -> list[Note]:
    """SAL-2…6: rankings to publish, fines to propose or set aside, rewards and spending to decide."""
    return [Note(*told) for told in follow_notes.notes()]


def _inspections() -> list[Note]:
    """MS-1: those to be carried out, reviewed and published by me, and how many are late."""
    if (found := inspections.note_words()) is None:
        return []
    words, late = found
    told = ngettext("%(num)d of them is late.", "%(num)d of them are late.", late) if late else ""
    return [Note(case_words.sentences([words, told]), _("See which"), url_for("inspections.index"))]


def _targets() -> list[Note]:
    """LIFE-1: drafts that the general manager puts in force or not."""
    if not (count := target.count_waiting()):
        return []
    words = ngettext(
        "%(num)d target awaits your approval.", "%(num)d targets await your approval.", count
    )  # fmt: skip
    return [Note(words, _("See which"), url_for("target.index"))]


def _questions() -> list[Note]:
    """LIFE-2: which questions of customers I am to answer."""
    count, late = question.count_to_answer()
    if not count:
        return []
    words = ngettext(
        "%(num)d customer question awaits your answer.",
        "%(num)d customer questions await your answer.", count,
    )  # fmt: skip
    told = ngettext("%(num)d answer is late.", "%(num)d answers are late.", late) if late else ""
    return [Note(case_words.sentences([words, told]), _("See which"), url_for("question.index"))]


def _questions_of_others() -> list[Note]:
    """LIFE-2: which a colleague has not answered in time, for their head and customer relations."""
    if not (count := question.count_late_with_others()):
        return []
    words = ngettext(
        "%(num)d customer question was not answered in time by a colleague.",
        "%(num)d customer questions were not answered in time by colleagues.", count,
    )  # fmt: skip
    return [Note(words, _("See which"), url_for("question.index"))]


def _customers() -> list[Note]:
    """LIFE-3: whom I have to contact after a hand-over."""
    count, late = customers.count_to_contact()
    if not count:
        return []
    words = ngettext(
        "%(num)d customer was handed over to you and waits for a first contact.",
        "%(num)d customers were handed over to you and wait for a first contact.", count,
    )  # fmt: skip
    told = ngettext("%(num)d of them is late.", "%(num)d of them are late.", late) if late else ""
    return [Note(case_words.sentences([words, told]), _("See whom"), url_for("customers.index", only="yes"))]


def _customers_of_others() -> list[Note]:
    """LIFE-3: whom a colleague has not contacted in time, for their head and customer relations."""
    if not (count := customers.count_late_with_others()):
        return []
    words = ngettext(
        "A colleague has not contacted %(num)d customer within a week of the hand-over.",
        "Colleagues have not contacted %(num)d customers within a week of the hand-over.", count,
    )  # fmt: skip
    return [Note(words, _("See whom"), url_for("customers.index", only="yes"))]


def _calls() -> list[Note]:
    """Customers of surveys who are to be called today."""
    if not (count := survey_call.count_today()):
        return []
    words = ngettext(
        "%(num)d customer is to be called for a survey today.",
        "%(num)d customers are to be called for a survey today.", count,
    )  # fmt: skip
    return [Note(words, _("See whom"), url_for("survey_call.index"))]


def _ratings() -> list[Note]:
    """FAIR-1: colleagues whom I am asked to rate."""
    words = ratings.note_words()
    return [Note(words, _("Rate them"), url_for("ratings.index"))] if words else []


def _asked_of_months() -> list[Note]:
    """What people ask about their scorecards."""
    if not (count := month_asked.count()):
        return []
    words = ngettext(
        "%(num)d question about a scorecard awaits your answer.",
        "%(num)d questions about scorecards await your answer.", count,
    )  # fmt: skip
    return [Note(words, _("Answer"), url_for("month_questions.index"))]
