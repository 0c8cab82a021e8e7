"""The administrator's page of all work in the background: what failed and why, in plain words, and “try again”."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from models import ChannelOut, FailedStep, HandedCustomers, Message, Order, OrderState, Person, WorkerPulse
from tests.builders import MONDAY, Desk
from workflow import customers, hand_over

SECRET = "/srv/secret/郑女士.txt"


@pytest.fixture
def failed(database):
    """The papers of two letters were given up, and a step cannot be carried out."""
    with database.writing() as session:
        complaint = Desk(session).complaint("assigned")
        for order in session.scalars(select(Order)):
            order.state, order.attempts, order.last_error = OrderState.FAILED, 10, f"RuntimeError: {SECRET}"
        session.add(FailedStep(
            kind="complaint", case_id=complaint.id, action="lapse", moment=MONDAY, attempts=2, next_try_at=MONDAY,
            last_error=f"KeyError: {SECRET}",
        ))  # fmt: skip
        session.commit()


def test_it_says_what_failed_and_why_without_a_secret(client_as, failed):
    page = client_as("admin.root").get("/background").text
    assert "客诉〔2026〕1号" in page and "视为受理" in page and "客诉 2026-1" in page
    assert "未预料的错误（RuntimeError）" in page and "未预料的错误（KeyError）" in page
    assert SECRET not in page and "郑女士" not in page and "Traceback" not in page
    assert "全部重试（2 项）" in page


def test_it_is_told_in_english_as_well(client_as, failed, database):
    with database.writing() as session:
        session.scalars(select(Person).filter_by(username="admin.root")).one().language = "en"
        session.commit()
    page = client_as("admin.root").get("/background/letters").text
    assert "An error that nobody foresaw (RuntimeError)" in page and "Try all 2 again" in page


def test_the_inbox_leads_to_what_failed(client_as, failed):
    page = client_as("admin.root").get("/").text
    assert "/background/letters" in page and "/background/deadlines" in page


def test_one_or_all_are_tried_again(client_as, failed, database):
    root = client_as("admin.root")
    with database.reading() as session:
        first, *_ = session.scalars(select(Order.id).order_by(Order.id))
    assert root.post(f"/background/letters/{first}/retry").location.endswith("/background/letters")
    with database.reading() as session:
        states = session.scalars(select(Order.state).order_by(Order.id)).all()
        assert states == [OrderState.WAITING, OrderState.FAILED]
    assert "正在重试（1 项）" in root.get("/background/letters").text
    root.post("/background/letters/retry")
    with database.reading() as session:
        assert set(session.scalars(select(Order.state))) == {OrderState.WAITING}
    root.post("/background/letters/retry")
    assert "没有可重试的任务" in root.get("/background/letters").text


def test_where_nothing_failed_it_says_so_and_that_no_worker_runs(client_as, database):
    root = client_as("admin.root")
    page = root.get("/background").text
    assert "目前没有失败的任务" in page and "未见后台进程运行" in page
    with database.writing() as session:
        session.add(WorkerPulse(name="here/1", started_at=MONDAY, seen_at=MONDAY))
        session.commit()
    page = root.get("/background").text
    assert "1 个后台进程在运行" in page and "未见后台进程运行" not in page and "here/1" not in page


@pytest.mark.parametrize(
    "name",
    [
        "deadlines",
        "hand-overs",
        "reminders",
        "letters",
        "messages",
        "case-files",
        "month-files",
        "reports",
        "imports",
        "rehearsals",
    ],
)
@pytest.mark.parametrize("state", ["failed", "runs", "waits", "𠮷"])
def test_every_list_opens_also_where_it_is_empty(client_as, name, state):
    assert client_as("admin.root").get(f"/background/{name}?state={state}&page=2").status_code == 200


def test_nobody_else_knows_of_it(client_as, failed):
    for username in ("gm.zhou", "cr.sun", "hr.qian", "service.ma"):
        client = client_as(username)
        assert client.get("/background").status_code == 404
        assert client.get("/background/letters").status_code == 404
        assert client.post("/background/letters/retry").status_code == 404


def test_what_does_not_exist_is_not_found_and_a_look_changes_nothing(client_as, failed):
    root = client_as("admin.root")
    assert root.get("/background/passwords").status_code == 404
    assert root.post("/background/passwords/retry").status_code == 404
    assert root.post("/background/letters/999999/retry").status_code == 303
    assert root.post("/background/letters/99999999999/retry").status_code == 404
    assert root.get("/background/letters/retry").status_code == 405
    assert root.get("/messages").location.endswith("/background/messages")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        ("ConnectionRefusedError: [Errno 111] Connection refused", "无法连接服务器。 ConnectionRefusedError"),
        ("No mail server is set: GONGDAO_MAIL_SERVER.", "尚未配置邮件服务器（GONGDAO_MAIL_SERVER）。"),
    ],
)
def test_why_a_message_was_not_sent_is_told_in_words(client_as, database, error, told):
    with database.writing() as session:
        desk = Desk(session)
        session.add(
            Message(
                key="1" * 32, person_id=desk.person("service.liu").id, channel=ChannelOut.MAIL, is_digest=False,
                state=OrderState.WAITING, attempts=1, next_try_at=MONDAY, in_hands=False, last_error=error,
            )
        )  # fmt: skip
        session.commit()
    assert told in client_as("admin.root").get("/background/messages").text


def test_a_hand_over_and_reminders_that_fail_stand_there_and_are_tried_again(client_as, database):
    with database.writing() as session:
        desk = Desk(session)
        complaint = desk.complaint("assigned")
        hr, ma, gao = desk.actor("hr.qian"), desk.person("service.ma"), desk.person("service.gao")
        going = hand_over.begin(session, ma, by=hr, at=MONDAY, effective_at=MONDAY + timedelta(days=1))
        typed = customers.Typed("郑女士", "13812345678")
        customer = customers.add(session, typed, ma, by=desk.actor("cr.sun"), at=MONDAY)
        customers.hand_over(session, [customer], gao, by=desk.actor("cr.sun"), at=MONDAY)
        session.flush()
        batch = session.scalars(select(HandedCustomers)).one()
        for kind, key, action in (
            ("hand_over", going.id, "hand_over"), ("complaint", complaint.id, "remind"),
            ("customers", batch.id, "remind"),
        ):  # fmt: skip
            session.add(FailedStep(
                kind=kind, case_id=key, action=action, moment=MONDAY, attempts=3,
                next_try_at=MONDAY + timedelta(hours=1), last_error=f"KeyError: {SECRET}",
            ))  # fmt: skip
        session.commit()
    root = client_as("admin.root")
    page, inbox = root.get("/background").text, root.get("/").text
    for told in ("马超", "客诉 2026-1", "移交客户首次联系 · 高峰", "未预料的错误（KeyError）"):
        assert told in page
    assert SECRET not in page and "郑女士" not in page
    assert "/background/hand-overs" in inbox and "/background/reminders" in inbox
    assert "/background/deadlines" not in inbox
    assert "一分钟内重试" in root.post("/background/hand-overs/retry", follow_redirects=True).text
    with database.reading() as session:
        tried = {row.action for row in session.scalars(select(FailedStep)) if row.next_try_at == MONDAY}
    assert tried == {"hand_over"}
