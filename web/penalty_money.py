"""A person's money with its reasons: what penalties charged and gave back, pay days, commissions."""

from dataclasses import dataclass, field
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from models import Commission, MoneyEntry, Payday, PaydayLine, Penalty, Person, Taken
from pdf.words import LABELS
from web import case_line, filters
from web.language import is_chinese
from web.session import actor, company, db
from workflow import penalty_roles

ENTRIES_SHOWN, PAY_DAYS_SHOWN, COMMISSIONS_SHOWN = 50, 12, 12


@dataclass(frozen=True)
class Line:
    """One entry: when, of which penalty, by which rule, how much; whether a later one has taken it back."""

    at: datetime
    what: str
    case: str
    url: str
    rule: str
    month: str
    fen: int
    is_taken_back: bool


@dataclass(frozen=True)
class PayDay:
    """What one pay day did with what was owed."""

    month: str
    owed: int
    deducted: int
    refunded: int
    carried: int
    parts: list[tuple[str, int]] = field(default_factory=list)


@dataclass(frozen=True)
class Commissioned:
    month: str
    fen: int
    forfeited_by: str


@dataclass(frozen=True)
class Money:
    lines: list[Line]
    pay_days: list[PayDay]
    commissions: list[Commissioned]
    total: int
    how: str


def money_of(person: Person, *, with_pay: bool) -> Money:
    """All of it for oneself and for those who see every penalty; `with_pay` leaves out what tells of wages."""
    theirs = _theirs(person)
    return Money(
        lines=_lines(_entries(theirs)),
        pay_days=_pay_days(person) if with_pay else [],
        commissions=_commissions(person) if with_pay else [],
        total=int(db().scalar(select(func.coalesce(func.sum(MoneyEntry.amount), 0)).where(theirs)) or 0),
        how=_how(),
    )


def _theirs(person: Person) -> ColumnElement[bool]:
    """Of the penalties that the reader may see, and of one's own joint liability whoever's penalty it is."""
    seen = select(Penalty.id).where(penalty_roles.visible_to(actor()))
    mine = actor().person is not None and person.id == actor().person.id  # type: ignore[union-attr]
    readable = true() if mine else or_(MoneyEntry.penalty_id.is_(None), MoneyEntry.penalty_id.in_(seen))
    return and_(MoneyEntry.person_id == person.id, readable)


def _entries(theirs: ColumnElement[bool]) -> list[MoneyEntry]:
    needed = (joinedload(MoneyEntry.event), joinedload(MoneyEntry.penalty))
    newest = select(MoneyEntry).where(theirs).order_by(MoneyEntry.id.desc()).limit(ENTRIES_SHOWN)
    return list(db().scalars(newest.options(*needed)))


def _lines(entries: list[MoneyEntry]) -> list[Line]:
    ids = [entry.id for entry in entries]
    taken_back = set(db().scalars(select(MoneyEntry.reverses_id).where(MoneyEntry.reverses_id.in_(ids))))
    penalties = {entry.penalty_id for entry in entries if entry.penalty_id is not None}
    query = select(Penalty.id).where(Penalty.id.in_(penalties), penalty_roles.visible_to(actor()))
    visible = set(db().scalars(query))
    return [_line(e, is_visible=e.penalty_id in visible, is_taken_back=e.id in taken_back) for e in entries]


def _line(entry: MoneyEntry, *, is_visible: bool, is_taken_back: bool) -> Line:
    penalty = entry.penalty
    is_joint = penalty is not None and penalty.respondent_id != entry.person_id
    what = LABELS["money"][entry.kind.value]["zh" if is_chinese() else "en"]
    return Line(
        at=entry.event.at,
        what=_("%(what)s, joint liability", what=what) if is_joint else what,
        case=filters.case(penalty) if penalty is not None else "",
        url=case_line.address(penalty) if penalty is not None and is_visible else "",
        rule=entry.event.rule,
        month=entry.month,
        fen=entry.amount,
        is_taken_back=is_taken_back,
    )


def _pay_days(person: Person) -> list[PayDay]:
    query = (
        select(PaydayLine)
        .join(PaydayLine.payday)
        .where(PaydayLine.person_id == person.id)
        .options(joinedload(PaydayLine.payday), selectinload(PaydayLine.taken).joinedload(Taken.penalty))
        .order_by(Payday.month.desc())
        .limit(PAY_DAYS_SHOWN)
    )
    return [
        PayDay(
            month=line.payday.month, owed=line.owed, deducted=line.deducted, refunded=line.refunded,
            carried=line.carried, parts=[(filters.case(part.penalty), -part.amount) for part in line.taken],
        )
        for line in db().scalars(query)
    ]  # fmt: skip


def _commissions(person: Person) -> list[Commissioned]:
    query = select(Commission).where(Commission.person_id == person.id).order_by(Commission.month.desc())
    forfeited = select(Penalty).where(Penalty.respondent_id == person.id, Penalty.forfeited_month.is_not(None))
    by_month = {penalty.forfeited_month: filters.case(penalty) for penalty in db().scalars(forfeited)}
    return [
        Commissioned(row.month, row.amount, by_month.get(row.month, ""))
        for row in db().scalars(query.limit(COMMISSIONS_SHOWN))
    ]


def _how() -> str:
    """How pay day takes it: only what is in effect, within the cap, above the minimum wage."""
    found = company()
    assert found is not None
    return _(
        "Nothing is deducted before a penalty is in effect. A pay day takes at most %(percent)d %% of that month's "
        "wage and leaves at least the minimum wage of %(minimum)s yuan; the rest is carried over.",
        percent=found.cap_percent, minimum=filters.yuan(found.minimum_wage),
    )  # fmt: skip
