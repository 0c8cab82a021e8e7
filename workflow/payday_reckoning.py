"""The arithmetic of a pay day: what is taken of what is owed, and what the law leaves (CS-9). Pure figures in fen.

The oldest penalty comes first. Nothing beyond the cap is taken and nothing of the minimum wage; what is to be
given back is given back in full, a reward is paid out in full, and neither counts towards the cap.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from models import MoneyKind

HUNDRED = 100
# Of one penalty the fine is taken first, then what compensates a loss.
ORDER = (MoneyKind.FINE, MoneyKind.JOINT_FINE, MoneyKind.REWORK_SHARE)

LimitedBy = Literal["cap", "minimum_wage", "left"]


@dataclass(frozen=True)
class Limits:
    """How much of a wage a pay day may take: a share of it, and never what the minimum wage needs."""

    cap_percent: int
    minimum_wage: int

    def cap(self, wage: int) -> int:
        """The share, rounded down to the fen, so that it is never exceeded."""
        return wage * self.cap_percent // HUNDRED

    def above_minimum(self, wage: int) -> int:
        return max(0, wage - self.minimum_wage)

    def room(self, wage: int) -> int:
        return min(self.cap(wage), self.above_minimum(wage))

    def stopped_by(self, wage: int) -> LimitedBy:
        """Which of the two leaves less room."""
        return "cap" if self.cap(wage) <= self.above_minimum(wage) else "minimum_wage"


@dataclass(frozen=True)
class Open:
    """What one penalty still charges one person, by kind in the order of taking; negative: what it owes them.

    A reward owes its amount; it is of no penalty.
    """

    penalty_id: int | None
    number: str
    approved_at: datetime
    person_id: int
    parts: tuple[tuple[MoneyKind, int], ...]
    due_since: datetime
    reward_id: int | None = None

    @property
    def is_reward(self) -> bool:
        return self.reward_id is not None

    @property
    def gives(self) -> bool:
        """Whether it is to be paid to the person, a refund or a reward."""
        return self.fen < 0

    @property
    def fen(self) -> int:
        return sum(fen for _, fen in self.parts)

    @property
    def is_refund(self) -> bool:
        return self.gives and not self.is_reward


def parts_left(charged: Mapping[MoneyKind, int], taken: int) -> tuple[tuple[MoneyKind, int], ...]:
    """The charges of one penalty, by kind, less what earlier pay days took; what they took too much is a refund."""
    left = taken - sum(fen for fen in charged.values() if fen < 0)
    found = []
    for kind in ORDER:
        fen = max(0, charged.get(kind, 0))
        used = min(left, fen)
        left -= used
        if fen > used:
            found.append((kind, fen - used))
    return ((MoneyKind.REFUND, -left),) if left > 0 else tuple(found)


@dataclass(frozen=True)
class Taking:
    """What a pay day takes of one penalty, or pays back (negative)."""

    of: Open
    fen: int

    @property
    def rest(self) -> int:
        return self.of.fen - self.fen

    def parts(self) -> Iterator[tuple[MoneyKind, int, int]]:
        """Kind, what was owed, what is taken of it."""
        left = self.fen
        for kind, owed in self.of.parts:
            taken = owed if owed < 0 else min(owed, left)
            left -= taken
            yield kind, owed, taken


@dataclass(frozen=True)
class Reckoning:
    """One employee's month: the wage, what may be taken of it, and what is."""

    person_id: int
    wage: int
    limits: Limits
    takings: tuple[Taking, ...]
    # Of whoever holds no post afterwards nothing can be taken any more.
    is_last: bool = False

    @property
    def room(self) -> int:
        return self.limits.room(self.wage)

    @property
    def owed(self) -> int:
        return sum(taking.of.fen for taking in self.takings if not taking.of.gives)

    @property
    def deducted(self) -> int:
        return sum(taking.fen for taking in self.takings if taking.fen > 0)

    @property
    def refunded(self) -> int:
        return -sum(taking.fen for taking in self.takings if taking.of.is_refund)

    @property
    def rewarded(self) -> int:
        return -sum(taking.fen for taking in self.takings if taking.of.is_reward)

    @property
    def carried(self) -> int:
        return self.owed - self.deducted

    @property
    def limited_by(self) -> LimitedBy | None:
        if not self.carried:
            return None
        return "left" if self.is_last else self.limits.stopped_by(self.wage)


def reckon(person_id: int, opens: Iterable[Open], *, wage: int, limits: Limits, is_last: bool = False) -> Reckoning:
    """Take what there is room for, the oldest penalty first."""
    left, takings = limits.room(wage), []
    for of in sorted(opens, key=lambda of: (of.approved_at, of.penalty_id or 0, of.reward_id or 0)):
        fen = of.fen if of.gives else min(of.fen, left)
        left -= max(0, fen)
        takings.append(Taking(of, fen))
    return Reckoning(person_id, wage, limits, tuple(takings), is_last)
