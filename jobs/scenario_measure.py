"""What a story measures, assesses and inspects: rows from the file, the engine's figures beside the expected ones.

measure: OB-1                 the measures of one rule, on rows of nobody in particular
assess: kpi                   a whole regulation for named subjects, with its total, grade and proposals
inspect: sales                a visit by a checklist: what was missed, its score and its proposals
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from decimal import Decimal
from typing import Any

from jobs.scenario_part import Part
from workflow import assessment, packs
from workflow.assessment import Assessed, Given, Result
from workflow.assessment_checklist import Checklist, Finding, visited
from workflow.assessment_consequence import Proposal
from workflow.assessment_entry import Row, RowRefused
from workflow.assessment_figures import Figure, NoData, rounded
from workflow.assessment_formula import aggregates_in, names_in
from workflow.assessment_pack import AssessmentPack
from workflow.assessment_rows import ListedRows
from workflow.assessment_source import Source
from workflow.process import Refused

MOST_ROWS = 1_000_000
Values = dict[str, dict[str, Any]]
# The checklists of inspections stand in one regulation (MS-2).
INSPECTIONS = "mystery-shopper"


def measure(what: dict[str, Any], values: Values) -> str:
    """Compare the measures of a rule with what is expected; AssertionError where they differ."""
    pack = next(found for found in _packs(values) if any(m.rule == what["measure"] for m in found.measures.values()))
    asked = [name for name, measure in pack.measures.items() if measure.rule == what["measure"]]
    sources = {name: pack.sources[name] for name in _sources_of(pack, asked)}
    results = assessment.measured(pack, _listed(pack, _rows(sources, what["data"]), what["data"]))
    _compare(_expected(what["value"], asked), {name: results[name].shown for name in asked}, "")
    return ", ".join(f"{name} {results[name].shown}" for name in asked)


def assess(what: dict[str, Any], values: Values) -> str:
    """Assess the subjects of a step by one regulation and compare figures, grades and proposals."""
    pack = packs.assessment(what["assess"], filled=values.get(what["assess"]))
    of = {subject: _given(pack, subject, data, what) for subject, data in what["data"].keys().items()}
    scheme = _scheme(pack, what)
    for part in (part for key in ("targets", "factors", "value") if key in what for part in _strangers(what[key], of)):
        raise part.refused(f"nothing was given of “{part.name}”")
    try:
        found = assessment.assess(pack, of, scheme=scheme)
    except Refused as refusal:
        if what.get("refused") != refusal.code:
            raise AssertionError(f"refused as {refusal.code}: {refusal}") from None
        return f"refused: {refusal.code}"
    assert "refused" not in what, f"was carried out, though it must be refused as {what.get('refused')}"
    for subject, part in what["value"].keys().items() if "value" in what else ():
        _compare(part.keys(), _figures(found[subject]), f"{subject}: ")
    if "proposals" in what:
        _compare_proposals(what["proposals"], assessment.proposals(pack, found))
    return ", ".join(f"{subject} {each.shown}" for subject, each in found.items())


def _scheme(pack: AssessmentPack, what: dict[str, Any]) -> str | None:
    """The scheme that the step names, else the first; none where the regulation has none."""
    if "scheme" in what:
        return str(what["scheme"].word(pack.schemes, "no scheme is called “{}”"))
    return next(iter(pack.schemes), None)


def inspect(what: dict[str, Any], values: Values) -> str:
    """Score a visit on which everything was met but what the step names, and compare score and proposals."""
    pack = packs.assessment(INSPECTIONS, filled=values.get(INSPECTIONS))
    checklist = pack.checklists[what["inspect"].word(pack.checklists, "no checklist is called “{}”")]
    visit = visited(checklist, dict(_findings(checklist, what)))
    _compare(what["value"].keys(), {"score": visit.score, **visit.modules}, "")
    if "proposals" in what:
        _compare_proposals(what["proposals"], visit.proposals)
    return f"score {visit.score}"


def _strangers(part: Part, known: Collection[str]) -> list[Part]:
    return [each for subject, each in part.keys().items() if subject not in known]


def _packs(values: Values) -> Iterator[AssessmentPack]:
    for slug in packs.ASSESSMENTS:
        yield packs.assessment(slug, filled=values.get(slug))


def _sources_of(pack: AssessmentPack, names: Iterable[str]) -> list[str]:
    """The sources that these measures stand on, through other measures too."""
    found = list[str]()
    for name in names:
        tree = pack.measures[name].tree
        found += [aggregate.source for aggregate in aggregates_in(tree)]
        found += _sources_of(pack, [word for word in names_in(tree) if word in pack.measures])
    return list(dict.fromkeys(found))


def _given(pack: AssessmentPack, subject: str, data: Part, what: dict[str, Any]) -> Given:
    targets = what["targets"].keys().get(subject) if "targets" in what else None
    factors = what["factors"].keys().get(subject) if "factors" in what else None
    factor, reason = Decimal(1), ""
    if factors is not None:
        pair = factors.only("“factors”", ("factor",), ("reason",))
        factor, reason = _decimal(pair["factor"]), pair["reason"].text() if "reason" in pair else ""
    rows = _listed(pack, _rows(pack.sources, data), data)
    return Given(rows, dict(_targets(pack, targets)), factor, reason)


def _targets(pack: AssessmentPack, part: Part | None) -> Iterator[tuple[str, Decimal]]:
    for name, target in part.keys().items() if part is not None else ():
        if name not in pack.measures:
            raise target.refused(f"no measure is called “{name}”")
        yield name, _decimal(target)


def _findings(checklist: Checklist, what: dict[str, Any]) -> Iterator[tuple[str, Finding]]:
    factors = checklist.factors()
    named = {key: _factors_in(what[key], factors) for key in ("missed", "unseen") if key in what}
    for name in factors:
        if name not in named.get("unseen", ()):
            yield name, Finding(met=name not in named["missed"])


def _factors_in(part: Part, known: Collection[str]) -> list[str]:
    return [item.word(known, "no factor is called “{}”") for item in part.items()]


def _listed(pack: AssessmentPack, rows: dict[str, list[Row]], part: Part) -> ListedRows:
    try:
        return ListedRows(pack.sources, rows)
    except RowRefused as refused:
        raise part.refused(str(refused)) from None


def _rows(sources: dict[str, Source], data: Part) -> dict[str, list[Row]]:
    """The rows of each source. Where only one is meant, its rows may stand there without its name."""
    keys = data.keys()
    if len(sources) == 1 and keys and not keys.keys() & sources.keys():
        name = next(iter(sources))
        return {name: list(_of_source(name, sources[name], data))}
    for name, part in keys.items():
        if name not in sources:
            raise part.refused(f"no source is called “{name}” here; there are {', '.join(sources)}")
    return {name: list(_of_source(name, sources[name], part)) for name, part in keys.items()}


def _of_source(name: str, source: Source, part: Part) -> Iterator[Row]:
    """Rows as people write them: one figure, a list of figures, how often each level was given, or rows in full."""
    if part.is_mapping:
        yield from _from_mapping(name, source, part)
    elif not part.is_list:
        yield Row(f"{name}:1", {_only(source, part): part.value()})
    elif (items := part.items()) and not any(item.is_list or item.is_mapping for item in items):
        if source.only_field is None:
            yield _in_order(f"{name}:1", source, part)
        else:
            yield from (Row(f"{name}:{at}", {source.only_field: i.value()}) for at, i in enumerate(items, start=1))
    else:
        yield from (_in_full(f"{name}:{at}", source, item) for at, item in enumerate(items, start=1))


def _from_mapping(name: str, source: Source, part: Part) -> Iterator[Row]:
    keys = part.keys()
    if keys.keys() <= source.fields.keys() and keys:
        yield _in_full(f"{name}:1", source, part)
        return
    field, at = _only(source, part), 0
    for level, count in keys.items():
        times = count.number()
        if not isinstance(times, int) or not 0 <= times <= MOST_ROWS - at:
            raise count.refused(f"“{level}” takes how often it was given, not “{times}”")
        for _ in range(times):
            at += 1
            yield Row(f"{name}:{at}", {field: level})


def _in_full(key: str, source: Source, part: Part) -> Row:
    if part.is_list:
        return _in_order(key, source, part)
    return Row(key, {field: value.value() for field, value in part.keys().items()})


def _in_order(key: str, source: Source, part: Part) -> Row:
    items = part.items()
    if len(items) != len(source.fields):
        raise part.refused(f"“{part.name}” takes {', '.join(source.fields)}, in this order")
    return Row(key, {field: item.value() for field, item in zip(source.fields, items, strict=True)})


def _only(source: Source, part: Part) -> str:
    if source.only_field is None:
        raise part.refused(f"“{part.name}” takes {', '.join(source.fields)}")
    return source.only_field


def _expected(value: Part, asked: list[str]) -> dict[str, Part]:
    if value.is_mapping:
        return value.keys()
    if len(asked) > 1:
        raise value.refused(f"“value” takes keys with values: {', '.join(asked)}")
    return {asked[0]: value}


def _figures(of: Assessed) -> dict[str, Figure | str]:
    """What a step can expect of one subject: a measure, its parts and points (`score.points`), `total` and `grade`."""
    figures: dict[str, Figure | str] = {"total": of.shown}
    if of.grade is not None:
        figures["grade"] = of.grade.title.en
    for name, result in of.results.items():
        figures |= {name: result.shown, f"{name}.points": _points(result)}
        figures |= {f"{name}.{part}": found.shown for part, found in result.parts.items()}
    return figures


def _points(result: Result) -> Figure:
    return rounded(result.score, assessment.SCORE_DECIMALS)


def _compare(expected: dict[str, Part], found: dict[str, Any], who: str) -> None:
    for name, part in expected.items():
        if name not in found:
            raise part.refused(f"unknown key “{name}”; there are {', '.join(found)}")
        figure = found[name]
        wanted = None if part.is_empty else part.text() if isinstance(figure, str) else _decimal(part)
        actual = None if isinstance(figure, NoData) else figure
        assert actual == wanted, f"{who}{name}: {figure}, expected {wanted if wanted is not None else 'no data'}"


def _compare_proposals(part: Part, found: Iterable[Proposal]) -> None:
    """Whom → pairs of rule and yuan, a fine below nought; every proposal must stand there."""
    wanted = {whom: sorted(_pair(item) for item in pairs.items()) for whom, pairs in part.keys().items()}
    actual: dict[str, list[tuple[str, Decimal]]] = defaultdict(list)
    for proposal in found:
        yuan = Decimal(proposal.fen) / 100
        actual[proposal.whom].append((proposal.rule, yuan if proposal.kind == "reward" else -yuan))
    told = {whom: sorted(pairs) for whom, pairs in actual.items()}
    assert told == wanted, f"proposals: {_pairs(told)}, expected {_pairs(wanted)}"


def _pair(part: Part) -> tuple[str, Decimal]:
    items = part.items()
    if len(items) != 2:
        raise part.refused("a proposal is a pair such as [MS-3, -20]")
    return items[0].text(), _decimal(items[1])


def _pairs(proposals: dict[str, list[tuple[str, Decimal]]]) -> str:
    told = (f"{whom} {' '.join(f'{rule} {yuan}' for rule, yuan in pairs)}" for whom, pairs in sorted(proposals.items()))
    return "; ".join(told) or "none"


def _decimal(part: Part) -> Decimal:
    return Decimal(str(part.number()))
