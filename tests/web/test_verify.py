"""The public page behind the code on a letter: what it confirms, and that it tells others nothing."""

import re
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from jobs.letters import pdf_of
from models import Letter, LetterCode, LetterPdf
from tests.builders import Desk
from tests.penalties import MORE, third
from web import misses


@pytest.fixture
def anybody(app: Flask) -> FlaskClient:
    client = app.test_client()
    client.set_cookie("gongdao_lang", "en")
    return client


@pytest.fixture
def voided(desk: Desk) -> Desk:
    desk.complaint("voided")
    desk.session.commit()
    return desk


def _code(desk: Desk, kind: str) -> str:
    found = desk.session.scalars(select(LetterCode.code).join(LetterCode.letter).where(Letter.kind == kind)).one()
    desk.session.commit()
    return found


def _paper(desk: Desk, settings, kind: str) -> bytes:
    letter = desk.session.scalars(select(Letter).filter_by(kind=kind)).one()
    made = pdf_of(desk.session, letter, settings=settings, language="zh", copy="full")
    desk.session.commit()
    return made


def _sent(client: FlaskClient, data: bytes):
    return client.post("/v", data={"file": (BytesIO(data), "letter.pdf")})


def _words(page: str) -> str:
    """The page without what differs each time it is drawn."""
    return re.sub(r'(name="csrf[^>]*>|Checked on[^<]*)', "", page)


def test_a_code_confirms_what_stands_on_the_paper_and_nothing_more(voided, anybody):
    code = _code(voided, "void_certificate")
    page = anybody.get(f"/v/{code[:4].lower()}-{code[4:8]} {code[8:]}")
    letter = voided.session.scalars(select(Letter).filter_by(kind="void_certificate")).one()
    assert page.status_code == 200
    for said in ("The company issued this letter", f"客诉〔2026〕{letter.seq}号", "Void Certificate", "刘*", "Stands"):
        assert said in page.text
    assert letter.digest in re.sub(r"\s", "", page.text)
    for hidden in ("刘洋", "马超", "售后", letter.content["complaint"]["customer_name"]):
        assert hidden not in page.text


def test_a_void_letter_says_so_with_the_number_of_the_certificate(voided, anybody):
    page = anybody.get(f"/v/{_code(voided, 'complaint_form')}").text
    certificate = voided.session.scalars(select(Letter).filter_by(kind="void_certificate")).one()
    assert "This letter is void" in page
    assert f"declared it void by 客诉〔2026〕{certificate.seq}号 Void Certificate" in page


def test_a_letter_to_a_customer_names_nobody(desk, anybody):
    desk.complaint("resolved")
    desk.session.commit()
    page = anybody.get(f"/v/{_code(desk, 'resolution_letter')}").text
    assert "Addressed to" not in page
    assert "after logging in" not in page, "a customer has no account"


def test_a_certificate_for_others_to_read_tells_of_no_penalty(desk, anybody):
    penalty = third(desk)
    desk.decide("approve", penalty, "gm.zhou", **MORE["approve"])
    desk.decide("certify", penalty, "hr.qian")
    desk.session.commit()
    page = anybody.get(f"/v/{_code(desk, 'separation_certificate')}").text
    assert "〔2026〕" in page and "处罚" not in page


@pytest.mark.parametrize("guess", ["客诉〔2026〕1号", "complaint-2026-1", "1", "%00", "A" * 500, "ABCDEFGHJKM2"])
def test_a_number_without_its_code_answers_as_if_nothing_were_there(guess, voided, anybody):
    nothing = anybody.get("/v/ZZZZZZZZZZZZ")
    answer = anybody.get("/v", query_string={"code": guess})
    if guess != "%00":
        assert nothing.status_code == answer.status_code == 404
        assert _words(answer.text) == _words(nothing.text)


def test_guessing_ends_for_right_codes_as_well_and_begins_again_later(voided, anybody, clock):
    for _ in range(misses.MOST):
        assert anybody.get("/v/ZZZZZZZZZZZZ").status_code == 404
    right = f"/v/{_code(voided, 'void_certificate')}"
    assert anybody.get(right).status_code == 429
    assert _sent(anybody, b"%PDF").status_code == 429
    clock.now += misses.WINDOW
    assert anybody.get(right).status_code == 200


def test_the_file_that_was_issued_is_known_and_a_changed_one_is_not(voided, settings, anybody):
    paper = _paper(voided, settings, "void_certificate")
    same = _sent(anybody, paper)
    assert same.status_code == 200 and "This file is the one that the company issued" in same.text
    tampered = _sent(anybody, paper[:-1] + b"x")
    assert tampered.status_code == 422 and "This file is not one that the company issued" in tampered.text
    assert "客诉" not in tampered.text


@pytest.mark.parametrize(("lang", "said"), [("en", "not one that the company issued"), ("zh", "不是本公司出具的原件")])
@pytest.mark.parametrize("data", [b"", b"\xff\xd8\xff\xe0 a photo", b"%PDF-1.7\n%%EOF", b"<html>" * 99])
def test_what_the_company_did_not_issue_is_refused_alike(lang, said, data, anybody):
    anybody.set_cookie("gongdao_lang", lang)
    answer = _sent(anybody, data)
    assert answer.status_code == 422 and said in answer.text


def test_the_file_of_a_void_letter_is_told_to_be_void(voided, settings, anybody):
    _paper(voided, settings, "complaint_form")
    row = voided.session.scalars(select(LetterPdf)).one()
    assert row.voided
    data = row.data
    voided.session.commit()
    page = _sent(anybody, data).text
    assert "This letter is void" in page and "The file is unchanged." in page


def test_two_hundred_megabytes_are_refused_before_they_are_read(anybody):
    class Untouched(BytesIO):
        def read(self, *_: object) -> bytes:
            raise AssertionError("it was read")

    answer = anybody.post(
        "/v", input_stream=Untouched(), environ_overrides={"CONTENT_LENGTH": str(200 * 1024 * 1024)},
        content_type="multipart/form-data; boundary=x",
    )  # fmt: skip
    assert answer.status_code == 413 and "Files may have 25 MB together at most." in answer.text


def test_every_letter_has_a_code_of_its_own(voided):
    codes = voided.session.scalars(select(LetterCode.code)).all()
    letters = voided.session.scalars(select(Letter.id)).all()
    assert len(set(codes)) == len(letters) and all(re.fullmatch("[A-HJ-KM-NP-Z2-9]{12}", code) for code in codes)
