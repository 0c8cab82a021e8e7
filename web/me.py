"""My own page: what waits for me, my points and money and why, my letters, the cases about me, my penalties
and where I stand on the ladder. Nobody else's."""

import re
from dataclasses import dataclass
from decimal import Decimal

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from models import Complaint, ComplaintState, Department, Penalty
from web import (
    case_clocks,
    case_line,
    deed,
    filters,
    ladder,
    letter_rows,
    penalty_history,
    penalty_money,
    plan_list,
    regulation_known,
    score,
    waiting,
)
from web.language import is_chinese
from web.moment import Clock
from web.session import actor, db, me, now, office
from web.shell import may_read_regulation
from workflow import standing, training
from workflow.inbox import due_of
from workflow.plan_list import owned
from workflow.process import N_

CASES_SHOWN = 5
LETTERS_TO_ACT_ON = 2
MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")

bp = Blueprint("me", __name__)


@dataclass(frozen=True)
class Case:
    """A complaint about me; `clock` only while something is awaited."""

    number: str
    url: str
    about: str
    state: ComplaintState
    filed: Complaint
    clock: Clock | None


@dataclass(frozen=True)
class Appeal:
    """A word that is still open to me, an appeal or a defence, and until when."""

    case: str
    url: str
    about: str
    clock: Clock
    words: str
    sentence: str


@dataclass(frozen=True)
class DepartmentMonth:
    department: Department
    score: Decimal
    pending: Decimal


@bp.get("/me")
def show() -> str:
    month, post = _month(), me().posting_at(now())
    penalties = penalty_history.penalties_of(me())
    appeals, letters = [*_appeals(), *_words_on_penalties(penalties)], letter_rows.awaiting(LETTERS_TO_ACT_ON)
    return render_template(
        "me/show.html",
        person=me(), post=post, appeals=appeals, letters=letters, waits=_waits(appeals),
        month=score.month_of(me(), month), months=score.months_of(me(), _present_month()),
        present=_present_month(), pass_mark=score.PASS_MARK,
        shelf=letter_rows.shelf(), letters_total=letter_rows.count(),
        plans=[plan_list.row(plan) for plan in owned(actor())] if not me().has_left_at(now()) else [],
        editions=regulation_known.asked_of_me(),
        cases=_cases(), departments=_departments(month), inbox=max(0, waiting.count_all() - len(appeals)),
        penalties=penalty_history.pasts(me(), penalties), ladders=ladder.ladders_of(me(), penalties),
        money=penalty_money.money_of(me(), with_pay=True), trainings=training.mine(db(), me()),
        has_people=standing.in_reach_of(actor()) is not None,
        may_read_regulation=may_read_regulation(),
    )  # fmt: skip


def _present_month() -> str:
    return office().calendar.month_of(now())


def _month() -> str:
    """The month asked for; the present one where none is asked for, or one that has not come."""
    asked = request.args.get("month", "")
    return asked if MONTH.fullmatch(asked) and asked <= _present_month() else _present_month()


def _appeals() -> list[Appeal]:
    """Complaints about me whose time to answer still runs (CS-3)."""
    mine = (
        select(Complaint)
        .where(Complaint.clock == "answer", Complaint.respondent_id == me().id, Complaint.due_at > now())
        .order_by(Complaint.due_at)
        .limit(CASES_SHOWN)
    )
    return [_appeal(case) for case in db().scalars(mine)]


def _appeal(case: Complaint) -> Appeal:
    assert case.due_at is not None
    clock = case_clocks.clock_of(case, case.due_at)
    return Appeal(
        case=filters.case(case),
        url=case_line.address(case, act="appeal"),
        about=case_line.gist(case, actor()),
        clock=clock,
        words=_("Appeal"),
        sentence=_(
            "you can still appeal against complaint %(number)s: %(time)s", number=case.number, time=clock.sentence
        ),
    )


# What the clock of a penalty leaves open to its respondent: the act, and the sentence that says until when.
OPEN_WORDS = {
    "defence": ("defend", N_("you can state a defence to penalty %(number)s: %(time)s")),
    "contest": ("appeal", N_("you can still appeal against penalty %(number)s: %(time)s")),
}


def _words_on_penalties(penalties: list[Penalty]) -> list[Appeal]:
    """Penalties in which the defence or the appeal is still open, the most urgent first."""
    found = [p for p in penalties if p.clock in OPEN_WORDS and p.due_at is not None and p.due_at > now()]
    return [_word(penalty) for penalty in sorted(found, key=due_of)]


def _word(penalty: Penalty) -> Appeal:
    act, sentence = OPEN_WORDS[str(penalty.clock)]
    clock = case_clocks.clock_of(penalty, due_of(penalty))
    return Appeal(
        case=filters.case(penalty),
        url=case_line.address(penalty, act=act),
        about=case_line.gist(penalty, actor()),
        clock=clock,
        words=deed.penalty_button(act),
        sentence=_(sentence, number=penalty.number, time=clock.sentence),
    )


def _waits(appeals: list[Appeal]) -> str:
    """1 份函件等您签收，对客诉 2026-14 还可申诉：还剩 6 小时 · 今天 16:00 前."""
    parts = []
    if number := waiting.letters_count():
        parts.append(ngettext("%(num)s letter to acknowledge", "%(num)s letters to acknowledge", number))
    parts += [appeal.sentence for appeal in appeals]
    return ("；" if is_chinese() else "; ").join(parts)


def _cases() -> list[Case]:
    about_me = select(Complaint.id).where(Complaint.respondent_id == me().id)
    newest = list(db().scalars(about_me.order_by(Complaint.id.desc()).limit(CASES_SHOWN)))
    found = select(Complaint).where(Complaint.id.in_(newest)).order_by(Complaint.id.desc())
    return [_case(case) for case in db().scalars(found)]


def _case(case: Complaint) -> Case:
    is_open = case.due_at is not None and not case.is_decided
    return Case(
        number=case.number,
        url=case_line.address(case),
        about=case_line.gist(case, actor()),
        state=case.state,
        filed=case,
        clock=case_clocks.clock_of(case, case.due_at) if is_open and case.due_at is not None else None,
    )


def _departments(month: str) -> list[DepartmentMonth]:
    """The month of every department that I head."""
    headed = actor().staff.departments_headed_by(me())
    found = db().scalars(select(Department).where(Department.id.in_(headed)).order_by(Department.id))
    return [
        DepartmentMonth(department, office().balance(department, month), office().provisional(department, month))
        for department in found
    ]
