"""The hand-over's pages: begun, left and resumed, refused where something is open, done; who may; bad input."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from jobs.hand_over import carry_out_due
from models import Complaint, Customer, Database, Department, HandOver, HandOverChoice, Person
from tests.builders import MONDAY, Desk
from tests.conftest import Clock
from tests.web.shell_fixtures import person
from tests.workflow.test_plan import opened
from workflow import customers

As = Callable[[str], FlaskClient]
ADMIN, HR = "admin.root", "hr.qian"
LAST_DAY = {"what": "leave", "day": "2026-03-06"}
PAGE = "/people/service.liu/hand-over"


def key(database: Database, username: str) -> str:
    return str(person(database, username).id)


def going(database: Database, username: str = "service.liu") -> HandOver | None:
    with database.reading() as session:
        query = (
            select(HandOver).join(HandOver.person).where(Person.username == username, HandOver.cancelled_at.is_(None))
        )
        return session.scalars(query).one_or_none()


def headship(database: Database, slug: str = "after_sales") -> str:
    with database.reading() as session:
        return f"headship-{session.scalars(select(Department.id).where(Department.slug == slug)).one()}"


@pytest.fixture
def with_cases(database: Database) -> None:
    """刘洋 has open cases and a customer."""
    with database.writing() as session:
        desk = Desk(session)
        desk.complaint("assigned")
        desk.complaint("handling")
        liu = desk.person("service.liu")
        customers.add(session, customers.Typed("郑女士", "13800000001"), liu, by=desk.actor("cr.sun"), at=MONDAY)
        session.commit()


def test_a_head_leaves_step_by_step(client_as: As, database: Database, clock: Clock, with_cases: None) -> None:
    hr, admin = client_as(HR), client_as(ADMIN)
    before = hr.get(PAGE).text
    assert "2 件在办客诉" in before
    assert hr.post(PAGE, data=LAST_DAY).status_code == 303
    page = hr.get(PAGE).text
    assert "还有 2 项没有接手人" in page
    assert f'name="{headship(database)}"' not in page
    refused = hr.post(f"{PAGE}/ready")
    assert refused.status_code == 422
    assert "还有 2 项没有接手人" in refused.text
    assert hr.post(f"{PAGE}/choices", data={"customers-": key(database, "service.ma")}).status_code == 303
    assert "还有 1 项没有接手人" in hr.get(PAGE).text
    assert f'name="{headship(database)}"' in admin.get(PAGE).text
    assert admin.post(f"{PAGE}/choices", data={headship(database): key(database, "service.gao")}).status_code == 303
    assert hr.post(f"{PAGE}/ready").status_code == 303
    assert "到期自动生效" in hr.get(PAGE).text
    clock.now = MONDAY + timedelta(days=5)
    assert carry_out_due(database, clock.now) == 1
    assert carry_out_due(database, clock.now) == 0
    assert person(database, "service.liu").left_at is not None
    found = going(database)
    assert found is not None
    record = client_as(HR).get(f"/hand-overs/{found.id}").text
    assert "高峰" in record
    assert "马超" in record
    assert "2 件在办案件" in record
    assert "1 位客户" in record
    with database.reading() as session:
        numbers = session.scalars(select(Complaint)).all()
        assert session.scalars(select(Customer)).one().adviser.username == "service.ma"
    timeline = client_as("service.gao").get(f"/complaints/{numbers[0].number}").text
    assert "随岗位移交案件：刘洋 → 高峰" in timeline
    assert "离职" in timeline
    liu = client_as("service.liu")
    assert liu.get("/complaints/" + numbers[0].number).status_code == 404
    assert liu.get("/letters").status_code == 200


def test_case_numbers_are_counted_and_not_named_for_those_who_see_no_complaint(client_as: As, with_cases: None) -> None:
    client_as(HR).post(PAGE, data=LAST_DAY)
    for username in (HR, ADMIN):
        page = client_as(username).get(PAGE).text
        assert "2 件在办客诉" in page
        assert "2026-1" not in page.replace("2026-12-", "")
        assert "郑女士" not in page


def test_what_goes_with_it_leads_to_what_its_reader_may_see(
    client_as: As, database: Database, case_in: Callable[..., str]
) -> None:
    """Files, a case handed over before, and a plan: who keeps them reads them by name, human resources their number."""
    number = case_in("assigned")
    client_as("service.liu").post(f"/complaints/{number}/hand-over", data={"to": "sales.chen", "reason": "出差"})
    with database.writing() as session:
        plan = opened(Desk(session)).number
        session.commit()
    kept = {"cr.sun": f"/complaints/{number}", "sales.chen": f"/complaints/{number}", "service.ma": f"/plans/{plan}"}
    for username, case in kept.items():
        page = f"/people/{username}/hand-over"
        before = client_as(HR).get(page)
        assert before.status_code == 200
        assert client_as(HR).post(page, data=LAST_DAY).status_code == 303
        assert case in client_as(username).get(page).text
        assert f'href="/complaints/{number}"' not in client_as(HR).get(page).text


def test_what_is_not_complete_on_the_last_day_is_told_to_administrator_and_head(
    client_as: As, database: Database, clock: Clock
) -> None:
    client_as(HR).post("/people/service.gao/hand-over", data=LAST_DAY)
    clock.now = MONDAY + timedelta(days=3)
    assert "高峰即将离岗，还有 1 项没有接手人" in client_as("service.liu").get("/").text
    clock.now = MONDAY + timedelta(days=5)
    carry_out_due(database, clock.now)
    for username in (ADMIN, HR, "service.liu"):
        assert "高峰已到离岗日，仍有 1 项没有接手人" in client_as(username).get("/").text
    for username in ("service.ma", "sales.chen"):
        assert "高峰" not in client_as(username).get("/").text
    page = client_as(ADMIN).get("/people/service.gao/hand-over").text
    field = next(part.split('"')[0] for part in page.split('name="')[1:] if part.startswith("team-"))
    choice = {field: key(database, "service.ma")}
    assert client_as(ADMIN).post("/people/service.gao/hand-over/choices", data=choice).status_code == 303
    assert "高峰" not in client_as("service.liu").get("/").text


def test_the_person_reads_it_and_changes_nothing(client_as: As, database: Database, with_cases: None) -> None:
    client_as(HR).post(PAGE, data=LAST_DAY)
    liu = client_as("service.liu")
    page = liu.get(PAGE)
    assert page.status_code == 200
    assert "<select" not in page.text
    assert "最后工作日2026年3月6日" in liu.get("/").text.replace(" ", "")
    for act in ("choices", "ready", "cancellation"):
        answer = liu.post(f"{PAGE}/{act}", data={"customers-": key(database, "service.ma")})
        assert answer.status_code in (403, 404)
    assert going(database).ready_at is None


@pytest.mark.parametrize("username", ["service.ma", "sales.chen", "gm.zhou", "cr.sun"])
def test_for_a_stranger_it_does_not_exist(client_as: As, username: str) -> None:
    client_as(HR).post(PAGE, data=LAST_DAY)
    client = client_as(username)
    for path in (PAGE, "/people/nobody/hand-over", "/hand-overs", "/hand-overs/1", "/hand-overs/99"):
        assert client.get(path).status_code == 404
    for act in ("", "/choices", "/ready", "/cancellation"):
        assert client.post(PAGE + act).status_code == 404


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"what": ""}, "what"),
        ({"what": "forged"}, "what"),
        ({"day": ""}, "day"),
        ({"day": "gestern"}, "day"),
        ({"day": "2026-03-01"}, "day"),
        ({"day": "2028-01-01"}, "day"),
        ({"what": "move"}, "department"),
        ({"what": "move", "department": "1", "title": ""}, "title"),
        ({"what": "move", "department": "1", "title": "岗" * 10_000}, "title"),
        ({"what": "move", "department": "1", "title": "<script>😀"}, "title"),
        ({"what": "move", "department": "99999999999", "title": "顾问"}, "department"),
    ],
)
def test_what_will_not_do_is_told_at_its_field(
    client_as: As, database: Database, changes: dict[str, str], field: str
) -> None:
    refused = client_as(HR).post(PAGE, data=LAST_DAY | changes)
    assert refused.status_code == 422
    assert f'id="{field}-error"' in refused.text
    assert going(database) is None


@pytest.mark.parametrize("successor", ["service.liu", "detailing.tang", "parts.deng", "99999999", "x", "office"])
def test_a_wrong_successor_is_told_at_the_field_and_nothing_is_kept(
    client_as: As, database: Database, successor: str, with_cases: None
) -> None:
    admin = client_as(ADMIN)
    admin.post("/people/parts.deng/hand-over", data=LAST_DAY)
    with database.writing() as session:
        Desk(session).person("detailing.tang").left_at = MONDAY - timedelta(days=1)
        session.commit()
    admin.post(PAGE, data=LAST_DAY)
    typed = key(database, successor) if "." in successor else successor
    fields = {headship(database): typed, "customers-": key(database, "service.ma")}
    refused = admin.post(f"{PAGE}/choices", data=fields)
    assert refused.status_code == 422
    assert f'id="{headship(database)}-error"' in refused.text
    with database.reading() as session:
        assert session.scalars(select(HandOverChoice)).all() == []


def test_begun_twice_there_is_one(client_as: As, database: Database) -> None:
    for _ in range(2):
        assert client_as(HR).post(PAGE, data=LAST_DAY).status_code == 303
    assert going(database) is not None


def test_it_can_be_called_off(client_as: As, database: Database) -> None:
    client_as(HR).post(PAGE, data=LAST_DAY)
    assert client_as(HR).post(f"{PAGE}/cancellation").status_code == 303
    assert going(database) is None
    assert carry_out_due(database, MONDAY + timedelta(days=9)) == 0


def test_at_once_leads_to_the_record(client_as: As, database: Database) -> None:
    admin = client_as(ADMIN)
    admin.post(PAGE, data=LAST_DAY)
    admin.post(f"{PAGE}/choices", data={headship(database): key(database, "service.gao")})
    done = admin.post(f"{PAGE}/ready", data={"at_once": "yes"})
    assert "/hand-overs/" in done.location
    assert person(database, "service.liu").left_at == MONDAY
    record = admin.get(done.location).text
    assert "已移交" in record
    assert "移交时间" in record


def test_the_list_leads_on_to_what_is_not_done_yet(client_as: As) -> None:
    hr = client_as(HR)
    hr.post(PAGE, data=LAST_DAY)
    page = hr.get("/hand-overs").text
    assert f'href="{PAGE}">继续办理交接</a>' in page


def test_nobody_leaves_past_the_wizard(client_as: As, database: Database) -> None:
    refused = client_as(HR).post("/people/service.liu/leaving")
    assert refused.status_code == 422
    assert "请先办理交接" in refused.text
    assert person(database, "service.liu").left_at is None


def test_two_workers_carry_it_out_once(client_as: As, database: Database, with_cases: None) -> None:
    admin = client_as(ADMIN)
    admin.post(PAGE, data=LAST_DAY)
    fields = {headship(database): key(database, "service.gao"), "customers-": key(database, "service.ma")}
    admin.post(f"{PAGE}/choices", data=fields)
    admin.post(f"{PAGE}/ready")
    with ThreadPoolExecutor(2) as workers:
        taken = list(workers.map(lambda _: carry_out_due(database, MONDAY + timedelta(days=5)), range(2)))
    assert sum(taken) == 1


def test_a_case_is_handed_over_on_its_page(client_as: As, database: Database, case_in: Callable[..., str]) -> None:
    number = case_in("assigned")
    liu = client_as("service.liu")
    assert "转办本案" in liu.get(f"/complaints/{number}").text
    empty = liu.post(f"/complaints/{number}/hand-over", data={"to": "", "reason": ""})
    assert empty.status_code == 422
    assert 'id="hand_over-to-error"' in empty.text
    assert 'id="hand_over-reason-error"' in empty.text
    kept = liu.post(f"/complaints/{number}/hand-over", data={"to": "service.ma", "reason": "我不在<b>𠮷"})
    assert kept.status_code == 422
    assert "我不在&lt;b&gt;𠮷" in kept.text
    given = liu.post(f"/complaints/{number}/hand-over", data={"to": "sales.chen", "reason": "出差"})
    assert given.status_code == 303
    assert "转办案件：刘洋 → 陈涛" in liu.get(f"/complaints/{number}").text
    assert "转办案件：刘洋 → 陈涛" in client_as("sales.chen").get("/notices").text
    assert client_as("sales.chen").post(f"/complaints/{number}/acceptance").status_code == 303
    assert (
        client_as("service.liu")
        .post(f"/complaints/{number}/hand-over", data={"to": "parts.deng", "reason": "x"})
        .status_code
        == 403
    )
    assert (
        client_as("parts.deng")
        .post(f"/complaints/{number}/hand-over", data={"to": "parts.deng", "reason": "x"})
        .status_code
        == 404
    )


def test_a_file_is_handed_over_on_the_page(client_as: As, case_in: Callable[..., str]) -> None:
    number = case_in("assigned")
    sun = client_as("cr.sun")
    given = sun.post(f"/complaints/{number}/file-hand-over", data={"to": "cr.lin", "reason": "休假"})
    assert given.status_code == 303
    assert "移交档案：孙悦 → 林晓" in sun.get(f"/complaints/{number}").text


def test_a_penalty_is_handed_over_on_its_page(client_as: As, database: Database) -> None:
    with database.writing() as session:
        number = Desk(session).penalty("heard").number
        session.commit()
    liu = client_as("service.liu")
    assert "转办本案" in liu.get(f"/penalties/{number}").text
    assert liu.post(f"/penalties/{number}/hand-over", data={"to": "sales.chen", "reason": "回避"}).status_code == 303
    assert "转办案件：刘洋 → 陈涛" in client_as("sales.chen").get(f"/penalties/{number}").text
