"""Customers' questions on pages: taken down in a moment, answered, passed on, turned into a complaint (LIFE-2)."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from jobs import post
from jobs.reminding import remind_of_what_waits
from models import Complaint, CustomerQuestion, Database
from tests.builders import MONDAY, Desk
from tests.conftest import Clock
from tests.web.shell_fixtures import person
from workflow import questions
from workflow import reach as reaches
from workflow.questions import Typed
from workflow.reach import Wish

As = Callable[[str], FlaskClient]
DAY = timedelta(days=1)
HELL = "<script>alert(1)</script> ' \" {{ 7*7 }} %s %(x)s 𠮷 \u202e 🙂 " + "长" * 50


@pytest.fixture
def question(database: Database) -> int:
    """郑女士 asks; 高峰 is to answer."""
    with database.writing() as session:
        desk = Desk(session)
        typed = Typed("保养套餐还剩几次？\n什么时候到期？", "郑女士", "13812345678", "沪A·12345")
        found = questions.take(session, typed, desk.person("service.gao"), by=desk.actor("cr.sun"), at=MONDAY)
        session.commit()
        return found.id


def rows(database: Database) -> list[CustomerQuestion]:
    with database.reading() as session:
        return list(session.scalars(CustomerQuestion.whole().order_by(CustomerQuestion.id)).unique())


def form(database: Database, **changes: object) -> dict[str, object]:
    typed = {"question": "几点关门？", "customer": "刘先生", "phone": "13900001111", "vehicle": "", "answer": ""}
    return typed | {"responsible": person(database, "service.gao").id} | changes


def test_whoever_waits_urges_from_the_page(client_as: As, database: Database, settings: Any, question: int) -> None:
    page, urge = f"/questions/{question}", f"/questions/{question}/nudges"
    with database.writing() as session:
        desk = Desk(session)
        wish = Wish("gao@dealer.example", chosen=reaches.at_first())
        reaches.choose(session, desk.person("service.gao"), wish)
        session.commit()
    post.spread(database, MONDAY)
    sun = client_as("cr.sun")
    assert urge in sun.get(page).text and urge not in client_as("service.gao").get(page).text
    assert client_as("sales.wang").post(urge).status_code == 404
    assert sun.post(urge).status_code == 303
    after = sun.get(page).text
    assert "催办记录" in after and urge not in after
    assert "再次催办" in client_as("cr.lin").get(page).text
    bell = client_as("service.gao").get("/notices").text
    assert "孙悦" in bell and "催办了" in bell and "郑女士" not in bell
    later = MONDAY + DAY / 24
    post.spread(database, later)
    sent = {}
    while (parcel := post.take(database, settings, later)) is not None:
        sent[parcel.title] = parcel.body
    body = sent["【公道】客户提问第 1 号：催办"]
    assert "孙悦正在等您办理" in body and "前处理：答复客户提问。" in body and "郑女士" not in body


def test_taken_down_by_anybody_and_answered_by_the_one_who_is_to(
    client_as: As, database: Database, clock: Clock
) -> None:
    chen = client_as("sales.chen")
    assert "明天 09:00" in chen.get("/questions/new").text or "3月3日" in chen.get("/questions/new").text
    taken = chen.post("/questions", data=form(database), follow_redirects=True)
    assert "提问已交高峰" in taken.text and "几点关门" in taken.text
    chen.post("/questions", data=form(database))
    assert len(rows(database)) == 1, "the same form sent twice is one question"
    gao = client_as("service.gao")
    assert "有 1 个客户提问等您答复" in gao.get("/").text
    bell = gao.get("/notices").text
    assert "有一个客户提问交给您" in bell and "刘先生" not in bell and "几点关门" not in bell
    page = gao.get("/questions/1").text
    assert "13900001111" in page and "登记答复" in page
    clock.now = MONDAY + timedelta(hours=2)
    said = client_as("service.gao").post("/questions/1/answer", data={"answer": "19:00"}, follow_redirects=True).text
    assert "按时答复" in said and "用时 2 小时" in said
    assert "等您答复" not in client_as("service.gao").get("/").text
    again = client_as("service.gao").post("/questions/1/answer", data={"answer": "20:00"})
    assert again.status_code == 409 and "已经答复过了" in again.text


def test_late_is_seen_by_those_who_look_after_it(
    client_as: As, database: Database, clock: Clock, question: int
) -> None:
    clock.now = MONDAY + 2 * DAY
    remind_of_what_waits(database, clock.now)
    late = "有 1 个客户提问已过时限，负责的同事尚未答复"
    told = [
        user for user in ("service.liu", "cr.sun", "sales.chen", "service.gao") if late in client_as(user).get("/").text
    ]
    assert told == ["service.liu", "cr.sun"]
    assert "1 个提问答复已逾期" in client_as("service.gao").get("/").text
    assert "1 个提问答复已逾期" in client_as("service.liu").get("/questions").text
    assert "仍等您办理" in client_as("service.gao").get("/notices").text
    client_as("cr.sun").post(f"/questions/{question}/answer", data={"answer": "还剩两次"})
    assert "逾期答复" in client_as("service.liu").get("/questions?all=yes").text
    assert client_as("service.liu").get("/questions").text.count("郑女士") == 0


@pytest.mark.parametrize(
    ("username", "sees", "phone", "answers", "passes"),
    [
        ("service.gao", True, True, True, True), ("cr.lin", True, True, True, True),
        ("service.liu", True, False, False, True), ("gm.zhou", True, False, False, False),
        ("service.ma", False, False, False, False), ("hr.qian", False, False, False, False),
        ("admin.root", False, False, False, False),
    ],
)  # fmt: skip
def test_who_sees_answers_and_passes_it_on(
    client_as: As, database: Database, question: int, username: str, sees: bool, phone: bool, answers: bool,
    passes: bool,
) -> None:  # fmt: skip
    client = client_as(username)
    page = client.get(f"/questions/{question}")
    assert page.status_code == (200 if sees else 404)
    assert ("13812345678" in page.text, "登记答复" in page.text, "转交同事答复" in page.text) == (
        phone, answers, passes
    )  # fmt: skip
    listed = client.get("/questions?all=yes").text
    assert ("郑女士" in listed) == sees
    assert ("郑女士" in client.get("/questions?q=12345678").text) == (phone and sees)
    to = {"to": person(database, "service.ma").id}
    passed = client.post(f"/questions/{question}/pass", data=to).status_code
    assert passed == (303 if passes else 403 if sees else 404)
    said = client.post(f"/questions/{question}/answer", data={"answer": "x"}).status_code
    # Whoever passed it on answers no longer, unless they are customer relations.
    assert said == (303 if username == "cr.lin" else 403 if sees else 404)


def test_for_strangers_and_by_address_there_is_none(client_as: As, app: Flask, question: int) -> None:
    assert app.test_client().get(f"/questions/{question}").status_code in (302, 303)
    gao = client_as("service.gao")
    for address in ("/questions/999", "/questions/99999999999999", "/questions/x", "/questions/-1"):
        assert gao.get(address).status_code == 404
    for query in ("%25", "q" * 5000, "<script>", "page=-1", "page=x"):
        assert gao.get(f"/questions?all=yes&q={query}").status_code == 200


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"question": " "}, "question"), ({"question": "长" * 6_000}, "question"),
        ({"question": "\u202e\t"}, "question"),
        ({"customer": ""}, "customer"), ({"customer": "客" * 10_000}, "customer"), ({"customer": "\ue000"}, "customer"),
        ({"phone": ""}, "phone"), ({"phone": "12"}, "phone"), ({"phone": "1" * 10_000}, "phone"),
        ({"vehicle": "车" * 10_000}, "vehicle"), ({"responsible": ""}, "responsible"),
        ({"responsible": "99999999999"}, "responsible"), ({"answer": "长" * 6_000}, "answer"),
    ],
)  # fmt: skip
def test_what_will_not_do_is_told_at_its_field_and_nothing_typed_is_lost(
    client_as: As, database: Database, changes: dict[str, str], field: str
) -> None:
    refused = client_as("sales.chen").post("/questions", data=form(database, vehicle="沪B·99") | changes)
    assert refused.status_code == 422
    assert f'id="{field}-error"' in refused.text
    assert field == "vehicle" or "沪B·99" in refused.text
    assert rows(database) == []


def test_whoever_answers_too_late_keeps_what_they_wrote(client_as: As, question: int) -> None:
    client_as("service.gao").post(f"/questions/{question}/answer", data={"answer": "还剩两次"})
    late = client_as("cr.lin").post(f"/questions/{question}/answer", data={"answer": "还剩两次，六月到期"})
    assert late.status_code == 409 and "这个提问已经答复过了" in late.text
    assert "还剩两次，六月到期</textarea>" in late.text and f'href="/questions/{question}"' in late.text


def test_text_from_hell_is_text(client_as: As, database: Database) -> None:
    chen = client_as("sales.chen")
    assert chen.post("/questions", data=form(database, question=HELL, customer="O'Neil & <b>")).status_code == 303
    for data in ({}, {"to": "x"}, {"to": "1" * 40}):
        assert client_as("cr.sun").post("/questions/1/pass", data=data).status_code == 422
    assert client_as("service.gao").post("/questions/1/answer", data={"answer": HELL}).status_code == 303
    for address in ("/questions/1", "/questions?all=yes"):
        page = client_as("service.gao").get(address).text
        assert "<script>alert" not in page and "&lt;script&gt;alert" in page and "{{ 7*7 }}" in page


def test_a_question_that_is_a_complaint_fills_in_its_form_and_ends(
    client_as: As, database: Database, question: int
) -> None:
    sun = client_as("cr.sun")
    page = sun.get(f"/complaints/new?question={question}").text
    assert f'name="question" value="{question}"' in page and "13812345678" in page and "什么时候到期" in page
    known = {"customer_name": "郑女士", "customer_phone": "13812345678", "channel": "phone", "category": "price",
             "severity": "normal", "description": "保养套餐说好六次，只给四次", "question": question}  # fmt: skip
    assert sun.post("/complaints", data=known | {"category": ""}).status_code == 422
    filed = sun.post("/complaints", data=known)
    assert filed.status_code == 303
    [after] = rows(database)
    with database.reading() as session:
        assert after.complaint_id == session.scalars(select(Complaint.id)).one()
    shown = client_as("service.gao").get(f"/questions/{question}").text
    assert "已转为客诉" in shown and "登记答复" not in shown
    # Somebody else had the form open as well: nothing is filed twice, and what they wrote is still there.
    for _press in range(2):
        second = client_as("cr.lin").post("/complaints", data=known | {"description": "又来电"})
        assert second.status_code == 422 and "已经转为客诉了" in second.text and "又来电" in second.text
        assert f'name="question" value="{question}"' in second.text
    assert client_as("cr.lin").post("/complaints", data=known | {"question": 999}).status_code == 404
    with database.reading() as session:
        assert session.scalars(select(Complaint.id)).one() == after.complaint_id
    assert sun.get(f"/complaints/new?question={question}").text.count('name="question"') == 0
    assert client_as("sales.chen").get(f"/complaints/new?question={question}").status_code in (403, 404)


def test_a_message_names_neither_the_customer_nor_the_question(database: Database, settings) -> None:
    with database.writing() as session:
        desk = Desk(session)
        reaches.choose(session, desk.person("service.gao"), Wish("gao@dealer.example", chosen=reaches.at_first()))
        typed = Typed("保养套餐还剩几次？", "郑女士", "13812345678")
        questions.take(session, typed, desk.person("service.gao"), by=desk.actor("cr.sun"), at=MONDAY)
        session.commit()
    assert post.spread(database, MONDAY) == 1
    parcel = post.take(database, settings, MONDAY)
    assert parcel is not None and parcel.title == "【公道】客户提问第 1 号：等您处理"
    assert "有一个客户提问交给您" in parcel.body and "/notices/" in parcel.body and "/acting/" not in parcel.body
    assert "郑女士" not in parcel.body and "保养套餐" not in parcel.body


def test_the_list_is_given_as_excel_as_far_as_its_reader_sees_it(client_as: As, question: int, clock: Clock) -> None:
    client_as("service.gao").post(f"/questions/{question}/answer", data={"answer": "=还剩两次"})
    for username, there in (("cr.sun", True), ("service.gao", True), ("sales.wang", False)):
        answer = client_as(username).get("/questions/list.xlsx?all=yes")
        lines = list(load_workbook(BytesIO(answer.data)).active.values)
        assert lines[0][:3] == ("提问", "客户", "答复人")
        told = [("保养套餐还剩几次？\n什么时候到期？", "郑女士", "高峰", "按时答复", "'=还剩两次")] if there else []
        assert [(*line[:3], *line[6:]) for line in lines[1:]] == told
    assert len(list(load_workbook(BytesIO(client_as("cr.sun").get("/questions/list.xlsx").data)).active.values)) == 1
