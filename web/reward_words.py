"""Why somebody is rewarded, in the reader's language: a place in a ranking by its facts, or somebody's own words."""

from typing import Any

from flask_babel import gettext as _

from web.assessment_choices import period_words
from web.language import is_chinese
from workflow.assessment_period import Period


def reason(told: str, ranked: dict[str, Any] | None) -> str:
    """2026 年 2 月用户满意度得分 93.00，并列第 1 名（销量 8 台）。

    Score of satisfaction of February 2026: 93.00, place 1 shared with others (Units sold: 8 cars).
    """
    if ranked is None:
        return told
    words = {
        "measure": _of(ranked["measure"]), "period": period_words(Period.named(ranked["period"])),
        "score": ranked["score"], "place": ranked["place"], "among": _among(ranked["among"]),
    }  # fmt: skip
    if ranked["is_shared"]:
        return _("%(measure)s of %(period)s: %(score)s, place %(place)s shared with others%(among)s.", **words)
    return _("%(measure)s of %(period)s: %(score)s, place %(place)s%(among)s.", **words)


def _among(told: dict[str, Any] | None) -> str:
    if told is None:
        return ""
    counted = _of(told["counted_in"]) if told["counted_in"] is not None else ""
    return _(" (%(measure)s: %(figure)s)", measure=_of(told["measure"]), figure=f"{told['figure']} {counted}".strip())


def _of(words: dict[str, str]) -> str:
    return words["zh" if is_chinese() else "en"]
