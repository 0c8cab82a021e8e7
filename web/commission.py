"""Construction commissions (施工提成): human resources enter them by hand or from a small table, month by month.

What a penalty has forfeited can no longer be changed (CS-9). Of a table every row is taken or none:
each bad row is named with its reason.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from wtforms import StringField, ValidationError
from wtforms.fields import Field

from models import Commission, Payday, Penalty, Role
from models.penalty import STANDING
from web import choices, moment
from web.after import after_commit
from web.case_fields import PersonField, YuanField
from web.filters import sentence
from web.page_form import PageForm
from web.session import actor, db, now, office, start_over
from workflow import commission, import_table, payday_books
from workflow.import_excel import Row
from workflow.office import month_after
from workflow.process import FORBIDDEN, INVALID, MOVED_ON, N_, Objection, Refused

bp = Blueprint("commission", __name__)

MOST_ROWS, MOST_NAMED = 500, 50
# What a heading may be called, for each of the three columns.
HEADINGS = {
    "employee": ("employee", "user", "user name", "name", "account", "员工", "姓名", "账号", "用户名", "工号"),
    "month": ("month", "月份", "月", "年月"),
    "amount": ("amount", "commission", "yuan", "金额", "提成", "施工提成", "金额（元）", "金额(元)"),
}


class NewCommission(PageForm):
    """One employee's commission of one month."""

    tells = (INVALID, MOVED_ON)

    employee = PersonField()
    month = StringField()
    amount = YuanField()

    def validate_employee(self, field: Field) -> None:
        if not (field.data or "").strip():
            raise ValidationError(_("Name the employee."))

    def record(self) -> int:
        """How many penalties it forfeits."""
        said = {"month": (self.month.data or "").strip(), "amount": self.amount.value}
        return len(commission.record(db(), self.employee.value, **said, by=actor(), at=now()))


@dataclass(frozen=True)
class Shown:
    """A recorded commission in the list of a month."""

    name: str
    post: str
    fen: int
    recorded: str
    forfeited: str


@dataclass(frozen=True)
class BadRow:
    """A row of a table that cannot be taken, with the reason."""

    number: int
    text: str
    reason: str


@bp.get("/commissions")
def index() -> str:
    _require_human_resources()
    return _page(NewCommission(formdata=None, month=_month()))


@bp.post("/commissions")
def create() -> ResponseReturnValue:
    """Record or correct one commission."""
    _require_human_resources()
    form = NewCommission()
    if not form.validate():
        return _again(form)
    try:
        forfeited = form.record()
    except Refused as refusal:
        form.object_to(refusal)
        return _again(form)
    db().commit()
    after_commit()
    flash(_recorded(1, forfeited), "success")
    return redirect(url_for("commission.index", month=(form.month.data or "").strip()), 303)


@bp.post("/commissions/table")
def take_table() -> ResponseReturnValue:
    """Record every row of a table, or none of them and say which are wrong."""
    _require_human_resources()
    try:
        rows = _rows()
    except Refused as refusal:
        return _refused_table([BadRow(0, "", sentence(o)) for o in refusal.objections])
    bad, forfeited, months = [], 0, set()
    taken: dict[tuple[int, str], int] = {}
    for row in rows:
        form = NewCommission(formdata=None, **row.said)
        found = _take(form, row, taken)
        bad += [found] if isinstance(found, BadRow) else []
        forfeited += found if isinstance(found, int) else 0
        months.add(row.said["month"])
    if bad:
        return _refused_table(bad)
    db().commit()
    after_commit()
    flash(_recorded(len(rows), forfeited), "success")
    return redirect(url_for("commission.index", month=max(months)), 303)


@dataclass(frozen=True)
class TableRow:
    number: int
    said: dict[str, str]

    @property
    def text(self) -> str:
        return " · ".join(value for value in self.said.values() if value)


def _rows() -> list[TableRow]:
    file = request.files.get("table")
    content = file.stream.read() if file is not None else b""
    if not content:
        raise Refused([Objection(INVALID, N_("Choose a table first: Excel or CSV."))])
    table = import_table.read(content)
    places = _places(table.headings)
    rows = [TableRow(row.number, _said(row, places)) for row in _at_most(table.rows)]
    if not rows:
        raise Refused([Objection(INVALID, N_("There are no rows below the headings."))])
    return rows


def _at_most(rows: Iterator[Row]) -> Iterator[Row]:
    for count, row in enumerate(rows):
        if count >= MOST_ROWS:
            raise Refused([Objection(INVALID, N_("A table has at most %(most)s rows."), most=MOST_ROWS)])
        yield row


def _places(headings: list[str]) -> dict[str, int]:
    """In which column each of the three stands; Refused names the ones that are missing."""
    plain = [heading.strip().lower() for heading in headings]
    found = {key: next((i for i, h in enumerate(plain) if h in names), None) for key, names in HEADINGS.items()}
    if missing := [names[-2] for key, names in HEADINGS.items() if found[key] is None]:
        sentence_ = N_("The first row must name the columns employee, month and amount; missing: %(names)s.")
        raise Refused([Objection(INVALID, sentence_, names="、".join(missing))])
    return {key: place for key, place in found.items() if place is not None}


def _said(row: Row, places: dict[str, int]) -> dict[str, str]:
    return {key: row.cells[place].strip() if place < len(row.cells) else "" for key, place in places.items()}


def _take(form: NewCommission, row: TableRow, taken: dict[tuple[int, str], int]) -> BadRow | int:
    """How many penalties the row forfeits, or what is wrong with it. `taken` are the rows before it, by person and
    month: of two sums for one month nobody knows which holds."""
    if not form.validate():
        return BadRow(row.number, row.text, " ".join(form.error(name) for name in row.said if form.error(name)))
    before = taken.setdefault((form.employee.value.id, row.said["month"]), row.number)
    if before != row.number:
        return BadRow(row.number, row.text, _("Row %(row)d names this person and month already.", row=before))
    try:
        return form.record()
    except Refused as refusal:
        if refusal.code not in form.tells:
            raise
        return BadRow(row.number, row.text, " ".join(sentence(objection) for objection in refusal.objections))


def _refused_table(bad: list[BadRow]) -> ResponseReturnValue:
    start_over()
    return _page(NewCommission(formdata=None, month=_month()), bad), 422


def _recorded(number: int, forfeited: int) -> str:
    told = ngettext("%(num)d commission recorded.", "%(num)d commissions recorded.", number)
    if not forfeited:
        return told
    lost = ngettext(
        "%(num)d is forfeited by a penalty (CS-9).", "%(num)d are forfeited by penalties (CS-9).", forfeited
    )
    return f"{told} {lost}"


def _later(month: str) -> str:
    """That a month's pay day is settled, and on which one it counts instead; empty for any other month."""
    settled = db().scalars(select(Payday).where(Payday.month == month)).one_or_none()
    last = payday_books.last_payday(db())
    if settled is None or last is None:
        return ""
    return _(
        "It was settled on %(day)s and changes no more. What a penalty forfeits of a commission recorded from now on"
        " stands on the next pay day, %(next)s.",
        day=moment.long_day(settled.settled_at), next=moment.month(month_after(last.month)),
    )  # fmt: skip


def _require_human_resources() -> None:
    if Role.HUMAN_RESOURCES not in actor().roles or actor().has_left:
        raise Refused([Objection(FORBIDDEN, N_("Only human resources record commissions."))], "CS-9")


# --- the page


def _month() -> str:
    """The month that is shown: the one asked for, or else this one."""
    asked = request.args.get("month", "")
    return asked if commission.MONTH.fullmatch(asked) else office().calendar.month_of(now())


def _again(form: NewCommission) -> ResponseReturnValue:
    start_over()
    return _page(form), 422


def _page(form: NewCommission, bad: list[BadRow] | None = None) -> str:
    month = _month()
    this_month = office().calendar.month_of(now())
    return render_template(
        "commission/index.html",
        form=form, month=month, name=moment.month(month), rows=_shown(month), later=_later(month),
        suggestions=choices.suggestions(commission.earners(month, actor(), now())),
        bad=(bad or [])[:MOST_NAMED], more_bad=max(0, len(bad or []) - MOST_NAMED), this_month=this_month,
        previous=url_for("commission.index", month=_month_before(month)),
        next=url_for("commission.index", month=month_after(month)) if month < this_month else "",
    )  # fmt: skip


def _month_before(month: str) -> str:
    year, of_year = map(int, month.split("-"))
    return f"{year - (of_year == 1):04}-{of_year - 1 or 12:02}"


def _shown(month: str) -> list[Shown]:
    query = select(Commission).where(Commission.month == month).options(joinedload(Commission.person))
    forfeited = _forfeited(month)
    found = db().scalars(query.options(joinedload(Commission.recorded_by))).all()
    return [_line(row, forfeited.get(row.person_id, "")) for row in sorted(found, key=lambda row: row.person.username)]


def _forfeited(month: str) -> dict[int, str]:
    """Which penalty has taken the month's commission, by person."""
    query = select(Penalty).where(Penalty.forfeited_month == month, Penalty.state.in_(STANDING))
    return {penalty.respondent_id: penalty.number for penalty in db().scalars(query)}


def _line(row: Commission, forfeited: str) -> Shown:
    post: Any = row.person.posting_at(now())
    recorded = _("by %(name)s, %(moment)s", name=row.recorded_by.name, moment=moment.moment(row.recorded_at))
    return Shown(row.person.name, post.title if post else "", row.amount, recorded, forfeited)
