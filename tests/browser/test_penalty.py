"""A penalty on the desk and on the phone: proposed, answered, decided, appealed; every page looked at."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from models import Commission, Penalty, Person
from tests.browser.conftest import DESK, PHONE
from tests.builders import Desk
from tests.penalties import third

FACTS = "2026年3月1日，未按流程进行交车前检查，客户提车后发现机油盖未拧紧。"


@pytest.fixture
def made(database):
    """The number of a penalty that a builder makes."""

    def number(make) -> str:
        with database.writing() as session:
            found = make(Desk(session)).number
            session.commit()
            return found

    return number


@pytest.fixture
def read(database):
    def penalty(number: str) -> Penalty:
        with database.reading() as session:
            return session.scalars(select(Penalty).where(Penalty.by_number(number).whereclause)).one()

    return penalty


def test_from_the_proposal_to_the_approval(visitor, read, size):
    head = visitor("service.liu", size, start="/penalties")
    page = head.go("/penalties/new")
    page.locator("#respondent").fill("马超")
    page.locator("#facts").fill(FACTS)
    expect(page.locator("#outlook")).to_contain_text("对马超，本次将是：第一次")
    head.look()
    head.press("发出处罚事先告知书")
    head.sees("马超：拟第一次处罚", FACTS, "待申辩")
    respondent = visitor("service.ma", size, start="/penalties")
    page = respondent.go("/penalties/2026-1")
    respondent.sees("前陈述申辩，或者放弃", "对您意味着什么")
    respondent.sees_no("高峰")
    page.get_by_role("radio", name="放弃陈述申辩").check()
    respondent.look()
    respondent.press("确认放弃")
    respondent.sees("您现在不需要做任何事")
    page = head.go("/penalties/2026-1")
    page.get_by_role("radio", name="呈报总经理").check()
    page.locator("#submit-opinion").fill("情况属实，建议处罚。")
    head.press("呈报")
    manager = visitor("gm.zhou", size, start="/penalties")
    page = manager.go("/penalties/2026-1")
    page.get_by_role("radio", name="批准处罚").check()
    page.locator("#approve-opinion").fill("同意。")
    manager.look()
    manager.press("下一步：核对后果")
    manager.sees("您将批准：第一次", "马超", "−5", "罚款 −50.00 元", "同意。")
    assert read("2026-1").state == "submitted"
    manager.press("返回修改")
    expect(page.locator("#approve-opinion")).to_have_value("同意。")
    manager.press("下一步：核对后果")
    manager.press("确认批准")
    assert read("2026-1").step == "first"
    manager.sees("可申诉", "第一次 · 现在")
    manager.go("/penalties")
    manager.sees("马超", "已下达")


def test_the_draft_of_a_proposal_survives_a_reload(visitor):
    head = visitor(None, DESK).log_in("service.liu")
    page = head.go("/penalties/new")
    page.locator("#respondent").fill("马超")
    page.locator("#facts").fill(FACTS)
    expect(page.locator("[data-kept]")).to_contain_text("草稿")
    page = head.go("/penalties/new")
    expect(page.locator("#facts")).to_have_value(FACTS)


def test_a_dismissal_is_approved_with_a_reason_for_what_is_open(visitor, made, read, size):
    number = made(third)
    officer = visitor("hr.qian", size, start="/penalties")
    page = officer.go(f"/penalties/{number}")
    page.locator("#add-check_protection summary").click()
    page.locator("#check_protection-finding").fill("核对病假与考勤，未见特殊保护情形。")
    officer.press("记录核查结果")
    officer.sees("人事行政部已核查：核对病假与考勤，未见特殊保护情形。")
    manager = visitor("gm.zhou", size, start="/penalties")
    page = manager.go(f"/penalties/{number}?act=approve#act")
    manager.sees("解除审查", "未决", "马超：拟解除劳动合同", "批准没有自动时限；超时不会视为批准", "自知悉起 5 个月内")
    expect(page.get_by_role("radio", name="批准解除")).to_be_checked()
    manager.press("下一步：核对后果", status=422)
    manager.sees("有未决项")
    page.locator("#approve-open_reason").fill("制度已在入职培训中讲解，本人当面确认知悉。")
    page.locator("#approve-ends_on").fill("2026-03-31")
    manager.press("下一步：核对后果")
    manager.sees("2026年3月31日", "制度已在入职培训中讲解，本人当面确认知悉。", "−20")
    manager.press("确认解除")
    assert read(number).step == "dismissal"
    manager.sees("批准时已记录", "劳动合同终止日")


def test_an_appeal_on_the_phone_and_its_revocation(visitor, made, read):
    number = made(lambda desk: desk.penalty("issued"))
    respondent = visitor("service.ma", PHONE, start="/penalties")
    page = respondent.go(f"/penalties/{number}")
    respondent.sees("如有异议，请在")
    respondent.follow("申诉", within=".gd-bar")
    page.locator("#appeal-grounds").fill("当天由他人交车，检查单有签字。")
    respondent.press("提交申诉")
    assert read(number).state == "appealed"
    manager = visitor("gm.zhou", PHONE, start="/penalties")
    page = manager.go(f"/penalties/{number}")
    manager.follow("撤销", within=".gd-bar")
    expect(page.get_by_role("radio", name="申诉成立，撤销处罚")).to_be_checked()
    page.locator("#decision-reason").fill("检查单签字属实，申诉成立。")
    manager.press("下一步：核对后果")
    manager.sees("您将裁决：申诉成立，撤销处罚", "退还 50.00 元", "检查单签字属实，申诉成立。")
    manager.press("确认裁决")
    assert read(number).state == "revoked"
    respondent.go(f"/penalties/{number}")
    respondent.sees("处罚已撤销", "不再计入")


@pytest.mark.again
def test_without_a_script_every_step_can_be_taken(visitor, made, read):
    number = made(lambda desk: desk.penalty("submitted"))
    manager = visitor("gm.zhou", PHONE, javascript=False, start="/penalties")
    page = manager.go(f"/penalties/{number}?act=reject")
    page.locator("#reject-reason").fill("证据不足。")
    manager.press("下一步：核对后果")
    manager.press("确认不批准")
    assert read(number).state == "dropped"


def test_commissions_by_hand(visitor, database, size):
    officer = visitor("hr.qian", size, start="/penalties")
    page = officer.go("/commissions")
    page.locator("#employee").fill("郭亮")
    page.locator("#amount").fill("-5")
    officer.press("录入", status=422)
    page.locator("#amount").fill("1280.50")
    officer.press("录入")
    officer.sees("郭亮", "1,280.50")
    with database.reading() as session:
        found = session.execute(select(Person.name, Commission.amount).join(Commission.person)).all()
    assert found == [("郭亮", 128_050)]


@pytest.mark.parametrize(
    ("path", "shows"),
    [("/penalties", "2026-1"), ("/penalties?q=飞机", "没有"), ("/penalties/new", "事实")],
)
@pytest.mark.again
def test_lists_and_forms_in_both_sizes(visitor, made, size, path, shows):
    made(lambda desk: desk.penalty("issued"))
    page = visitor("service.liu", size, start="/penalties").go(path)
    assert shows in page.locator("main").inner_text()
