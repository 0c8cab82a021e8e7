"""The public page behind the code on a letter: is it the company's, does it stand, and is this file the one?

Whoever holds the paper holds its code, and reads here what stands on the paper anyway. A number alone, a wrong code
and no code at all answer alike. A misspelt code is counted; too many from one address, and nothing is answered.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import undefer

from models import CaseFile, Letter, LetterCode, LetterPdf
from models.letter import LENGTH
from web import case_words, misses
from web.access import public
from web.filters import letter_number
from web.moment import long_day, time_of_day
from web.session import db, now, zone
from workflow.veil import masked

CHUNK = 1024 * 1024
# What goes to customers names nobody; what a former employee shows to others tells nothing of a case.
FOR_CUSTOMERS, WITHOUT_A_SERIES = ("resolution_letter",), ("separation_certificate",)

bp = Blueprint("verify", __name__)


@dataclass(frozen=True)
class Confirmed:
    """What the page says of a letter: nothing that does not stand on its paper."""

    number: str
    title: str
    day: str
    addressees: str
    digest: tuple[str, ...]
    voided_by: str = ""
    voided_on: str = ""


@bp.get("/v")
@public
def index() -> ResponseReturnValue:
    typed = request.args.get("code", "")
    return _answer(typed) if typed else _page()


@bp.get("/v/<code>")
@public
def show(code: str) -> ResponseReturnValue:
    return _answer(code)


@bp.post("/v")
@public
def compare() -> ResponseReturnValue:
    """Is this file, byte for byte, one that the company has made?"""
    if (again_at := misses.wait()) is not None:
        return _page(again_at=again_at), 429
    misses.count()
    file = request.files.get("file")
    if file is None or not file.filename:
        return _page(missing=True), 422
    digest = hashlib.sha256()
    while chunk := file.stream.read(CHUNK):
        digest.update(chunk)
    letter = (
        db()
        .scalars(
            select(Letter)
            .where(Letter.id.in_(select(LetterPdf.letter_id).where(LetterPdf.digest == digest.hexdigest())))
            .options(undefer(Letter.content))
        )
        .first()
    )
    if letter is not None:
        return _page(verdict="same_file", letter=_confirmed(letter))
    bound = db().scalars(select(CaseFile).where(CaseFile.digest == digest.hexdigest())).first()
    if bound is None:
        return _page(verdict="another_file"), 422
    return _page(verdict="case_file", bound_on=long_day(bound.asked_at))


def _answer(typed: str) -> ResponseReturnValue:
    if (again_at := misses.wait()) is not None:
        return _page(again_at=again_at), 429
    code = re.sub(r"[\s\-－—]", "", typed[: 4 * LENGTH]).upper()
    letter = (
        db()
        .scalars(select(Letter).join(Letter.code).where(LetterCode.code == code).options(undefer(Letter.content)))
        .one_or_none()
    )
    if letter is None:
        misses.count()
        return _page(verdict="unknown"), 404
    return _page(verdict="genuine", letter=_confirmed(letter), here=url_for("verify.show", code=code))


def _page(
    *,
    verdict: str = "",
    letter: Confirmed | None = None,
    again_at: datetime | None = None,
    missing: bool = False,
    here: str = "",
    bound_on: str = "",
) -> str:
    return render_template(
        "verify/show.html",
        verdict=verdict, letter=letter, again_at=again_at, missing=missing,
        checked_at=f"{long_day(now())} {time_of_day(now())}",
        here=here or url_for("verify.index"), bound_on=bound_on,
    )  # fmt: skip


def _confirmed(letter: Letter) -> Confirmed:
    # It brings WeasyPrint's neighbours along, which no other page needs.
    from jobs.letters import voiding

    void = voiding(db(), letter)
    names = [] if letter.kind in FOR_CUSTOMERS else [masked(who["name"]) for who in letter.content["recipients"]]
    return Confirmed(
        number=_number(letter),
        title=case_words.letter_title(letter.kind),
        day=_day(letter),
        addressees=case_words.names(names) if names else "",
        digest=tuple(letter.digest[at : at + 4] for at in range(0, len(letter.digest), 4)),
        voided_by="" if void is None else _cited(void),
        voided_on="" if void is None else _day(void),
    )


def _cited(letter: Letter) -> str:
    return _("%(number)s %(title)s", number=_number(letter), title=case_words.letter_title(letter.kind))


def _number(letter: Letter) -> str:
    number = letter_number(letter)
    return number[number.index("〔") :] if letter.kind in WITHOUT_A_SERIES else number


def _day(letter: Letter) -> str:
    return long_day(letter.issued_at.astimezone(zone()).date())
