"""The calendar's pages: who reads and changes it, what is refused at its field, and what is told of a change."""

import io
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from models import CalendarException, Complaint, Database, PublicDay, Shift
from tests.builders import Desk, moment

As = Callable[[str], FlaskClient]
CLOSED = {"day": "2026-03-04", "works": "rest", "reason": "全员培训"}
YEAR = "日期,安排,名称\n2027-01-01,休,元旦\n2027-01-03,班,元旦\n"


def file(content: str, name: str = "2027.csv") -> dict[str, object]:
    return {"file": (io.BytesIO(content.encode()), name)}


def handling(database: Database) -> str:
    with database.writing() as session:
        number = Desk(session).complaint("handling").number
        session.commit()
        return number


@pytest.mark.parametrize("username", ["service.ma", "gm.zhou"])
def test_everyone_reads_it_and_only_administrators_change_it(client_as: As, database: Database, username: str) -> None:
    reader = client_as(username)
    page = reader.get("/calendar?year=2026").text
    assert "春节" in page
    assert "2月15日至23日" in page
    assert 'action="/calendar/days' not in page
    assert reader.post("/calendar/days", data=CLOSED).status_code == 403
    assert reader.get("/calendar/shifts/after_sales").status_code == 404
    assert reader.post("/calendar/years", data=file(YEAR)).status_code == 404
    with database.reading() as session:
        assert session.get(CalendarException, moment(3, 4).date()) is None


def test_a_day_of_the_company_moves_deadlines_and_says_which(client_as: As, database: Database) -> None:
    number = handling(database)
    answer = client_as("admin.root").post("/calendar/days", data=CLOSED, follow_redirects=True)
    assert "日历已更改。有 1 件案件的期限随之变动" in answer.text
    # The administrator sees no case; its head sees which, on the page of the change, in the case and at the bell.
    assert number not in answer.text
    head = client_as("service.liu")
    change = head.get(answer.request.path)
    assert f"客诉 {number}" in change.text
    assert "3月6日（周五）09:00" in change.text
    assert "日历有变：处理期限改为 3月6日" in head.get(f"/complaints/{number}").text
    assert "日历有变：处理期限改为" in head.get("/notices").text
    # Taken back, it is as before; the same again changes nothing.
    client_as("admin.root").post("/calendar/days/2026-03-04/removal")
    with database.reading() as session:
        assert session.scalars(select(Complaint.due_at)).one() == moment(3, 5, 9)


@pytest.mark.parametrize(("field", "value"), [("day", ""), ("day", "2026-02-30"), ("works", ""), ("reason", " ")])
def test_a_day_that_makes_no_sense_is_refused_at_its_field(client_as: As, field: str, value: str) -> None:
    answer = client_as("admin.root").post("/calendar/days", data=CLOSED | {field: value})
    assert answer.status_code == 422
    assert "invalid-feedback" in answer.text


def test_the_shifts_of_a_department(client_as: As, database: Database) -> None:
    admin = client_as("admin.root")
    week = {f"opens_{day}": "09:00" for day in range(7)} | {f"closes_{day}": "18:00" for day in range(6)}
    wrong = admin.post("/calendar/shifts/after_sales", data=week)
    assert (wrong.status_code, 'id="opens_6-error"' in wrong.text) == (422, True)
    admin.post("/calendar/shifts/after_sales", data=week | {"closes_6": "15:00"})
    assert "周一至周六 09:00–18:00，周日 09:00–15:00" in admin.get("/calendar").text
    admin.post("/calendar/shifts/after_sales", data={})
    with database.reading() as session:
        assert session.scalars(select(Shift)).all() == []


def test_holidays_stand_in_the_order_of_their_days_off(client_as: As) -> None:
    """In 2026 a Sunday before the Mid-autumn Festival is worked for the National Day after it."""
    page = client_as("admin.root").get("/calendar?year=2026").text
    listed = page[page.index('id="holidays') :]
    assert listed.index("中秋") < listed.index("国庆节")


def test_a_year_is_looked_at_before_it_is_imported(client_as: As, database: Database) -> None:
    admin = client_as("admin.root")
    assert "2027 年的法定节假日尚未公布" in admin.get("/calendar?year=2027").text
    preview = admin.post("/calendar/years", data=file(YEAR))
    assert "没有期限因此变动" in preview.text
    with database.reading() as session:
        assert session.scalars(select(PublicDay)).all() == []
    admin.post("/calendar/years/import", data={"days": YEAR})
    page = admin.get("/calendar?year=2027").text
    assert "尚未公布" not in page
    assert "上班：1月3日" in page
    assert admin.get("/calendar/2027.csv").text.removeprefix("\ufeff").replace("\r", "") == YEAR


def test_each_bad_row_of_a_year_is_named_and_nothing_is_imported(client_as: As, database: Database) -> None:
    admin = client_as("admin.root")
    bad = YEAR + "2027-02-30,休,春节\n2027-05-01,也许,劳动节\n"
    preview = admin.post("/calendar/years", data=file(bad)).text
    assert "第 4 行" in preview
    assert "“2027-02-30”" in preview
    assert "第 5 行" in preview
    assert "/calendar/years/import" not in preview
    assert admin.post("/calendar/years/import", data={"days": bad}).status_code == 422
    assert admin.post("/calendar/years", data=file("姓名\n方先生\n")).status_code == 422


def test_the_clock_of_a_case_stands_while_the_customer_is_waited_for(client_as: As, database: Database) -> None:
    number, officer = handling(database), client_as("cr.sun")
    assert "等待客户，暂停计时" in officer.get(f"/complaints/{number}").text
    said = {"reason": "客户出差，周五回来。", "until": "2026-03-06T10:00", "version": "3"}
    officer.post(f"/complaints/{number}/suspension", data=said)
    for username in ("service.liu", "cr.sun"):
        page = client_as(username).get(f"/complaints/{number}").text
        assert "计时已暂停" in page
        assert "等待客户" in page
    assert "计时已暂停" in client_as("service.liu").get("/").text
    assert "计时已暂停" in officer.get("/complaints").text
    officer.post(f"/complaints/{number}/resumption", data={"version": "4"})
    assert "计时已暂停" not in officer.get(f"/complaints/{number}").text
