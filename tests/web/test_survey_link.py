"""A customer's link: one answer, without logging in, and nothing about anybody to whoever else holds it."""

import logging
import re

import pytest
from sqlalchemy import select

from models import AssessmentRow, Complaint, Database, SurveyAnswer, SurveyInvitation
from tests import surveys as made
from tests.builders import Desk, moment
from tests.workflow.test_race import together
from web import misses
from workflow import surveys

WORDS = "修了三次还是响。"


@pytest.fixture
def link(database: Database):
    """The address of a fresh link of a customer of service.ma in a survey of this kind."""

    def make(kind: str = "five", **changes) -> str:
        with database.writing() as session:
            desk = Desk(session)
            (invitation,) = made.invitations(desk, made.survey(desk, kind, **changes), by_call=False)
            token = surveys.new_link(session, invitation, by=desk.actor("cr.sun"), at=desk.now)
            session.commit()
        return f"/s/{token}"

    return make


@pytest.fixture
def stranger(app):
    """A browser in which nobody is logged in."""
    return app.test_client()


def all_of(database: Database, kind) -> list:
    with database.reading() as session:
        return list(session.scalars(select(kind)))


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


@pytest.mark.parametrize(
    ("phone", "asked", "begins"),
    [("en-GB,en;q=0.9,zh;q=0.5", "", "Dear"), ("zh-CN,zh;q=0.9,en;q=0.8", "", "尊敬的"), ("de-DE", "", "尊敬的"),
     ("en-US", "?lang=zh", "尊敬的")],
)  # fmt: skip
def test_the_page_begins_in_the_language_of_the_phone(stranger, link, phone, asked, begins):
    assert begins in text_of(stranger.get(link() + asked, headers={"Accept-Language": phone}))


def test_a_customer_answers_without_logging_in(stranger, database, link):
    address = link()
    page = stranger.get(address)
    shown = text_of(page)
    assert page.status_code == 200 and "星辰汽车" in shown and "尊敬的鲍先生" in shown
    # Nobody but the customer is named, and nothing of them but the name.
    for secret in ("马超", "138000", "浙A", "孙悦"):
        assert secret not in page.get_data(as_text=True)
    assert stranger.post(address, data={"q-score": "5", "words": "很好"}).status_code == 200
    (answer,), (row,) = all_of(database, SurveyAnswer), all_of(database, AssessmentRow)
    assert (answer.way.value, answer.words, answer.by_id, row.by_id) == ("link", "很好", None, None)


def test_the_page_is_private_and_in_both_languages(stranger, link):
    address = link("dimensions")
    page = stranger.get(address)
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "strict-origin"
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert 'content="noindex' in page.get_data(as_text=True)
    assert "Service quality" in text_of(stranger.get(f"{address}?lang=en"))


def test_it_comes_by_qr_code_where_the_code_was_scanned(stranger, database, link):
    address = link()
    assert f"{address}?by=qr" in stranger.get(f"{address}?by=qr").get_data(as_text=True)
    stranger.post(f"{address}?by=qr", data={"q-score": "5"})
    assert all_of(database, SurveyAnswer)[0].way.value == "qr"


def test_a_link_that_was_forwarded_after_the_answer_says_that_it_was_used(stranger, app, database, link):
    address = link()
    stranger.post(address, data={"q-score": "1", "words": WORDS})
    friend = app.test_client()
    for answer in (friend.get(address), friend.post(address, data={"q-score": "5"})):
        assert answer.status_code == 410
        assert "链接已使用" in text_of(answer) and 'href="?lang=en"' in answer.get_data(as_text=True)
        assert not any(secret in text_of(answer) for secret in ("鲍先生", WORDS, "马超", "客诉"))
    assert "This link has been used" in text_of(friend.get(f"{address}?lang=en"))
    assert len(all_of(database, SurveyAnswer)) == 1


def test_a_dissatisfied_answer_is_taken_up_and_the_customer_is_told(stranger, database, link, client_as):
    thanks = text_of(stranger.post(link(), data={"q-score": "1", "words": WORDS}))
    assert "客户关系部" in thanks
    (complaint,) = all_of(database, Complaint)
    assert complaint.description.startswith(WORDS) and complaint.filed_by_id is None
    assert WORDS in text_of(client_as("cr.lin").get(f"/complaints/{complaint.number}"))
    assert complaint.number in text_of(client_as("cr.lin").get("/complaints"))


def test_an_anonymous_page_greets_nobody_and_keeps_no_customer(stranger, database, link):
    address = link("anonymous")
    page = text_of(stranger.get(address))
    assert "鲍先生" not in page and "匿名" in page
    assert "客户关系部" not in text_of(stranger.post(address, data={"q-quality": "1", "words": WORDS}))
    (answer,) = all_of(database, SurveyAnswer)
    assert answer.invitation_id is None and all_of(database, Complaint) == []


def test_what_is_wrong_is_told_beside_the_question_and_nothing_is_lost(stranger, database, link):
    refused = stranger.post(link(), data={"words": WORDS})
    assert refused.status_code == 422 and WORDS in text_of(refused) and "至少回答一题" in text_of(refused)
    assert all_of(database, SurveyAnswer) == []


@pytest.mark.parametrize(
    ("at", "told"), [(moment(3, 17), "链接已过期"), (moment(4, 1), "调查已结束"), (moment(2, 20), "尚未开始")]
)  # fmt: skip
def test_outside_of_its_time_a_link_says_why(stranger, database, link, clock, at, told):
    address = link()
    clock.now = at
    for answer in (stranger.get(address), stranger.post(address, data={"q-score": "5"})):
        assert told in text_of(answer) and "鲍先生" not in text_of(answer)
    assert all_of(database, SurveyAnswer) == []


def test_a_closed_survey_says_so(stranger, client_as, link):
    address = link()
    client_as("cr.sun").post("/surveys/1/close")
    assert "调查已结束" in text_of(stranger.get(address))


def test_guessing_is_slowed_down_by_address(stranger, link, clock):
    address = link()
    for _ in range(misses.MOST):
        assert stranger.get("/s/guessed").status_code == 404
    assert stranger.get(address).status_code == 429
    assert stranger.post(address, data={"q-score": "5"}).status_code == 429
    clock.now += misses.WINDOW
    assert stranger.get(address).status_code == 200


def test_the_token_is_written_into_no_log(stranger, link, caplog):
    caplog.set_level(logging.INFO)
    address = link()
    token = address.rpartition("/")[2]
    stranger.get(address)
    stranger.post(address, data={"q-score": "5"})
    stranger.put(address)
    told = [record.getMessage() for record in caplog.records]
    assert any("/s/" in line for line in told)
    assert not any(token in line for line in told)


def test_a_form_without_its_token_is_refused(app, database, link):
    address = link()
    app.config["WTF_CSRF_ENABLED"] = True
    assert app.test_client().post(address, data={"q-score": "5"}).status_code == 400
    assert all_of(database, SurveyAnswer) == []


def test_over_https_the_form_is_taken_with_the_referrer_that_the_page_allows(app, database, link):
    app.config["WTF_CSRF_ENABLED"] = True
    client, address = app.test_client(), link()
    page = client.get(address, base_url="https://localhost").get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    sent = {"q-score": "5", "csrf_token": token}
    url = "https://localhost/"  # all that strict-origin lets a browser send
    assert client.post(address, data=sent, base_url="https://localhost", headers={"Referer": url}).status_code == 200


def test_two_at_once_are_one_answer(app, database, link):
    address = link()

    def answer() -> str:
        return str(app.test_client().post(address, data={"q-score": "1"}).status_code)

    assert sorted(together(answer, answer)) == ["200", "410"]
    assert len(all_of(database, SurveyAnswer)) == len(all_of(database, Complaint)) == 1


def test_a_link_and_a_call_at_once_are_one_answer(app, client_as, database, link):
    address = link()
    with database.writing() as session:
        session.scalars(select(SurveyInvitation)).one().by_call = True
        session.commit()
    officer = client_as("cr.sun")
    results = together(
        lambda: str(app.test_client().post(address, data={"q-score": "5"}).status_code),
        lambda: str(officer.post("/surveys/calls/1/answer", data={"q-score": "4"}).status_code),
    )
    assert results in (["200", "409"], ["410", "303"])
    assert len(all_of(database, SurveyAnswer)) == 1
