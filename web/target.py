"""Targets of units: what holds, what waits for the general manager's approval, and what came before (LIFE-1, KPI-1).

The rules are in `workflow.targets`; who sees and decides what is in `workflow.target_roles`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload

from models import Assessment, Target, Team
from web import form, target_choices, target_letters
from web.after import after_commit, start_assessment
from web.assessment_choices import period_words
from web.assessment_excel import given
from web.assessment_words import amount
from web.regulation_tables import worded
from web.session import actor, db, me, now, office, only_for_those_who_work_here
from web.shell import counted
from workflow import assessment_run, publication, target_roles, targets
from workflow.assessment_pack import pack_of
from workflow.assessment_period import Period
from workflow.process import INVALID, N_, Objection, Refused
from workflow.targets import Wanted

MOST_LISTED = 500
MOST_AT_ONCE = 200
STATES = {
    "in_force": N_("in force"), "to_come": N_("to come"), "draft": N_("waits for approval"),
    "declined": N_("not put in force"), "followed": N_("followed by another"),
}  # fmt: skip

bp = Blueprint("target", __name__, url_prefix="/targets")


@dataclass(frozen=True)
class Row:
    """One target as people read it; `state` says whether it holds, is to come or was followed by another."""

    target: Target
    unit: str
    measure: str
    regulation: str
    period: str
    value: str
    state: str
    url: str
    mine: bool


bp.before_request(only_for_those_who_work_here)


@counted("target.index")
def count_waiting() -> int:
    """Drafts that wait for my approval."""
    if not target_roles.approves(actor()):
        return 0
    return db().execute(select(func.count()).select_from(Target).where(Target.decided_at.is_(None))).scalar_one()


@bp.get("")
def index() -> str:
    return _index(form.Wrong())


@bp.post("")
def draft() -> ResponseReturnValue:
    try:
        target = targets.draft(db(), _wanted(), by=actor(), at=now())
    except Refused as refusal:
        wrong = form.beside_fields(refusal)
        db().rollback()
        return _index(wrong), 422
    db().commit()
    flash(_("The target waits for the general manager's approval."), "success")
    return redirect(url_for(".index", year=target.year), 303)


@bp.post("/approve")
def approve() -> ResponseReturnValue:
    """Those ticked, all of them or none; what is open and assessed by them is computed anew."""
    keys = [key for each in request.form.getlist("drafts")[:MOST_AT_ONCE] if (key := form.number(each)) is not None]
    drafts = list(db().scalars(_locked(Target.id.in_(keys))))
    try:
        if not drafts and target_roles.approves(actor()):
            raise Refused([Objection(INVALID, N_("Tick at least one draft."), field="drafts")])
        targets.approve(db(), drafts, by=actor(), at=now())
        letters = publication.renew(db(), drafts, by=actor(), at=now())
        computations = _compute_anew(drafts)
    except Refused as refusal:
        wrong = form.beside_fields(refusal)
        db().rollback()
        return _index(wrong), 422
    db().commit()
    if letters:
        after_commit()
    for key in computations:
        start_assessment(key)
    count = len(drafts)
    flash(ngettext("%(num)d target is in force.", "%(num)d targets are in force.", count), "success")
    return redirect(url_for(".index", year=drafts[0].year), 303)


@bp.post("/<int(max=2147483647):key>/decline")
def decline(key: int) -> ResponseReturnValue:
    target = _seen(key, locked=True)
    try:
        targets.decline(db(), target, form.text("reason"), by=actor(), at=now())
    except Refused as refusal:
        wrong = form.beside_fields(refusal)
        db().rollback()
        return _page(_seen(key), wrong), 422
    db().commit()
    flash(_("The draft is not put in force."), "success")
    return redirect(url_for(".show", key=key), 303)


@bp.get("/<int(max=2147483647):key>")
def show(key: int) -> str:
    return _page(_seen(key), form.Wrong())


def rows(found: Sequence[Target]) -> list[Row]:
    """These targets as people read them."""
    today, content = _today(), {version.slug: pack_of(version) for version in target_choices.in_force()}
    latest = _latest(found, today)
    told = []
    for each in found:
        pack = content.get(each.regulation)
        measure = pack.measures.get(each.measure) if pack is not None else None
        told.append(Row(
            each, target_choices.unit_words(each.unit), worded(measure.title) if measure is not None else each.measure,
            worded(pack.title) if pack is not None else each.regulation, period_words(Period.named(each.period)),
            amount(each.value, measure.unit if measure is not None else ""), _state(each, today, latest),
            url_for("target.show", key=each.id), each.drafted_by_id == me().id,
        ))  # fmt: skip
    return told


def _state(each: Target, today: date, latest: set[int]) -> str:
    if each.is_draft:
        return "draft"
    if not each.is_approved:
        return "declined"
    if each.from_day > today:
        return "to_come"
    return "in_force" if each.id in latest else "followed"


def _latest(found: Sequence[Target], today: date) -> set[int]:
    """Of each unit, measure and period the one that began last."""
    begun = [each for each in found if each.is_approved and each.from_day <= today]
    by_key = {
        (each.regulation, each.measure, each.period, each.department_id, each.team_id): each.id
        for each in sorted(begun, key=lambda each: (each.from_day, each.id))
    }
    return set(by_key.values())


@bp.get("/list.xlsx")
def excel() -> Response:
    """All targets of a year that the reader sees, those that others followed among them."""
    year = _year()
    query = _with_units(select(Target).where(target_roles.visible_to(actor()), Target.period.startswith(str(year))))
    found = list(db().scalars(query.order_by(Target.department_id, Target.team_id, Target.id).limit(MOST_LISTED)))
    headings = [
        _("Measure"), _("Regulation"), _("Unit"), _("Period"), _("Target"), _("Starts"), _("State"), _("Reason"),
    ]  # fmt: skip
    lines = [
        [row.measure, row.regulation, row.unit, row.period, row.value, row.target.from_day.isoformat(),
         _(STATES[row.state]), row.target.reason or ""]
        for row in rows(found)
    ]  # fmt: skip
    title = _("Targets of %(year)s", year=year)
    return given(title, {title: [headings, *lines]}, what="targets")


def _index(wrong: form.Wrong) -> str:
    year = _year()
    query = _with_units(select(Target).where(target_roles.visible_to(actor()), Target.period.startswith(str(year))))
    found = list(db().scalars(query.order_by(Target.department_id, Target.team_id, Target.id).limit(MOST_LISTED)))
    shown = [row for row in rows(found) if row.state in ("in_force", "to_come")]
    versions = target_choices.regulations()
    approves = target_roles.approves(actor())
    drafts = list(db().scalars(_with_units(targets.waiting().where(target_roles.visible_to(actor())))))
    return render_template(
        "target/index.html", rows=shown, drafts=rows(drafts), wrong=wrong, typed=request.form, year=year,
        approves=approves, versions=versions, measures=target_choices.measures(versions),
        units=target_choices.units() if versions else [], periods=target_choices.periods(versions),
        letters=target_letters.rows(year), ticked=request.form.getlist("drafts"), today=_today(),
    )  # fmt: skip


def _page(target: Target, wrong: form.Wrong) -> str:
    history = targets.history(db(), target)
    visible = [each for each in history if target_roles.may_see(each, actor())]
    told = rows(visible)
    own = target.is_draft and target.drafted_by_id == me().id
    return render_template(
        "target/show.html", row=next(row for row in told if row.target.id == target.id), history=list(reversed(told)),
        wrong=wrong, typed=request.form, approves=target.is_draft and target_roles.approves(actor()), withdraws=own,
    )  # fmt: skip


def _wanted() -> Wanted:
    regulation, _slash, measure = form.text("measure").partition("/")
    unit, is_there = target_choices.unit(form.text("unit"))
    if not is_there:
        raise Refused([Objection(INVALID, N_("Choose whose target it is."), field="unit")])
    typed = form.text("from_day").strip()
    day = form.day_of(typed)
    if typed and day is None:
        raise Refused([Objection(INVALID, N_("Give a day such as 2026-03-31."), field="from_day")])
    return Wanted(
        regulation[:40], measure[:40], unit, form.text("period")[:8], form.text("value")[:40], day, form.text("reason")
    )  # fmt: skip


def _compute_anew(approved: Sequence[Target]) -> list[int]:
    """The open assessments that these targets are for; the computations that were asked for."""
    found = []
    for of in db().scalars(select(Assessment).where(Assessment.submitted_at.is_(None))):
        touched = any(
            each.regulation == of.regulation and of.period.startswith(each.period[:4]) and of.computed_at is not None
            for each in approved
        )
        if touched:
            found.append(assessment_run.ask(db(), of, by=actor(), at=now()).id)
    return found


def _year() -> int:
    asked = form.number(request.args.get("year", ""))
    return asked if asked is not None and 2000 <= asked < 3000 else _today().year


def _today() -> date:
    return office().calendar.day_of(now())


def _with_units(query: Select[Target]) -> Select[Target]:
    team = joinedload(Target.team).joinedload(Team.department)
    return query.options(joinedload(Target.department), team, joinedload(Target.drafted_by))


def _locked(condition: ColumnElement[bool]) -> Select[Target]:
    return select(Target).where(condition, target_roles.visible_to(actor())).order_by(Target.id).with_for_update()


def _seen(key: int, *, locked: bool = False) -> Target:
    query = _locked(Target.id == key) if locked else _with_units(select(Target).where(Target.id == key))
    found = db().scalars(query).unique().one_or_none()
    if found is None or not target_roles.may_see(found, actor()):
        abort(404)
    return found
