"""What proves how a letter was served: evidence, who adds and opens it, and the receipt on paper."""

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import delete, select
from sqlalchemy.exc import DatabaseError

from jobs.casefile import case_of
from models import CaseFile, Complaint, Database, Person, ServiceFile
from tests.builders import HOUR
from tests.conftest import Clock
from tests.web.test_attachment import WAV, picture
from workflow import casefile
from workflow.office import Office

Client = Callable[[str], FlaskClient]
FORM = "/letters/complaint-2026-2"
ON_MA = f"{FORM}/service/service.ma/files"
LEFT = {
    "person": "service.ma", "way": "left", "served_at": "2026-03-02T09:30", "place": "员工宿舍",
    "witness_1": "李娜", "witness_2": "王强", "note": "拒收",
}  # fmt: skip


@pytest.fixture
def served(case_in: Callable[..., str], client_as: Client, clock: Clock) -> None:
    """The complaint form was left at the respondent's, and a photograph shows it."""
    case_in("assigned")
    clock.now += HOUR
    data = LEFT | {"files": [(BytesIO(picture()), "留置现场.png")]}
    assert client_as("service.liu").post(f"{FORM}/service", data=data).status_code == 303


def add(client: FlaskClient, content: bytes, name: str) -> str:
    return client.post(ON_MA, data={"files": [(BytesIO(content), name)]}, follow_redirects=True).text


def read(client: FlaskClient, lang: str = "zh", of: str = "service.ma") -> str:
    answer = client.get(f"{FORM}/receipt/{of}.pdf?lang={lang}")
    assert answer.status_code == 200
    return "".join(page.extract_text() for page in PdfReader(BytesIO(answer.data)).pages).replace(" ", "")


@pytest.mark.usefixtures("served")
def test_evidence_comes_with_the_record_or_later_and_stays(client_as: Client, database: Database) -> None:
    head = client_as("service.liu")
    assert "来电.wav" in add(head, WAV, "来电.wav")
    page = head.get(FORM).text
    with database.reading() as session:
        files = session.scalars(select(ServiceFile).order_by(ServiceFile.id)).all()
    assert [file.name for file in files] == ["留置现场.png", "来电.wav"]
    assert all(f'href="{ON_MA}/{file.key}"' in page for file in files)
    assert head.get(f"{ON_MA}/{files[0].key}", buffered=True).data == picture()
    with database.writing() as session, pytest.raises(DatabaseError):
        session.execute(delete(ServiceFile))


def test_whoever_was_handed_the_case_for_good_records_a_service(
    case_in: Callable[..., str], client_as: Client, clock: Clock
) -> None:
    handed = f"/complaints/{case_in('assigned')}/hand-over"
    clock.now += HOUR
    leader = client_as("service.gao")
    assert leader.post(f"{FORM}/service", data=LEFT).status_code == 404
    client_as("service.liu").post(handed, data={"to": "service.gao", "reason": "请病假"})
    assert leader.post(f"{FORM}/service", data=LEFT).status_code == 303


@pytest.mark.usefixtures("served")
def test_who_adds_and_who_opens_evidence(client_as: Client, database: Database) -> None:
    with database.reading() as session:
        key = session.scalars(select(ServiceFile.key)).one()
    for username, opens, adds in (("cr.sun", 200, 303), ("service.ma", 200, 403), ("sales.chen", 404, 404)):
        client = client_as(username)
        assert client.get(f"{ON_MA}/{key}", buffered=True).status_code == opens, username
        assert client.post(ON_MA, data={"files": [(BytesIO(WAV), "来电.wav")]}).status_code == adds, username
    assert "留置现场" not in client_as("service.ma").get(FORM).text, "its name may name the customer"
    assert client_as("cr.sun").get(f"{FORM}/service/cr.sun/files/{key}").status_code == 404


@pytest.mark.usefixtures("served")
def test_evidence_of_service_stands_in_the_case_file(database: Database, clock: Clock) -> None:
    with database.reading() as session:
        case = case_of(session, CaseFile(complaint_id=session.scalars(select(Complaint.id)).one()))
        people = {person.username: person for person in session.scalars(select(Person))}
        for username in ("gm.zhou", "service.ma"):
            contents = casefile.contents_of(case, Office(session).actor(people[username], clock.now))
            assert [file.name for file, _name in contents.evidence] == ["留置现场.png"], username


@pytest.mark.usefixtures("served")
def test_a_file_that_is_not_taken_changes_nothing(client_as: Client, database: Database) -> None:
    told = add(client_as("service.liu"), b"MZ not a photograph", "现场.exe")
    assert "现场.exe" in told and "没有添加任何文件，请重新选择文件。" in told
    with database.reading() as session:
        assert len(session.scalars(select(ServiceFile)).all()) == 1


def test_a_refused_record_keeps_the_files_that_were_taken(
    case_in: Callable[..., str], client_as: Client, clock: Clock, database: Database
) -> None:
    case_in("assigned")
    clock.now += HOUR
    head = client_as("service.liu")
    sent = [(BytesIO(picture()), "留置现场.png"), (BytesIO(b"MZ no photograph"), "现场.exe")]
    refused = head.post(f"{FORM}/service", data=LEFT | {"files": sent})
    assert refused.status_code == 422 and "现场.exe" in refused.text and "拒收" in refused.text
    [token] = re.findall(r'name="files_kept" value="([^"]+)"', refused.text)
    unfinished = head.post(f"{FORM}/service", data=LEFT | {"witness_2": "", "files_kept": token})
    assert unfinished.status_code == 422 and token in unfinished.text
    assert head.post(f"{FORM}/service", data=LEFT | {"files_kept": token}).status_code == 303
    with database.reading() as session:
        assert session.scalars(select(ServiceFile.name)).all() == ["留置现场.png"]


@pytest.mark.usefixtures("served")
def test_the_receipt_tells_how_it_was_served_and_what_proves_it(client_as: Client) -> None:
    told = read(client_as("service.liu"))
    for words in ("送达回证", "客户抱怨单", "客诉〔2026〕2号", "马超", "留置送达", "2026年3月2日09:30"):
        assert words in told, words
    assert all(words in told for words in ("员工宿舍", "李娜", "王强", "拒收", "留置现场.png"))
    assert "ReceiptofService" in read(client_as("cr.sun"), "en")
    assert "留置现场" not in read(client_as("service.ma"))
    assert client_as("sales.chen").get(f"{FORM}/receipt/service.ma.pdf?lang=zh").status_code == 404


def test_before_anything_is_recorded_the_receipt_leaves_room_to_sign(
    case_in: Callable[..., str], client_as: Client
) -> None:
    case_in("assigned")
    blank = read(client_as("service.liu"))
    assert "受送达人签名" in blank and "直接送达" in blank and "公告送达" in blank
