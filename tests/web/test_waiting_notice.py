"""Target letters that nobody signs and the survey calls of a day: in the bell, in messages, in the calendar feed."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from jobs import post, reminding
from models import Database, FailedStep, Reminder
from tests import surveys as made
from tests.builders import HOUR, MONDAY, Desk, moment
from tests.conftest import Clock
from tests.web.test_feed import events_of, fetch, password_of
from tests.workflow.test_ranking import rank
from tests.workflow.test_targets import JANUARY, draft, put
from workflow import call_days, places, publication, survey_sample
from workflow import reach as reaches
from workflow.reach import Wish

As = Callable[[str], FlaskClient]
# The last day of the letter, and the day after the call-backs were due.
SIGN_BY, LATE = moment(1, 8), moment(3, 6, 9, 1)


def reached(session: Any, *usernames: str) -> Desk:
    desk = Desk(session)
    for username in usernames:
        wish = Wish(f"{username}@dealer.example", chosen=reaches.at_first())
        reaches.choose(session, desk.person(username), wish)
    return desk


def mails(database: Database, settings: Any, at: Any) -> list[tuple[str, str]]:
    """Title and text of what goes out now."""
    post.spread(database, at)
    found = []
    while (parcel := post.take(database, settings, at)) is not None:
        found.append((parcel.title, parcel.body))
    return found


def letter(database: Database) -> None:
    with database.writing() as session:
        desk = reached(session, "service.liu", "gm.zhou")
        put(desk, draft(desk))
        publication.issue(session, desk.department("after_sales"), 2026, by=desk.actor("gm.zhou", JANUARY), at=JANUARY)
        session.commit()


def test_whoever_is_to_sign_is_told_reminded_and_led_to_the_letters(
    app: Flask, client_as: As, database: Database, settings: Any, clock: Clock
) -> None:
    letter(database)
    [(title, body)] = mails(database, settings, JANUARY)
    assert title == "【公道】2026年目标责任书：等您处理" and "请您在 1月8日（周四）09:00 前处理：签署责任书。" in body
    clock.now = SIGN_BY
    assert reminding.remind_of_what_waits(database, SIGN_BY) == 1
    body = dict(mails(database, settings, SIGN_BY))["【公道】2026年目标责任书：请及时办理"]
    assert "期限已于1月8日（周四）09:00 届满" in body and "待办事项：签署责任书。" in body
    head = client_as("service.liu")
    assert "目标责任书" in head.get("/notices").text and "仍等您办理" in head.get("/notices").text
    assert head.post("/notices/2/reading").headers["Location"].startswith("/letters/")
    summaries = [str(e["summary"]) for e in events_of(fetch(app, "service.liu", password_of(head)))]
    assert summaries == ["签署责任书"]


def test_a_letter_to_who_has_left_is_issued_anew_to_the_next_head(
    client_as: As, database: Database, clock: Clock
) -> None:
    letter(database)
    clock.now = SIGN_BY
    gm, page = client_as("gm.zhou"), "/targets?year=2026"
    assert "重新签发" not in gm.get(page).text
    with database.writing() as session:
        desk = Desk(session)
        key = desk.department("after_sales").id
        admin, gao = desk.person("admin.root"), desk.person("service.gao")
        places.name_head(session, desk.department("after_sales"), gao, by=admin, at=JANUARY + HOUR)
        session.commit()
    issue = f"/targets/2026/letters/department/{key}"
    assert "重新签发给高峰" in gm.get(page).text
    assert gm.post(issue).status_code == 303
    shown = gm.get(page).text
    assert "高峰" in shown and "重新签发" not in shown
    assert gm.post(issue).status_code == 303, "and not a second time"
    assert "已经签发过了" in gm.get(page).text


def test_a_days_calls_are_one_message_and_overdue_ones_go_up(
    client_as: As, database: Database, settings: Any, clock: Clock
) -> None:
    with database.writing() as session:
        desk = reached(session, "cr.lin", "gm.zhou", "service.liu")
        desk.person("cr.sun").language = "en"
        survey = made.survey(desk, "calls")
        made.invitations(desk, survey, 3)
        survey_sample.take(session, survey, percent=100, by=desk.actor("cr.lin"), at=desk.now)
        session.commit()
    clock.now = LATE
    assert reminding.remind_of_what_waits(database, LATE) == 1
    assert reminding.remind_of_what_waits(database, LATE + HOUR) == 0
    told = dict(mails(database, settings, LATE))
    body = told["【公道】电话回访：请及时办理"]
    assert "今日待回访客户 3 位，其中 3 位已超过回访期限。" in body and "3月5日（周四）09:00" in body
    assert "郑女士" not in body and "138000" not in body
    officer = client_as("cr.lin")
    assert "今日待回访客户 3 位" in officer.get("/notices").text
    assert officer.post("/notices/1/reading").headers["Location"] == "/surveys/calls"
    assert "Customers to call: 3, of whom 3 should have been called back" in client_as("cr.sun").get("/notices").text
    manager = client_as("gm.zhou").get("/notices").text
    assert "林晓" in manager and "打开满意度调查" in manager
    for username in ("service.liu", "admin.root"):
        assert "回访" not in client_as(username).get("/notices").text.partition("<main")[2]
    page = officer.get("/settings/messages").text
    assert 'name="calls.remind.channels"' in page and 'name="publication.act.channels"' in page


def test_a_ranking_is_told_by_its_month_and_leads_to_where_it_is_published(
    client_as: As, database: Database, settings: Any, clock: Clock
) -> None:
    with database.writing() as session:
        desk = reached(session, "sales.chen")
        rank(desk)
        session.commit()
    assert reminding.note_rankings(database, MONDAY) == 1 and reminding.note_rankings(database, MONDAY) == 0
    clock.now = moment(3, 11, 9)
    assert reminding.remind_of_what_waits(database, clock.now) >= 1
    body = dict(mails(database, settings, clock.now))["【公道】2026年2月排名：请及时办理"]
    assert "3月11日（周三）00:00" in body and "待办事项：公布排名。" in body
    head = client_as("sales.chen")
    page = head.get("/notices").text
    assert "2026 年 2 月排名" in page or "2026年2月排名" in page
    key = re.findall(r"/notices/(\d+)/reading", page)[0]
    assert "/ranking" in head.post(f"/notices/{key}/reading").headers["Location"]


def test_of_two_workers_at_once_one_tells(database: Database) -> None:
    with database.writing() as session:
        desk = Desk(session)
        made.invitations(desk, made.survey(desk, "calls"), 2)
        session.commit()
    at = moment(3, 3)
    with ThreadPoolExecutor(2) as workers:
        written = list(workers.map(lambda _: reminding.remind_of_what_waits(database, at), range(2)))
    assert sorted(written) == [0, 1]


def test_what_could_not_be_told_stands_before_the_administrator(
    client_as: As, database: Database, monkeypatch: Any
) -> None:
    def fail(*_: Any) -> None:
        raise ValueError("broken")

    with database.writing() as session:
        made.invitations(Desk(session), made.survey(Desk(session), "calls"), 1)
        session.commit()
    with monkeypatch.context() as patch:
        patch.setattr(call_days, "tell", fail)
        assert reminding.remind_of_what_waits(database, moment(3, 3)) == 0
    assert "电话回访" in client_as("admin.root").get("/background").text
    later = moment(3, 3, 11)
    assert reminding.remind_of_what_waits(database, later) == 1
    with database.reading() as session:
        assert session.scalars(select(FailedStep)).all() == []
        assert session.scalars(select(Reminder)).one().calls_id is not None
