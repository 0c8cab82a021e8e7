"""Messages that did not go out, for administrators: to whom, by which way, why, and “try again”.

What a message says is not shown: an administrator decides no case and reads none.
"""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import joinedload

from jobs import post
from models import Message, OrderState, Person, Reach, Role
from web.after import after_commit
from web.paging import Page
from web.reach import CHANNELS
from web.session import actor, db, now

PER_PAGE = 50

bp = Blueprint("post", __name__)


@bp.before_request
def _only_for_administrators() -> None:
    if actor().has_left or Role.ADMINISTRATOR not in actor().roles:
        abort(404)


@bp.get("/messages")
def index() -> str:
    page = Page.asked(PER_PAGE)
    found = select(Message).where(in_trouble()).options(joinedload(Message.person)).order_by(Message.id.desc())
    rows = page.cut(list(db().scalars(found.offset(page.skip).limit(page.most))))
    return render_template(
        "post/index.html",
        rows=[(message, _(CHANNELS[message.channel]), _(message.last_error or "Refused")) for message in rows],
        page=page,
        waiting=_count(Message.state == OrderState.WAITING),
        unreachable=[person.name for person in db().scalars(_without_an_address())],
    )


@bp.post("/messages/<int(max=2147483647):key>/retry")
def retry(key: int) -> ResponseReturnValue:
    message = db().get(Message, key, with_for_update=True)
    if message is None:
        abort(404)
    if message.state is OrderState.FAILED or message.last_error is not None:
        post.try_again(message, at=now())
        db().commit()
        after_commit()
        flash(_("It is tried again now."), "success")
    return redirect(url_for("post.index"), 303)


def in_trouble() -> ColumnElement[bool]:
    """Given up, or refused at least once and waiting for the next try."""
    refused = and_(Message.state == OrderState.WAITING, Message.last_error.is_not(None))
    return or_(Message.state == OrderState.FAILED, refused)


def _count(which: ColumnElement[bool]) -> int:
    return db().execute(select(func.count()).select_from(Message).where(which)).scalar_one()


def _without_an_address():  # noqa: ANN202 - a select whose type its callers refine
    """Who works here and gets messages in the product only."""
    reached = select(Reach.person_id).where(or_(*(getattr(Reach, channel.value).is_not(None) for channel in CHANNELS)))
    here = or_(Person.left_at.is_(None), Person.left_at > now())
    return select(Person).where(here, Person.id.not_in(reached)).order_by(Person.id)
