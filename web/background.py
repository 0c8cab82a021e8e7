"""Work in the background, for administrators: what waits, what runs, what failed and why, and “try again”.

What a message or a letter says is not shown: an administrator decides no case and reads none.
"""

from dataclasses import dataclass, field

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import or_, select

from jobs import background, pulse
from jobs.background import KINDS, STATES, State, Tally
from models import FailedStep, Person, Reach, Role
from web import background_words as words
from web.after import start_again
from web.background_words import Row
from web.paging import Page
from web.reach import CHANNELS
from web.session import actor, db, now

PER_PAGE = 50
SHOWN = 5

bp = Blueprint("background", __name__)


@dataclass(frozen=True)
class Line:
    """One kind of work on the page of all."""

    name: str
    words: str
    tally: Tally
    failed: list[Row] = field(default_factory=list)


@bp.before_request
def _only_for_administrators() -> None:
    if actor().has_left or Role.ADMINISTRATOR not in actor().roles:
        abort(404)


@bp.get("/background")
def index() -> str:
    lines = [_line(name, tally) for name, tally in background.tallies(db(), now()).items()]
    return render_template("background/index.html", lines=lines, workers=pulse.living(db(), now()))


def _line(name: str, tally: Tally) -> Line:
    failed = _rows(name, "failed", Page(1, SHOWN)) if tally.failed else []
    return Line(name, _(words.NAMES[name]), tally, failed)


@bp.get("/background/<name>")
def show(name: str) -> str:
    if name not in KINDS:
        abort(404)
    tally, page = KINDS[name].tally(db(), now()), Page.asked(PER_PAGE)
    state = _asked_state(tally)
    return render_template(
        "background/show.html",
        line=Line(name, _(words.NAMES[name]), tally), page=page, state=state, rows=_rows(name, state, page),
        tabs=[(one, _(words.STATES[one]), getattr(tally, one)) for one in STATES],
        unreachable=[person.name for person in db().scalars(_without_an_address())] if name == "messages" else [],
    )  # fmt: skip


@bp.get("/messages")
def messages() -> ResponseReturnValue:
    """Where the messages stood before all other work came to stand beside them."""
    return redirect(url_for("background.show", name="messages"), 301)


@bp.post("/background/<name>/retry")
@bp.post("/background/<name>/<int(max=2147483647):key>/retry")
def retry(name: str, key: int | None = None) -> ResponseReturnValue:
    """One piece of work, or all of its kind that failed."""
    if name not in KINDS:
        abort(404)
    begun = KINDS[name].try_again(db(), now(), key)
    db().commit()
    if begun:
        start_again(name, begun)
        flash(_told(name, len(begun)), "success")
    else:
        flash(_("There is nothing to try again: it succeeded, is being tried, or was asked for again."), "info")
    return redirect(url_for("background.show", name=name), 303)


def _told(name: str, count: int) -> str:
    if KINDS[name].model is FailedStep:
        return _("It is tried again within a minute.")
    return ngettext("It is tried again now.", "%(num)d are tried again now.", count)


def _asked_state(tally: Tally) -> State:
    """The one asked for; else the first of which there is anything."""
    asked = next((state for state in STATES if state == request.args.get("state")), None)
    return asked or next((state for state in STATES if getattr(tally, state)), "failed")


def _rows(name: str, state: State, page: Page) -> list[Row]:
    found = KINDS[name].rows(db(), state, now(), skip=page.skip, most=page.most)
    return [words.row(db(), one, state) for one in page.cut(list(found))]


def _without_an_address():  # noqa: ANN202 - a select whose type its callers refine
    """Who works here and gets messages in the product only."""
    reached = select(Reach.person_id).where(or_(*(getattr(Reach, channel.value).is_not(None) for channel in CHANNELS)))
    here = or_(Person.left_at.is_(None), Person.left_at > now())
    return select(Person).where(here, Person.id.not_in(reached)).order_by(Person.id)
