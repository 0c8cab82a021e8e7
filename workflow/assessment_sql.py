"""Rows of one source as the database has them, and the conditions of formulas on them.

A number is whole millionths here too. Its sum and the sum of its squares are taken in pieces of six digits, so that no
sum leaves a whole number of 64 bits: SQLite has no larger one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    null,
    select,
    true,
    type_coerce,
)
from sqlalchemy import types as sql
from sqlalchemy.orm import Session

from models import SUBJECTS, AssessmentRow, AssessmentRowWithdrawal, RatingGiven, RatingRound
from models.assessment import MILLION
from workflow.assessment_formula import Aggregate, Condition
from workflow.assessment_period import Period
from workflow.assessment_source import Source

PIECE = 10**6
# How strongly a division written by hand binds: as SQLAlchemy's own multiplication does.
TIMES = 8
Column = ColumnElement[Any]


@dataclass(frozen=True)
class Relation:
    """The rows of one source in one period: whose they are, when they count, and what each says, by field."""

    table: FromClause
    key: Column
    when: Column
    # By the kind of subject; one that the rows never name is missing.
    about: Mapping[str, Column]
    numbers: Mapping[str, Column]
    words: Mapping[str, Column]
    where: ColumnElement[bool]
    # Where the row itself lies: its own id, or that of the case.
    id: Column
    # What the records are, where they are the system's own.
    kind: str = ""


def posted(session: Session, regulation: str, name: str, source: Source, period: Period) -> Relation:
    """The rows that somebody posted; withdrawn ones count no more, those of a round of ratings once it is closed:
    before, each figure more would tell what somebody gave."""
    table = AssessmentRow.__table__
    column: Mapping[str, Column] = {each.name: each for each in table.columns}
    taken_back = select(AssessmentRowWithdrawal.row_id).where(AssessmentRowWithdrawal.row_id == column["id"])
    reader = _on_sqlite if session.get_bind().dialect.name == "sqlite" else _on_postgresql
    read = {key: reader(column["values"], key, is_number=each.is_number) for key, each in source.fields.items()}
    return Relation(
        table, column["key"], column["counts_on"], {subject: column[f"{subject}_id"] for subject in SUBJECTS},
        {key: each for key, each in read.items() if source.fields[key].is_number},
        {key: each for key, each in read.items() if not source.fields[key].is_number},
        and_(
            column["regulation"] == regulation, column["source"] == name,
            column["counts_on"].between(period.first_day, period.last_day), ~taken_back.exists(),
            ~in_an_open_round(column["id"]) if source.is_rated_within else true(),
        ),
        column["id"],
    )  # fmt: skip


def in_an_open_round(row: Column) -> ColumnElement[bool]:
    """Whether the row with this id came of a round of ratings that is not closed yet."""
    given = select(RatingGiven.row_id).join(RatingGiven.round)
    return given.where(RatingGiven.row_id == row, RatingRound.closed_at.is_(None)).exists()


def _on_sqlite(values: Any, key: str, *, is_number: bool) -> Column:
    path = f'$."{key}"'
    found = func.json_extract(values, path)
    # An edition may have changed what a field takes: what is no number has none.
    is_one = func.json_type(values, path) == "integer"
    return case((is_one, type_coerce(found, BigInteger))) if is_number else type_coerce(found, sql.String)


def _on_postgresql(values: Any, key: str, *, is_number: bool) -> Column:
    found = type_coerce(values, sql.JSON)[key]
    word: Column = found.as_string()
    return case((func.json_typeof(found) == "number", cast(word, BigInteger))) if is_number else word


def holds(relation: Relation, condition: Condition, than: Mapping[str, Decimal]) -> ColumnElement[bool]:
    """Whether a row meets the condition; one about a field that it leaves empty is not met."""
    if condition.field in relation.words:
        return _compared(relation.words[condition.field], condition.sign, literal(str(condition.than)))
    if condition.field not in relation.numbers:
        return false()
    right = _right(relation, condition.than, than)
    return false() if right is None else _compared(relation.numbers[condition.field], condition.sign, right)


def _right(relation: Relation, word: Decimal | str, than: Mapping[str, Decimal]) -> Column | None:
    """A number, another field of the row, or, where the row leaves that empty, the figure of that name."""
    if isinstance(word, Decimal):
        return _whole(word)
    figure = _whole(than[word]) if word in than else None
    other = relation.numbers.get(word)
    if other is None or figure is None:
        return other if figure is None else figure
    return func.coalesce(other, figure)


def _whole(number: Decimal) -> Column:
    return literal(int(number * MILLION), BigInteger)


def _compared(left: Column, sign: str, right: Column) -> ColumnElement[bool]:
    outcome = left.op({"=": "=", "<": "<", ">": ">", "<=": "<=", ">=": ">="}[sign], is_comparison=True)(right)
    return func.coalesce(outcome, false())


@dataclass(frozen=True)
class Tally:
    """Sums over some rows, exact and to be added to others: all in whole millionths."""

    held: int = 0
    present: int = 0
    count: int = 0
    sum: int = 0
    squares: int = 0
    lowest: int | None = None
    highest: int | None = None

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.held + other.held, self.present + other.present, self.count + other.count, self.sum + other.sum,
            self.squares + other.squares, _of_both(min, self.lowest, other.lowest),
            _of_both(max, self.highest, other.highest),
        )  # fmt: skip


def _of_both(which: Any, one: int | None, other: int | None) -> int | None:
    known = [each for each in (one, other) if each is not None]
    return which(known) if known else None


def tally_columns(relation: Relation, aggregate: Aggregate, than: Mapping[str, Decimal]) -> list[Column]:
    """What one query selects for each subject, in the order in which `tally_of` reads it."""
    meant = meant_by(relation, aggregate, than)
    value = relation.numbers.get(aggregate.field or "")
    present = _value_of(relation, aggregate)
    counted = [func.count(), func.count() if present is None else func.count(present), _times(meant)]
    if value is None:
        return [*counted, *(null() for _ in range(10))]
    those = case((meant, value))
    low = those % literal(PIECE, BigInteger)
    found = [*counted, func.min(those), func.max(those), func.sum(_quotient(those, PIECE)), func.sum(low)]
    if aggregate.function != "squares":
        return [*found, *(null() for _ in range(6))]
    high, middle = _quotient(those, PIECE**2), _quotient(those, PIECE) % literal(PIECE, BigInteger)
    pairs = ((high, high), (high, middle), (middle, middle), (high, low), (middle, low), (low, low))
    return [*found, *(func.sum(one * other) for one, other in pairs)]


def _quotient(value: Column, by: int) -> Column:
    """Towards nought, as both databases divide whole numbers."""
    return value.op("/", precedence=TIMES)(literal(by, BigInteger))


def tally_of(row: tuple[Any, ...]) -> Tally:
    held, present, count, lowest, highest, high, low, *products = (_int(each) for each in row)
    # (a·10¹² + b·10⁶ + c)²
    aa, ab, bb, ac, bc, cc = (each or 0 for each in products)
    squares = aa * PIECE**4 + 2 * ab * PIECE**3 + (bb + 2 * ac) * PIECE**2 + 2 * bc * PIECE + cc
    return Tally(held or 0, present or 0, count or 0, (high or 0) * PIECE + (low or 0), squares, lowest, highest)


def _int(value: Any) -> int | None:
    return None if value is None else int(value)


def meant_by(relation: Relation, aggregate: Aggregate, than: Mapping[str, Decimal]) -> ColumnElement[bool]:
    """The rows that the figure counts: all conditions hold, and what is summed is there."""
    conditions = [holds(relation, condition, than) for condition in aggregate.where]
    value = _value_of(relation, aggregate)
    return and_(*conditions, true() if value is None else value.is_not(None))


def held_by(relation: Relation, aggregate: Aggregate, than: Mapping[str, Decimal]) -> ColumnElement[bool]:
    """The rows that the figure is drawn from at all."""
    return and_(relation.where, *(holds(relation, condition, than) for condition in aggregate.among))


def _value_of(relation: Relation, aggregate: Aggregate) -> Column | None:
    if aggregate.field is None:
        return None
    return relation.numbers.get(aggregate.field, relation.words.get(aggregate.field, null()))


def _times(meant: ColumnElement[bool]) -> Column:
    return func.count(case((meant, 1)))
