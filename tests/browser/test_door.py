"""Coming in, choosing a language, and being told in words what cannot be."""

from playwright.sync_api import expect

from tests.browser.conftest import PHONE

GROUNDS = "报价单由客户本人签字，增项前已电话告知，录音可以核对。"


def test_a_wrong_password_is_told_and_the_account_stays_typed(visitor):
    guest = visitor(size=PHONE).log_in("service.ma", "wrong-password", status=401)
    expect(guest.page.get_by_role("alert")).to_contain_text("账号或密码不正确")
    expect(guest.page.get_by_label("账号")).to_have_value("service.ma")
    expect(guest.page.get_by_label("密码")).to_be_empty()
    expect(guest.page.get_by_label("密码")).to_be_focused()
    guest.answer_log_in("service.ma")
    expect(guest.page.get_by_role("heading", name="待办")).to_be_visible()


def test_whoever_asks_for_a_page_first_comes_to_it_after_the_log_in(visitor, case_in):
    number = case_in("assigned")
    guest = visitor()
    guest.go(f"/complaints/{number}")
    guest.answer_log_in("service.ma")
    assert guest.page.url.endswith(f"/complaints/{number}")


def test_english_is_a_choice_that_stays(visitor, case_in):
    number = case_in("assigned")
    reader = visitor("service.ma")
    reader.go("/settings")
    reader.page.get_by_role("radio", name="English").check()
    reader.press("保存设置")
    expect(reader.page.locator("html")).to_have_attribute("lang", "en")
    for path in ("/me", f"/complaints/{number}", "/letters"):
        reader.go(path)
        expect(reader.page.locator("html")).to_have_attribute("lang", "en")
    reader.go(f"/complaints/{number}")
    reader.sees("Complaint", "Awaiting answer")
    reader.go("/settings")
    reader.press("Log out")
    reader.sees("Password")


def test_a_form_of_a_session_that_ended_is_refused_with_its_text(visitor, case_in, case):
    number = case_in("assigned")
    respondent = visitor("service.ma")
    respondent.go(f"/complaints/{number}?act=appeal")
    respondent.page.locator("#appeal-grounds").fill(GROUNDS)
    first, second = respondent.page, respondent.context.new_page()
    respondent.page = second
    respondent.go("/settings")
    respondent.press("退出登录")
    respondent.answer_log_in("service.ma")
    respondent.page = first
    respondent.press("提交申诉", status=400)
    respondent.sees("这张表单已过期")
    assert GROUNDS in respondent.page.locator("main textarea").input_value()
    assert case(number).state == "assigned"


def test_for_a_stranger_a_case_and_its_letters_are_not_there(visitor, case_in):
    number = case_in("ruling")
    stranger = visitor("sales.wang", PHONE)
    told = set()
    for path in (f"/complaints/{number}", "/complaints/2026-999", "/letters/complaint-2026-1", "/nowhere"):
        told.add(stranger.go(path, status=404).locator("main").inner_text())
        stranger.sees("没有找到这一页")
        stranger.sees_no("郑女士", "马超")
    assert len(told) == 1, told
