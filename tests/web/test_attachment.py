"""Files of a case: what is taken, how it is kept, and who may open it."""

import errno
import os
import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote
from zipfile import ZipFile

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse

from config import Settings
from models import Attachment, Database
from tests.builders import HOUR, Desk
from tests.conftest import Clock
from web import uploads
from workflow.evidence import Evidence

Client = Callable[[str], FlaskClient]


def picture(kind: str = "PNG") -> bytes:
    stream = BytesIO()
    Image.new("RGB", (8, 8), "white").save(stream, kind)
    return stream.getvalue()


def bomb() -> bytes:
    """A PNG of a few bytes that claims forty billion pixels."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", 200_000, 200_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def word() -> bytes:
    stream = BytesIO()
    with ZipFile(stream, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("_rels/.rels", "<x/>")
        archive.writestr("word/document.xml", "<x/>")
    return stream.getvalue()


PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"
WAV = b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(64)
M4A = b"\x00\x00\x00\x20ftypM4A \x00\x00\x00\x00M4A mp42isom" + bytes(64)
MP4 = b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41" + bytes(64)
AMR = b"#!AMR\n" + bytes(64)
OGG = b"OggS" + bytes(64)
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(64)


@pytest.fixture
def receive(app: Flask) -> Callable[..., list[Evidence]]:
    def received(*files: tuple[str, bytes]) -> list[Evidence]:
        with app.test_request_context("/"):
            return uploads.receive([FileStorage(BytesIO(content), name) for name, content in files])

    return received


TAKEN = [
    ("a.jpg", picture("JPEG"), "image/jpeg"),
    ("a.JPEG", picture("JPEG"), "image/jpeg"),
    ("a.png", picture(), "image/png"),
    ("a.webp", picture("WEBP"), "image/webp"),
    ("a.gif", picture("GIF"), "image/gif"),
    ("a.heic", HEIC, "image/heic"),
    ("a.pdf", PDF, "application/pdf"),
    ("a.wav", WAV, "audio/wav"),
    ("a.m4a", M4A, "audio/mp4"),
    ("a.mp4", MP4, "video/mp4"),
    ("a.amr", AMR, "audio/amr"),
    ("a.ogg", OGG, "audio/ogg"),
    ("a.docx", word(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
]
REFUSED = [
    ("empty.png", b""),
    ("page.html", b"<html><script>alert(1)</script></html>"),
    ("drawing.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
    ("photo.png", b"<svg/>"),
    ("photo.jpg", picture()),
    ("photo.png.exe", picture()),
    ("photo", picture()),
    ("paper.pdf", b"MZ\x90\x00" + bytes(100)),
    ("archive.zip", b"PK\x03\x04" + bytes(100)),
    ("half.png", picture()[:40]),
    ("bomb.png", bomb()),
    ("text.txt", "你好".encode()),
]


def test_what_people_send_is_taken(receive):
    for name, content, media_type in TAKEN:
        (evidence,) = receive((name, content))
        assert (evidence.media_type, evidence.size, evidence.name) == (media_type, len(content), name)


def test_what_is_not_what_it_claims_is_refused_by_name(receive, settings: Settings):
    for name, content in REFUSED:
        with pytest.raises(uploads.FileRefused) as refusal:
            receive((name, content))
        assert name in str(refusal.value)
    assert not list((settings.var / "files").rglob("*"))


def test_one_bad_file_stores_none(receive, settings: Settings):
    with pytest.raises(uploads.FileRefused):
        receive(("good.png", picture()), ("bad.png", b"nothing"))
    assert not (settings.var / "files").exists()


def test_too_many_and_too_large_are_refused(receive, app: Flask):
    with pytest.raises(uploads.FileRefused):
        receive(*((f"{n}.png", picture()) for n in range(uploads.MOST_FILES + 1)))
    with pytest.raises(uploads.FileRefused):
        receive(("large.pdf", PDF + bytes(app.config["SETTINGS"].max_upload_bytes)))


def test_a_full_disk_is_said_in_a_sentence_and_leaves_no_half_of_a_file(receive, settings: Settings, monkeypatch):
    def no_room(_file: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(uploads.os, "fsync", no_room)
    with pytest.raises(uploads.FileRefused, match=r"photo\.png.*no room|photo\.png.*没有空间"):
        receive(("photo.png", picture()))
    assert not [place for place in (settings.var / "files").rglob("*") if place.is_file()]


def test_the_same_bytes_are_kept_once_and_whole(receive, settings: Settings):
    first, second = receive(("a.png", picture()), ("b.png", picture()))
    assert first.digest == second.digest and first.key != second.key
    kept = [place for place in (settings.var / "files").rglob("*") if place.is_file()]
    assert kept == [settings.var / "files" / first.digest[:2] / first.digest]
    assert kept[0].read_bytes() == picture()


@pytest.mark.parametrize(
    ("given", "cleaned"),
    [
        ("../../etc/passwd.png", "passwd.png"),
        ("C:\\Users\\马超\\报价单.PDF", "报价单.PDF"),
        ("a\u202egnp.exe.png", "agnp.exe.png"),
        ("a\x00b\r\nc.png", "abc.png"),
        ("长" * 300 + ".jpeg", "长" * 195 + ".jpeg"),
        ("...", "file"),
        (".png", "png"),
        ("𠮷 🚗.png", "𠮷 🚗.png"),
    ],
)
def test_a_name_keeps_only_what_can_be_seen(given: str, cleaned: str):
    assert uploads.cleaned(given) == cleaned


@pytest.fixture
def case_with_files(client_as: Client, database: Database, receive, clock: Clock) -> tuple[str, dict[str, str]]:
    """A case with a file from its filing, one of the respondent's and one of the head's; keys by name."""
    with database.writing() as session:
        number = Desk(session).complaint("assigned", evidence=receive(("sun.pdf", PDF))).number
        session.commit()
    clock.now += HOUR
    for user, name in (("service.ma", "ma.png"), ("service.liu", "liu.png")):
        data = {"note": "见附件", "files": (BytesIO(picture()), name)}
        assert client_as(user).post(f"/complaints/{number}/remarks", data=data).status_code == 303
    with database.reading() as session:
        return number, {file.name: file.key for file in session.scalars(select(Attachment))}


def opened(client: FlaskClient, number: str, key: str) -> TestResponse:
    return client.get(f"/complaints/{number}/files/{key}", buffered=True)


MAY_OPEN: dict[str, set[str]] = {
    "cr.sun": {"ma.png", "liu.png", "sun.pdf"},
    "service.liu": {"ma.png", "liu.png", "sun.pdf"},
    "gm.zhou": {"ma.png", "liu.png", "sun.pdf"},
    "service.ma": {"ma.png", "liu.png"},
    "sales.wang": set(),
    "service.gao": set(),
}


def test_a_file_is_open_to_those_who_may_see_it(client_as: Client, case_with_files):
    number, keys = case_with_files
    for user, may_open in MAY_OPEN.items():
        client = client_as(user)
        answers = {name: opened(client, number, key).status_code for name, key in keys.items()}
        assert answers == {name: 200 if name in may_open else 404 for name in keys}, user


def test_the_page_lists_only_what_may_be_opened(client_as: Client, case_with_files):
    number, keys = case_with_files
    text = client_as("service.ma").get(f"/complaints/{number}").text
    assert keys["ma.png"] in text and keys["liu.png"] in text
    assert keys["sun.pdf"] not in text and "sun.pdf" not in text


def test_a_file_is_served_as_nothing_that_runs(client_as: Client, case_with_files):
    number, keys = case_with_files
    client = client_as("gm.zhou")
    shown = opened(client, number, keys["ma.png"])
    assert shown.headers["Content-Type"] == "image/png"
    assert shown.headers["Content-Disposition"].startswith("inline")
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert opened(client, number, keys["sun.pdf"]).headers["Content-Disposition"].startswith("attachment")


def test_a_chinese_name_survives_the_download(client_as: Client, database: Database):
    with database.writing() as session:
        number = Desk(session).complaint("assigned").number
        session.commit()
    client = client_as("service.ma")
    client.post(f"/complaints/{number}/remarks", data={"files": (BytesIO(PDF), "报价单（客户签字）.pdf")})
    with database.reading() as session:
        key = session.scalars(select(Attachment.key)).one()
    disposition = opened(client, number, key).headers["Content-Disposition"]
    assert "filename*=UTF-8''%E6%8A%A5%E4%BB%B7%E5%8D%95" in disposition


def test_a_key_of_another_case_opens_nothing(client_as: Client, case_with_files, database: Database):
    _number, keys = case_with_files
    with database.writing() as session:
        other = Desk(session).complaint("assigned", respondent="sales.wang").number
        session.commit()
    assert client_as("cr.sun").get(f"/complaints/{other}/files/{keys['ma.png']}").status_code == 404
    assert client_as("cr.sun").get(f"/complaints/{other}/files/..%2f..%2fsecret").status_code == 404


def test_bytes_that_are_gone_are_not_there(client_as: Client, case_with_files, settings: Settings):
    number, keys = case_with_files
    for place in Path(settings.var / "files").rglob("*"):
        if place.is_file():
            place.unlink()
    assert client_as("cr.sun").get(f"/complaints/{number}/files/{keys['ma.png']}").status_code == 404


def test_the_name_of_a_file_tells_the_respondent_no_customer(client_as: Client, database: Database):
    with database.writing() as session:
        desk = Desk(session)
        case = desk.complaint("assigned")
        evidence = [
            Evidence(key="k" * 32, name="郑女士13800000001.png", media_type="image/png", size=1, digest="0" * 64)
        ]
        desk.take("appeal", case, "service.ma", grounds="g", evidence=evidence)
        session.commit()
        number = case.number
    with client_as("service.ma").application.app_context():
        place = uploads.path_of("0" * 64)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(b"x")
    names = {}
    for username in ("service.ma", "service.liu", "cr.sun"):
        with client_as(username).get(f"/complaints/{number}/files/{'k' * 32}") as answer:
            names[username] = unquote(answer.headers["Content-Disposition"])
    assert "郑女士" not in names["service.ma"] and "13800000001" not in names["service.ma"]
    assert "郑女士138****0001.png" in names["service.liu"]
    assert "郑女士13800000001.png" in names["cr.sun"]
