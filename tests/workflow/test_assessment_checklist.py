"""Visits by checklist (MS-2…8), each figure computed once more from the regulation on random visits."""

from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflow.assessment_rows import FILLED
from workflow import packs
from workflow.assessment_checklist import Finding, Visit, visited
from workflow.assessment_figures import Missing, NoData

PACK = packs.assessment("mystery-shopper", filled=FILLED["mystery-shopper"])
SALES, AFTER_SALES = PACK.checklists["sales"], PACK.checklists["after_sales"]
TEAM_AND_ABOVE = ("sales_director", "sales_team_leader", "showroom_manager")


def visit(checklist: str, missed: set[str], *, by: dict[str, str] | None = None) -> Visit:
    found = PACK.checklists[checklist]
    names = by or {}
    return visited(found, {name: Finding(name not in missed, names.get(name)) for name in found.factors()})


def money(of: Visit, rule: str) -> Counter[str]:
    """Yuan by post or person under one rule; fines below nought."""
    found: Counter[str] = Counter()
    for each in of.proposals:
        if each.rule == rule:
            found[each.whom] += each.fen // (100 if each.kind == "reward" else -100)
    return found


@given(st.sets(st.sampled_from(sorted(SALES.factors()))))
def test_a_visit_of_sales_is_scored_and_fined_as_the_regulation_says(missed: set[str]) -> None:
    found = visit("sales", missed)
    # MS-2, MS-6, MS-7: one hundred, less the points of what was missed, less what missing a key factor costs.
    negative = {"greeted_at_the_door": 6, "demonstration_cars": 3, "meeting_area": 2}
    lost = sum(SALES.factors()[name].points for name in missed) + sum(negative.get(name, 0) for name in missed)
    assert found.score == 100 - lost
    assert sum(score for score in found.modules.values() if isinstance(score, Decimal)) == found.score
    # MS-3: 20 an item up to five, 200 above; MS-4: the head 20 for each.
    failed = Counter(SALES.factors()[name].responsible for name in missed)
    assert money(found, "MS-3") == {post: -20 * items if items <= 5 else -200 for post, items in failed.items()}
    assert money(found, "MS-4") == ({"sales_director": -20 * len(missed)} if missed else {})
    # MS-5: reception below 8.
    reception = 10 - sum(SALES.whole()["reception"].factors[name].points for name in missed & set(_of("reception")))
    reception -= 6 if "greeted_at_the_door" in missed else 0
    assert money(found, "MS-5") == (dict.fromkeys(TEAM_AND_ABOVE, -100) if reception < 8 else {})
    # MS-6, MS-7.
    greeted = ("general_manager", *TEAM_AND_ABOVE)
    assert money(found, "MS-6") == (dict.fromkeys(greeted, -100) if "greeted_at_the_door" in missed else {})
    facilities = len(missed & {"demonstration_cars", "meeting_area"})
    assert money(found, "MS-7") == (
        dict.fromkeys(("showroom_manager", "sales_team_leader"), -50 * facilities) if facilities else {}
    )


def _of(module: str) -> list[str]:
    return list(SALES.whole()[module].factors)


@given(st.sets(st.sampled_from(sorted(AFTER_SALES.factors()))))
def test_security_is_fined_or_rewarded(missed: set[str]) -> None:
    found = visit("after_sales", missed)
    assert found.score == 100 - sum(AFTER_SALES.factors()[name].points for name in missed)
    assert money(found, "MS-8") == {"head_of_security": -100 if "greets_and_guides" in missed else 100}
    led = Counter("head_of_security" if name == "greets_and_guides" else "service_director" for name in missed)
    assert money(found, "MS-4") == {head: -20 * items for head, items in led.items()}


def test_items_are_counted_for_whoever_failed_them() -> None:
    missed = {f for module in ("needs", "test_drive") for f in _of(module)}
    assert len(missed) == 12
    by = dict.fromkeys(_of("needs"), "sales.wang") | dict.fromkeys(_of("test_drive")[:5], "sales.zhao")
    found = money(visit("sales", missed, by=by), "MS-3")
    assert found == {"sales.wang": -200, "sales.zhao": -100, "sales_consultant": -20}


@pytest.mark.parametrize("left_open", ["greeted_at_the_door", "listens"])
def test_a_visit_that_is_not_complete_has_no_score_and_proposes_nothing(left_open: str) -> None:
    findings = {name: Finding(met=False) for name in SALES.factors() if name != left_open}
    found = visited(SALES, findings)
    assert (found.score, found.proposals) == (NoData(Missing.NOT_ANSWERED, left_open), ())


def test_a_factor_that_nobody_knows_is_an_error() -> None:
    with pytest.raises(KeyError, match="coffee"):
        visited(SALES, {"coffee": Finding(met=True)})
