"""The paper of a letter is made once, and everybody is given the same bytes."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from jobs import letters
from jobs.letters import Sheet, pdf_of, sheets_of
from models import Complaint, Database, Letter, LetterPdf
from tests.builders import MONDAY, Desk


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Counts what is drawn instead of drawing it; tests/pdf looks at the drawing itself."""
    calls: list[dict[str, Any]] = []

    def render(content: dict[str, Any], **how: Any) -> bytes:
        calls.append({"kind": content["kind"], **how})
        return f"%PDF {content['kind']} {sorted(how.items(), key=str)}".encode()

    monkeypatch.setattr(letters.paper, "render", render)
    return calls


@pytest.fixture
def voided(database: Database) -> Complaint:
    with database.writing() as session:
        complaint = Desk(session).complaint("voided")
        session.commit()
        return complaint


def _letter(session, kind: str) -> Letter:
    return session.scalars(select(Letter).filter_by(kind=kind)).one()


def test_a_letter_is_drawn_once_and_served_from_the_store_for_ever(database, voided, drawn):
    for _ in range(3):
        with database.reading() as session:
            made = pdf_of(session, _letter(session, "appeal_form"), language="zh", copy="full", at=MONDAY)
    with database.reading() as session:
        stored = session.scalars(select(LetterPdf)).one()
        assert (stored.data, stored.made_at) == (made, MONDAY)
        assert stored.digest == hashlib.sha256(made).hexdigest()
    assert len(drawn) == 1


def test_each_language_and_copy_is_a_sheet_of_its_own(database, voided, drawn):
    with database.reading() as session:
        letter = _letter(session, "appeal_form")
        sheets = [(language, copy) for language in ("zh", "en") for copy in ("full", "respondent")]
        made = {pdf_of(session, letter, language=language, copy=copy) for language, copy in sheets}
    assert len(made) == len(drawn) == 4


def test_a_writing_session_keeps_the_bytes_in_its_own_transaction(database, voided, drawn):
    with database.writing() as session:
        pdf_of(session, _letter(session, "appeal_form"), language="zh", copy="full")
        session.rollback()
    with database.reading() as session:
        assert session.scalars(select(LetterPdf)).all() == []


def test_two_readers_at_once_are_given_the_same_bytes_of_one_row(database, voided, drawn):
    def read(_: int) -> bytes:
        with database.reading() as session:
            return pdf_of(session, _letter(session, "appeal_form"), language="zh", copy="full")

    with ThreadPoolExecutor(4) as readers:
        made = set(readers.map(read, range(8)))
    assert len(made) == 1
    with database.reading() as session:
        assert session.scalars(select(LetterPdf)).one().data in made


def test_a_void_form_is_drawn_anew_with_the_number_of_the_certificate(database, drawn):
    with database.writing() as session:
        desk = Desk(session)
        complaint = desk.complaint("ruling")
        form = _letter(session, "complaint_form")
        before = pdf_of(session, form, language="zh", copy="full")
        desk.take("uphold", complaint, "gm.zhou", reason="申诉成立")
        after = pdf_of(session, form, language="zh", copy="full")
        certificate = _letter(session, "void_certificate")
        number = {"series": "complaint", "year": 2026, "seq": certificate.seq}
        assert [call["voided_by"] for call in drawn] == [None, number]
        assert before != after
        rows = session.scalars(select(LetterPdf).filter_by(letter_id=form.id)).all()
        assert {row.voided: row.data for row in rows} == {False: before, True: after}


def test_the_sheets_made_beforehand_are_those_that_readers_will_open(desk, session):
    desk.person("service.liu").language = "en"
    desk.complaint("resolved")
    both = [Sheet("zh", "full"), Sheet("zh", "respondent"), Sheet("en", "full"), Sheet("en", "respondent")]
    assert sheets_of(session, _letter(session, "complaint_record")) == [Sheet("zh", "full")]
    assert sheets_of(session, _letter(session, "complaint_form")) == both
    assert Sheet("zh", "customer") in sheets_of(session, _letter(session, "resolution_letter"))


def test_a_real_letter_is_a_pdf(database, voided):
    with database.reading() as session:
        letter = _letter(session, "void_certificate")
        made = pdf_of(session, letter, language="zh", copy="full", at=MONDAY + timedelta(hours=1))
    assert made.startswith(b"%PDF-")
