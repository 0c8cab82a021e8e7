"""The letters of a month as one ZIP: whose they are, what the index says, and what a paper that is missing costs."""

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from config import Settings
from jobs import made_file, month_file
from models import Database, FileState, Letter, MonthFile
from pdf.letter import Unprintable
from tests.builders import HOUR
from tests.conftest import Clock

Client = Callable[[str], FlaskClient]


@pytest.fixture(autouse=True)
def printed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A letter's paper names it and its copy, and that of appeals cannot be made; letters have tests of their own."""

    def pdf_of(_session: object, letter: Letter, *, language: str, copy: str, **_named: object) -> bytes:
        if letter.kind == "appeal_form":
            raise Unprintable("no glyph")
        return f"{letter.kind}.{language}.{copy}".encode()

    monkeypatch.setattr(month_file, "pdf_of", pdf_of)


class Months:
    """Orders the letters of March and has the worker put them together."""

    def __init__(self, client_as: Client, database: Database, settings: Settings, clock: Clock) -> None:
        self.client_as, self.database, self.settings, self.clock = client_as, database, settings, clock

    def order(self, by: str, month: str = "2026-03", lang: str = "zh") -> str:
        answer = self.client_as(by).post("/letters/months", data={"month": month, "lang": lang})
        assert answer.status_code == 303, answer.status_code
        return answer.location

    def make(self) -> None:
        for file_id in made_file.unfinished(self.database, MonthFile):
            month_file.run(self.database, file_id, settings=self.settings, now=self.clock)

    def read(self, by: str, month: str = "2026-03") -> zipfile.ZipFile:
        page = self.order(by, month)
        self.make()
        answer = self.client_as(by).get(f"{page}.zip", buffered=True)
        assert answer.status_code == 200, self.client_as(by).get(page).text
        return zipfile.ZipFile(io.BytesIO(answer.data))


@pytest.fixture
def months(client_as: Client, database: Database, settings: Settings, clock: Clock) -> Months:
    return Months(client_as, database, settings, clock)


def lines(archive: zipfile.ZipFile) -> list[dict[str, str]]:
    data = archive.read("目录.csv")
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def test_each_reader_gets_their_own_letters_in_their_own_copies(case_in: Callable[..., str], months: Months) -> None:
    case_in("voided")
    full = months.read("cr.sun")
    assert full.read("客诉〔2026〕2号 客户抱怨单.pdf") == b"complaint_form.zh.full"
    assert full.read("客诉〔2026〕5号 客诉单作废裁决书.pdf") == b"void_certificate.zh.full"
    own = months.read("service.ma")
    assert own.read("客诉〔2026〕2号 客户抱怨单.pdf") == b"complaint_form.zh.respondent"
    assert not [name for name in own.namelist() if "登记单" in name]
    assert months.read("sales.chen").namelist() == ["目录.csv"]
    assert months.read("cr.sun", "2026-02").namelist() == ["目录.csv"]


def test_the_index_names_what_lies_in_it_and_what_is_missing(case_in: Callable[..., str], months: Months) -> None:
    case_in("voided")
    archive = months.read("cr.sun")
    found = lines(archive)
    assert [line["文号"] for line in found] == [f"客诉〔2026〕{at}号" for at in range(1, 6)]
    assert [line["状态"][:3] for line in found] == ["已收录", "已作废", "未收录", "已收录", "已收录"]
    assert [line["文件名"] for line in found if line["文件名"]] == archive.namelist()[:-1]
    assert "马超" in found[1]["受送达人"] and found[1]["案号"] == "客诉 2026-1"
    page = months.order("cr.sun")
    months.make()
    assert "有 1 份函件未能制成" in months.client_as("cr.sun").get(page).text


def test_a_second_press_finds_the_first_and_nobody_else_does(
    case_in: Callable[..., str], months: Months, client_as: Client, database: Database
) -> None:
    case_in("assigned")
    page = months.order("cr.sun")
    assert months.order("cr.sun") == page != months.order("gm.zhou")
    months.make()
    for address in (page, f"{page}.zip"):
        assert client_as("gm.zhou").get(address).status_code == 404
    with database.reading() as session:
        assert [row.state for row in session.scalars(select(MonthFile))] == [FileState.DONE] * 2
    assert client_as("cr.sun").post("/letters/months", data={"month": "2026-13", "lang": "zh"}).status_code == 422


def test_the_bytes_go_after_a_week_and_the_row_stays(
    case_in: Callable[..., str], months: Months, client_as: Client, clock: Clock
) -> None:
    case_in("filed")
    page = months.order("cr.sun")
    months.make()
    clock.now += timedelta(days=7) + HOUR
    made_file.forget_old_files(months.database, months.settings, clock.now)
    assert client_as("cr.sun").get(f"{page}.zip").status_code == 404
    assert client_as("cr.sun").get(page).status_code == 200


def test_a_full_disk_leaves_no_half_file_and_is_said(
    case_in: Callable[..., str], months: Months, client_as: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_in("filed")

    def fails(*_args: object, **_named: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", fails)
    page = months.order("cr.sun")
    months.make()
    assert "文件未能制作成功" in client_as("cr.sun").get(page).text
    assert not list(months.settings.var.glob("month-files/*"))


def test_a_worker_that_must_stop_leaves_the_file_to_the_next(
    case_in: Callable[..., str], months: Months, database: Database
) -> None:
    case_in("filed")
    months.order("cr.sun")
    [file_id] = made_file.unfinished(database, MonthFile)
    month_file.run(database, file_id, settings=months.settings, now=months.clock, must_stop=lambda: True)
    assert made_file.unfinished(database, MonthFile) == [file_id]
    assert len(months.read("cr.sun").namelist()) == 2
