"""Letters: mine as a list, one with its facts and its PDF, and acknowledging it.

A letter that is not there and a letter that is not for this reader answer alike (404).
"""

from io import BytesIO

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import selectinload

from models import Letter, LetterRecipient, Person
from pdf.fonts import FontsMissing
from pdf.letter import Unprintable
from pdf.seal import Unsealed
from web import case_words, form, letter_page, letter_rows, letter_service, log, staff, waiting
from web.filters import letter_number
from web.language import is_chinese
from web.letter_load import by_key, readable
from web.moment import moment
from web.paging import Page
from web.session import actor, db, me, now, start_over
from web.shell import counted
from workflow import month_letters, reading, service
from workflow.process import Refused

PER_PAGE = 20
LANGUAGES = ("zh", "en")
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
        unacknowledged=[row for row in rows if row.acknowledged_at is None and not row.is_undertaking],
        months=[(month, case_words.month(month)) for month in month_letters.months(db(), actor())],
    )  # fmt: skip


@bp.post("/letters/acknowledgement")
def acknowledge_all() -> ResponseReturnValue:
    """Acknowledge the letters that the list showed, each as if alone."""
    # In one order, whatever the list's was: two presses at once wait for each other and never both for ever.
    found = [_addressed(key) for key in sorted(set(request.form.getlist("key")[:PER_PAGE]))]
    for letter in found:
        reading.acknowledge(letter, by=me(), at=now())
    db().commit()
    flash(ngettext("%(num)s letter is acknowledged.", "%(num)s letters are acknowledged.", len(found)), "success")
    return redirect(url_for("letter.index"), 303)


@bp.get("/letters/<key>")
def show(key: str) -> ResponseReturnValue:
    return _page(*readable(key))


def _page(
    letter: Letter, allowed: tuple[reading.Copy, ...], *, wrong: form.Wrong | None = None,
    proof: letter_service.ProofForm | None = None,
) -> ResponseReturnValue:  # fmt: skip
    try:
        page = letter_page.page_of(letter, allowed, wrong=wrong, proof=proof)
    except FontsMissing as error:
        return cannot_be_printed(error)
    others = [row for row in letter_rows.awaiting(2) if row.key != page.row.key]
    return render_template("letters/show.html", letter=page, other=next(iter(others), None))


@bp.get("/letters/<key>.pdf")
def pdf(key: str) -> ResponseReturnValue:
    """The paper of the letter, in one of the copies that are for this reader."""
    from jobs.letters import pdf_of

    letter, allowed = readable(key)
    language = request.args.get("lang", "zh" if is_chinese() else "en")
    copy = request.args.get("copy", allowed[0])
    if language not in LANGUAGES or copy not in allowed:
        abort(404)
    try:
        data = pdf_of(db(), letter, settings=log.settings(), language=language, copy=copy, at=now())
    except (FontsMissing, Unprintable, Unsealed, OSError, OperationalError) as error:
        return cannot_be_printed(error)
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
    letter, _copies = readable(key)
    line = reading.acknowledge(letter, by=me(), at=now())
    db().commit()
    assert line.acknowledged_at is not None
    flash(_("You acknowledged this letter on %(moment)s.", moment=moment(line.acknowledged_at)), "success")
    return redirect(letter_rows.address(letter), 303)


@bp.post("/letters/<key>/service")
def record_service(key: str) -> ResponseReturnValue:
    """Record how the letter reached an addressee who has not acknowledged it."""
    addressee = staff.by_username(form.text("person"))
    _lock_address(key, addressee)
    letter, allowed = readable(key)
    proof = letter_service.ProofForm()
    if not proof.validate():
        wrong = form.Wrong(files=" ".join(proof.files.errors))
        return make_response(_page(letter, allowed, wrong=wrong, proof=proof), 422)
    try:
        said, evidence = letter_service.said(), proof.files.value
        row = service.record(letter, addressee, said, by=actor(), at=now(), evidence=evidence)
    except Refused as error:
        return make_response(_page(letter, allowed, wrong=form.beside_fields(error), proof=proof), 422)
    db().commit()
    flash(_("It is recorded how the letter was served on %(name)s.", name=row.person.name), "success")
    return redirect(letter_rows.address(letter), 303)


def _addressed(key: str) -> Letter:
    """A letter whose address list names this person, or 404."""
    _lock_my_address(key)
    letter = db().scalars(by_key(key).options(selectinload(Letter.recipients))).one_or_none()
    if letter is None or reading.address_of(letter, me()) is None:
        abort(404)
    return letter


def _lock_my_address(key: str) -> None:
    _lock_address(key, me())


def _lock_address(key: str, person: Person | None) -> None:
    """Of two presses at once the second waits, and then finds the first one's time."""
    if person is not None:
        line = select(LetterRecipient).where(
            LetterRecipient.person_id == person.id,
            LetterRecipient.letter_id.in_(by_key(key).with_only_columns(Letter.id)),
        )
        db().execute(line.with_for_update())


def cannot_be_printed(error: Exception) -> ResponseReturnValue:
    """What is missing is said to whoever keeps the machine; the reader learns that nothing is lost."""
    log.failed(error)
    start_over()
    return render_template("letters/unprintable.html", reference=log.reference()), 503
