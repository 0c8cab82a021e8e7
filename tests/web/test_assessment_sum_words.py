"""Which rows a sum was drawn from is told in words, with the regulation's own names."""

import pytest
from flask import Flask
from flask_babel import force_locale

from tests.workflow.assessment_rows import FILLED
from web.assessment_sum_words import drawn_from
from workflow import assessment_opened, packs


@pytest.mark.parametrize(
    ("regulation", "measure", "part", "said"),
    [
        ("loyalty", "nps", None, ["推荐意愿 ≥ 9", "推荐意愿 ≤ 6", ""]),
        ("experience-standards", "delivery_on_time", None, ["准时", ""]),
        ("lifecycle-touchpoints", "answered_in_time", None, ["答复时长（小时） ≤ 答复时限", ""]),
        ("fair-evaluation", "evaluation", "superior", ["评分、评价人 = 上级", "评分、评价人 = 上级"]),
    ],
)
def test_conditions_are_told_in_words(
    app: Flask, regulation: str, measure: str, part: str | None, said: list[str]
) -> None:
    pack = packs.assessment(regulation, filled=FILLED.get(regulation))
    with app.test_request_context("/"), force_locale("zh_Hans_CN"):
        found = [drawn_from(pack, each) for each in assessment_opened.aggregates(pack, measure, part)]
    assert found == said
