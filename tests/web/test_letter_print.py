"""Printing an internal copy: who may, what every page says, the number, and that the issued file stays as it is."""

from collections.abc import Callable
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select

from config import Settings
from jobs import letters, seal
from models import Database, LetterPdf, LetterPrint
from pdf.render import write

Client = Callable[[str], FlaskClient]
FORM = "/letters/complaint-2026-2"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Paper of one page, the same for every letter."""
    sheet = write("<title>x</title><p>x</p>")
    monkeypatch.setattr(letters, "pdf_of", lambda *_args, **_named: sheet)


def press(client: FlaskClient, lang: str = "zh", **more: str) -> str:
    answer = client.post(f"{FORM}/prints", data={"lang": lang, **more})
    assert answer.status_code == 303, answer.status_code
    return answer.location


def test_every_page_says_who_printed_it_when_and_which_copy_it_is(
    case_in: Callable[..., str], client_as: Client, database: Database
) -> None:
    case_in("assigned")
    head = client_as("service.liu")
    issued = head.get(f"{FORM}.pdf?lang=zh").data
    printed = PdfReader(BytesIO(head.get(press(head)).data))
    pages = ["".join(page.extract_text().split()) for page in printed.pages]
    assert len(pages) == len(PdfReader(BytesIO(issued)).pages)
    assert all("内部留存件" in page and "第1份刘洋2026年3月2日09:00打印" in page for page in pages)
    assert "/AcroForm" not in printed.trailer["/Root"] and not printed.attachments
    assert head.get(f"{FORM}.pdf?lang=zh").data == issued
    with database.reading() as session:
        assert len(session.scalars(select(LetterPdf.digest)).all()) == 1


@pytest.mark.usefixtures("quick")
def test_copies_are_counted_in_the_letter_whoever_prints_them(
    case_in: Callable[..., str], client_as: Client, database: Database
) -> None:
    case_in("assigned")
    head, office, respondent = client_as("service.liu"), client_as("cr.sun"), client_as("service.ma")
    assert [press(head), press(office, "en"), press(respondent)] == [f"{FORM}/prints/{at}.pdf" for at in (1, 2, 3)]
    with database.reading() as session:
        rows = session.scalars(select(LetterPrint).order_by(LetterPrint.number)).all()
    assert [(row.number, row.copy, row.language) for row in rows] == [
        (1, "full", "zh"), (2, "full", "en"), (3, "respondent", "zh"),
    ]  # fmt: skip
    assert "第 2 份：孙悦" in head.get(FORM).text
    assert "第 2 份：孙悦" not in respondent.get(FORM).text


def test_what_cannot_be_printed_gets_no_number(
    case_in: Callable[..., str], client_as: Client, database: Database, settings: Settings
) -> None:
    case_in("assigned")
    seal.place_of(settings).unlink()
    assert client_as("service.liu").post(f"{FORM}/prints", data={"lang": "zh"}).status_code == 503
    with database.reading() as session:
        assert session.scalars(select(LetterPrint)).all() == []


@pytest.mark.usefixtures("quick")
def test_nobody_prints_or_fetches_what_is_not_theirs(
    case_in: Callable[..., str], client_as: Client, database: Database
) -> None:
    case_in("assigned")
    printed = press(client_as("service.liu"))
    assert client_as("cr.sun").get(printed).status_code == 404
    assert client_as("service.liu").get(f"{FORM}/prints/7.pdf").status_code == 404
    for username, data in (("sales.chen", {"lang": "zh"}), ("service.ma", {"lang": "zh", "copy": "full"})):
        assert client_as(username).post(f"{FORM}/prints", data=data).status_code == 404
    with database.reading() as session:
        assert len(session.scalars(select(LetterPrint)).all()) == 1
