"""One subject's results, line by line: formula in words, what was put in, why there is no figure; opened down to rows.

Everybody sees their own before they are final and can ask about a line; heads answer.
"""

import re
from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from models import Assessed, Assessment, AssessmentQuestion, Complaint, Customer, CustomerQuestion
from web import assessment_told_results as told
from web import form, moment
from web.after import start_assessment
from web.assessment_head import head, seen
from web.assessment_sum_words import drawn_from
from web.assessment_words import name_of
from web.paging import Page
from web.regulation_tables import worded
from web.session import actor, db, me, now, zone
from workflow import (
    assessment_opened,
    assessment_question,
    assessment_roles,
    assessment_run,
    assessment_steps,
    customer_roles,
    question_roles,
    rating_sight,
    sight,
)
from workflow.assessment_formula import Aggregate
from workflow.assessment_roles import ENOUGH_PEERS
from workflow.process import Refused

PER_PAGE = 50
# The key of an answer, and of one item of it: see `workflow.assessment_source`.
ANSWER = re.compile(r"([0-9a-f]{8})[0-9a-f]{24}(?::|$)")

PLACE = "/assessments/<int(max=2147483647):key>/of/<int(max=2147483647):subject>"

bp = Blueprint("assessed", __name__, url_prefix=PLACE)
bp.add_app_template_filter(worded, "worded")


@dataclass(frozen=True)
class RowShown:
    """One row of a figure: its key, with an address where the reader may open what it is, its day and its values."""

    key: str
    url: str
    when: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Opened:
    """A sum of a figure opened down to its records."""

    of: Assessment
    assessed: Assessed
    name: str
    title: str
    source: str
    drawn_from: str
    fields: list[str]
    rows: list[RowShown]


@bp.get("")
def show(key: int, subject: int) -> str:
    return _page(*of_subject(key, subject), form.Wrong())


@bp.get("/<measure>/<int(max=99):at>")
def rows(key: int, subject: int, measure: str, at: int) -> str:
    page, part = Page.asked(PER_PAGE), request.args.get("part") or None
    shown = opened(key, subject, measure, at, skip=page.skip, most=page.most)
    return render_template(
        "assessments/rows.html", head=head(shown.of), name=shown.name, page=page, title=shown.title,
        back=_url(shown.of, shown.assessed), source=shown.source, drawn_from=shown.drawn_from, fields=shown.fields,
        rows=page.cut(shown.rows),
        excel=url_for("assessed_excel.records", key=key, subject=subject, measure=measure, at=at, part=part),
    )  # fmt: skip


def opened(key: int, subject: int, measure: str, at: int, *, skip: int, most: int) -> Opened:
    """The records behind one sum of a figure, as the reader may open them; or 404."""
    of, assessed = of_subject(key, subject)
    pack = assessment_run.pack_for(of)
    part = request.args.get("part") or None
    aggregate = _aggregate(of, assessed, measure, part, at)
    if aggregate is None or not assessment_roles.opens_rows(pack, aggregate.source, actor()):
        abort(404)
    some = list(assessment_opened.rows(db(), of, assessed, aggregate, zone=zone(), skip=skip, most=most))
    source = pack.sources[aggregate.source]
    links = _links(some)
    return Opened(
        of=of, assessed=assessed, name=name_of(assessed.subject), title=title_of(of, measure),
        source=worded(source.title), drawn_from=drawn_from(pack, aggregate),
        fields=[worded(field.title) for field in source.fields.values()],
        rows=[
            RowShown(_record(each.key), links.get(each.id, ""), moment.long_day(each.when),
                     tuple(told.said(source, field, each.values.get(field)) for field in source.fields))
            for each in some
        ],
    )  # fmt: skip


def title_of(of: Assessment, measure: str) -> str:
    return worded(assessment_run.pack_for(of).measures[measure].title)


def _record(key: str) -> str:
    """A record's key; a survey's answer by the first signs of its own, which is long and says nothing to a reader."""
    answer = ANSWER.match(key)
    return _("answer %(signs)s", signs=answer[1]) if answer is not None else key


@bp.post("/ask")
def ask(key: int, subject: int) -> ResponseReturnValue:
    of, assessed = of_subject(key, subject)
    measure = form.text("measure")
    try:
        assessment_question.ask(
            db(), of, assessed, measure, question=form.text("question"), by=actor(), at=now()
        )  # fmt: skip
    except Refused as refusal:
        return _page(of, assessed, form.beside_fields(refusal)), 422
    db().commit()
    flash(_("Your question goes to the head; the answer appears here."), "success")
    return redirect(url_for(".show", key=key, subject=subject, _anchor=measure), 303)


@bp.post("/answer/<int(max=2147483647):question>")
def answer(key: int, subject: int, question: int) -> ResponseReturnValue:
    of, assessed = of_subject(key, subject)
    asked = db().get(AssessmentQuestion, question)
    if asked is None or asked.assessment_id != of.id or asked.person_id != assessed.person_id:
        abort(404)
    try:
        assessment_question.answer(
            db(), asked, assessed.seat_id, text=form.text("answer"), by=actor(), at=now()
        )  # fmt: skip
    except Refused as refusal:
        return _page(of, assessed, form.beside_fields(refusal)), 422
    db().commit()
    flash(_("Your answer is recorded."), "success")
    return redirect(url_for(".show", key=key, subject=subject, _anchor=asked.measure), 303)


@bp.post("/adjust")
def adjust(key: int, subject: int) -> ResponseReturnValue:
    of, assessed = of_subject(key, subject)
    of = assessment_run.locked(db(), of.id)
    try:
        assessment_steps.adjust(
            db(), of, assessed, factor=form.text("factor"), reason=form.text("reason"),
            name=name_of(assessed.subject), by=actor(), at=now(),
        )  # fmt: skip
        computation = assessment_run.ask(db(), of, by=actor(), at=now())
    except Refused as refusal:
        return _page(of, assessed, form.beside_fields(refusal)), 422
    db().commit()
    start_assessment(computation.id)
    flash(_("The total is being recomputed."), "success")
    return redirect(url_for(".show", key=key, subject=subject), 303)


def of_subject(key: int, subject: int) -> tuple[Assessment, Assessed]:
    """The results of one subject, by the subject's own key, which stays when they are computed anew; or 404."""
    of = seen(key)
    query = select(Assessed).filter_by(assessment_id=of.id, **{f"{of.kind}_id": subject}).options(
        selectinload(Assessed.results), joinedload(Assessed.person), joinedload(Assessed.team),
        joinedload(Assessed.department), joinedload(Assessed.partner), joinedload(Assessed.seat),
    )  # fmt: skip
    found = db().scalars(query).first()
    if found is None or not assessment_roles.may_see(found, assessment_run.pack_for(of).owner, actor()):
        abort(404)
    return of, found


def _page(of: Assessment, assessed: Assessed, wrong: form.Wrong) -> str:
    pack, scheme = assessment_run.pack_for(of), assessment_run.scheme_of(of)
    before, total_before = figures_before(of, assessed)
    hides_total = told.hides_total(pack, scheme, assessed.results)
    is_mine = assessed.person_id == me().id
    adjusts = (
        scheme is not None and scheme.adjustment is not None and of.stage == "open" and not is_mine
        and assessment_roles.runs(pack.owner, actor())
    )  # fmt: skip
    questions = questions_about(of, assessed)
    return render_template(
        "assessments/subject.html", head=head(of), of=of, assessed=assessed, wrong=wrong, typed=request.form,
        name=name_of(assessed.subject), lines=told.lines(pack, scheme, assessed, before), is_mine=is_mine,
        has_total=scheme is not None, hides_total=hides_total, why=told.why(assessed.missing), hidden=_(told.HIDDEN),
        grade="" if hides_total else told.grade(scheme, assessed.grade),
        total_before="" if hides_total else total_before,
        left_out=[worded(pack.measures[name].title) for name in assessed.left_out], adjusts=adjusts,
        bounds=scheme.adjustment if scheme is not None else None, questions=questions, enough=ENOUGH_PEERS,
        feedback=rating_sight.feedback(db(), of, assessed),
        answers=[each.id for each in questions if assessment_question.answers(each, assessed.seat_id, actor())],
    )  # fmt: skip


def figures_before(of: Assessment, assessed: Assessed) -> tuple[dict[tuple[str, str | None], str], str]:
    """The figures of the period before by measure and part, and its total."""
    earlier = assessment_run.before(db(), of)
    if earlier is None:
        return {}, ""
    column = getattr(Assessed, f"{of.kind}_id")
    query = select(Assessed).where(Assessed.assessment_id == earlier.id, column == assessed.subject_id)
    found = db().scalars(query.options(selectinload(Assessed.results))).first()
    pack = assessment_run.pack_for(earlier)
    # Whoever has come to the department since was somebody else's to see.
    if found is None or not assessment_roles.may_see(found, pack.owner, actor()):
        return {}, ""
    shown = {
        (result.measure, result.part): told.value(pack, result.measure, result.shown)
        for result in found.results if not told.is_hidden(pack, result)
    }  # fmt: skip
    hidden = told.hides_total(pack, assessment_run.scheme_of(earlier), found.results)
    return shown, "" if hidden or found.shown is None else told.number(found.shown)


def questions_about(of: Assessment, assessed: Assessed) -> list[AssessmentQuestion]:
    if assessed.person_id is None:
        return []
    query = select(AssessmentQuestion).filter_by(assessment_id=of.id, person_id=assessed.person_id)
    with_names = (
        joinedload(AssessmentQuestion.person), joinedload(AssessmentQuestion.to), joinedload(AssessmentQuestion.answer)
    )  # fmt: skip
    return list(db().scalars(query.options(*with_names).order_by(AssessmentQuestion.id)))


def _aggregate(of: Assessment, assessed: Assessed, measure: str, part: str | None, at: int) -> Aggregate | None:
    """The sum that was asked for, unless it is kept from the reader."""
    pack = assessment_run.pack_for(of)
    result = next((each for each in assessed.results if (each.measure, each.part) == (measure, part)), None)
    if result is None or told.is_hidden(pack, result):
        return None
    found = assessment_opened.aggregates(pack, measure, part)
    if at >= len(found) or assessment_roles.is_of_few_peers(pack, found[at], result.inputs[at]["rows"]):
        return None
    return found[at]


def _links(found: list[assessment_opened.OpenedRow]) -> dict[int, str]:
    """The addresses of the cases, customers and questions among these rows that exist for the reader."""
    complaints = [each.id for each in found if each.kind == "complaint"]
    customers = [each.id for each in found if each.kind == "customer"]
    questions = [each.id for each in found if each.kind == "question"]
    links = {}
    if complaints:
        query = select(Complaint).where(Complaint.id.in_(complaints), sight.visible_to(actor()))
        links |= {each.id: url_for("complaint.show", number=each.number) for each in db().scalars(query)}
    if customers:
        mine = select(Customer.id).where(Customer.id.in_(customers), customer_roles.visible_to(actor()))
        links |= {each: url_for("customers.show", key=each) for each in db().scalars(mine)}
    if questions:
        seen_ = question_roles.visible_to(actor())
        mine = select(CustomerQuestion.id).where(CustomerQuestion.id.in_(questions), seen_)
        links |= {each: url_for("question.show", key=each) for each in db().scalars(mine)}
    return links


def _url(of: Assessment, assessed: Assessed) -> str:
    return url_for("assessed.show", key=of.id, subject=assessed.subject_id)
