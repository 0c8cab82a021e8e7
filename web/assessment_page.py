"""A regulation about assessing as its page shows it: everything is drawn from one stored edition.

Each part says where the company's own values stand; nothing is restated or computed here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _

from web import assessment_told as told
from web import assessment_words as words
from web.assessment_words import amount, number
from web.case_words import names
from web.regulation_tables import worded
from workflow.assessment_formula import Name, aggregates_in, parts_of
from workflow.assessment_pack import AssessmentPack
from workflow.assessment_shape import Adjustment, Measure, Scheme
from workflow.assessment_source import Source
from workflow.own_values import OwnValues


@dataclass(frozen=True)
class Value:
    """A name with what stands there, and whether that is the company's own."""

    name: str
    value: str
    is_own: bool
    rule: str = ""


@dataclass(frozen=True)
class MeasureLine:
    """One measure as a row of the table."""

    id: str
    rule: str
    title: str
    dimension: str
    words: str
    parts: str
    raters: tuple[Value, ...]
    unit: str
    lower_is_better: bool
    origins: tuple[str, ...]
    target: Value | None
    weights: tuple[Value, ...]
    standard: told.Told | None
    standard_is_own: bool


@dataclass(frozen=True)
class GradeLine:
    title: str
    at_least: str
    leads_to: str


@dataclass(frozen=True)
class SchemeShown:
    """A total: what without data becomes of it, how it may be adjusted, and its grades."""

    rule: str
    title: str
    without_data: str
    adjustment: Value | None
    grades: tuple[GradeLine, ...]
    grades_are_own: bool


@dataclass(frozen=True)
class SourceShown:
    """Where rows come from and what each says."""

    title: str
    origin: str
    fields: tuple[Value, ...]
    remarks: tuple[str, ...]
    raters: str


@dataclass(frozen=True)
class Frame:
    """Over which cycles whom, and how much satisfaction weighs at least."""

    cycles: str
    subjects: str
    concerns: str
    satisfaction: str


def frame(pack: AssessmentPack, departments: Mapping[str, str]) -> Frame:
    """`departments`: the company's, their names by their short names."""
    least = pack.satisfaction_at_least
    return Frame(
        cycles=names(_(words.CYCLES[cycle]) for cycle in pack.cycles),
        subjects=names(_(words.SUBJECTS[subject]) for subject in pack.subjects),
        concerns=names(departments.get(slug, slug) for slug in pack.concerns),
        satisfaction=_("at least %(share)s of every total", share=amount(least, "percent")) if least else "",
    )


def measures(pack: AssessmentPack, own: OwnValues) -> list[MeasureLine]:
    return [_measure(pack, own, name, measure) for name, measure in pack.measures.items()]


def _measure(pack: AssessmentPack, own: OwnValues, name: str, measure: Measure) -> MeasureLine:
    return MeasureLine(
        id=name, rule=measure.rule, title=worded(measure.title),
        dimension=_(words.DIMENSIONS[measure.about]) if measure.about is not None else "",
        words=worded(measure.words), parts=_field_title(pack, measure, measure.by), unit=_(words.UNITS[measure.unit]),
        raters=tuple(_raters(pack, own, name, measure)), lower_is_better=measure.direction == "lower",
        origins=tuple(_origins(pack, measure)), target=_target(own, name, measure),
        weights=tuple(_weights(pack, own, name)), standard=told.standard(measure),
        standard_is_own=own.at("measures", name, "standard"),
    )  # fmt: skip


def _field_title(pack: AssessmentPack, measure: Measure, field: str | None) -> str:
    """What the field is called by which the measure is split; the first source of the formula that has it says."""
    sources = (pack.sources[aggregate.source] for aggregate in aggregates_in(measure.tree))
    return next((worded(source.fields[field].title) for source in sources if field in source.fields), "")


def _raters(pack: AssessmentPack, own: OwnValues, name: str, measure: Measure) -> Iterator[Value]:
    sources = [pack.sources[aggregate.source] for aggregate in aggregates_in(measure.tree)]
    choices = next((source.fields["rater"].choices for source in sources if "rater" in source.fields), None) or {}
    for rater, weight in (measure.raters or {}).items():
        yield Value(worded(choices[rater]), _share(weight), own.at("measures", name, "raters", rater))


def _origins(pack: AssessmentPack, measure: Measure) -> Iterator[str]:
    """客户调查（问卷调查）; of a measure on other measures, these."""
    sources = dict.fromkeys(aggregate.source for aggregate in aggregates_in(measure.tree))
    for source in (pack.sources[name] for name in sources):
        yield _("%(source)s (%(origin)s)", source=worded(source.title), origin=_(words.ORIGINS[source.origin]))
    for part in parts_of(measure.tree):
        if isinstance(part, Name) and part.name in pack.measures:
            yield told.title(pack, part.name)


def _target(own: OwnValues, name: str, measure: Measure) -> Value | None:
    if measure.target is not None:
        return Value("", amount(measure.target, measure.unit), own.at("measures", name, "target"))
    if measure.standard is not None and measure.standard.target is not None:
        return Value("", _("set for each by itself"), False)
    return None


def _weights(pack: AssessmentPack, own: OwnValues, measure: str) -> Iterator[Value]:
    """The weight in each total; the total is named where the regulation has several."""
    for name, scheme in pack.schemes.items():
        if measure in scheme.weights:
            title = worded(scheme.title) if len(pack.schemes) > 1 else ""
            yield Value(title, _share(scheme.weights[measure]), own.at("schemes", name, "weights", measure))


def _share(weight: Decimal | None) -> str:
    return amount(weight, "percent") if weight is not None else _("left open")


# --- totals, figures, sources ---------------------------------------------------------------------


def schemes(pack: AssessmentPack, own: OwnValues) -> list[SchemeShown]:
    return [_scheme(pack, own, name, scheme) for name, scheme in pack.schemes.items()]


def _scheme(pack: AssessmentPack, own: OwnValues, name: str, scheme: Scheme) -> SchemeShown:
    if scheme.without_data == "open":
        without = _("While a weighed measure has no data the total stays open.")
    else:
        without = _("A measure without data is left out; the other weights stand for the whole.")
    adjustment = None
    if scheme.adjustment is not None:
        adjustment = Value("", _adjustment(scheme.adjustment), own.at("schemes", name, "adjustment"))
    grades = tuple(
        GradeLine(
            worded(grade.title), number(grade.at_least), names(worded(pack.outcomes[word]) for word in grade.leads_to)
        )
        for grade in scheme.grades or ()
    )
    is_own = own.at("schemes", name, "grades")
    return SchemeShown(scheme.rule, worded(scheme.title), without, adjustment, grades, is_own)


def _adjustment(bounds: Adjustment) -> str:
    if bounds.lowest is None or bounds.highest is None:
        return _("For special circumstances a total may be adjusted by a factor, with its reason.")
    return _(
        "For special circumstances a total may be adjusted by a factor from %(lowest)s to %(highest)s, "
        "with its reason.",
        lowest=f"{bounds.lowest:.2f}", highest=f"{bounds.highest:.2f}",
    )  # fmt: skip


def figures(pack: AssessmentPack, own: OwnValues) -> list[Value]:
    return [
        Value(
            worded(figure.title), amount(figure.value, figure.unit) if figure.value is not None else _("left open"),
            own.at("figures", name, "value"), figure.rule,
        )
        for name, figure in pack.figures.items()
    ]  # fmt: skip


def sources(pack: AssessmentPack, own: OwnValues) -> list[SourceShown]:
    return [
        SourceShown(
            worded(source.title), _(words.ORIGINS[source.origin]), tuple(_fields(own, name, source)),
            tuple(words.remarks(source)),
            names(_(words.RATERS[rater]) for rater in source.raters) if source.is_rated_within else "",
        )
        for name, source in pack.sources.items()
    ]  # fmt: skip


def _fields(own: OwnValues, name: str, source: Source) -> Iterator[Value]:
    for word, field in source.fields.items():
        choices = {key: worded(choice) for key, choice in (field.choices or {}).items()}
        taken = words.takes(field, choices)
        if field.comment:
            taken = _("%(taken)s, with a comment", taken=taken)
        yield Value(worded(field.title), taken, own.at("sources", name, "fields", word))


def consequences(pack: AssessmentPack, own: OwnValues) -> list[told.Follows]:
    return [
        told.consequence(pack, consequence, is_own=own.at("consequences", name))
        for name, consequence in pack.consequences.items()
    ]


def steps(pack: AssessmentPack) -> list[Value]:
    return [Value(worded(step.title), "", False, step.rule) for step in pack.steps.values()]
