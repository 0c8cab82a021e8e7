"""What a pay day reads from the books: a few queries for the whole company, whoever and however many owe.

Only penalties that are final are charged. A revoked or regraded one, of which earlier pay days took more than
it charges, is to be paid back. Rewards are in `payday_rewards`. A forfeited commission
is pay not earned: it is shown and never taken.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, Subquery, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, selectinload

from models import (
    Event,
    Letter,
    LetterRecipient,
    MoneyEntry,
    MoneyKind,
    Payday,
    PaydayLine,
    Penalty,
    PenaltyState,
    Person,
    Posting,
    RegulationAcknowledgement,
    Scorecard,
    Taken,
)
from workflow.dismissal import DECISIONS
from workflow.office import CLOSED, month_after
from workflow.payday_reckoning import Open, parts_left

S = PenaltyState
# Of what was revoked, only what was taken before matters.
CHARGED = (S.FINAL, S.SETTLED, S.REVOKED)
AT_ONCE = 5_000

AnyRow = Row[*tuple[Any, ...]]
Number = dict[str, Any]


@dataclass(frozen=True)
class Forfeited:
    """A construction commission that a final penalty has forfeited (CS-9)."""

    person_id: int
    penalty_id: int
    number: str
    month: str
    fen: int


def last_payday(session: Session, *, before: str | None = None) -> Payday | None:
    """The latest pay day; with `before`, the latest of an earlier month."""
    query = select(Payday).order_by(Payday.month.desc()).limit(1)
    if before is not None:
        query = query.where(Payday.month < before)
    return session.scalars(query).first()


def opens(session: Session) -> list[Open]:
    """What each final penalty still charges, or owes, each person; what is even is not there."""
    charged, taken = _charged(), _taken()
    paid = func.coalesce(taken.c.fen, 0)
    decided = func.coalesce(Penalty.final_at, Penalty.revoked_at).label("decided_at")
    columns = (Penalty.id, Penalty.year, Penalty.seq, Penalty.approved_at, decided)
    query = (
        select(*columns, charged, paid.label("paid"))
        .join(charged, charged.c.penalty_id == Penalty.id)
        .outerjoin(taken, (taken.c.penalty_id == Penalty.id) & (taken.c.person_id == charged.c.person_id))
        .where(Penalty.state.in_(CHARGED), charged.c.total != paid)
        .order_by(Penalty.approved_at, Penalty.id)
    )
    with session.no_autoflush:
        return [_open(row) for row in session.execute(query)]


def _open(row: AnyRow) -> Open:
    rework, joint = int(row.rework), int(row.joint)
    fines = int(row.total) - rework - joint
    by_kind = {MoneyKind.FINE: fines, MoneyKind.JOINT_FINE: joint, MoneyKind.REWORK_SHARE: rework}
    left = parts_left(by_kind, int(row.paid))
    return Open(row.id, f"{row.year}-{row.seq}", row.approved_at, row.person_id, left, max(row.decided_at, row.last_at))


def _charged() -> Subquery:
    """The sum of each penalty and person, less what was given back, without commissions; the rest is fines."""
    taken_back = aliased(MoneyEntry)
    kind = func.coalesce(taken_back.kind, MoneyEntry.kind)
    return (
        select(
            MoneyEntry.penalty_id,
            MoneyEntry.person_id,
            func.max(Event.at).label("last_at"),
            (-func.sum(MoneyEntry.amount)).label("total"),
            (-func.sum(case((kind == MoneyKind.REWORK_SHARE.value, MoneyEntry.amount), else_=0))).label("rework"),
            (-func.sum(case((kind == MoneyKind.JOINT_FINE.value, MoneyEntry.amount), else_=0))).label("joint"),
        )
        .join(Event, Event.id == MoneyEntry.event_id)
        .outerjoin(taken_back, taken_back.id == MoneyEntry.reverses_id)
        .where(MoneyEntry.penalty_id.is_not(None), kind != MoneyKind.COMMISSION_FORFEIT.value)
        .group_by(MoneyEntry.penalty_id, MoneyEntry.person_id)
        .subquery()
    )


def _taken() -> Subquery:
    return (
        select(Taken.penalty_id, PaydayLine.person_id, func.sum(Taken.amount).label("fen"))
        .join(Taken.line)
        .group_by(Taken.penalty_id, PaydayLine.person_id)
        .subquery()
    )


def wages(session: Session, month: str, zone: ZoneInfo) -> dict[int, int]:
    """The wage of the post held last in the month, by person; who held none in it is not there."""
    first, after = (datetime.combine(date.fromisoformat(f"{m}-01"), time(), zone) for m in (month, month_after(month)))
    held = (Posting.since < after, or_(Posting.until.is_(None), Posting.until > first))
    query = select(Posting.person_id, Posting.wage).where(*held).order_by(Posting.since, Posting.id)
    with session.no_autoflush:
        return dict(session.execute(query).all())


def people(session: Session, ids: Iterable[int]) -> dict[int, Person]:
    """These people with their postings, as letters name them."""
    found: dict[int, Person] = {}
    for some in batches(sorted(set(ids))):
        query = select(Person).where(Person.id.in_(some)).options(selectinload(Person.postings))
        with session.no_autoflush:
            found |= {person.id: person for person in session.scalars(query)}
    return found


def final_penalties(session: Session) -> dict[int, int]:
    """The penalties that wait for their last fen, with whom they are about."""
    query = select(Penalty.id, Penalty.respondent_id).where(Penalty.state == S.FINAL).order_by(Penalty.id)
    with session.no_autoflush:
        return dict(session.execute(query).all())


def history(session: Session, ids: Sequence[int]) -> dict[int, list[tuple[str, int]]]:
    """What earlier pay days took of these penalties from whom they are about: month and fen, oldest first."""
    found: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for some in batches(ids):
        query = (
            select(Taken.penalty_id, Payday.month, Taken.amount)
            .join(Taken.line).join(PaydayLine.payday).join(Taken.penalty)
            .where(Taken.penalty_id.in_(some), PaydayLine.person_id == Penalty.respondent_id)
            .order_by(Payday.month)
        )  # fmt: skip
        with session.no_autoflush:
            for penalty_id, month, fen in session.execute(query):
                assert penalty_id is not None, "it is asked for"
                found[penalty_id].append((month, fen))
    return found


def decisions(session: Session, ids: Iterable[int]) -> dict[int, Number]:
    """The number of the letter by which each of these penalties was decided."""
    found: dict[int, Number] = {}
    for some in batches(sorted(set(ids))):
        query = (
            select(Penalty.id, Letter.series, Letter.year, Letter.seq)
            .join(Letter.event)
            .join(Event.penalty)
            .where(Penalty.id.in_(some), Letter.kind.in_(DECISIONS))
        )
        with session.no_autoflush:
            for penalty_id, series, year, seq in session.execute(query):
                found[penalty_id] = {"series": series, "year": year, "seq": seq}
    return found


def forfeited(session: Session, *, after: datetime | None, until: datetime) -> list[Forfeited]:
    """The commissions of which the forfeiture became final since the last pay day; each is shown once."""
    takes_back = aliased(MoneyEntry)
    query = (
        _forfeitures()
        .where(Penalty.state.in_((S.FINAL, S.SETTLED)), Penalty.final_at <= until, Event.at <= until)
        .where(~exists().where(takes_back.reverses_id == MoneyEntry.id))
    )
    if after is not None:
        query = query.where(or_(Penalty.final_at > after, Event.at > after))
    with session.no_autoflush:
        return [_forfeited(row) for row in session.execute(query)]


def forfeited_until(session: Session, payday: Payday) -> list[Forfeited]:
    """Those that a settled pay day showed."""
    earlier = last_payday(session, before=payday.month)
    return forfeited(session, after=earlier.settled_at if earlier is not None else None, until=payday.settled_at)


def _forfeitures() -> Any:
    month = func.coalesce(Penalty.forfeited_month, MoneyEntry.month).label("month")
    of = (MoneyEntry.person_id, MoneyEntry.penalty_id, Penalty.year, Penalty.seq)
    query = select(*of, month, (-MoneyEntry.amount).label("fen")).join(MoneyEntry.penalty).join(MoneyEntry.event)
    return query.where(MoneyEntry.kind == MoneyKind.COMMISSION_FORFEIT).order_by(MoneyEntry.id)


def _forfeited(row: AnyRow) -> Forfeited:
    return Forfeited(row.person_id, row.penalty_id, f"{row.year}-{row.seq}", row.month, int(row.fen))


def forfeited_by(session: Session, ids: Sequence[int]) -> dict[int, list[Forfeited]]:
    """The commissions that these penalties have forfeited, whenever it was."""
    found: dict[int, list[Forfeited]] = defaultdict(list)
    for some in batches(ids):
        with session.no_autoflush:
            for row in session.execute(_forfeitures().where(MoneyEntry.penalty_id.in_(some))):
                found[row.penalty_id].append(_forfeited(row))
    return found


def closed_months(session: Session, since: str) -> set[tuple[int, str]]:
    """The months from `since` on that are closed, by person (2.5)."""
    query = select(Scorecard.person_id, Scorecard.month).where(Scorecard.month >= since, Scorecard.state.in_(CLOSED))
    with session.no_autoflush:
        return {(person_id, month) for person_id, month in session.execute(query)}


def money_of(session: Session, months: Iterable[str]) -> dict[tuple[int, str], int]:
    """The stored money of everybody in these months, in fen."""
    columns = (MoneyEntry.person_id, MoneyEntry.month)
    query = select(*columns, func.sum(MoneyEntry.amount)).where(MoneyEntry.month.in_(list(months))).group_by(*columns)
    with session.no_autoflush:
        return {(person_id, month): int(fen) for person_id, month, fen in session.execute(query)}


def acknowledgements(session: Session, version_id: int) -> dict[int, datetime]:
    """Who has acknowledged this edition of the regulation, and when."""
    acknowledged = RegulationAcknowledgement
    query = select(acknowledged.person_id, acknowledged.acknowledged_at).where(acknowledged.version_id == version_id)
    with session.no_autoflush:
        return dict(session.execute(query).all())


def settled_months(session: Session, *, skip: int, most: int, but: Iterable[int] = ()) -> list[AnyRow]:
    """Pay days with who settled them and their sums, without the money of the people `but`, the latest first."""
    columns = (
        PaydayLine.owed, PaydayLine.deducted, PaydayLine.refunded, PaydayLine.rewarded, PaydayLine.carried,
    )  # fmt: skip
    sums = [func.coalesce(func.sum(column), 0).label(column.key) for column in columns]
    people = func.count(PaydayLine.id).label("people")
    query = (
        select(Payday.id, Payday.month, Payday.settled_at, Person.name, people, *sums)
        .join(Payday.events).join(Event.actor)
        .outerjoin(PaydayLine, (PaydayLine.payday_id == Payday.id) & PaydayLine.person_id.not_in(list(but)))
        .group_by(Payday.id, Payday.month, Payday.settled_at, Person.name)
        .order_by(Payday.month.desc()).offset(skip).limit(most)
    )  # fmt: skip
    return list(session.execute(query))


def settled_by(session: Session, payday: Payday) -> Person | None:
    return session.scalars(
        select(Person).join(Event, Event.actor_id == Person.id).filter_by(payday_id=payday.id)
    ).first()


def lines_of(session: Session, payday: Payday) -> Sequence[PaydayLine]:
    """The lines of a settled pay day, in the order in which they were reckoned."""
    query = select(PaydayLine).where(PaydayLine.payday_id == payday.id).order_by(PaydayLine.person_id)
    return session.scalars(query).all()


def slips_of(session: Session, payday: Payday, people: Sequence[int]) -> dict[int, Letter]:
    """The slips that these people were given."""
    query = select(LetterRecipient.person_id, Letter).join(LetterRecipient.letter).join(Letter.event)
    query = query.where(Event.payday_id == payday.id, LetterRecipient.person_id.in_(people))
    return dict(session.execute(query).all())


def batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """A statement takes only so many values."""
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]
