"""The paper of a letter is made once, and everybody is given the same bytes."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from jobs import letters
from jobs.letters import Sheet, pdf_of, sheets_of
from models import Complaint, Database, Letter, LetterCode, LetterPdf
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


def test_a_letter_is_drawn_once_and_served_from_the_store_for_ever(database, settings, voided, drawn):
    for _ in range(3):
        with database.reading() as session:
            made = pdf_of(
                session, _letter(session, "appeal_form"), settings=settings, language="zh", copy="full", at=MONDAY
            )
    with database.reading() as session:
        stored = session.scalars(select(LetterPdf)).one()
        assert (stored.data, stored.made_at) == (made, MONDAY)
        assert stored.digest == hashlib.sha256(made).hexdigest()
    assert len(drawn) == 1


def test_each_language_and_copy_is_a_sheet_of_its_own(database, settings, voided, drawn):
    with database.reading() as session:
        letter = _letter(session, "appeal_form")
        sheets = [(language, copy) for language in ("zh", "en") for copy in ("full", "respondent")]
        made = {pdf_of(session, letter, settings=settings, language=language, copy=copy) for language, copy in sheets}
    assert len(made) == len(drawn) == 4


def test_a_writing_session_keeps_the_bytes_in_its_own_transaction(database, settings, voided, drawn):
    with database.writing() as session:
        pdf_of(session, _letter(session, "appeal_form"), settings=settings, language="zh", copy="full")
        session.rollback()
    with database.reading() as session:
        assert session.scalars(select(LetterPdf)).all() == []


def test_two_readers_at_once_are_given_the_same_bytes_of_one_row(database, settings, voided, drawn):
    def read(_: int) -> bytes:
        with database.reading() as session:
            return pdf_of(session, _letter(session, "appeal_form"), settings=settings, language="zh", copy="full")

    with ThreadPoolExecutor(4) as readers:
        made = set(readers.map(read, range(8)))
    assert len(made) == 1
    with database.reading() as session:
        assert session.scalars(select(LetterPdf)).one().data in made


def test_a_void_form_is_drawn_anew_with_the_number_of_the_certificate(database, settings, drawn):
    with database.writing() as session:
        desk = Desk(session)
        complaint = desk.complaint("ruling")
        form = _letter(session, "complaint_form")
        before = pdf_of(session, form, settings=settings, language="zh", copy="full")
        desk.take("uphold", complaint, "gm.zhou", reason="申诉成立")
        after = pdf_of(session, form, settings=settings, language="zh", copy="full")
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


def test_a_real_letter_is_a_pdf(database, settings, voided):
    with database.reading() as session:
        letter = _letter(session, "void_certificate")
        made = pdf_of(session, letter, settings=settings, language="zh", copy="full", at=MONDAY + timedelta(hours=1))
    assert made.startswith(b"%PDF-")


def test_each_addressee_of_a_penalty_has_their_own_copy(database):
    with database.writing() as session:
        desk = Desk(session)
        desk.person("service.gao").language = "en"
        desk.penalty("issued")
        sheets = sheets_of(session, _letter(session, "first_penalty_notice"))
        assert set(sheets) == {
            Sheet("zh", "full"), Sheet("zh", "respondent"), Sheet("zh", "leader"), Sheet("en", "leader")
        }  # fmt: skip


def test_a_decision_names_what_revoked_it(database, settings, drawn):
    with database.writing() as session:
        Desk(session).penalty("revoked")
        decision, revocation = (_letter(session, kind) for kind in ("first_penalty_notice", "revocation_notice"))
        pdf_of(session, decision, settings=settings, language="zh", copy="respondent")
        number = {"series": "penalty", "year": 2026, "seq": revocation.seq}
        assert drawn[-1]["voided_by"] == number | {"issued_at": revocation.content["issued_at"]}


def test_a_decision_that_stands_is_not_void(database, settings, drawn):
    with database.writing() as session:
        Desk(session).penalty("final")
        pdf_of(session, _letter(session, "first_penalty_notice"), settings=settings, language="zh", copy="full")
        assert drawn[-1]["voided_by"] is None


def test_a_void_paper_bears_the_mark_and_the_certificate_and_is_signed_as_of_that_day(database, settings):
    with database.writing() as session:
        Desk(session).complaint("voided")
        form, certificate = (_letter(session, kind) for kind in ("complaint_form", "void_certificate"))
        made = pdf_of(session, form, settings=settings, language="zh", copy="full")
        read = PdfReader(BytesIO(made))
        words = ["".join(page.extract_text().split()) for page in read.pages]
        assert all("作废" in page for page in words)
        assert f"本单已由客诉〔2026〕{certificate.seq}号《客诉单作废裁决书》作废，自始无效。" in words[0]
        signed = read.trailer["/Root"]["/AcroForm"]["/Fields"][0]["/V"]["/M"]
        assert signed == certificate.issued_at.strftime("D:%Y%m%d%H%M%SZ")


def test_the_paper_prints_where_and_by_which_code_it_is_checked(database, settings, voided, drawn):
    with database.reading() as session:
        letter = _letter(session, "appeal_form")
        pdf_of(session, letter, settings=settings, language="zh", copy="full")
        assert drawn[-1]["check"] == (f"{settings.address}/v", session.get_one(LetterCode, letter.id).code)
