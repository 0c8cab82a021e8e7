"""The file of a case as one PDF: what stands in it for whom, in which order, and what a broken attachment costs."""

from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from asn1crypto import x509
from cryptography.hazmat.primitives.serialization import Encoding
from flask import Flask
from flask.testing import FlaskClient
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfReader
from sqlalchemy import select

from config import Settings
from jobs import casefile, made_file, seal
from jobs import letters as paper
from models import Attachment, CaseFile, Complaint, Database, FileState, Letter
from pdf.render import write
from tests.builders import HOUR, MONDAY, Desk
from tests.conftest import Clock
from tests.web.test_attachment import WAV, picture
from workflow.evidence import place_of

Client = Callable[[str], FlaskClient]
STRANGERS = ("sales.chen", "service.gao", "admin.root")


@pytest.fixture(autouse=True)
def printed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A letter's paper is one page that names it and its copy; letters have tests of their own."""

    def pdf_of(_session: object, letter: Letter, *, language: str, copy: str, **_named: object) -> bytes:
        return sheet(f"{letter.kind}.{language}.{copy}")

    monkeypatch.setattr(casefile, "pdf_of", pdf_of)
    monkeypatch.setattr(paper, "pdf_of", pdf_of)


@cache
def sheet(text: str) -> bytes:
    return write(f"<title>x</title><p>{text}</p>")


class Files:
    """Orders a case file and has the worker make it."""

    def __init__(self, client_as: Client, database: Database, settings: Settings, clock: Clock) -> None:
        self.client_as, self.database, self.settings, self.clock = client_as, database, settings, clock

    def order(self, by: str, case: str, lang: str = "en") -> str:
        answer = self.client_as(by).post(f"/{case}/file", data={"lang": lang})
        assert answer.status_code == 303, answer.status_code
        return answer.location

    def make(self) -> None:
        for file_id in made_file.unfinished(self.database, CaseFile):
            casefile.run(self.database, file_id, settings=self.settings, now=self.clock)

    def read(self, by: str, case: str, lang: str = "en") -> PdfReader:
        page = self.order(by, case, lang)
        self.make()
        answer = self.client_as(by).get(f"{page}.pdf", buffered=True)
        assert answer.status_code == 200, self.client_as(by).get(page).text
        return PdfReader(BytesIO(answer.data))


@pytest.fixture
def files(client_as: Client, database: Database, settings: Settings, clock: Clock) -> Files:
    return Files(client_as, database, settings, clock)


def texts(reader: PdfReader) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in reader.pages]


def behind_the_front(reader: PdfReader) -> list[str]:
    return [text for text in texts(reader) if "file page" in text or "卷 " in text]


def remark(client: FlaskClient, case: str, *named: tuple[str, bytes]) -> None:
    data = {"note": "see files", "files": [(BytesIO(content), name) for name, content in named]}
    assert client.post(f"/{case}/remarks", data=data).status_code == 303


def pdf(pages: int) -> bytes:
    return write("<title>x</title>" + '<p style="break-after: page">sent page</p>' * pages)


def place(database: Database, settings: Settings, name: str) -> Path:
    with database.reading() as session:
        return place_of(session.scalars(select(Attachment.digest).filter_by(name=name)).one(), within=settings.var)


def test_every_letter_stands_in_it_in_order(case_in: Callable[..., str], files: Files) -> None:
    found = files.read("cr.sun", f"complaints/{case_in('voided')}")
    body = behind_the_front(found)
    kinds = ["complaint_record", "complaint_form", "appeal_form", "appeal_submission", "void_certificate"]
    assert [f"{kind}.en.full" in text for kind, text in zip(kinds, body, strict=False)] == [True] * 5
    assert all(f"file page {at} of {len(body)}" in text for at, text in enumerate(body, start=1))
    assert all("made by 孙悦, 2 March 2026, 09:00 · copy 1" in text for text in body)
    cover, index = texts(found)[:2]
    assert "Complaint 2026-1" in cover and "郑女士" in cover
    assert f"letters: 5, attachments: 0, pages: {len(body)}" in cover
    assert "Void Certificate" in index and "Record of Service" in index
    assert "Not yet acknowledged" in body[-1]


def test_bookmarks_and_index_lead_to_the_pages(case_in: Callable[..., str], files: Files) -> None:
    found = files.read("cr.sun", f"complaints/{case_in('assigned')}")
    front, letters, *_more = found.outline
    assert front["/Title"] == "Cover and index" and letters["/Title"] == "Letters"
    assert [item["/Title"] for item in found.outline[2]] == [
        "Complaint Record Complaint [2026] No. 1", "Complaint Form Complaint [2026] No. 2",
    ]  # fmt: skip
    assert [found.get_destination_page_number(item) for item in found.outline[2]] == [2, 3]
    targets = [note.get_object()["/A"]["/D"][0].idnum for note in found.pages[1]["/Annots"]]
    assert targets == [page.indirect_reference.idnum for page in found.pages[2:]]
    assert found.page_labels[:4] == ["i", "ii", "1", "2"]


def test_the_respondent_gets_their_own_copies(case_in: Callable[..., str], files: Files) -> None:
    found = files.read("service.ma", f"complaints/{case_in('voided')}")
    words = " ".join(texts(found))
    assert "complaint_form.en.respondent" in words and "appeal_form.en.respondent" in words
    assert ".full" not in words and "complaint_record" not in words.replace("Complaint Record", "")
    assert "郑女士" not in words and "(withheld)" in words
    assert "刘洋" not in behind_the_front(found)[-1]


def test_a_penalty_has_a_file_too(desk: Desk, files: Files) -> None:
    number = desk.penalty("final").number
    desk.session.commit()
    words = " ".join(texts(files.read("hr.qian", f"penalties/{number}")))
    assert "prior_notice.en.full" in words and "sustained_ruling.en.full" in words
    own = " ".join(texts(files.read("service.ma", f"penalties/{number}")))
    assert "first_penalty_notice.en.respondent" in own and "penalty_submission" not in own


@pytest.mark.parametrize("stranger", STRANGERS)
def test_a_stranger_finds_neither_case_nor_file(stranger: str, desk: Desk, files: Files, client_as: Client) -> None:
    complaint, penalty = desk.complaint("assigned").number, desk.penalty("issued").number
    desk.session.commit()
    page = files.order("service.liu", f"complaints/{complaint}")
    files.make()
    client = client_as(stranger)
    for case in (f"complaints/{complaint}", f"penalties/{penalty}"):
        assert client.post(f"/{case}/file", data={"lang": "zh"}).status_code == 404
    for address in (page, f"{page}.pdf"):
        assert client.get(address, buffered=True).status_code == 404


def test_a_file_is_for_whoever_ordered_it_as_long_as_they_may_see_the_case(
    case_in: Callable[..., str], files: Files, client_as: Client, database: Database
) -> None:
    page = files.order("service.liu", f"complaints/{case_in('filed')}")
    files.make()
    assert client_as("gm.zhou").get(f"{page}.pdf", buffered=True).status_code == 404
    assert client_as("service.liu").get(f"{page}.pdf", buffered=True).status_code == 200
    with database.writing() as session:
        desk = Desk(session)
        complaint = session.scalars(select(Complaint)).one()
        complaint.department, complaint.respondent = desk.department("sales"), None
        session.commit()
    for address in (page, f"{page}.pdf"):
        assert client_as("service.liu").get(address, buffered=True).status_code == 404


def test_evidence_stands_in_it_as_pages_or_goes_along(
    case_in: Callable[..., str], files: Files, client_as: Client, clock: Clock
) -> None:
    case = f"complaints/{case_in('assigned')}"
    clock.now += HOUR
    remark(client_as("cr.sun"), case, ("现场.png", picture()), ("报价单.pdf", pdf(3)), ("来电.wav", WAV))
    found = files.read("cr.sun", case, "zh")
    body = behind_the_front(found)
    assert "附件1 现场.png" in body[-5] and "/XObject" in found.pages[-5]["/Resources"]
    assert ["sent page" in text and f"{at} / 3" in text for at, text in enumerate(body[-4:-1], start=1)] == [True] * 3
    assert "本件为录音，不能印成纸页" in body[-1].replace(" ", "")
    assert found.attachments == {"附件3 来电.wav": [WAV]}


def test_a_broken_attachment_costs_nothing_but_its_own_pages(
    case_in: Callable[..., str], files: Files, client_as: Client, clock: Clock, database: Database, settings: Settings
) -> None:
    case = f"complaints/{case_in('assigned')}"
    clock.now += HOUR
    half = picture("JPEG")[:-40] + bytes(40)
    remark(client_as("cr.sun"), case, ("locked.pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"), ("half.jpg", half),
           ("changed.png", picture()), ("gone.gif", picture("GIF")), ("whole.pdf", pdf(1)))  # fmt: skip
    place(database, settings, "changed.png").write_bytes(b"something else")
    place(database, settings, "gone.gif").unlink()
    found = files.read("cr.sun", case)
    words = " ".join(texts(found))
    assert "This PDF is damaged, locked or too large" in words
    assert "The content of this picture differs from the SHA-256 on record" in words
    assert "its content was not found in the store" in words
    assert "sent page" in words and "complaint_form.en.full" in words
    assert set(found.attachments) == {"Attachment 1 locked.pdf", "Attachment 2 half.jpg", "Attachment 3 changed.png"}
    with database.reading() as session:
        assert len(session.scalars(select(CaseFile.remarks)).one()) == 4


def test_the_evidence_closed_to_the_respondent_is_not_in_their_file(
    desk: Desk, files: Files, client_as: Client, clock: Clock
) -> None:
    from workflow.evidence import Evidence

    secret = Evidence(key="k" * 32, name="郑女士.pdf", media_type="application/pdf", size=9, digest="0" * 64)
    case = f"complaints/{desk.complaint('assigned', evidence=[secret]).number}"
    desk.session.commit()
    clock.now += HOUR
    remark(client_as("service.ma"), case, ("mine.png", picture()))
    own = " ".join(texts(files.read("service.ma", case)))
    assert "mine.png" in own and "Attachment 2" not in own
    assert "Attachment 2" in " ".join(texts(files.read("cr.sun", case)))


def test_copies_are_numbered_and_a_second_press_finds_the_first(
    case_in: Callable[..., str], files: Files, database: Database
) -> None:
    case = f"complaints/{case_in('assigned')}"
    assert files.order("cr.sun", case) == files.order("cr.sun", case)
    files.make()
    assert "copy 2" in behind_the_front(files.read("gm.zhou", case))[0]
    with database.reading() as session:
        rows = session.scalars(select(CaseFile).order_by(CaseFile.copy)).all()
    assert [(row.copy, row.state, row.pages) for row in rows] == [
        (1, FileState.DONE, 3),
        (2, FileState.DONE, 3),
    ]


def test_the_bytes_go_after_a_week_and_the_row_stays(
    case_in: Callable[..., str], files: Files, client_as: Client, clock: Clock, database: Database, settings: Settings
) -> None:
    page = files.order("cr.sun", f"complaints/{case_in('filed')}")
    files.make()
    clock.now += made_file.KEPT_FOR + HOUR
    made_file.forget_old_files(database, settings, clock.now)
    assert not list((settings.var / "case-files").glob("*"))
    client = client_as("cr.sun")
    assert client.get(f"{page}.pdf", buffered=True).status_code == 404
    assert client.get(page).status_code == 200


def test_the_file_as_a_whole_is_signed_by_the_company(case_in: Callable[..., str], files: Files) -> None:
    """Its letters are pages; their own signatures hold in their own files."""
    made = files.read("cr.sun", f"complaints/{case_in('filed')}").stream
    [found] = PdfFileReader(made).embedded_signatures
    [root] = seal.seal_of(files.settings, at=MONDAY).chain
    authority = x509.Certificate.load(root.public_bytes(Encoding.DER))
    status = validate_pdf_signature(found, ValidationContext(trust_roots=[authority], allow_fetching=False))
    assert status.bottom_line and status.coverage.name == "ENTIRE_FILE"
    assert found.self_reported_timestamp == MONDAY


def test_whoever_is_given_the_file_can_ask_whether_it_is_unchanged(
    case_in: Callable[..., str], files: Files, app: Flask
) -> None:
    made = files.read("cr.sun", f"complaints/{case_in('filed')}").stream.getvalue()
    stranger = app.test_client()
    stranger.set_cookie("gongdao_lang", "en")
    said = stranger.post("/v", data={"file": (BytesIO(made), "file.pdf")})
    assert said.status_code == 200 and "This case file was made in the company's system" in said.text
    assert "2 March 2026" in said.text and "2026-1" not in said.text
    assert stranger.post("/v", data={"file": (BytesIO(made + b" "), "file.pdf")}).status_code == 422


def test_without_the_seal_the_file_says_that_it_is_not_signed(case_in: Callable[..., str], files: Files) -> None:
    seal.place_of(files.settings).unlink()
    found = files.read("cr.sun", f"complaints/{case_in('filed')}", "zh")
    assert "/AcroForm" not in found.trailer["/Root"]
    assert "公司电子签章不可用，电子版未签名" in "".join(texts(found)[1].split())


def test_a_full_disk_leaves_no_half_file_and_is_said(
    case_in: Callable[..., str], files: Files, client_as: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_args: object, **_named: object) -> bytes:
        raise OSError("no space left on device")

    monkeypatch.setattr(casefile.paper, "bind", fails)
    page = files.order("cr.sun", f"complaints/{case_in('filed')}")
    assert "案卷正在排队制作" in client_as("cr.sun").get(page).text
    files.make()
    assert "案卷未能制作成功" in client_as("cr.sun").get(page).text
    assert not list(files.settings.var.glob("case-files/*"))
