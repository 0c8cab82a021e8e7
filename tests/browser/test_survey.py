"""A customer answers on their phone, and what they say does not get lost."""

import re

from playwright.sync_api import expect

from tests import surveys as made
from tests.browser.conftest import PHONE
from tests.builders import Desk
from workflow import surveys

WORDS = "约好九点到店，十点半才有人接车。"


def invited(session, *, by_call: bool) -> str:
    """A customer of service.ma, and the path where they answer or are called."""
    desk = Desk(session)
    (invitation,) = made.invitations(desk, made.survey(desk), by_call=by_call)
    if by_call:
        return f"/surveys/calls/{invitation.id}"
    return f"/s/{surveys.new_link(session, invitation, by=desk.actor('cr.sun'), at=desk.now)}"


def test_a_customer_is_not_satisfied_and_the_complaint_stands_in_the_list(visitor, database):
    with database.writing() as session:
        path = invited(session, by_call=False)
        session.commit()
    customer = visitor(size=PHONE, javascript=False)
    page = customer.go(path)
    page.get_by_role("radio", name="1").check()
    page.locator("#words").fill(WORDS)
    customer.press("提交")
    customer.sees("感谢您的评价", "与您联系")
    customer.go(path, status=410)
    customer.sees("此链接已使用")
    officer = visitor("cr.lin", PHONE, start="/complaints")
    officer.sees("鲍先生")
    officer.leave_by(officer.page.locator("main a[href*='/complaints/2026-1']").first)
    officer.sees(WORDS, "来自调查")
    officer.follow("查看答卷")
    officer.sees("满意度", WORDS)


def test_the_customers_page_keeps_the_rules_of_accessibility(visitor, database, size):
    with database.writing() as session:
        path = invited(session, by_call=False)
        session.commit()
    visitor(size=size).go(path).get_by_role("radio", name="5").check()


def test_a_call_is_taken_with_the_keyboard_alone(visitor, database):
    with database.writing() as session:
        path = invited(session, by_call=True)
        session.commit()
    officer = visitor("cr.sun", start=path)
    expect(officer.page.locator("#q-score-1")).to_be_focused()
    officer.page.keyboard.press("Space")
    officer.page.keyboard.press("Tab")
    officer.page.keyboard.type(WORDS)
    officer.strike("Tab", "Tab", "Enter")
    officer.sees("此答卷将登记为客诉", WORDS)
    officer.press("保存答案并登记客诉")
    expect(officer.page.locator("[role=status]")).to_contain_text(re.compile("并登记了客诉 2026-1"))
