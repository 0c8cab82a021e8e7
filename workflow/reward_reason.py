"""Why a place in a ranking is rewarded: period, score and place, and what they are grouped by."""

from decimal import Decimal

from workflow.assessment_consequence import Ranked
from workflow.assessment_pack import AssessmentPack
from workflow.assessment_period import Period
from workflow.told import Told


def told(
    pack: AssessmentPack, period: Period, ranked: Ranked, *, place: int, score: Decimal, among: Decimal | None,
    is_shared: bool,
) -> Told:  # fmt: skip
    """2026年2月用户满意度93.00，并列第1名（销量8台）。

    Satisfaction, February 2026: 93.00, place 1, shared (Units sold: 8 cars).

    `among` is the figure by which people are grouped, such as what they sold (SAL-2, SAL-3).
    """
    measure, grouped = pack.measures[ranked.measure].title, _grouped(pack, ranked, among)
    zh = f"{period.in_chinese}{measure.zh}{score:f}，{'并列' if is_shared else ''}第{place}名"
    en = f"{measure.en}, {period.in_english}: {score:f}, place {place}{', shared' if is_shared else ''}"
    return Told(f"{zh}（{grouped.zh}）。", f"{en} ({grouped.en}).") if grouped else Told(f"{zh}。", f"{en}.")


def _grouped(pack: AssessmentPack, ranked: Ranked, figure: Decimal | None) -> Told | None:
    if ranked.among is None or figure is None:
        return None
    measure = pack.measures[ranked.among.measure]
    counted = measure.counted_in
    zh, en = (counted.zh, f" {counted.en}") if counted is not None else ("", "")
    return Told(f"{measure.title.zh}{figure:f}{zh}", f"{measure.title.en}: {figure:f}{en}")
