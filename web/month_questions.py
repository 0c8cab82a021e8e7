"""Questions about lines of scorecards: asked on one's own month, answered on a page of those who have to."""

from collections.abc import Sequence

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from models import Complaint, Penalty, Scorecard, ScorecardQuestion
from web import case_line, filters, form, month_cards
from web.month_asked import entries, told, worded
from web.session import actor, db, me, now, office, start_over
from workflow import penalty_roles, scorecard_books, scorecard_question, sight
from workflow.process import Refused
from workflow.scorecard_books import Books
from workflow.scorecard_month import FORM, Month

MOST_LISTED = 100

bp = Blueprint("month_questions", __name__)
bp.add_app_template_filter(worded, "asked_line")


@bp.post("/months/<month>/mine/questions")
def ask(month: str) -> ResponseReturnValue:
    if not FORM.fullmatch(month):
        abort(404)
    of = Month(month, office().calendar.zone)
    account = Books(db(), of, [me().id]).of(me().id)
    try:
        scorecard_question.ask(
            db(), of.name, _department(of), set(map(told, entries(account))), form.text("line"),
            question=form.text("question"), by=actor(), at=now(),
        )  # fmt: skip
    except Refused as refusal:
        wrong = form.beside_fields(refusal)
        start_over()
        found = month_cards.card_of(of, me())
        if found is None:
            return month_cards.open_page(of, question=wrong), 422
        return month_cards.card_page(of, found, question=wrong), 422
    db().commit()
    flash(_("Your question goes to the head; the answer appears here."), "success")
    return redirect(url_for("month.mine", month=month, _anchor="questions"), 303)


@bp.get("/months/questions")
def index() -> str:
    return _page(form.Wrong())


@bp.post("/months/questions/<int(max=2147483647):key>")
def answer(key: int) -> ResponseReturnValue:
    found = db().get(ScorecardQuestion, key)
    if found is None or not scorecard_question.answers(found, actor()):
        abort(404)
    try:
        scorecard_question.answer(db(), found, text=form.text("answer"), by=actor(), at=now())
    except Refused as refusal:
        wrong = form.Wrong({str(key): " ".join(form.beside_fields(refusal).values())})
        db().rollback()
        return _page(wrong), 422
    db().commit()
    flash(_("Your answer is recorded."), "success")
    return redirect(url_for(".index"), 303)


def _page(wrong: form.Wrong) -> str:
    query = select(ScorecardQuestion).where(scorecard_question.waiting_for(actor()))
    query = query.options(joinedload(ScorecardQuestion.person)).order_by(ScorecardQuestion.id).limit(MOST_LISTED)
    questions = db().scalars(query).unique().all()
    return render_template(
        "month/questions.html", questions=questions, wrong=wrong, typed=request.form, cases=_cases(questions)
    )


def _cases(questions: Sequence[ScorecardQuestion]) -> dict[int, tuple[str, str]]:
    """By question the case of its line and its address, where whoever answers may read it."""
    found = {}
    for month in {each.month for each in questions}:
        of = Month(month, office().calendar.zone)
        some = [each for each in questions if each.month == month]
        books = Books(db(), of, [each.person_id for each in some])
        for each in some:
            lines = [line for line in entries(books.of(each.person_id)) if told(line) == each.line]
            if lines and (case := _case(lines[0]["process"], lines[0]["case_number"])) is not None:
                found[each.id] = (filters.case(case), case_line.address(case))
    return found


def _case(process: str, number: str) -> Complaint | Penalty | None:
    if process == Complaint.kind:
        return db().scalars(Complaint.by_number(number).where(sight.visible_to(actor()))).one_or_none()
    if process == Penalty.kind:
        return db().scalars(Penalty.by_number(number).where(penalty_roles.visible_to(actor()))).one_or_none()
    return None


def _department(month: Month) -> int | None:
    """Where the month counts: on the card, or of the last post held in it."""
    query = select(Scorecard.department_id).filter_by(month=month.name, person_id=me().id)
    if (found := db().scalars(query).first()) is not None:
        return found
    posts = (post.department_id for post in scorecard_books.posts_in(db(), month) if post.person_id == me().id)
    return next(posts, None)
