"""Letters: mine as a list, one with its facts and its PDF, and acknowledging it.

A letter that is not there and a letter that is not for this reader answer alike (404).
"""

import re
from io import BytesIO

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload, undefer

from models import Complaint, Event, Letter, LetterRecipient
from pdf.fonts import FontsMissing
from pdf.letter import Unprintable
from web import case_words, letter_page, letter_rows, log, waiting
from web.filters import letter_number
from web.language import is_chinese
from web.moment import moment
from web.paging import Page
from web.session import actor, db, me, now, start_over
from web.shell import counted
from workflow import reading

PER_PAGE = 20
LANGUAGES = ("zh", "en")
KEY = re.compile(r"(?P<series>[a-z]{1,24})-(?P<year>[0-9]{4})-(?P<seq>[0-9]{1,9})")
# A PDF viewer inside the browser brings its own style; it still loads nothing and stands in no frame.
POLICY = "default-src 'none'; object-src 'self'; frame-ancestors 'none'"

bp = Blueprint("letter", __name__)


@counted("letter.index")
def _awaiting() -> int:
    return waiting.letters_count()


@bp.get("/letters")
def index() -> str:
    page = Page.asked(PER_PAGE)
    rows = page.cut(letter_rows.unacknowledged_first(skip=page.skip, most=page.most))
    return render_template(
        "letters/index.html",
        rows=rows, page=page, total=letter_rows.count(), awaiting=waiting.told(waiting.letters_count()),
        unacknowledged=[row for row in rows if row.acknowledged_at is None],
    )  # fmt: skip


@bp.post("/letters/acknowledgement")
def acknowledge_all() -> ResponseReturnValue:
    """Acknowledge the letters that the list showed, each as if alone."""
    found = [_addressed(key) for key in request.form.getlist("key")[:PER_PAGE]]
    for letter in found:
        reading.acknowledge(letter, by=me(), at=now())
    db().commit()
    flash(ngettext("%(num)s letter is acknowledged.", "%(num)s letters are acknowledged.", len(found)), "success")
    return redirect(url_for("letter.index"), 303)


@bp.get("/letters/<key>")
def show(key: str) -> ResponseReturnValue:
    letter, allowed = _readable(key)
    try:
        page = letter_page.page_of(letter, allowed)
    except FontsMissing as error:
        return _cannot_be_printed(error)
    others = [row for row in letter_rows.awaiting(2) if row.key != page.row.key]
    return render_template("letters/show.html", letter=page, other=next(iter(others), None))


@bp.get("/letters/<key>.pdf")
def pdf(key: str) -> ResponseReturnValue:
    """The paper of the letter, in one of the copies that are for this reader."""
    from jobs.letters import pdf_of

    letter, allowed = _readable(key)
    language = request.args.get("lang", "zh" if is_chinese() else "en")
    copy = request.args.get("copy", allowed[0])
    if language not in LANGUAGES or copy not in allowed:
        abort(404)
    try:
        data = pdf_of(db(), letter, language=language, copy=copy, at=now())
    except (FontsMissing, Unprintable) as error:
        return _cannot_be_printed(error)
    name = f"{letter_number(letter)} {case_words.letter_title(letter.kind)}.pdf"
    response = send_file(
        BytesIO(data), mimetype="application/pdf", download_name=name, as_attachment="download" in request.args
    )
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.post("/letters/<key>/acknowledgement")
def acknowledge(key: str) -> ResponseReturnValue:
    """签收: received, not agreed. Pressed twice, it says when it was acknowledged."""
    _lock_my_address(key)
    letter, _copies = _readable(key)
    line = reading.acknowledge(letter, by=me(), at=now())
    db().commit()
    assert line.acknowledged_at is not None
    flash(_("You acknowledged this letter on %(moment)s.", moment=moment(line.acknowledged_at)), "success")
    return redirect(letter_rows.address(letter), 303)


def _readable(key: str) -> tuple[Letter, tuple[reading.Copy, ...]]:
    """The letter and the copies in which this person may read it, or 404."""
    letter = db().scalars(_by_key(key).options(*_for_reading())).unique().one_or_none()
    allowed = reading.copies_for(letter, actor()) if letter is not None else ()
    if letter is None or not allowed:
        abort(404)
    return letter, allowed


def _addressed(key: str) -> Letter:
    """A letter whose address list names this person, or 404."""
    _lock_my_address(key)
    letter = db().scalars(_by_key(key).options(selectinload(Letter.recipients))).one_or_none()
    if letter is None or reading.address_of(letter, me()) is None:
        abort(404)
    return letter


def _lock_my_address(key: str) -> None:
    """Of two presses at once the second waits, and then finds the first one's time."""
    mine = select(LetterRecipient).where(
        LetterRecipient.person_id == me().id, LetterRecipient.letter_id.in_(_by_key(key).with_only_columns(Letter.id))
    )
    db().execute(mine.with_for_update())


def _by_key(key: str):  # noqa: ANN202 - a select whose type its callers refine
    parts = KEY.fullmatch(key)
    if parts is None:
        abort(404)
    return select(Letter).where(
        Letter.series == parts["series"], Letter.year == int(parts["year"]), Letter.seq == int(parts["seq"])
    )


def _for_reading() -> tuple[object, ...]:
    """Sight asks for every event of the case; the page for its other letters."""
    case = joinedload(Letter.event).joinedload(Event.complaint)
    letters = case.selectinload(Complaint.events).selectinload(Event.letters).selectinload(Letter.recipients)
    return (letters, selectinload(Letter.recipients).joinedload(LetterRecipient.person), undefer(Letter.content))


def _cannot_be_printed(error: Exception) -> ResponseReturnValue:
    """What is missing is said to whoever keeps the machine; the reader learns that nothing is lost."""
    log.failed(error)
    start_over()
    return render_template("letters/unprintable.html", reference=log.reference()), 503
