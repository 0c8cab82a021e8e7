"""The whole life of an improvement plan at both widths: report, cause, measure, verdict, and the customer who hears."""

from sqlalchemy import select

from models import Plan


def test_from_the_report_to_the_customer_who_hears_of_it(visitor, case_in, database, size):
    number = case_in("handled")
    head = visitor("service.liu", size)
    page = head.go(f"/complaints/{number}")
    page.locator("#report-result").fill("客户接受。")
    page.locator("#report-improvement_measures").fill("增项须由客户在报价单上签字。")
    page.locator("#report-improvement_owner").fill("马超")
    page.locator("#report-improvement_due").fill("2026-03-06")
    head.press("提交报告")
    head.go(f"/complaints/{number}")
    head.sees("改善计划", "整改中")

    owner = visitor("service.ma", size)
    owner.go("/")
    owner.sees("落实改善计划")
    page = owner.go(f"/plans/{_number(database)}")
    page.locator("#why_1").fill("报价单没有客户签字栏")
    page.locator("#cause").select_option("method")
    owner.press("保存原因")
    page.locator("#carry_out-note").fill("新报价单已启用。")
    owner.press("记为完成")
    page.locator("#finish-note").fill("一周报价三十份，签字齐全。")
    owner.press("报告完成")
    owner.sees("待验证")

    officer = visitor("cr.sun", size)
    page = officer.go(f"/plans/{_number(database)}")
    page.locator("#confirm-note").fill("抽查十份，均有签字。")
    officer.press("确认有效")
    officer.sees("尚未告知")
    page.locator("#tell-how, #how").first.select_option("phone")
    officer.press("记录")
    officer.sees("电话", "有效")
    officer.go("/plans")
    officer.sees("增项须由客户在报价单上签字。", "没有时限")


def _number(database) -> str:
    with database.reading() as session:
        return session.scalars(select(Plan)).one().number
