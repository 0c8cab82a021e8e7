"""A month from hand to hand: reviewed with a factor, verified, approved, paid, and read by whom it is about."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from models import Database, Person, Scorecard
from tests.browser.visitor import Visitor
from tests.builders import Desk, moment

MONTH = "2026-03"
MARCH = f"/months/{MONTH}"


@pytest.fixture
def march(database: Database, clock) -> None:
    """11 April: ma has lost five points in March, five more are provisional; the system has computed the month."""
    with database.writing() as session:
        Desk(session).complaint("handling")
        Desk(session).complaint("appealed")
        Desk(session, moment(4, 10)).close("compute", "")
        session.commit()
    clock.now = moment(4, 11)


@pytest.fixture
def card(database: Database) -> Callable[[str], Scorecard]:
    """Somebody's scorecard for March, as the database has it now, with its events."""

    def read(username: str) -> Scorecard:
        with database.reading() as session:
            of = select(Scorecard).join(Scorecard.person).where(Person.username == username, Scorecard.month == MONTH)
            return session.scalars(of.options(selectinload(Scorecard.events))).one()

    return read


@pytest.mark.usefixtures("march")
def test_the_month_goes_from_hand_to_hand(
    visitor: Callable[..., Visitor], size: tuple[int, int], card: Callable[[str], Scorecard]
) -> None:
    head = visitor("service.liu", size)
    head.go(MARCH)
    head.sees("主管评审 · 您", "2 人现在可以评审")
    head.follow("评审等我办理的")
    head.page.get_by_label("马超的调整系数", exact=True).fill("1.05")
    head.press("评审 2 份考核表", status=422)
    head.sees("请写明调整马超绩效的理由")
    head.page.get_by_label("马超的调整理由", exact=True).fill("预约接待及时率由82%升至96%")
    head.press("评审 2 份考核表")
    head.sees("2 份考核表已评审", "未办理 1 人（刘洋）")

    officer = visitor("hr.qian", size)
    officer.go(MARCH)
    officer.follow("核实等我办理的")
    officer.press("核实 2 份考核表")
    officer.sees("2 份考核表已核实")

    manager = visitor("gm.zhou", size)
    manager.go(f"{MARCH}/cards?act=approve")
    manager.sees("批准后，这些人的当月即关账")
    manager.press("批准 2 份考核表并关账")
    manager.sees("2 份考核表已批准并关账")

    officer.go(f"{MARCH}/cards?act=pay")
    officer.press("发放 2 人的绩效工资")
    officer.sees("2 份绩效工资已发放")

    employee = visitor("service.ma", size)
    employee.go(f"{MARCH}/mine")
    employee.sees("95 分，绩效工资 1,995.00 元", "2,000.00 × 95.00 ÷ 100 × 1.05", "已关账", "绩效工资单")
    paid = card("service.ma")
    assert (paid.state, paid.score, paid.factor, paid.pay) == ("paid", 95, Decimal("1.05"), 199_500)


@pytest.mark.usefixtures("march")
def test_a_card_goes_back_with_a_reason_and_the_deputy_has_the_managers(
    visitor: Callable[..., Visitor], size: tuple[int, int], card: Callable[[str], Scorecard]
) -> None:
    head = visitor("service.liu", size, javascript=False)
    head.go(f"{MARCH}/cards/service.ma")
    head.press("评审")
    officer = visitor("hr.qian", size)
    officer.go(f"{MARCH}/cards/service.ma")
    officer.page.get_by_label("理由").fill("请核对第1项")
    officer.press("退回")
    officer.sees("请核对第1项", "待评审")
    returned = card("service.ma")
    assert (returned.state, returned.events[-1].said["reason"]) == ("computed", "请核对第1项")
    deputy = visitor("deputy.he", size)
    deputy.go(MARCH)
    deputy.sees("总经理办公室")
    deputy.go("/months/2026-04/mine")
    deputy.sees("本月尚未结束")
