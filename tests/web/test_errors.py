"""What the reader is told when something cannot be: reasons, a way on, and what they had typed."""

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from flask import Blueprint, Flask, abort, request
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from config import Settings
from models import Database, Person
from tests.conftest import Clock
from tests.web.shell_fixtures import person
from web import create_app, errors, log
from web.kept import WITHOUT_NAME, label_of
from web.session import db, me, now
from workflow.process import FORBIDDEN, INVALID, MOVED_ON, NOT_FOUND, TOO_EARLY, TOO_LATE, Objection, Refused

As = Callable[[str], FlaskClient]
ROOT = Path(__file__).resolve().parents[2]
SENTENCE = "Please fill this in."


def refuse(code: str) -> None:
    raise Refused([Objection(code, SENTENCE)], "CS-3")


def break_something() -> None:
    raise RuntimeError("a mistake of ours")


FAILURES: dict[str, Callable[[], object]] = {
    "refused": lambda: refuse(request.args["code"]),
    "stale": lambda: (_ for _ in ()).throw(StaleDataError("one row expected")),
    "collided": lambda: (_ for _ in ()).throw(IntegrityError("INSERT", {}, Exception("UNIQUE"))),
    "locked": lambda: (_ for _ in ()).throw(OperationalError("BEGIN", {}, Exception("database is locked"))),
    "broken": break_something,
    "missing": lambda: abort(404),
}


@pytest.fixture
def app(settings: Settings, database: Database, clock: Clock) -> Flask:
    """An application of this test's own, which may be given more pages."""
    app = create_app(settings, database)
    app.config.update(NOW=clock, WTF_CSRF_ENABLED=False)
    return app


@pytest.fixture
def client(app: Flask, client_as: As) -> FlaskClient:
    """Somebody in front of pages that fail in every way."""
    failing = Blueprint("failing", __name__)

    @failing.route("/failing/<how>", methods=["GET", "POST"])
    def fail(how: str) -> str:
        if how == "written-at-once":
            db().add(Person(username=me().username, name="周建国", password_hash="kept-secret", joined_at=now()))
            db().flush()
        if how == "half-done":
            me().name = "改了一半"
            db().flush()
            refuse(INVALID)
        FAILURES[how]()
        return ""

    app.config["TESTING"] = False
    app.register_blueprint(failing)
    return client_as("cr.sun")


@pytest.mark.parametrize(
    ("code", "status"),
    [(NOT_FOUND, 404), (FORBIDDEN, 403), (INVALID, 422), (MOVED_ON, 409), (TOO_EARLY, 409), (TOO_LATE, 409)],
)
def test_a_refusal_answers_by_its_kind(client: FlaskClient, code: str, status: int) -> None:
    assert client.post(f"/failing/refused?code={code}").status_code == status


def test_a_refusal_says_why_and_by_which_rule(client: FlaskClient) -> None:
    page = client.post("/failing/refused?code=too_early").text
    assert SENTENCE in page or "请填写此项。" in page
    assert "CS-3" in page


@pytest.mark.parametrize("how", ["refused?code=forbidden", "refused?code=moved_on", "stale", "collided", "locked"])
def test_what_was_typed_is_shown_back(client: FlaskClient, how: str) -> None:
    page = client.post(f"/failing/{how}", data={"reason": "报价单<b>属实</b>𠮷😀", "password": "geheim"}).text
    assert "报价单&lt;b&gt;属实&lt;/b&gt;𠮷😀" in page
    assert "geheim" not in page


def test_choices_and_keys_are_not_shown_as_text(client: FlaskClient) -> None:
    page = client.post("/failing/refused?code=invalid", data={"ruling": "uphold", "respondent": "17"}).text
    assert "uphold" not in page


# What a form asks by its name, wherever a template or a form class names a field.
IN_TEMPLATES = re.compile(r"""\b(?:field|textarea|select|picks)\("([a-z_0-9]+)(?:-%d)?\"""")
IN_CLASSES = re.compile(r"""^    ([a-z_]+) = (?:[A-Z][A-Za-z]*Field|Words|Line|Pick|YesNo|Paragraphs)\(""", re.M)
# Files, secrets, what the browser keeps, and preferences, where nothing is written.
NOTHING_WRITTEN = {"files", "version", "password", "old_password", "new_password", "again", "theme", "language"}


def test_what_is_shown_back_has_the_name_that_the_page_gives_it(app: Flask, client_as: As) -> None:
    found = {name for path in ROOT.glob("templates/**/*.html") for name in IN_TEMPLATES.findall(path.read_text())}
    found |= {name for path in ROOT.glob("web/*.py") for name in IN_CLASSES.findall(path.read_text())}
    assert len(found) > 60
    with app.test_request_context():
        nameless = {name for name in found - NOTHING_WRITTEN if label_of(name) == WITHOUT_NAME}
    assert not nameless


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "zh_Hans_CN",
            ("地点", "见证人一", "调整系数", "理由", "每次发薪最多扣当月工资", "各部门处罚", "您填写的内容"),
        ),
        (
            "en",
            ("Place", "First witness", "Factor", "Reason", "percent of the month", "Penalties by", "What you typed"),
        ),
    ],
)
def test_no_field_is_called_as_the_form_calls_it(
    client: FlaskClient, database: Database, language: str, words: tuple[str, ...]
) -> None:
    typed = {
        "place": "会议室", "witness_1": "王某", "factor-14": "一点五", "reason-14": "ok", "cap_percent": "30",
        "ladders.sales.first": "五十", "wholly_new": "别的", "files_kept": "x" * 60,
    }  # fmt: skip
    with database.writing() as session:
        session.scalars(select(Person).filter_by(username="cr.sun")).one().language = language
        session.commit()
    page = client.post("/failing/refused?code=forbidden", data=typed).text
    assert not [name for name in typed if f">{name}<" in page]
    assert "x" * 60 not in page
    assert not [word for word in words if word not in page]


def test_what_a_refused_step_had_written_is_undone(client: FlaskClient, database: Database) -> None:
    assert client.post("/failing/half-done").status_code == 422
    assert person(database, "cr.sun").name == "孙悦"


def test_two_at_once_are_told_that_the_case_moved_on(client: FlaskClient) -> None:
    assert {client.post(f"/failing/{how}").status_code for how in ("stale", "collided")} == {409}


def test_a_row_that_somebody_else_wrote_at_once_is_told_as_well(client: FlaskClient) -> None:
    answer = client.post("/failing/written-at-once", data={"reason": "报价单属实"})
    assert answer.status_code == 409
    assert "报价单属实" in answer.text


def test_a_busy_database_asks_to_try_again(client: FlaskClient) -> None:
    answer = client.post("/failing/locked")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


def test_a_mistake_of_ours_has_a_reference_and_no_trace(client: FlaskClient) -> None:
    answer = client.get("/failing/broken")
    assert answer.status_code == 500
    assert answer.headers["X-Reference"] in answer.text
    assert "a mistake of ours" not in answer.text


def test_the_error_page_itself_may_fail(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(errors, "render_template", lambda *_args, **_shown: 1 / 0)
    answer = client.get("/failing/broken")
    assert (answer.status_code, answer.mimetype) == (500, "text/plain")
    assert answer.headers["X-Reference"] in answer.text


def test_not_there_and_not_for_you_read_alike(client: FlaskClient) -> None:
    pages = [client.get("/failing/missing"), client.get("/failing/refused?code=not_found"), client.get("/nowhere")]
    assert {page.status_code for page in pages} == {404}
    bodies = {page.text.replace(token_of(page.text), "") for page in pages}
    assert len(bodies) == 1


def token_of(page: str) -> str:
    return page.split('name="csrf-token" content="')[1].split('"')[0]


def test_a_page_for_a_case_that_moved_on_says_who_did_what(app: Flask, client: FlaskClient) -> None:
    with app.test_request_context("/", method="POST", data={"reason": "属实"}):
        body, status = errors.moved_on(
            case_number="2026-12", case_title="方先生", happened="何敏已在 21:38 裁决。", contact="何敏",
            links=[("查看", "/complaints/2026-12")],
        )[:2]  # fmt: skip
    assert status == 409
    for shown in ("2026-12", "方先生", "何敏已在 21:38 裁决。", "/complaints/2026-12", "属实"):
        assert shown in body


@pytest.mark.parametrize(("how", "status"), [("/session", 405), ("/nowhere", 404)])
def test_pages_without_a_person_need_no_database_of_theirs(app: Flask, how: str, status: int) -> None:
    answer = app.test_client().get(how)
    assert answer.status_code == status
    assert "gd-rail" not in answer.text


def test_a_wrong_method_names_the_right_ones(app: Flask) -> None:
    assert app.test_client().get("/session").headers["Allow"] == "OPTIONS, POST"


def test_a_stale_form_is_explained_and_its_text_kept(app: Flask, client_as: As) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    answer = client_as("cr.sun").post("/settings", data={"csrf_token": "old", "note": "写了很久的一段话"})
    assert answer.status_code == 400
    assert "写了很久的一段话" in answer.text


def test_an_upload_beyond_the_limit_is_refused(app: Flask, client_as: As) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 1000
    answer = client_as("cr.sun").post("/settings", data={"file": (BytesIO(b"x" * 2000), "x.jpg")})
    assert answer.status_code == 413


def test_only_a_page_of_ours_is_offered_as_the_way_back(client: FlaskClient) -> None:
    ours = client.post("/failing/refused?code=invalid", headers={"Referer": "http://localhost/settings"})
    theirs = client.post("/failing/refused?code=invalid", headers={"Referer": "http://localhost.evil.example/"})
    assert "http://localhost/settings" in ours.text
    assert "evil" not in theirs.text


def test_every_answer_carries_the_strict_policy(client: FlaskClient) -> None:
    for path in ("/settings", "/nowhere", "/failing/broken", "/healthz"):
        headers = client.get(path).headers
        assert headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'; style-src 'self'")
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "private, no-cache"


def test_no_page_carries_a_style_or_a_script_of_its_own(client: FlaskClient) -> None:
    for path in ("/settings", "/nowhere", "/failing/broken", "/settings/password"):
        page = client.get(path).text
        assert " style=" not in page
        assert "<style" not in page
        assert " onclick=" not in page
        assert page.count("<script") == page.count("<script src=")


@pytest.mark.parametrize(
    "name", ["gongdao.css", "gongdao.js", "seal.svg", "bootstrap/bootstrap.min.css", "htmx/htmx.min.js",
             "bootstrap/font/bootstrap-icons.min.css", "bootstrap/font/fonts/bootstrap-icons.woff2"],
)  # fmt: skip
def test_style_sheets_scripts_and_fonts_come_from_ourselves(app: Flask, name: str) -> None:
    answer = app.test_client().get(f"/static/{name}")
    assert answer.status_code == 200
    assert len(answer.data) > 100
    answer.close()


def test_the_log_names_neither_query_nor_person_by_name(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[dict[str, object]] = []
    monkeypatch.setattr(log.logger, "info", lambda _event, **facts: written.append(facts), raising=False)
    client.get("/settings?q=13500000098")
    assert "13500000098" not in str(written)
    assert "孙悦" not in str(written)
    assert written[0]["status"] == 200
    assert isinstance(written[0]["person"], int)


NOWHERE = "postgresql+psycopg://gongdao:geheim@127.0.0.1:1/none"


@pytest.mark.parametrize(("tongue", "words"), [("zh", "数据库暂时没有响应"), ("en", "The database does not answer")])
def test_without_a_database_there_is_a_page_in_words_and_nothing_typed_is_lost(
    tmp_path: Path, client: FlaskClient, tongue: str, words: str
) -> None:
    """Whoever is logged in stays so: the page is drawn without asking who is there."""
    away = create_app(Settings.for_tests(database_url=NOWHERE, var=tmp_path), Database(NOWHERE))
    away.config["WTF_CSRF_ENABLED"] = False
    stranger, cookie = away.test_client(), client.get_cookie("gongdao")
    assert cookie is not None
    stranger.set_cookie("gongdao", cookie.value)
    stranger.set_cookie("gongdao_lang", tongue)
    answer = stranger.post("/complaints", data={"description": "等了两小时<b>", "password": "geheim"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert words in answer.text and "等了两小时&lt;b&gt;" in answer.text
    assert "geheim" not in answer.text and "127.0.0.1" not in answer.text and "psycopg" not in answer.text
    with stranger.session_transaction() as kept:
        assert "_user_id" in kept


def test_a_full_disk_is_named(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    full = OperationalError("INSERT", {}, Exception("database or disk is full"))
    monkeypatch.setitem(FAILURES, "full", lambda: (_ for _ in ()).throw(full))
    answer = client.post("/failing/full", data={"reason": "报价单"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert "系统磁盘已满" in answer.text and "报价单" in answer.text
