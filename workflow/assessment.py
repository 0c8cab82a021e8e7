"""Assessing: rows → figures → scores → totals → grades, for any regulation of that shape (QNT-1, FAIR-1).

Pure arithmetic on decimals. A figure is exact until it is shown, and rounded once, half up. What is decided by a
figure (a band, a rank, a pass, a grade) is decided by the one that people are shown; what is computed from it
uses the exact one. Every result names what it stands on.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from workflow.assessment_consequence import Proposal, placed, proposed
from workflow.assessment_figures import (
    EXACT,
    HUNDRED,
    ZERO,
    Figure,
    Missing,
    NoData,
    combined,
    rounded,
    weighted,
    within,
)
from workflow.assessment_formula import Aggregate, Condition, Name, Node, Number, aggregates_in, narrowed
from workflow.assessment_pack import AssessmentPack
from workflow.assessment_rows import Input, Rows, deviation
from workflow.assessment_shape import Grade, Measure, Scheme
from workflow.process import INVALID, N_, Objection, Refused

SCORE_DECIMALS = 2
ONE = Decimal(1)
NO_SCORE = NoData(Missing.NO_STANDARD, "total")


@dataclass(frozen=True)
class Result:
    """The value of a measure, exact and as it is shown, with all that it stands on: aggregates of rows, other measures.

    `parts` holds the same measure by item or by rater. `score` and `place` are there where the standard gives them.
    """

    measure: str
    value: Figure
    shown: Figure
    inputs: tuple[Input, ...]
    measures: tuple[str, ...] = ()
    parts: "Mapping[str, Result]" = field(default_factory=dict)
    score: Figure = NO_SCORE
    place: int | None = None
    target: Decimal | None = None


@dataclass(frozen=True)
class Given:
    """What one subject brings: its rows, its own targets by measure, and an adjustment with its reason (FAIR-1)."""

    rows: Rows
    targets: Mapping[str, Decimal] = field(default_factory=dict)
    factor: Decimal = ONE
    reason: str = ""


@dataclass(frozen=True)
class Assessed:
    """What came of one subject. `total` is no data where the regulation has no scheme, or where it must stay open."""

    results: Mapping[str, Result]
    total: Figure = NO_SCORE
    unadjusted: Figure = NO_SCORE
    grade: Grade | None = None
    left_out: tuple[str, ...] = ()

    @property
    def shown(self) -> Figure:
        return rounded(self.total, SCORE_DECIMALS)


def assess(pack: AssessmentPack, of: Mapping[str, Given], *, scheme: str | None = None) -> dict[str, Assessed]:
    """Assess all subjects of a period together, because ranks compare them. Raises Refused for an adjustment that is
    out of bounds or has no reason, KeyError for a scheme that the pack does not have."""
    scored = _scored(pack, of)
    if scheme is None:
        return {subject: Assessed(results) for subject, results in scored.items()}
    chosen = pack.schemes[scheme]
    return {subject: _totalled(chosen, results, of[subject], subject) for subject, results in scored.items()}


def proposals(pack: AssessmentPack, assessed: Mapping[str, Assessed]) -> list[Proposal]:
    """What the regulation attaches to these results, to be decided by whoever decides it."""
    return proposed(pack.consequences.values(), {subject: each.results for subject, each in assessed.items()})


def measured(pack: AssessmentPack, rows: Rows) -> dict[str, Result]:
    """Every measure of the pack for one subject, without scores."""
    reckoning = _Reckoning(pack, rows)
    return {name: reckoning.result(name) for name in pack.measures}


def opened(results: Mapping[str, Result], measure: str) -> set[tuple[str, str]]:
    """The rows that a result stands on in the end, through other measures and raters: pairs of source and key."""
    result = results[measure]
    found = {(input_.aggregate.source, key) for input_ in result.inputs for key in input_.rows}
    for name in result.measures:
        found |= opened(results, name)
    return found


def _scored(pack: AssessmentPack, of: Mapping[str, Given]) -> dict[str, dict[str, Result]]:
    results = {subject: measured(pack, given.rows) for subject, given in of.items()}
    for name, measure in pack.measures.items():
        shown = {subject: found[name].shown for subject, found in results.items()}
        places = placed(shown, lower_is_better=measure.direction == "lower")
        for subject, given in of.items():
            result, place = results[subject][name], places.get(subject)
            target = given.targets.get(name, measure.target)
            score = _score(measure, result, target, place)
            results[subject][name] = replace(result, place=place, target=target, score=score)
    return results


def _score(measure: Measure, result: Result, target: Decimal | None, place: int | None) -> Figure:
    standard = measure.standard
    if standard is None:
        return NoData(Missing.NO_STANDARD, result.measure)
    # What lies in a band or reaches a bound is decided; what is in proportion is computed.
    value = result.shown if standard.bands is not None or standard.reached is not None else result.value
    if isinstance(value, NoData):
        return value
    score = standard.score(value, target=target, place=place, direction=measure.direction)
    return NoData(score.why, result.measure) if isinstance(score, NoData) else score


def _totalled(scheme: Scheme, results: Mapping[str, Result], given: Given, subject: str) -> Assessed:
    factor = checked_factor(scheme, given.factor, given.reason, subject)
    parts, missing = list[tuple[Decimal, Decimal]](), list[str]()
    for name, weight in scheme.weights.items():
        score = results[name].score
        if isinstance(score, NoData):
            missing.append(name)
        else:
            assert weight is not None, "a pack with a blank is never put in force"
            parts.append((weight, score))
    if not parts or (missing and scheme.without_data == "open"):
        open_ = results[missing[0]].score
        return Assessed(results, open_, open_, None, tuple(missing))
    unadjusted = weighted(parts)
    total = within(EXACT.multiply(unadjusted, factor), ZERO, HUNDRED)
    return Assessed(results, total, unadjusted, grade_of(scheme, total), tuple(missing))


def grade_of(scheme: Scheme, total: Decimal) -> Grade | None:
    """The grade of a total; None where the scheme has no grades."""
    shown = rounded(total, SCORE_DECIMALS)
    reached = [grade for grade in scheme.grades or () if not isinstance(shown, NoData) and shown >= grade.at_least]
    return reached[0] if reached else None


def checked_factor(scheme: Scheme, factor: Decimal, reason: str, name: str) -> Decimal:
    """FAIR-1: the adjustment of a total, within the bounds of the scheme and with its reason. Raises Refused."""
    bounds = scheme.adjustment
    lowest = bounds.lowest if bounds is not None and bounds.lowest is not None else ONE
    highest = bounds.highest if bounds is not None and bounds.highest is not None else ONE
    if not factor.is_finite() or not lowest <= factor <= highest:
        raise Refused([Objection(
            INVALID, N_("The factor for %(name)s must lie between %(lowest)s and %(highest)s."), field="adjustments",
            name=name, lowest=f"{lowest:.2f}", highest=f"{highest:.2f}",
        )], "FAIR-1")  # fmt: skip
    if factor != ONE and not reason.strip():
        why = N_("Give the reason for adjusting %(name)s; it is printed in the letter.")
        raise Refused([Objection(INVALID, why, field="adjustments", name=name)], "FAIR-1")
    return factor


class _Reckoning:
    """The measures of one pack on the rows of one subject; each is computed once, whoever refers to it."""

    def __init__(self, pack: AssessmentPack, rows: Rows) -> None:
        self.pack, self.rows = pack, rows
        self.figures = pack.named_figures()
        self.results: dict[str, Result] = {}

    def result(self, name: str) -> Result:
        if name not in self.results:
            self.results[name] = self._computed(name, self.pack.measures[name])
        return self.results[name]

    def _computed(self, name: str, measure: Measure) -> Result:
        parts = dict(self._parts(name, measure))
        if measure.raters is None:
            return replace(self._of_tree(name, measure, measure.tree), parts=parts)
        value = _weighed(measure, parts)
        inputs = tuple(input_ for part in parts.values() for input_ in part.inputs)
        return Result(name, value, rounded(value, measure.decimals), inputs, parts=parts)

    def _parts(self, name: str, measure: Measure) -> Iterator[tuple[str, Result]]:
        """The measure for every choice of its field, or for every rater."""
        split = "rater" if measure.raters is not None else measure.by
        if split is None:
            return
        source = next(a.source for a in aggregates_in(measure.tree) if split in self.pack.sources[a.source].fields)
        for choice in measure.raters or self.pack.sources[source].fields[split].choices or ():
            yield choice, self._of_tree(name, measure, narrowed(measure.tree, source, Condition(split, "=", choice)))

    def _of_tree(self, name: str, measure: Measure, tree: Node) -> Result:
        inputs, measures = list[Input](), list[str]()
        value = self._value(tree, name, inputs, measures)
        return Result(name, value, rounded(value, measure.decimals), tuple(inputs), tuple(measures))

    def _value(self, node: Node, of: str, inputs: list[Input], measures: list[str]) -> Figure:
        match node:
            case Number():
                return node.value
            case Name() if node.name in self.pack.measures:
                measures.append(node.name)
                return self.result(node.name).value
            case Name():
                return self.figures.get(node.name, NoData(Missing.BLANK, node.name))
            case Aggregate():
                return self._drawn(node, of, inputs)
            case _:
                left = self._value(node.left, of, inputs, measures)
                return combined(node.sign, left, self._value(node.right, of, inputs, measures), of=of)

    def _drawn(self, aggregate: Aggregate, of: str, inputs: list[Input]) -> Figure:
        """A figure from the rows: a mean and a deviation from their sums."""
        words = [condition.than for condition in aggregate.where if condition.than in self.pack.figures]
        if blank := [word for word in words if word not in self.figures]:
            return NoData(Missing.BLANK, str(blank[0]))
        column = aggregate.field or self.pack.sources[aggregate.source].only_field
        if aggregate.function == "count":
            return self._sum(aggregate, inputs)
        whole = replace(aggregate, field=column)
        if aggregate.function not in ("mean", "deviation"):
            return self._sum(whole, inputs)
        sum_ = self._sum(replace(whole, function="sum"), inputs)
        count = self._sum(replace(whole, function="count"), inputs)
        if aggregate.function == "mean":
            return combined("/", sum_, count, of=of)
        return deviation(count, sum_, self._sum(replace(whole, function="squares"), inputs), of=of)

    def _sum(self, aggregate: Aggregate, inputs: list[Input]) -> Figure:
        found = self.rows.drawn(aggregate, self.figures)
        inputs.append(found)
        return found.figure


def _weighed(measure: Measure, parts: Mapping[str, Result]) -> Figure:
    """The raters' values by their weights; a rater without an answer leaves the measure without data."""
    pairs = list[tuple[Decimal, Decimal]]()
    for rater, weight in (measure.raters or {}).items():
        value = parts[rater].value
        if isinstance(value, NoData):
            return NoData(value.why, rater)
        if weight is None:
            return NoData(Missing.BLANK, rater)
        pairs.append((weight, value))
    return weighted(pairs)
