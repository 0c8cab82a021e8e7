"""The general manager rules, in two steps; whoever comes second is told and keeps what they wrote."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from models import Event, Letter
from tests.browser.conftest import DESK, PHONE
from tests.builders import MONDAY, Desk
from workflow import places

REASON = "报价单与通话录音相符，申诉成立。"


def test_the_general_manager_rules_on_a_phone_and_the_form_is_void(visitor, case_in, case, database):
    number = case_in("ruling")
    manager = visitor("gm.zhou", PHONE)
    page = manager.go(f"/complaints/{number}")
    manager.follow("申诉成立", within=".gd-bar")
    expect(page.get_by_role("radio", name="申诉成立")).to_be_checked()
    page.locator("#ruling-reason").fill(REASON)
    manager.press("下一步：核对后果")
    manager.sees("您将裁决：申诉成立", REASON, "马超", "全部冲回")
    assert _rows(database) == (4, 4)
    assert case(number).state == "ruling"
    manager.press("返回修改")
    expect(page.locator("#ruling-reason")).to_have_value(REASON)
    expect(page.get_by_role("radio", name="申诉成立")).to_be_checked()
    manager.press("下一步：核对后果")
    manager.press("确认裁决")
    manager.sees("已作废", REASON)
    assert case(number).state == "voided"
    manager.follow("客户抱怨单")
    manager.sees("本函已作废")
    assert _rows(database) == (5, 5)


@pytest.mark.parametrize(
    ("ruling", "button", "state"),
    [
        ("申诉不成立", "确认裁决", "handling"),
        ("变更裁决", "确认裁决", "handling"),
        ("退回补充", "确认退回", "assigned"),
    ],
)
@pytest.mark.again
def test_every_other_ruling_is_shown_with_what_follows_before_it_counts(visitor, case_in, case, ruling, button, state):
    number = case_in("ruling")
    manager = visitor("gm.zhou")
    page = manager.go(f"/complaints/{number}")
    page.get_by_role("radio", name=ruling).check()
    if ruling == "变更裁决":
        page.locator("#ruling").get_by_role("radio", name="轻微").check()
    page.locator("#ruling-reason").fill(REASON)
    manager.press("下一步：核对后果")
    assert case(number).state == "ruling"
    manager.press(button)
    assert case(number).state == state


def test_a_ruling_without_a_reason_is_asked_for_it_and_nothing_changes(visitor, case_in, case):
    number = case_in("ruling")
    manager = visitor("gm.zhou", PHONE, javascript=False)
    page = manager.go(f"/complaints/{number}?act=dismiss")
    page.locator("#ruling-reason").fill(" ")
    manager.press("下一步：核对后果", status=422)
    manager.sees("请写明理由，它会写入函件。")
    expect(page.get_by_role("radio", name="申诉不成立")).to_be_checked()
    assert case(number).state == "ruling"


def test_the_loser_of_two_rulings_sees_what_happened_with_their_text_kept(visitor, case_in, case, database, clock):
    number = case_in("ruling")
    with database.writing() as session:
        desk = Desk(session)
        manager_, deputy_ = desk.person("gm.zhou"), desk.person("deputy.he")
        places.delegate(session, deputy_, by=manager_, since=MONDAY, until=MONDAY + timedelta(days=3), at=MONDAY)
        session.commit()
    manager, deputy = visitor("gm.zhou", PHONE), visitor("deputy.he", DESK)
    for ruler, ruling in ((manager, "申诉成立"), (deputy, "申诉不成立")):
        page = ruler.go(f"/complaints/{number}")
        page.get_by_role("radio", name=ruling).check()
        page.locator("#ruling-reason").fill(f"{ruler is manager} {REASON}")
        ruler.press("下一步：核对后果")
    deputy.press("确认裁决")
    clock.now += timedelta(minutes=2)
    manager.press("确认裁决", status=409)
    manager.sees("您提交之前，此案已有新进展", "何敏（代周建国）", "比您早 2 分")
    expect(manager.page.locator("main textarea").first).to_have_value(f"True {REASON}")
    manager.follow("查看最新情况")
    manager.sees("处理中")
    assert [event.action for event in case(number).events] == ["file", "assign", "appeal", "endorse", "dismiss"]


def _rows(database) -> tuple[int, int]:
    """How many events and how many letters there are."""
    with database.reading() as session:
        return tuple(session.scalar(select(func.count()).select_from(table)) for table in (Event, Letter))
