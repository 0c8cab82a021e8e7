"""Addresses for balancers and whoever keeps watch: what they say, to whom, and that they give nothing away."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from config import Settings
from models import Database, WorkerPulse
from tests.builders import MONDAY, Desk
from web import create_app, health
from web.after import timetable

TOKEN = "a token of thirty-two characters!"
NOWHERE = "postgresql+psycopg://gongdao:geheim@127.0.0.1:1/none"
FROM_ELSEWHERE = {"REMOTE_ADDR": "203.0.113.9"}


@pytest.fixture
def beating(database):
    with database.writing() as session:
        session.add(WorkerPulse(name="here/1", started_at=MONDAY, seen_at=MONDAY))
        session.commit()


@pytest.fixture
def anybody(app):
    return app.test_client()


def test_a_process_is_up_whatever_its_database_does(tmp_path):
    app = create_app(Settings.for_tests(database_url=NOWHERE, var=tmp_path), Database(NOWHERE))
    answer = app.test_client().get("/health")
    assert (answer.status_code, answer.json, answer.headers["Cache-Control"]) == (200, {"process": "ok"}, "no-store")
    assert "Set-Cookie" not in answer.headers


def test_it_is_ready_when_every_part_answers(anybody, beating):
    answer = anybody.get("/ready")
    assert answer.status_code == 200
    assert answer.json == dict.fromkeys(("database", "migrations", "fonts", "queue", "worker"), "ok")


def test_without_a_database_it_says_which_parts_fail_and_nothing_of_where_they_are(tmp_path):
    app = create_app(Settings.for_tests(database_url=NOWHERE, var=tmp_path), Database(NOWHERE))
    answer = app.test_client().get("/ready")
    assert answer.status_code == 503
    assert {name for name, said in answer.json.items() if said != "ok"} >= {"database", "migrations", "worker"}
    assert not any(word in answer.text for word in ("geheim", "127.0.0.1", "gongdao", "psycopg", "Error"))


def test_a_worker_that_was_not_seen_lately_is_missed(anybody, beating, clock):
    clock.now = MONDAY + timedelta(seconds=91)
    answer = anybody.get("/ready")
    assert (answer.status_code, answer.json["worker"]) == (503, "no worker was seen lately")


def test_a_database_of_another_release_is_not_ready(anybody, beating, database):
    with database.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        session.commit()
    assert anybody.get("/ready").json["migrations"] == "not all of this release have been run"


def test_a_font_or_a_queue_that_is_gone_is_told(anybody, beating, app, monkeypatch):
    monkeypatch.setattr(health, "_font", lambda: Path("/nowhere/font.ttc"))
    with app.app_context():
        monkeypatch.setattr(timetable().queue.storage, "queue_size", lambda: 1 / 0)
    answer = anybody.get("/ready").json
    assert (answer["fonts"], answer["queue"], answer["database"]) == (
        "the Chinese font of the letters is missing", "does not answer", "ok",
    )  # fmt: skip


# --- figures


def test_figures_tell_steps_letters_queues_and_what_is_overdue(anybody, database, clock):
    with database.writing() as session:
        desk = Desk(session)
        desk.complaint("assigned")
        desk.complaint("appealed")
        desk.penalty("proposed")
        session.commit()
    clock.now = MONDAY + timedelta(days=30)
    page = anybody.get("/metrics").text
    assert 'gongdao_steps_total{action="file",process="complaint"} 2.0' in page
    assert 'gongdao_steps_total{action="propose",process="penalty"} 1.0' in page
    assert 'gongdao_letters_issued_total{kind="complaint_form"} 2.0' in page
    assert "gongdao_letters_rendered_total 0.0" in page
    assert 'gongdao_queue_length{kind="deadlines",state="waits"} 1.0' in page
    assert 'gongdao_queue_age_seconds{kind="letters"} 2.592e+06' in page
    assert 'gongdao_overdue{process="complaint"} 2.0' in page
    assert 'gongdao_overdue{process="penalty"} 1.0' in page
    assert "gongdao_workers 0.0" in page
    assert not any(words in page for words in ("马超", "service.ma", "2026-1"))


def test_figures_grow_and_are_never_counted_twice(anybody, database, monkeypatch):
    monkeypatch.setattr("jobs.measures.UNSETTLED", 2)
    for count in (1, 2, 3):
        with database.writing() as session:
            Desk(session).complaint("assigned")
            session.commit()
        for _ in range(2):
            assert f'gongdao_steps_total{{action="file",process="complaint"}} {count}.0' in anybody.get("/metrics").text


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}])
def test_for_strangers_there_are_no_figures(app, settings, headers):
    app.config["SETTINGS"] = replace(settings, metrics_token=TOKEN)
    assert app.test_client().get("/metrics", headers=headers, environ_base=FROM_ELSEWHERE).status_code == 404


def test_a_token_opens_the_figures_in_a_header_and_never_in_an_address(app, settings):
    app.config["SETTINGS"] = replace(settings, metrics_token=TOKEN)
    client = app.test_client()
    shown = {"Authorization": f"Bearer {TOKEN}"}
    assert client.get("/metrics", headers=shown, environ_base=FROM_ELSEWHERE).status_code == 200
    assert client.get(f"/metrics?token={TOKEN}", environ_base=FROM_ELSEWHERE).status_code == 404


def test_without_a_token_in_the_settings_none_opens_them(anybody):
    for shown in ("Bearer ", "Bearer", ""):
        answer = anybody.get("/metrics", headers={"Authorization": shown}, environ_base=FROM_ELSEWHERE)
        assert answer.status_code == 404


def test_whoever_comes_through_a_proxy_that_nobody_set_is_a_stranger(anybody):
    for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP"):
        assert anybody.get("/metrics", headers={name: "203.0.113.9"}).status_code == 404


def test_the_token_stands_nowhere(settings):
    assert TOKEN not in repr(replace(settings, metrics_token=TOKEN))
