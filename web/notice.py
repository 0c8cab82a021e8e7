"""The bell: what happened in cases that concern me, the newest first. Looking changes nothing; a
notice is read once its button was pressed, or all of them at once.

It leads to the case; where that has no page, or is not open to me, to the letter that came with it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from models import (
    CustomerQuestion,
    Event,
    HandedCustomers,
    Inspection,
    InspectionAct,
    Letter,
    LetterRecipient,
    Notice,
    Part,
    Person,
    QuestionNudge,
    RatingAsked,
    RatingDuty,
    RatingRound,
    Reminder,
    ReminderRecipient,
    Scorecard,
)
from web import (
    call_notice,
    case_line,
    case_sight,
    contact_notice,
    deed,
    inspection_notice,
    letter_rows,
    moment,
    question_notice,
    ranking_notice,
    rating_notice,
    reminder_notice,
)
from web.paging import Page
from web.session import actor, db, me, now
from workflow.message import NUDGE

PER_PAGE = 20

bp = Blueprint("notice", __name__)


@dataclass(frozen=True)
class Told:
    """One notice; of a case that I no longer see, nothing but that there was something."""

    key: int
    at: datetime
    is_unread: bool
    who: str = ""
    did: str = ""
    about: str = ""
    url: str = ""
    state: StrEnum | None = None
    opens: str = ""

    @property
    def is_by_the_clock(self) -> bool:
        return not self.who


@bp.get("/notices")
def index() -> str:
    page = Page.asked(PER_PAGE)
    found = page.cut(list(db().scalars(_mine().offset(page.skip).limit(page.most))))
    return render_template("notice/index.html", notices=_all_told(found), page=page)


@bp.get("/notices/<int(max=2147483647):key>")
def follow(key: int) -> ResponseReturnValue:
    """Where messages lead: on to what the notice is about. It stays unread, since a GET changes nothing."""
    notice = db().scalars(_mine().where(Notice.id == key)).one_or_none()
    if notice is None:
        abort(404)
    [told] = _all_told([notice])
    return redirect(told.url or url_for("notice.index"), 303)


@bp.post("/notices/reading")
def read_all() -> ResponseReturnValue:
    unread = update(Notice).where(Notice.person_id == me().id, Notice.read_at.is_(None))
    db().execute(unread.values(read_at=now()))
    db().commit()
    return redirect(url_for("notice.index"), 303)


@bp.post("/notices/<int:key>/reading")
def read(key: int) -> ResponseReturnValue:
    """Mark one as read and go where it leads."""
    notice = db().scalars(_mine().where(Notice.id == key)).one_or_none() if key < 2**31 else None
    if notice is None:
        abort(404)
    notice.read_at = notice.read_at or now()
    [told] = _all_told([notice])
    db().commit()
    return redirect(told.url or url_for("notice.index"), 303)


def _mine():  # noqa: ANN202 - a select whose type its callers refine
    return (
        select(Notice)
        .outerjoin(Notice.event)
        .where(Notice.person_id == me().id)
        .options(
            contains_eager(Notice.event).options(
                joinedload(Event.actor), joinedload(Event.acting_for), *case_sight.with_its_case()
            ),
            joinedload(Notice.customers).options(
                selectinload(HandedCustomers.hand_overs),
                joinedload(HandedCustomers.to).selectinload(Person.postings),
            ),
            joinedload(Notice.question).options(
                selectinload(CustomerQuestion.passed),
                joinedload(CustomerQuestion.responsible).selectinload(Person.postings),
            ),
            joinedload(Notice.nudge).joinedload(QuestionNudge.by),
            joinedload(Notice.calls),
            joinedload(Notice.ranking),
            joinedload(Notice.rating).options(
                joinedload(RatingDuty.round).joinedload(RatingRound.regulation_version),
                joinedload(RatingDuty.rater).selectinload(Person.postings),
                selectinload(RatingDuty.asked).joinedload(RatingAsked.person),
            ),
            joinedload(Notice.inspection_act).joinedload(InspectionAct.inspection).selectinload(Inspection.inspectors),
            joinedload(Notice.reminder).selectinload(Reminder.recipients).joinedload(ReminderRecipient.person),
        )
        .order_by(Notice.id.desc())
    )


def _all_told(found: list[Notice]) -> list[Told]:
    events = {notice.event.id: notice.event for notice in found if notice.event is not None}
    visible, letters = case_sight.visible(events.values()), _my_letters(set(events))
    return [
        _told(notice, event, letters.get(event.id), is_visible=case_sight.key_of(event) in visible)
        if (event := notice.event) is not None
        else _told_without_events(notice)
        for notice in found
    ]


def _told_without_events(notice: Notice) -> Told:
    is_unread = notice.read_at is None
    if notice.question is not None:
        at = question_notice.moment_of(notice)
        return Told(notice.id, at, is_unread, **question_notice.told(notice.question, notice))
    if (act := notice.inspection_act) is not None:
        at = inspection_notice.moment_of(notice, act)
        return Told(notice.id, at, is_unread, **inspection_notice.told(act, notice))
    if notice.ranking is not None:
        assert notice.reminder is not None, "of a ranking there are reminders alone"
        return Told(notice.id, notice.reminder.at, is_unread, **ranking_notice.told(notice.ranking, notice.reminder))
    if notice.rating is not None:
        at = rating_notice.moment_of(notice)
        return Told(notice.id, at, is_unread, **rating_notice.told(notice.rating, notice))
    if notice.calls is not None:
        assert notice.reminder is not None, "of a day's calls there are reminders alone"
        return Told(notice.id, notice.reminder.at, is_unread, **call_notice.told(notice.calls, notice.reminder))
    assert notice.customers is not None, "it is about an event otherwise"
    at = contact_notice.moment_of(notice)
    return Told(notice.id, at, is_unread, **contact_notice.told(notice.customers, notice.reminder))


def _my_letters(events: set[int]) -> dict[int, Letter]:
    """The letters of these events that are addressed to me, by event."""
    query = select(Letter).join(Letter.recipients).where(Letter.event_id.in_(events))
    mine = query.where(LetterRecipient.person_id == me().id)
    return {letter.event_id: letter for letter in db().scalars(mine)}


def _told(notice: Notice, event: Event, letter: Letter | None, *, is_visible: bool) -> Told:
    is_unread = notice.read_at is None
    if not is_visible and not _is_for_an_administrator(notice):
        return _told_little(notice, event, letter)
    if notice.reminder is not None:
        return Told(
            notice.id, notice.reminder.at, is_unread, **reminder_notice.told(notice.reminder, event.case, letter)
        )
    if isinstance(event.case, Scorecard):
        return _told_of_a_card(notice, event, event.case)
    page = case_line.address(event.case)
    return Told(
        notice.id, event.at, is_unread,
        who=deed.by_whom(event), did=deed.done(event), about=case_line.about(event.case, actor()),
        state=event.case.state, **_way_on(page, letter),
    )  # fmt: skip


def _is_for_an_administrator(notice: Notice) -> bool:
    """It says nothing of the case but that it is late."""
    return notice.reminder is not None and reminder_notice.part_of_mine(notice.reminder) is Part.ADMINISTRATOR


def _told_of_a_card(notice: Notice, event: Event, card: Scorecard) -> Told:
    """My own card, or one that came back to me, by itself; else the month in which I am to act on many."""
    is_unread = notice.read_at is None
    if card.person_id == me().id or event.action in ("return", NUDGE):
        return Told(
            notice.id, event.at, is_unread, who=deed.by_whom(event), did=deed.done(event),
            about=case_line.about(card, actor()), state=card.state, url=_page_of(card), opens=_("Open the scorecard"),
        )  # fmt: skip
    return Told(
        notice.id, event.at, is_unread, who=deed.by_whom(event), did=deed.done_to_all(event),
        about=moment.month(card.month), url=url_for("month.show", month=card.month), opens=_("Open the month"),
    )  # fmt: skip


def _page_of(card: Scorecard) -> str:
    if card.person_id == me().id:
        return url_for("month.mine", month=card.month)
    return url_for("month.card", month=card.month, username=card.person.username)


def _told_little(notice: Notice, event: Event, letter: Letter | None) -> Told:
    """Of a case that I do not see, nothing but that there was something; a leader is led to their own copy."""
    way = _way_on("", letter if event.penalty_id is not None else None)
    sentence = (
        _("A letter was sent to you. The case itself is not open to you.")
        if way["url"]
        else _("Something happened in a case that is no longer open to you.")
    )
    return Told(notice.id, event.at, notice.read_at is None, did=sentence, **way)


def _way_on(page: str, letter: Letter | None) -> dict[str, str]:
    """Where the notice leads, and the words on its button."""
    if page:
        return {"url": page, "opens": _("Open the case")}
    if letter is not None:
        return {"url": letter_rows.address(letter), "opens": _("Open the letter")}
    return {"url": "", "opens": ""}
