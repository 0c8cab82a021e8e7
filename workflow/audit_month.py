"""Reads scorecards and pay days against their events: what a month's close and a pay day wrote can be told again."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Event, Payday, PaydayLine, Scorecard, Taken

BATCH = 1_000


@dataclass(frozen=True)
class ChangedRow:
    """Which row is not as it was written, and why."""

    what: str
    why: str

    def __str__(self) -> str:
        return f"{self.what}: {self.why}"


def first_changed_card(session: Session) -> ChangedRow | None:
    """The first scorecard whose figures are not those of its last computing and review."""
    for card, said in _cards(session):
        told = {
            "score": f"{card.score:.2f}", "base_fen": card.base, "pay_fen": card.pay, "factor": f"{card.factor:.2f}",
        }  # fmt: skip
        differing = [name for name, value in told.items() if name in said and said[name] != value]
        if differing:
            return ChangedRow(f"scorecard {card.number}", f"{', '.join(differing)} differ from its events")
    return None


def _cards(session: Session) -> Iterator[tuple[Scorecard, dict[str, object]]]:
    """Each card with what its events have said last of each figure."""
    last = 0
    query = select(Scorecard).order_by(Scorecard.id).limit(BATCH)
    while cards := list(session.scalars(query.where(Scorecard.id > last))):
        events = select(Event.scorecard_id, Event.said).where(
            Event.scorecard_id.between(cards[0].id, cards[-1].id), Event.action.in_(("compute", "review"))
        )
        rows = session.execute(events.order_by(Event.scorecard_id, Event.seq))
        said = {key: _together(found) for key, found in groupby(rows, key=lambda row: row.scorecard_id)}
        for card in cards:
            yield card, said.get(card.id, {})
        last = cards[-1].id
        session.expunge_all()


def _together(rows: Iterator[object]) -> dict[str, object]:
    """A computing begins anew with the factor 1.00; what is said later holds."""
    said: dict[str, object] = {}
    for row in rows:
        told: dict[str, object] = row.said  # type: ignore[attr-defined]
        said = {**said, **({"factor": "1.00"} if "score" in told else {}), **told}
    return said


def first_changed_pay_line(session: Session) -> ChangedRow | None:
    """The first line of a pay day that is not the sum of what it took from penalties and paid out of rewards."""
    taken = select(Taken.line_id, func.sum(Taken.amount).label("amount")).group_by(Taken.line_id).subquery()
    paid = PaydayLine.refunded + PaydayLine.rewarded
    query = (
        select(Payday.month, PaydayLine.person_id, taken.c.amount)
        .join(PaydayLine.payday)
        .outerjoin(taken, taken.c.line_id == PaydayLine.id)
        .where(PaydayLine.deducted - paid != func.coalesce(taken.c.amount, 0))
        .order_by(PaydayLine.id)
    )
    found = session.execute(query).first()
    if found is None:
        return None
    return ChangedRow(
        f"pay day {found.month}, person {found.person_id}", "the sum differs from what penalties and rewards gave"
    )
