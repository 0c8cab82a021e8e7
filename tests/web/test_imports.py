"""The pages of an import: who sees them, what they show before and after, and that nothing is lost."""

import errno
import io
import os
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import func, select

from jobs import imports
from models import Complaint, ComplaintImport, ImportState
from tests.builders import MONDAY
from workflow import import_table

GOOD = "编号,车主,投诉内容,日期,备注\nT1,王女士,异响,2026-03-01,x\nT2,李先生,漏油,2026-03-01,y\n"
BAD = GOOD + "T3,,,昨天,=SUM(A1)\n"


@pytest.fixture
def officer(client_as):
    return client_as("cr.sun")


@pytest.fixture
def upload(officer):
    def send(content: str | bytes, name: str = "三月.csv"):
        data = content if isinstance(content, bytes) else content.encode("gb18030")
        return officer.post("/imports", data={"file": (io.BytesIO(data), name)}, content_type="multipart/form-data")

    return send


@pytest.fixture
def address(upload):
    """The page of an uploaded file with two good rows and a bad one."""
    return upload(BAD).location


@pytest.fixture
def work(database, settings):
    def run() -> None:
        for import_id in imports.unfinished(database):
            imports.run(database, import_id, folder=settings.var, now=lambda: MONDAY, must_stop=lambda: False)

    return run


def _form(**changes: str) -> dict[str, str]:
    fields = ("external_ref", "customer_name", "description", "occurred_on", "")
    columns = {f"column-{number}": field for number, field in zip(count(), fields, strict=False)}
    constants = {
        "customer_name": "匿名车主", "channel": "web", "category": "product_quality", "severity": "normal",
        "source": "import",
    }  # fmt: skip
    return {"columns": "5", **columns, **constants, **changes}


def _import(database) -> ComplaintImport:
    with database.reading() as session:
        return session.scalars(select(ComplaintImport)).one()


def _complaints(database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count(Complaint.id)))


@pytest.mark.parametrize("username", ["service.ma", "service.liu", "gm.zhou", "hr.qian", "admin.root"])
def test_only_customer_relations_see_the_imports(client_as, address, username):
    stranger = client_as(username)
    for page in ("/imports/new", address, "/imports/template.xlsx", f"{address}/refused.csv"):
        assert stranger.get(page).status_code == 404
    assert stranger.post(f"{address}/filing", data=_form()).status_code == 404
    assert stranger.post("/imports").status_code == 404


def test_how_many_rows_a_file_may_have_is_written_with_thousands(officer):
    assert "50,000 行" in officer.get("/imports/new").text


def test_the_page_shows_what_would_be_filed_and_files_nothing(officer, address, database):
    page = officer.get(address).text
    for expected in ("三月.csv", "异响", "王女士", "昨天"):
        assert expected in page
    assert 'value="description" selected' in page
    assert _complaints(database) == 0
    assert _import(database).state is ImportState.PREVIEW


def test_started_it_runs_in_the_background_and_reports(officer, address, database, work):
    assert officer.post(f"{address}/filing", data=_form()).status_code == 303
    assert _import(database).state is ImportState.WAITING
    page = officer.get(address)
    assert 'http-equiv="refresh"' in page.text
    assert 'hx-trigger="every 2s"' in page.text
    fragment = officer.get(address, headers={"HX-Request": "true"})
    assert "<html" not in fragment.text
    work()
    assert officer.get(address, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    done = officer.get(address).text
    assert 'http-equiv="refresh"' not in done
    assert _complaints(database) == 2
    found = _import(database)
    assert (found.added, len(found.refused)) == (2, 1)


def test_the_bad_rows_can_be_downloaded_corrected_and_sent_again(officer, address, database, work, upload):
    officer.post(f"{address}/filing", data=_form())
    work()
    answer = officer.get(f"{address}/refused.csv")
    assert answer.mimetype == "text/csv"
    content = answer.data.decode("utf-8-sig")
    assert content.splitlines()[1].endswith(",T3,,,昨天,'=SUM(A1)")
    again = upload(content.replace("T3,,,昨天", "T3,赵女士,抖动,2026-03-01").encode(), "改好.csv").location
    fields = ["", "", "external_ref", "customer_name", "description", "occurred_on", ""]
    columns = {f"column-{number}": field for number, field in enumerate(fields)}
    officer.post(f"{again}/filing", data={**_form(), **columns, "columns": "7"})
    work()
    assert _complaints(database) == 3


def test_columns_and_constants_can_be_changed(officer, address, database):
    changed = _form(**{"column-4": "demand", "customer_name": "某车主", "severity": "major"})
    assert officer.post(f"{address}/columns", data=changed).status_code == 303
    kept = _import(database).columns
    assert kept["fields"] == ["external_ref", "customer_name", "description", "occurred_on", "demand"]
    assert (kept["customer_name"], kept["severity"]) == ("某车主", "major")


@pytest.mark.parametrize(
    "changes",
    [
        {"column-2": ""},
        {"column-4": "description", "column-2": "external_ref"},
        {"column-0": "customer_phone_number"},
        {"channel": "telepathy"},
        {"customer_name": "  "},
        {"source": "x" * 41},
        {"columns": "0"},
        {"columns": "-5"},
    ],
)
def test_a_choice_that_cannot_be_is_told_and_nothing_starts(officer, address, database, changes):
    answer = officer.post(f"{address}/filing", data=_form(**changes))
    assert answer.status_code == 422
    assert _import(database).state is ImportState.PREVIEW
    assert 'role="alert"' in answer.text


@pytest.mark.parametrize(
    ("content", "name"),
    [(b"", "leer.csv"), (b"%PDF-1.7", "x.csv"), (b"\x89PNG\r\n\x1a\n", "x.xlsx"), (b"PK\x03\x04", "x.xlsx")],
)
def test_a_file_that_is_no_table_is_refused_at_its_field(upload, database, content, name):
    answer = upload(content, name)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text


def test_without_a_file_the_field_asks_for_one(officer):
    assert officer.post("/imports", data={}).status_code == 422


def test_a_full_disk_is_said_and_leaves_no_half_of_a_file(upload, database, settings, monkeypatch):
    def no_room(_file: Path, content: bytes) -> None:
        with _file.open("wb") as half:
            half.write(content[:1])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", no_room)
    answer = upload(GOOD)
    assert answer.status_code == 422 and "服务器上没有空间" in answer.text
    assert not list((settings.var / "imports").glob("*"))
    with database.reading() as session:
        assert session.scalars(select(ComplaintImport)).all() == []


def test_a_file_beyond_the_limit_is_refused_politely(upload, monkeypatch):
    monkeypatch.setattr(import_table, "MOST_ROWS", 2)
    assert upload(BAD).status_code == 422


def test_an_unknown_import_is_not_there(officer):
    assert officer.get(f"/imports/{'0' * 32}").status_code == 404
    assert officer.post(f"/imports/{'0' * 32}/filing", data=_form()).status_code == 404


def test_what_has_started_cannot_be_changed_any_more(officer, address, database):
    officer.post(f"{address}/filing", data=_form())
    before = _import(database).columns
    assert officer.post(f"{address}/columns", data=_form(severity="major")).status_code == 303
    assert officer.post(f"{address}/filing", data=_form(severity="major")).status_code == 303
    assert _import(database).columns == before


def test_markup_in_a_file_stays_text(officer, upload):
    page = officer.get(upload("投诉内容\n<script>alert(1)</script>\n", "<b>x</b>.csv").location).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_the_same_file_again_is_recognised(officer, address, work, upload):
    officer.post(f"{address}/filing", data=_form())
    work()
    page = officer.get(upload(BAD).location).text
    assert "gd-note-dian" in page


def test_the_template_is_a_workbook(officer):
    answer = officer.get("/imports/template.xlsx")
    assert answer.status_code == 200
    assert import_table.read(answer.data).headings[0] == "编号"


def test_without_a_queue_the_import_is_left_to_the_sweep(app, officer, address, database, monkeypatch):
    def unreachable(*_: object) -> None:
        raise OSError("no queue")

    monkeypatch.setattr("web.after.Timetable", unreachable)
    assert officer.post(f"{address}/filing", data=_form()).status_code == 303
    assert imports.unfinished(database) == [_import(database).id]


def test_what_letters_cannot_print_is_told_before_anything_is_filed(officer, upload):
    page = officer.get(upload(GOOD.replace("漏油", "漏油😀").encode()).location).text
    assert "函件印不出" in page
    assert "😀" in page[page.index("函件印不出") :]
    assert "函件印不出" not in officer.get(upload(GOOD).location).text


def test_it_is_told_of_every_row_that_is_counted_whatever_the_columns_mean(officer, upload, monkeypatch):
    monkeypatch.setattr("web.imports.LOOKED_AT", 1)
    rows = GOOD.replace("漏油", "漏油👍e\u0301\u200b").replace(",y", ",🐙")
    address = upload(rows.encode()).location
    page = officer.get(address).text
    assert "👍 (U+1F44D)" in page and "🐙 (" not in page and "U+200B" not in page
    assert officer.post(f"{address}/columns", data=_form(**{"column-4": "demand"})).status_code == 303
    assert "👍 (U+1F44D)" in (page := officer.get(address).text) and "🐙 (U+1F419)" in page
