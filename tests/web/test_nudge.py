"""催办 and reminders on the pages: whom one waits for, when one may urge, who was reminded when, who finds nothing."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from jobs.reminding import remind_of_what_waits
from models import Database, Event, Headship, Notice, Role, RoleGrant
from tests.builders import HOUR, MONDAY, Desk, moment
from tests.conftest import Clock

Client = Callable[[str], FlaskClient]
HALF, DUE, LATE = moment(3, 3, 13, 30), moment(3, 5), moment(3, 9)


@pytest.fixture
def number(case_in: Callable[..., str]) -> str:
    return case_in("handling")


def nudges(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Event).where(Event.action == "nudge")) or 0


def test_who_waits_urges_from_the_page_and_then_reads_when_again(
    client_as: Client, database: Database, number: str
) -> None:
    browser = client_as("service.ma")
    page = browser.get(f"/complaints/{number}").text
    assert "您在等刘洋办理。" in page and f'action="/complaints/{number}/nudges"' in page
    answer = browser.post(f"/complaints/{number}/nudges", follow_redirects=True)
    assert answer.status_code == 200
    assert "已催办刘洋。" in answer.text
    assert "催办了刘洋" in answer.text
    assert "您已于今天 09:00 催办，今天 13:00 起可再次催办。" in answer.text
    assert f'action="/complaints/{number}/nudges"' not in answer.text
    assert "马超已于今天 09:00 催办，今天 13:00 起可再次催办。" in client_as("cr.sun").get(f"/complaints/{number}").text
    # Whoever was urged does not read their own name.
    page = client_as("service.liu").get(f"/complaints/{number}").text
    assert "催办了您" in page and "催办了刘洋" not in page
    assert "马超 催办了您" in client_as("service.liu").get("/notices").text
    assert nudges(database) == 1


def test_pressed_again_too_early_it_says_so_and_nothing_is_done(
    client_as: Client, database: Database, number: str, clock: Clock
) -> None:
    for who in ("service.ma", "cr.sun", "service.ma"):
        answer = client_as(who).post(f"/complaints/{number}/nudges", follow_redirects=True)
    assert "已催办过，今天 13:00 起可再次催办。" in answer.text
    assert nudges(database) == 1
    clock.now += 4 * HOUR
    client_as("cr.sun").post(f"/complaints/{number}/nudges")
    assert nudges(database) == 2


def test_a_stranger_finds_no_case_to_urge_in(client_as: Client, database: Database, number: str) -> None:
    for who in ("sales.wang", "admin.root"):
        assert client_as(who).post(f"/complaints/{number}/nudges").status_code == 404
        assert client_as(who).post("/penalties/2026-1/nudges").status_code == 404
        assert client_as(who).post("/months/2026-03/cards/service.ma/nudges").status_code == 404
        assert client_as(who).get(f"/complaints/{number}/nudges").status_code in (404, 405)
    for forged in ("2026-999", "x", "2026-1' OR 1=1", "𠮷", "a" * 10_000):
        assert client_as("cr.sun").post(f"/complaints/{forged}/nudges").status_code == 404
    assert client_as("cr.sun").post("/months/2026-13/cards/service.ma/nudges").status_code == 404
    assert nudges(database) == 0


def test_without_the_forms_token_nothing_happens(client_as: Client, app, database: Database, number: str) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    assert client_as("cr.sun").post(f"/complaints/{number}/nudges").status_code == 400
    assert nudges(database) == 0


def test_whose_turn_it_is_finds_no_button_and_is_refused(client_as: Client, database: Database, number: str) -> None:
    head = client_as("service.liu")
    assert "/nudges" not in head.get(f"/complaints/{number}").text
    answer = head.post(f"/complaints/{number}/nudges", follow_redirects=True)
    assert "此事正等您本人办理。" in answer.text
    assert nudges(database) == 0


def test_the_reason_why_it_is_closed_stands_beside_the_button(client_as: Client, session) -> None:
    desk = Desk(session)
    penalty, stopped = desk.penalty("proposed"), desk.complaint("handling")
    desk.take("suspend", stopped, "cr.sun", reason="客户出差", until=moment(3, 5))
    session.commit()
    assert "申辩和申诉是权利，不是义务，不能催办。" in client_as("hr.qian").get(f"/penalties/{penalty.number}").text
    assert "正在等待客户答复，期限暂停" in client_as("service.ma").get(f"/complaints/{stopped.number}").text
    assert "/nudges" not in client_as("service.ma").get(f"/penalties/{penalty.number}").text


def test_a_penalty_and_a_card_are_urged_as_well(client_as: Client, session, database: Database, clock: Clock) -> None:
    desk = Desk(session, moment(4, 11))
    penalty = desk.penalty("appealed")
    desk.scorecard("computed")
    session.commit()
    clock.now = moment(4, 11)
    answer = client_as("service.ma").post(f"/penalties/{penalty.number}/nudges", follow_redirects=True)
    assert "已催办周建国。" in answer.text and "催办了周建国" in answer.text
    browser = client_as("service.ma")
    assert "/months/2026-03/cards/service.ma/nudges" in browser.get("/months/2026-03/mine").text
    answer = browser.post("/months/2026-03/cards/service.ma/nudges", follow_redirects=True)
    assert "已催办刘洋。" in answer.text and "催办了刘洋" in answer.text
    assert "催办了您" in client_as("service.liu").get("/notices").text
    assert nudges(database) == 2


# --- reminders


def test_the_timeline_tells_who_was_reminded_and_folds_what_is_alike(
    client_as: Client, database: Database, number: str, clock: Clock
) -> None:
    for at in (HALF, DUE, moment(3, 6), moment(3, 9), moment(3, 10), moment(3, 11)):
        remind_of_what_waits(database, at)
    clock.now = moment(3, 11, 10)
    page = client_as("cr.sun").get(f"/complaints/{number}").text
    assert "刘洋：请抓紧办理" in page and "刘洋：期限已到" in page
    assert page.count("刘洋：已经逾期") == 3
    assert "已告知上级：周建国" in page and "已告知管理员：系统管理员" in page
    assert "自 3月10日 09:00 起共 2 次" in page
    assert page.index("自 3月10日 09:00 起共 2 次") < page.index("刘洋：期限已到") < page.index("刘洋：请抓紧办理")


def test_the_bell_reminds_and_leads_to_the_case(
    client_as: Client, database: Database, number: str, clock: Clock
) -> None:
    clock.now = LATE
    remind_of_what_waits(database, LATE)
    page = client_as("service.liu").get("/notices").text
    assert "此事已于3月5日（周四）09:00 逾期，仍等您办理。" in page.replace("于 3月", "于3月")
    assert f'href="/complaints/{number}"' in page or "/notices/" in page
    page = client_as("gm.zhou").get("/notices").text
    assert "仍等刘洋办理；您是其上级，特此告知。" in page


def test_an_administrator_reads_the_number_and_that_it_is_late_and_nothing_else(
    client_as: Client, database: Database, number: str, clock: Clock
) -> None:
    with database.writing() as session:
        for headship in session.scalars(select(Headship)):
            headship.until = MONDAY
        session.commit()
    clock.now = LATE
    remind_of_what_waits(database, LATE)
    browser = client_as("admin.root")
    page = browser.get("/notices").text
    assert f"客诉 {number}" in page and "售后服务部主管一职空缺。" in page
    for content in ("郑女士", "预约", "马超", "周建国", "处理中"):
        assert content not in page
    assert browser.get(f"/complaints/{number}").status_code == 404
    with database.reading() as session:
        key = session.scalars(
            select(Notice.id).where(Notice.reminder_id.is_not(None)).order_by(Notice.id.desc())
        ).first()
    assert browser.post(f"/notices/{key}/reading").location == "/people"


def test_a_superior_who_has_lost_sight_of_the_case_reads_no_more_of_it(
    client_as: Client, database: Database, number: str, clock: Clock
) -> None:
    clock.now = LATE
    remind_of_what_waits(database, LATE)
    with database.writing() as session:
        for grant in session.scalars(select(RoleGrant).filter_by(role=Role.GENERAL_MANAGER)):
            grant.until = MONDAY
        session.commit()
    page = client_as("gm.zhou").get("/notices").text
    assert number not in page and "刘洋" not in page


def test_everybody_chooses_how_reminders_reach_them(client_as: Client) -> None:
    page = client_as("service.liu").get("/settings/messages").text
    for name in ("客诉 · 提醒与催办", "处罚 · 提醒与催办", "月度考核 · 他人逾期"):
        assert name in page
