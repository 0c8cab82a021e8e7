"""Customers: who sees whom, adding, importing, handing over, and the first contact within a week (LIFE-3)."""

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from jobs.reminding import remind_of_what_waits
from models import Customer, CustomerContact, CustomerHandOver, Database, Notice
from tests.builders import MONDAY, Desk
from tests.conftest import Clock
from tests.web.shell_fixtures import person
from workflow import customer_roles, customers
from workflow.office import Office
from workflow.process import FORBIDDEN, INVALID, Objection, Refused

As = Callable[[str], FlaskClient]
WEEK = timedelta(days=7)


@pytest.fixture
def customer(database: Database) -> int:
    """郑女士, looked after by 马超."""
    with database.writing() as session:
        desk = Desk(session)
        typed = customers.Typed("郑女士", "13812345678", "沪A·12345")
        found = customers.add(session, typed, desk.person("service.ma"), by=desk.actor("cr.sun"), at=MONDAY)
        session.commit()
        return found.id


def rows(database: Database, kind):
    with database.reading() as session:
        return session.scalars(select(kind).order_by(kind.id)).all()


def hand(client_as: As, database: Database, key: int, to: str, by: str = "service.liu"):
    return client_as(by).post("/customers/hand-over", data={"customers": key, "to": person(database, to).id})


def test_a_customer_is_handed_over_and_contacted_within_a_week(
    client_as: As, database: Database, clock: Clock, customer: int
) -> None:
    assert hand(client_as, database, customer, "service.gao").status_code == 303
    gao = client_as("service.gao")
    assert "有 1 位客户移交给您" in gao.get("/").text
    page = gao.get(f"/customers/{customer}").text
    assert "13812345678" in page
    tried = {"was_reached": "no", "result": "关机"}
    assert gao.post(f"/customers/{customer}/contacts", data=tried).status_code == 303
    assert rows(database, CustomerHandOver)[0].contacted_at is None
    late = "有 1 位客户移交已满一周，接手同事尚未联系"
    assert late not in client_as("service.liu").get("/").text
    clock.now = MONDAY + WEEK + timedelta(hours=1)
    assert "其中 1 位已逾期" in client_as("service.gao").get("/").text
    told = [
        user for user in ("service.liu", "cr.sun", "sales.chen", "service.gao") if late in client_as(user).get("/").text
    ]
    assert told == ["service.liu", "cr.sun"]
    assert "1 位客户的首次联系已逾期" in client_as("service.liu").get("/customers").text
    said = {"was_reached": "yes", "result": "已自我介绍"}
    assert client_as("service.gao").post(f"/customers/{customer}/contacts", data=said).status_code == 303
    row = rows(database, CustomerHandOver)[0]
    assert (row.due_at, row.contacted_at) == (MONDAY + WEEK, clock.now)
    assert "逾期" in client_as("service.liu").get(f"/customers/{customer}").text
    assert "移交给您" not in client_as("service.gao").get("/").text


def test_handed_on_before_the_contact_the_week_begins_anew(
    client_as: As, database: Database, clock: Clock, customer: int
) -> None:
    hand(client_as, database, customer, "service.gao")
    clock.now = MONDAY + timedelta(days=3)
    hand(client_as, database, customer, "service.ma")
    first, second = rows(database, CustomerHandOver)
    assert (first.handed_on_at, first.contacted_at) == (clock.now, None)
    assert second.due_at == clock.now + WEEK


@pytest.mark.parametrize(
    ("username", "sees", "phone"),
    [
        ("service.ma", True, True), ("cr.sun", True, True), ("service.liu", True, False), ("gm.zhou", True, False),
        ("service.gao", False, False), ("sales.chen", False, False), ("hr.qian", False, False),
        ("admin.root", False, False),
    ],
)  # fmt: skip
def test_who_sees_whom(client_as: As, customer: int, username: str, sees: bool, phone: bool) -> None:
    client = client_as(username)
    page = client.get(f"/customers/{customer}")
    assert page.status_code == (200 if sees else 404)
    assert ("13812345678" in page.text) == phone
    listed = client.get("/customers").text
    assert ("郑女士" in listed) == sees
    assert ("13812345678" in listed) == phone


def test_the_check_and_the_query_agree(database: Database, customer: int) -> None:
    with database.reading() as session:
        desk, office = Desk(session), Office(session)
        everybody = ("service.ma", "cr.sun", "service.liu", "gm.zhou", "service.gao", "sales.chen", "hr.qian")
        for actor in (office.actor(desk.person(name), MONDAY) for name in everybody):
            found = set(session.scalars(select(Customer.id).where(customer_roles.visible_to(actor))))
            assert (customer in found) == customer_roles.may_see(session.get(Customer, customer), actor)


def test_a_masked_number_is_not_found_by_guessing(client_as: As, customer: int) -> None:
    assert "郑女士" in client_as("cr.sun").get("/customers?q=12345678").text
    assert "郑女士" not in client_as("service.liu").get("/customers?q=12345678").text
    assert "郑女士" in client_as("service.liu").get("/customers?q=沪A12345").text
    for query in ("%25", "q" * 5000, "<script>", "page=-1", "page=x"):
        assert client_as("service.liu").get(f"/customers?q={query}").status_code == 200


def test_an_adviser_adds_their_own(client_as: As, database: Database) -> None:
    form = {"name": "刘先生", "phone": "139-0000-1111", "vehicle": "", "adviser": person(database, "cr.sun").id}
    assert client_as("service.ma").post("/customers", data=form).status_code == 303
    assert rows(database, Customer)[0].adviser_id == person(database, "service.ma").id


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "客" * 10_000}, "name"),
        ({"phone": ""}, "phone"),
        ({"phone": "12"}, "phone"),
        ({"phone": "1" * 10_000}, "phone"),
        ({"vehicle": "车" * 10_000}, "vehicle"),
        ({"adviser": ""}, "adviser"),
        ({"adviser": "99999999999"}, "adviser"),
        ({"phone": "138 1234 5678", "vehicle": "沪a12345"}, "phone"),
    ],
)
def test_what_will_not_do_is_told_at_its_field(
    client_as: As, database: Database, customer: int, changes: dict[str, str], field: str
) -> None:
    form = {"name": "刘先生", "phone": "13900001111", "vehicle": "", "adviser": person(database, "service.ma").id}
    refused = client_as("cr.sun").post("/customers", data=form | changes)
    assert refused.status_code == 422
    assert f'id="{field}-error"' in refused.text
    assert len(rows(database, Customer)) == 1


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"was_reached": "", "result": "x"}, 422),
        ({"was_reached": "yes", "result": " "}, 422),
        ({"was_reached": "yes", "result": "长" * 10_000}, 422),
        ({}, 422),
    ],
)
def test_a_contact_says_what_came_of_it(
    client_as: As, database: Database, customer: int, form: dict[str, str], status: int
) -> None:
    assert client_as("service.ma").post(f"/customers/{customer}/contacts", data=form).status_code == status
    assert rows(database, CustomerContact) == []


def test_who_neither_calls_nor_assigns(client_as: As, database: Database, customer: int) -> None:
    said = {"was_reached": "yes", "result": "x"}
    assert client_as("service.liu").post(f"/customers/{customer}/contacts", data=said).status_code == 403
    assert client_as("sales.chen").post(f"/customers/{customer}/contacts", data=said).status_code == 404
    assert hand(client_as, database, customer, "service.gao", by="service.ma").status_code == 403
    assert hand(client_as, database, customer, "service.gao", by="sales.chen").status_code == 404
    assert rows(database, CustomerHandOver) == []


def test_to_whom_a_customer_does_not_go(client_as: As, database: Database, customer: int) -> None:
    with database.writing() as session:
        Desk(session).person("detailing.tang").left_at = MONDAY - WEEK
        session.commit()
    assert hand(client_as, database, customer, "service.ma").status_code == 422
    assert hand(client_as, database, customer, "detailing.tang").status_code == 422
    nobody = client_as("service.liu").post("/customers/hand-over", data={"customers": ["x", "99"], "to": "7"})
    assert nobody.status_code == 422
    assert rows(database, CustomerHandOver) == []


def test_a_list_is_imported_once(client_as: As, database: Database, customer: int) -> None:
    table = (
        "客户姓名,手机,车牌,服务顾问\n周女士,13700000001,沪B1,马超\n郑女士,13812345678,沪A12345,马超\n"
        "无名,1,沪C1,马超\n吴先生,13700000002,,没有此人\n何女士,13700000003,沪D1,service.gao\n"
    )
    client = client_as("cr.sun")

    def send(content: bytes):
        return client.post("/customers/import", data={"file": (io.BytesIO(content), "客户.csv")})

    page = send(table.encode("gb18030")).text
    assert "已添加 2 位客户" in page
    assert "1 位原已登记" in page
    assert "没有此人" in page
    assert "2 行未导入" in page
    again = send(table.encode()).text
    assert "已添加 0 位客户" in again
    assert len(rows(database, Customer)) == 3
    assert send(b"").status_code == 422
    assert send("姓名,年龄\n甲,1\n".encode()).status_code == 422
    assert send(b"%PDF-1.7").status_code == 422
    assert client.post("/customers/import").status_code == 422
    assert client_as("service.ma").post("/customers/import").status_code == 404


def test_for_who_has_left_there_are_no_customers(client_as: As, database: Database, customer: int) -> None:
    with database.writing() as session:
        Desk(session).person("service.ma").left_at = MONDAY - WEEK
        session.commit()
    assert client_as("service.ma").get("/customers").status_code == 404


def test_a_list_without_anybody_says_why_and_leads_to_all(client_as: As, customer: int) -> None:
    client = client_as("cr.sun")
    waiting = client.get("/customers?only=yes").text
    assert "没有待联系的客户" in waiting and 'href="/customers"' in waiting
    assert "试试少几个字" not in waiting
    assert "查看全部客户" in client.get("/customers?q=nobody").text


def test_the_bell_tells_of_all_at_once_and_leads_to_the_list(
    client_as: As, database: Database, clock: Clock, customer: int
) -> None:
    hand(client_as, database, customer, "service.gao")
    bell = client_as("service.gao").get("/notices").text
    assert "有 1 位客户移交给您，请在" in bell and "前逐一完成首次联系。" in bell
    assert "移交客户首次联系 · 共 1 位，尚有 1 位未联系" in bell
    assert "郑女士" not in bell
    clock.now = MONDAY + WEEK + timedelta(days=1)
    remind_of_what_waits(database, clock.now)
    assert "仍等您办理" in client_as("service.gao").get("/notices").text
    assert "仍等高峰办理；您是其上级" in client_as("service.liu").get("/notices").text
    assert "移交" not in client_as("service.ma").get("/notices").text
    with database.reading() as session:
        key = session.scalars(select(Notice.id).where(Notice.person_id == person(database, "service.gao").id)).first()
    assert client_as("service.gao").get(f"/notices/{key}").location == "/customers?only=yes"
    assert client_as("service.ma").get(f"/notices/{key}").status_code == 404


def test_who_may_not_assign_learns_only_that(client_as: As, database: Database, customer: int) -> None:
    """Also where the form is wrong besides."""
    forged = {"customers": customer, "to": ""}
    answer = client_as("service.ma").post("/customers/hand-over", data=forged)
    assert answer.status_code == 403
    assert "只有客关人员和部门主管可以决定客户由谁负责。" in answer.text
    assert "请选择接手人" not in answer.text and "请至少选择" not in answer.text


def test_a_form_that_is_wrong_says_nothing_to_who_may_not_add_for_others() -> None:
    """A refusal holds what bars somebody, or else everything at once."""
    wrong, barred = Objection(INVALID, "wrong"), Objection(FORBIDDEN, "barred")
    assert Refused([wrong, barred]).objections == (barred,)
    assert Refused([wrong, barred]).code == FORBIDDEN
    assert Refused([wrong, wrong]).objections == (wrong, wrong)
