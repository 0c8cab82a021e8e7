"""Stored results as people read them: figures with their units, why there is none, and what was put in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from models import Assessed, AssessmentResult
from web.assessment_sum_words import drawn_from
from web.assessment_words import amount, number
from web.regulation_tables import worded
from web.session import actor
from workflow import assessment_roles
from workflow.assessment_figures import Missing
from workflow.assessment_opened import aggregates
from workflow.assessment_pack import AssessmentPack
from workflow.assessment_shape import Grade, Scheme, SubjectKind
from workflow.assessment_source import Source
from workflow.process import N_

# Why there is no figure; `of` is the source, measure, rater or item that is missing.
MISSING = {
    Missing.NO_ROWS: N_("no data: nothing was recorded"),
    Missing.DIVIDED_BY_ZERO: N_("no data: there is nothing to divide by"),
    Missing.OUT_OF_RANGE: N_("no data: the figure is beyond all measure"),
    Missing.NO_TARGET: N_("no score: no target is set"),
    Missing.NO_STANDARD: N_("shown, not scored"),
    Missing.BLANK: N_("no data: the regulation leaves a value open"),
    Missing.NOT_ANSWERED: N_("no data: a question was not answered"),
    Missing.NOT_KEPT: N_("no data: the system does not keep these records"),
}
FUNCTIONS = {
    "count": N_("number"), "sum": N_("sum"), "squares": N_("sum of the squares"), "lowest": N_("lowest"),
    "highest": N_("highest"),
}  # fmt: skip
KINDS = {
    SubjectKind.PERSON: N_("Employees"), SubjectKind.TEAM: N_("Teams"), SubjectKind.DEPARTMENT: N_("Departments"),
    SubjectKind.PARTNER: N_("Business partners"),
}  # fmt: skip
HIDDEN = N_("shown once five have answered")
PEERS_HIDDEN = N_("shown once three peers have answered")
STAGES = {"open": N_("Open"), "submitted": N_("With the heads"), "closed": N_("Closed")}
# What was done with an assessment, after the name of who did it.
DONE = {
    "open": N_("opened the assessment"), "submit": N_("submitted the results"), "review": N_("reviewed the results"),
    "return": N_("returned the results"), "close": N_("closed the assessment"),
}  # fmt: skip


def stage(name: str) -> str:
    return _(STAGES[name])


def done(action: str) -> str:
    return _(DONE[action])


def why(missing: list[str] | None) -> str:
    """The reason in words; nothing where there is a figure."""
    return _(MISSING[Missing(missing[0])]) if missing else ""


def kind(name: str) -> str:
    return _(KINDS[SubjectKind(name)])


@dataclass(frozen=True)
class Put:
    """One sum that was put in, and the address at which its rows are opened, if the reader may."""

    source: str
    function: str
    drawn_from: str
    figure: str
    rows: str
    has_rows: bool
    at: int
    opens: bool
    is_kept: bool


@dataclass(frozen=True)
class Line:
    """One measure of one subject; `parts` are the same by item or rater."""

    measure: str
    part: str
    title: str
    rule: str
    words: str
    value: str
    missing: str
    score: str
    unscored: str
    place: int | None
    target: str
    weight: str
    is_hidden: bool
    puts: tuple[Put, ...]
    stands_on: tuple[str, ...]
    parts: "tuple[Line, ...]" = ()
    before: str = ""


def value(pack: AssessmentPack, measure: str, shown: Decimal | None) -> str:
    return amount(shown, pack.measures[measure].unit) if shown is not None else ""


def is_hidden(pack: AssessmentPack, result: AssessmentResult) -> bool:
    return assessment_roles.is_kept(pack, result, actor())


def lines(
    pack: AssessmentPack, scheme: Scheme | None, assessed: Assessed, before: Mapping[tuple[str, str | None], str]
) -> list[Line]:
    whole = [result for result in assessed.results if result.part is None]
    parts: dict[str, list[Line]] = {}
    for result in assessed.results:
        if result.part is not None:
            parts.setdefault(result.measure, []).append(_line(pack, scheme, result, before))
    return [_line(pack, scheme, result, before, tuple(parts.get(result.measure, ()))) for result in whole]


def _line(
    pack: AssessmentPack, scheme: Scheme | None, result: AssessmentResult,
    before: Mapping[tuple[str, str | None], str], parts: tuple[Line, ...] = (),
) -> Line:  # fmt: skip
    measure, hidden = pack.measures[result.measure], is_hidden(pack, result)
    weight = scheme.weights.get(result.measure) if scheme is not None and result.part is None else None
    return Line(
        measure=result.measure, part=result.part or "", rule=measure.rule, words=worded(measure.words),
        title=worded(measure.title) if result.part is None else part_title(pack, result.measure, result.part),
        value="" if hidden else value(pack, result.measure, result.shown),
        missing=_hidden(pack, result) if hidden else why(result.missing),
        score="" if hidden or result.score is None else number(result.score.quantize(Decimal("0.01"))),
        unscored="" if hidden or result.missing else why(result.unscored),
        place=None if hidden else result.place,
        target=value(pack, result.measure, result.target), weight=amount(weight, "percent") if weight else "",
        is_hidden=hidden, puts=() if hidden else tuple(_puts(pack, result)),
        stands_on=tuple(worded(pack.measures[name].title) for name in result.measures), parts=parts,
        before=before.get((result.measure, result.part), ""),
    )  # fmt: skip


def _hidden(pack: AssessmentPack, result: AssessmentResult) -> str:
    return _(PEERS_HIDDEN) if assessment_roles.too_few_peers(pack, result) else _(HIDDEN)


def part_title(pack: AssessmentPack, measure: str, part: str) -> str:
    """The name of an item or rater."""
    for name in assessment_roles.sources_of(pack, measure):
        for field in pack.sources[name].fields.values():
            if part in (field.choices or {}):
                return worded((field.choices or {})[part])
    return part


def _puts(pack: AssessmentPack, result: AssessmentResult) -> Iterator[Put]:
    sums = aggregates(pack, result.measure, result.part)
    for at, (aggregate, each) in enumerate(zip(sums, result.inputs, strict=True)):
        function = FUNCTIONS[each["function"]]
        source = pack.sources[each["source"]]
        is_kept = assessment_roles.is_of_few_peers(pack, aggregate, each["rows"])
        figure = number(Decimal(each["figure"])) if each["figure"] is not None else why(each["missing"])
        yield Put(
            worded(source.title), _(function), drawn_from(pack, aggregate),
            _(PEERS_HIDDEN) if is_kept else figure,
            ngettext("%(num)s record", "%(num)s records", each["rows"]), bool(each["rows"]), at,
            bool(each["rows"]) and not is_kept and assessment_roles.opens_rows(pack, each["source"], actor()),
            is_kept,
        )  # fmt: skip


def hides_total(pack: AssessmentPack, scheme: Scheme | None, results: list[AssessmentResult]) -> bool:
    """A total would tell what a hidden line says; parts of a measure are not in it by themselves."""
    weighed = scheme.weights if scheme is not None else {}
    return any(
        result.part is None and result.measure in weighed and is_hidden(pack, result) for result in results
    )  # fmt: skip


def grade(scheme: Scheme | None, at: int | None) -> str:
    grades: list[Grade] = list(scheme.grades or ()) if scheme is not None else []
    return worded(grades[at].title) if at is not None and at < len(grades) else ""


def said(source: Source, field: str, found: Any) -> str:
    """What a row says in one field."""
    if found is None:
        return "–"
    if isinstance(found, Decimal):
        return number(found)
    choices = source.fields[field].choices or {}
    if found in choices:
        return worded(choices[found])
    return {"yes": _("yes"), "no": _("no")}.get(found, str(found))
