"""Complaints from a file: upload, look at what would be filed, change what columns mean, start, watch.

Only customer relations see these pages. Rows are filed by the worker; these views file nothing.
"""

from itertools import islice

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from jobs import imports as files
from models import ComplaintImport, ImportState, Role
from pdf import fonts
from web import import_export, import_form, import_view, log, uploads
from web.after import start_import
from web.filters import sentence
from web.language import is_chinese
from web.session import actor, db, me, now
from workflow import import_table, importing
from workflow.import_template import template
from workflow.process import Refused

bp = Blueprint("imports", __name__)

# What is looked at before the start; the rest is read by the worker.
LOOKED_AT = 1_000
RECENT = 10


@bp.before_request
def _only_customer_relations() -> None:
    if Role.CUSTOMER_RELATIONS not in actor().roles:
        abort(404)


@bp.get("/imports/new")
def new() -> ResponseReturnValue:
    return _new_page()


@bp.post("/imports")
def upload() -> ResponseReturnValue:
    file = request.files.get("file")
    if file is None or not file.filename:
        return _new_page(_("Choose a file first.")), 422
    content, by = file.read(), me()
    # Reading a large file takes its time; nobody shall wait for the write lock meanwhile.
    db().commit()
    try:
        found = import_view.looked_through(content, uploads.cleaned(file.filename), by=by, at=now())
    except Refused as refusal:
        return _new_page(" ".join(map(sentence, refusal.objections))), 422
    try:
        files.keep(log.settings().var, found.key, content)
    except OSError as error:
        log.failed(error)
        sentence_ = _("The file could not be stored: the server has no room for it. Please tell the administrator.")
        return _new_page(sentence_), 422
    db().add(found)
    db().commit()
    return redirect(url_for("imports.show", key=found.key), 303)


@bp.get("/imports/template.xlsx")
def empty_template() -> Response:
    name = _("complaints-template.xlsx")
    return send_file(import_export.as_stream(template(chinese=is_chinese())), as_attachment=True, download_name=name)


@bp.get("/imports/<key>")
def show(key: str) -> ResponseReturnValue:
    found = _import(key)
    if found.state is ImportState.PREVIEW:
        return _preview(found, import_form.Form.of(found))
    if "HX-Request" in request.headers:
        return _progress(found)
    page = import_view.report_of(found)
    return render_template(
        "imports/show.html", page=page, polls=found.state is not ImportState.DONE,
        has_file=files.is_kept(log.settings().var, key),
    )  # fmt: skip


@bp.post("/imports/<key>/columns")
def choose_columns(key: str) -> ResponseReturnValue:
    """Keep what was chosen and look again."""
    imported, form = _import_not_started(key), import_form.Form.sent()
    if form.wrong:
        return _preview(imported, form), 422
    imported.columns = {**imported.columns, **form.plan().as_json()}
    db().commit()
    return redirect(url_for("imports.show", key=key, _anchor="rows"), 303)


@bp.post("/imports/<key>/filing")
def start(key: str) -> ResponseReturnValue:
    """Hand the file to the worker, as it stands in the form."""
    imported, form = _import_not_started(key), import_form.Form.sent()
    if form.wrong or form.plan().objections():
        return _preview(imported, form), 422
    imported.columns, imported.state = {**imported.columns, **form.plan().as_json()}, ImportState.WAITING
    db().commit()
    start_import(imported.id)
    flash(_("The import has started. You can leave this page; it goes on by itself."), "success")
    return redirect(url_for("imports.show", key=key), 303)


@bp.get("/imports/<key>/refused.csv")
def refused_rows(key: str) -> Response:
    found = _import(key)
    if not found.refused:
        abort(404)
    try:
        content = import_export.refused_rows(found, files.table_of(log.settings().var, key))
    except Refused:
        abort(404)
    name = f"{found.file_name.rpartition('.')[0] or found.file_name}-{_('refused')}.csv"
    response = send_file(
        import_export.as_stream(content), mimetype="text/csv; charset=utf-8", as_attachment=True, download_name=name
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _import(key: str) -> ComplaintImport:
    found = db().scalars(select(ComplaintImport).where(ComplaintImport.key == key)).one_or_none()
    if found is None:
        abort(404)
    return found


def _import_not_started(key: str) -> ComplaintImport:
    """The import, locked; one that runs already is shown as it is."""
    query = select(ComplaintImport).where(ComplaintImport.key == key).with_for_update()
    found = db().scalars(query).one_or_none()
    if found is None:
        abort(404)
    if found.state is not ImportState.PREVIEW:
        abort(redirect(url_for("imports.show", key=key), 303))
    return found


def _new_page(problem: str = "") -> str:
    recent = select(ComplaintImport).order_by(ComplaintImport.id.desc()).limit(RECENT)
    return render_template(
        "imports/new.html", problem=problem, recent=db().scalars(recent).all(), most_mb=log.settings().max_upload_mb,
        most_rows=import_table.MOST_ROWS,
    )  # fmt: skip


def _preview(found: ComplaintImport, form: import_form.Form) -> ResponseReturnValue:
    try:
        table = files.table_of(log.settings().var, found.key)
        rows = list(islice(table.rows, LOOKED_AT))
    except Refused as refusal:
        return _new_page(" ".join(map(sentence, refusal.objections))), 422
    plan = form.plan_for(len(table.headings))
    readings = importing.check(db(), table.headings, rows, plan, by=me(), at=now(), unprintable=fonts.unprintable)
    page = import_view.preview_of(found, form, table.headings, rows, readings)
    return render_template("imports/preview.html", page=page)


def _progress(found: ComplaintImport) -> ResponseReturnValue:
    """The part of the page that changes; at the end the whole page is fetched once more."""
    if found.state is ImportState.DONE:
        return "", 200, {"HX-Refresh": "true"}
    return render_template("imports/progress.html", page=import_view.report_of(found))
