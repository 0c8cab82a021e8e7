"""The report of an assessment on paper: heads repeated, wide tables on their side, nothing that breaks it."""

from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from pdf import report
from pdf.words import Language
from tests.pdf.archive import faults

PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="40"><text x="5" y="30">售后 👩</text></svg>'
HELL = "𝕏👩\u202e<b>&amp;{{ x }}\x07" + "长" * 90 + "a" * 120


def content(rows: list[list[str]], measures: int = 2, **more: Any) -> dict[str, Any]:
    columns = [{"title": "姓名", "kind": "name"}, {"title": "部门", "kind": "text"}]
    columns += [{"title": f"指标{number}", "kind": "number"} for number in range(measures)]
    section = {"title": "全部结果", "note": "", "columns": columns, "rows": rows, "picture": PICTURE, "alt": "各部门"}
    return {
        "title": "客户忠诚度", "period": "2026 年 2 月", "facts": [["状态", "进行中"]], "empty": "",
        "company": {"zh": "星辰公司", "en": "Star"}, "printed_by": "周建国", "printed_at": "2026-03-02T09:00:00+08:00",
        "sections": [section] if rows else [],
    } | more  # fmt: skip


def pages(data: bytes) -> list[str]:
    return ["".join(page.extract_text().split()) for page in PdfReader(BytesIO(data)).pages]


def test_every_page_of_a_long_table_has_its_head_its_number_and_its_printer() -> None:
    rows = [[f"员工{number}", "售后服务部", "1", "2"] for number in range(90)]
    data = report.render(content(rows), lang="zh")
    found = pages(data)
    assert len(found) > 2 and not faults(data)
    for number, page in enumerate(found, 1):
        assert "姓名部门指标0指标1" in page and f"第{number}页共{len(found)}页" in page
        assert "打印：周建国2026年3月2日09:00" in page and "星辰公司" in page
    assert sum(page.count("员工") for page in found) == 90
    assert PdfReader(BytesIO(data)).attachments["report.json"], "its tables go along for programs"


@pytest.mark.parametrize(("measures", "is_wide"), [(5, False), (12, True)])
def test_a_table_of_many_columns_lies_on_its_side(measures: int, is_wide: bool) -> None:
    data = report.render(content([["马超", "售后服务部", *("1" * measures)]], measures), lang="en")
    box = PdfReader(BytesIO(data)).pages[0].mediabox
    assert (box.width > box.height) is is_wide and sorted(map(round, (box.width, box.height))) == [595, 842]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_whatever_is_written_in_it_it_is_printed(lang: Language) -> None:
    data = report.render(content([[HELL, HELL, "1", "2"]], title=HELL, facts=[["状态", HELL]]), lang=lang)
    whole = "".join(pages(data))
    assert "〓" in whole and "<b>&amp;{{x}}" in whole and "长" * 9 in whole and not faults(data)


def test_a_report_of_nothing_says_so() -> None:
    assert "暂无结果" in pages(report.render(content([], empty="暂无结果。"), lang="zh"))[0]
