"""A person's money with its reasons: what penalties charged and gave back, rewards, pay days, commissions."""

from dataclasses import dataclass, field
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from models import Commission, MoneyEntry, Payday, PaydayLine, Penalty, Person, Reward, Taken
from pdf.words import LABELS
from web import case_line, filters
from web.language import is_chinese
from web.session import actor, company, db
from workflow import penalty_roles, reward_roles

ENTRIES_SHOWN, PAY_DAYS_SHOWN, COMMISSIONS_SHOWN = 50, 12, 12


@dataclass(frozen=True)
class Line:
    """One entry: when, of which penalty or reward, by which rule, how much; whether a later one has taken it back."""

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
    rewarded: int
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
    rewarded = select(Reward.id).where(reward_roles.visible_to(actor()))
    of_nothing = and_(MoneyEntry.penalty_id.is_(None), MoneyEntry.reward_id.is_(None))
    others = or_(of_nothing, MoneyEntry.penalty_id.in_(seen), MoneyEntry.reward_id.in_(rewarded))
    readable = true() if mine else others
    return and_(MoneyEntry.person_id == person.id, readable)


def _entries(theirs: ColumnElement[bool]) -> list[MoneyEntry]:
    needed = (joinedload(MoneyEntry.event), joinedload(MoneyEntry.penalty), joinedload(MoneyEntry.reward))
    newest = select(MoneyEntry).where(theirs).order_by(MoneyEntry.id.desc()).limit(ENTRIES_SHOWN)
    return list(db().scalars(newest.options(*needed)))


def _lines(entries: list[MoneyEntry]) -> list[Line]:
    ids = [entry.id for entry in entries]
    taken_back = set(db().scalars(select(MoneyEntry.reverses_id).where(MoneyEntry.reverses_id.in_(ids))))
    penalties = {entry.penalty_id for entry in entries if entry.penalty_id is not None}
    query = select(Penalty.id).where(Penalty.id.in_(penalties), penalty_roles.visible_to(actor()))
    visible = set(db().scalars(query))
    rewards = {entry.reward_id for entry in entries if entry.reward_id is not None}
    seen = set(db().scalars(select(Reward.id).where(Reward.id.in_(rewards), reward_roles.visible_to(actor()))))
    return [
        _line(e, is_visible=e.penalty_id in visible or e.reward_id in seen, is_taken_back=e.id in taken_back)
        for e in entries
    ]


def _line(entry: MoneyEntry, *, is_visible: bool, is_taken_back: bool) -> Line:
    penalty, case = entry.penalty, entry.penalty or entry.reward
    is_joint = penalty is not None and penalty.respondent_id != entry.person_id
    what = LABELS["money"][entry.kind.value]["zh" if is_chinese() else "en"]
    return Line(
        at=entry.event.at,
        what=_("%(what)s, joint liability", what=what) if is_joint else what,
        case=filters.case(case) if case is not None else "",
        url=case_line.address(case) if case is not None and is_visible else "",
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
        .options(joinedload(PaydayLine.payday), _with_their_cases())
        .order_by(Payday.month.desc())
        .limit(PAY_DAYS_SHOWN)
    )
    return [
        PayDay(
            month=line.payday.month, owed=line.owed, deducted=line.deducted, refunded=line.refunded,
            rewarded=line.rewarded, carried=line.carried, parts=[_part(part) for part in line.taken],
        )
        for line in db().scalars(query)
    ]  # fmt: skip


def _with_their_cases() -> ExecutableOption:
    return selectinload(PaydayLine.taken).options(joinedload(Taken.penalty), joinedload(Taken.reward))


def _part(part: Taken) -> tuple[str, int]:
    """Which case it is of, and the yuan that came of it: charges are negative."""
    case = part.penalty or part.reward
    assert case is not None, "the database asks for one of them"
    return filters.case(case), -part.amount


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
        "Nothing is deducted before a penalty is in effect. A pay day takes at most %(percent)d%% of that month's "
        "wage and leaves at least the minimum wage of %(minimum)s yuan; the rest is carried over.",
        percent=found.cap_percent, minimum=filters.yuan(found.minimum_wage),
    )  # fmt: skip
