"""Improvement plans in the browser's hands: the list, a new one, the whole life of one, and what others see of it."""

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from models import Attachment, Database, Plan, PlanState
from tests.builders import Desk, moment
from tests.conftest import Clock
from tests.web.shell_fixtures import person
from tests.workflow.test_plan import opened, reported, to_state

As = Callable[[str], FlaskClient]
DUE = "2026-03-06"


@pytest.fixture
def plan(database: Database) -> str:
    """From the report of a complaint, owned by 马超."""
    with database.writing() as session:
        desk = Desk(session)
        found = reported(desk, improvement_owner=desk.person("service.ma"))
        session.commit()
        return found.number


def in_state(database: Database, number: str, state: str) -> str:
    with database.writing() as session:
        to_state(Desk(session), state, session.scalars(Plan.by_number(number)).one())
        session.commit()
    return number


def now_of(database: Database, number: str) -> Plan:
    with database.reading() as session:
        key = session.scalars(Plan.by_number(number).with_only_columns(Plan.id)).one()
        return session.scalars(Plan.whole(key)).unique().one()


def do(client: FlaskClient, number: str, action: str, **said: object):
    return client.post(f"/plans/{number}/acts/{action}", data=said)


def test_who_is_complained_about_reads_the_plan_without_the_customer(client_as: As, database: Database) -> None:
    """Service.ma is the respondent; what the report, a measure and a note say of the customer is hidden from them."""
    with database.writing() as session:
        desk = Desk(session)
        plan = reported(
            desk, improvement_owner=desk.person("service.ma"), improvement_measures="给郑女士 13800000001 打电话致歉"
        )
        session.commit()
        number, case = plan.number, plan.complaint.number
    assert do(client_as("service.liu"), number, "note", note="郑女士已约周三").status_code == 303
    for page in ("/", "/me", "/plans", f"/plans/{number}", f"/complaints/{case}"):
        shown = client_as("service.ma").get(page).text
        assert "打电话致歉" in shown, page
        assert "郑女士" not in shown and "13800000001" not in shown, page
    assert "郑女士" in client_as("service.liu").get(f"/plans/{number}").text


def test_from_the_cause_to_the_customer_who_hears_of_it(client_as: As, database: Database, plan: str) -> None:
    ma = client_as("service.ma")
    assert "十分钟内接待" in ma.get("/").text
    assert do(ma, plan, "analyse", why_1="无人看预约", cause="method").status_code == 303
    measure = str(now_of(database, plan).measures[0].id)
    proof = (io.BytesIO(b"%PDF-1.4\n%\xe2\xe3\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"), "kanban.pdf")
    done = do(ma, plan, "carry_out", measure=measure, note="看板已上墙", files=proof)
    assert done.status_code == 303, done.text
    assert do(ma, plan, "finish", note="已完成").status_code == 303
    refused = do(client_as("service.ma"), plan, "confirm", note="有效")
    assert (refused.status_code, "是否有效由" in refused.text) == (403, True)
    sun = client_as("cr.sun")
    assert "验证改善效果" in sun.get("/").text
    assert do(sun, plan, "confirm", note="抽查十单均达标").status_code == 303
    page = sun.get(f"/plans/{plan}").text
    assert "郑女士" in page
    assert "13800000001" in page
    customer = str(now_of(database, plan).complaint_id)
    told = do(sun, plan, "tell", customer=customer, how="phone", told_on="2026-03-02", note="已告知")
    assert told.status_code == 303
    found = now_of(database, plan)
    assert (found.state, found.clock, found.customers[0].told_how) == (PlanState.EFFECTIVE, None, "phone")
    [key] = [file.key for file in _files(database)]
    with client_as("service.ma").get(f"/plans/{plan}/files/{key}") as answer:
        assert answer.status_code == 200
    assert client_as("service.gao").get(f"/plans/{plan}/files/{key}").status_code == 404


def _files(database: Database) -> list[Attachment]:
    with database.reading() as session:
        return list(session.scalars(select(Attachment).where(Attachment.plan_id.is_not(None))))


@pytest.mark.parametrize("stranger", ["service.gao", "sales.chen", "hr.qian", "admin.root"])
def test_for_others_there_is_no_such_plan(client_as: As, plan: str, stranger: str) -> None:
    other = client_as(stranger)
    assert other.get(f"/plans/{plan}").status_code == 404
    assert do(other, plan, "note", note="?").status_code == 404
    assert other.post(f"/plans/{plan}/nudges").status_code == 404
    assert "十分钟内接待" not in other.get("/plans").text
    assert other.get("/plans/2026-999").status_code == 404


def test_its_owner_reads_nothing_of_the_customer(client_as: As, database: Database) -> None:
    with database.writing() as session:
        desk = Desk(session)
        number = reported(desk, improvement_owner=desk.person("service.gao")).number
        session.commit()
    page = client_as("service.gao").get(f"/plans/{number}").text
    assert ("郑女士" in page, "13800000001" in page, "/complaints/2026-1" in page) == (False, False, False)


def test_what_is_missing_stands_beside_its_field_and_what_was_typed_stays(client_as: As, plan: str) -> None:
    answer = do(client_as("service.ma"), plan, "analyse", why_1="无人看预约", cause="")
    assert answer.status_code == 422
    assert "请选择原因类别" in answer.text
    assert "无人看预约" in answer.text


def test_who_comes_too_late_sees_the_plan_as_it_is_now(client_as: As, database: Database, plan: str) -> None:
    in_state(database, plan, "done")
    answer = do(client_as("service.ma"), plan, "finish", note="已完成")
    assert (answer.status_code, "计划在此期间已有变动" in answer.text) == (409, True)
    assert "您写的内容还在" in answer.text and "已完成</textarea>" in answer.text


def test_a_new_plan_for_an_inspection(client_as: As, database: Database) -> None:
    head = client_as("service.liu")
    said = {
        "source": "inspection", "source_ref": "三月暗访", "department": "after_sales", "title": "洗车区杂乱",
        "measure": "划线定位", "owner": str(person(database, "service.gao").id), "due_on": DUE,
    }  # fmt: skip
    missing = head.post("/plans", data={**said, "title": "", "due_on": "2026-02-01"})
    assert missing.status_code == 422
    assert ("请用一句话写明改善事项" in missing.text, "这一天已经过去" in missing.text) == (True, True)
    answer = head.post("/plans", data=said, follow_redirects=True)
    assert "检查 三月暗访" in answer.text
    assert "洗车区杂乱" in client_as("service.gao").get("/me").text


def test_a_plan_for_a_complaint_takes_department_and_category_from_it(client_as: As, database: Database) -> None:
    with database.writing() as session:
        case = Desk(session).complaint("assigned")
        number = case.number
        session.commit()
    said = {"source": "complaint", "complaint": number, "title": "接待", "measure": "看板", "due_on": DUE,
            "owner": str(person(database, "service.gao").id)}  # fmt: skip
    cr = client_as("cr.sun")
    assert cr.post("/plans", data={**said, "complaint": "2026-77"}).status_code == 422
    assert cr.post("/plans", data=said).status_code == 303
    assert cr.post("/plans", data=said).status_code == 409
    assert "接待" in cr.get(f"/complaints/{number}").text
    assert client_as("service.gao").get("/plans/new").status_code == 404


def test_a_new_complaint_of_the_kind_proposes_to_reopen_the_plan(
    client_as: As, database: Database, clock: Clock, plan: str
) -> None:
    in_state(database, plan, "effective")
    clock.now = moment(5, 31, 9)
    with database.writing() as session:
        number = Desk(session, clock.now).file().number
        session.commit()
    cr = client_as("cr.sun")
    assert "已验证有效的计划，问题又出现了" in cr.get(f"/complaints/{number}").text
    assert "问题复发" in cr.get(f"/plans/{plan}").text
    assert plan in cr.get("/plans?clock=returned").text
    answer = do(cr, plan, "reopen", complaint=number, reason="又等了两小时", due_on="2026-06-10")
    assert answer.status_code == 303, answer.text
    assert now_of(database, plan).state is PlanState.WORKING
    clock.now += timedelta(days=1)
    assert "重启了计划" in client_as("service.ma").get(f"/plans/{plan}").text


def test_the_list_is_narrowed_and_downloaded(client_as: As, database: Database, clock: Clock, plan: str) -> None:
    with database.writing() as session:
        opened(Desk(session), title="洗车区杂乱")
        session.commit()
    head = client_as("service.liu")
    for query, there in (
        ("", True), ("?source=inspection", True), ("?source=complaint", False), ("?state=done", False),
        ("?q=洗车", True),
        ("?owner=service.ma", True), ("?department=sales", False), ("?clock=overdue", False),
    ):  # fmt: skip
        assert ("洗车区杂乱" in head.get(f"/plans{query}").text) is there, query
    clock.now = moment(3, 7, 9)
    assert "洗车区杂乱" in client_as("service.liu").get("/plans?clock=overdue").text
    sheet = load_workbook(io.BytesIO(client_as("service.liu").get("/plans/list.xlsx").data)).active
    assert next(row[1].value for row in sheet.rows) == "改善事项"
    assert {row[1].value for row in sheet.rows} >= {"洗车区杂乱", "十分钟内接待"}
    assert "没有参与的改善计划" in client_as("sales.wang").get("/plans").text


@pytest.mark.parametrize("state", ["working", "done", "effective", "dropped"])
@pytest.mark.parametrize("reader", ["service.ma", "service.liu", "cr.sun", "gm.zhou"])
def test_every_state_has_a_page_in_both_languages(
    client_as: As, database: Database, plan: str, state: str, reader: str
) -> None:
    in_state(database, plan, state)
    client = client_as(reader)
    assert client.get(f"/plans/{plan}").status_code == 200
    client.post("/language", data={"language": "en"})
    assert client.get(f"/plans/{plan}").status_code == 200


def test_the_bell_tells_of_it_and_leads_to_it(client_as: As, plan: str) -> None:
    page = client_as("service.ma").get("/notices").text
    assert "随处理结果回复单立项" in page
    assert f"/plans/{plan}" in page or "十分钟内接待" in page


def test_the_days_are_set_by_administrators(client_as: As, database: Database) -> None:
    figures = {"returns_days": "60", "work_days": "20", "verify_days": "3", "tell_days": "4"}
    admin = client_as("admin.root")
    assert admin.post("/company/improvement", data={**figures, "returns_days": "0"}).status_code == 422
    assert admin.post("/company/improvement", data=figures).status_code == 303
    assert "60 天内再发算复发" in admin.get("/company").text
    assert client_as("gm.zhou").post("/company/improvement", data=figures).status_code == 403
