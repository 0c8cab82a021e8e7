"""Targets on pages: drafted, approved together or not at all, with their history; what is open is computed anew."""

from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from models import AssessmentComputation, Database, Department, Target
from tests.builders import MONDAY, Desk
from tests.conftest import Clock
from workflow import assessment_run, packs
from workflow.assessment_period import Period
from workflow.assessment_shape import SubjectKind

As = Callable[[str], FlaskClient]
MEASURE = "lifecycle-touchpoints/answered_in_time"


def form(database: Database, slug: str = "after_sales", **changes: str) -> dict[str, str]:
    with database.reading() as session:
        unit = session.scalars(select(Department.id).filter_by(slug=slug)).one()
    return {"measure": MEASURE, "unit": f"department/{unit}", "period": "2026", "value": "80"} | changes


def rows(database: Database) -> list[Target]:
    with database.reading() as session:
        return list(session.scalars(select(Target).order_by(Target.id)))


def test_from_the_draft_to_the_history(client_as: As, database: Database, clock: Clock) -> None:
    lin = client_as("cr.lin")
    assert "答复及时率" in lin.get("/targets").text
    assert "等总经理批准" in lin.post("/targets", data=form(database), follow_redirects=True).text
    lin.post("/targets", data=form(database, "sales", value="75.5"))
    assert lin.post("/targets/approve", data={"drafts": ["1"]}).status_code == 403
    with database.writing() as session:
        desk = Desk(session)
        of = assessment_run.open_(
            session, packs.assessment("lifecycle-touchpoints"), Period.named("2026-02"), SubjectKind.DEPARTMENT,
            scheme=None, by=desk.actor("cr.lin"), at=MONDAY,
        )  # fmt: skip
        of.computed_at = MONDAY
        before = len(session.scalars(select(AssessmentComputation)).all())
        for each in session.scalars(select(AssessmentComputation)):
            each.state = "done"
            each.finished_at = MONDAY
        session.commit()
    manager = client_as("gm.zhou")
    assert "有 2 项目标等您批准" in manager.get("/").text
    page = manager.get("/targets").text
    assert "80%" in page and "75.5%" in page and "批准所选目标" in page
    assert manager.post("/targets/approve", data={"drafts": ["1", "2"]}).status_code == 303
    with database.reading() as session:
        assert len(session.scalars(select(AssessmentComputation)).all()) == before + 1
    assert "等您批准" not in client_as("gm.zhou").get("/").text
    lines = list(load_workbook(BytesIO(client_as("gm.zhou").get("/targets/list.xlsx?year=2026").data)).active.values)
    assert {(line[0], line[2], line[4], line[6]) for line in lines[1:]} == {
        ("答复及时率", "售后服务部", "80%", "现行"), ("答复及时率", "销售部", "75.5%", "现行"),
    }  # fmt: skip
    assert (
        len(list(load_workbook(BytesIO(client_as("gm.zhou").get("/targets/list.xlsx?year=2025").data)).active.values))
        == 1
    )
    change = form(database, value="90", reason="新增客服一名", from_day="2026-04-01")
    assert client_as("cr.lin").post("/targets", data=change).status_code == 303
    assert client_as("gm.zhou").post("/targets/3/decline", data={"reason": "先稳住"}).status_code == 303
    told = client_as("service.liu").get("/targets/1").text
    assert "先稳住" in told and "新增客服一名" in told and "林" in told
    mine = client_as("service.ma").get("/targets").text
    assert "80%" in mine and "75.5%" not in mine and "拟定目标" not in mine
    assert client_as("service.ma").get("/targets/3").status_code == 404
    assert client_as("service.ma").get("/targets/2").status_code == 404
    assert client_as("service.ma").get("/targets/1").status_code == 200


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"value": "<b>8</b>"}, "value"), ({"value": "9" * 10_000}, "value"), ({"unit": "department/x"}, "unit"),
        ({"unit": "department/999999999999"}, "unit"), ({"unit": ""}, "unit"), ({"period": "2026-13"}, "measure"),
        ({"measure": ""}, "measure"), ({"measure": "../../etc/passwd"}, "measure"),
        ({"from_day": "morgen"}, "from_day"), ({"value": ""}, "value"),
    ],
)  # fmt: skip
def test_what_will_not_do_is_told_and_nothing_typed_is_lost(
    client_as: As, database: Database, changes: dict[str, str], field: str
) -> None:
    refused = client_as("cr.lin").post("/targets", data=form(database, reason="<i>理由</i>") | changes)
    assert refused.status_code == 422 and f'id="{field}-error"' in refused.text
    assert "&lt;i&gt;理由" in refused.text and "<b>8" not in refused.text
    assert rows(database) == []


def test_strangers_and_addresses(client_as: As, app: Flask, database: Database) -> None:
    assert app.test_client().get("/targets").status_code in (302, 303)
    client_as("hr.qian").post("/targets", data=form(database))
    for username in ("service.ma", "sales.chen", "admin.root"):
        client = client_as(username)
        assert client.get("/targets/1").status_code == 404
        assert client.post("/targets/1/decline", data={"reason": "x"}).status_code == 404
        assert client.post("/targets", data=form(database, period="2026-05")).status_code == 403
        assert client.post("/targets/approve", data={"drafts": "1"}).status_code == 403
    manager = client_as("gm.zhou")
    for drafts in ([], ["x"], ["999"], ["1" * 40]):
        assert manager.post("/targets/approve", data={"drafts": drafts}).status_code == 422
    for query in ("year=x", "year=99999", "year=-1", "year=2099"):
        assert manager.get(f"/targets?{query}").status_code == 200
    assert manager.get("/targets/99999999999").status_code == 404
