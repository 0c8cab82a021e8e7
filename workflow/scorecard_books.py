"""What scorecards read from the books: a few queries for hundreds of people at once, whoever they are.

Points that were confirmed later are shown with the act that confirmed them; what an opposite entry has taken
back before it was decided is not shown at all.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Row, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from models import (
    Complaint,
    EntryStatus,
    Event,
    Letter,
    MoneyEntry,
    Penalty,
    Person,
    Posting,
    Reward,
    Scorecard,
    ScoreEntry,
)
from workflow import payday_books
from workflow.office import CLOSED, FLOOR, START
from workflow.scorecard_month import Month

AT_ONCE = 500
ZERO = Decimal(0)

AnyRow = Row[*tuple[Any, ...]]
Json = dict[str, Any]
T = TypeVar("T")


@dataclass(frozen=True)
class Post:
    """The post that somebody held last in a month."""

    person_id: int
    department_id: int
    base: int


def posts_in(session: Session, month: Month) -> list[Post]:
    """Everybody who held a post in the month, with the last of it."""
    columns = (Posting.person_id, Posting.department_id, Posting.performance_base)
    query = select(*columns).where(*_held_in(month)).order_by(Posting.since, Posting.id)
    with session.no_autoflush:
        last = {row.person_id: Post(*row) for row in session.execute(query)}
    return [last[person_id] for person_id in sorted(last)]


def without_card(
    session: Session, month: Month, *, only_whole_departments: bool = False, among: Collection[int] | None = None
) -> bool:
    """Whether somebody who held a post in the month has no card of it yet.

    With `only_whole_departments`, somebody of whose department nobody has one; `among` names the departments meant.
    """
    card = select(Scorecard.id).where(Scorecard.month == month.name, Scorecard.person_id == Posting.person_id)
    query = select(Posting.id).where(*_held_in(month), ~card.exists())
    if only_whole_departments:
        of_department = select(Scorecard.id).where(Scorecard.month == month.name)
        query = query.where(~of_department.where(Scorecard.department_id == Posting.department_id).exists())
    if among is not None:
        query = query.where(Posting.department_id.in_(among))
    with session.no_autoflush:
        return session.scalars(query.limit(1)).first() is not None


def _held_in(month: Month) -> tuple[ColumnElement[bool], ...]:
    return (Posting.since < month.ends, or_(Posting.until.is_(None), Posting.until > month.begins))


def still_open(session: Session, before: Month, seen: ColumnElement[bool]) -> Sequence[str]:
    """The earlier months of which some of the cards meant are not closed."""
    query = select(Scorecard.month).where(Scorecard.month < before.name, Scorecard.state.not_in(CLOSED), seen)
    return session.scalars(query.distinct().order_by(Scorecard.month)).all()


def locked(session: Session, ids: Sequence[int]) -> Sequence[Scorecard]:
    """The cards with everything a step needs, locked against other steps, in the order of their ids."""
    query = select(Scorecard).where(Scorecard.id.in_(ids)).order_by(Scorecard.id).with_for_update(of=Scorecard)
    return session.scalars(query.options(*FOR_A_STEP).execution_options(populate_existing=True)).all()


FOR_A_STEP = (
    joinedload(Scorecard.department),
    joinedload(Scorecard.regulation_version),
    selectinload(Scorecard.person).selectinload(Person.postings),
    selectinload(Scorecard.events).options(
        selectinload(Event.actor).selectinload(Person.postings),
        selectinload(Event.acting_for).selectinload(Person.postings),
        selectinload(Event.letters),
    ),
)


@dataclass
class Account:
    """One person's month: the lines that count, those still open, and the money beside them."""

    lines: list[Json] = field(default_factory=list)
    provisional: list[Json] = field(default_factory=list)
    money: list[Json] = field(default_factory=list)
    total: Decimal = ZERO

    @property
    def score(self) -> Decimal:
        """PAY-1: 100 plus what is final, never below 0."""
        return max(FLOOR, START + self.total)


class Books:
    """The month of some people, read in two queries when it is first asked for."""

    def __init__(self, session: Session, month: Month, people: Iterable[int]) -> None:
        self._accounts: dict[int, Account] = defaultdict(Account)
        ids = sorted(set(people))
        with session.no_autoflush:
            for row in session.execute(_entries(month.name, ids)):
                self._enter(row, month)
            self._enter_money(session, month, ids)

    def of(self, person_id: int) -> Account:
        return self._accounts[person_id]

    def _enter(self, row: AnyRow, month: Month) -> None:
        account = self._accounts[row.person_id]
        if row.status is EntryStatus.PROVISIONAL:
            if row.reverses_id is None and row.taken_back_by is None:
                account.provisional.append(_line(row, month, balance=""))
            return
        account.total += row.points
        account.lines.append(_line(row, month, balance=f"{account.score:.2f}"))

    def _enter_money(self, session: Session, month: Month, ids: list[int]) -> None:
        rows = session.execute(_money(month.name, ids)).all()
        decisions = payday_books.decisions(session, {row.penalty_id for row in rows if row.penalty_id is not None})
        for row in rows:
            self._accounts[row.person_id].money.append(_sum(row, decisions, month))


def _entries(month: str, ids: list[int]):  # type: ignore[no-untyped-def]  # noqa: ANN202 - a select of many columns
    cause, taken_back, letter = aliased(Event), aliased(ScoreEntry), aliased(Letter)
    first_letter = select(func.min(Letter.id)).where(Letter.event_id == cause.id).correlate(cause).scalar_subquery()
    return (
        select(
            ScoreEntry.person_id, ScoreEntry.points, ScoreEntry.status, ScoreEntry.reverses_id,
            taken_back.id.label("taken_back_by"), cause.at, cause.action, cause.rule,
            Complaint.year.label("complaint_year"), Complaint.seq.label("complaint_seq"),
            Penalty.year.label("penalty_year"), Penalty.seq.label("penalty_seq"),
            letter.series, letter.year.label("letter_year"), letter.seq.label("letter_seq"),
        )
        .join(cause, cause.id == func.coalesce(ScoreEntry.confirmed_by_id, ScoreEntry.event_id))
        .outerjoin(taken_back, taken_back.reverses_id == ScoreEntry.id)
        .outerjoin(Complaint, Complaint.id == cause.complaint_id)
        .outerjoin(Penalty, Penalty.id == cause.penalty_id)
        .outerjoin(letter, letter.id == first_letter)
        .where(ScoreEntry.month == month, ScoreEntry.person_id.in_(ids))
        .order_by(cause.at, ScoreEntry.id)
    )  # fmt: skip


def _line(row: AnyRow, month: Month, *, balance: str) -> Json:
    is_complaint = row.complaint_year is not None
    number = None if row.series is None else {"series": row.series, "year": row.letter_year, "seq": row.letter_seq}
    return {
        "at": row.at.astimezone(month.zone).isoformat(),
        "action": row.action,
        "process": Complaint.kind if is_complaint else Penalty.kind,
        "case_number": f"{row.complaint_year}-{row.complaint_seq}" if is_complaint
        else f"{row.penalty_year}-{row.penalty_seq}",
        "number": number,
        "rule": row.rule,
        "points": f"{row.points:.2f}",
        "balance": balance,
        "is_reversal": row.reverses_id is not None,
    }  # fmt: skip


def _money(month: str, ids: list[int]):  # type: ignore[no-untyped-def]  # noqa: ANN202 - a select of many columns
    columns = (MoneyEntry.person_id, MoneyEntry.kind, MoneyEntry.amount, MoneyEntry.penalty_id, MoneyEntry.reward_id)
    year, seq = func.coalesce(Penalty.year, Reward.year), func.coalesce(Penalty.seq, Reward.seq)
    return (
        select(*columns, year.label("year"), seq.label("seq"), Penalty.final_at)
        .outerjoin(Penalty, Penalty.id == MoneyEntry.penalty_id)
        .outerjoin(Reward, Reward.id == MoneyEntry.reward_id)
        .where(MoneyEntry.month == month, MoneyEntry.person_id.in_(ids))
        .order_by(MoneyEntry.id)
    )


def _sum(row: AnyRow, decisions: dict[int, Json], month: Month) -> Json:
    """What is charged is positive here, what is given back negative."""
    if row.reward_id is not None:
        back = row.amount < 0
        note_zh, note_en = (
            ("奖励撤回", "reward taken back") if back else ("奖励，列入发薪结算", "reward, paid out on pay day")
        )
    elif row.penalty_id is not None:
        note_zh, note_en = _note(row.final_at, month)
    else:
        note_zh, note_en = "发薪结算结转", "carried over"
    return {
        "kind": row.kind.value,
        "amount_fen": -row.amount,
        "case_number": f"{row.year}-{row.seq}" if row.year is not None else "",
        "number": decisions.get(row.penalty_id),
        "note_zh": note_zh,
        "note_en": note_en,
    }


def _note(final_at: datetime | None, month: Month) -> tuple[str, str]:
    if final_at is None:
        return "尚未生效，暂不扣收", "not final, nothing is taken yet"
    day = final_at.astimezone(month.zone)
    return f"{day.month}月{day.day}日生效，列入发薪结算", f"final on {day.day} {day:%B}, settled on pay day"


def batches(ids: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]
