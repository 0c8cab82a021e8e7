"""The general manager brings a new edition about, and an employee acknowledges it; without JavaScript as well."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from jobs import rehearsal, scenario_rehearsal
from models import RegulationDraft, RegulationVersion
from tests.builders import MONDAY
from workflow.regulation import CS_MANAGEMENT

ADOPTION = "2026年3月1日经职工代表大会讨论通过，3月2日在公告栏公示。"


@pytest.fixture
def rehearse(database, monkeypatch):
    """The worker comes by and plays one story; tests/web has all of them played."""
    monkeypatch.setattr(scenario_rehearsal, "stories", lambda: [scenario_rehearsal.STORIES / "penalty-ladder.yaml"])

    def work() -> None:
        for key in rehearsal.unfinished(database):
            rehearsal.run(database, key, now=lambda: MONDAY, must_stop=lambda: False)

    return work


def test_a_new_edition_from_its_first_value_to_its_acknowledgement(visitor, case_in, rehearse, database, size):
    number = case_in("handling")
    manager = visitor("gm.zhou", size)
    page = manager.go("/regulation")
    manager.follow("新版本草案")
    manager.press("起草新版本")
    page.locator("#ladders-after_sales-first").fill("-80")
    page.locator("#ladders-sales-second").fill("")
    manager.press("保存并查看差异", status=422)
    expect(page.locator("#ladders-after_sales-first-error")).to_contain_text("罚款不能为负数")
    page.locator("#ladders-after_sales-first").fill("80")
    page.locator("#points-complaint-assign-respondent-normal").fill("−8")
    manager.press("保存并查看差异")
    manager.sees("50 元", "80 元", "−8", "待填写")
    manager.follow("填写", within="main nav")
    manager.sees("空白，待填写")
    page.locator("#ladders-sales-second").fill("200")
    manager.press("保存并查看差异")
    manager.follow("开始推演")
    manager.press("开始推演")
    manager.sees("推演正在排队")
    rehearse()
    manager.go("/regulation/draft/rehearsal")
    manager.sees("1 件结果会不同", number, "第一次、第二次处罚，直至辞退")
    manager.follow("下一步：施行")
    page.locator("#day").fill("2026-07-01")
    page.locator("#adoption").fill(ADOPTION)
    manager.press("查看施行后果")
    manager.sees("2026年7月1日", "2 处数值变动", "请 19 名员工签收新版本", ADOPTION)
    manager.press("确认施行")
    with database.reading() as session:
        editions = session.scalars(select(RegulationVersion).filter_by(slug=CS_MANAGEMENT))
        assert [version.number for version in editions] == [1, 2]
    manager.go("/regulation/acknowledgements")
    manager.sees("19 人中已有 0 人签收")

    employee = visitor("service.ma", size)
    employee.go("/me")
    employee.sees("新版本将于2026年7月1日起施行")
    employee.follow("阅读并签收", within="main section:has-text('2026年7月1日')")
    employee.sees("80 元", ADOPTION, "签收只表示收到，不表示同意")
    employee.press("签收")
    employee.sees("您已于 3月2日 09:00 签收本版本")
    manager.go("/regulation/acknowledgements")
    manager.sees("19 人中已有 1 人签收")


def test_it_needs_no_javascript(visitor, database):
    manager = visitor("gm.zhou", javascript=False)
    manager.go("/regulation/draft")
    manager.press("起草新版本")
    manager.page.locator("#deadlines-answer-number").fill("12")
    manager.press("保存并查看差异")
    manager.sees("24 小时", "12 小时")
    with database.reading() as session:
        assert session.scalars(select(RegulationDraft.changes)).one() == {"deadlines.answer": {"hours": 12}}
