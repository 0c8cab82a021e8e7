"""Records that people give an assessment: by hand with evidence, from sheets with a preview; nothing half done."""

import io
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import AssessmentComputation, AssessmentRow, Database, Partner
from tests.builders import MONDAY, ZONE, Desk
from tests.web.test_assessments import As, computed, text
from tests.workflow.assessment_rows import FILLED
from workflow import assessment_run, assessment_steps, packs
from workflow.assessment_period import Period
from workflow.assessment_shape import SubjectKind

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8ffff3f0005fe02fe"
    "0def46b80000000049454e44ae426082"
)
HEADS = ("考核对象", "日期", "期末仍保有", "期初客户数", "编号", "备注")


def opened(session: Session, regulation: str, kind: str, by: str) -> int:
    desk, pack = Desk(session), packs.assessment(regulation, filled=FILLED.get(regulation))
    scheme = next(iter(pack.schemes), None)
    of = assessment_run.open_(
        session, pack, Period.named("2026-02"), SubjectKind(kind), scheme=scheme, by=desk.actor(by), at=MONDAY
    )
    assessment_run.compute(session, of, zone=ZONE, at=MONDAY)
    return of.id


def of_work(session: Session) -> int:
    return opened(session, "satisfaction-in-performance", "person", "hr.qian")


def of_partners(session: Session) -> int:
    return opened(session, "partner-assessment", "partner", "gm.zhou")


def key_of(database: Database, username: str) -> str:
    with database.reading() as session:
        return f"person:{Desk(session).person(username).id}"


def rows(database: Database) -> list[AssessmentRow]:
    with database.reading() as session:
        return list(session.scalars(select(AssessmentRow).order_by(AssessmentRow.id)))


def typed(whom: str, **given: Any) -> dict[str, Any]:
    usual = {"subject": whom, "day": "2026-02-10", "value-points": "88.5", "note": "二月任务表",
             "proof": (io.BytesIO(PNG), "任务.png")}  # fmt: skip
    return {key: value for key, value in {**usual, **given}.items() if value is not None}


def workbook(*lines: tuple[Any, ...], merged: str = "", title: str = "保有") -> tuple[io.BytesIO, str]:
    book = Workbook()
    sheet = book.active
    sheet.title = title
    for line in lines:
        sheet.append(list(line))
    if merged:
        sheet.merge_cells(merged)
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file, "二月保有.xlsx"


def sent(client: FlaskClient, key: int, file: tuple[io.BytesIO, str], status: int, source: str = "retention") -> str:
    answer = client.post(f"/assessments/{key}/records/{source}/sheet", data={"file": file})
    assert answer.status_code == status, answer.get_data(as_text=True)[-3000:]
    return answer.get_data(as_text=True)


def take(client: FlaskClient, key: int, page: str, source: str = "retention") -> int:
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found is not None
    return client.post(f"/assessments/{key}/records/{source}/take", data={"token": found[1]}).status_code


def test_figures_by_hand_come_with_evidence_and_are_corrected_by_new_ones(
    client_as: As, staged: Callable[..., int], database: Database
) -> None:
    key, ma = staged(of_work), key_of(database, "service.ma")
    hr, place = client_as("hr.qian"), f"/assessments/{key}/records/work"
    assert "工作任务" in text(hr, f"/assessments/{key}/records") and "还没有记录" in text(hr, place)
    for given, why in (
        ({"proof": None}, "证明"), ({"day": "2026-03-01"}, "2月1日至2月28日"), ({"value-points": "满分"}, "不是数字"),
        ({"value-points": "101"}, "101"), ({"subject": "person:0"}, "请选择"), ({"value-points": ""}, "请填写"),
        ({"proof": (io.BytesIO(b"<script>"), "x.png")}, "x.png"),
    ):  # fmt: skip
        answer = hr.post(place, data=typed(ma, **given))
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422 and why in page, (given, page[:9000])
        assert "二月任务表" in page, "nothing typed is lost"
    assert rows(database) == []
    assert hr.post(place, data=typed(ma)).status_code == 303
    page = text(hr, place)
    assert "88.5" in page and "任务.png" in page and "二月任务表" in page
    [row] = rows(database)
    proof = f"{place}/{row.id}/proof"
    with hr.get(proof) as answer:
        assert answer.data == PNG
    again = typed(ma, **{"value-points": "90", "instead": row.id, "reason": "看错一行", "proof": None})
    assert hr.post(place, data=again | {"reason": " "}).status_code == 422
    assert hr.post(place, data=again).status_code == 303
    page = text(hr, place)
    assert "90" in page and "看错一行" in page
    for address, data in (
        (f"{place}/{row.id}/withdraw", {"reason": "再撤一次"}),
        (place, again | {"reason": "再撤一次"}),
    ):
        twice = hr.post(address, data=data)
        assert twice.status_code == 422 and "再撤一次" in twice.text, "what was typed is not lost"
    with database.reading() as session:
        assert session.scalars(select(func.count(AssessmentComputation.id))).one() >= 1
    for stranger, status in (("service.liu", 404), ("service.ma", 404), ("gm.zhou", 403)):
        client = client_as(stranger)
        for address in (f"/assessments/{key}/records", place, proof):
            found = client.get(address).status_code
            assert found == (status if client.get(f"/assessments/{key}").status_code == 404 else 403), stranger
        assert client.post(place, data=typed(ma)).status_code in (403, 404)
    assert len(rows(database)) == 2


def test_a_closed_period_takes_nothing_and_says_from_when_on_it_counts(
    client_as: As, staged: Callable[..., int], database: Database
) -> None:
    def closed(session: Session) -> int:
        key = computed(session)
        of, desk = assessment_run.locked(session, key), Desk(session)
        assessment_steps.submit(session, of, by=desk.actor("cr.lin"), at=MONDAY)
        assessment_steps.close(session, of, by=desk.actor("gm.zhou"), at=MONDAY)
        return key

    key, client = staged(closed), client_as("cr.lin")
    assert "空白表" not in text(client, f"/assessments/{key}/records/retention")
    page = sent(client, key, workbook(HEADS, ("马超", "", 3, 5)), 422)
    assert "2026 年 2 月" in page and "3月1日" in page


def test_a_sheet_is_looked_at_taken_once_and_counts(
    client_as: As, staged: Callable[..., int], database: Database
) -> None:
    key, client = staged(computed), client_as("cr.lin")
    before = len(rows(database))
    empty = load_workbook(io.BytesIO(client.get(f"/assessments/{key}/records/retention/sheet.xlsx").data)).active
    assert tuple(cell.value for cell in empty[1]) == HEADS
    lines = [HEADS, ("马超", date(2026, 2, 5), 30, 40), ("service.ma", "2026-02-06", 30, 40, "K-1", "补录"),
             ("马超", date(2026, 2, 5), 30, 40)]  # fmt: skip
    page = sent(client, key, workbook(*lines), 200)
    assert "3 条新记录" in page and len(rows(database)) == before, "looking takes nothing"
    assert take(client, key, page) == 303
    assert len(rows(database)) == before + 3
    assert rows(database)[-1].proof_id is not None
    page = sent(client, key, workbook(*lines, ("马超", "2026/2/7", 1, 2)), 200)
    assert "1 条新记录" in page and "3 条已有" in page
    changed = sent(client, key, workbook(HEADS, ("马超", "2026-02-06", 31, 40, "K-1")), 422)
    assert "E 编号" in changed, "another figure under a known number is no correction"
    other = client_as("hr.qian")
    stolen = re.search(r'name="token" value="([^"]+)"', page)
    assert stolen is not None
    address = f"/assessments/{key}/records/retention/take"
    assert other.post(address, data={"token": stolen[1]}).status_code == 403
    assert client.post(address, data={"token": "forged"}).status_code == 422
    assert len(rows(database)) == before + 3


@pytest.mark.parametrize(
    ("lines", "merged", "told"),
    [
        ([HEADS, ("马超", "2026-02-05", "三十", 40)], "", ["C 期末仍保有", "三十"]),
        ([HEADS, ("马超", "2026-03-05", 3, 40)], "", ["B 日期", "3月5日"]),
        ([HEADS, ("无此人", "2026-02-05", 3, 40)], "", ["A 考核对象", "无此人"]),
        ([HEADS, ("马超", "2026-02-05", 50, 40)], "", ["C 期末仍保有", "50"]),
        ([HEADS, ("马超", "2026-02-05", 3, None)], "", ["D 期初客户数"]),
        ([HEADS, ("2026-02-05", 3, 40, None)], "", ["A 考核对象", "2026-02-05", "D 期初客户数"]),
        ([HEADS, ("马超", "", 3, 9), ("陈晨", "", None, 9)], "C2:C3", ["C 期末仍保有", "合并"]),
        ([HEADS, ("马超", "", 3, 9, "K"), ("马超", "", 4, 9, "K")], "", ["E 编号", "2"]),
        ([HEADS, ("马超", "", 3, 9, "", "", "多一格")], "", ["保有"]),
        ([("考核对象", "期末仍保有"), ("马超", 3)], "", ["期初客户数"]),
        ([("考核对象", "期初客户数", "期初客户数", "期末仍保有"), ("马超", 3, 3, 3)], "", ["期初客户数"]),
        ([HEADS], "", ["没有"]),
    ],
)
def test_what_is_wrong_in_a_sheet_is_named_by_its_place_and_nothing_is_taken(
    client_as: As, staged: Callable[..., int], database: Database, lines: list[Any], merged: str, told: list[str]
) -> None:
    key = staged(computed)
    before = len(rows(database))
    page = sent(client_as("cr.lin"), key, workbook(*lines, merged=merged), 422)
    for words in told:
        assert words in page, words
    assert len(rows(database)) == before


def test_what_is_no_sheet_or_too_long_is_refused_as_a_whole(
    client_as: As, staged: Callable[..., int], database: Database
) -> None:
    key, client = staged(computed), client_as("cr.lin")
    assert "5,000" in sent(client, key, workbook(HEADS, *[("马超", "", 3, 9)] * 5_001), 422)
    for file in ((io.BytesIO(b"PK\x03\x04 no archive"), "x.xlsx"), (io.BytesIO(PNG), "x.png"), (io.BytesIO(b""), "")):
        sent(client, key, file, 422)
    assert "请选择 Excel 文件" in sent(client, key, (io.BytesIO("姓名,台数".encode("gbk")), "x.csv"), 422)
    assert client.post(f"/assessments/{key}/records/retention/sheet").status_code == 422
    assert client.post(f"/assessments/{key}/records/answers/sheet").status_code == 404
    assert client_as("service.ma").post(f"/assessments/{key}/records/retention/sheet").status_code == 403
    assert client_as("sales.chen").get(f"/assessments/{key + 7}/records").status_code == 404


def test_partners_are_named_and_their_figures_come_from_a_sheet(
    client_as: As, staged: Callable[..., int], database: Database
) -> None:
    key, gm = staged(of_partners), client_as("gm.zhou")
    place = f"/assessments/{key}/records"
    assert gm.post(f"{place}/partners", data={"name": " "}).status_code == 422
    assert client_as("hr.qian").post(f"{place}/partners", data={"name": "城西救援站"}).status_code == 403
    for status in (303, 422):
        assert gm.post(f"{place}/partners", data={"name": "城西救援站"}).status_code == status
    with database.reading() as session:
        assert [each.name for each in session.scalars(select(Partner))] == ["城西救援站"]
