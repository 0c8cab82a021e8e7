"""The calendar by which deadlines run: read by everyone, kept by administrators.

A change tells at once in how many cases deadlines moved, and a page of its own says which. A year from a file
is shown before it is imported; the preview imports it and takes it back, so that it counts what would move.
"""

import csv
import io
from datetime import date, time

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from models import Department, Role, SettingChange
from web import calendar_changes, calendar_page, form
from web.filters import sentence
from web.session import actor, db, now, office
from workflow import calendar, calendar_import
from workflow.calendar import Changed
from workflow.calendar_import import Reading
from workflow.process import Refused

FIRST_YEAR, LAST_YEAR = 2000, 2099
LONGEST_FILE = 1024 * 1024

bp = Blueprint("calendar", __name__, url_prefix="/calendar")


@bp.before_request
def _not_for_who_has_left() -> None:
    if actor().has_left:
        abort(404)


@bp.get("")
def show() -> ResponseReturnValue:
    return _page(form.Wrong())


@bp.get("/<int:year>.csv")
def export(year: int) -> Response:
    """The public calendar of a year, as a file that can be imported again."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        abort(404)
    text = io.StringIO()
    csv.writer(text).writerows([("日期", "安排", "名称"), *calendar_page.rows_of(year)])
    response = Response("\ufeff" + text.getvalue(), mimetype="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f"attachment; filename=calendar-{year}.csv"
    return response


@bp.post("/days")
def set_day() -> ResponseReturnValue:
    works = {"work": True, "rest": False}.get(form.text("works"))
    try:
        changed = calendar.set_day(
            db(), by=actor(), at=now(), day=form.day("day"), is_working=works, reason=form.text("reason")
        )
    except Refused as error:
        return _page(form.beside_fields(error)), 422
    return _done(changed, form.day("day"))


@bp.post("/days/<day>/removal")
def forget_day(day: str) -> ResponseReturnValue:
    if (found := form.day_of(day)) is None:
        abort(404)
    return _done(calendar.forget_day(db(), by=actor(), at=now(), day=found), found)


@bp.post("/hours")
def set_hours() -> ResponseReturnValue:
    try:
        changed = calendar.set_hours(
            db(), by=actor(), at=now(), opens_at=_time("opens_at"), closes_at=_time("closes_at")
        )
    except Refused as error:
        return _page(form.beside_fields(error)), 422
    return _done(changed)


@bp.get("/shifts/<slug>")
def shifts(slug: str) -> ResponseReturnValue:
    _only_administrators()
    return _shifts_page(_department(slug), form.Wrong())


@bp.post("/shifts/<slug>")
def set_shifts(slug: str) -> ResponseReturnValue:
    department = _department(slug)
    week = {day: (_time(f"opens_{day}"), _time(f"closes_{day}")) for day in range(7)}
    try:
        changed = calendar.set_shifts(
            db(), by=actor(), at=now(), department=department, week=week, on_holidays="on_holidays" in request.form
        )
    except Refused as error:
        return _shifts_page(department, form.beside_fields(error)), 422
    return _done(changed)


@bp.post("/years")
def look_at_year() -> ResponseReturnValue:
    """What a file says, and how many deadlines it would move; nothing is kept."""
    _only_administrators()
    file = request.files.get("file")
    content = file.read(LONGEST_FILE + 1) if file is not None else b""
    if not content or len(content) > LONGEST_FILE:
        words = _("This file is too large.") if content else _("Choose a file first.")
        return _page(form.Wrong(file=words)), 422
    try:
        reading = calendar_import.read(content)
    except Refused as error:
        return _page(form.Wrong(file=" ".join(map(sentence, error.objections)))), 422
    moved = _would_move(reading) if reading.is_whole else 0
    return render_template("calendar/preview.html", page=calendar_page.preview(reading, moved), reading=reading)


@bp.post("/years/import")
def import_year() -> ResponseReturnValue:
    try:
        reading = calendar_import.read(form.text("days").encode())
        if not reading.is_whole:
            abort(422)
        changed = calendar.import_year(db(), by=actor(), at=now(), days=reading.days)
    except Refused as error:
        return _page(form.beside_fields(error)), 422
    return _done(changed, reading.days[0].day)


@bp.get("/changes/<int:key>")
def change(key: int) -> ResponseReturnValue:
    found = db().get(SettingChange, key) if key < 2**31 else None
    if found is None or not found.name.startswith("calendar."):
        abort(404)
    return render_template("calendar/change.html", page=calendar_changes.page(found))


def _would_move(reading: Reading) -> int:
    changed = calendar.import_year(db(), by=actor(), at=now(), days=reading.days)
    db().rollback()
    office().calendar_has_changed()
    return changed.moved


def _done(changed: Changed, day: date | None = None) -> ResponseReturnValue:
    """Back to the calendar, or to what has moved."""
    if changed.change is None:
        flash(_("Nothing was different; nothing was changed."), "success")
        return redirect(url_for("calendar.show", year=day.year if day else None), 303)
    db().commit()
    if not changed.moved:
        flash(_("The calendar is changed. No open deadline moved."), "success")
        return redirect(url_for("calendar.show", year=day.year if day else None), 303)
    words = ngettext(
        "The calendar is changed. Deadlines moved in %(num)d case; whoever is awaited there has been told.",
        "The calendar is changed. Deadlines moved in %(num)d cases; whoever is awaited there has been told.",
        changed.moved,
    )
    flash(words, "success")
    return redirect(url_for("calendar.change", key=changed.change.id), 303)


def _page(wrong: form.Wrong) -> str:
    return render_template(
        "calendar/show.html", page=calendar_page.year(_year()), wrong=wrong, typed=form.Wrong(request.form),
        may_change=_is_administrator(),
    )  # fmt: skip


def _shifts_page(department: Department, wrong: form.Wrong) -> str:
    typed = request.form if request.method == "POST" else None
    page = calendar_page.shifts(department, typed)
    return render_template("calendar/shifts.html", page=page, wrong=wrong)


def _year() -> int:
    asked = form.number(request.args.get("year", "")) or office().calendar.day_of(now()).year
    return min(max(asked, FIRST_YEAR), LAST_YEAR)


def _time(name: str) -> time | None:
    try:
        return time.fromisoformat(form.text(name).strip()[:5])
    except ValueError:
        return None


def _department(slug: str) -> Department:
    found = db().scalars(select(Department).filter_by(slug=slug)).one_or_none()
    return found or abort(404)


def _is_administrator() -> bool:
    return Role.ADMINISTRATOR in actor().roles


def _only_administrators() -> None:
    if not _is_administrator():
        abort(404)
