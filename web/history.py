"""The inbox's other lists: cases in which I acted, that I started, of which letters were sent to me."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, func, select, union_all
from sqlalchemy.orm import aliased

from models import Event, Letter, LetterRecipient
from web import case_line, case_sight, deed, letter_rows
from web.moment import local
from web.paging import Page
from web.session import actor, db, me, now

PER_PAGE = 20
# How far back counts and averages look: beyond, a page says “and more”.
LOOKED_AT = 500
STARTS = ("file", "propose", "appeal")
# Of which kinds one's own acts are listed: a month has as many scorecards as the company has people.
OF_STARTED = (Event.complaint_id, Event.penalty_id)
OF_DONE = (*OF_STARTED, Event.payday_id)


@dataclass(frozen=True)
class Past:
    """One case with what happened in it, as far as this list is concerned."""

    did: str
    url: str
    about: str
    at: datetime
    state: StrEnum | None
    letter: letter_rows.LetterRow | None = None


@dataclass(frozen=True)
class Week:
    """What the reader has done since Monday, and how long a case lay with them on average."""

    acts: int
    on_average: timedelta | None


def done(page: Page) -> list[Past]:
    """The latest of my acts in each case, the newest first; acts on scorecards stand with their month."""
    pieces = [
        select(func.max(Event.id).label("latest")).where(column.is_not(None), _by_me()).group_by(column)
        for column in OF_DONE
    ]
    found = union_all(*pieces).subquery()
    return _shown(select(found.c.latest).order_by(found.c.latest.desc()), page)


def started(page: Page) -> list[Past]:
    """What I logged or proposed and where I appealed, the newest case first: the order in which an index has them."""
    pieces = [_newest_started(column, most=page.skip + page.most).subquery() for column in OF_STARTED]
    found = union_all(*(select(piece.c.latest, piece.c.began) for piece in pieces)).subquery()
    return _shown(select(found.c.latest).order_by(found.c.began.desc()), page)


def _newest_started(column: case_sight.Column, *, most: int) -> Select[int, int]:
    """Of the newest cases of one kind that I started, my latest start and the event with which each began."""
    mine = select(func.max(Event.id).label("latest"), column.label("case")).where(column.is_not(None), _by_me())
    newest = mine.where(Event.action.in_(STARTS)).group_by(column).order_by(column.desc()).limit(most).subquery()
    first = aliased(Event)
    began = (getattr(first, column.key) == newest.c.case) & (first.seq == 1)
    return select(newest.c.latest.label("latest"), first.id.label("began")).join(first, began)


def _by_me() -> ColumnElement[bool]:
    return Event.actor_id == me().id


def _shown(latest: Select[int], page: Page) -> list[Past]:
    ids = page.cut(list(db().scalars(latest.offset(page.skip).limit(page.most))))
    query = select(Event).where(Event.id.in_(ids)).options(*case_sight.with_its_case())
    found = {event.id: event for event in db().scalars(query)}
    visible = case_sight.visible(found.values())
    return [_own(found[key]) for key in ids if case_sight.key_of(found[key]) in visible]


def _own(event: Event) -> Past:
    return Past(
        did=_("You %(did)s", did=deed.done(event)),
        url=case_line.address(event.case),
        about=case_line.about(event.case, actor()),
        at=event.at,
        state=event.case.state,
    )


def copied(page: Page) -> list[Past]:
    """The newest letter to me of each case."""
    latest = (
        select(func.max(Letter.id))
        .join(Letter.event)
        .join(LetterRecipient, LetterRecipient.letter_id == Letter.id)
        .where(LetterRecipient.person_id == me().id)
        .group_by(*case_sight.COLUMNS.values())
        .order_by(func.max(Letter.id).desc())
        .offset(page.skip)
        .limit(page.most)
    )
    ids = page.cut(list(db().scalars(latest)))
    lines = list(db().scalars(letter_rows.addressed_to_me().where(Letter.id.in_(ids))))
    visible = case_sight.visible(line.letter.event for line in lines)
    return [_copy(line, is_visible=case_sight.key_of(line.letter.event) in visible) for line in lines]


def _copy(line: LetterRecipient, *, is_visible: bool) -> Past:
    """A letter to me; of a case that I no longer see, nothing but the letter."""
    case, row = line.letter.event.case, letter_rows.row_of(line)
    return Past(
        did=row.title,
        url=row.url,
        about=f"{row.number} · {case_line.about(case, actor())}" if is_visible else row.number,
        at=row.issued_at,
        state=case.state if is_visible else None,
        letter=row,
    )


# --- counts, never counted further than LOOKED_AT rows ------------------------------------------


def started_count() -> str:
    counted = [_started_count(column) for column in OF_STARTED]
    numbers, looked_at = zip(*counted, strict=True)
    return _told(sum(numbers), looked_at=max(looked_at))


def _started_count(column: case_sight.Column) -> tuple[int, int]:
    recent = (
        select(column.label("case"), Event.action)
        .where(_by_me(), column.is_not(None))
        .order_by(column.desc())
        .limit(LOOKED_AT)
        .subquery()
    )
    started = func.count(recent.c.case.distinct()).filter(recent.c.action.in_(STARTS))
    number, looked_at = db().execute(select(started, func.count()).select_from(recent)).one()
    return number, looked_at


def copied_count() -> str:
    cases = tuple(case_sight.COLUMNS.values())
    mine = (
        select(*cases)
        .join(Letter, Letter.event_id == Event.id)
        .join(LetterRecipient, LetterRecipient.letter_id == Letter.id)
        .where(LetterRecipient.person_id == me().id)
        .limit(LOOKED_AT)
    )
    found = set(rows := db().execute(mine).all())
    return _told(len(found), looked_at=len(rows))


def _told(number: int, *, looked_at: int) -> str:
    return f"{number}+" if looked_at >= LOOKED_AT else str(number or "")


def this_week() -> Week:
    """For whom nothing waits: what they have done since Monday."""
    monday = local(now()).date() - timedelta(days=local(now()).weekday())
    begin = datetime.combine(monday, time(), local(now()).tzinfo)
    in_complaint, in_penalty = aliased(Event), aliased(Event)
    acts = (
        select(Event.at, func.coalesce(in_complaint.at, in_penalty.at, type_=Event.at.type))
        .outerjoin(in_complaint, _is_before(in_complaint.complaint_id, in_complaint.seq, Event.complaint_id))
        .outerjoin(in_penalty, _is_before(in_penalty.penalty_id, in_penalty.seq, Event.penalty_id))
        .where(_by_me(), Event.at >= begin)
        .limit(LOOKED_AT)
    )
    found = [tuple(row) for row in db().execute(acts)]
    took = [at - since for at, since in found if since is not None]
    return Week(len(found), sum(took, timedelta()) / len(took) if took else None)


def _is_before(case: Any, seq: Any, of: case_sight.Column) -> ColumnElement[bool]:
    """Whether it is the event before this one in the same case."""
    return and_(case == of, seq == Event.seq - 1)
