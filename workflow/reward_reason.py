"""Why a place in a ranking is rewarded: facts that the event keeps, so that pages and letters tell them in the language
of their reader; in Chinese as well, as the sentence that is searched.
"""

from decimal import Decimal
from typing import Any

from workflow.assessment_consequence import Ranked
from workflow.assessment_pack import AssessmentPack
from workflow.assessment_period import Period
from workflow.assessment_shape import Measure


def facts(
    pack: AssessmentPack, period: Period, ranked: Ranked, *, place: int, score: Decimal, among: Decimal | None,
    is_shared: bool,
) -> dict[str, Any]:  # fmt: skip
    """`among` is the figure by which people are grouped, such as what they sold (SAL-2, SAL-3)."""
    grouped = pack.measures[ranked.among.measure] if ranked.among is not None and among is not None else None
    return {
        "period": period.name,
        "measure": pack.measures[ranked.measure].title.model_dump(),
        "score": f"{score:f}",
        "place": place,
        "is_shared": is_shared,
        "among": _among(grouped, among) if grouped is not None and among is not None else None,
    }


def _among(measure: Measure, figure: Decimal) -> dict[str, Any]:
    counted = measure.counted_in
    return {
        "measure": measure.title.model_dump(), "figure": f"{figure:f}",
        "counted_in": counted.model_dump() if counted is not None else None,
    }  # fmt: skip


def in_chinese(found: dict[str, Any]) -> str:
    """2026年2月用户满意度得分93.00，并列第1名（销量8台）."""
    tie, among, sold = "并列" if found["is_shared"] else "", found["among"], ""
    if among is not None:
        counted = among["counted_in"]["zh"] if among["counted_in"] is not None else ""
        sold = f"（{among['measure']['zh']}{among['figure']}{counted}）"
    period = Period.named(found["period"]).in_chinese
    return f"{period}{found['measure']['zh']}{found['score']}，{tie}第{found['place']}名{sold}。"
