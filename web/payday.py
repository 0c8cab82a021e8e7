"""Pay days: the figures before they are settled, the confirmation, the months that were, the sheet for payroll.

Human resources settle, the general manager reads; for everybody else these pages are not there.
"""

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from models import Payday
from web import after, log, payday_page, payday_sheet
from web.moment import month as in_words
from web.paging import Page
from web.session import actor, db, me, now, office
from workflow import payday, payday_books
from workflow.office import month_after
from workflow.payday_account import Account

bp = Blueprint("payday", __name__)

PER_PAGE = 24
# More than these are left to the worker, which finds them within a minute.
HANDED_OVER = 50


@bp.before_request
def _only_for_those_who_may_look() -> None:
    if not payday.may_look(actor()):
        abort(404)


@bp.get("/paydays")
def index() -> ResponseReturnValue:
    if asked := request.args.get("month", "").strip():
        if payday.MONTH.fullmatch(asked):
            return redirect(url_for("payday.show", month=asked), 303)
        return _index(wrong=_("Give the month like 2026-03.")), 422
    return _index()


def _index(wrong: str = "") -> str:
    page = Page.asked(PER_PAGE)
    hidden = payday.hidden_from(actor())
    months = page.cut(payday_books.settled_months(db(), skip=page.skip, most=page.most, but=hidden))
    return render_template(
        "payday/index.html", months=months, page=page, wrong=wrong, asked=request.args.get("month", "")[:20],
        due=_due(), this_month=office().calendar.month_of(now()), last=payday_books.last_payday(db()),
        claims=payday_page.claims_of(_account(month_after(office().calendar.month_of(now())))),
    )  # fmt: skip


def _due() -> str:
    """The month to be settled next; empty while it has not begun."""
    this_month, last = office().calendar.month_of(now()), payday_books.last_payday(db())
    due = month_after(last.month) if last is not None else this_month
    return due if due <= this_month else ""


@bp.get("/paydays/<month>")
def show(month: str) -> ResponseReturnValue:
    if (settled := _settled(month)) is not None:
        by = payday_books.settled_by(db(), settled)
        return render_template("payday/show.html", page=payday_page.after(settled), settled=settled, by=by)
    objections = payday.objections_to(month, by=actor(), at=now())
    page = None if objections else payday_page.before(_account(month))
    return render_template(
        "payday/preview.html", month=month, page=page, objections=objections, why_not=payday.why_not_by(actor(), now())
    )


@bp.get("/paydays/<month>/settlement")
def confirm(month: str) -> ResponseReturnValue:
    if _settled(month) is not None or payday.objections_to(month, by=actor(), at=now()):
        return redirect(url_for("payday.show", month=month), 303)
    if payday.why_not_by(actor(), now()) is not None:
        abort(403)
    account = _account(month)
    return render_template("payday/confirm.html", account=account, items=payday_page.what_follows(account))


@bp.post("/paydays/<month>/settlement")
def settle(month: str) -> ResponseReturnValue:
    seen = request.form.get("seen", "")[:64]
    step = payday.settle(db(), month=month, by=actor(), at=now(), seen=seen)
    db().commit()
    log.logger.info("pay day settled", month=month, by=me().id, people=len(step.subject.lines))
    if len(step.event.letters) <= HANDED_OVER:
        after.after_commit()
    flash(_("The pay day of %(month)s is settled; the slips are on their way.", month=in_words(month)), "success")
    return redirect(url_for("payday.show", month=month), 303)


@bp.get("/paydays/<month>/payroll.xlsx")
def sheet(month: str) -> Response:
    if (settled := _settled(month)) is None:
        abort(404)
    log.logger.info("download", what="payroll", month=month, by=me().id, reference=log.reference())
    return payday_sheet.sheet_of(settled)


def _settled(month: str) -> Payday | None:
    if not payday.MONTH.fullmatch(month):
        abort(404)
    return db().scalars(select(Payday).where(Payday.month == month)).one_or_none()


def _account(month: str) -> Account:
    return payday.preview(month, by=actor(), at=now())
