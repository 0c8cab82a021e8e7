"""Who is asked in a survey: customers invited by call or by link, their links and QR codes, and what thanks them."""

import segno
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from openpyxl import Workbook
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from models import Customer, InvitationStatus, Survey, SurveyInvitation
from web import form, log, staff, survey_export, survey_words
from web.paging import Page
from web.session import actor, db, me, now, office
from web.survey_load import invitation_locked, survey_run
from workflow import assessment_books as books
from workflow import surveys
from workflow.process import INVALID, N_, Objection, Refused, refuse
from workflow.texts import digits, plate

PER_PAGE, MOST_AT_ONCE = 50, 5_000
LONGEST_QUERY = 60
SECRET = {"Cache-Control": "no-store", "Referrer-Policy": "strict-origin"}

bp = Blueprint("survey_invite", __name__)


@bp.get("/surveys/<int(max=2147483647):key>/invitations")
def index(key: int) -> str:
    return _page(survey_run(key), form.Wrong())


@bp.post("/surveys/<int(max=2147483647):key>/invitations")
def invite(key: int) -> ResponseReturnValue:
    """All customers of an adviser, or of everybody, or one who is found by number or plate."""
    survey = survey_run(key)
    by_call = request.form.get("way") == "call"
    try:
        refuse(Objection(INVALID, N_("Choose how they are asked."), field="way") if "way" not in request.form else None)
        customers = list(db().scalars(_chosen().limit(MOST_AT_ONCE)).unique())
        found = surveys.invite(db(), survey, customers, by_call=by_call, by=actor(), at=now())
    except Refused as refusal:
        return _page(survey, form.beside_fields(refusal)), 422
    db().commit()
    for words, kind in _told(found):
        flash(words, kind)
    return redirect(url_for("survey_invite.index", key=key), 303)


@bp.post("/surveys/<int(max=2147483647):key>/invitations/<int(max=2147483647):number>/link")
def link(key: int, number: int) -> ResponseReturnValue:
    """A fresh link with its QR code, shown this once: only its digest is kept."""
    invitation = invitation_locked(number, key)
    token = surveys.new_link(db(), invitation, by=actor(), at=now())
    db().commit()
    address = _address(token)
    return render_template(
        "survey/link.html", survey=invitation.survey, invitation=invitation, address=address, code=_code(address)
    ), SECRET


@bp.post("/surveys/<int(max=2147483647):key>/links.xlsx")
def links(key: int) -> ResponseReturnValue:
    """Fresh links of all who have not answered, as a sheet for whoever sends them."""
    survey = survey_run(key)
    waiting = _of(survey).where(SurveyInvitation.status == InvitationStatus.OPEN, SurveyInvitation.by_call.is_(False))
    found = list(db().scalars(waiting.with_for_update(of=SurveyInvitation).limit(MOST_AT_ONCE)))
    try:
        refuse(Objection(INVALID, N_("Nobody waits for a link."), field="links") if not found else None)
        lines = [[each.customer.name, each.customer.phone, _address(surveys.new_link(db(), each, by=actor(), at=now()))]
                 for each in found]  # fmt: skip
    except Refused as refusal:
        return _page(survey, form.beside_fields(refusal)), 422
    db().commit()
    log.logger.info("download", what="survey links", by=me().id, rows=len(lines), reference=log.reference())
    book = Workbook(write_only=True)
    survey_export.sheet(book, _("Links"), [[_("Customer"), _("Phone"), _("Link")], *lines])
    return survey_export.attached(book, survey_words.title(survey))


@bp.post("/surveys/<int(max=2147483647):key>/invitations/<int(max=2147483647):number>/incentive")
def thank(key: int, number: int) -> ResponseReturnValue:
    invitation = invitation_locked(number, key)
    try:
        surveys.give(
            db(), invitation, kind=form.text("kind"), what=form.text("what"), by=actor(), at=now()
        )  # fmt: skip
    except Refused as refusal:
        return _page(invitation.survey, form.beside_fields(refusal), at=number), 422
    db().commit()
    flash(_("It is recorded what %(name)s was given.", name=invitation.customer.name), "success")
    return redirect(url_for("survey_invite.index", key=key, **request.args.to_dict()), 303)


def _page(survey: Survey, wrong: form.Wrong, at: int = 0) -> str:
    page = Page.asked(PER_PAGE)
    query = _of(survey).order_by(SurveyInvitation.id).options(
        selectinload(SurveyInvitation.attempts), joinedload(SurveyInvitation.incentive)
    )  # fmt: skip
    status = request.args.get("status", "")
    if status in {each.value for each in InvitationStatus}:
        query = query.where(SurveyInvitation.status == InvitationStatus(status))
    found = page.cut(list(db().scalars(query.offset(page.skip).limit(page.most)).unique()))
    pack = books.pack_on(db(), survey.regulation, min(office().calendar.day_of(now()), survey.closes_on))
    statuses = [(each.value, _(words)) for each, (words, *_look) in survey_words.STATUS.items()]
    return render_template(
        "survey/invitations.html",
        survey=survey, rows=found, page=page, wrong=wrong, at=at, typed=request.form,
        advisers=[("all", _("Of all advisers")), *staff.colleague_choices(_("Choose a colleague"))],
        incentives=[(word, survey_words.worded(text)) for word, text in (pack.incentives if pack else {}).items()],
        statuses=[("", _("All states")), *statuses], status=status,
        open=survey.closed_at is None and office().calendar.day_of(now()) <= survey.closes_on,
    )  # fmt: skip


def _of(survey: Survey) -> Select[SurveyInvitation]:
    loaded = joinedload(SurveyInvitation.customer).joinedload(Customer.adviser)
    return select(SurveyInvitation).where(SurveyInvitation.survey_id == survey.id).options(loaded)


def _chosen() -> Select[Customer]:
    query = select(Customer).options(joinedload(Customer.adviser)).order_by(Customer.id)
    if typed := form.text("customer")[:LONGEST_QUERY].strip():
        return query.where((Customer.phone_digits == (digits(typed) or "-")) | (Customer.vehicle_key == plate(typed)))
    if request.form.get("adviser") == "all":
        return query
    return query.where(Customer.adviser_id == (form.chosen("adviser") or 0))


def _told(found: surveys.Invited) -> list[tuple[str, str]]:
    told = [
        (ngettext("%(num)d customer is invited.", "%(num)d customers are invited.", found.added), "success"),
        (ngettext("%(num)d was invited before.", "%(num)d were invited before.", found.known), "info"),
        (ngettext(
            "Of %(num)d the adviser is in no team.", "Of %(num)d the advisers are in no team.", found.without
        ), "warning"),
    ]  # fmt: skip
    counts = (found.added, found.known, found.without)
    return [words for words, count in zip(told, counts, strict=True) if count]


def _address(token: str) -> str:
    """What the customer opens: the public address, or the one by which we are asked."""
    base = log.settings().public_url or request.host_url
    return f"{base.rstrip('/')}{url_for('survey_public.show', token=token)}"


def _code(address: str) -> str:
    """The address as a QR code; whoever scans it is counted as having come by it."""
    return str(segno.make(f"{address}?by=qr", error="m", micro=False).svg_data_uri(border=2, scale=4))
