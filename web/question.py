"""Customers' questions: taken down in a short form, the list of those that wait, the answer, whose it is (LIFE-2).

The rules are in `workflow.questions`; who sees which is in `workflow.question_roles`.
"""

from dataclasses import dataclass

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from models import CustomerQuestion, Person, QuestionPassed
from web import errors, form, moment, nudge_panel, staff
from web.after import after_commit
from web.assessment_excel import given
from web.filters import masked
from web.moment import duration
from web.paging import Page
from web.session import actor, db, me, now, only_for_those_who_work_here
from workflow import question_roles, questions
from workflow.process import MOVED_ON, Refused
from workflow.questions import Typed
from workflow.texts import digits, plate

PER_PAGE = 50
EXPORTED = 20_000
LONGEST_QUERY = 60
GIST = 60

bp = Blueprint("question", __name__, url_prefix="/questions")


@dataclass(frozen=True)
class Row:
    """A question in a list: how it begins, whose it is, and how it stands."""

    question: CustomerQuestion
    gist: str
    clock: moment.Clock | None


bp.before_request(only_for_those_who_work_here)


@bp.get("")
def index() -> str:
    page, asked = Page.asked(PER_PAGE), request.args
    shows_all = "all" in asked
    found = page.cut(list(db().scalars(_found(shows_all).offset(page.skip).limit(page.most))))
    return render_template(
        "question/index.html", rows=[_row(each) for each in found], page=page, asked=asked, shows_all=shows_all,
        late=_late(),
    )  # fmt: skip


@bp.get("/list.xlsx")
def excel() -> Response:
    """The list as it was narrowed, with what was asked and answered in full."""
    found = db().scalars(_found("all" in request.args).limit(EXPORTED))
    headings = [
        _("Question"), _("Customer"), _("To answer"), _("Asked"), _("Due"), _("Answered at"), _("State"), _("Answer"),
    ]  # fmt: skip
    lines = [headings, *map(_line, found)]
    return given(_("Customers' questions"), {_("Customers' questions"): lines}, what="customers' questions")


def _line(question: CustomerQuestion) -> list[str]:
    answered = f"{moment.local(question.answered_at):%Y-%m-%d %H:%M}" if question.answered_at is not None else ""
    return [
        question.question, question.customer_name, question.responsible.name,
        f"{moment.local(question.asked_at):%Y-%m-%d %H:%M}", f"{moment.local(question.due_at):%Y-%m-%d %H:%M}",
        answered, _state(question), question.answer or "",
    ]  # fmt: skip


def _state(question: CustomerQuestion) -> str:
    if question.is_awaited:
        return _("late") if question.due_at <= now() else _("waits for an answer")
    if question.complaint is not None:
        return _("Registered as a complaint")
    return _("Answered late") if question.was_late else _("Answered in time")


@bp.get("/new")
def new() -> str:
    return _new(form.Wrong())


@bp.post("")
def take() -> ResponseReturnValue:
    responsible = db().get(Person, form.chosen("responsible") or 0)
    # Of two presses at once the second waits, and then finds what the first one wrote down.
    db().execute(select(Person.id).where(Person.id == me().id).with_for_update(key_share=True))
    try:
        typed = Typed(
            form.text("question"), form.printed("customer"), form.text("phone"), form.printed("vehicle"),
            form.text("answer"),
        )  # fmt: skip
        question = questions.take(db(), typed, responsible, by=actor(), at=now())
    except Refused as refusal:
        wrong = form.beside_fields(refusal)
        db().rollback()
        return _new(wrong), 422
    db().commit()
    after_commit()
    flash(_told(question), "success")
    return redirect(url_for(".show", key=question.id), 303)


@bp.get("/<int(max=2147483647):key>")
def show(key: int) -> str:
    return _page(_seen(key), form.Wrong())


@bp.post("/<int(max=2147483647):key>/answer")
def answer(key: int) -> ResponseReturnValue:
    question = _locked(key)
    try:
        questions.answer(db(), question, form.text("answer"), by=actor(), at=now())
    except Refused as refusal:
        return _again(key, refusal)
    db().commit()
    flash(_("The answer is recorded."), "success")
    return redirect(url_for(".show", key=key), 303)


@bp.post("/<int(max=2147483647):key>/pass")
def pass_on(key: int) -> ResponseReturnValue:
    question, to = _locked(key), db().get(Person, form.chosen("to") or 0)
    try:
        questions.pass_on(db(), question, to, by=actor(), at=now())
    except Refused as refusal:
        return _again(key, refusal)
    db().commit()
    after_commit()
    flash(_("%(name)s is to answer now; the time runs on.", name=question.responsible.name), "success")
    # Who passed it on may see it no longer, as a head whose people have nothing to do with it.
    seen = question_roles.may_see(question, actor())
    return redirect(url_for(".show", key=key) if seen else url_for(".index"), 303)


def count_to_answer() -> tuple[int, int]:
    """How many questions I am to answer, and how many of them are late."""
    late = func.count().filter(CustomerQuestion.due_at <= now())
    query = select(func.count(), late).select_from(CustomerQuestion).where(question_roles.waits_for(actor()))
    found = db().execute(query).one()
    return found[0], found[1]


def count_late_with_others() -> int:
    """How many questions colleagues have not answered in time, for those who see them and are not to answer."""
    mine = ~question_roles.waits_for(actor())
    return _late(mine) if question_roles.looks_after(actor()) else 0


def _late(*conditions: ColumnElement[bool]) -> int:
    late = (CustomerQuestion.awaited(), CustomerQuestion.due_at <= now(), question_roles.visible_to(actor()))
    query = select(func.count()).select_from(CustomerQuestion).where(*late, *conditions)
    return db().execute(query).scalar_one()


def _told(question: CustomerQuestion) -> str:
    if not question.is_awaited:
        return _("The question is recorded with its answer.")
    due = moment.weekday_moment(question.due_at)
    if question.responsible_id == me().id:
        return _("The question is recorded. Please answer it by %(moment)s.", moment=due)
    return _("The question went to %(name)s, who answers by %(moment)s.", name=question.responsible.name, moment=due)


def _found(shows_all: bool) -> Select[CustomerQuestion]:
    """Which I may see: those that wait, the soonest first; or all of them, the newest first."""
    query = select(CustomerQuestion).where(question_roles.visible_to(actor()))
    for word in request.args.get("q", "")[:LONGEST_QUERY].split()[:4]:
        query = query.where(_matches(word))
    if shows_all:
        query = query.order_by(CustomerQuestion.id.desc())
    else:
        query = query.where(CustomerQuestion.awaited()).order_by(CustomerQuestion.due_at, CustomerQuestion.id)
    return query.options(joinedload(CustomerQuestion.responsible), joinedload(CustomerQuestion.complaint))


def _matches(word: str) -> ColumnElement[bool]:
    """A name, words of the question, a plate; the number only for whoever sees it in full."""
    of = CustomerQuestion
    places = [of.customer_name.icontains(word, autoescape=True), of.question.icontains(word, autoescape=True),
              of.responsible.has(Person.name.icontains(word, autoescape=True))]  # fmt: skip
    if plate(word):
        places.append(of.vehicle.icontains(word, autoescape=True))
    if (number := digits(word)) and len(number) >= 4:
        calls = of.phone.contains(number, autoescape=True)
        mine = or_(of.responsible_id == me().id, of.taken_by_id == me().id)
        places.append(calls if question_roles.registers(actor()) else calls & mine)
    return or_(*places)


def _row(question: CustomerQuestion) -> Row:
    first = " ".join(question.question.split())
    gist = first if len(first) <= GIST else f"{first[: GIST - 1]}…"
    return Row(question, gist, _clock(question))


def _clock(question: CustomerQuestion) -> moment.Clock | None:
    return moment.clock(question.due_at, started=question.asked_at) if question.is_awaited else None


def _page(question: CustomerQuestion, wrong: form.Wrong) -> str:
    passes = question.is_awaited and question_roles.passes_on(question, actor())
    taken = question.answered_at - question.asked_at if question.answered_at is not None else None
    return render_template(
        "question/show.html", question=question, row=_row(question), wrong=wrong, typed=request.form,
        phone=question.phone if question_roles.calls(question, actor()) else masked(question.phone),
        calls=question_roles.calls(question, actor()) and digits(question.phone), taken=taken and duration(taken),
        answers=question.is_awaited and question_roles.answers(question, actor()), passes=passes,
        registers=question.is_awaited and question_roles.registers(actor()),
        nudge=nudge_panel.of_question(question, url_for("nudge.of_question", key=question.id)),
        colleagues=staff.colleague_choices(_("Choose a colleague"), without=question.responsible) if passes else [],
    )  # fmt: skip


def _new(wrong: form.Wrong) -> str:
    colleagues = staff.colleague_choices(_("Choose a colleague"))
    return render_template(
        "question/new.html", wrong=wrong, typed=request.form, colleagues=colleagues, mine=str(me().id),
        due=now() + questions.within(db(), now(), actor()),
    )  # fmt: skip


def _again(key: int, refusal: Refused) -> ResponseReturnValue:
    """The page once more with what was typed, and why nothing was changed."""
    db().rollback()
    if refusal.code == MOVED_ON:
        words = _("Customer's question %(number)s", number=key)
        return errors.moved_on(
            case_number=str(key), case_name=words, links=[(words, url_for(".show", key=key))], reasons=refusal
        )
    return _page(_seen(key), form.beside_fields(refusal)), 422


def _locked(key: int) -> CustomerQuestion:
    found = questions.locked(db(), key)
    if found is None or not question_roles.may_see(found, actor()):
        abort(404)
    return found


def _seen(key: int) -> CustomerQuestion:
    passed = selectinload(CustomerQuestion.passed)
    query = CustomerQuestion.whole().where(CustomerQuestion.id == key).options(
        joinedload(CustomerQuestion.taken_by), joinedload(CustomerQuestion.answered_by),
        joinedload(CustomerQuestion.complaint), passed.joinedload(QuestionPassed.from_),
        passed.joinedload(QuestionPassed.to), passed.joinedload(QuestionPassed.by),
    )  # fmt: skip
    found = db().scalars(query).unique().one_or_none()
    if found is None or not question_roles.may_see(found, actor()):
        abort(404)
    return found
