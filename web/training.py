"""Trainings from weak items (SAL-7): the weakest items of an assessment with those below the mean, a training planned
because of one, who was there, and whether the item got better afterwards.
"""

from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from models import Assessed, Assessment, Person, Training
from web import assessment_head, form, moment
from web.language import is_chinese
from web.session import actor, db, me, now, only_for_those_who_work_here
from workflow import assessment_roles, assessment_run, item_fines, training
from workflow.process import Refused
from workflow.training import Weak, Wish

bp = Blueprint("training", __name__)


@dataclass(frozen=True)
class Below:
    name: str
    figure: str
    url: str


@dataclass(frozen=True)
class Item:
    """One weak item: its mean and who stand below it, each with the way to the rows behind."""

    key: str
    title: str
    mean: str
    below: list[Below]


bp.before_request(only_for_those_who_work_here)


@bp.get("/trainings")
def index() -> str:
    found = training.found(db(), actor())
    return render_template("training/index.html", trainings=[(each, title(each)) for each in found])


@bp.get("/assessments/<int:key>/trainings")
def of_assessment(key: int) -> str:
    return _weak_page(_assessment(key), form.Wrong())


@bp.post("/assessments/<int:key>/trainings")
def plan(key: int) -> ResponseReturnValue:
    of = _assessment(key)
    measure, _slash, item = form.text("item").partition("/")
    people = [person for person in _people(of) if str(person.id) in request.form.getlist("person")]
    wish = Wish(measure, item, form.text("topic"), form.day("day"), form.text("trainer"), people)
    try:
        planned = training.plan(db(), of, wish, by=actor(), at=now())
    except Refused as refusal:
        wrong = form.beside_fields(refusal)
        db().rollback()
        return _weak_page(_assessment(key), wrong), 422
    db().commit()
    flash(_("The training is planned; those who take part see it on their own page."), "success")
    return redirect(url_for(".show", number=planned.id), 303)


@bp.get("/trainings/<int:number>")
def show(number: int) -> str:
    return _page(_seen(number), form.Wrong())


@bp.post("/trainings/<int:number>/attendance")
def record(number: int) -> ResponseReturnValue:
    found = _seen(number, lock=True)
    there = {each.person_id: form.yes_or_no(f"there-{each.person_id}") for each in found.participants}
    reasons = {each.person_id: form.text(f"reason-{each.person_id}") for each in found.participants}
    try:
        count = training.record(db(), found, there, reasons, by=actor(), at=now())
    except Refused as refusal:
        return _refused(refusal, number)
    db().commit()
    flash(ngettext("%(num)d person is recorded.", "%(num)d people are recorded.", count), "success")
    return redirect(url_for(".show", number=number), 303)


@bp.post("/trainings/<int:number>/cancellation")
def cancel(number: int) -> ResponseReturnValue:
    found = _seen(number, lock=True)
    try:
        training.cancel(db(), found, reason=form.text("reason"), by=actor(), at=now())
    except Refused as refusal:
        return _refused(refusal, number)
    db().commit()
    flash(_("The training is cancelled."), "success")
    return redirect(url_for(".show", number=number), 303)


def _refused(refusal: Refused, number: int) -> ResponseReturnValue:
    wrong = form.beside_fields(refusal)
    db().rollback()
    return _page(_seen(number), wrong), 422


def _assessment(key: int) -> Assessment:
    """Who sees all results or heads somebody who was assessed; nobody else reads of others' weak items."""
    query = select(Assessment).where(Assessment.id == key).options(joinedload(Assessment.regulation_version))
    of = db().scalars(query).first() if key < 2**31 else None
    if of is None or not may_look(of):
        abort(404)
    return of


def may_look(of: Assessment) -> bool:
    pack = assessment_run.pack_for(of)
    return of.kind == "person" and training.trains(pack) and assessment_roles.sees_all(pack.owner, actor())


def _seen(number: int, *, lock: bool = False) -> Training:
    found = training.one(db(), number, lock=lock) if number < 2**31 else None
    if found is None or not training.may_see(found, actor()):
        abort(404)
    return found


def title(of: Training) -> str:
    return item_fines.title(of.assessment, of.item or of.measure, _language())


def _language() -> str:
    return "zh" if is_chinese() else "en"


def _people(of: Assessment) -> list[Person]:
    query = select(Person).join(Assessed, Assessed.person_id == Person.id).where(Assessed.assessment_id == of.id)
    seat = query.order_by(Person.name)
    return [person for person in db().scalars(seat) if not person.has_left_at(now())]


def _weak_page(of: Assessment, wrong: form.Wrong) -> str:
    weak = training.weakest(db(), of, actor())
    asked = request.form.get("item", request.args.get("item", ""))
    chosen = next((each for each in weak if _key(each) == asked), weak[0] if weak else None)
    below = {str(who.person_id) for who, _figure in chosen.below} if chosen is not None else set()
    figured = {who.person_id for each in weak for who, _figure in each.below}
    # Those with a figure first: they are whom it concerns.
    people = sorted(_people(of), key=lambda person: (str(person.id) not in below, person.id not in figured))
    found = [(each, title(each)) for each in training.found(db(), actor()) if each.assessment_id == of.id]
    return render_template(
        "training/of_assessment.html", head=assessment_head.head(of), of=of, items=[_item(of, each) for each in weak],
        chosen=_key(chosen) if chosen is not None else "", people=people, wrong=wrong, trainings=found,
        ticked=set(request.form.getlist("person")) if request.method == "POST" else below, typed=request.form,
        may_plan=training.may_plan(of, actor()),
    )  # fmt: skip


def _key(weak: Weak) -> str:
    return f"{weak.measure}/{weak.item}"


def _item(of: Assessment, weak: Weak) -> Item:
    below = [
        Below(who.person.name if who.person else "", f"{figure:f}",
              url_for("assessed.show", key=of.id, subject=who.subject_id, _anchor=weak.measure))
        for who, figure in weak.below
    ]  # fmt: skip
    return Item(_key(weak), item_fines.title(of, weak.item or weak.measure, _language()), f"{weak.mean:f}", below)


def _page(of: Training, wrong: form.Wrong) -> str:
    runs = assessment_roles.runs(assessment_run.pack_for(of.assessment).owner, actor())
    sees_others = runs or assessment_roles.sees_all(assessment_run.pack_for(of.assessment).owner, actor())
    is_head = of.department_id in assessment_roles.headed_by(actor())
    found = of.participants if sees_others or is_head else [e for e in of.participants if e.person_id == me().id]
    return render_template(
        "training/show.html", training=of, item=title(of), wrong=wrong, runs=runs, typed=request.form,
        participants=found, head=assessment_head.head(of.assessment),
        effect=training.effect(db(), of) if sees_others or is_head else None,
        open_=[each for each in of.participants if each.attended is None] if runs else [],
        is_over=moment.local(now()).date() >= of.held_on, sees_item=may_look(of.assessment),
    )  # fmt: skip
