"""The pages of assessments: who finds what, line by line down to the records, by which steps one is closed."""

import io
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import Workbook, load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Assessed, Assessment, AssessmentComputation, AssessmentQuestion, Database
from tests.builders import MONDAY, ZONE, Desk
from tests.workflow.assessment_rows import FILLED
from web.assessment_excel import sheet
from workflow import assessment_books as books
from workflow import assessment_run, packs
from workflow.assessment_entry import Row
from workflow.assessment_period import Period
from workflow.assessment_shape import SubjectKind

As = Callable[[str], FlaskClient]
OWNERS = {"loyalty": "cr.lin", "fair-evaluation": "hr.qian", "service-survey": "cr.lin"}


def computed(session: Session, regulation: str = "loyalty", answers: int = 3, keys: str = "{who}-{number}") -> int:
    """An assessment of February in which service.ma and sales.chen have so many answers."""
    desk, pack = Desk(session), packs.assessment(regulation, filled=FILLED.get(regulation))
    source = next(name for name, each in pack.sources.items() if each.origin == "surveys")
    for who in ("service.ma", "sales.chen"):
        for number in range(answers):
            row = Row(
                keys.format(who=who, number=number),
                {key: _value(field) for key, field in pack.sources[source].fields.items()},
            )
            entry = books.Entry(desk.person(who), date(2026, 2, 3), row)
            books.post(session, pack, source, [entry], at=MONDAY, by=desk.person("cr.lin"))
            session.flush()
    by, scheme = desk.actor(OWNERS[regulation]), next(iter(pack.schemes), None)
    kind = SubjectKind.PERSON if SubjectKind.PERSON in pack.subjects else SubjectKind.DEPARTMENT
    of = assessment_run.open_(session, pack, Period.named("2026-02"), kind, scheme=scheme, by=by, at=MONDAY)
    assessment_run.compute(session, of, zone=ZONE, at=MONDAY)
    return of.id


def _value(field: Any) -> Any:
    return next(iter(field.choices)) if field.kind == "choice" else field.highest


def of_(database: Database, key: int, username: str) -> int:
    with database.reading() as session:
        person = Desk(session).person(username).id
        return session.scalars(select(Assessed.person_id).filter_by(assessment_id=key, person_id=person)).one()


def text(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, (address, answer.status_code)
    return answer.get_data(as_text=True)


def test_without_assessments_the_page_says_what_will_stand_there(client_as: As) -> None:
    assert "还没有考核" in text(client_as("service.ma"), "/assessments")


def test_the_owner_opens_one_and_it_is_computed(client_as: As, database: Database) -> None:
    client = client_as("cr.lin")
    page = text(client, "/assessments")
    assert "loyalty//person" in page and "fair-evaluation" not in page
    answer = client.post("/assessments", data={"regulation": "loyalty//person", "period": "2026-02"})
    assert answer.status_code == 303
    again = client.post("/assessments", data={"regulation": "loyalty//person", "period": "2026-02"})
    assert again.status_code == 422 and "已有" in again.get_data(as_text=True)
    with database.reading() as session:
        assert len(session.scalars(select(AssessmentComputation)).all()) == 1


def test_nobody_else_opens_one(client_as: As) -> None:
    client = client_as("service.liu")
    assert client.post("/assessments", data={"regulation": "loyalty//person", "period": "2026-02"}).status_code == 422


def test_everybody_finds_what_they_may_see(client_as: As, staged: Callable[..., int], database: Database) -> None:
    key = staged(computed)
    mine, theirs = of_(database, key, "service.ma"), of_(database, key, "sales.chen")
    ma = client_as("service.ma")
    page = text(ma, f"/assessments/{key}")
    assert f"/of/{mine}" in page and f"/of/{theirs}" not in page
    assert "尚未定稿" in text(ma, f"/assessments/{key}/of/{mine}")
    for address in (f"/of/{theirs}", f"/of/{theirs}/nps/0"):
        text(ma, f"/assessments/{key}{address}", 404)
    head = client_as("service.liu")
    text(head, f"/assessments/{key}/of/{mine}")
    text(head, f"/assessments/{key}/of/{theirs}", 404)
    for username in ("gm.zhou", "hr.qian", "cr.sun"):
        assert f"/of/{theirs}" in text(client_as(username), f"/assessments/{key}")


def test_an_assessment_that_is_about_others_does_not_exist(client_as: As, staged: Callable[..., int]) -> None:
    key = staged(computed)
    client = client_as("service.ma")
    text(client, f"/assessments/{key + 1}", 404)


def test_a_figure_is_opened_down_to_its_records(client_as: As, staged: Callable[..., int], database: Database) -> None:
    key = staged(computed)
    mine = of_(database, key, "service.ma")
    page = text(client_as("service.ma"), f"/assessments/{key}/of/{mine}/nps/2")
    assert all(f"service.ma-{number}" in page for number in range(3)) and "sales.chen" not in page
    text(client_as("service.ma"), f"/assessments/{key}/of/{mine}/nps/9", 404)
    text(client_as("service.ma"), f"/assessments/{key}/of/{mine}/nothing/0", 404)


def test_an_answers_long_key_is_told_by_its_first_signs(
    client_as: As, staged: Callable[..., int], database: Database
) -> None:
    key = staged(computed, keys="{number:032x}:{who}")
    page = text(client_as("service.ma"), f"/assessments/{key}/of/{of_(database, key, 'service.ma')}/nps/2")
    assert "答卷 00000000<" in page and ":service.ma" not in page


@pytest.mark.parametrize(("answers", "is_shown"), [(4, False), (5, True)])
def test_heads_see_confidential_figures_from_five_answers_on(
    client_as: As, staged: Callable[..., int], database: Database, answers: int, is_shown: bool
) -> None:
    key = staged(computed, "service-survey", answers)
    with database.reading() as session:
        department = Desk(session).department("after_sales").id
        theirs = session.scalars(
            select(Assessed.department_id).filter_by(assessment_id=key, department_id=department)
        ).one()
    place = f"/assessments/{key}/of/{theirs}"
    page = text(client_as("service.liu"), place)
    assert ("满五人作答后显示" in page) is not is_shown
    told = load_workbook(io.BytesIO(client_as("service.liu").get(f"{place}.xlsx").data)).active.values
    assert ("满五人作答后显示" in str(list(told))) is not is_shown
    assert f"{place}/" not in page, "nobody but the owner opens single rows"
    page = text(client_as("cr.lin"), place)
    assert "满五人作答后显示" not in page and f"{place}/" in page
    text(client_as("service.ma"), place, 404)


def test_the_excel_file_holds_what_its_reader_sees(client_as: As, staged: Callable[..., int]) -> None:
    key = staged(computed)
    for username, names in (("service.ma", {"马超"}), ("cr.lin", None)):
        answer = client_as(username).get(f"/assessments/{key}.xlsx?measure=nps")
        book = load_workbook(io.BytesIO(answer.data))
        rows = list(book.active.iter_rows(values_only=True))
        assert rows[0][:3] == ("姓名", "部门", "净推荐值（分）"), "the unit stands in the head"
        found = {row[0]: row[2] for row in rows[1:]}
        assert found["马超"] == 100 and (len(found) == 1 if names else found["刘洋"].startswith("无数据"))
        if names:
            assert book.sheetnames == ["全部结果"]
        else:
            compared = list(book["各部门"].iter_rows(values_only=True))
            assert ("售后服务部", 1, 100, None) in compared and compared[0][2] == "净推荐值（分）"


def test_ones_results_and_the_records_behind_them_are_given_as_excel(
    client_as: As, staged: Callable[..., int], database: Database
) -> None:
    key = staged(computed)
    mine = of_(database, key, "service.ma")
    place = f"/assessments/{key}/of/{mine}"
    ma, stranger = client_as("service.ma"), client_as("sales.chen")
    ma.post(f"{place}/ask", data={"measure": "nps", "question": "为什么是 100？"})
    assert f"{place}.xlsx" in text(ma, place) and f"{place}/nps/2/records.xlsx" in text(ma, f"{place}/nps/2")
    book = load_workbook(io.BytesIO(ma.get(f"{place}.xlsx").data))
    lines = {row[0]: row for row in book.active.iter_rows(values_only=True)}
    assert lines["净推荐值"][3] == "100 分" and "数量：3" in lines["净推荐值"][10]
    assert "为什么是 100？" in [row[3] for row in book["逐项询问"].iter_rows(values_only=True)]
    records = list(load_workbook(io.BytesIO(ma.get(f"{place}/nps/2/records.xlsx").data)).active.values)
    assert [row[0] for row in records] == ["记录编号", *(f"service.ma-{number}" for number in range(3))]
    for address in (".xlsx", "/nps/2/records.xlsx"):
        assert stranger.get(f"{place}{address}").status_code == 404
    assert ma.get(f"{place}/nps/99/records.xlsx").status_code == 404
    assert ma.get(f"{place}/nothing/0/records.xlsx").status_code == 404


def test_who_has_left_finds_no_link_that_leads_nowhere(client_as: As, database: Database) -> None:
    links = ('href="/rewards"', 'href="/trainings"', 'href="/targets"')
    client = client_as("service.ma")
    assert all(link in text(client, "/assessments") for link in links)
    with database.writing() as session:
        Desk(session).person("service.ma").left_at = MONDAY
        session.commit()
    assert not any(link in text(client, "/assessments") for link in links)


def test_departments_stand_beside_each_other_as_a_picture_and_a_table(
    client_as: As, staged: Callable[..., int]
) -> None:
    key = staged(computed)
    page = text(client_as("cr.lin"), f"/assessments/{key}?measure=nps")
    assert f"/assessments/{key}/chart.svg?measure=nps" in page
    answer = client_as("cr.lin").get(f"/assessments/{key}/chart.svg?measure=nps")
    assert answer.status_code == 200 and answer.mimetype == "image/svg+xml" and b"<script" not in answer.data
    narrow = client_as("cr.lin").get(f"/assessments/{key}/chart.svg?measure=nps&narrow=1").text
    assert "售后服务部" in narrow and "100 分" in narrow and narrow != answer.text
    slim = client_as("cr.lin").get(f"/assessments/{key}/chart.svg?measure=nps&narrow=2").text
    widths = [int(re.findall(r'width="(\d+)"', each)[0]) for each in (answer.text, narrow, slim)]
    assert widths == sorted(widths, reverse=True) and len(set(widths)) == 3, "of the same words: only the bars shrink"
    assert "narrow=2" in page
    assert client_as("service.ma").get(f"/assessments/{key}/chart.svg?measure=nps").status_code == 404


def test_it_is_submitted_reviewed_and_closed(client_as: As, staged: Callable[..., int], database: Database) -> None:
    key = staged(computed)
    owner, head, manager = client_as("cr.lin"), client_as("service.liu"), client_as("gm.zhou")
    act = f"/assessments/{key}"
    assert head.post(f"{act}/submit").status_code == 403
    assert client_as("sales.chen").post(f"{act}/close").status_code == 403
    assert owner.post(f"{act}/submit").status_code == 303
    with database.reading() as session:
        department = Desk(session).department("after_sales").id
    assert "请审阅" in text(head, act)
    assert head.post(f"{act}/review", data={"department": department, "note": "无异议"}).status_code == 303
    early = owner.post(f"{act}/close")
    assert early.status_code == 422 and "尚未审阅" in early.get_data(as_text=True)
    assert "彻底关闭" in text(owner, f"{act}/close")
    assert manager.post(f"{act}/close").status_code == 303
    with database.reading() as session:
        assert session.get_one(Assessment, key).stage == "closed"
    assert owner.post(f"{act}/compute").status_code == 422


def test_a_total_is_adjusted_with_its_reason(client_as: As, staged: Callable[..., int], database: Database) -> None:
    key = staged(computed, "fair-evaluation")
    mine = of_(database, key, "service.ma")
    hr, place = client_as("hr.qian"), f"/assessments/{key}/of/{mine}"
    assert "调整总分" in text(hr, place) and "调整总分" not in text(client_as("service.liu"), place)
    assert hr.post(f"{place}/adjust", data={"factor": "9", "reason": "支援"}).status_code == 422
    assert hr.post(f"{place}/adjust", data={"factor": "1.05", "reason": "支援外地门店"}).status_code == 303
    assert client_as("service.liu").post(f"{place}/adjust", data={"factor": "1.05", "reason": "x"}).status_code == 403
    with database.writing() as session:
        assessment_run.compute(session, session.get_one(Assessment, key), zone=ZONE, at=MONDAY)
        session.commit()
    assert "支援外地门店" in text(client_as("service.ma"), place)  # computed anew, the results keep their address


def test_a_question_about_a_line_is_answered_by_the_head(
    client_as: As, staged: Callable[..., int], database: Database
) -> None:
    key = staged(computed)
    mine = of_(database, key, "service.ma")
    ma, head, place = client_as("service.ma"), client_as("service.liu"), f"/assessments/{key}/of/{mine}"
    assert ma.post(f"{place}/ask", data={"measure": "nps", "question": " "}).status_code == 422
    assert ma.post(f"{place}/ask", data={"measure": "nps", "question": "为何没有续保数据？"}).status_code == 303
    assert head.post(f"{place}/ask", data={"measure": "nps", "question": "？"}).status_code == 404
    with database.reading() as session:
        question = session.scalars(select(AssessmentQuestion.id)).one()
    assert "为何没有续保数据？" in text(head, "/assessments")
    assert "为何没有续保数据？" not in text(client_as("sales.chen"), "/assessments")
    assert ma.post(f"{place}/answer/{question}", data={"answer": "自答"}).status_code == 403
    assert head.post(f"{place}/answer/{question}", data={"answer": "续保数据月底导入。"}).status_code == 303
    assert "续保数据月底导入。" in text(ma, place)
    assert "为何没有续保数据？" not in text(head, "/assessments")


@pytest.mark.parametrize("title", ["Follow-up: overall satisfaction", "'a/b' [c]*?\\", ":", "满意度" * 20])
def test_a_sheet_is_named_after_whatever_it_holds(title: str) -> None:
    book, file = Workbook(write_only=True), io.BytesIO()
    sheet(book, title, [["姓名"], ["马超"]])
    book.save(file)
    assert list(load_workbook(file).active.values) == [("姓名",), ("马超",)]
