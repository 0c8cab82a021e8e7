"""Printing an internal copy of a letter: one press gives one numbered copy, which stays on record.

The paper of the letter is made first, so that no number is given for what cannot be printed. A copy of somebody
else's and one that never was answer alike (404).
"""

from io import BytesIO

from flask import Blueprint, abort, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError

from models import Letter, LetterPrint
from pdf import filters as paper_words
from pdf.fonts import FontsMissing
from pdf.letter import Unprintable
from pdf.printed import Mark, internal_copy
from pdf.seal import Unsealed
from pdf.words import Language
from web import case_words, log
from web.filters import letter_number
from web.letter import LANGUAGES, POLICY, cannot_be_printed
from web.letter_load import readable
from web.session import actor, db, me, now, office
from workflow import printing
from workflow.deadline import as_json

bp = Blueprint("letter_print", __name__)

NOT_PRINTABLE = (FontsMissing, Unprintable, Unsealed, OSError, OperationalError)


@bp.post("/letters/<key>/prints")
def make(key: str) -> ResponseReturnValue:
    letter, allowed = readable(key)
    language, copy = request.form.get("lang", ""), request.form.get("copy") or allowed[0]
    if language not in LANGUAGES or copy not in allowed:
        abort(404)
    try:
        _issued(letter, language, copy)
    except NOT_PRINTABLE as error:
        return cannot_be_printed(error)
    row = printing.record(db(), letter, copy=copy, language=language, by=actor(), at=now())
    db().commit()
    log.logger.info("download", what="internal copy", by=me().id, number=row.number, reference=log.reference())
    return redirect(url_for("letter_print.show", key=key, number=row.number), 303)


@bp.get("/letters/<key>/prints/<int:number>.pdf")
def show(key: str, number: int) -> ResponseReturnValue:
    letter, _copies = readable(key)
    row = printing.printed_by(db(), letter, number, actor())
    if row is None:
        abort(404)
    try:
        data = _marked(letter, row)
    except NOT_PRINTABLE as error:
        return cannot_be_printed(error)
    name = f"{letter_number(letter)} {case_words.letter_title(letter.kind)} {_('copy %(number)d', number=number)}.pdf"
    response = send_file(BytesIO(data), mimetype="application/pdf", download_name=name)
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _marked(letter: Letter, row: LetterPrint) -> bytes:
    lang: Language = "zh" if row.language == "zh" else "en"
    mark = Mark({"name": me().name}, as_json(row.printed_at, office()), row.number)
    number = paper_words.number({"series": letter.series, "year": letter.year, "seq": letter.seq}, lang)
    return internal_copy(_issued(letter, lang, row.copy), mark, kind=letter.kind, number=number, lang=lang)


def _issued(letter: Letter, language: str, copy: str) -> bytes:
    from jobs.letters import pdf_of

    return pdf_of(db(), letter, settings=log.settings(), language=language, copy=copy, at=now())
