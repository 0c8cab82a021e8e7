"""What proves how a letter was served: its evidence, added and opened, and the receipt (送达回证) as a PDF.

Whoever is no addressee, and what is not for this reader, answer alike (404).
"""

from io import BytesIO
from typing import Any

from flask import Blueprint, abort, flash, redirect, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from models import Letter, LetterService, Person
from pdf import receipt as paper
from pdf.casefile_given import ServiceIn
from pdf.words import Language
from web import letter_rows, letter_service, staff, uploads
from web.attachment import as_download
from web.filters import letter_number, sentence
from web.letter import LANGUAGES, POLICY
from web.letter_load import by_key, readable
from web.session import actor, company, db, now, office
from workflow import reading, service
from workflow.deadline import as_json
from workflow.process import INVALID, Refused

bp = Blueprint("letter_proof", __name__)


@bp.post("/letters/<key>/service/<username>/files")
def add(key: str, username: str) -> ResponseReturnValue:
    """More evidence of a service that is recorded; refused as a whole or taken as a whole."""
    person = staff.by_username(username)
    _lock_service(key, person)
    letter, _copies = readable(key)
    if person is None:
        abort(404)
    try:
        files = uploads.receive(request.files.getlist("files"))
        service.add_evidence(letter, person, files, by=actor(), at=now())
    except uploads.FileRefused as refusal:
        _say_nothing_was_added(str(refusal))
    except Refused as refusal:
        if refusal.code != INVALID:
            raise
        _say_nothing_was_added(sentence(refusal.objections[0]))
    else:
        db().commit()
        flash(_("The evidence of the service on %(name)s is on record.", name=person.name), "success")
    return redirect(letter_rows.address(letter), 303)


def _say_nothing_was_added(why: str) -> None:
    """No browser chooses files again by itself."""
    flash(_("%(why)s Nothing was added: please choose the files again.", why=why), "error")


@bp.get("/letters/<key>/service/<username>/files/<file>")
def show(key: str, username: str, file: str) -> ResponseReturnValue:
    letter, person = _served(key, username)
    row = service.service_on(letter, person.id)
    names = [(found, at) for at, found in enumerate(row.files if row is not None else [], 1) if found.key == file]
    if not names or not uploads.path_of(names[0][0].digest).is_file():
        abort(404)
    return as_download(names[0][0], letter_service.name_of(letter, *names[0]))


@bp.get("/letters/<key>/receipt/<username>.pdf")
def receipt(key: str, username: str) -> ResponseReturnValue:
    letter, person = _served(key, username)
    language = request.args.get("lang", "")
    if language not in LANGUAGES:
        abort(404)
    lang: Language = "zh" if language == "zh" else "en"
    response = send_file(
        BytesIO(_receipt(letter, person, lang)), mimetype="application/pdf",
        download_name=f"{letter_number(letter)} {_('receipt of service')}.pdf",
    )  # fmt: skip
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _receipt(letter: Letter, person: Person, lang: Language) -> bytes:
    row, of = service.service_on(letter, person.id), company()
    proofs = [
        paper.Proof(letter_service.name_of(letter, file, at), file.digest)
        for at, file in enumerate(row.files if row is not None else [], start=1)
    ]
    names = {"zh": of.name_zh, "en": of.name_en} if of is not None else {"zh": "", "en": ""}
    line = reading.address_of(letter, person)
    return paper.receipt(
        _told(letter, person, row), company=names, letter_digest=letter.digest, proofs=proofs, lang=lang,
        acknowledged_at=as_json(line.acknowledged_at if line is not None else None, office()),
    )  # fmt: skip


def _told(letter: Letter, person: Person, row: LetterService | None) -> ServiceIn:
    """As recorded; the addressee is named as on the day of the letter."""
    [(line, who)] = [
        (line, who)
        for line, who in zip(letter.recipients, letter.content["recipients"], strict=True)
        if line.person_id == person.id
    ]
    number: dict[str, Any] = {"series": letter.series, "year": letter.year, "seq": letter.seq}
    if row is None:
        at = line.acknowledged_at
        return ServiceIn(number, letter.kind, who, "signed" if at else None, as_json(at, office()))
    return ServiceIn(
        number, letter.kind, who, row.way.value, as_json(row.at, office()), row.place,
        tuple(name for name in (row.witness_1, row.witness_2) if name), row.note, row.recorded_by.name,
        as_json(row.recorded_at, office()),
    )  # fmt: skip


def _served(key: str, username: str) -> tuple[Letter, Person]:
    letter, _copies = readable(key)
    person = staff.by_username(username)
    if person is None or not service.may_see_proof(letter, person, actor()):
        abort(404)
    return letter, person


def _lock_service(key: str, person: Person | None) -> None:
    """Of two presses at once the second counts the files of the first."""
    if person is not None:
        letter = by_key(key).with_only_columns(Letter.id)
        row = select(LetterService).where(LetterService.person_id == person.id, LetterService.letter_id.in_(letter))
        db().execute(row.with_for_update())
