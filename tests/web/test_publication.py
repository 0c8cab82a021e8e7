"""Target letters and briefings on pages: issued, signed by acknowledgement, replaced, frozen."""

from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from models import Database
from tests.builders import HOUR, Desk, moment
from tests.conftest import Clock
from tests.workflow.test_publication import ask
from tests.workflow.test_targets import JANUARY, draft, put

As = Callable[[str], FlaskClient]


@pytest.fixture
def service(database: Database) -> int:
    """After-sales have a target since January; two questions fell due in February, one answered in time."""
    with database.writing() as session:
        desk = Desk(session)
        target = draft(desk)
        put(desk, target)
        ask(desk, "service.gao", moment(2, 10), HOUR, "甲")
        ask(desk, "service.ma", moment(2, 10), None, "乙")
        session.commit()
        return target.department_id


def test_a_letter_is_issued_signed_and_replaced(client_as: As, database: Database, clock: Clock, service: int) -> None:
    clock.now = JANUARY + HOUR
    manager = client_as("gm.zhou")
    page = manager.get("/targets").text
    assert "签发责任书" in page and "未签发" in page
    address = f"/targets/2026/letters/department/{service}"
    assert client_as("cr.lin").post(address).status_code == 403
    assert client_as("service.liu").post(address).status_code == 404
    assert "目标〔2026〕1号" in client_as("gm.zhou").post(address, follow_redirects=True).text
    assert "已经签发过了" in client_as("gm.zhou").post(address, follow_redirects=True).text
    assert "未签署" in client_as("cr.lin").get("/targets").text
    head = client_as("service.liu")
    letter = head.get("/letters/target-2026-1").text
    assert "签署责任书" in letter and "不低于80%" in letter and "签署表示已知悉目标" in letter
    assert head.post("/letters/target-2026-1/acknowledgement").status_code == 303
    assert "您已于" in client_as("service.liu").get("/letters/target-2026-1").text
    shown = client_as("gm.zhou").get("/targets").text
    assert "签署</span>" in shown and "未签署" not in shown
    change = {"measure": "lifecycle-touchpoints/answered_in_time", "unit": f"department/{service}", "period": "2026",
              "value": "90", "reason": "新增客服一名", "from_day": "2026-04-01"}  # fmt: skip
    assert client_as("hr.qian").post("/targets", data=change).status_code == 303
    assert client_as("gm.zhou").post("/targets/approve", data={"drafts": "2"}).status_code == 303
    replaced = client_as("service.liu").get("/letters/target-2026-2").text
    assert "不低于90%" in replaced and "目标〔2026〕1号" in replaced and "新增客服一名" in replaced
    assert "未签署" in client_as("gm.zhou").get("/targets").text
    for username, status in (("service.ma", 404), ("sales.chen", 404), ("hr.qian", 200)):
        assert client_as(username).get("/letters/target-2026-2").status_code == status
    paper = client_as("service.liu").get("/letters/target-2026-2.pdf")
    assert paper.status_code == 200 and paper.data.startswith(b"%PDF")
    done = client_as("gm.zhou").get("/?list=done").text
    assert "换发了目标责任书" in done


def test_a_briefing_is_read_issued_and_frozen(client_as: As, clock: Clock, service: int) -> None:
    clock.now = moment(3, 2)
    lin = client_as("cr.lin")
    page = lin.get("/briefings/2026-02").text
    assert "目前情况，尚未签发" in page and "签发简报" in page and "50%" in page and "无数据可比" in page
    assert "月末后方可签发" in lin.get("/briefings/2026-03").text
    assert lin.post("/briefings/2026-03").status_code == 422
    drawn = lin.get("/briefings/2026-02/chart.svg")
    assert drawn.mimetype == "image/svg+xml" and "24小时内答复" in drawn.text
    assert client_as("service.liu").post("/briefings/2026-02").status_code == 403
    issued = client_as("cr.lin").post("/briefings/2026-02", follow_redirects=True).text
    assert "简报〔2026〕1号" in issued and "签发简报" not in issued
    head = client_as("service.liu")
    assert "简报〔2026〕1号" in head.get("/briefings").text + head.get("/letters/briefing-2026-1").text
    assert head.get("/briefings/2026-02/chart.svg").text == drawn.text
    narrow = head.get("/briefings/2026-02/chart.svg?narrow=1").text
    assert "24小时内答复" in narrow and narrow != drawn.text and "narrow=1" in head.get("/briefings/2026-02").text
    book = load_workbook(BytesIO(head.get("/briefings/2026-02/figures.xlsx").data))
    assert next(book["客户提问答复和客户移交"].iter_rows(min_row=2, max_col=4, values_only=True)) == (
        "售后服务部",
        50,
        1,
        2,
    )
    assert [line[0] for line in book["近六个月走势"].values][-1] == "2026-02"
    assert client_as("service.ma").get("/briefings/2026-02/figures.xlsx").status_code == 404
    paper = head.get("/letters/briefing-2026-1.pdf")
    assert paper.status_code == 200 and paper.data.startswith(b"%PDF")
    assert client_as("cr.lin").post("/briefings/2026-02").status_code in (409, 422)


def test_a_month_without_anything_is_a_briefing_that_says_so(client_as: As, clock: Clock) -> None:
    clock.now = moment(3, 2)
    lin = client_as("cr.lin")
    page = lin.get("/briefings/2026-02").text
    for said in ("无数据可比", "没有到期的客户提问和移交客户", "没有在办的改善计划"):
        assert said in page
    assert lin.get("/briefings/2026-02/chart.svg").status_code == 404
    assert lin.post("/briefings/2026-02").status_code == 303
    assert lin.get("/letters/briefing-2026-1.pdf").status_code == 200


def test_strangers_and_addresses(client_as: As, app: Flask, clock: Clock) -> None:
    clock.now = moment(3, 2)
    assert app.test_client().get("/briefings").status_code in (302, 303)
    for username in ("service.ma", "admin.root"):
        client = client_as(username)
        for address in ("/briefings", "/briefings/2026-02", "/briefings/2026-02/chart.svg"):
            assert client.get(address).status_code == 404
        assert client.post("/briefings/2026-02").status_code == 404
    lin = client_as("cr.lin")
    for month in ("2026-13", "2026", "2026-Q1", "1999-01", "2099-01", "x", "2026-2", "%00", "'"):
        assert lin.get(f"/briefings/{month}").status_code in (400, 404)
        assert lin.post(f"/briefings/{month}").status_code in (400, 404)
    manager = client_as("gm.zhou")
    for address in ("department/999", "team/1000000", "nobody/1", "company/3", "department"):
        assert manager.post(f"/targets/2026/letters/{address}").status_code == 404
    assert "还没有已批准的目标" in manager.post("/targets/2026/letters/company", follow_redirects=True).text
