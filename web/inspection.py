"""One inspection: what it shows to whom, the review, publishing it, and deciding what is proposed."""

import secrets
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from models import Inspection, InspectionKind, Person
from web import attachment, form, uploads
from web.inspection_page import MOST_SHARES, page
from web.session import actor, db, now, only_for_those_who_work_here
from workflow import inspection as verbs
from workflow import inspection_decision, inspection_findings, inspection_result
from workflow import inspection_roles as roles
from workflow.process import Refused

bp = Blueprint("inspection", __name__)
bp.before_request(only_for_those_who_work_here)


@bp.get("/inspections/<number>")
def show(number: str) -> str:
    return page(seen(number), form.Wrong())


@bp.post("/inspections/<number>/begin")
def begin(number: str) -> ResponseReturnValue:
    found = held(number)
    verbs.begin(db(), found, by=actor(), at=now())
    db().commit()
    if found.sort is InspectionKind.MANUFACTURER:
        return redirect(url_for("inspection.show", number=number), 303)
    return redirect(url_for("inspection_checklist.show", number=number), 303)


@bp.post("/inspections/<number>/submit")
def submit(number: str) -> ResponseReturnValue:
    found = held(number)
    return _tried(found, lambda: verbs.submit(db(), found, by=actor(), at=now()), _("It is submitted for review."))


@bp.post("/inspections/<number>/take-back")
def take_back(number: str) -> ResponseReturnValue:
    found, reason = held(number), form.text("reason")
    return _tried(
        found, lambda: verbs.take_back(db(), found, by=actor(), at=now(), reason=reason), _("It is sent back.")
    )


@bp.post("/inspections/<number>/cancel")
def cancel(number: str) -> ResponseReturnValue:
    found, reason = held(number), form.text("reason")
    return _tried(found, lambda: verbs.cancel(db(), found, by=actor(), at=now(), reason=reason), _("It is cancelled."))


@bp.post("/inspections/<number>/voucher")
def voucher(number: str) -> ResponseReturnValue:
    found, receipt = held(number), form.text("receipt")
    return _tried(
        found, lambda: verbs.give_voucher(db(), found, by=actor(), at=now(), receipt=receipt),
        _("The voucher is recorded with its receipt."),
    )  # fmt: skip


@bp.post("/inspections/<number>/result")
def result(number: str) -> ResponseReturnValue:
    found = held(number)
    score, day, imposed = _decimal(form.text("score")), form.day("day"), form.fen("imposed")
    return _tried(
        found,
        lambda: verbs.enter_result(db(), found, by=actor(), at=now(), score=score, day=day, imposed=imposed),
        _("The result is entered."),
    )


@bp.post("/inspections/<number>/factors/<factor>/responsible")
def responsible(number: str, factor: str) -> ResponseReturnValue:
    found, person = held(number), db().get(Person, form.chosen("responsible") or 0)
    return _tried(
        found,
        lambda: inspection_findings.name_responsible(
            db(), found, factor, person, reason=form.text("reason"), by=actor(), at=now()
        ),
        _("It is kept who is responsible."),
    )


@bp.post("/inspections/<number>/publish")
def publish(number: str) -> ResponseReturnValue:
    found = held(number)
    return _tried(
        found, lambda: inspection_result.publish(db(), found, by=actor(), at=now(), shares=_shares()),
        _("The result is published."),
    )  # fmt: skip


@bp.post("/inspections/<number>/proposals/<int(max=2147483647):key>")
def decide(number: str, key: int) -> ResponseReturnValue:
    """Accepted into the process that decides it, or set aside; never both, and once."""
    found = held(number)
    if form.text("verdict") == "accept":
        person = db().get(Person, form.chosen("person") or 0)
        photos = {photo.id: secrets.token_hex(16) for photo in found.photos}
        return _tried(
            found,
            lambda: inspection_decision.accept(
                db(), found, key, by=actor(), at=now(), facts=form.text("facts"), person=person, photos=photos
            ),
            _("It is proposed; whom it concerns is told and heard."),
        )
    return _tried(
        found,
        lambda: inspection_decision.set_aside(db(), found, key, by=actor(), at=now(), reason=form.text("reason")),
        _("It is set aside, with your reason."),
    )


@bp.get("/inspections/<number>/photos/<key>")
def photo(number: str, key: str) -> Response:
    found = seen(number)
    shown = next((each for each in found.photos if each.file.key == key), None)
    finding = next((each for each in found.findings if shown is not None and each.factor == shown.factor), None)
    may = roles.sees_findings(found, actor()) or (finding is not None and roles.sees_finding(finding, found, actor()))
    if shown is None or not may or not uploads.path_of(shown.file.digest).is_file():
        abort(404)
    return attachment.as_download(shown.file, shown.file.name)


# --- loading


def seen(number: str) -> Inspection:
    """The inspection, if it is there for this reader."""
    query = Inspection.by_number(number).options(*verbs.everything(), joinedload(Inspection.row))
    found = db().scalars(query).unique().one_or_none()
    if found is None or not roles.may_see(found, actor()):
        abort(404)
    return found


def held(number: str) -> Inspection:
    """The same for a step, held against others."""
    found = verbs.locked(db(), number)
    if found is None or not roles.may_see(found, actor()):
        abort(404)
    return found


def _tried(found: Inspection, act: Any, told: str) -> ResponseReturnValue:
    number = found.number
    try:
        act()
    except Refused as refusal:
        wrong = form.beside_fields(refusal)
        db().rollback()
        return page(seen(number), wrong), 422
    db().commit()
    flash(told, "success")
    return redirect(url_for("inspection.show", number=number), 303)


# --- reading forms


def _shares() -> list[inspection_result.Share]:
    """The rows of the review meeting that name somebody."""
    found = []
    for place in range(MOST_SHARES):
        person = db().get(Person, form.chosen(f"person-{place}") or 0)
        if person is None:
            continue
        points = _decimal(form.text(f"points-{place}"))
        found.append(
            inspection_result.Share(
                person, form.fen(f"fine-{place}") or 0, points or Decimal(0), form.text(f"reason-{place}")
            )
        )
    return found


def _decimal(typed: str) -> Decimal | None:
    try:
        found = Decimal(typed.strip().replace("−", "-"))
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found) <= 1000 and found == round(found, 2) else None
