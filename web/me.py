"""My own page: what waits for me, my points and why, my letters, the cases about me. Nobody else's."""

import re
from dataclasses import dataclass
from decimal import Decimal

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from models import Complaint, ComplaintState, Department
from web import case_clocks, case_line, letter_rows, score, waiting
from web.language import is_chinese
from web.moment import Clock
from web.session import actor, db, me, now, office

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
    """An appeal that is still open to me, and until when."""

    case: str
    url: str
    about: str
    clock: Clock


@dataclass(frozen=True)
class DepartmentMonth:
    department: Department
    score: Decimal
    pending: Decimal


@bp.get("/me")
def show() -> str:
    month, post = _month(), me().posting_at(now())
    appeals, letters = _appeals(), letter_rows.awaiting(LETTERS_TO_ACT_ON)
    return render_template(
        "me/show.html",
        person=me(), post=post, appeals=appeals, letters=letters, waits=_waits(appeals),
        month=score.month_of(me(), month), months=score.months_of(me(), _present_month()),
        present=_present_month(), pass_mark=score.PASS_MARK,
        shelf=letter_rows.shelf(), letters_total=letter_rows.count(),
        cases=_cases(), departments=_departments(month), inbox=max(0, waiting.count_all() - len(appeals)),
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
    return Appeal(
        case=case.number,
        url=case_line.address(case, act="appeal"),
        about=case_line.gist(case, actor()),
        clock=case_clocks.clock_of(case, case.due_at),
    )


def _waits(appeals: list[Appeal]) -> str:
    """1 份函件等您签收，对客诉 2026-14 还可申诉：还剩 6 小时 · 今天 16:00 前."""
    parts = []
    if number := waiting.letters_count():
        parts.append(ngettext("%(num)s letter to acknowledge", "%(num)s letters to acknowledge", number))
    parts += [
        _("you can still appeal against complaint %(number)s: %(time)s", number=a.case, time=a.clock.sentence)
        for a in appeals
    ]
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
