"""Every formula computed once more, from the definition in the regulation and with fractions, on random rows.

Nothing here knows formulas, aggregates or rounding of the engine: rows go in as plain values.
"""

import math
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflow.assessment_rows import FILLED, listed, rows_of
from workflow import packs
from workflow.assessment import Given, assess, measured, proposals
from workflow.assessment_entry import Row
from workflow.assessment_figures import NoData
from workflow.assessment_rows import ListedRows

Plain = list[dict[str, Any]]
Sources = dict[str, Plain]
Recomputed = Callable[[Sources], Fraction | None]


def over(part: Fraction | None, whole: Fraction | None) -> Fraction | None:
    return None if part is None or whole is None or whole == 0 else part / whole


def numbers(rows: Plain, field: str) -> list[Fraction]:
    return [Fraction(row[field]) for row in rows if field in row]


def total(source: str, field: str) -> Recomputed:
    """The sum of what was given; nothing where nothing was."""
    return lambda of: sum(found, Fraction(0)) if (found := numbers(of[source], field)) else None


def mean(source: str, field: str) -> Recomputed:
    return lambda of: over(total(source, field)(of), Fraction(len(numbers(of[source], field))))


def ratio(source: str, part: str, whole: str) -> Recomputed:
    return lambda of: percent(over(total(source, part)(of), total(source, whole)(of)))


def share(source: str, holds: Callable[[dict[str, Any]], bool]) -> Recomputed:
    return lambda of: percent(over(Fraction(len([r for r in of[source] if holds(r)])), Fraction(len(of[source]))))


def percent(of: Fraction | None) -> Fraction | None:
    return None if of is None else of * 100


def deviation(source: str, field: str) -> Recomputed:
    def root(of: Sources) -> Fraction | None:
        found = numbers(of[source], field)
        if not found:
            return None
        middle = sum(found) / len(found)
        # The mean of the squared distances, and its root to forty digits.
        squared = sum(((value - middle) ** 2 for value in found), Fraction(0)) / len(found)
        return Fraction(math.isqrt(int(squared * 10**80)), 10**40)

    return root


def call_score(of: Sources) -> Fraction | None:
    """OB-1: (1a + 2b + 3c + 4d + 5e) / (a + b + c + d + e)."""
    a, b, c, d, e = (len([1 for row in of["ratings"] if row.get("level") == level]) for level in (1, 2, 3, 4, 5))
    return over(Fraction(1 * a + 2 * b + 3 * c + 4 * d + 5 * e), Fraction(a + b + c + d + e))


def nps(of: Sources) -> Fraction | None:
    """NPS-1: %promoters - %detractors."""
    given_ = [row["likelihood"] for row in of["answers"] if "likelihood" in row]
    promoters = percent(over(Fraction(sum(9 <= value <= 10 for value in given_)), Fraction(len(given_))))
    detractors = percent(over(Fraction(sum(0 <= value <= 6 for value in given_)), Fraction(len(given_))))
    return None if promoters is None or detractors is None else promoters - detractors


def per(counted: str, source: str, field: str) -> Recomputed:
    return lambda of: percent(over(Fraction(len(of[counted])), total(source, field)(of)))


def count(source: str, field: str | None = None) -> Recomputed:
    return lambda of: Fraction(len([row for row in of[source] if field is None or row.get(field) is True]))


def average_days(of: Sources) -> Fraction | None:
    """SVC-1: total repair time / machines repaired."""
    return over(total("repair_days", "days")(of), Fraction(len(of["repair_days"])))


def days(first: int, last: int = 10**12) -> Recomputed:
    return share("repair_days", lambda row: "days" in row and first <= row["days"] <= last)


def pass_rate(of: Sources) -> Fraction | None:
    """SVC-3: mean of sheets passed / submitted, call-backs passed / sampled, parts passed / in-warranty parts."""
    rates = [
        over(total("sheets", "passed")(of), total("sheets", "submitted")(of)),
        over(total("call_backs", "passed")(of), total("call_backs", "sampled")(of)),
        over(total("parts", "passed")(of), total("parts", "parts")(of)),
    ]
    known = [rate for rate in rates if rate is not None]
    return percent(sum(known, Fraction(0)) / 3) if len(known) == 3 else None


def claims_on_time(of: Sources) -> Fraction | None:
    return percent(over(total("months_on_time", "months")(of), Fraction(3)))


def targets_reached(of: Sources) -> Fraction | None:
    """KPI-1: the share of measures that reach their target."""

    def reached(row: dict[str, Any]) -> bool:
        if not {"actual", "target", "better"} <= row.keys():
            return False
        return bool(row["actual"] >= row["target"] if row["better"] == "higher" else row["actual"] <= row["target"])

    return share("customer_experience", reached)(of)


def evaluation(of: Sources) -> Fraction | None:
    """FAIR-1: the demo company weighs superior 50, peers 20, customers 30."""
    found = Fraction(0)
    for rater, weight in (("superior", 50), ("peers", 20), ("customers", 30)):
        one = mean("ratings", "score")({"ratings": [row for row in of["ratings"] if row.get("rater") == rater]})
        if one is None:
            return None
        found += one * weight / 100
    return found


def time_to_repair(of: Sources) -> Fraction | None:
    """QNT-1: total hours of repair / failures."""
    return over(sum(numbers(of["failures"], "repair_hours"), Fraction(0)), Fraction(len(of["failures"])))


def time_between_failures(of: Sources) -> Fraction | None:
    return over(total("operation", "hours")(of), Fraction(len(of["failures"])))


def in_time(source: str, field: str, limit: int) -> Recomputed:
    return share(source, lambda row: field in row and row[field] <= limit)


def true(source: str, field: str) -> Recomputed:
    return share(source, lambda row: row.get(field) is True)


DEFINITIONS: dict[str, dict[str, Recomputed]] = {
    "sales-satisfaction": {"score": mean("answers", "score"), "units": total("sales", "units")},
    "mystery-shopper": {
        "sales_score": mean("sales_visits", "score"),
        "after_sales_score": mean("after_sales_visits", "score"),
        "manufacturer_score": mean("manufacturer_checks", "score"),
        "follow_up_rate": true("follow_ups", "successful"),
    },
    "outbound-satisfaction": {"satisfaction": call_score, "month_score": mean("month_score", "points")},
    "customer-service-department": {
        "feedback": mean("answers", "feedback"),
        "handling_time": mean("requests", "hours"),
        "resolution_rate": true("requests", "in_time"),
        "attitude": mean("answers", "attitude"),
    },
    "loyalty": {
        "nps": nps,
        "complaint_rate": per("complaints", "served", "customers"),
        "retention_rate": ratio("retention", "kept", "at_start"),
        "renewal_rate": ratio("renewal", "renewed", "due"),
        "repurchase_rate": ratio("repurchase", "again", "customers"),
        "referral_rate": ratio("referral", "referred", "new"),
    },
    "service-survey": {name: mean("answers", name) for name in ("service_quality", "effect", "innovation", "value")},
    "satisfaction-evaluation": {
        **{name: mean("answers", name) for name in ("quality", "support", "price_and_value", "communication")},
        "complaint_frequency": count("complaints"),
    },
    "experience-standards": {
        **{name: mean("answers", name) for name in ("product_quality", "attitude", "channels")},
        "delivery_on_time": true("deliveries", "on_time"),
        "response_time": mean("requests", "hours"),
        "resolution_rate": true("requests", "resolved"),
        "feedback_in_time": true("requests", "fed_back_in_time"),
        "repair_return_rate": true("repairs", "returned"),
        "complaints_received": count("complaints"),
        "complaints_recorded": count("complaints", "recorded"),
        "complaints_resolved": count("complaints", "resolved"),
    },
    "lifecycle-touchpoints": {
        "touchpoint_satisfaction": mean("answers", "score"),
        "answered_in_time": in_time("questions", "hours", 24),
        "contacted_in_time": in_time("handovers", "days", 7),
    },
    "service-centre": {
        "average_days": average_days,
        "same_day": days(0, 0),
        "within_1_day": days(1, 1),
        "days_2_3": days(2, 3),
        "days_4_6": days(4, 6),
        "days_7_or_more": days(7),
        "overall": mean("overall", "level"),
        "attitude": mean("attitude", "level"),
        "in_warranty_pass_rate": pass_rate,
        "claims_on_time": claims_on_time,
        "parts_received_on_time": ratio("received_on_time", "on_time", "due"),
        "data_errors": total("data_errors", "records"),
    },
    "satisfaction-in-performance": {
        "satisfaction": mean("answers", "score"),
        "inspections": mean("inspections", "points"),
        "work": mean("work", "points"),
    },
    "staff-appraisal": {
        **{name: mean("ratings", name) for name in ("attitude", "skill", "problem_solving")},
        **{f"{name}_deviation": deviation("ratings", name) for name in ("attitude", "skill", "problem_solving")},
    },
    "kpi": {
        "customer_experience": targets_reached,
        **{
            name: total(name, "actual")
            for name in (
                "revenue", "cost_control", "assets_and_liabilities", "capability", "brand", "social_responsibility",
            )
        },
    },
    "operations-assessment": {
        "satisfaction": mean("survey_form", "score"),
        "quality": mean("quality_form", "score"),
        **{name: mean("performance_form", name) for name in ("performance", "innovation", "risk")},
    },
    "quantified-service": {
        **{name: mean("ratings", name) for name in ("quality", "efficiency", "attitude", "innovation")},
        "failure_rate": per("failures", "operation", "units"),
        "time_to_repair": time_to_repair,
        "time_between_failures": time_between_failures,
    },
    "fair-evaluation": {"evaluation": evaluation},
    "after-sales-assessment": {
        "quality": mean("internal_assessment", "quality"),
        "efficiency": true("jobs", "in_time"),
        "satisfaction": mean("customer_feedback", "satisfaction"),
        "improvement": mean("internal_assessment", "improvement"),
    },
    "partner-assessment": {
        "complaint_rate": per("complaints", "business", "orders"),
        "revenue_contribution": ratio("business", "revenue", "total"),
    },
}  # fmt: skip


def half_up(value: Fraction, decimals: int) -> Decimal:
    units = math.floor(abs(value) * 10**decimals + Fraction(1, 2))
    return Decimal(units if value >= 0 else -units).scaleb(-decimals)


def test_every_formula_is_computed_once_more() -> None:
    measures = {slug: set(packs.assessment(slug).measures) for slug in packs.ASSESSMENTS}
    assert {slug: set(definitions) for slug, definitions in DEFINITIONS.items()} == measures


@pytest.mark.parametrize("slug", packs.ASSESSMENTS)
@settings(max_examples=30)
@given(data=st.data())
def test_the_engine_agrees_with_the_definition(data: st.DataObject, slug: str) -> None:
    pack = packs.assessment(slug, filled=FILLED.get(slug))
    rows = data.draw(rows_of(pack))
    results = measured(pack, listed(pack, rows))
    plain = {source: [dict(row.values) for row in found] for source, found in rows.items()}
    for name, definition in DEFINITIONS[slug].items():
        expected, found = definition(plain), results[name].shown
        if expected is None:
            assert isinstance(found, NoData), name
        else:
            assert found == half_up(expected, pack.measures[name].decimals), name


@pytest.mark.parametrize("slug", packs.ASSESSMENTS)
def test_without_a_single_row_nothing_is_a_nought_but_what_the_system_counts_itself(slug: str) -> None:
    pack = packs.assessment(slug, filled=FILLED.get(slug))
    empty = {source: list[Any]() for source in pack.sources}
    for name, result in measured(pack, listed(pack, empty)).items():
        expected = DEFINITIONS[slug][name](dict(empty))
        assert isinstance(result.value, NoData) == (expected is None), name


# --- SAL-2…4: rewards by rank and fines by item

SALES = packs.assessment("sales-satisfaction", filled=FILLED["sales-satisfaction"])
ITEMS = sorted(SALES.sources["answers"].fields["item"].choices or {})
consultant = st.tuples(st.lists(st.tuples(st.sampled_from(ITEMS), st.integers(86, 95)), max_size=5), st.integers(7, 12))


@given(st.dictionaries(st.sampled_from("abcdefgh"), consultant))
def test_rewards_and_fines_are_those_of_the_regulation(of: dict[str, tuple[list[tuple[str, int]], int]]) -> None:
    given_ = {
        who: Given(ListedRows(SALES.sources, {
            "answers": [Row(str(at), {"item": item, "score": Decimal(of)}) for at, (item, of) in enumerate(sheet)],
            "sales": [Row("sold", {"units": Decimal(units)})],
        }))
        for who, (sheet, units) in of.items()
    }  # fmt: skip
    found = proposals(SALES, assess(SALES, given_))
    assert found == proposals(SALES, assess(SALES, dict(reversed(given_.items()))))
    assert {(each.rule, each.whom, each.because): each.fen // 100 for each in found} == {
        **_rewards(of, "SAL-2", [500, 400, 300], lambda units: units < 10),
        **_rewards(of, "SAL-3", [2000, 1500, 1000], lambda units: units >= 10),
        **{("SAL-4", who, item): 20 for who, (sheet, _) in of.items() for item in ITEMS if _average(sheet, item) < 90},
    }  # fmt: skip


def _average(sheet: list[tuple[str, int]], item: str | None = None) -> Decimal:
    """The score of an item as it is shown; what nobody was asked is not below anything."""
    scores = [score for of, score in sheet if item in (of, None)]
    return half_up(Fraction(sum(scores), len(scores)), 2) if scores else Decimal(100 if item else -1)


def _rewards(
    of: dict[str, tuple[list[tuple[str, int]], int]], rule: str, amounts: list[int], takes: Callable[[int], bool]
) -> dict[tuple[str, str, str], int]:
    scores = {who: _average(sheet) for who, (sheet, units) in of.items() if takes(units)}
    places = {who: 1 + sum(other > score for other in scores.values()) for who, score in scores.items()}
    return {
        (rule, who, "score"): amounts[place - 1] for who, place in places.items() if place <= 3 and scores[who] >= 90
    }
