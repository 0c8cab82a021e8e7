"""The inbox's other lists: cases in which I acted, that I started, of which letters were sent to me."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from flask_babel import gettext as _
from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased, contains_eager

from models import Complaint, ComplaintState, Event, Letter, LetterRecipient
from web import case_line, deed, letter_rows
from web.filters import letter_number
from web.moment import local
from web.paging import Page
from web.session import actor, db, me, now
from workflow.sight import visible_to

PER_PAGE = 20
# How far back counts and averages look: beyond, a page says “and more”.
LOOKED_AT = 500
STARTS = ("file", "appeal")


@dataclass(frozen=True)
class Past:
    """One case with what happened in it, as far as this list is concerned."""

    did: str
    url: str
    about: str
    at: datetime
    state: ComplaintState | None
    letter: letter_rows.LetterRow | None = None


@dataclass(frozen=True)
class Week:
    """What the reader has done since Monday, and how long a case lay with them on average."""

    acts: int
    on_average: timedelta | None


def done(page: Page) -> list[Past]:
    """The latest of my acts in each case, the newest first."""
    return _shown(_latest_own().order_by(func.max(Event.id).desc()), page)


def started(page: Page) -> list[Past]:
    """What I logged and where I appealed, the newest case first: the order in which an index has them."""
    return _shown(_latest_own().where(Event.action.in_(STARTS)).order_by(Event.complaint_id.desc()), page)


def _latest_own() -> Select[int]:
    return select(func.max(Event.id)).where(Event.actor_id == me().id).group_by(Event.complaint_id)


def _shown(latest: Select[int], page: Page) -> list[Past]:
    ids = page.cut(list(db().scalars(latest.offset(page.skip).limit(page.most))))
    query = (
        select(Event)
        .join(Event.complaint)
        .where(Event.id.in_(ids), visible_to(actor()))
        .options(contains_eager(Event.complaint).joinedload(Complaint.respondent))
    )
    found = {event.id: event for event in db().scalars(query)}
    return [_own(found[key]) for key in ids if key in found]


def _own(event: Event) -> Past:
    case = event.complaint
    return Past(
        did=_("You %(did)s", did=deed.done(event)),
        url=case_line.address(case),
        about=case_line.about(case, actor()),
        at=event.at,
        state=case.state,
    )


def copied(page: Page) -> list[Past]:
    """The newest letter to me of each case."""
    latest = (
        select(func.max(Letter.id))
        .join(Letter.event)
        .join(LetterRecipient, LetterRecipient.letter_id == Letter.id)
        .where(LetterRecipient.person_id == me().id)
        .group_by(Event.complaint_id)
        .order_by(func.max(Letter.id).desc())
        .offset(page.skip)
        .limit(page.most)
    )
    ids = page.cut(list(db().scalars(latest)))
    lines = list(db().scalars(letter_rows.addressed_to_me().where(Letter.id.in_(ids))))
    visible = _visible({line.letter.event.complaint_id for line in lines})
    return [_copy(line, visible) for line in lines]


def _copy(line: LetterRecipient, visible: set[int]) -> Past:
    """A letter to me; of a case that I no longer see, nothing but the letter."""
    case, row = line.letter.event.complaint, letter_rows.row_of(line.letter, line.acknowledged_at)
    is_visible = case.id in visible
    return Past(
        did=row.title,
        url=row.url,
        about=f"{row.number} · {case_line.about(case, actor())}" if is_visible else letter_number(line.letter),
        at=row.issued_at,
        state=case.state if is_visible else None,
        letter=row,
    )


def _visible(ids: set[int]) -> set[int]:
    return set(db().scalars(select(Complaint.id).where(Complaint.id.in_(ids), visible_to(actor()))))


# --- counts, never counted further than LOOKED_AT rows ------------------------------------------


def started_count() -> str:
    recent = (
        select(Event.complaint_id, Event.action)
        .where(Event.actor_id == me().id)
        .order_by(Event.complaint_id.desc())
        .limit(LOOKED_AT)
        .subquery()
    )
    started = func.count(recent.c.complaint_id.distinct()).filter(recent.c.action.in_(STARTS))
    return _told(select(started, func.count()).select_from(recent))


def copied_count() -> str:
    mine = (
        select(Event.complaint_id)
        .join(Letter, Letter.event_id == Event.id)
        .join(LetterRecipient, LetterRecipient.letter_id == Letter.id)
        .where(LetterRecipient.person_id == me().id)
        .limit(LOOKED_AT)
        .subquery()
    )
    return _told(select(func.count(mine.c.complaint_id.distinct()), func.count()).select_from(mine))


def _told(query: Select[int, int]) -> str:
    number, looked_at = db().execute(query).one()
    return f"{number}+" if looked_at >= LOOKED_AT else str(number or "")


def this_week() -> Week:
    """For whom nothing waits: what they have done since Monday."""
    monday = local(now()).date() - timedelta(days=local(now()).weekday())
    begin = datetime.combine(monday, time(), local(now()).tzinfo)
    before = aliased(Event)
    acts = (
        select(Event.at, before.at)
        .outerjoin(before, (before.complaint_id == Event.complaint_id) & (before.seq == Event.seq - 1))
        .where(Event.actor_id == me().id, Event.at >= begin)
        .limit(LOOKED_AT)
    )
    found = [tuple(row) for row in db().execute(acts)]
    took = [at - since for at, since in found if since is not None]
    return Week(len(found), sum(took, timedelta()) / len(took) if took else None)
