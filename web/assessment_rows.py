"""What people give an assessment: records by hand with their evidence, sheets with a preview, business partners.

Whoever runs the regulation finds these pages; for everybody else who sees the assessment they are forbidden.
"""

from dataclasses import dataclass

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from models import Assessment, AssessmentRow
from web import assessment_told_results as told
from web import form, moment, uploads
from web.after import start_assessment
from web.assessment_head import head, seen
from web.assessment_words import ORIGINS, name_of, remarks, takes
from web.attachment import as_download
from web.filters import sentence
from web.paging import Page
from web.regulation_tables import worded
from web.session import actor, db, now, zone
from workflow import assessment_records as records
from workflow import assessment_run
from workflow.assessment_places import FEEDS
from workflow.assessment_records import Given
from workflow.assessment_roles import require_run
from workflow.assessment_shape import SubjectKind
from workflow.assessment_sheet_rows import MOST_ROWS
from workflow.assessment_source import Origin, Source
from workflow.evidence import Evidence
from workflow.process import Refused

PER_PAGE = 50
PLACE = "/assessments/<int(max=2147483647):key>/records"

bp = Blueprint("assessment_rows", __name__, url_prefix=PLACE)


@dataclass(frozen=True)
class SourceLine:
    """One source of the regulation: how it is filled, and how many records count in the period."""

    title: str
    origin: str
    count: int
    url: str


@dataclass(frozen=True)
class Shown:
    """One record as the page tells it."""

    row: AssessmentRow
    about: str
    day: str
    values: tuple[str, ...]
    proof: str


@bp.get("")
def index(key: int) -> str:
    return _index(run(key), form.Wrong())


@bp.post("/partners")
def add_partner(key: int) -> ResponseReturnValue:
    of = run(key)
    try:
        records.add_partner(db(), of, form.text("name"), by=actor(), at=now())
    except Refused as refusal:
        return _index(of, form.beside_fields(refusal)), 422
    db().commit()
    flash(_("The partner is added."), "success")
    return redirect(url_for(".index", key=key), 303)


@bp.get("/<name>")
def show(key: int, name: str) -> str:
    of = run(key)
    return page(of, name, _source(of, name), form.Wrong())


@bp.post("/<name>")
def enter(key: int, name: str) -> ResponseReturnValue:
    """One record by hand; with `instead`, in the place of one that is taken back."""
    of = locked(key)
    source = _source(of, name)
    instead = form.chosen("instead")
    try:
        given = _given(source)
        replaced = records.row(db(), of, name, instead, actor()) if instead is not None else None
        records.enter(
            db(), of, name, given, by=actor(), at=now(), instead=replaced, reason=form.text("reason")
        )  # fmt: skip
        computation = assessment_run.ask(db(), of, by=actor(), at=now())
    except (uploads.FileRefused, Refused) as refusal:
        wrong = form.beside_fields(refusal) if isinstance(refusal, Refused) else form.Wrong({"proof": str(refusal)})
        db().rollback()
        return page(run(key), name, source, wrong), 422
    db().commit()
    start_assessment(computation.id)
    flash(_("The record is taken; the results are being computed."), "success")
    return redirect(url_for(".show", key=key, name=name), 303)


@bp.post("/<name>/<int(max=2147483647):row>/withdraw")
def withdraw(key: int, name: str, row: int) -> ResponseReturnValue:
    of = locked(key)
    source = _source(of, name)
    try:
        records.withdraw(
            db(), of, records.row(db(), of, name, row, actor()), reason=form.text("reason"), by=actor(), at=now()
        )  # fmt: skip
        computation = assessment_run.ask(db(), of, by=actor(), at=now())
    except Refused as refusal:
        wrong = form.beside_fields(refusal)
        db().rollback()
        return page(run(key), name, source, form.Wrong({f"row-{row}": " ".join(wrong.values())})), 422
    db().commit()
    start_assessment(computation.id)
    flash(_("The record is taken back; the results are being computed."), "success")
    return redirect(url_for(".show", key=key, name=name), 303)


@bp.get("/<name>/<int(max=2147483647):row>/proof")
def proof(key: int, name: str, row: int) -> Response:
    found = records.row(db(), run(key), name, row, actor())
    if found.proof is None or not uploads.path_of(found.proof.digest).is_file():
        abort(404)
    return as_download(found.proof, found.proof.name)


# --- what the pages show -----------------------------------------------------------------------------


def run(key: int) -> Assessment:
    """An assessment whose regulation the reader runs; 404 for who sees nothing of it, 403 for who sees and does not
    run it."""
    of = seen(key)
    require_run(assessment_run.pack_for(of), actor(), sees=True)
    return of


def locked(key: int) -> Assessment:
    """The same, held against everybody else's steps."""
    run(key)
    return assessment_run.locked(db(), key)


def page(of: Assessment, name: str, source: Source, wrong: form.Wrong, **more: object) -> str:
    """The records of one source with the way to give more, and what was typed or sent."""
    turn = Page.asked(PER_PAGE)
    found = turn.cut(list(records.rows(db(), of, name, by=actor(), skip=turn.skip, most=turn.most)))
    people = records.candidates(db(), of, source, zone())
    usual = {"outcome": None, "problem": "", "token": ""}
    return render_template(
        "assessments/records.html", head=head(of), of=of, name=name, title=worded(source.title), wrong=wrong,
        is_sheet=source.origin is Origin.EXCEL, is_open=of.stage == "open", typed=request.form, page=turn,
        subjects=[("", _("choose")), *((key, name_of(each)) for key, each in people.items())],
        fields=[_field(field, source) for field in source.fields], remarks=remarks(source),
        rows=[_shown(of, name, source, row) for row in found], accepted=uploads.ACCEPTED,
        instead=_instead(of, name), most=MOST_ROWS, **{**usual, **more},
    )  # fmt: skip


def _index(of: Assessment, wrong: form.Wrong) -> str:
    pack, counts = assessment_run.pack_for(of), records.counts(db(), of)
    lines = [
        SourceLine(worded(source.title), _(ORIGINS[source.origin]), counts.get(name, 0),
                   url_for("assessment_rows.show", key=of.id, name=name))
        for name, source in records.sources(pack).items()
    ]  # fmt: skip
    return render_template(
        "assessments/sources.html", head=head(of), of=of, lines=lines, wrong=wrong, typed=request.form,
        takes_partners="partner" in FEEDS[SubjectKind(of.kind)],
    )  # fmt: skip


def _source(of: Assessment, name: str) -> Source:
    return records.source_of(of, name[:40])


@dataclass(frozen=True)
class FieldShown:
    name: str
    title: str
    help: str
    choices: tuple[tuple[str, str], ...]


def _field(name: str, source: Source) -> FieldShown:
    field = source.fields[name]
    choices = {key: worded(choice) for key, choice in (field.choices or {}).items()}
    if field.kind == "yes_no":
        choices = {"yes": _("yes"), "no": _("no")}
    offered = (("", _("choose")), *choices.items()) if choices else ()
    return FieldShown(name, worded(field.title), takes(field, choices), offered)


def _shown(of: Assessment, name: str, source: Source, row: AssessmentRow) -> Shown:
    return Shown(
        row, name_of(row.subject), moment.long_day(row.counts_on),
        tuple(told.said(source, field, row.values.get(field)) for field in source.fields),
        url_for("assessment_rows.proof", key=of.id, name=name, row=row.id) if row.proof is not None else "",
    )  # fmt: skip


def _instead(of: Assessment, name: str) -> AssessmentRow | None:
    """The record that is to be corrected, where the address or the form names one that still counts."""
    key = form.number(request.values.get("instead", ""))
    found = records.row(db(), of, name, key, actor()) if key is not None else None
    return found if found is not None and found.withdrawal is None else None


# --- what was typed ----------------------------------------------------------------------------------


def _given(source: Source) -> Given:
    return Given(
        subject=form.text("subject"), day=form.day("day"),
        values={field: form.text(f"value-{field}").strip() for field in source.fields}, note=form.printed("note"),
        proof=_proof(),
    )  # fmt: skip


def _proof() -> Evidence | None:
    """Raises FileRefused for a file that is not taken."""
    found = uploads.receive([file] if (file := request.files.get("proof")) else [])
    return found[0] if found else None


def told_of(refusal: Refused) -> str:
    return " ".join(map(sentence, refusal.objections))
