"""What must fit together in a pack about assessing, each objection with its place in the file."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from workflow.assessment_checklist import Checklist
from workflow.assessment_figures import HUNDRED, total
from workflow.assessment_formula import Aggregate, Condition, FormulaRefused, aggregates_in, names_in
from workflow.assessment_shape import Dimension, Measure, Scheme
from workflow.assessment_source import PEERS, RATER, Field, Origin, Source
from workflow.regulation import Place

if TYPE_CHECKING:
    from workflow.assessment_pack import AssessmentPack

Gap = tuple[Place, str]
BY_PEERS_ALONE = "few peers would be known by a figure that is theirs alone; let others rate as well and weigh them"


def gaps(pack: "AssessmentPack") -> Iterator[Gap]:
    """Everything that does not fit together, the formulas first: what else is looked at stands on them."""
    yield from _rules(pack)
    for name in pack.measures.keys() & pack.figures.keys():
        yield ("measures", name), f"“{name}” is a figure already"
    yield from _wholes(pack)
    for name, source in pack.sources.items():
        yield from (((("sources", name, *place)), why) for place, why in _raters(pack, source))
    unread = list(_formulas(pack))
    yield from unread
    if unread:
        return
    yield from _loops(pack)
    for name, measure in pack.measures.items():
        yield from _measure(pack, name, measure)
    for name, scheme in pack.schemes.items():
        yield from (((("schemes", name, *place)), why) for place, why in _scheme(pack, scheme))
    yield from _consequences(pack)
    for name, checklist in pack.checklists.items():
        yield from (((("checklists", name, *place)), why) for place, why in _checklist(pack, checklist))


def _rules(pack: "AssessmentPack") -> Iterator[Gap]:
    """Everything cites a rule of its own pack."""
    for part in ("figures", "measures", "schemes", "consequences", "steps", "checklists"):
        for name, cited in getattr(pack, part).items():
            if cited.rule not in pack.rules:
                yield (part, name, "rule"), f"this regulation has no rule {cited.rule}"


def _wholes(pack: "AssessmentPack") -> Iterator[Gap]:
    for name, source in pack.sources.items():
        for field in (*source.never_above.keys(), *source.never_above.values()):
            if field not in source.fields or not source.fields[field].is_number:
                yield ("sources", name, "never_above"), f"{name} has no number “{field}”"


def _raters(pack: "AssessmentPack", source: Source) -> Iterator[Gap]:
    """Who rates: only where people are asked; a superior or a peer rates a person, once, under nobody's promise."""
    if source.rated_by is None:
        return
    if source.origin is not Origin.SURVEYS:
        yield ("rated_by",), "only the answers of surveys are given by raters"
    if not source.rated_by or len(set(source.rated_by)) != len(source.rated_by):
        yield ("rated_by",), "name who rates, each once"
    rater = source.fields.get(RATER)
    if rater is not None and (rater.kind != "choice" or set(rater.choices or ()) != set(source.rated_by)):
        yield ("fields", RATER), "the choices of “rater” are not those of rated_by"
    if source.is_rated_within:
        yield from _rated_within(pack, source)


def _rated_within(pack: "AssessmentPack", source: Source) -> Iterator[Gap]:
    if "person" not in pack.subjects:
        yield ("rated_by",), "superiors and peers rate people, and this regulation assesses none"
    if source.answers != "named":
        yield ("rated_by",), "what superiors and peers give has a promise of its own; leave `answers` named"
    if source.once or source.never_above:
        yield ("rated_by",), "several people rate one person; once and never_above do not go with that"
    if source.raters == (PEERS,):
        yield ("rated_by",), BY_PEERS_ALONE


def _formulas(pack: "AssessmentPack") -> Iterator[Gap]:
    for name, measure in pack.measures.items():
        try:
            tree = measure.tree
        except FormulaRefused as refused:
            yield ("measures", name, "formula"), str(refused)
            continue
        known = {*pack.measures, *pack.figures}
        objections = [
            *(f"no measure and no figure is called “{word}”" for word in names_in(tree) if word not in known),
            *(why for aggregate in aggregates_in(tree) for why in _aggregate(pack, aggregate)),
        ]
        if not aggregates_in(tree) and not any(word in pack.measures for word in names_in(tree)):
            objections.append(f"{name} has no source: its formula refers to no rows and to no measure")
        yield from ((("measures", name, "formula"), why) for why in objections)


def _aggregate(pack: "AssessmentPack", aggregate: Aggregate) -> Iterator[str]:
    source = pack.sources.get(aggregate.source)
    if source is None:
        yield f"no source is called “{aggregate.source}”"
        return
    field = aggregate.field or (None if aggregate.function == "count" else source.only_field)
    if field is None and aggregate.function != "count":
        yield f"say which field of {aggregate.source} {aggregate.function} is of"
    elif field is not None and field not in source.fields:
        yield f"{aggregate.source} has no field “{field}”"
    elif field is not None and aggregate.function != "count" and not source.fields[field].is_number:
        yield f"{aggregate.source}.{field} is no number"
    if source.is_rated_within and aggregate.is_only(RATER, PEERS):
        yield BY_PEERS_ALONE
    for condition in aggregate.where:
        yield from _condition(pack, aggregate.source, source, condition)


def _condition(pack: "AssessmentPack", name: str, source: Source, condition: Condition) -> Iterator[str]:
    field = source.fields.get(condition.field)
    if field is None:
        yield f"{name} has no field “{condition.field}”"
    elif field.is_number and not _is_number(pack, source, condition):
        yield f"{name}.{condition.field} is a number; compare it with one"
    elif not field.is_number:
        if condition.sign != "=":
            yield f"{name}.{condition.field} can only be equal to a word"
        elif not _is_word_of(field, condition):
            yield f"{name}.{condition.field} is never “{condition.than}”"


def _is_number(pack: "AssessmentPack", source: Source, condition: Condition) -> bool:
    than = condition.than
    if not isinstance(than, str):
        return True
    return than in pack.figures or (than in source.fields and source.fields[than].is_number)


def _is_word_of(field: Field, condition: Condition) -> bool:
    if field.kind == "yes_no":
        return condition.than in ("yes", "no")
    # Choices that the company has not given yet leave nothing to compare with.
    return not field.choices or condition.than in field.choices


def _loops(pack: "AssessmentPack") -> Iterator[Gap]:
    """Measures that stand on themselves."""
    on = {name: {word for word in names_in(m.tree) if word in pack.measures} for name, m in pack.measures.items()}
    while free := [name for name, words in on.items() if not words & on.keys()]:
        for name in free:
            del on[name]
    for name in on:
        yield ("measures", name, "formula"), f"{name} stands on itself: {', '.join(sorted(on))} refer to each other"


def _measure(pack: "AssessmentPack", name: str, measure: Measure) -> Iterator[Gap]:
    place = ("measures", name)
    if measure.standard is not None and (why := measure.standard.objection(measure.direction)) is not None:
        yield (*place, "standard"), why
    if measure.by is not None and measure.raters is not None:
        yield (*place, "by"), "a measure is computed by item or by rater, not by both"
    for field, words in (("by", None), ("raters", measure.raters)):
        of = measure.by if field == "by" else "rater" if words is not None else None
        if of is not None:
            yield from (((*place, field), why) for why in _split(pack, measure, of, words))
    if set(measure.raters or ()) == {PEERS}:
        yield (*place, "raters"), BY_PEERS_ALONE
    weights = [weight for weight in (measure.raters or {}).values() if weight is not None]
    if measure.raters is not None and len(weights) == len(measure.raters) and total(weights) != HUNDRED:
        yield (*place, "raters"), f"the weights of the raters add up to {total(weights)}, not 100"


def _split(pack: "AssessmentPack", measure: Measure, field: str, words: Iterable[str] | None) -> Iterator[str]:
    """What is computed for each choice of a field stands on one source that has it, and on no other measure."""
    holding = {a.source for a in aggregates_in(measure.tree) if field in pack.sources[a.source].fields}
    if len(holding) != 1:
        yield f"the formula stands on {len(holding)} sources with a field “{field}”, not on one"
        return
    choices = pack.sources[holding.pop()].fields[field]
    if choices.kind != "choice":
        yield f"the field “{field}” has no choices"
    for word in words or ():
        if choices.choices and word not in choices.choices:
            yield f"the field “{field}” is never “{word}”"
    if any(word in pack.measures for word in names_in(measure.tree)):
        yield f"what is computed by {field} refers to no other measure"


def _scheme(pack: "AssessmentPack", scheme: Scheme) -> Iterator[Gap]:
    for name in scheme.weights:
        if name not in pack.measures:
            yield ("weights", name), f"no measure is called “{name}”"
            return
    weights = {name: weight for name, weight in scheme.weights.items() if weight is not None}
    sum_, is_complete = total(weights.values()), len(weights) == len(scheme.weights)
    if sum_ > HUNDRED or (is_complete and sum_ != HUNDRED):
        yield ("weights",), f"the weights add up to {sum_}, not 100"
    if pack.satisfaction_at_least is not None and is_complete:
        about = [weight for name, weight in weights.items() if pack.measures[name].about is Dimension.SATISFACTION]
        if total(about) < pack.satisfaction_at_least:
            yield ("weights",), f"satisfaction weighs {total(about)}, less than {pack.satisfaction_at_least} (DEPT-1)"
    yield from _grades(pack, scheme)


def _grades(pack: "AssessmentPack", scheme: Scheme) -> Iterator[Gap]:
    bounds = [grade.at_least for grade in scheme.grades or ()]
    if bounds and (bounds[-1] != 0 or bounds != sorted(set(bounds), reverse=True)):
        yield ("grades",), "grades go from the best to the worst, and the last begins at 0"
    for word in (word for grade in scheme.grades or () for word in grade.leads_to):
        if word not in pack.outcomes:
            yield ("grades",), f"no outcome is called “{word}”"


def _consequences(pack: "AssessmentPack") -> Iterator[Gap]:
    for name, consequence in pack.consequences.items():
        for measure in consequence.measures():
            if measure not in pack.measures:
                yield ("consequences", name), f"no measure is called “{measure}”"
            elif consequence.per_item is not None and pack.measures[measure].by is None:
                yield ("consequences", name), f"{measure} is not computed by item"
        if consequence.missed is not None and consequence.missed.whom not in {"subject", *pack.posts}:
            yield ("consequences", name, "missed", "whom"), f"no post is called “{consequence.missed.whom}”"


def _checklist(pack: "AssessmentPack", checklist: Checklist) -> Iterator[Gap]:
    for place, post in checklist.posts():
        if post not in pack.posts:
            yield place, f"no post is called “{post}”"
    for rule in (checklist.failed_items.rule, checklist.joint.rule):
        if rule not in pack.rules:
            yield (), f"this regulation has no rule {rule}"
    yield from checklist.gaps()
