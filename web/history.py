"""The inbox's other lists: cases in which I acted or somebody for me, that I started, letters of which I got a copy."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from models import Event, Letter, LetterRecipient, Payday, Scorecard
from web import case_line, case_sight, deed, letter_rows
from web.moment import local, month
from web.paging import Page
from web.session import actor, db, me, now
from workflow import case_lists, payday
from workflow.complaint_list import COUNTED, Count
from workflow.roles import Actor
from workflow.scorecard_roles import acts_on_months

PER_PAGE = 20
# Counts stop at a thousand, and so do pages.
LAST_PAGE = COUNTED // PER_PAGE
# How far back a week's average looks.
LOOKED_AT = 500

Pieces = Sequence[Select[int]]
LISTS: dict[str, Callable[[Actor, str], Pieces]] = {
    "done": case_lists.done, "started": case_lists.started, "copied": case_lists.copied,
}  # fmt: skip


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


def rows_of(name: str, page: Page, text: str) -> list[Past]:
    """One page of a list, newest first; of a case that does not exist for me, nothing but a letter to me."""
    ids = page.cut(list(db().scalars(case_lists.page_of(_pieces(name, text), skip=page.skip, most=page.most))))
    page.has_next = page.has_next and page.number < LAST_PAGE
    return _copies(ids) if name == "copied" else _acts(ids)


def count_of(name: str, text: str) -> Count:
    """How many are found, never counted further than a thousand."""
    return _count(db().execute(case_lists.count_of(_pieces(name, text))).scalar_one())


def counts() -> dict[str, Count]:
    """How many there are in each list, asked together."""
    asked = select(*(case_lists.count_of(_pieces(name)).scalar_subquery().label(name) for name in LISTS))
    return {name: _count(number) for name, number in db().execute(asked).one()._asdict().items()}


def _count(number: int) -> Count:
    return Count(number, is_more=number >= COUNTED)


def _pieces(name: str, text: str = "") -> Pieces:
    return LISTS[name](actor(), text)


def _acts(ids: list[int]) -> list[Past]:
    query = select(Event).where(Event.id.in_(ids)).options(joinedload(Event.actor), *case_sight.with_its_case())
    found = {event.id: event for event in db().scalars(query)}
    return [_month_of_cards(found[key]) if found[key].scorecard else _own(found[key]) for key in ids]


def _own(event: Event) -> Past:
    url = case_line.address(event.case)
    if isinstance(event.case, Payday) and payday.may_look(actor()):
        url = url_for("payday.show", month=event.case.month)
    return Past(
        did=_by_me_or_for_me(event, deed.done(event)), url=url, about=case_line.about(event.case, actor()),
        at=event.at, state=event.case.state,
    )  # fmt: skip


def _month_of_cards(event: Event) -> Past:
    """All that I did with the scorecards of a month stands in one row; the month's page says how far it is."""
    card = event.case
    assert isinstance(card, Scorecard)
    url = url_for("month.show", month=card.month) if acts_on_months(actor()) else ""
    return Past(
        did=_by_me_or_for_me(event, deed.done_to_all(event)), url=url, about=month(card.month), at=event.at, state=None
    )


def _by_me_or_for_me(event: Event, did: str) -> str:
    """What was done, and by whom: a deputy's act stands in both lists."""
    if event.actor is None or event.actor_id == me().id:
        return _("You %(did)s", did=did)
    return _("%(name)s, standing in for you, %(did)s", name=event.actor.name, did=did)


def _copies(ids: list[int]) -> list[Past]:
    lines = list(db().scalars(letter_rows.addressed_to_me().where(Letter.id.in_(ids))))
    visible = case_sight.visible(line.letter.event for line in lines)
    return [_copy(line, is_visible=case_sight.key_of(line.letter.event) in visible) for line in lines]


def _copy(line: LetterRecipient, *, is_visible: bool) -> Past:
    """A letter to me; of a case that I do not see, nothing but the letter."""
    case, row = line.letter.event.case, letter_rows.row_of(line)
    return Past(
        did=row.title,
        url=row.url,
        about=f"{row.number} · {case_line.about(case, actor())}" if is_visible else row.number,
        at=row.issued_at,
        state=case.state if is_visible else None,
        letter=row,
    )


def this_week() -> Week:
    """For whom nothing waits: what they have done since Monday."""
    monday = local(now()).date() - timedelta(days=local(now()).weekday())
    begin = datetime.combine(monday, time(), local(now()).tzinfo)
    came = func.coalesce(_came(Event.complaint_id), _came(Event.penalty_id), type_=Event.at.type)
    acts = select(Event.at, came, _moves(Event)).where(Event.actor_id == me().id, Event.at >= begin).limit(LOOKED_AT)
    found = [tuple(row) for row in db().execute(acts)]
    took = [at - since for at, since, moves in found if moves and since is not None]
    return Week(len(found), sum(took, timedelta()) / len(took) if took else None)


def _came(of: case_sight.Column) -> Any:
    """When the case came to where the act found it; remarks, nudges and hand-overs move nothing."""
    before = aliased(Event)
    earlier = (getattr(before, of.key) == of, before.seq < Event.seq, _moves(before))
    return select(func.max(before.at)).where(*earlier).correlate(Event).scalar_subquery()


def _moves(event: Any) -> ColumnElement[bool]:
    return or_(event.from_state.is_(None), event.from_state != event.to_state)
