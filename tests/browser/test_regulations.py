"""Anybody finds a regulation from the menu and reads how they are assessed."""

from playwright.sync_api import expect


def test_an_employee_reads_how_a_visit_is_scored(visitor, size):
    employee = visitor("service.ma", size)
    page = employee.go("/regulation")
    employee.follow("全部制度")
    employee.follow("客户满意度考核办法（修正版）")
    expect(page.get_by_role("heading", level=1)).to_have_text("客户满意度考核办法（修正版）")
    row = page.get_by_role("row").filter(has_text="门口迎接")
    expect(row).to_contain_text("−6")
    expect(row).to_contain_text("前台接待")
    employee.go("/regulations/customer-service-department")
    employee.sees("不高于 4 小时", "公司自定")
