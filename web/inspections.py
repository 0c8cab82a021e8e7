"""Inspections: the list and the plan of the month, a new one, and the list as an Excel file.

The rules are in `workflow.inspection`; who sees what is in `workflow.inspection_roles`.
"""

from dataclasses import dataclass
from io import BytesIO

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from openpyxl import Workbook
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload, undefer

from models import Department, Inspection, InspectionKind, Inspector, Person, RegulationVersion
from web import filters, form, inspection_words, log, moment, staff
from web.inspection_words import figure
from web.paging import Page
from web.regulation_tables import worded
from web.session import actor, db, me, now, office, only_for_those_who_work_here
from workflow import inspection as verbs
from workflow import inspection_plan
from workflow import inspection_roles as roles
from workflow.assessment_pack import pack_of
from workflow.process import INVALID, N_, Objection, Refused
from workflow.texts import harmless

PER_PAGE = 40
EXPORTED = 5000
EXCEL_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

bp = Blueprint("inspections", __name__)


@dataclass(frozen=True)
class Row:
    """An inspection in the list, with its score once it is published and the clock while that is awaited."""

    inspection: Inspection
    title: str
    day: str
    chip: object
    score: str
    clock: moment.Clock | None


@dataclass(frozen=True)
class Need:
    """A line of the month's plan."""

    words: str
    done: int
    planned: int
    least: int
    missing: int
    url: str


bp.before_request(only_for_those_who_work_here)


@bp.get("/inspections")
def index() -> str:
    month, page = _month(), Page.asked(PER_PAGE)
    found = page.cut(list(db().scalars(_found().offset(page.skip).limit(page.most)).unique()))
    keeps = roles.keeps(actor())
    return render_template(
        "inspections/index.html",
        rows=[row(each) for each in found], page=page, keeps=keeps, month=month,
        needs=[_need(need, month) for need in inspection_plan.needs(actor(), month)] if keeps else [],
    )  # fmt: skip


@bp.get("/inspections/new")
def new() -> str:
    return _new(form.Wrong())


@bp.post("/inspections")
def plan() -> ResponseReturnValue:
    _only_who_keeps()
    try:
        found = verbs.plan(db(), _wish(), by=actor(), at=now())
    except Refused as refusal:
        return _new(form.beside_fields(refusal)), 422
    db().commit()
    flash(_("Inspection %(number)s is planned; those inspected are not told.", number=found.number), "success")
    return redirect(url_for("inspection.show", number=found.number), 303)


@bp.get("/inspections.xlsx")
def export() -> Response:
    """What the list shows to this reader, for Excel."""
    found = list(db().scalars(_found().limit(EXPORTED)).unique())
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Inspections"))
    sheet.append([_("Number"), _("Kind"), _("Checklist"), _("Department"), _("Day"), _("State"), _("Score")])
    for each in map(row, found):
        one = each.inspection
        cells = (
            one.number, inspection_words.kind(one.sort), inspection_words.checklist(one), filters.named(one.department),
            each.day, inspection_words.chip(one.state).label, each.score,
        )  # fmt: skip
        sheet.append([harmless(cell) for cell in cells])
    file = BytesIO()
    book.save(file)
    file.seek(0)
    log.logger.info("download", what="inspections", by=me().id, rows=len(found), reference=log.reference())
    return send_file(file, mimetype=EXCEL_TYPE, as_attachment=True, download_name=_("Inspections") + ".xlsx")


def row(found: Inspection) -> Row:
    """The score is shown to everybody once it is published, and to nobody in the list before."""
    awaited = found.published_at is None and found.cancelled_at is None and found.due_at is not None
    score = found.row.values["score"] if found.row is not None else None
    return Row(
        found, inspection_words.title(found), moment.long_day(found.begun_at or found.planned_on),
        inspection_words.chip(found.state), figure(score) if score is not None and not isinstance(score, str) else "—",
        moment.clock(found.due_at, started=found.begun_at) if awaited and found.due_at else None,
    )  # fmt: skip


def _found() -> Select[Inspection]:
    query = select(Inspection).where(roles.visible_to(actor())).options(
        joinedload(Inspection.department), joinedload(Inspection.row),
        joinedload(Inspection.regulation_version).options(undefer(RegulationVersion.content)),
        selectinload(Inspection.inspectors).joinedload(Inspector.person),
    )  # fmt: skip
    return query.order_by(
        Inspection.published_at.is_not(None) | Inspection.cancelled_at.is_not(None),
        Inspection.planned_on.desc(), Inspection.id.desc(),
    )  # fmt: skip


def _month() -> str:
    asked = request.args.get("month", "")
    try:
        inspection_plan.days_of(asked)
    except ValueError:
        return office().calendar.month_of(now())
    return asked


def _need(need: inspection_plan.Need, month: str) -> Need:
    words = inspection_words.kind(need.kind)
    if need.checklist is not None:
        pack = pack_of(verbs.edition_on(db(), inspection_plan.days_of(month)[1]))
        words = _("%(checklist)s: %(kind)s", checklist=worded(pack.checklists[need.checklist].title), kind=words)
    url = url_for("inspections.new", kind=need.kind.value, checklist=need.checklist or "")
    return Need(words, need.done, need.planned, need.least, need.missing, url)


def _wish() -> verbs.Plan:
    kind = form.text("kind")
    if kind not in set(InspectionKind):
        raise Refused([Objection(INVALID, N_("Choose the kind."), field="kind")])
    keys = [key for value in request.form.getlist("inspectors")[:10] if (key := form.number(value)) is not None]
    people = [person for key in keys if (person := db().get(Person, key)) is not None and not person.has_left_at(now())]
    return verbs.Plan(
        kind=InspectionKind(kind), checklist=form.text("checklist"),
        department=db().get(Department, form.chosen("department") or 0), day=form.day("day"),
        inspectors=people, visitor=form.text("visitor"),
    )  # fmt: skip


def _new(wrong: form.Wrong) -> str:
    _only_who_keeps()
    try:
        pack = pack_of(verbs.edition_on(db(), office().calendar.day_of(now())))
    except Refused:
        return render_template("inspections/closed.html")
    typed = request.form or request.args
    usual = {name: inspection_plan.department_of(db(), pack, name, now()) for name in pack.checklists}
    chosen = typed.get("checklist", "") or next(iter(pack.checklists))
    department = usual.get(chosen)
    return render_template(
        "inspections/new.html",
        wrong=wrong, typed=typed, chosen=chosen, today=office().calendar.day_of(now()).isoformat(),
        kinds=[(kind.value, _(words)) for kind, words in inspection_words.KINDS.items()],
        checklists=[(name, worded(each.title)) for name, each in pack.checklists.items()],
        departments=staff.department_choices(_("Choose a department")),
        department=typed.get("department", "") or (str(department.id) if department else ""),
        colleagues=staff.colleague_choices(_("Choose a colleague")),
        inspectors=request.form.getlist("inspectors"),
    )  # fmt: skip


def _only_who_keeps() -> None:
    if not roles.keeps(actor()):
        abort(404)


def note_words() -> tuple[str, int] | None:
    """What waits for this person, in a sentence, and how much of it is overdue; for the head of the inbox."""
    waiting = inspection_plan.waiting(actor())
    if not waiting:
        return None
    late = sum(each.due_at is not None and each.due_at <= now() for each in waiting)
    words = ngettext("%(num)d inspection waits for you.", "%(num)d inspections wait for you.", len(waiting))
    return words, late
