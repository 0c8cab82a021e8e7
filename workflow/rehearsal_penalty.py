"""Last year's penalties under another regulation: the step, the fine, the points and the shares of each.

What counts towards a step is counted anew: penalties of the year by the other regulation's expiry, older
ones by their own. What was revoked came to nothing and would have.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from models import LadderStep, Penalty
from workflow import escalation, penalty_effects
from workflow.office import Office
from workflow.regulation import Pack, pack_of
from workflow.rehearsal import A_YEAR

Json = dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """What a penalty brings: its step, money in fen and points."""

    step: LadderStep
    fine: int
    points: Decimal
    leader_points: Decimal
    person_share: int
    leader_share: int


@dataclass
class PenaltyTotals:
    """All penalties together, as they came out and as they would have."""

    seen: int = 0
    changed: int = 0
    fines: list[int] = field(default_factory=lambda: [0, 0])
    shares: list[int] = field(default_factory=lambda: [0, 0])
    points: list[str] = field(default_factory=lambda: ["0", "0"])
    dismissals: list[int] = field(default_factory=lambda: [0, 0])

    def count(self, old: Outcome, new: Outcome) -> None:
        self.seen += 1
        self.changed += old != new
        for number, outcome in enumerate((old, new)):
            self.fines[number] += outcome.fine
            self.shares[number] += outcome.person_share + outcome.leader_share
            total = Decimal(self.points[number]) + outcome.points + outcome.leader_points
            self.points[number] = str(total)
            self.dismissals[number] += outcome.step is LadderStep.DISMISSAL


def penalised(session: Session, at: datetime) -> list[int]:
    """Everybody of whom a penalty was approved in the year before `at`."""
    approved = Penalty.approved_at > at - A_YEAR, Penalty.approved_at <= at, Penalty.fine.is_(None)
    return list(
        session.scalars(select(Penalty.respondent_id).where(*approved).distinct().order_by(Penalty.respondent_id))
    )


def compare(
    session: Session, people: Sequence[int], new: Pack, totals: PenaltyTotals, *, at: datetime
) -> Iterator[Json]:
    """What differs in each penalty of these people; the others are only counted. Two queries for all of them."""
    office = Office(session)
    query = (
        select(Penalty)
        .where(Penalty.respondent_id.in_(people), Penalty.approved_at.is_not(None), Penalty.fine.is_(None))
        .order_by(Penalty.respondent_id, Penalty.ladder, Penalty.approved_at, Penalty.id)
        .options(joinedload(Penalty.regulation_version), selectinload(Penalty.events))
    )
    found = session.scalars(query).unique()
    for _, penalties in groupby(found, key=lambda penalty: (penalty.respondent_id, penalty.ladder)):
        yield from _on_one_ladder(list(penalties), new, totals, office, since=at - A_YEAR)


def _on_one_ladder(
    penalties: Sequence[Penalty], new: Pack, totals: PenaltyTotals, office: Office, *, since: datetime
) -> Iterator[Json]:
    standing = [penalty for penalty in penalties if penalty.is_standing]
    for number, penalty in enumerate(standing):
        assert penalty.approved_at is not None and penalty.step is not None, "the query asks for decided ones"
        if penalty.approved_at <= since:
            continue
        counted = [p for p in standing[:number] if _counts(p, penalty.approved_at, new, office, since)]
        was = _outcome(penalty, penalty.step, pack_of(penalty.regulation_version), office)
        would = _outcome(penalty, escalation.step_after(len(counted) + 1), new, office)
        totals.count(was, would)
        if was != would:
            yield _told(penalty, was, would)


def _counts(earlier: Penalty, at: datetime, new: Pack, office: Office, since: datetime) -> bool:
    assert earlier.approved_at is not None, "only what was approved counts"
    is_of_the_year = earlier.approved_at > since
    until = penalty_effects.counts_until(new, earlier.approved_at, office) if is_of_the_year else earlier.counts_until
    return until is None or at < until


def _outcome(penalty: Penalty, step: LadderStep, pack: Pack, office: Office) -> Outcome:
    price = pack.price("penalty", "approve")
    ladder = pack.ladders.get(penalty.ladder)
    fine = ladder.fine(step) if ladder is not None and office.company.fines_are_allowed else 0
    shares = penalty_effects.shares_of(penalty, pack)
    has_leader = penalty.leader_id is not None
    return Outcome(
        step=step, fine=fine, points=price.of("respondent", step),
        leader_points=price.of("leader", step) if has_leader else Decimal(0),
        person_share=shares.person if shares else 0,
        leader_share=shares.leader if shares and has_leader else 0,
    )  # fmt: skip


def _told(penalty: Penalty, was: Outcome, would: Outcome) -> Json:
    pairs = {
        name: [_plain(getattr(was, name)), _plain(getattr(would, name))]
        for name in Outcome.__dataclass_fields__
        if getattr(was, name) != getattr(would, name)
    }
    return {"process": "penalty", "number": penalty.number, "values": pairs, "outcome": True}


def _plain(value: LadderStep | Decimal | int) -> str | int:
    return value if isinstance(value, int) else str(value)
