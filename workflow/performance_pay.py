"""The regulation `performance-pay` as data, and its arithmetic: what a month's score pays (PAY-1…PAY-3).

Pure figures: money in fen, points and factors with two decimals; rounded once, half up, at the very end.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import RegulationVersion
from workflow.limit import Strict
from workflow.regulation import AnyPack

PERFORMANCE_PAY = "performance-pay"

HUNDRED, ONE, ZERO = Decimal(100), Decimal("1.00"), Decimal(0)

Mode = Literal["A", "B", "C"]
Day = Annotated[int, Field(ge=1, le=28)]
Factor = Annotated[Decimal, Field(ge=0, le=2, decimal_places=2)]


class Days(Strict):
    """Days of the following month: computed by the system, reviewed until, paid by."""

    compute: Day
    review: Day
    pay: Day

    @model_validator(mode="after")
    def _in_order(self) -> "Days":
        if not self.compute <= self.review <= self.pay:
            raise ValueError("compute, review and pay follow each other")
        return self


class Bounds(Strict):
    """How far a head may adjust a result (FAIR-1)."""

    lowest: Factor
    highest: Factor

    @model_validator(mode="after")
    def _around_one(self) -> "Bounds":
        if not self.lowest <= 1 <= self.highest:
            raise ValueError("no adjustment, 1.00, must lie between lowest and highest")
        return self


class PerformancePay(AnyPack):
    """The regulation on the monthly score and on pay; `None` is a blank."""

    # Balances of the ledger begin at one hundred (PAY-1).
    start: Literal[100]
    pass_mark: Annotated[Decimal, Field(ge=0, le=100, decimal_places=2)] | None
    deduction_percent: Annotated[int, Field(ge=0, le=100)] | None
    below_pass_mode: Mode | None
    days: Days
    adjustment: Bounds

    def blanks(self) -> list[str]:
        return [name for name in ("pass_mark", "deduction_percent", "below_pass_mode") if getattr(self, name) is None]


def pack_of(version: RegulationVersion) -> PerformancePay:
    """The stored version as a pack; the same object for the same content."""
    if version.digest not in _packs:
        _packs[version.digest] = PerformancePay.model_validate(version.content)
    return _packs[version.digest]


_packs: dict[str, PerformancePay] = {}


def first_in_force(session: Session) -> RegulationVersion | None:
    """The version with which the company began to keep scorecards; None where it does not keep them."""
    versions = select(RegulationVersion).filter_by(slug=PERFORMANCE_PAY)
    return session.scalars(versions.order_by(RegulationVersion.in_force_from, RegulationVersion.number)).first()


@dataclass(frozen=True)
class Reckoning:
    """What one month's score pays, and how."""

    base: int
    score: Decimal
    factor: Decimal
    pass_mark: Decimal
    percent: int
    mode: Mode

    @property
    def is_below_pass(self) -> bool:
        return self.score < self.pass_mark

    @property
    def grade(self) -> str:
        return "fail" if self.is_below_pass else "pass"

    @property
    def pay(self) -> int:
        """In fen: PAY-2, less what a fail costs (PAY-3), never below nothing."""
        return int(max(ZERO, self._exact()).quantize(Decimal(1), ROUND_HALF_UP))

    def _exact(self) -> Decimal:
        base, full = Decimal(self.base), self.base * self.score / HUNDRED * self.factor
        if not self.is_below_pass:
            return full
        kept = (HUNDRED - self.percent) / HUNDRED
        match self.mode:
            case "A":
                return full * kept
            case "B":
                return base * self.factor * kept
            case "C":
                return full - base * self.percent / HUNDRED

    def figures(self) -> str:
        """The formula with its figures: `2,000.00 × 55.00 ÷ 100 × 1.00 × 70%`."""
        full = f"{yuan(self.base)} × {self.score:.2f} ÷ 100 × {self.factor:.2f}"
        if not self.is_below_pass:
            return full
        match self.mode:
            case "A":
                return f"{full} × {100 - self.percent}%"
            case "B":
                return f"{yuan(self.base)} × {self.factor:.2f} × {100 - self.percent}%"
            case "C":
                return f"{full} − {yuan(self.base)} × {self.percent}%"


def reckon(pack: PerformancePay, *, base: int, score: Decimal, factor: Decimal = ONE) -> Reckoning:
    """The pay of a score by this version of the regulation."""
    assert pack.pass_mark is not None and pack.deduction_percent is not None and pack.below_pass_mode is not None, (
        "a pack with a blank is never put in force"
    )
    return Reckoning(base, score, factor, pack.pass_mark, pack.deduction_percent, pack.below_pass_mode)


def yuan(fen: int) -> str:
    """`200000` → `2,000.00`."""
    return f"{Decimal(fen) / 100:,.2f}"
