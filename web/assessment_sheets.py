"""Sheets for an assessment: an empty one to fill in, a preview of what would be taken, and taking it.

What was sent lies as a kept file from the preview on; the form carries its seal, which nobody but its sender can use.
"""

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from openpyxl import Workbook

from models import Assessment
from web import assessment_told_results as told
from web import form, moment, survey_export, uploads
from web.after import start_assessment
from web.assessment_rows import PLACE, locked, page, run, told_of
from web.assessment_words import name_of
from web.filters import sentence
from web.language import is_chinese
from web.regulation_tables import worded
from web.session import actor, db, now, start_over
from workflow import assessment_books as books
from workflow import assessment_records as records
from workflow import assessment_run, assessment_sheet
from workflow.assessment_books import Entry
from workflow.assessment_sheet import Outcome
from workflow.assessment_sheet_rows import headings
from workflow.assessment_source import Source
from workflow.process import INVALID, N_, Objection, Refused

FIRST = 5

bp = Blueprint("assessment_sheets", __name__, url_prefix=f"{PLACE}/<name>")


@bp.get("/sheet.xlsx")
def empty(key: int, name: str) -> Response:
    """The empty sheet with the columns that are read."""
    source = records.source_of(run(key), name)
    book = Workbook(write_only=True)
    survey_export.sheet(book, worded(source.title)[:30], [headings(source, chinese=is_chinese())])
    return survey_export.attached(book, worded(source.title))


@bp.post("/sheet")
def look(key: int, name: str) -> ResponseReturnValue:
    """What the sheet would add, and what is wrong where; nothing is taken yet."""
    of = run(key)
    source = records.source_of(of, name)
    try:
        [file] = uploads.receive([request.files["file"]]) if request.files.get("file") else [None]
    except uploads.KindRefused:
        # Elsewhere photos and films are taken as well; here none of them would do.
        return page(of, name, source, form.Wrong(), problem=_("Choose an Excel file (.xlsx).")), 422
    except (uploads.FileRefused, ValueError) as refused:
        return page(of, name, source, form.Wrong(), problem=str(refused)), 422
    if file is None or not file.name.lower().endswith(".xlsx"):
        return page(of, name, source, form.Wrong(), problem=_("Choose an Excel file (.xlsx).")), 422
    # Reading takes its time; nobody shall wait for the write lock meanwhile.
    start_over()
    of = run(key)
    try:
        outcome = assessment_sheet.read(db(), of, name, uploads.path_of(file.digest).read_bytes(), by=actor())
    except Refused as refusal:
        return page(of, name, source, form.Wrong(), problem=_told(refusal)), 422
    return _preview(of, name, source, outcome, uploads.sealed(file)), 422 if outcome.problems else 200


@bp.post("/take")
def take(key: int, name: str) -> ResponseReturnValue:
    """All of what was looked at, as it stands against the records now."""
    of = locked(key)
    source = records.source_of(of, name)
    file = uploads.unsealed(form.text("token"))
    try:
        if file is None:
            raise Refused([Objection(INVALID, N_("The sheet is not there any more. Please send it again."))])
        outcome = assessment_sheet.read(db(), of, name, uploads.path_of(file.digest).read_bytes(), by=actor())
        if outcome.problems:
            db().rollback()
            return _preview(run(key), name, source, outcome, form.text("token")), 422
        proof = books.keep(db(), file, at=now(), by=actor().person)
        number = assessment_sheet.take(db(), of, name, outcome, proof=proof, by=actor(), at=now())
        computation = assessment_run.ask(db(), of, by=actor(), at=now())
    except Refused as refusal:
        problem = _told(refusal)
        db().rollback()
        return page(run(key), name, source, form.Wrong(), problem=problem), 422
    db().commit()
    start_assessment(computation.id)
    flash(ngettext("%(num)d record is taken.", "%(num)d records are taken.", number), "success")
    return redirect(url_for("assessment_rows.show", key=key, name=name), 303)


def _told(refusal: Refused) -> str:
    """Why the whole file is none; who may not send one goes the usual way."""
    if any(objection.code != INVALID for objection in refusal.objections):
        raise refusal
    return told_of(refusal)


def _preview(of: Assessment, name: str, source: Source, outcome: Outcome, token: str) -> str:
    return page(
        of, name, source, form.Wrong(), outcome=outcome, token=token,
        problems=[(each.row, each.column, sentence(each.objection)) for each in outcome.problems],
        first=[_entry(source, entry) for entry in outcome.entries[:FIRST]],
    )  # fmt: skip


def _entry(source: Source, entry: Entry) -> tuple[str, ...]:
    values = (told.said(source, field, entry.row.values.get(field)) for field in source.fields)
    return (name_of(entry.subject), moment.long_day(entry.counts_on), *values)
