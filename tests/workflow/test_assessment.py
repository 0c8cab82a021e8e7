"""The engine: standards, raters, adjustments, ranks, and what always holds whatever the rows."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflow.assessment_rows import FILLED, listed, rows_of
from workflow import assessment, packs
from workflow.assessment import Assessed, Given, assess, measured, opened, proposals
from workflow.assessment_consequence import placed
from workflow.assessment_entry import Row, RowRefused
from workflow.assessment_figures import Figure, Missing, NoData, rounded
from workflow.assessment_pack import AssessmentPack
from workflow.assessment_rows import ListedRows
from workflow.assessment_standard import Standard
from workflow.packs import ASSESSMENTS
from workflow.process import Refused


def a_pack(measures: dict[str, dict[str, Any]], weights: dict[str, Any] | None = None, **scheme: Any) -> AssessmentPack:
    """A small regulation with a source for each measure, each row of which holds `points` and a `kind`."""
    name = {"zh": "甲", "en": "A"}
    fields = {
        "points": {"title": name, "lowest": -1000, "highest": 1000, "decimals": 4},
        "kind": {"title": name, "kind": "choice", "choices": {"this": name, "that": name}},
    }
    content: dict[str, Any] = {
        "pack": "small", "title": name, "owner": "o", "rules": {"QNT-1": name}, "cycles": ["month"],
        "subjects": ["person"],
        "sources": {key: {"origin": "by_hand", "title": name, "fields": fields} for key in measures},
        "measures": {
            key: {"rule": "QNT-1", "title": name, "words": name, "formula": f"mean({key}.points)", "unit": "points",
                  "standard": {"proportional": {"zero": 0, "full": 100}}, **measure}
            for key, measure in measures.items()
        },
    }  # fmt: skip
    if weights is not None:
        content["schemes"] = {"all": {"rule": "QNT-1", "title": name, "weights": weights, **scheme}}
    pack = AssessmentPack.model_validate(content)
    assert list(pack.gaps()) == []
    return pack


def points(pack: AssessmentPack, **values: Any) -> Given:
    """One row for each measure, by its name; a list for several."""
    rows = {
        name: [Row(f"{name}{at}", {"points": Decimal(str(value))}) for at, value in enumerate(_list(given), start=1)]
        for name, given in values.items()
    }
    return Given(ListedRows(pack.sources, rows))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


# --- standards

BANDS = {"bands": [{"at_least": 90, "score": 100}, {"at_least": 80, "score": 60}, {"score": 10}]}


@pytest.mark.parametrize(
    ("standard", "direction", "value", "score"),
    [
        ({"proportional": {"zero": 1, "full": 5}}, "higher", "4", "75"),
        ({"proportional": {"zero": 1, "full": 5}}, "higher", "0", "0"),
        ({"proportional": {"zero": 1, "full": 5}}, "higher", "6", "100"),
        ({"proportional": {"zero": 48, "full": 8}}, "lower", "18", "75"),
        (BANDS, "higher", "90", "100"),
        (BANDS, "higher", "80", "60"),
        (BANDS, "higher", "-5", "10"),
        ({"bands": [{"at_most": 4, "score": 100}, {"score": 0}]}, "lower", "4", "100"),
        ({"bands": [{"at_most": 4, "score": 100}, {"score": 0}]}, "lower", "4.0001", "0"),
        ({"target": {}}, "higher", "45", "90"),
        ({"target": {}}, "higher", "60", "100"),
        ({"target": {"most": 80}}, "higher", "60", "80"),
        ({"target": {}}, "higher", "-5", "0"),
        ({"target": {}}, "lower", "40", "100"),
        ({"target": {}}, "lower", "100", "50"),
        ({"rank": [100, 80]}, "higher", "1", "80"),
        ({"reached": {"at_least": 60}}, "higher", "60", "100"),
        ({"reached": {"at_least": 60}}, "higher", "59.99", "0"),
        ({"reached": {"at_most": 0}}, "lower", "0", "100"),
        ({"reached": {"at_most": 0}}, "lower", "1", "0"),
        ({"deduction": {"start": 100, "each": 15}}, "lower", "3", "55"),
        ({"deduction": {"start": 100, "each": 15}}, "lower", "9", "0"),
    ],
)  # fmt: skip
def test_a_standard_turns_a_value_into_a_score(standard: Any, direction: Any, value: str, score: str) -> None:
    found = Standard.model_validate(standard)
    assert found.objection(direction) is None
    assert found.score(Decimal(value), target=Decimal(50), place=2, direction=direction) == Decimal(score)


@pytest.mark.parametrize(("direction", "value", "score"), [("lower", 0, 100), ("lower", 3, 0)])
def test_a_target_of_nought_is_met_by_nought_alone(direction: Any, value: int, score: int) -> None:
    found = Standard.model_validate({"target": {}})
    assert found.score(Decimal(value), target=Decimal(0), place=1, direction=direction) == score


def test_what_cannot_be_achieved_has_no_score() -> None:
    found = Standard.model_validate({"target": {}})
    assert found.score(Decimal(3), target=Decimal(0), place=1, direction="higher") == NoData(
        Missing.DIVIDED_BY_ZERO, "target"
    )
    assert found.score(Decimal(3), target=None, place=1, direction="higher") == NoData(Missing.NO_TARGET, "target")


# --- totals


def test_a_total_is_rounded_only_at_the_end() -> None:
    # (0.335 + 0.334) ÷ 2 = 0.3345, shown as 0.33; of the rounded 0.34 and 0.33 it would be 0.335, shown as 0.34.
    pack = a_pack({"a": {}, "b": {}}, {"a": 50, "b": 50})
    found = assess(pack, {"x": points(pack, a="0.335", b="0.334")}, scheme="all")["x"]
    assert [found.results[name].shown for name in "ab"] == [Decimal("0.34"), Decimal("0.33")]
    assert found.shown == Decimal("0.33")


def test_half_is_rounded_up_away_from_nought() -> None:
    shown = [rounded(Decimal(value), 2) for value in ("2.665", "2.675", "-2.665", "0.005", "-0.004", "9.995")]
    assert shown == [Decimal(value) for value in ("2.67", "2.68", "-2.67", "0.01", "0.00", "10.00")]
    assert str(shown[4]) == "0.00"


def test_what_is_without_data_leaves_the_total_open_or_is_left_out_as_the_regulation_says() -> None:
    measures: dict[str, dict[str, Any]] = {"a": {}, "b": {}, "c": {}}
    weights = {"a": 50, "b": 30, "c": 20}
    for_open, for_left_out = a_pack(measures, weights), a_pack(measures, weights, without_data="left_out")
    found = assess(for_open, {"x": points(for_open, a=80, b=60)}, scheme="all")["x"]
    assert (found.total, found.left_out) == (NoData(Missing.NO_ROWS, "c"), ("c",))
    found = assess(for_left_out, {"x": points(for_left_out, a=80, b=60)}, scheme="all")["x"]
    assert (found.shown, found.left_out) == (Decimal("72.50"), ("c",))  # (80 × 50 + 60 × 30) ÷ 80
    assert isinstance(assess(for_left_out, {"x": points(for_left_out)}, scheme="all")["x"].total, NoData)


def test_a_grade_is_decided_by_the_total_that_people_are_shown() -> None:
    name = {"zh": "甲", "en": "A"}
    grades = [{"title": {**name, "en": "Pass"}, "at_least": 60}, {"title": {**name, "en": "Fail"}, "at_least": 0}]
    pack = a_pack({"a": {}}, {"a": 100}, grades=grades)
    of = {value: points(pack, a=value) for value in ("59.995", "59.9949", "60")}
    found = {key: each.grade.title.en for key, each in assess(pack, of, scheme="all").items() if each.grade}
    assert found == {"59.995": "Pass", "59.9949": "Fail", "60": "Pass"}


@pytest.mark.parametrize(
    ("factor", "reason", "why"),
    [
        ("1.3", "病假", "must lie between 0.90 and 1.20"),
        ("0.5", "病假", "must lie between 0.90 and 1.20"),
        ("NaN", "病假", "must lie between"),
        ("1.1", "", "Give the reason"),
        ("1.1", " \n", "Give the reason"),
    ],
)
def test_an_adjustment_has_bounds_and_a_reason(factor: str, reason: str, why: str) -> None:
    pack = a_pack({"a": {}}, {"a": 100}, adjustment={"lowest": "0.90", "highest": "1.20"})
    rows = points(pack, a=50).rows
    with pytest.raises(Refused, match=why):
        assess(pack, {"x": Given(rows, factor=Decimal(factor), reason=reason)}, scheme="all")
    found = assess(pack, {"x": Given(rows, factor=Decimal("1.1"), reason="病假")}, scheme="all")["x"]
    assert (found.unadjusted, found.total) == (50, 55)


def test_without_an_adjustment_in_the_regulation_nothing_is_adjusted() -> None:
    pack = a_pack({"a": {}}, {"a": 100})
    with pytest.raises(Refused, match=r"between 1\.00 and 1\.00"):
        assess(pack, {"x": Given(points(pack, a=50).rows, factor=Decimal("1.1"), reason="病假")}, scheme="all")


def test_a_measure_may_stand_on_others_and_opens_down_to_their_rows() -> None:
    pack = a_pack({"a": {}, "b": {"formula": "a + 2 * sum(b.points where kind = this)"}})
    rows = {
        "a": [Row("a1", {"points": Decimal(10)}), Row("a2", {"points": Decimal(20)})],
        "b": [Row("b1", {"points": Decimal(1), "kind": "this"}), Row("b2", {"points": Decimal(5), "kind": "that"})],
    }
    results = measured(pack, ListedRows(pack.sources, rows))
    assert results["b"].shown == Decimal("17.00")
    assert results["b"].measures == ("a",)
    assert opened(results, "b") == {("a", "a1"), ("a", "a2"), ("b", "b1")}
    assert [(str(each.aggregate), each.figure) for each in results["a"].inputs] == [
        ("sum(a.points)", 30), ("count(a.points)", 2),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("formula", "why"),
    [
        ("sum(a.points) / (count(a) - 2)", Missing.DIVIDED_BY_ZERO),
        ("1 / sum(a.points where kind = this)", Missing.DIVIDED_BY_ZERO),
        ("999999999999 * 999999999999 * count(a)", Missing.OUT_OF_RANGE),
        ("lowest(a.points where kind = this)", Missing.NO_ROWS),
    ],
)
def test_a_formula_that_cannot_be_computed_has_no_data_and_no_error(formula: str, why: Missing) -> None:
    pack = a_pack({"a": {"formula": formula}})
    found = measured(pack, points(pack, a=[1, 2]).rows)["a"].value
    assert isinstance(found, NoData) and found.why is why


def test_a_row_that_its_source_does_not_take_is_refused_with_its_place() -> None:
    pack = packs.assessment("sales-satisfaction", filled=FILLED["sales-satisfaction"])

    def refused(**values: Any) -> str:
        with pytest.raises(RowRefused) as error:
            ListedRows(pack.sources, {"answers": [Row("sheet 3", values)]})
        return str(error.value)

    assert refused(score="fünf") == "answers: row sheet 3: score: “fünf” is no number."
    assert refused(score=True) == "answers: row sheet 3: score: “True” is no number."
    assert refused(score=float("nan")) == "answers: row sheet 3: score: “nan” is no number."
    assert refused(score="𠮷" * 10_000) == f"answers: row sheet 3: score: “{'𠮷' * 40}” is no number."
    assert refused(score="1e50") == "answers: row sheet 3: score: 1e50 is no number from 0 to 100."
    assert refused(score=101) == "answers: row sheet 3: score: 101 is no number from 0 to 100."
    assert refused(score="90.005") == "answers: row sheet 3: score: 90.005 has more than 2 decimals."
    assert "item: “weather” is none of these: reception, needs" in refused(item="weather")
    assert refused(colour=1) == "answers: row sheet 3: colour: There is no such column here."
    with pytest.raises(RowRefused, match=r"row a: This row stands there twice\."):
        ListedRows(pack.sources, {"answers": [Row("a", {}), Row("a", {})]})
    with pytest.raises(KeyError, match="rumours"):
        ListedRows(pack.sources, {"rumours": []})


def test_yes_and_no_are_taken_as_files_give_them_and_nothing_else_is() -> None:
    pack = packs.assessment("after-sales-assessment")
    for value in (True, "yes", False, "no", "", None):
        ListedRows(pack.sources, {"jobs": [Row("a", {"in_time": value})]})  # type: ignore[dict-item]
    for other in (1, 0, "ja", "1", Decimal(1)):
        with pytest.raises(RowRefused, match="is neither yes nor no"):
            ListedRows(pack.sources, {"jobs": [Row("a", {"in_time": other})]})  # type: ignore[dict-item]


def test_the_months_of_a_quarter_are_entered_once() -> None:
    pack = packs.assessment("service-centre")
    with pytest.raises(RowRefused, match="months_on_time: row b: There is an entry for this period already"):
        ListedRows(
            pack.sources, {"months_on_time": [Row("a", {"months": Decimal(3)}), Row("b", {"months": Decimal(1)})]}
        )


def test_of_a_part_there_is_never_more_than_of_the_whole() -> None:
    pack = packs.assessment("loyalty")
    with pytest.raises(RowRefused, match=r"kept: 5 is more than the whole, 4\."):
        ListedRows(pack.sources, {"retention": [Row("a", {"kept": Decimal(5), "at_start": Decimal(4)})]})
    with pytest.raises(RowRefused, match=r"kept: kept and at_start are given together\."):
        ListedRows(pack.sources, {"retention": [Row("a", {"kept": Decimal(5)})]})


# --- ranks and what follows


def test_who_is_equal_shares_a_place_and_the_next_one_is_left_empty() -> None:
    values: dict[str, Figure] = {"a": Decimal(93), "b": Decimal(95), "c": Decimal(93), "d": Decimal(90)}
    assert placed({**values, "e": NoData(Missing.NO_ROWS, "answers")}) == {"a": 2, "b": 1, "c": 2, "d": 4}
    assert placed(values, lower_is_better=True) == {"a": 2, "b": 4, "c": 2, "d": 1}


def consultants(scores: dict[str, tuple[str, int]]) -> dict[str, Assessed]:
    """Each with the score of one answer and the units sold."""
    pack = sales()
    of = {
        name: Given(ListedRows(pack.sources, {
            "answers": [Row("a", {"item": "needs", "score": Decimal(score)})],
            "sales": [Row("s", {"units": Decimal(units)})],
        }))
        for name, (score, units) in scores.items()
    }  # fmt: skip
    return assess(pack, of)


def sales() -> AssessmentPack:
    return packs.assessment("sales-satisfaction", filled=FILLED["sales-satisfaction"])


def rewards(scores: dict[str, tuple[str, int]]) -> list[tuple[str, int, bool]]:
    found = proposals(sales(), consultants(scores))
    return [(each.whom, each.fen // 100, each.shared) for each in found if each.kind == "reward"]


def test_a_shared_place_is_marked_for_the_general_manager() -> None:
    assert rewards({"a": ("95", 3), "b": ("95", 3), "c": ("92", 3), "d": ("91", 3)}) == [
        ("a", 500, True), ("b", 500, True), ("c", 300, False),
    ]  # fmt: skip
    assert rewards({"a": ("95", 3), "b": ("92", 3), "c": ("91", 3), "d": ("91", 3)}) == [
        ("a", 500, False), ("b", 400, False), ("c", 300, True), ("d", 300, True),
    ]  # fmt: skip


def test_ten_units_are_the_bound_between_the_two_groups() -> None:
    assert rewards({"a": ("95", 9), "b": ("90", 10), "c": ("89.99", 11)}) == [("a", 500, False), ("b", 2000, False)]


# --- what always holds


@given(st.data(), st.sampled_from(ASSESSMENTS))
def test_the_order_of_rows_never_matters(data: st.DataObject, slug: str) -> None:
    pack = packs.assessment(slug, filled=FILLED.get(slug))
    of = {who: data.draw(rows_of(pack)) for who in ("a", "b")}
    mixed = {who: {name: data.draw(st.permutations(rows)) for name, rows in of[who].items()} for who in ("b", "a")}
    scheme = next(iter(pack.schemes), None)
    first = assess(pack, {who: Given(listed(pack, rows)) for who, rows in of.items()}, scheme=scheme)
    second = assess(pack, {who: Given(listed(pack, rows)) for who, rows in mixed.items()}, scheme=scheme)
    for who in of:
        assert first[who].total == second[who].total
        assert _figures(first[who]) == _figures(second[who])


def _figures(of: Assessed) -> dict[str, Any]:
    return {
        name: (r.value, r.shown, r.score, {k: p.value for k, p in r.parts.items()}) for name, r in of.results.items()
    }


# Complaints may outnumber customers, and failures services.
UNBOUNDED = {"complaint_rate", "failure_rate"}


@given(st.data(), st.sampled_from(ASSESSMENTS))
def test_figures_stay_inside_their_bounds(data: st.DataObject, slug: str) -> None:
    pack = packs.assessment(slug, filled=FILLED.get(slug))
    scheme = next(iter(pack.schemes), None)
    found = assess(pack, {"x": Given(listed(pack, data.draw(rows_of(pack))))}, scheme=scheme)["x"]
    assert isinstance(found.total, NoData) or 0 <= found.total <= 100
    for name, result in found.results.items():
        assert isinstance(result.score, NoData) or 0 <= result.score <= 100
        if pack.measures[name].unit == "percent" and name not in UNBOUNDED and not isinstance(result.value, NoData):
            assert 0 <= result.value <= 100
    if slug == "loyalty" and not isinstance(nps := found.results["nps"].value, NoData):
        assert -100 <= nps <= 100


@given(st.data(), st.sampled_from(ASSESSMENTS))
def test_one_row_changes_only_what_stands_on_it(data: st.DataObject, slug: str) -> None:
    pack = packs.assessment(slug, filled=FILLED.get(slug))
    rows = data.draw(rows_of(pack, at_least=1))
    source = data.draw(st.sampled_from(sorted(rows)))
    other = data.draw(rows_of(pack, at_least=1))[source][0]
    changed = {**rows, source: [Row(rows[source][0].key, other.values), *rows[source][1:]]}
    before, after = measured(pack, listed(pack, rows)), measured(pack, listed(pack, changed))
    for name in pack.measures:
        stands_on_it = (source, rows[source][0].key) in opened(before, name) | opened(after, name)
        assert stands_on_it or before[name].value == after[name].value


@given(
    st.lists(st.integers(1, 100), min_size=1, max_size=8).filter(lambda weights: sum(weights) <= 100),
    st.decimals(0, 100, places=2),
)
def test_equal_scores_give_that_score_whatever_the_weights(weights: list[int], score: Decimal) -> None:
    by_name = {f"m{at}": weight for at, weight in enumerate(weights)}
    if (rest := 100 - sum(weights)) > 0:
        by_name["rest"] = rest
    pack = a_pack({name: {} for name in by_name}, by_name)
    found = assess(pack, {"x": points(pack, **dict.fromkeys(by_name, score))}, scheme="all")["x"]
    assert found.total == score
    assert found.shown == score


def test_every_figure_names_its_rows() -> None:
    pack = sales()
    rows = {"answers": [Row("a", {"item": "needs", "score": Decimal(90)}), Row("b", {"item": "delivery"})]}
    results = assessment.measured(pack, ListedRows(pack.sources, rows))
    # A question that was left unanswered is no part of any figure.
    assert opened(results, "score") == {("answers", "a")}
    assert results["score"].parts["needs"].inputs[0].rows == ("a",)
    assert results["score"].parts["delivery"].value == NoData(
        Missing.NO_ROWS, "sum(answers.score where item = delivery)"
    )
