"""At the door: who comes in, for how long, and how guessing is slowed down."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from models import Company, Database, LoginFailure
from tests.conftest import Clock
from tests.web.shell_fixtures import (  # noqa: F401 - fixtures are used by name
    PASSWORD,
    give_password,
    log_in,
    path_of,
    person,
    token_in,
)
from web import throttle
from workflow import password as passwords

Give = Callable[..., None]
SETTINGS = "/settings"


def is_logged_in(client: FlaskClient) -> bool:
    return client.get(SETTINGS).status_code == 200


def failures(database: Database) -> int:
    with database.reading() as session:
        return session.execute(select(func.count()).select_from(LoginFailure)).scalar_one()


# --- coming in ---


def test_every_page_asks_to_log_in_first(app: Flask) -> None:
    client = app.test_client()
    closed = [SETTINGS, "/settings/password", "/people", "/people/new", "/departments", "/settings/delegation"]
    assert {path_of(client.get(path)) for path in closed} == {"/login"}


def test_a_page_that_does_not_exist_is_told_without_logging_in(app: Flask) -> None:
    assert app.test_client().get("/nowhere").status_code == 404


def test_the_right_password_opens_the_account(app: Flask, give_password: Give) -> None:
    give_password("cr.sun")
    client = app.test_client()
    assert log_in(client, "cr.sun").status_code == 303
    assert "孙悦" in client.get(SETTINGS).text


def test_the_account_name_may_be_typed_in_capitals(app: Flask, give_password: Give) -> None:
    give_password("cr.sun")
    assert log_in(app.test_client(), " CR.Sun ").status_code == 303


def test_a_wrong_password_and_an_unknown_account_answer_alike(app: Flask, give_password: Give) -> None:
    give_password("cr.sun")
    wrong, unknown = log_in(app.test_client(), "cr.sun", "x" * 12), log_in(app.test_client(), "cr.sux", "x" * 12)
    assert (wrong.status_code, unknown.status_code) == (401, 401)
    assert (
        wrong.text.replace("cr.sun", "cr.sux").split("<form")[1].split("csrf")[0]
        == (unknown.text.split("<form")[1].split("csrf")[0])
    )


def test_an_unknown_account_costs_as_much_work_as_a_known_one(monkeypatch: pytest.MonkeyPatch) -> None:
    verified = []
    monkeypatch.setattr(passwords, "_hasher", type("Counting", (), {
        "hash": lambda _self, _text: "nobody",
        "verify": lambda _self, kept, _text: verified.append(kept) or True,
    })())  # fmt: skip
    passwords._nobodys_hash.cache_clear()
    assert not passwords.matches(None, "guess")
    assert verified == ["nobody"]
    passwords._nobodys_hash.cache_clear()


def test_an_account_without_a_password_cannot_log_in(app: Flask) -> None:
    client = app.test_client()
    assert log_in(client, "cr.sun", PASSWORD).status_code == 401
    assert not is_logged_in(client)


def test_nothing_typed_is_asked_for_again(app: Flask) -> None:
    assert log_in(app.test_client(), "cr.sun", "").status_code == 422


def test_whoever_has_left_can_still_log_in(app: Flask, give_password: Give, clock: Clock) -> None:
    give_password("service.ma", left_at=clock.now - timedelta(days=1))
    client = app.test_client()
    log_in(client, "service.ma")
    assert is_logged_in(client)


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x"])
def test_nobody_is_led_to_another_site_after_log_in(app: Flask, give_password: Give, elsewhere: str) -> None:
    give_password("cr.sun")
    assert "evil" not in log_in(app.test_client(), "cr.sun", next=elsewhere).location


def test_the_page_asked_for_opens_after_log_in(app: Flask, give_password: Give) -> None:
    give_password("cr.sun")
    client = app.test_client()
    asked = client.get("/settings/password?x=1")
    assert asked.location == "/login?next=/settings/password?x%3D1"
    assert log_in(client, "cr.sun", next="/settings/password?x=1").location == "/settings/password?x=1"


def test_the_demo_password_opens_only_the_demo(app: Flask, database: Database, give_password: Give) -> None:
    give_password("cr.sun", passwords.DEMO_PASSWORD)
    assert log_in(app.test_client(), "cr.sun", passwords.DEMO_PASSWORD).status_code == 303
    with database.writing() as session:
        session.get_one(Company, 1).is_demo = False
        session.commit()
    assert log_in(app.test_client(), "cr.sun", passwords.DEMO_PASSWORD).status_code == 401


def test_a_hash_made_with_weaker_parameters_is_renewed_at_log_in(
    app: Flask, database: Database, give_password: Give, monkeypatch: pytest.MonkeyPatch
) -> None:
    give_password("cr.sun")
    before = person(database, "cr.sun").password_hash
    monkeypatch.setattr(passwords, "_hasher", passwords.PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    log_in(app.test_client(), "cr.sun")
    after = person(database, "cr.sun").password_hash
    assert after != before
    assert "t=2" in (after or "")


# --- slowing down guesses ---


def test_after_five_wrong_passwords_the_account_waits(app: Flask, give_password: Give, clock: Clock) -> None:
    give_password("cr.sun")
    client = app.test_client()
    guesses = [log_in(client, "cr.sun", f"wrong-{n}").status_code for n in range(throttle.MOST_PER_ACCOUNT)]
    assert set(guesses) == {401}
    refused = log_in(client, "cr.sun")
    assert refused.status_code == 429
    assert "09:15" in refused.text
    clock.now += throttle.WINDOW + timedelta(seconds=1)
    assert log_in(client, "cr.sun").status_code == 303


def test_another_account_is_not_kept_waiting(app: Flask, give_password: Give) -> None:
    give_password("cr.lin")
    client = app.test_client()
    for n in range(throttle.MOST_PER_ACCOUNT + 1):
        log_in(client, "cr.sun", f"wrong-{n}")
    assert log_in(client, "cr.lin").status_code == 303


def test_one_address_cannot_try_many_accounts(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "MOST_PER_ADDRESS", 3)
    client = app.test_client()
    assert [log_in(client, f"someone{n}", "wrong").status_code for n in range(4)] == [401, 401, 401, 429]


def test_a_log_in_clears_the_count_of_its_account(app: Flask, database: Database, give_password: Give) -> None:
    give_password("cr.sun")
    client = app.test_client()
    for n in range(throttle.MOST_PER_ACCOUNT - 1):
        log_in(client, "cr.sun", f"wrong-{n}")
    assert log_in(client, "cr.sun").status_code == 303
    assert failures(database) == 0


def test_what_was_typed_as_account_is_not_kept_in_clear(app: Flask, database: Database) -> None:
    log_in(app.test_client(), "mypassword-by-mistake", "x")
    with database.reading() as session:
        kept = session.scalars(select(LoginFailure.username)).one()
    assert "mistake" not in kept


# --- how long a session lasts ---


def test_an_idle_session_ends(app: Flask, give_password: Give, clock: Clock) -> None:
    give_password("cr.sun")
    client = app.test_client()
    log_in(client, "cr.sun")
    clock.now += timedelta(minutes=119)
    assert is_logged_in(client)
    clock.now += timedelta(minutes=119)
    assert is_logged_in(client)
    clock.now += timedelta(minutes=121)
    assert not is_logged_in(client)


def test_a_session_that_stays_lasts_seven_days_and_no_longer(app: Flask, give_password: Give, clock: Clock) -> None:
    give_password("cr.sun")
    client = app.test_client()
    log_in(client, "cr.sun", stay="yes")
    clock.now += timedelta(days=6, hours=23)
    assert is_logged_in(client)
    clock.now += timedelta(hours=2)
    assert not is_logged_in(client)


def test_a_new_password_ends_the_other_sessions(app: Flask, give_password: Give) -> None:
    give_password("cr.sun")
    here, there = app.test_client(), app.test_client()
    log_in(here, "cr.sun")
    log_in(there, "cr.sun")
    new = {"old_password": PASSWORD, "new_password": "nudeln-am-mittag", "again": "nudeln-am-mittag"}
    assert here.post("/settings/password", data=new).status_code == 303
    assert is_logged_in(here)
    assert not is_logged_in(there)


def test_logging_out_needs_a_press_and_ends_the_session(app: Flask, give_password: Give) -> None:
    give_password("cr.sun")
    client = app.test_client()
    log_in(client, "cr.sun")
    assert client.get("/session/end").status_code == 405
    assert path_of(client.post("/session/end")) == "/login"
    assert not is_logged_in(client)


def test_pages_carry_the_mark_of_their_log_in_and_lose_it_with_it(app: Flask, give_password: Give) -> None:
    give_password("cr.sun")
    client = app.test_client()
    log_in(client, "cr.sun")
    cookie = client.get_cookie("gongdao_mark")
    assert cookie is not None
    assert f'name="gongdao-mark" content="{cookie.value}"' in client.get(SETTINGS).text
    client.post("/session/end")
    assert client.get_cookie("gongdao_mark") is None


def test_a_form_sent_after_the_session_ended_keeps_its_text(app: Flask, give_password: Give, clock: Clock) -> None:
    give_password("cr.sun")
    client = app.test_client()
    log_in(client, "cr.sun")
    clock.now += timedelta(hours=5)
    answer = client.post(SETTINGS, data={"reason": "报价单属实", "new_password": "geheim-geheim"})
    assert answer.status_code == 401
    assert "报价单属实" in answer.text
    assert "geheim" not in answer.text


# --- one's own password ---


def test_a_password_that_was_given_must_be_changed_first(app: Flask, give_password: Give) -> None:
    give_password("cr.sun", must_change_password=True)
    client = app.test_client()
    log_in(client, "cr.sun")
    assert path_of(client.get("/people")) == "/settings/password"
    assert client.get("/settings/password").status_code == 200
    new = {"old_password": PASSWORD, "new_password": "nudeln-am-mittag", "again": "nudeln-am-mittag"}
    client.post("/settings/password", data=new)
    assert is_logged_in(client)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"old_password": "falsch"}, "old_password"),
        ({"new_password": "kurz", "again": "kurz"}, "new_password"),
        ({"new_password": "x" * 201, "again": "x" * 201}, "new_password"),
        ({"new_password": PASSWORD, "again": PASSWORD}, "new_password"),
        ({"again": "anders-als-oben"}, "again"),
    ],
)
def test_a_password_that_will_not_do_is_refused_at_its_field(
    app: Flask, database: Database, give_password: Give, changes: dict[str, str], field: str
) -> None:
    give_password("cr.sun")
    client = app.test_client()
    log_in(client, "cr.sun")
    before = person(database, "cr.sun").password_hash
    new = {"old_password": PASSWORD, "new_password": "nudeln-am-mittag", "again": "nudeln-am-mittag", **changes}
    refused = client.post("/settings/password", data=new)
    assert refused.status_code == 422
    assert f'id="{field}-error"' in refused.text
    assert person(database, "cr.sun").password_hash == before


def test_the_account_name_is_no_password(app: Flask, database: Database) -> None:
    found = person(database, "service.gao")
    with database.reading() as session:
        company = session.get_one(Company, 1)
    assert passwords.objections_to("Service.Gao", of=found, company=company)


def test_the_demo_password_cannot_be_chosen_outside_the_demo(database: Database) -> None:
    found = person(database, "cr.sun")
    with database.reading() as session:
        company = session.get_one(Company, 1)
        assert not passwords.objections_to(passwords.DEMO_PASSWORD, of=found, company=company)
        company.is_demo = False
        assert passwords.objections_to(passwords.DEMO_PASSWORD, of=found, company=company)


# --- language, theme, health ---


def test_language_and_theme_are_the_persons_own(
    client_as: Callable[[str], FlaskClient], database: Database, clock: Clock
) -> None:
    client = client_as("cr.sun")
    assert 'lang="zh-Hans-CN" data-bs-theme="light"' in client.get(SETTINGS).text
    client.post(SETTINGS, data={"language": "en", "theme": "time"})
    assert 'lang="en" data-bs-theme="light"' in client.get(SETTINGS).text
    clock.now += timedelta(minutes=100)
    client.post(SETTINGS, data={"language": "klingon", "theme": "dark"})
    assert 'lang="en" data-bs-theme="dark"' in client.get(SETTINGS).text


def test_the_theme_follows_the_companys_evening(
    client_as: Callable[[str], FlaskClient], give_password: Give, clock: Clock
) -> None:
    give_password("cr.sun", theme="time")
    clock.now += timedelta(hours=11)
    assert 'data-bs-theme="dark"' in client_as("cr.sun").get(SETTINGS).text


def test_the_log_in_page_remembers_the_language_of_the_device(app: Flask) -> None:
    client = app.test_client()
    assert 'lang="zh-Hans-CN"' in client.get("/login").text
    assert 'lang="en"' in client.get("/login?lang=en").text
    assert 'lang="en"' in client.get("/login").text


def test_the_health_page_says_ok_and_nothing_else(app: Flask) -> None:
    answer = app.test_client().get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")


@pytest.mark.parametrize("where", ["/login?next=%00", "/settings?q=a%00b", "/people/%00"])
def test_a_nul_is_no_text(client_as: Callable[[str], FlaskClient], where: str) -> None:
    assert client_as("hr.qian").get(where).status_code == 400
    assert client_as("hr.qian").post("/people", data={"name": "a\0b"}).status_code == 400


@pytest.mark.parametrize(
    ("username", "offered", "hidden"),
    [
        ("hr.qian", {"/people"}, {"/complaints/new"}),
        ("admin.root", {"/people"}, {"/complaints/new"}),
        ("cr.sun", {"/complaints/new"}, {"/people"}),
        ("service.ma", {"/letters"}, {"/people", "/complaints/new"}),
        ("gm.zhou", {"/complaints"}, {"/people", "/complaints/new"}),
    ],
)
def test_links_follow_the_role(
    client_as: Callable[[str], FlaskClient], username: str, offered: set[str], hidden: set[str]
) -> None:
    page = client_as(username).get(SETTINGS).text
    assert all(f'href="{path}"' in page for path in offered)
    assert not any(f'href="{path}"' in page for path in hidden)


def test_a_forged_log_in_is_refused(app: Flask, give_password: Give) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    give_password("cr.sun")
    client = app.test_client()
    assert log_in(client, "cr.sun").status_code == 400
    page = client.get("/login")
    assert log_in(client, "cr.sun", csrf_token=token_in(page)).status_code == 303
