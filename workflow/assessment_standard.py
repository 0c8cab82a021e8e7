"""Scoring standards (QNT-1): how the value of a measure becomes a score from 0 to 100, in six ways."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field as Shaped
from pydantic import model_validator

from workflow.assessment_figures import EXACT, HUNDRED, ZERO, Figure, Missing, NoData, combined, within
from workflow.assessment_source import Plain
from workflow.limit import Strict

Score = Annotated[Decimal, Shaped(ge=0, le=100, decimal_places=2)]
Direction = Literal["higher", "lower"]


class Proportional(Strict):
    """In proportion between the value that gives 0 and the one that gives 100."""

    zero: Plain
    full: Plain

    def score(self, value: Decimal) -> Figure:
        share = EXACT.divide(EXACT.subtract(value, self.zero), EXACT.subtract(self.full, self.zero))
        return within(EXACT.multiply(share, HUNDRED), ZERO, HUNDRED)


class Band(Strict):
    """A score from a value on, or up to one; the last band has no bound and takes the rest."""

    at_least: Plain | None = None
    at_most: Plain | None = None
    score: Score

    def takes(self, value: Decimal) -> bool:
        if self.at_least is not None:
            return value >= self.at_least
        return self.at_most is None or value <= self.at_most


class Reached(Strict):
    """100 where the value reaches the bound, else 0."""

    at_least: Plain | None = None
    at_most: Plain | None = None

    def score(self, value: Decimal) -> Figure:
        reached = value >= self.at_least if self.at_least is not None else value <= (self.at_most or ZERO)
        return HUNDRED if reached else ZERO


class Achievement(Strict):
    """How far the target was reached, in per cent, and never more than `most`."""

    most: Score = HUNDRED

    def score(self, value: Decimal, target: Decimal | None, direction: Direction) -> Figure:
        if target is None:
            return NoData(Missing.NO_TARGET, "target")
        if direction == "lower":
            return self.most if value <= target else self._share(target, value)
        return self._share(value, target)

    def _share(self, part: Decimal, whole: Decimal) -> Figure:
        share = combined("/", part, whole, of="target")
        return share if isinstance(share, NoData) else within(EXACT.multiply(share, HUNDRED), ZERO, self.most)


class Deduction(Strict):
    """From a full score something is taken for each item that the measure counts."""

    start: Score = HUNDRED
    each: Annotated[Decimal, Shaped(gt=0, le=100, decimal_places=2)]

    def score(self, items: Decimal) -> Figure:
        return within(EXACT.subtract(self.start, EXACT.multiply(self.each, items)), ZERO, self.start)


class Standard(Strict):
    """Exactly one of the six ways."""

    proportional: Proportional | None = None
    bands: Annotated[list[Band], Shaped(min_length=1)] | None = None
    target: Achievement | None = None
    # The score of the first place, the second and so on; who shares a place shares its score, all others get 0.
    rank: Annotated[list[Score], Shaped(min_length=1)] | None = None
    reached: Reached | None = None
    deduction: Deduction | None = None

    @model_validator(mode="after")
    def _one_way(self) -> "Standard":
        ways = (self.proportional, self.bands, self.target, self.rank, self.reached, self.deduction)
        if sum(way is not None for way in ways) != 1:
            raise ValueError("give exactly one of proportional, bands, target, rank, reached, deduction")
        return self

    def objection(self, direction: Direction) -> str | None:
        """What about this standard does not fit together, or not with the direction of its measure."""
        if self.proportional is not None:
            return _of_a_proportion(self.proportional, direction)
        if self.reached is not None:
            return _of_a_bound(self.reached, direction)
        if self.bands:
            return _of_bands(self.bands, direction)
        if self.deduction is not None and direction == "higher":
            return "what is deducted for is better the lower it is"
        if self.rank and self.rank != sorted(self.rank, reverse=True):
            return "a better place must not have a lower score"
        return None

    def score(self, value: Decimal, *, target: Decimal | None, place: int | None, direction: Direction) -> Figure:
        """The score from 0 to 100; `place` is the rank of this value among all subjects."""
        if self.bands is not None:
            return next((band.score for band in self.bands if band.takes(value)), ZERO)
        if self.rank is not None:
            return self.rank[place - 1] if place is not None and place <= len(self.rank) else ZERO
        if self.target is not None:
            return self.target.score(value, target, direction)
        way = self.proportional or self.reached or self.deduction
        assert way is not None, "a standard has exactly one way"
        return way.score(value)


def _of_a_proportion(way: Proportional, direction: Direction) -> str | None:
    if way.zero == way.full:
        return "zero and full must differ"
    if (way.full > way.zero) != (direction == "higher"):
        return f"the {direction} the better, so full must be {direction} than zero"
    return None


def _of_a_bound(way: Reached, direction: Direction) -> str | None:
    if (way.at_least is None) == (way.at_most is None):
        return "give one of at_least, at_most"
    if (way.at_most if direction == "higher" else way.at_least) is not None:
        return _wrong_bound(direction)
    return None


def _of_bands(bands: list[Band], direction: Direction) -> str | None:
    """Bands go from the best to the rest, so that each value has one and a better value never a lower score."""
    *bounded, last = bands
    if last.at_least is not None or last.at_most is not None:
        return "the last band takes the rest and has no bound"
    if any((band.at_most if direction == "higher" else band.at_least) is not None for band in bounded):
        return _wrong_bound(direction)
    bounds = [band.at_least if direction == "higher" else band.at_most for band in bounded]
    known = [bound for bound in bounds if bound is not None]
    if len(known) < len(bounds):
        return "only the last band has no bound"
    if known != sorted(set(known), reverse=direction == "higher"):
        return "bands go from the best to the worst"
    if (scores := [band.score for band in bands]) != sorted(scores, reverse=True):
        return "a better band must not have a lower score"
    return None


def _wrong_bound(direction: Direction) -> str:
    return f"the {direction} the better, so bounds are {'at_least' if direction == 'higher' else 'at_most'}"
