"""One complaint from the call to the closed case, by everybody's own hands: on a phone, and without JavaScript."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE
from tests.browser.test_appeal import photo

DESCRIPTION = "维修前没有说明要加钱，取车时多收了两百元。"
GROUNDS = "报价单由客户本人签字，增项前已电话告知。"


@pytest.mark.parametrize(
    ("size", "javascript"),
    [(PHONE, True), pytest.param(DESK, False, marks=pytest.mark.again)],
    ids=["phone", "no-javascript"],
)
def test_a_complaint_runs_from_the_call_to_the_closed_case(visitor, case, size, javascript):
    officer, respondent, head, manager = (
        visitor(name, size, javascript=javascript) for name in ("cr.sun", "service.ma", "service.liu", "gm.zhou")
    )
    page = officer.go("/complaints/new")
    page.locator("#customer_name").fill("方先生")
    page.locator("#customer_phone").fill("13800000007")
    page.locator("#description").fill(DESCRIPTION)
    page.get_by_role("radio", name="价格").check()
    page.locator("#department").select_option("after_sales")
    page.locator("#respondent").fill("马超")
    officer.press("登记并下发")
    officer.sees("待答复", "2026-1")

    page = respondent.go("/complaints/2026-1")
    page.locator("#appeal-grounds").fill(GROUNDS)
    page.locator("#appeal-files").set_input_files(photo())
    respondent.press("提交申诉")
    respondent.sees("申诉中")

    page = head.go("/complaints/2026-1")
    page.get_by_role("radio", name="提报总经理").check()
    page.locator("#endorse-opinion").fill("情况属实。")
    head.press("提报总经理裁决")
    head.sees("待裁决")

    page = manager.go("/complaints/2026-1")
    page.get_by_role("radio", name="申诉不成立").check()
    page.locator("#ruling-reason").fill("报价单未写明增项金额。")
    manager.press("下一步：核对后果")
    manager.press("确认裁决")
    manager.sees("处理中")

    page = head.go("/complaints/2026-1")
    page.locator("#complete-measures_taken").fill("退还两百元并当面致歉。")
    head.press("登记处理完毕")
    page.locator("#report-result").fill("客户表示接受。")
    page.locator("#report-improvement_measures").fill("增项须由客户在报价单上签字。")
    head.press("提交报告")
    head.sees("待检核")

    page = officer.go("/complaints/2026-1")
    page.get_by_role("radio", name="检核通过").check()
    page.get_by_role("radio", name="5", exact=True).check()
    officer.press("结案")
    officer.sees("已结案")

    respondent.go("/complaints/2026-1")
    respondent.sees("已结案", "−5")
    respondent.sees_no("方先生", "13800000007")
    expect(respondent.page.get_by_role("link", name="结案通知书").first).to_be_visible()
    actions = [event.action for event in case("2026-1").events]
    assert actions == ["file", "assign", "appeal", "endorse", "dismiss", "complete", "report", "verify"]
