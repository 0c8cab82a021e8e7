"""Letters of the month: entries, formula, who signed, and what is apart."""

from io import BytesIO

import pypdf
import pytest

from pdf import letter
from tests.pdf.samples import DIGEST
from tests.pdf.samples_scorecard import BELOW_PASS, KINDS, Content, sample


def html(content: Content, lang: str = "zh", copy: str = "full") -> str:
    return letter.html(content, lang=lang, copy=copy, digest=DIGEST)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_letter_names_month_base_and_edition(kind, lang):
    page = html(sample(kind), lang)
    assert letter.TITLES[kind][lang] in page
    assert {"zh": "2026年3月", "en": "March 2026"}[lang] in page
    assert "2,000.00" in page
    assert "None" not in page


def test_a_scorecard_lists_every_entry_with_letter_rule_and_balance():
    page = html(sample("scorecard"))
    assert '处罚〔2026〕4号</td><td class="mid">CS-8</td><td class="num">−5.00</td><td class="num">90.00</td>' in page
    assert "客户撤诉（冲回）" in page
    assert "（−5.00）" in page
    assert "不计入" in page


def test_a_scorecard_prints_the_formula_and_the_pay_in_capital_numerals():
    page = html(sample("scorecard"))
    assert "2,000.00 × 90.00 ÷ 100 × 1.00 ＝ 1,800.00 元" in page
    assert "人民币壹仟捌佰元整（¥1,800.00）" in page


@pytest.mark.parametrize(
    ("mode", "zh", "en"),
    [
        ("A", "按绩效工资扣减 30%", "of the performance pay"),
        ("B", "按绩效基数扣减，不再乘绩效分 30%", "of the base, instead of the score"),
        ("C", "按绩效基数另行扣减 30%", "of the base, in addition to the score"),
    ],
)
def test_a_month_below_the_pass_mark_names_the_mode(mode, zh, en):
    content = sample("pay_slip", scorecard=BELOW_PASS | {"mode": mode})
    assert zh in html(content)
    assert en in html(content, "en")


def test_a_factor_carries_its_reason():
    content = sample("scorecard_review", scorecard={"factor": "1.05", "factor_reason": "当月支援新店开业。"})
    assert "调整系数 1.05，理由：当月支援新店开业。" in html(content)


def test_who_has_not_acted_has_an_empty_box():
    page = html(sample("scorecard_draft"))
    assert "尚未审核" in page
    assert "钱芳" not in page
    assert "周建国" in html(sample("scorecard"))


def test_a_return_gives_its_reason_and_where_it_goes():
    page = html(sample("scorecard_return"))
    assert "请核对冲回是否记入本月" in page
    assert "部门主管审核" in page


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_month_without_entries_prints_zeros(lang):
    content = sample("scorecard", scorecard={"lines": [], "provisional": [], "money": [], "final_sum": "0.00"})
    page = html(content, lang)
    assert {"zh": "合计 0 分", "en": "total 0 points"}[lang] in page
    assert "0.00" in page


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_scorecard_is_one_page(lang):
    paper = letter.render(sample("scorecard"), lang=lang, copy="respondent", digest=DIGEST)
    read = pypdf.PdfReader(BytesIO(paper))
    assert len(read.pages) == 1
    assert "1,800.00" in read.pages[0].extract_text()
