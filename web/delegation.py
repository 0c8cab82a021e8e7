"""While I am away: a head or the general manager names who acts for them, for a period.

Whoever holds no such post is told so and is shown nobody; for those who have left the page is not there.
"""

from datetime import timedelta

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from models import Deputation, Person, Role
from web import form, staff
from web.session import actor, db, me, now, only_for_those_who_work_here
from workflow import places
from workflow.process import Refused

bp = Blueprint("delegation", __name__)
bp.before_request(only_for_those_who_work_here)


@bp.get("/settings/delegation")
def show() -> ResponseReturnValue:
    return _page(form.Wrong())


@bp.post("/settings/delegation")
def add() -> ResponseReturnValue:
    since, until = form.day("since"), form.day("until")
    if since is None or until is None:
        return _page(form.Wrong({"since" if since is None else "until": _("Choose a day.")})), 422
    try:
        places.delegate(
            db(), db().get(Person, form.chosen("deputy") or 0), by=me(), at=now(),
            since=form.midnight(since), until=form.midnight(until + timedelta(days=1)),
        )  # fmt: skip
    except Refused as error:
        return _page(form.beside_fields(error)), 422
    return _kept(_("Your deputy is named; what they do will say that it was done for you."))


@bp.post("/settings/delegation/<int(max=2147483647):key>/end")
def end(key: int) -> ResponseReturnValue:
    deputation = db().get(Deputation, key)
    if deputation is None or deputation.principal_id != me().id or deputation.is_standing:
        abort(404)
    places.end_deputation(db(), deputation, by=me(), at=now())
    return _kept(_("The delegation is ended."))


def _page(wrong: form.Wrong) -> str:
    may_delegate = places.may_delegate(db(), me(), now())
    mine = select(Deputation).where(Deputation.principal_id == me().id).order_by(Deputation.since.desc())
    return render_template(
        "preferences/delegation.html",
        deputations=list(db().scalars(mine)),
        may_delegate=may_delegate,
        colleagues=_colleagues() if may_delegate else [],
        wrong=wrong,
        typed=request.form,
        at=now(),
    )


def _colleagues() -> list[tuple[str, str]]:
    """Everybody but administrators, who decide no case."""
    administrators = {str(person.id) for person in actor().staff.holders.get(Role.ADMINISTRATOR, ())}
    found = staff.colleague_choices(_("Choose a colleague"), without=me())
    return [choice for choice in found if choice[0] not in administrators]


def _kept(sentence: str) -> ResponseReturnValue:
    db().commit()
    flash(sentence, "success")
    return redirect(url_for("delegation.show"), 303)
