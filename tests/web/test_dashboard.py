"""The dashboard and the comparison of periods: of one's reach, from stored results, nothing that is kept from one."""

import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from models import Assessment, AssessmentResult, Database, Person
from tests.builders import MONDAY, ZONE, Desk
from tests.web.test_assessments import As, text
from tests.workflow.assessment_rows import FILLED
from workflow import assessment_books as books
from workflow import assessment_run, packs
from workflow.assessment_entry import Row
from workflow.assessment_period import Period
from workflow.assessment_shape import SubjectKind

RAW = "assessment_row|survey_answer|survey_figure|inspection_answer"
# 马超: (2 − 1) / 3, (1 − 2) / 3, 3 / 3; 陈晨 is told of by the first two only: 2 / 2, (1 − 1) / 2, 2 / 2.
LIKELIHOOD = {"2026-01": (9, 9, 0), "2026-02": (9, 5, 0), "2026-03": (10, 10, 9)}


def three_months(session: Session) -> int:
    """January to March by loyalty, for two people of two departments."""
    desk, pack = Desk(session), packs.assessment("loyalty", filled=FILLED.get("loyalty"))
    key = 0
    for period, scores in LIKELIHOOD.items():
        day = Period.named(period).first_day
        for who in ("service.ma", "sales.chen"):
            found = scores if who == "service.ma" else scores[:2]
            entries = [
                books.Entry(desk.person(who), day, Row(f"{who}-{period}-{n}", {"likelihood": score}))
                for n, score in enumerate(found)
            ]  # fmt: skip
            books.post(session, pack, "answers", entries, at=MONDAY, by=desk.person("cr.lin"))
            session.flush()
        key = run(session, "loyalty", period, "person", None, "cr.lin")
    return key


def run(session: Session, regulation: str, period: str, kind: str, scheme: str | None, by: str) -> int:
    desk, pack = Desk(session), packs.assessment(regulation, filled=FILLED.get(regulation))
    of = assessment_run.open_(
        session, pack, Period.named(period), SubjectKind(kind), scheme=scheme, by=desk.actor(by), at=MONDAY
    )
    assessment_run.compute(session, of, zone=ZONE, at=MONDAY)
    return of.id


def confidential(session: Session, answers: int = 4) -> int:
    """What five or fewer customers said in confidence about after-sales, in January; what five said in February."""
    desk, pack = Desk(session), packs.assessment("service-survey", filled=FILLED.get("service-survey"))
    [source] = [name for name, each in pack.sources.items() if each.origin == "surveys"]
    key = 0
    for period, number in (("2026-01", answers), ("2026-02", 5)):
        day = Period.named(period).first_day
        values = {name: field.highest for name, field in pack.sources[source].fields.items()}
        entries = [books.Entry(desk.department("after_sales"), day, Row(f"{period}-{n}", values))  # type: ignore[arg-type]
                   for n in range(number)]  # fmt: skip
        books.post(session, pack, source, entries, at=MONDAY, by=desk.person("cr.lin"))
        session.flush()
        key = run(session, "service-survey", period, "department", next(iter(pack.schemes), None), "cr.lin")
    return key


@contextmanager
def asked(database: Database) -> Iterator[list[str]]:
    """The statements that the database is asked meanwhile."""
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        found.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield found
    event.remove(database.engine, "before_cursor_execute", note)


def cells(data: bytes) -> list[tuple[Any, ...]]:
    return [tuple(cell.value for cell in row) for row in load_workbook(io.BytesIO(data)).active.iter_rows()]


def test_a_fresh_company_reads_that_there_is_nothing_yet(client_as: As) -> None:
    for username in ("gm.zhou", "service.liu", "service.ma", "cr.lin", "hr.qian", "admin.root"):
        assert "还没有数据" in text(client_as(username), "/dashboard"), username
    assert "本部门逾期客诉" in text(client_as("service.liu"), "/dashboard")
    page = text(client_as("admin.root"), "/dashboard")
    assert "逾期客诉" not in page, "an administrator decides no case"


def test_each_role_sees_the_figures_of_its_reach(client_as: As, staged: Callable[..., int]) -> None:
    key = staged(three_months)
    for username in ("gm.zhou", "hr.qian", "cr.lin"):
        page = text(client_as(username), "/dashboard")
        assert "100.00 分" in page and "2 个得分的平均值" in page and "−16.67 分" in page, username
        assert f"/assessments/{key}/course.svg" in page
    own = text(client_as("service.ma"), "/dashboard")
    assert "−33.33 分" in own and "的平均值" not in own and "+133.33" in own and "变好" in own
    head = text(client_as("service.liu"), "/dashboard")
    assert "−33.33 分" in head and "−16.67 分" not in head, "another department's figures are no part of the mean"
    assert "2026年3月" in text(client_as("cr.lin"), f"/assessments/{key}/compare").replace(" ", "")


def test_it_reads_stored_results_and_asks_no_more_of_many_answers_than_of_few(
    client_as: As, staged: Callable[..., int], database: Database
) -> None:
    key, client = staged(three_months), client_as("gm.zhou")
    text(client, "/dashboard")
    numbers = []
    for _time in range(2):
        with asked(database) as statements:
            text(client, "/dashboard")
        assert not [each for each in statements if re.search(rf"\b({RAW})\b", each)]
        numbers.append(len(statements))
        with database.writing() as session:
            desk, of = Desk(session), session.get_one(Assessment, key)
            entries = [books.Entry(desk.person("service.ma"), of.first_day, Row(f"x{n}", {"likelihood": 9}))
                       for n in range(300)]  # fmt: skip
            if _time == 0:
                books.post(session, assessment_run.pack_for(of), "answers", entries, at=MONDAY, by=None)
                session.flush()
                assessment_run.compute(session, of, zone=ZONE, at=MONDAY)
                session.commit()
    assert numbers[0] == numbers[1] < 60, numbers


def test_periods_and_departments_stand_beside_each_other(
    client_as: As, staged: Callable[..., int], database: Database
) -> None:
    key = staged(three_months)
    client, place = client_as("cr.lin"), f"/assessments/{key}/compare"
    page = text(client, f"{place}?measure=nps")
    assert "售后服务部" in page and "销售部" in page and f"{place}.svg?measure=nps" in page
    table = {row[0]: row[1:] for row in cells(client.get(f"{place}.xlsx?measure=nps").data)}
    assert [table["售后服务部"][n] for n in range(3)] == [33.33, -33.33, 100]
    assert [table["销售部"][n] for n in range(3)] == [100, 0, 100]
    assert [table["平均"][n] for n in range(3)] == [66.67, -16.67, 100]
    picture = client.get(f"{place}.svg?measure=nps")
    assert picture.mimetype == "image/svg+xml" and "售后服务部" in picture.get_data(as_text=True)
    glance = client.get(f"/assessments/{key}/course.svg")
    assert glance.status_code == 200 and b"<script" not in glance.data
    with database.writing() as session:
        session.execute(update(Person).values(language="en"))
        session.commit()
    phone, small = (client.get(f"/assessments/{key}/course.svg?narrow={narrow}").text for narrow in (1, 2))
    assert ">March<" in phone and ">March<" not in small and ">Mar<" in small


def test_nobody_compares_what_they_may_not_see(client_as: As, staged: Callable[..., int], database: Database) -> None:
    key = staged(three_months)
    place = f"/assessments/{key}/compare"
    with database.reading() as session:
        sales, after = (Desk(session).department(slug).id for slug in ("sales", "after_sales"))
    for username in ("service.liu", "service.ma", "sales.wang"):
        client = client_as(username)
        theirs = sales if username.startswith("service") else after
        for address in (f"{place}.xlsx", f"{place}.xlsx?department={theirs}"):
            answer = client.get(address)
            assert answer.status_code == 200
            names = {row[0] for row in cells(answer.data)[1:]}
            assert "陈晨" not in names or not username.startswith("service")
            assert ("销售部" if username.startswith("service") else "售后服务部") not in names, username
        assert client.get(f"{place}?department=99999").status_code == 404
    # Who was never assessed finds nothing by the address.
    with database.writing() as session:
        left = session.scalars(select(Person).filter_by(username="service.ma")).one()
        session.execute(update(Person).where(Person.id == left.id).values(left_at=MONDAY))
        session.commit()
    assert client_as("service.ma").get("/dashboard").status_code == 404


@pytest.mark.parametrize(("answers", "is_shown"), [(4, False), (5, True)])
def test_figures_of_few_answers_in_confidence_are_in_no_mean_course_or_file(
    client_as: As, staged: Callable[..., int], database: Database, answers: int, is_shown: bool
) -> None:
    key = staged(confidential, answers)
    head, owner = client_as("service.liu"), client_as("cr.lin")
    with database.reading() as session:
        measure = session.scalars(select(AssessmentResult.measure).order_by(AssessmentResult.id)).first()
    row, whole = (
        next(row for row in cells(client.get(f"/assessments/{key}/compare.xlsx?measure={measure}").data)
             if row[0] == "售后服务部")
        for client in (head, owner)
    )  # fmt: skip
    assert isinstance(row[1], float | int) is is_shown and isinstance(row[2], float | int)
    assert isinstance(whole[1], float | int), "whoever runs it sees all figures"
    page = text(head, f"/assessments/{key}/compare?measure={measure}")
    assert ("无数据" in page) is not is_shown
    change = text(head, "/dashboard")
    assert ("上期" in change) is is_shown
