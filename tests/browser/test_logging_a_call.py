"""Customer relations takes a call: few keystrokes, nothing lost, known customers announced."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import PHONE

WORDS = "空调异响修了两次，昨天开到半路又响，要求当面给说法。"


def test_a_call_is_logged_with_the_keyboard_alone_and_assigned_at_once(visitor, case):
    officer = visitor("cr.sun")
    keyboard = officer.go("/complaints/new").keyboard
    keyboard.press("Tab")
    keyboard.press("Enter")  # past the side bar
    for typed in ("13800000001", "谢先生"):
        keyboard.press("Tab")
        keyboard.type(typed)
    keyboard.press("Tab")  # by phone
    keyboard.press("Tab")
    keyboard.type(WORDS)
    keyboard.press("Tab")
    keyboard.press("Space")  # service attitude
    keyboard.press("Tab")  # normal
    keyboard.press("Tab")
    for _ in range(2):
        keyboard.press("ArrowDown")  # after-sales
    keyboard.press("Tab")
    keyboard.type("马超")
    expect(officer.page.locator("#respondent")).to_be_focused()
    officer.strike("Tab", "Tab", "Tab", "Enter")  # past the rest and “file”
    officer.sees("2026-1", "待答复", "谢先生", WORDS[:10])
    complaint = case("2026-1")
    assert [event.action for event in complaint.events] == ["file", "assign"]
    assert (complaint.customer_name, complaint.description) == ("谢先生", WORDS)
    assert complaint.events[-1].said["respondent"] == "service.ma"


def test_a_call_is_logged_by_pointing_on_any_screen(visitor, case, size):
    officer = visitor("cr.sun", size)
    page = officer.go("/complaints/new")
    page.locator("#customer_name").fill("谢先生")
    page.locator("#description").fill(WORDS)
    page.get_by_role("radio", name="产品质量").check()
    officer.press("登记")
    officer.sees("已登记", "2026-1")
    assert [event.action for event in case("2026-1").events] == ["file"]


def test_a_draft_survives_a_reload_and_ends_with_the_filing(visitor):
    officer = visitor().log_in("cr.sun")
    page = officer.go("/complaints/new")
    page.locator("#description").fill(WORDS)
    expect(page.locator("[data-kept]")).to_contain_text(re.compile(r"\d\d:\d\d"))
    page.reload()
    expect(page.locator("#description")).to_have_value(WORDS)
    page.locator("#customer_name").fill("谢先生")
    page.get_by_role("radio", name="产品质量").check()
    officer.look()
    officer.press("登记")
    officer.go("/complaints/new")
    expect(page.locator("#description")).to_be_empty()
    expect(page.locator("#customer_name")).to_be_empty()


def test_what_cannot_be_is_told_at_its_field_and_nothing_typed_is_lost(visitor):
    officer = visitor("cr.sun", PHONE)
    page = officer.go("/complaints/new")
    page.locator("#customer_name").fill("谢先生")
    page.locator("#description").fill(WORDS)
    page.get_by_role("radio", name="产品质量").check()
    page.locator("#respondent").fill("马朝")
    officer.press("登记并下发", status=422)
    expect(page.locator("#respondent")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#respondent-error")).to_contain_text("马超")
    expect(page.locator("#respondent")).to_have_value("马朝")
    expect(page.locator("#description")).to_have_value(WORDS)


def test_a_customer_who_complained_before_is_announced_and_never_hindered(visitor, case_in, case):
    earlier = case_in("handling")
    officer = visitor("cr.sun")
    page = officer.go("/complaints/new")
    page.locator("#customer_phone").press_sequentially("138 0000 0001")
    expect(page.get_by_role("status").filter(has_text=earlier)).to_contain_text("90 天")
    officer.look()
    page.locator("#customer_name").fill("郑女士")
    page.locator("#description").fill("还是没有人接待。")
    page.get_by_role("radio", name="服务态度").check()
    officer.press("登记")
    expect(page.get_by_role("link", name=earlier).first).to_be_visible()
    assert case("2026-2").customer_phone is not None
