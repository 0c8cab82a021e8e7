"""The letters of a month as one ZIP: ordered from the letters' page, made by the worker, fetched by its reader."""

from dataclasses import dataclass

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from models import MonthFile, Person
from web import made_file, moment
from web.after import start_month_file
from web.session import db, me
from workflow.month_letters import MONTH

bp = Blueprint("month_file", __name__)


@dataclass(frozen=True)
class Page(made_file.Page):
    """What the page of the letters of one month prints."""

    left_out: str


@bp.post("/letters/months")
def order() -> ResponseReturnValue:
    """The person is locked, so of two presses at once the second finds the file of the first."""
    month, language = request.form.get("month", ""), made_file.asked_language()
    if not MONTH.fullmatch(month):
        abort(422)
    db().execute(select(Person.id).where(Person.id == me().id).with_for_update())
    file = made_file.running(MonthFile, language, MonthFile.month == month)
    if file is None:
        file = MonthFile(**made_file.asked_for(language), month=month)
        db().add(file)
    db().commit()
    start_month_file(file.id)
    return redirect(url_for("month_file.show", key=file.key), 303)


@bp.get("/letters/months/<key>")
def show(key: str) -> ResponseReturnValue:
    return made_file.shown("letters/month.html", _page(made_file.mine(MonthFile, key)))


@bp.get("/letters/months/<key>.zip")
def archive(key: str) -> ResponseReturnValue:
    file = made_file.mine(MonthFile, key)
    name = f"{_('letters')}-{file.month}.zip"
    return made_file.sent(file, name, what="letters of a month", as_attachment=True, rows=file.papers)


def _page(file: MonthFile) -> Page:
    headline = _("The file waits for its turn.")
    if file.total:
        headline = _("%(seen)d of %(total)d letters gathered", seen=file.seen, total=file.total)
    return Page(
        file=file, title=moment.month(file.month), url=url_for("month_file.show", key=file.key), headline=headline,
        fetch_url=url_for("month_file.archive", key=file.key) if made_file.is_kept(file) else "",
        left_out=_left_out(file.missing),
    )  # fmt: skip


def _left_out(missing: int) -> str:
    if not missing:
        return ""
    return ngettext(
        "%(num)s paper could not be made; the index names it and says why.",
        "%(num)s papers could not be made; the index names them and says why.", missing,
    )  # fmt: skip
