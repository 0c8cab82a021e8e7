"""Assessments: which run and in what state, the results of one with filters and comparisons, and what is done to it.

Who sees and does what is in `workflow.assessment_roles`; one subject's results have pages of their own (`assessed`).
"""

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from models import (
    Assessed,
    Assessment,
    AssessmentAct,
    AssessmentComputation,
    AssessmentQuestion,
    Department,
)
from web import assessment_chart, assessment_choices, assessment_excel, assessment_follows, assessment_table, form
from web.after import start_assessment
from web.assessment_head import head, seen
from web.assessment_told_results import done
from web.filters import named
from web.paging import Page
from web.regulation_tables import worded
from web.session import actor, db, now, office
from web.shell import counted
from workflow import assessment_question, assessment_records, assessment_roles, assessment_run, assessment_steps, fund
from workflow.assessment_pack import pack_of
from workflow.process import Refused

PER_PAGE = 50
MOST_LISTED = 100

bp = Blueprint("assessments", __name__)
bp.add_app_template_filter(done, "assessment_done")


@counted("assessments.index")
def count_questions() -> int:
    """Questions that wait for my answer."""
    return len(_questions())


@bp.get("/assessments")
def index() -> str:
    return _index(form.Wrong())


@bp.post("/assessments")
def open_() -> ResponseReturnValue:
    chosen = assessment_choices.chosen(request.form)
    try:
        if chosen is None:
            abort(422)
        version, scheme, kind, period = chosen
        of = assessment_run.open_(
            db(), pack_of(version), period, kind, scheme=scheme, by=actor(), at=now()
        )  # fmt: skip
    except Refused as refusal:
        return _index(form.beside_fields(refusal)), 422
    computation = _latest(of)
    db().commit()
    if computation is not None:
        start_assessment(computation.id)
    flash(_("The assessment is opened; its results are being computed."), "success")
    return redirect(url_for(".show", key=of.id), 303)


@bp.get("/assessments/<int(max=2147483647):key>")
def show(key: int) -> str:
    return _page(seen(key), form.Wrong())


@bp.get("/assessments/<int(max=2147483647):key>.xlsx")
def excel(key: int) -> Response:
    of = seen(key)
    comparison = assessment_table.comparison(of, asked_measure(of))
    return assessment_excel.export(of, assessment_table.everything(of, department=asked_department()), comparison)


@bp.get("/assessments/<int(max=2147483647):key>/chart.svg")
def chart(key: int) -> Response:
    """The comparison of departments as a picture; its numbers stand beside it as a table."""
    of = seen(key)
    return assessment_chart.answer(assessment_table.comparison(of, asked_measure(of)))


@bp.get("/assessments/<int(max=2147483647):key>/close")
def confirm(key: int) -> str:
    of = seen(key)
    _require_runs(of)
    return render_template("assessments/close.html", head=head(of), waits=_awaited(of))


@bp.post("/assessments/<int(max=2147483647):key>/<any(compute, submit, review, return, close):action>")
def act(key: int, action: str) -> ResponseReturnValue:
    seen(key)
    of = assessment_run.locked(db(), key)
    told = {
        "compute": _("The results are being computed."), "submit": _("The heads can review the results now."),
        "review": _("Your review is recorded."), "return": _("The assessment is open again."),
        "close": _("The assessment is closed."),
    }  # fmt: skip
    try:
        computation = _take(of, action)
    except Refused as refusal:
        wrong = form.beside_fields(refusal)
        db().rollback()
        return _page(seen(key), wrong), 422
    db().commit()
    if computation is not None:
        start_assessment(computation)
    flash(told[action], "success")
    return redirect(url_for(".show", key=key), 303)


def _take(of: Assessment, action: str) -> int | None:
    """Take the step; the computation that it asks for, if any."""
    by, at = actor(), now()
    match action:
        case "compute":
            _require_runs(of)
            return assessment_run.ask(db(), of, by=by, at=at).id
        case "submit":
            assessment_steps.submit(db(), of, by=by, at=at)
        case "review":
            department = form.chosen("department") or 0
            assessment_steps.review(db(), of, department, note=form.text("note"), by=by, at=at)
        case "return":
            assessment_steps.return_(db(), of, reason=form.text("reason"), by=by, at=at)
        case _:
            assessment_steps.close(db(), of, by=by, at=at)
    return None


def _require_runs(of: Assessment) -> None:
    assessment_roles.require_run(assessment_run.pack_for(of), actor(), sees=True)


# --- pages -------------------------------------------------------------------------------------------


def _index(wrong: form.Wrong) -> str:
    visible = assessment_roles.visible_assessments(db(), actor())
    query = select(Assessment).where(visible).options(joinedload(Assessment.regulation_version))
    found = db().scalars(query.order_by(Assessment.last_day.desc(), Assessment.id.desc()).limit(MOST_LISTED))
    runs = assessment_choices.run_by_me()
    return render_template(
        "assessments/index.html", rows=[head(of) for of in found], wrong=wrong, typed=request.form,
        regulations=assessment_choices.totals(runs), periods=assessment_choices.periods(runs),
        works_here=not actor().has_left, has_fund=fund.may_look(actor()),
        questions=[
            (each, url_for("assessed.show", key=each.assessment_id, subject=each.person_id, _anchor=each.measure))
            for each in _questions()
        ],
    )  # fmt: skip


def _questions() -> list[AssessmentQuestion]:
    query = (
        select(AssessmentQuestion)
        .join(Assessed, (Assessed.assessment_id == AssessmentQuestion.assessment_id)
              & (Assessed.person_id == AssessmentQuestion.person_id))
        .where(assessment_question.waiting_for(actor()))
        .options(joinedload(AssessmentQuestion.person))
        .order_by(AssessmentQuestion.id)
    )  # fmt: skip
    return list(db().scalars(query.limit(MOST_LISTED)))


def _page(of: Assessment, wrong: form.Wrong) -> str:
    page, department, measure = Page.asked(PER_PAGE), asked_department(), asked_measure(of)
    table = assessment_table.table(of, department=department, skip=page.skip, most=page.most)
    table = table.cut(page)
    pack = assessment_run.pack_for(of)
    runs = assessment_roles.runs(pack.owner, actor())
    latest = _latest(of)
    awaited = assessment_steps.awaited_reviews(db(), of)
    comparison = assessment_table.comparison(of, measure)
    return render_template(
        "assessments/show.html", follows=assessment_follows.links(of),
        head=head(of), of=of, table=table, page=page, wrong=wrong, typed=request.form,
        runs=runs, takes_records=bool(assessment_records.sources(pack)),
        manages=_manages(of), computing=latest is not None and latest.is_running, trouble=_trouble(of, latest),
        departments=_departments(of), department=department, measure=measure,
        measures=assessment_table.measures(of), comparison=comparison,
        to_review=[each for each in _named(awaited) if each.id in assessment_roles.headed_by(actor())],
        waits=[named(each) for each in _named(awaited)], acts=acts_shown(of),
        is_over=office().calendar.day_of(now()) > of.last_day,
        picture=url_for(".chart", key=of.id, measure=measure, v=comparison.version) if comparison.bars else "",
    )  # fmt: skip


def _latest(of: Assessment) -> AssessmentComputation | None:
    query = select(AssessmentComputation).filter_by(assessment_id=of.id).order_by(AssessmentComputation.id.desc())
    return db().scalars(query.limit(1)).first()


def _trouble(of: Assessment, latest: AssessmentComputation | None) -> str:
    """Why the results could not be computed: the record that contradicts others, where it was one."""
    if latest is None or latest.state != "failed":
        return ""
    kind, _colon, said = (latest.last_error or "").partition(": ")
    source, *rest = said.split(": ", 2)
    known = assessment_run.pack_for(of).sources.get(source)
    if kind != "RowRefused" or known is None or len(rest) != 2:
        return _("Something unexpected happened; the administrator sees what.")
    return _(
        "%(source)s, %(row)s: %(why)s", source=worded(known.title), row=rest[0].removeprefix("row "), why=_(rest[1])
    )


def asked_department() -> int | None:
    return form.number(request.args.get("department", ""))


def asked_measure(of: Assessment) -> str:
    """Which figure is compared: the total, or a measure of the regulation."""
    asked = request.args.get("measure", "")
    known = [key for key, _title in assessment_table.measures(of)]
    return asked if asked in known else known[0]


def _departments(of: Assessment) -> list[tuple[str, str]]:
    seats = _named(sorted(assessment_table.seats(of)))
    return [("", _("All departments")), *((str(each.id), named(each)) for each in seats)] if len(seats) > 1 else []


def _named(keys: list[int]) -> list[Department]:
    return list(db().scalars(select(Department).where(Department.id.in_(keys)).order_by(Department.id)))


def _awaited(of: Assessment) -> list[str]:
    return [named(each) for each in _named(assessment_steps.awaited_reviews(db(), of))]


def _manages(of: Assessment) -> bool:
    owner = assessment_run.pack_for(of).owner
    return assessment_roles.runs(owner, actor()) or assessment_roles.is_manager(actor())


def acts_shown(of: Assessment) -> list[AssessmentAct]:
    """What was done to it, for those who may do it."""
    if not _manages(of):
        return []
    query = select(AssessmentAct).filter_by(assessment_id=of.id).order_by(AssessmentAct.id)
    names = joinedload(AssessmentAct.by), joinedload(AssessmentAct.acted_for), selectinload(AssessmentAct.department)
    return list(db().scalars(query.options(*names)))
