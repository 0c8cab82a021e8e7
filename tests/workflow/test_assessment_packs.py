"""The regulations about assessing as packs: complete, strict, their figures as the regulation gives them."""

from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from tests.builders import MONDAY
from tests.conftest import COMPANY
from workflow import founding, packs, regulation
from workflow.assessment_consequence import Ranked
from workflow.assessment_pack import AssessmentPack, pack_of
from workflow.packs import ASSESSMENTS
from workflow.regulation import PackRefused

FILLED = founding.read(COMPANY).company_values
RULES = {
    "sales-satisfaction": [f"SAL-{number}" for number in range(1, 8)],
    "mystery-shopper": [f"MS-{number}" for number in range(1, 11)],
    "outbound-satisfaction": ["OB-1", "OB-2"],
    "customer-service-department": ["CSD-1"],
    "loyalty": ["NPS-1", "LOY-1"],
    "service-survey": ["SVY-1"],
    "satisfaction-evaluation": ["EVAL-1"],
    "experience-standards": ["EXP-1"],
    "lifecycle-touchpoints": ["LIFE-1", "LIFE-2", "LIFE-3"],
    "service-centre": ["SVC-1", "SVC-2", "SVC-3"],
    "satisfaction-in-performance": ["DEPT-1"],
    "staff-appraisal": ["STAFF-1"],
    "kpi": ["KPI-1"],
    "operations-assessment": ["OPS-1"],
    "quantified-service": ["QNT-1"],
    "fair-evaluation": ["FAIR-1"],
    "after-sales-assessment": ["AFT-1"],
    "partner-assessment": ["SP-1"],
}


def filled(slug: str) -> AssessmentPack:
    return packs.assessment(slug, filled=FILLED.get(slug))


def test_every_regulation_is_a_pack_with_all_its_rules() -> None:
    assert {slug: list(packs.assessment(slug).rules) for slug in ASSESSMENTS} == RULES


@pytest.mark.parametrize("slug", ASSESSMENTS)
def test_the_demo_company_fills_every_blank(slug: str) -> None:
    assert filled(slug).blanks() == []
    assert bool(packs.assessment(slug).blanks()) == (slug in FILLED)


@pytest.mark.parametrize("slug", ASSESSMENTS)
def test_a_stored_edition_is_the_same_regulation(slug: str, session: Session) -> None:
    pack = filled(slug)
    version = regulation.put_in_force(session, pack, from_day=MONDAY.date(), at=MONDAY)
    assert pack_of(version) == pack
    assert pack_of(version).blanks() == [] and list(pack_of(version).gaps()) == []


def test_a_regulation_with_a_blank_is_not_put_in_force(session: Session) -> None:
    with pytest.raises(PackRefused, match=r"still blank: checklists\.sales\.company, checklists\.after_sales\.company"):
        regulation.put_in_force(session, packs.assessment("mystery-shopper"), from_day=MONDAY.date(), at=MONDAY)


# --- the figures of the regulation


def test_the_rewards_are_those_of_the_regulation() -> None:
    rewards = {
        c.rule: c.form.rewards for c in filled("sales-satisfaction").consequences.values() if isinstance(c.form, Ranked)
    }
    assert rewards == {"SAL-2": [500, 400, 300], "SAL-3": [2000, 1500, 1000]}


def test_the_checklists_have_the_modules_factors_and_points_of_the_regulation() -> None:
    sales, after_sales = filled("mystery-shopper").checklists.values()
    assert (len(sales.whole()), len(sales.factors())) == (7, 37)
    assert sum(factor.points for factor in sales.factors().values()) == 100
    assert {name: module.points for name, module in after_sales.whole().items()} == {
        "service_advisers": 79, "customer_lounge": 18, "security": 3,
    }  # fmt: skip
    assert sum(factor.points for factor in after_sales.factors().values()) == 100
    key = {name: (f.points, f.missed) for name, f in sales.factors().items() if f.missed}
    assert key == {"greeted_at_the_door": (2, -6), "demonstration_cars": (3, -3), "meeting_area": (2, -2)}


def test_the_company_s_factors_are_never_taken_for_the_regulation_s() -> None:
    regulation_s = packs.assessment("mystery-shopper").checklists["sales"]
    assert list(regulation_s.factors()) == ["greeted_at_the_door", "demonstration_cars", "meeting_area"]
    assert len(filled("mystery-shopper").checklists["sales"].company or {}) == 6


@pytest.mark.parametrize(
    ("slug", "figure", "value"),
    [
        ("outbound-satisfaction", "sample_percent", 30),
        ("outbound-satisfaction", "call_back_within", 3),
        ("lifecycle-touchpoints", "answer_within", 24),
        ("lifecycle-touchpoints", "contact_within", 7),
        ("service-centre", "receive_within", 6),
        ("mystery-shopper", "voucher", 200),
        ("mystery-shopper", "publish_within", 7),
        ("sales-satisfaction", "publish_by", 10),
    ],
)
def test_a_figure_is_that_of_the_regulation(slug: str, figure: str, value: int) -> None:
    assert packs.assessment(slug).figures[figure].value == value


def test_weights_and_targets_are_those_of_the_regulation() -> None:
    assert packs.assessment("outbound-satisfaction").schemes["monthly"].weights["satisfaction"] == 5
    assert packs.assessment("mystery-shopper").measures["follow_up_rate"].target == 60


def test_satisfaction_weighs_a_fifth_wherever_it_is_weighed_beside_other_things() -> None:
    floors = {slug: packs.assessment(slug).satisfaction_at_least for slug in ASSESSMENTS}
    assert {slug for slug, floor in floors.items() if floor is not None} == {
        "satisfaction-in-performance", "after-sales-assessment", "operations-assessment", "customer-service-department",
        "kpi",
    }  # fmt: skip
    assert {floor for floor in floors.values() if floor is not None} == {20}


# --- what is wrong is refused with file and line


def refusal(tmp_path: Path, slug: str, old: str, new: str, company: object = None) -> str:
    """What the pack is refused with; the line stands at the end of the file's name."""
    text = packs.file_of(slug).read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / f"{slug}.yaml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PackRefused) as refused:
        regulation.read_as(AssessmentPack, file, filled=company or FILLED.get(slug))  # type: ignore[arg-type]
    said = str(refused.value)
    place, _, rest = said.removeprefix(f"{tmp_path}/{slug}.yaml:").partition(": ")
    changed = text.replace(old, new, 1).splitlines()
    return f"{changed[int(place) - 1].strip().partition(':')[0]}: {rest}"


FORMULA = "formula: mean(ratings.level)"


@pytest.mark.parametrize(
    ("formula", "why"),
    [
        ("mean(ratings.levels)", "ratings has no field “levels”"),
        ("mean(rating.level)", "no source is called “rating”"),
        ("mean(ratings.level) + bonus", "no measure and no figure is called “bonus”"),
        ("sample_percent", "satisfaction has no source: its formula refers to no rows and to no measure"),
        ("1 / 0", "satisfaction has no source"),
        ("satisfaction + 1", "satisfaction stands on itself: satisfaction refer to each other"),
        ("count(ratings where level > many)", "ratings.level is a number; compare it with one"),
        ("mean(ratings.level", "“)” is expected at character 19, not the end"),
        ("__import__(1)", "“_” at character 1 means nothing here"),
        ("ratings.level", "an operator or the end is expected at character 8, not “.”"),
    ],
)
def test_a_formula_that_means_nothing_is_refused_with_its_line(tmp_path: Path, formula: str, why: str) -> None:
    assert f"formula: {why}" in refusal(tmp_path, "outbound-satisfaction", FORMULA, f"formula: {formula}")


def test_measures_that_refer_to_each_other_in_a_circle_are_refused(tmp_path: Path) -> None:
    old = "formula: mean(month_score.points)"
    text = (
        packs.file_of("outbound-satisfaction").read_text(encoding="utf-8").replace(FORMULA, "formula: 2 * month_score")
    )
    file = tmp_path / "circle.yaml"
    file.write_text(text.replace(old, "formula: satisfaction / 2"), encoding="utf-8")
    with pytest.raises(PackRefused, match="stands on itself: month_score, satisfaction refer to each other"):
        regulation.read_as(AssessmentPack, file, filled=FILLED["outbound-satisfaction"])


def test_peers_alone_make_no_figure(tmp_path: Path) -> None:
    raters, company = "raters: {superior: null, peers: null, customers: null}", {"steps": {}}
    assert "raters: few peers would be known" in refusal(
        tmp_path, "fair-evaluation", raters, "raters: {peers: 100}", company
    )


@pytest.mark.parametrize(
    ("slug", "old", "new", "why"),
    [
        ("outbound-satisfaction", "satisfaction: 5, month_score: 95", "satisfaction: 5, month_score: 94",
         "weights: the weights add up to 99, not 100"),
        ("outbound-satisfaction", "satisfaction: 5, month_score: 95", "satisfaction: 5, month: 95",
         "weights: no measure is called “month”"),
        ("outbound-satisfaction", "satisfaction: 5, month_score: 95", "satisfaction: 0, month_score: 100",
         "weights: schemes.monthly.weights.satisfaction: Input should be greater than 0"),
        ("outbound-satisfaction", "    rule: OB-1\n", "    rule: OB-9\n", "rule: this regulation has no rule OB-9"),
        ("outbound-satisfaction", "origin: surveys", "origin: rumours", "origin: sources.ratings.origin"),
        ("outbound-satisfaction", "    origin: surveys\n", "", "ratings: sources.ratings.origin: Field required"),
        ("outbound-satisfaction", "lowest: 1, highest: 5", "lowest: 5, highest: 1",
         "fields: sources.ratings.fields.level"),
        ("satisfaction-in-performance", "satisfaction_at_least: 20", "satisfaction_at_least: 10",
         "satisfaction_at_least: satisfaction_at_least: Input should be greater than or equal to 20"),
        ("satisfaction-in-performance", "    about: satisfaction\n", "    about: results\n",
         "weights: satisfaction weighs 0, less than 20 (DEPT-1)"),
        ("kpi", "target: {most: 100}", "target: {most: 100}, reached: {at_least: 1}",
         "standard: measures.revenue.standard"),
        ("loyalty", "never_above: {kept: at_start}", "never_above: {keept: at_start}",
         "never_above: retention has no number “keept”"),
        ("sales-satisfaction", "    by: item\n", "    by: score\n", "by: the field “score” has no choices"),
        ("sales-satisfaction", "    by: item\n", "", "item_fines: score is not computed by item"),
        ("sales-satisfaction", "measure: units, below: 10", "measure: unit, below: 10",
         "fewer_than_ten: no measure is called “unit”"),
        ("mystery-shopper", "number_of_factors: 37", "number_of_factors: 38", "company: there are 37 factors, not 38"),
        ("mystery-shopper", "number_of_modules: 7", "number_of_modules: 8", "company: there are 7 modules, not 8"),
        ("mystery-shopper", "points: 10\n", "points: 11\n",
         "reception: the factors of reception have 10 points, not 11"),
        ("mystery-shopper", "responsible: receptionist", "responsible: nobody",
         "responsible: no post is called “nobody”"),
        ("fair-evaluation", "superior: null, peers", "boss: 50, superior: null, peers", "raters: "),
        ("fair-evaluation", "rated_by: [superior, peers, customers]", "rated_by: [superior, customers]",
         "rater: the choices of “rater” are not those of rated_by"),
        ("fair-evaluation", "rated_by: [superior, peers, customers]", "rated_by: []", "rated_by: name who rates"),
        ("fair-evaluation", "    origin: surveys\n", "    origin: excel\n", "rated_by: only the answers of surveys"),
        ("fair-evaluation", "subjects: [person]", "subjects: [department]", "rated_by: superiors and peers rate"),
        ("staff-appraisal", "rated_by: [superior, peers, customers]", "rated_by: [peers]",
         "rated_by: few peers would be known"),
        ("fair-evaluation", "mean(ratings.score)", "mean(ratings.score where rater = peers)",
         "formula: few peers would be known"),
        ("staff-appraisal", "    origin: surveys\n", "    origin: surveys\n    answers: anonymous\n",
         "rated_by: what superiors and peers give has a promise of its own"),
        ("staff-appraisal", "    origin: surveys\n", "    origin: surveys\n    once: true\n",
         "rated_by: several people rate one person"),
        ("loyalty", "    origin: surveys\n", "    origin: surveys\n    rated_by: [boss]\n", "sources.answers.rated_by"),
    ],
)  # fmt: skip
def test_what_does_not_fit_together_is_refused_with_its_line(
    tmp_path: Path, slug: str, old: str, new: str, why: str
) -> None:
    assert why in refusal(tmp_path, slug, old, new)


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"satisfaction": 19, "inspections": 41, "work": 40}, "satisfaction weighs 19, less than 20 (DEPT-1)"),
        ({"satisfaction": 30, "inspections": 30, "work": 41}, "the weights add up to 101, not 100"),
        ({"satisfaction": 60, "inspections": 41, "work": None}, "the weights add up to 101, not 100"),
    ],
)
def test_the_company_s_weights_are_held_to_the_regulation(values: dict[str, int | None], why: str) -> None:
    with pytest.raises(PackRefused, match=r"satisfaction-in-performance\.yaml:\d+: ") as refused:
        packs.assessment("satisfaction-in-performance", filled={"schemes": {"department": {"weights": values}}})
    assert why in str(refused.value)


@pytest.mark.parametrize(
    ("standard", "why"),
    [
        ({"proportional": {"zero": 5, "full": 5}}, "zero and full must differ"),
        ({"proportional": {"zero": 5, "full": 0}}, "the higher the better, so full must be higher than zero"),
        ({"bands": [{"at_least": 3, "score": 80}, {"at_least": 4, "score": 100}, {"score": 0}]}, "to the worst"),
        ({"bands": [{"at_least": 4, "score": 80}, {"at_least": 3, "score": 90}, {"score": 0}]}, "have a lower score"),
        ({"bands": []}, "bands"),
        ({"bands": [{"at_least": 4, "score": 80}]}, "the last band takes the rest"),
        ({"bands": [{"at_most": 4, "score": 80}, {"score": 0}]}, "so bounds are at_least"),
        ({"bands": [{"score": 80}, {"score": 0}]}, "only the last band has no bound"),
        ({"reached": {"at_most": 4}}, "so bounds are at_least"),
        ({"reached": {}}, "give one of at_least, at_most"),
        ({"deduction": {"each": 5}}, "what is deducted for is better the lower it is"),
        ({"rank": [80, 100]}, "a better place must not have a lower score"),
        ({}, "give exactly one of"),
    ],
)  # fmt: skip
def test_a_standard_that_cannot_be_meant_is_refused(standard: dict[str, object], why: str) -> None:
    with pytest.raises(PackRefused, match=r"outbound-satisfaction\.yaml:\d+: ") as refused:
        packs.assessment("outbound-satisfaction", filled={"measures": {"satisfaction": {"standard": standard}}})
    assert why in str(refused.value)


def test_grades_go_down_to_nought_and_lead_to_what_the_regulation_names() -> None:
    def refused(grades: list[dict[str, object]]) -> str:
        with pytest.raises(PackRefused) as error:
            packs.assessment("after-sales-assessment", filled={"schemes": {"after_sales": {"grades": grades}}})
        return str(error.value)

    name = {"zh": "甲", "en": "A"}
    assert "the last begins at 0" in refused([{"title": name, "at_least": Decimal(60)}])
    assert "from the best to the worst" in refused([{"title": name, "at_least": 0}, {"title": name, "at_least": 60}])
    assert "no outcome is called “prison”" in refused([{"title": name, "at_least": 0, "leads_to": ["prison"]}])
