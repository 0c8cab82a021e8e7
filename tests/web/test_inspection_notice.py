"""Inspections in the bell, in messages and in the calendar feed: who is told what; nothing to those inspected."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from jobs import post, reminding
from models import Database, Inspection, InspectionKind
from tests.builders import MONDAY, Desk
from tests.conftest import Clock
from tests.web.test_feed import events_of, fetch, password_of
from workflow import inspection, inspection_findings
from workflow import reach as reaches
from workflow.inspection_findings import Answer
from workflow.reach import Wish

As = Callable[[str], FlaskClient]
HALF = MONDAY + timedelta(days=3, hours=12)


def plan(database: Database) -> None:
    """A mystery visit of sales on Tuesday; 林晓 holds the checklist; officers and the head of sales have e-mail."""
    with database.writing() as session:
        desk = Desk(session)
        for username in ("cr.lin", "cr.sun", "sales.chen"):
            wish = Wish(f"{username}@dealer.example", chosen=reaches.at_first())
            reaches.choose(session, desk.person(username), wish)
        wanted = inspection.Plan(
            InspectionKind.MYSTERY,
            "sales",
            desk.department("sales"),
            date(2026, 3, 3),
            [desk.person("cr.lin")],
            "秦女士",
        )
        inspection.plan(session, wanted, by=desk.actor("cr.sun"), at=MONDAY)
        session.commit()


def submit(database: Database) -> None:
    with database.writing() as session:
        desk = Desk(session)
        found, lin = session.scalars(select(Inspection)).one(), desk.actor("cr.lin")
        inspection.begin(session, found, by=lin, at=MONDAY)
        answers = [Answer(name, "met") for name in inspection.checklist_of(found).factors()]
        inspection_findings.write(session, found, answers, by=lin, at=MONDAY)
        inspection.submit(session, found, by=lin, at=MONDAY)
        session.commit()


def mails(database: Database, settings: Any, at: Any) -> list[tuple[str, str]]:
    """Title and text of what goes out now."""
    post.spread(database, at)
    found = []
    while (parcel := post.take(database, settings, at)) is not None:
        found.append((parcel.title, parcel.body))
    return found


def test_who_carries_it_out_and_who_publishes_it_is_told(
    client_as: As, database: Database, settings: Any, clock: Clock
) -> None:
    plan(database)
    [(title, body)] = mails(database, settings, MONDAY)
    assert title == "【公道】检查 2026-1：等您处理"
    assert "定于3月3日（周二）进行" in body and "进行检查" in body and "秦女士" not in body and "销售" not in body
    bell = client_as("cr.lin").get("/notices").text
    assert "有一次检查定于" in bell and "打开检查" in bell
    submit(database)
    [(title, body)] = mails(database, settings, MONDAY)
    assert "请于 3月9日（周一）09:00 前公布结果" in body and "公布检查结果" in body
    clock.now = HALF
    reminding.remind_of_what_waits(database, HALF)
    reminders = [title for title, _body in mails(database, settings, HALF) if "请及时办理" in title]
    assert reminders == ["【公道】检查 2026-1：请及时办理"] * 2
    for username in ("cr.lin", "cr.sun"):
        assert "仍等您办理" in client_as(username).get("/notices").text
    for username in ("sales.chen", "sales.wang", "gm.zhou", "admin.root"):
        assert "检查" not in client_as(username).get("/notices").text.partition("<main")[2]


def test_the_bell_leads_there_and_says_it_in_both_languages(client_as: As, database: Database) -> None:
    plan(database)
    with database.writing() as session:
        Desk(session).person("cr.lin").language = "en"
        session.commit()
    client = client_as("cr.lin")
    assert "You hold the checklist of an inspection that is planned for" in client.get("/notices").text
    opened = client.post("/notices/1/reading")
    assert (opened.status_code, opened.headers["Location"]) == (303, "/inspections/2026-1")
    assert client.get("/settings/messages").text.count("Inspections:") >= 4


def test_it_stands_in_the_calendar_until_it_is_over(app: Flask, client_as: As, database: Database) -> None:
    plan(database)
    passwords = {each: password_of(client_as(each)) for each in ("cr.lin", "cr.sun", "sales.chen")}

    def entries(username: str) -> list[str]:
        return [str(event["summary"]) for event in events_of(fetch(app, username, passwords[username]))]

    assert entries("cr.lin") == ["进行检查：检查 2026-1"] and entries("cr.sun") == [] == entries("sales.chen")
    submit(database)
    assert entries("cr.lin") == entries("cr.sun") == ["公布检查结果：检查 2026-1"]
    assert client_as("cr.sun").post("/inspections/2026-1/publish").status_code == 303
    assert entries("cr.lin") == entries("cr.sun") == entries("sales.chen") == []
