"""A head leaves: begun by human resources, places named by the administrator, taken over on the day; both widths."""

import pytest
from sqlalchemy import select

from jobs.hand_over import carry_out_due
from models import Person
from tests.builders import MONDAY, Desk, moment
from workflow import customers


@pytest.fixture
def _a_customer(database) -> None:
    with database.writing() as session:
        desk = Desk(session)
        typed = customers.Typed("郑女士", "13800000001", "沪A12345")
        customers.add(session, typed, desk.person("service.liu"), by=desk.actor("cr.sun"), at=MONDAY)
        session.commit()


@pytest.mark.usefixtures("_a_customer")
def test_a_head_leaves_and_everything_finds_its_owner(visitor, case_in, database, clock, size):
    number = case_in("assigned")
    officer = visitor("hr.qian", size)
    page = officer.go("/people/service.liu")
    officer.follow("发起交接")
    officer.sees("1 件在办客诉", "1 位客户")
    page.locator("#what-leave").check()
    page.locator("#day").fill("2026-03-01")
    officer.press("发起交接", status=422)
    officer.sees("请选择以后的日期")
    page.locator("#day").fill("2026-03-06")
    officer.press("发起交接")
    officer.sees("还有 2 项没有接手人", "尚无接手人")
    page.locator("#customers-").select_option(label="马超（service.ma）")
    officer.press("保存选择")
    officer.sees("还有 1 项没有接手人")

    root = visitor("admin.root", size)
    root.go("/hand-overs")
    root.follow("刘洋")
    root.sees("建议：高峰")
    root.press("保存选择")
    root.press("确认交接：到期自动生效")
    root.sees("到期自动生效")
    clock.now = moment(3, 7, 1)
    assert carry_out_due(database, clock.now) == 1
    root = visitor("admin.root", size)
    root.go("/hand-overs")
    root.follow("刘洋")
    root.sees("全部交接完毕", "高峰", "马超")

    adviser = visitor("service.ma", size)
    adviser.go("/")
    adviser.sees("有 1 位客户移交给您")
    adviser.follow("查看客户")
    adviser.follow("郑女士")
    adviser.page.locator("#was_reached-yes").check()
    adviser.page.locator("#result").fill("已自我介绍，约好下周保养。")
    adviser.press("保存联系记录")
    adviser.sees("已联系上", "刘洋", "马超")

    head = visitor("service.gao", size)
    head.go(f"/complaints/{number}")
    head.sees("随岗位移交案件：刘洋 → 高峰", "转办本案")
    with database.reading() as session:
        assert session.scalars(select(Person).filter_by(username="service.liu")).one().left_at == moment(3, 7, 0)
