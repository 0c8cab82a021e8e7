"""Figures of an assessment: a decimal, or no data together with the reason; never a nought that nobody measured.

Sums are exact whatever the order of their rows: sixty digits hold a sum of ten million rows and of their squares.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from enum import StrEnum

# What no figure of a company comes near; beyond it something else was measured.
LARGEST = Decimal(10) ** 15
HUNDRED, ZERO = Decimal(100), Decimal(0)
EXACT = Context(prec=60, traps=[DivisionByZero, InvalidOperation, Overflow])


class Missing(StrEnum):
    """Why there is no figure."""

    NO_ROWS = "no_rows"
    DIVIDED_BY_ZERO = "divided_by_zero"
    OUT_OF_RANGE = "out_of_range"
    NO_TARGET = "no_target"
    NO_STANDARD = "no_standard"
    BLANK = "blank"
    NOT_ANSWERED = "not_answered"
    NOT_KEPT = "not_kept"  # records that the system does not have


@dataclass(frozen=True)
class NoData:
    """No data, a result of its own: why, and of what (a source, a measure, a rater, an item)."""

    why: Missing
    of: str

    def __str__(self) -> str:
        return f"no data ({self.why}: {self.of})"


Figure = Decimal | NoData


def combined(sign: str, left: Figure, right: Figure, *, of: str) -> Figure:
    """`left` + - * / `right`; what is missing on either side is missing in the outcome."""
    if isinstance(left, NoData):
        return left
    if isinstance(right, NoData):
        return right
    match sign:
        case "+":
            outcome = EXACT.add(left, right)
        case "-":
            outcome = EXACT.subtract(left, right)
        case "*":
            outcome = EXACT.multiply(left, right)
        case _:
            if not right:
                return NoData(Missing.DIVIDED_BY_ZERO, of)
            outcome = EXACT.divide(left, right)
    return outcome if abs(outcome) <= LARGEST else NoData(Missing.OUT_OF_RANGE, of)


def total(values: Iterable[Decimal]) -> Decimal:
    found = ZERO
    for value in values:
        found = EXACT.add(found, value)
    return found


def weighted(parts: Iterable[tuple[Decimal, Decimal]]) -> Decimal:
    """The mean of values by their weights: pairs of weight and value, the weights above nought in sum."""
    found = list(parts)
    weight = total(weight for weight, _ in found)
    return EXACT.divide(total(EXACT.multiply(weight, value) for weight, value in found), weight)


def rounded(figure: Figure, decimals: int) -> Figure:
    """Half up, away from nought: 2.665 → 2.67, −2.665 → −2.67."""
    if isinstance(figure, NoData):
        return figure
    # A nought has no sign.
    return EXACT.add(figure.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP, context=EXACT), ZERO)


def within(figure: Decimal, lowest: Decimal, highest: Decimal) -> Decimal:
    return min(max(figure, lowest), highest)
