"""A month's scorecards: the page for the four roles that act on them, the cards, and one's own.

Whoever has no part in a month finds no such page. Whether an act may be taken is the rules' business; what was
typed wrongly is told beside the form, with everything else still in it.
"""

from collections import defaultdict
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from models import Department, Person
from web import form, month_cards, month_page, month_words, staff
from web.after import after_commit
from web.filters import sentence
from web.month_progress import STATIONS
from web.session import actor, db, me, now, office, start_over
from workflow import scorecard
from workflow.process import INVALID, Refused
from workflow.scorecard_batch import Results
from workflow.scorecard_month import FORM, Month
from workflow.scorecard_roles import acts_on_months
from workflow.scorecard_steps import Adjustment

NAMED_AT_MOST = 5
ACT = f"/months/<month>/<any({', '.join(repr(noun) for noun in month_words.NOUNS)}):noun>"

bp = Blueprint("month", __name__)


@bp.get("/months")
def index() -> ResponseReturnValue:
    """The month that is being closed: the last one that is over."""
    _require_a_part()
    present = office().calendar.month_of(now())
    [(name, _), *_rest] = month_page.neighbours(_month(present))
    return redirect(url_for("month.show", month=name), 302)


@bp.get("/months/<month>")
def show(month: str) -> str:
    _require_a_part()
    return month_page.show(_month(month))


@bp.get("/months/<month>/cards")
def cards(month: str) -> str:
    _require_a_part()
    return month_cards.list_page(_month(month), _department(request.args.get("department", "")))


@bp.get("/months/<month>/cards/<username>")
def card(month: str, username: str) -> str:
    found = month_cards.card_of(_month(month), _person(username)) or abort(404)
    return month_cards.card_page(_month(month), found)


@bp.get("/months/<month>/mine")
def mine(month: str) -> str:
    """One's own card, also before it is final."""
    found = month_cards.card_of(_month(month), me())
    return month_cards.card_page(_month(month), found) if found is not None else month_cards.open_page(_month(month))


@bp.post(ACT)
def act(month: str, noun: str) -> ResponseReturnValue:
    """Take one act with every card of the scope that is ready."""
    _require_a_part()
    action, department = month_words.NOUNS[noun], _department(form.text("department"))
    person = _person(form.text("person")) if form.text("person") else None
    try:
        results = _take(action, _month(month), department, person)
    except Refused as refusal:
        if refusal.code != INVALID:
            raise
        return _again(_month(month), department, person, refusal), 422
    told = month_words.taken(action, len(results.taken)), _left(action, results)
    db().commit()
    after_commit()
    flash(told[0], "success")
    for words in told[1]:
        flash(words, "warning")
    return redirect(_back(month, department, person), 303)


def _take(action: str, month: Month, department: Department | None, person: Person | None) -> Results:
    chosen: dict[str, Any] = {"month": month.name, "by": actor(), "at": now(), "department": department}
    if action == "compute":
        return scorecard.compute(db(), **chosen)
    chosen["people"] = [person.id] if person is not None else None
    match action:
        case "review":
            return scorecard.review(db(), **chosen, adjustments=_adjustments(), note=form.printed("note"))
        case "return":
            return scorecard.give_back(db(), **chosen, reason=form.printed("reason"))
        case "pay":
            return scorecard.pay(db(), **chosen)
    return scorecard.VERBS[action](db(), **chosen, note=form.printed("note"))


def _adjustments() -> list[Adjustment]:
    """What was typed beside the cards; a factor of 1.00 without a reason is none."""
    typed = {key.partition("-")[2] for key in request.form if key.startswith("factor-")}
    keys = [key for key in (form.number(key) for key in typed) if key is not None]
    people = {str(person.id): person for person in db().scalars(select(Person).where(Person.id.in_(keys)))}
    given = [_adjustment(key, people.get(key)) for key in sorted(typed)]
    return [each for each in given if each.factor != 1 or each.reason]


def _adjustment(key: str, person: Person | None) -> Adjustment:
    reason = form.printed(f"reason-{key}").strip() or None
    try:
        factor = Decimal(form.text(f"factor-{key}").strip().replace("．", ".") or "1")
    except InvalidOperation:
        factor = None
    # What is no number cannot even be compared.
    if factor is not None and not factor.is_finite():
        factor = None
    return Adjustment(person.name if person is not None else key, person, factor, reason)


def _left(action: str, results: Results) -> list[str]:
    """Who was left out and why, in one sentence for each reason; cards that are past the step were not meant."""
    names: dict[str, list[str]] = defaultdict(list)
    for left in results.left:
        if left.card.state in STATIONS.get(action, ()):
            continue
        names[" ".join(map(sentence, left.objections))].append(left.card.person.name)
    return [month_words.left_out(people[:NAMED_AT_MOST], len(people), why) for why, people in names.items()]


def _again(month: Month, department: Department | None, person: Person | None, refusal: Refused) -> str:
    """The same page with what was typed and what is wrong with it."""
    wrong, typed = " ".join(map(sentence, refusal.objections)), dict(request.form)
    scope = department.id if department is not None else None, person.id if person is not None else None
    start_over()
    if scope[1] is not None:
        card = month_cards.card_of(month, db().get_one(Person, scope[1]))
        return month_cards.card_page(month, card or abort(404), wrong=wrong, typed=typed)
    return month_cards.list_page(
        month, db().get(Department, scope[0]) if scope[0] is not None else None, wrong=wrong, typed=typed
    )


def _back(month: str, department: Department | None, person: Person | None) -> str:
    if person is not None:
        return url_for("month.card", month=month, username=person.username)
    return url_for("month.show", month=month, _anchor=department.slug if department is not None else None)


def _require_a_part() -> None:
    if not acts_on_months(actor()):
        abort(404)


def _month(name: str) -> Month:
    if not FORM.fullmatch(name):
        abort(404)
    return Month(name, office().calendar.zone)


def _department(slug: str) -> Department | None:
    if not slug:
        return None
    return db().scalars(select(Department).filter_by(slug=slug)).one_or_none() or abort(404)


def _person(username: str) -> Person:
    return staff.by_username(username) or abort(404)
