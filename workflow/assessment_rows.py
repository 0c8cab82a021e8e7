"""The rows that figures are drawn from.

Whoever has the rows, a list here or the database for a whole quarter, answers two questions about an
aggregate: its figure, and which rows it stands on.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from workflow.assessment_entry import Row, Value, checked
from workflow.assessment_figures import EXACT, ZERO, Figure, Missing, NoData, combined, total
from workflow.assessment_formula import Aggregate, Condition
from workflow.assessment_source import Source


@dataclass(frozen=True)
class Input:
    """What a result stands on: an aggregate, its figure, and the rows that it was drawn from.

    Rows at hand are named by their keys; a database says how many there are and names them to whoever opens the figure.
    """

    aggregate: Aggregate
    figure: Figure
    rows: tuple[str, ...]
    count: int | None = None

    @property
    def number(self) -> int:
        """How many rows it was drawn from."""
        return len(self.rows) if self.count is None else self.count


class Rows(Protocol):
    """The rows of one subject in one period."""

    def drawn(self, aggregate: Aggregate, than: Mapping[str, Decimal]) -> Input:
        """The figure of count, sum, squares, lowest or highest; `than` holds the figures that conditions name."""


class ListedRows:
    """Rows at hand, by source. Raises RowRefused for what a source does not take, KeyError for an unknown source."""

    def __init__(self, sources: Mapping[str, Source], rows: Mapping[str, Iterable[Row]]) -> None:
        for name in rows:
            sources[name]
        self.sources = sources
        self.rows = {name: checked(name, source, rows.get(name, ())) for name, source in sources.items()}

    def drawn(self, aggregate: Aggregate, than: Mapping[str, Decimal]) -> Input:
        held = [row for row in self.rows[aggregate.source] if _holds(row, aggregate.among, than)]
        none_is_zero = self.sources[aggregate.source].none_is_zero
        if not held and not none_is_zero:
            return Input(aggregate, NoData(Missing.NO_ROWS, aggregate.source), ())
        meant = [row for row in held if _holds(row, aggregate.where, than)]
        if aggregate.field is not None:
            held = [row for row in held if aggregate.field in row.values]
            meant = [row for row in meant if aggregate.field in row.values]
        figure = _figure(aggregate, meant, any_held=bool(held) or none_is_zero)
        return Input(aggregate, figure, tuple(row.key for row in meant))


def _figure(aggregate: Aggregate, rows: Sequence[Row], *, any_held: bool) -> Figure:
    if aggregate.function == "count":
        return Decimal(len(rows))
    values = [row.values[aggregate.field or ""] for row in rows]
    numbers = [value for value in values if isinstance(value, Decimal)]
    match aggregate.function:
        case "sum":
            # A question that nobody answered has no sum; an answer that none of the conditions meets adds nothing.
            return total(numbers) if any_held else NoData(Missing.NO_ROWS, str(aggregate))
        case "squares":
            return total(EXACT.multiply(number, number) for number in numbers)
        case "lowest":
            return min(numbers) if numbers else NoData(Missing.NO_ROWS, str(aggregate))
        case _:
            return max(numbers) if numbers else NoData(Missing.NO_ROWS, str(aggregate))


def deviation(count: Figure, sum_: Figure, squares: Figure, *, of: str) -> Figure:
    """The standard deviation of all the values there are: √(Σx²/n − (Σx/n)²)."""
    mean = combined("/", sum_, count, of=of)
    variance = combined("-", combined("/", squares, count, of=of), combined("*", mean, mean, of=of), of=of)
    return variance if isinstance(variance, NoData) else max(variance, ZERO).sqrt(EXACT)


COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda left, right: bool(left == right),
    "<": lambda left, right: bool(left < right),
    ">": lambda left, right: bool(left > right),
    "<=": lambda left, right: bool(left <= right),
    ">=": lambda left, right: bool(left >= right),
}


def _holds(row: Row, conditions: Iterable[Condition], than: Mapping[str, Decimal]) -> bool:
    """Whether every condition holds; one about a field that the row leaves empty does not."""
    return all(_met(row, condition, than) for condition in conditions)


def _met(row: Row, condition: Condition, than: Mapping[str, Decimal]) -> bool:
    left, right = row.values.get(condition.field), _right(row, condition, than)
    if isinstance(left, Decimal) != isinstance(right, Decimal) or left is None or right is None:
        return False
    return COMPARED[condition.sign](left, right)


def _right(row: Row, condition: Condition, than: Mapping[str, Decimal]) -> Value | None:
    word = condition.than
    if isinstance(word, Decimal) or isinstance(row.values.get(condition.field), str):
        return word
    return row.values[word] if word in row.values else than.get(word)
