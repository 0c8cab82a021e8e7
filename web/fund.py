"""The training fund (SAL-6): its balance, what flowed in and out, what was asked for and decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from models import FundEntry, Penalty
from web import filters, form
from web.paging import Page
from web.session import actor, db, now
from workflow import fund, penalty_roles
from workflow.process import Refused

PER_PAGE = 30

bp = Blueprint("fund", __name__, url_prefix="/training-fund")


@dataclass(frozen=True)
class Movement:
    """One entry: when, what it is of, how much in fen."""

    at: datetime
    what: str
    url: str
    fen: int


@bp.before_request
def _only_for_whom_it_exists() -> None:
    if not fund.may_look(actor()):
        abort(404)


@bp.get("")
def index() -> str:
    return _page(form.Wrong())


@bp.post("")
def ask() -> ResponseReturnValue:
    try:
        fund.ask(db(), amount=form.fen("amount"), purpose=form.text("purpose"), by=actor(), at=now())
    except Refused as refusal:
        return _refused(refusal)
    db().commit()
    flash(_("The request is with the general manager."), "success")
    return redirect(url_for(".index"), 303)


@bp.post("/<number>")
def decide(number: str) -> ResponseReturnValue:
    found = fund.locked(db(), number)
    if found is None or not fund.may_see(found, actor()):
        abort(404)
    approved = form.yes_or_no("approved")
    try:
        fund.decide(db(), found, approved=approved, decision=form.text("decision"), by=actor(), at=now())
    except Refused as refusal:
        return _refused(refusal, number)
    db().commit()
    flash(_("The spending is approved.") if approved else _("The spending is rejected."), "success")
    return redirect(url_for(".index"), 303)


def _refused(refusal: Refused, number: str = "") -> ResponseReturnValue:
    wrong = form.beside_fields(refusal)
    db().rollback()
    return _page(wrong, number), 422


def _page(wrong: form.Wrong, at: str = "") -> str:
    page, by, there = Page.asked(PER_PAGE), actor(), fund.balance(db())
    found = page.cut(list(fund.movements(db(), skip=page.skip, most=page.most)))
    seen = _seen_penalties(found)
    return render_template(
        "fund/index.html", balance=there, is_short=there < 0, page=page,
        movements=[_movement(each, seen) for each in found],
        requests=[(each, each.decided_at is None and fund.decides(each, by)) for each in fund.requests(db(), by)],
        may_ask=fund.may_ask(by), wrong=wrong, wrong_at=at, typed=request.form,
    )  # fmt: skip


def _seen_penalties(entries: Sequence[FundEntry]) -> set[int]:
    """Which of the penalties behind the entries exist for the reader."""
    behind = {entry.taken.penalty_id for entry in entries if entry.taken is not None}
    query = select(Penalty.id).where(Penalty.id.in_(behind), penalty_roles.visible_to(actor()))
    return set(db().scalars(query)) if behind else set()


def _movement(entry: FundEntry, seen: set[int]) -> Movement:
    """What a fine brought names the penalty to whoever may see it, and nobody else's."""
    taken, asked = entry.taken, entry.request
    if taken is not None and taken.penalty is not None:
        penalty = taken.penalty
        sees = penalty.id in seen
        what = _("Fine taken on pay day") if entry.amount > 0 else _("Fine paid back on pay day")
        url = url_for("penalty.show", number=penalty.number) if sees else ""
        return Movement(entry.at, f"{what} · {filters.case(penalty)}" if sees else what, url, entry.amount)
    assert asked is not None, "the database asks for one of them"
    what = asked.purpose if fund.may_see(asked, actor()) else _("Approved spending")
    return Movement(entry.at, f"{what} · {asked.number}", "", entry.amount)
