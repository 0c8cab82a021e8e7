"""What a regulation says about assessing (QNT-1): measures, weights, grades, and over which cycle for whom.

Shapes only: what must fit together is looked at by `assessment_check`, and computed by `assessment`.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field as Shaped
from pydantic import model_validator

from workflow.assessment_formula import LONGEST, Aggregate, Node, Operation, names_in, parse, parts_of
from workflow.assessment_source import Plain, Word
from workflow.assessment_standard import Direction, Score, Standard
from workflow.limit import Strict
from workflow.performance_pay import Factor
from workflow.regulation import Bilingual, Place

Weight = Annotated[Decimal, Shaped(gt=0, le=100, decimal_places=2)]
Unit = Literal["points", "percent", "hours", "days", "day_of_month", "count", "yuan"]


class SubjectKind(StrEnum):
    """Who is assessed."""

    PERSON = "person"
    TEAM = "team"
    DEPARTMENT = "department"
    PARTNER = "partner"


class Dimension(StrEnum):
    """What a measure is about."""

    SATISFACTION = "satisfaction"
    QUALITY = "quality"
    EFFICIENCY = "efficiency"
    ATTITUDE = "attitude"
    INNOVATION = "innovation"
    RELIABILITY = "reliability"
    RESULTS = "results"


class Named(Strict):
    """A figure of the regulation that formulas refer to; `null` is a blank."""

    rule: str
    title: Bilingual
    value: Plain | None
    unit: Unit


class Step(Strict):
    """One step of a procedure that the regulation names."""

    rule: str
    title: Bilingual


class Measure(Strict):
    """How one figure comes about. `by` gives it for every choice of a field as well; with `raters` it is computed for
    every rater, and these are weighed (FAIR-1)."""

    rule: str
    title: Bilingual
    words: Bilingual
    formula: str = Shaped(min_length=1, max_length=LONGEST)
    unit: Unit
    decimals: Annotated[int, Shaped(ge=0, le=4)] = 2
    # What a number is a number of: 8 台, 8 cars.
    counted_in: Bilingual | None = None
    direction: Direction = "higher"
    about: Dimension | None = None
    by: Word | None = None
    raters: dict[Word, Weight | None] | None = None
    target: Plain | None = None
    standard: Standard | None = None

    @property
    def tree(self) -> Node:
        return parse(self.formula)

    def is_a_rate(self, of: "Mapping[str, Measure]") -> bool:
        """Whether the figure does not grow with whom or how long it is about: something is divided, or a mean taken.

        `of` are the measures of the regulation, which the formula may name.
        """
        for part in parts_of(self.tree):
            if isinstance(part, Operation) and part.sign == "/":
                return True
            if isinstance(part, Aggregate) and part.function in ("mean", "deviation", "lowest", "highest"):
                return True
        return any(of[name].is_a_rate(of) for name in names_in(self.tree) if name in of)

    def blanks(self) -> Iterator[Place]:
        for rater, weight in (self.raters or {}).items():
            if weight is None:
                yield "raters", rater


class Grade(Strict):
    """A grade from a total on, and what it may lead to (AFT-1): suggestions, never done by themselves."""

    title: Bilingual
    at_least: Score
    leads_to: list[Word] = Shaped(default_factory=list)


class Adjustment(Strict):
    """How far a total may be adjusted for special circumstances, always with a reason (FAIR-1)."""

    lowest: Factor | None
    highest: Factor | None

    @model_validator(mode="after")
    def _around_one(self) -> "Adjustment":
        if (self.lowest or Decimal(0)) > 1 or (self.highest is not None and self.highest < 1):
            raise ValueError("no adjustment, 1.00, must lie between lowest and highest")
        return self


class Scheme(Strict):
    """A total of weighed scores. What is without data is left out, the other weights standing for the whole, or
    leaves the total open: no data as well."""

    rule: str
    title: Bilingual
    weights: dict[Word, Weight | None] = Shaped(min_length=1)
    without_data: Literal["left_out", "open"] = "open"
    # An empty list: the regulation has no grades here. `null`: it has, and leaves them to the company.
    grades: list[Grade] | None = Shaped(default_factory=list)
    adjustment: Adjustment | None = None

    def blanks(self) -> Iterator[Place]:
        for measure, weight in self.weights.items():
            if weight is None:
                yield "weights", measure
        if self.grades is None:
            yield ("grades",)
        for bound in ("lowest", "highest") if self.adjustment is not None else ():
            if getattr(self.adjustment, bound) is None:
                yield "adjustment", bound
