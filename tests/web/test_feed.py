"""The calendar feed: what is in it, whom its password admits, and what else it opens (nothing)."""

import base64
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import select

from models import CalendarFeed, Complaint, Customer, Database
from tests.builders import MONDAY, Desk, moment
from tests.conftest import Clock
from web import log
from web.feed import ADDRESS
from workflow import customers, inbox

Client = Callable[[str], FlaskClient]
ONCE = re.compile(r'gd-once">([^<]+)<')


def scene(session: Any) -> dict[str, str]:
    desk = Desk(session)
    for username in ("service.ma", "cr.sun"):
        desk.person(username).language = "en"
    found = {state: desk.complaint(state).number for state in ("filed", "assigned", "handling", "ruling")}
    found["penalty"] = desk.penalty("heard").number
    found["proposed"] = desk.penalty("proposed").number
    return found


@pytest.fixture
def cases(staged: Callable[..., Any]) -> dict[str, str]:
    found: dict[str, str] = staged(scene)
    return found


def password_of(client: FlaskClient) -> str:
    page = client.post("/settings/calendar").text
    found = ONCE.search(page)
    assert found is not None
    return unescape(found[1])


def fetch(app: Flask, username: str, password: str, address: str = ADDRESS, **headers: str) -> Any:
    """What a calendar program does: no cookie, HTTP Basic."""
    secret = base64.b64encode(f"{username}:{password}".encode()).decode()
    return app.test_client().get(address, headers={"Authorization": f"Basic {secret}", **headers})


def events_of(answer: Any) -> list[Any]:
    assert answer.status_code == 200
    return list(Calendar.from_ical(answer.data).walk("VEVENT"))


@pytest.fixture
def of(app: Flask, client_as: Client) -> Callable[[str], list[Any]]:
    """The events of somebody's feed, each time with a new password."""
    return lambda username: events_of(fetch(app, username, password_of(client_as(username))))


# --- what is in it


def test_it_holds_what_waits_in_every_process_and_nothing_else(
    of: Callable[[str], list[Any]], cases: dict[str, str]
) -> None:
    head = {str(event["SUMMARY"]) for event in of("service.liu")}
    assert head == {
        f"受理或申诉：客诉 {cases['assigned']}", f"处理并记录完毕：客诉 {cases['handling']}",
        f"呈报处罚，或不予处罚：处罚 {cases['penalty']}",
    }  # fmt: skip
    respondent = {str(event["SUMMARY"]) for event in of("service.ma")}
    assert respondent == {
        f"Appeal, if you object: Complaint {cases['assigned']}",
        f"State a defence, or waive it: Penalty {cases['proposed']}",
    }
    assert of("sales.chen") == []


def test_a_month_of_scorecards_waits_as_one(
    of: Callable[[str], list[Any]], staged: Callable[..., Any], clock: Clock
) -> None:
    clock.now = moment(4, 1, 9)

    def close(session: Any) -> None:
        desk = Desk(session, moment(4, 1, 9))
        desk.scorecard("computed")

    staged(close)
    [event] = of("service.liu")
    assert str(event["SUMMARY"]) == "2026 年 3 月考核表：评审"
    assert str(event["URL"]).endswith("/months/2026-03")


def test_customers_who_were_handed_over_are_contacted_by_their_day(
    of: Callable[[str], list[Any]], database: Database
) -> None:
    with database.writing() as session:
        desk = Desk(session)
        by, ma, gao = desk.actor("cr.sun"), desk.person("service.ma"), desk.person("service.gao")
        typed = [customers.Typed("郑女士", "13800000001"), customers.Typed("冯女士", "13800000003")]
        theirs = [customers.add(session, one, ma, by=by, at=MONDAY) for one in typed]
        customers.hand_over(session, theirs, gao, by=by, at=MONDAY)
        session.commit()
    [event] = of("service.gao")
    assert str(event["SUMMARY"]) == "首次联系移交给您的客户"
    assert event.decoded("DTEND") == MONDAY + timedelta(days=7)
    assert str(event["URL"]).endswith("/customers?only=yes")
    with database.writing() as session:
        gao = Desk(session).actor("service.gao")
        for customer in session.scalars(select(Customer)):
            customers.contact(session, customer, by=gao, at=MONDAY, was_reached=True, result="满意")
        session.commit()
    assert of("service.gao") == []


def test_an_event_ends_with_its_deadline_and_warns_before(
    of: Callable[[str], list[Any]], database: Database, cases: dict[str, str]
) -> None:
    [event] = [event for event in of("service.liu") if cases["assigned"] in event["SUMMARY"]]
    assert event.decoded("DTEND") == MONDAY + timedelta(hours=24)
    assert event.decoded("DTEND").tzinfo is not None
    [alarm] = event.walk("VALARM")
    assert alarm.decoded("TRIGGER") < timedelta(0)
    assert str(event["CLASS"]) == "PRIVATE"
    assert str(event["URL"]).endswith(f"/complaints/{cases['assigned']}")


def test_no_customer_no_phone_and_no_facts_leave(app: Flask, client_as: Client, cases: dict[str, str]) -> None:
    text = re.sub(r"\r\n ", "", fetch(app, "service.liu", password_of(client_as("service.liu"))).text)
    for secret in ("郑女士", "1380000", "等候两小时", "交车前检查", "马超"):
        assert secret not in text


def test_lines_are_folded_by_octets_and_end_as_they_must(app: Flask, client_as: Client, cases: dict[str, str]) -> None:
    data = fetch(app, "service.liu", password_of(client_as("service.liu"))).data
    assert data.endswith(b"END:VCALENDAR\r\n")
    lines = data.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert b"\n" not in b"".join(lines)
    data.decode()


def test_what_is_answered_disappears_and_what_moves_is_moved(
    app: Flask, client_as: Client, database: Database, cases: dict[str, str]
) -> None:
    """The name stays and the sequence grows, so that a program moves what it has."""
    password = password_of(client_as("service.liu"))
    [before] = [e for e in events_of(fetch(app, "service.liu", password)) if cases["handling"] in e["SUMMARY"]]
    with database.writing() as session:
        desk = Desk(session)
        case = session.scalars(Complaint.by_number(cases["handling"])).one()
        desk.take("suspend", case, "cr.sun", reason="等客户回复", until=MONDAY + timedelta(days=2))
        desk.take("accept", session.scalars(Complaint.by_number(cases["assigned"])).one(), "service.liu")
        session.commit()
    after = events_of(fetch(app, "service.liu", password))
    assert not [event for event in after if "受理或申诉" in event["SUMMARY"]]
    [moved] = [event for event in after if cases["handling"] in event["SUMMARY"]]
    assert str(moved["UID"]) == str(before["UID"])
    assert moved.decoded("DTEND") > before.decoded("DTEND")
    assert int(moved["SEQUENCE"]) > int(before["SEQUENCE"])


def test_what_lapsed_waits_for_nobody(app: Flask, client_as: Client, cases: dict[str, str], clock: Clock) -> None:
    password = password_of(client_as("service.liu"))
    clock.now = MONDAY + timedelta(hours=25)
    assert not [e for e in events_of(fetch(app, "service.liu", password)) if cases["assigned"] in e["SUMMARY"]]


def test_once_nobody_was_heard_the_head_is_reminded_of_the_next_step(
    app: Flask, client_as: Client, cases: dict[str, str], clock: Clock
) -> None:
    password = password_of(client_as("service.liu"))
    clock.now = MONDAY + timedelta(days=7)
    summaries = {str(event["SUMMARY"]) for event in events_of(fetch(app, "service.liu", password))}
    assert f"呈报处罚，或不予处罚：处罚 {cases['proposed']}" in summaries


def test_the_feed_and_the_inbox_agree(
    of: Callable[[str], list[Any]], database: Database, cases: dict[str, str]
) -> None:
    with database.reading() as session:
        for username in ("cr.sun", "service.liu", "service.ma", "gm.zhou", "hr.qian"):
            waiting = inbox.waiting_for(session, Desk(session).actor(username))
            assert len(of(username)) == len(waiting), username


# --- asking again


def test_unchanged_bytes_are_not_sent_again(app: Flask, client_as: Client, cases: dict[str, str], clock: Clock) -> None:
    password = password_of(client_as("service.liu"))
    first = fetch(app, "service.liu", password)
    clock.now += timedelta(minutes=20)
    again = fetch(app, "service.liu", password, **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert "private" in first.headers["Cache-Control"]
    assert "Authorization" in first.headers["Vary"]


# --- whom it admits


def test_only_its_own_password_opens_it_and_only_a_digest_is_kept(
    app: Flask, client_as: Client, database: Database, cases: dict[str, str]
) -> None:
    password = password_of(client_as("service.liu"))
    tried = [("service.liu", wrong) for wrong in ("gongdao-demo", password[:-1], "")]
    for username, sent in (*tried, ("service.ma", password), ("nobody", password), ("service.liu\0", password)):
        answer = fetch(app, username, sent)
        assert answer.status_code == 401, username
        assert answer.headers["WWW-Authenticate"].startswith("Basic ")
    with database.reading() as session:
        [kept] = session.scalars(select(CalendarFeed))
        assert password not in (kept.digest, str(kept.__dict__))


@pytest.mark.parametrize(
    "header", ["Basic !!!", "Basic", "Basic w6k6w6k=", "Bearer x", "Basic " + "QQ" * 9_000, "Basic //79Ov8="]
)
def test_a_malformed_header_is_refused_plainly(header: str, app: Flask) -> None:
    assert app.test_client().get(ADDRESS, headers={"Authorization": header}).status_code == 401


def test_a_session_does_not_open_it(client_as: Client, cases: dict[str, str]) -> None:
    assert client_as("service.liu").get(ADDRESS).status_code == 401


def test_it_opens_nothing_else(app: Flask, client_as: Client, cases: dict[str, str]) -> None:
    password = password_of(client_as("service.liu"))
    for address in (
        "/",
        "/complaints",
        "/settings",
        "/letters",
        "/settings/calendar",
        f"/complaints/{cases['assigned']}",
    ):
        assert fetch(app, "service.liu", password, address).status_code == 303, address


def test_a_new_password_ends_the_one_before_and_ending_it_ends_it(app: Flask, client_as: Client) -> None:
    client = client_as("service.liu")
    first, second = password_of(client), password_of(client)
    assert fetch(app, "service.liu", first).status_code == 401
    assert fetch(app, "service.liu", second).status_code == 200
    assert client.post("/settings/calendar/end").status_code == 303
    assert fetch(app, "service.liu", second).status_code == 401


def test_the_password_is_shown_once(client_as: Client) -> None:
    client = client_as("service.liu")
    answer = client.post("/settings/calendar")
    assert answer.headers["Cache-Control"] == "no-store"
    assert ONCE.search(answer.text)
    assert not ONCE.search(client.get("/settings/calendar").text)


@pytest.mark.parametrize("change", [{"session_epoch": 7}, {"left_at": MONDAY - timedelta(days=1)}])
def test_a_changed_log_in_password_or_leaving_ends_it(
    change: dict[str, Any], app: Flask, client_as: Client, database: Database
) -> None:
    password = password_of(client_as("service.liu"))
    with database.writing() as session:
        for name, value in change.items():
            setattr(Desk(session).person("service.liu"), name, value)
        session.commit()
    assert fetch(app, "service.liu", password).status_code == 401


def test_who_has_left_finds_no_such_page(client_as: Client, database: Database) -> None:
    with database.writing() as session:
        Desk(session).person("service.liu").left_at = MONDAY - timedelta(days=1)
        session.commit()
    client = client_as("service.liu")
    assert client.get("/settings/calendar").status_code == 404
    assert client.post("/settings/calendar").status_code == 404
    assert "/settings/calendar" not in client.get("/settings").text


def test_guessing_is_slowed_down_and_locks_nobody_out_at_the_door(
    app: Flask, client_as: Client, cases: dict[str, str]
) -> None:
    answers = [fetch(app, "service.liu", f"guess-{number}").status_code for number in range(7)]
    assert answers == [401] * 5 + [429] * 2
    data = {"user": "service.liu", "password": "wrong, but looked at"}
    assert app.test_client().post("/session", data=data).status_code == 401


def test_the_password_stands_in_no_log(app: Flask, client_as: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[dict[str, Any]] = []
    monkeypatch.setattr(log.logger, "info", lambda _event, **facts: written.append(facts), raising=False)
    password = password_of(client_as("service.liu"))
    fetch(app, "service.liu", password)
    assert written[-1]["path"] == ADDRESS
    assert password not in str(written)
