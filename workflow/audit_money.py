"""The part of the audit that reads the money of penalties and rewards: what is taken back mirrors what was posted, and
every entry is the one that the letter of its step tells.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row, Text, case, cast, func, or_, select
from sqlalchemy.orm import Session, aliased

from models import Event, Letter, MoneyEntry, Penalty, Reward
from workflow.audit_letters import content_of

BATCH = 500
AnyRow = Row[*tuple[Any, ...]]
Line = tuple[str, int, str, str, bool]


def first_bad_refund(session: Session) -> str | None:
    """The first entry that takes another back and is not its opposite in all respects."""
    taken_back, cause = aliased(MoneyEntry), aliased(Event)
    differs = {
        "amount": MoneyEntry.amount != -taken_back.amount,
        "person": MoneyEntry.person_id != taken_back.person_id,
        "penalty": or_(
            MoneyEntry.penalty_id.is_distinct_from(taken_back.penalty_id),
            Event.penalty_id.is_distinct_from(cause.penalty_id),
        ),
        "reward": or_(
            MoneyEntry.reward_id.is_distinct_from(taken_back.reward_id),
            Event.reward_id.is_distinct_from(cause.reward_id),
        ),
    }
    query = (
        select(*_case(), *(w.label(n) for n, w in differs.items()))
        .select_from(MoneyEntry)
        .join(Event, Event.id == MoneyEntry.event_id)
        .outerjoin(Event.penalty)
        .outerjoin(Event.reward)
        .outerjoin(taken_back, taken_back.id == MoneyEntry.reverses_id)
        .outerjoin(cause, cause.id == taken_back.event_id)
        .where(MoneyEntry.reverses_id.is_not(None), or_(taken_back.id.is_(None), *differs.values()))
        .order_by(MoneyEntry.id)
        .limit(1)
    )
    if (row := session.execute(query).first()) is None:
        return None
    wrong = [name for name in differs if getattr(row, name)]
    what = f"has not the same {' and '.join(wrong)} as" if wrong else "has lost"
    return f"{_event(row)}: the entry that takes money back {what} the entry it takes back"


def first_changed_sum(session: Session) -> str | None:
    """The first step of a penalty or a reward whose money is other than its letter tells."""
    for letters in _batches(session):
        posted = _entries_of(session, letters[0].id, letters[-1].id)
        for letter in letters:
            told = _told_by(letter.words)
            if told is not None and told != posted[letter.event_id]:
                return f"{_event(letter)}: its money is not that of its letter"
    return first_stray_sum(session)


def first_stray_sum(session: Session) -> str | None:
    """Money that is said to be of one penalty or reward, but was posted by a step of another."""
    query = (
        select(*_case())
        .select_from(MoneyEntry)
        .join(Event, Event.id == MoneyEntry.event_id)
        .outerjoin(Event.penalty)
        .outerjoin(Event.reward)
        .where(
            or_(Event.penalty_id.is_not(None), Event.reward_id.is_not(None)),
            or_(
                MoneyEntry.penalty_id.is_distinct_from(Event.penalty_id),
                MoneyEntry.reward_id.is_distinct_from(Event.reward_id),
            ),
        )
        .limit(1)
    )
    row = session.execute(query).first()
    return None if row is None else f"{_event(row)}: its money stands with another {row.kind}"


def _event(row: AnyRow) -> str:
    return f"{row.kind} {row.year}-{row.seq}, event {row.event_seq}" if row.year is not None else "a pay day"


def _case() -> tuple[Any, ...]:
    """The penalty or the reward that an event is about, by kind and number, and the event's own."""
    return (
        case((Event.reward_id.is_not(None), Reward.kind), else_=Penalty.kind).label("kind"),
        func.coalesce(Penalty.year, Reward.year).label("year"),
        func.coalesce(Penalty.seq, Reward.seq).label("seq"),
        Event.seq.label("event_seq"),
    )


def _batches(session: Session) -> Iterator[list[AnyRow]]:
    columns = (
        Letter.id, Letter.event_id, cast(Letter.content, Text).label("words"), *_case(),
    )  # fmt: skip
    speaks = or_(cast(Letter.content, Text).contains('"amount_fen"'), Event.money.any())
    of_either = or_(Event.penalty_id.is_not(None), Event.reward_id.is_not(None))
    query = select(*columns).join(Letter.event).outerjoin(Event.penalty).outerjoin(Event.reward)
    query = query.where(speaks, of_either).order_by(Letter.id).limit(BATCH)
    last = 0
    while rows := list(session.execute(query.where(Letter.id > last))):
        yield rows
        last = rows[-1].id


def _entries_of(session: Session, first: int, last: int) -> dict[int, Counter[Line]]:
    query = (
        select(MoneyEntry, func.coalesce(Penalty.respondent_id, Reward.person_id))
        .join(Letter, Letter.event_id == MoneyEntry.event_id)
        .join(Event, Event.id == MoneyEntry.event_id)
        .outerjoin(Event.penalty)
        .outerjoin(Event.reward)
        .where(Letter.id.between(first, last))
        .execution_options(populate_existing=True)
    )
    found: dict[int, Counter[Line]] = defaultdict(Counter)
    for entry, respondent_id in session.execute(query):
        found[entry.event_id][_line(entry, respondent_id)] += 1
    return found


def _line(entry: MoneyEntry, respondent_id: int) -> Line:
    effect = "reversed" if entry.reverses_id is not None else "posted"
    return entry.kind.value, entry.amount, entry.month, effect, entry.person_id != respondent_id


def _told_by(words: str) -> Counter[Line] | None:
    """None when the letter cannot be read: that is told as a letter that was changed."""
    if (content := content_of(words)) is None:
        return None
    return Counter(
        (line["kind"], line["amount_fen"], line["month"], line["effect"], line["joint"])
        for line in content.get("money", ())
    )
