"""An employee reads their own page: what waits, why points moved, and their letters."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE

pytestmark = pytest.mark.browser


def test_an_employee_sees_why_points_moved(visitor, case_in, size):
    number = case_in("assigned")
    employee = visitor("service.ma", size)
    page = employee.go("/me")
    points = page.locator("#points").locator("xpath=ancestor-or-self::section")
    expect(points).to_contain_text("100")
    row = points.get_by_role("row").filter(has_text=number)
    expect(row).to_contain_text("−5")
    expect(row).to_contain_text("暂计")
    employee.sees_no("郑女士", "13800000001")
    employee.leave_by(row.get_by_role("link", name=number))
    employee.sees("2026-1", "您是当事人")
    employee.sees_no("郑女士", "13800000001")


def test_an_employee_reads_a_letter_on_paper_and_acknowledges_it(visitor, case_in):
    case_in("assigned")
    employee = visitor("service.ma", PHONE)
    page = employee.go("/me")
    employee.follow("打开并签收")
    expect(page.get_by_role("heading", level=1)).to_contain_text("客户抱怨单")
    opened = page.request.get(employee.address + page.get_by_role("link", name="阅读中文 PDF").get_attribute("href"))
    assert (opened.status, opened.headers["content-type"]) == (200, "application/pdf")
    with page.expect_download() as saved:
        page.get_by_role("link", name="下载").click()
    assert saved.value.suggested_filename == "客诉〔2026〕2号 客户抱怨单.pdf"
    assert saved.value.path().read_bytes() == opened.body()
    expect(page.locator("main")).to_contain_text("签收只表示收到，不表示同意，也不影响您申诉。")
    employee.press("签收")
    expect(page.locator("main")).to_contain_text(re.compile(r"您已于 3月2日 09:00 签收"))
    employee.go("/me")
    employee.sees_no("打开并签收")


def test_every_letter_of_an_employee_stands_in_a_list(visitor, case_in):
    case_in("handling")
    employee = visitor("service.ma")
    page = employee.go("/letters")
    for title in ("客户抱怨单", "受理确认单"):
        expect(page.get_by_role("link", name=title)).to_be_visible()
    employee.follow("受理确认单")
    employee.sees("刘洋")
