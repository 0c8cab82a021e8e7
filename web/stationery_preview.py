"""How a letter would look: a specimen of each kind as PDF on a draft or an edition, and the letterhead's pictures."""

from io import BytesIO

from flask import Response, abort, make_response, render_template, request, send_file
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from models import StationeryDraft, StationeryEdition, StationeryPicture
from pdf import letter as paper
from pdf import specimen
from pdf.fonts import FontsMissing
from pdf.letter import Unprintable
from web import log
from web.case_words import letter_title
from web.language import is_chinese
from web.session import actor, db, start_over
from web.stationery_bp import bp
from web.stationery_form import company_names
from workflow import stationery
from workflow.wording import PASSAGES

LANGUAGES = ("zh", "en")
# A PDF viewer inside the browser brings its own style; it still loads nothing and stands in no frame.
POLICY = "default-src 'none'; object-src 'self'; frame-ancestors 'none'"


@bp.get("/company/stationery/specimens/<of>/<kind>.pdf")
def preview(of: str, kind: str) -> ResponseReturnValue:
    """A specimen on the draft or on the edition of this number; it says on every page that it is none."""
    stationery.require_reader(actor())
    found, language = _asked_for(of), request.args.get("lang", "zh" if is_chinese() else "en")
    copy = request.args.get("copy", "full")
    if kind not in PASSAGES or language not in LANGUAGES or copy not in paper.copies_of(kind):
        abort(404)
    content = specimen.of(kind, stationery.frozen(found, kind), company_names())
    try:
        data = paper.render(
            content, lang=language, copy=copy, digest=specimen.DIGEST,
            pictures=stationery.pictures_of(db(), content), specimen=True,
        )  # fmt: skip
    except (FontsMissing, Unprintable) as error:
        log.failed(error)
        start_over()
        return render_template("letters/unprintable.html", reference=log.reference()), 503
    answer = send_file(BytesIO(data), mimetype="application/pdf", download_name=f"{letter_title(kind)}.pdf")
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _asked_for(of: str) -> StationeryDraft | StationeryEdition:
    if of == "draft":
        return stationery.open_draft(db()) or abort(404)
    number = int(of) if of.isascii() and of.isdigit() and len(of) < 9 else 0
    query = select(StationeryEdition).filter_by(number=number)
    return db().scalars(query).one_or_none() or abort(404)


@bp.get("/company/stationery/pictures/<digest>.png")
def picture(digest: str) -> Response:
    stationery.require_reader(actor())
    found = db().get(StationeryPicture, digest) or abort(404)
    answer = make_response(found.data)
    answer.headers["Content-Type"] = "image/png"
    answer.headers["Cache-Control"] = "private, max-age=3600, immutable"
    return answer
