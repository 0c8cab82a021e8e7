"""The list of complaints: who finds what, in which order, how many, and what a download holds."""

import csv
import io
import re
from datetime import timedelta

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from models import Complaint, ComplaintState, Deputation, Event, Letter, Person
from tests.builders import MONDAY, Desk
from workflow import complaint_list, sight
from workflow.complaint_list import Asked
from workflow.complaint_reach import reach_of
from workflow.texts import harmless

CASE = re.compile(r'href="/complaints/(\d{4}-\d+)"')
PEOPLE = ("cr.sun", "gm.zhou", "deputy.he", "service.liu", "service.ma", "sales.wang", "hr.qian")


@pytest.fixture
def cases(staged):
    """A small company history: every state, several departments, a case about an officer and one about the GM."""
    return staged(company_history)


def company_history(session):
    desk = Desk(session)
    found = {
        state: desk.complaint(state, customer_name=f"{state}女士", description="漏油，等候两小时").number
        for state in ("filed", "assigned", "appealed", "ruling", "handling", "resolved", "voided", "withdrawn")
    }
    found["nobody"] = desk.file(respondent=None, description="贴膜起泡，要求返工").number
    found["sales"] = desk.file(respondent="sales.wang", customer_phone="13900002216").number
    found["officer"] = desk.file(by="cr.lin", respondent="cr.sun", customer_name="吴女士").number
    found["manager"] = desk.file(respondent="gm.zhou").number
    return found


def shown(client, address="/complaints", **asked):
    answer = client.get(address, query_string=asked)
    assert answer.status_code == 200
    return list(dict.fromkeys(CASE.findall(answer.text)))


# --- who sees what --------------------------------------------------------------------------------


def test_the_reach_of_a_list_is_what_sight_and_the_check_say(session, desk, cases):
    """Also while a head stands in for another, and after a department has changed hands."""
    session.add(
        Deputation(
            principal=desk.person("service.liu"), deputy=desk.person("sales.li"), is_standing=False,
            since=MONDAY - timedelta(days=1), until=MONDAY + timedelta(days=1),
        )
    )  # fmt: skip
    session.flush()
    for person in session.scalars(select(Person)):
        actor = desk.actor(person.username)
        reached = set(session.scalars(select(Complaint.id).where(reach_of(actor).condition)))
        assert reached == set(session.scalars(select(Complaint.id).where(sight.visible_to(actor)))), person.username
        every = [Complaint.locked(session, key) for key in session.scalars(select(Complaint.id)).all()]
        checked = {complaint.id for complaint in every if sight.may_see(complaint, actor)}
        assert reached == checked, person.username


def test_every_page_and_count_of_a_reader_agrees_with_their_reach(session, desk, cases):
    for name in PEOPLE:
        actor = desk.actor(name)
        reached = set(session.scalars(select(Complaint.id).where(reach_of(actor).condition)))
        found = complaint_list.find(Asked(), by=actor, at=MONDAY)
        assert {complaint.id for complaint in found.complaints} == reached, name
        assert found.counts[""].number == len(reached)
        for group, states in complaint_list.GROUPS.items():
            part = complaint_list.find(Asked(group=group), by=actor, at=MONDAY)
            assert part.total.number == len(part.complaints)
            assert {complaint.state for complaint in part.complaints} <= set(states)


def test_customer_relations_sees_all_and_a_respondent_their_own_without_the_customer(client_as, cases):
    assert set(shown(client_as("cr.sun"))) == set(cases.values())
    page = client_as("sales.wang").get("/complaints").text
    assert CASE.findall(page) == [cases["sales"]]
    assert "郑女士" not in page and "2216" not in page


def test_an_officer_does_not_read_the_customer_of_a_case_about_themselves(client_as, cases):
    assert "吴女士" not in client_as("cr.sun").get("/complaints").text
    assert "吴女士" in client_as("cr.lin").get("/complaints").text


def test_numbers_are_masked(client_as, cases):
    page = client_as("cr.sun").get("/complaints").text
    assert "13900002216" not in page and "139****2216" in page


def test_the_stranger_is_sent_to_the_log_in(app):
    client = app.test_client()
    for address in ("/complaints", "/search?q=1", "/complaints/download?format=csv"):
        assert client.get(address).status_code == 303


def test_whoever_has_left_finds_their_own_cases_only(client_as, database, cases):
    with database.writing() as session:
        Desk(session).person("service.liu").left_at = MONDAY - timedelta(days=1)
        session.commit()
    assert shown(client_as("service.liu")) == []


# --- search, filters, order -----------------------------------------------------------------------


def test_a_single_chinese_character_is_found(client_as, cases):
    assert shown(client_as("cr.sun"), q="膜") == [cases["nobody"]]
    assert shown(client_as("cr.sun"), q="膜起泡") == [cases["nobody"]]


def test_a_case_number_or_a_letters_number_leads_to_its_case(client_as, database, cases):
    with database.reading() as session:
        seq = session.scalars(
            select(Letter.seq).join(Event).join(Complaint).where(Complaint.state == ComplaintState.VOIDED)
        ).first()
    client = client_as("cr.sun")
    for text in (cases["sales"], f"客诉 {cases['sales']}", f"客诉{cases['sales']}"):
        assert client.get("/complaints", query_string={"q": text}).location == f"/complaints/{cases['sales']}"
    for text in (f"客诉〔2026〕{seq}号", f"〔2026〕{seq}", f"客诉[2026]{seq}号"):
        assert client.get("/complaints", query_string={"q": text}).location == f"/complaints/{cases['voided']}"


def test_a_number_that_is_not_for_the_reader_answers_like_one_that_is_not_there(client_as, cases):
    client = client_as("sales.wang")
    for number in (cases["assigned"], "2026-999", "客诉〔2026〕1号", "客诉〔2026〕999号"):
        page = client.get("/complaints", query_string={"q": number})
        assert page.status_code == 200
        assert CASE.findall(page.text) == []


def test_only_who_calls_customers_finds_them_by_phone(client_as, cases):
    assert shown(client_as("cr.sun"), q="1390000") == [cases["sales"]]
    assert shown(client_as("cr.sun"), q="139 0000 2216") == [cases["sales"]]
    assert shown(client_as("gm.zhou"), q="13900002216") == []
    assert shown(client_as("sales.chen"), q="13900002216") == []


def test_a_respondent_does_not_find_out_the_customer_by_searching(client_as, cases):
    assert shown(client_as("sales.wang"), q="郑女士") == []
    assert shown(client_as("sales.wang"), q="两小时") == [cases["sales"]]
    assert shown(client_as("cr.sun"), q="吴女士") == []
    assert shown(client_as("cr.lin"), q="吴女士") == [cases["officer"]]


def test_the_name_inside_the_description_does_not_betray_the_customer(client_as, database):
    with database.writing() as session:
        number = Desk(session).file(customer_name="欧阳锋", description="欧阳锋来电称漏油").number
        session.commit()
    client = client_as("service.ma")
    assert shown(client, q="欧阳锋") == []
    assert shown(client, q="漏油") == [number]
    assert "欧阳锋" not in client.get("/complaints").text


def test_strange_questions_are_answered_plainly(client_as, cases):
    client = client_as("cr.sun")
    for text in ('"', "' OR 1=1 --", "%", "_", "*", "NEAR(", "a:b", "\u202e", "𠮷😀", "漏" * 10_000, "&|!()", "\\"):
        assert client.get("/complaints", query_string={"q": text}).status_code == 200, text
    for name in ("state", "department", "severity", "category", "clock", "sort", "page"):
        for value in ("nonsense", "-1", "9" * 30, "１"):
            assert client.get("/complaints", query_string={name: value}).status_code == 200, (name, value)


def test_filters_narrow_and_each_can_be_left_out(client_as, cases):
    client = client_as("cr.sun")
    assert shown(client, department="sales") == [cases["sales"]]
    assert shown(client, state="void") == [cases["voided"], cases["withdrawn"]]
    assert shown(client, severity="major") == []
    empty = client.get("/complaints?severity=major&category=price&state=filed").text
    assert 'href="/complaints?state=filed&amp;category=price"' in empty
    assert 'href="/complaints?state=filed&amp;severity=major"' in empty


def test_the_clock_filter_tells_overdue_from_today(client_as, clock, cases):
    assert set(shown(client_as("cr.sun"), clock="overdue")) == set()
    assert cases["nobody"] in shown(client_as("cr.sun"), clock="today")
    assert cases["assigned"] in shown(client_as("cr.sun"), clock="soon")
    assert cases["assigned"] not in shown(client_as("cr.sun"), clock="today")
    clock.now += timedelta(hours=5)
    assert cases["nobody"] in shown(client_as("cr.sun"), clock="overdue")


def test_the_next_deadline_comes_first_unless_another_order_is_chosen(client_as, cases):
    client = client_as("cr.sun")
    assert shown(client)[-1] == cases["withdrawn"]  # nothing is due in it any more
    newest = shown(client, sort="newest")
    assert newest == sorted(newest, key=lambda number: int(number.split("-")[1]), reverse=True)
    assert shown(client, sort="number") == newest[::-1]


def test_pages_follow_one_another_without_gap_or_repetition(session, desk):
    for number in range(30):
        desk.file(description=f"第{number}件")
    for name in ("cr.sun", "service.liu", "service.ma"):
        actor = desk.actor(name)
        for sort in ("due", "newest", "number"):
            pages = [complaint_list.find(Asked(sort=sort, page=page), by=actor, at=MONDAY) for page in (1, 2)]
            numbers = [complaint.number for page in pages for complaint in page.complaints]
            assert len(set(numbers)) == len(numbers) == 30
            assert [page.has_next for page in pages] == [True, False]


def test_the_search_field_of_every_page_leads_to_the_list(client_as):
    assert client_as("cr.sun").get("/search", query_string={"q": " 漏油 "}).location.startswith("/complaints?q=")
    assert client_as("cr.sun").get("/search").location == "/complaints"


def test_an_empty_list_says_so(client_as, database):
    assert "gd-empty" in client_as("cr.sun").get("/complaints").text
    assert "gd-empty" in client_as("service.ma").get("/complaints").text


# --- download -------------------------------------------------------------------------------------


def test_a_download_holds_what_the_reader_sees_and_hides_what_is_hidden(client_as, cases):
    def taken(who):
        answer = client_as(who).get("/complaints/download?format=csv")
        return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))

    everything, own = taken("cr.sun"), taken("sales.wang")
    assert {line[0] for line in everything[1:]} == set(cases.values())
    assert [line[0] for line in own[1:]] == [cases["sales"]]
    assert "139****2216" in str(everything) and "13900002216" not in str(everything)
    assert "郑女士" not in str(own) and "139" not in str(own)
    assert "吴女士" not in str(everything)


def test_an_excel_download_keeps_filters_and_holds_text_only(client_as, database):
    with database.writing() as session:
        Desk(session).file(customer_name="=1+1", description='=HYPERLINK("x")\n第二行')
        session.commit()
    answer = client_as("cr.sun").get("/complaints/download?format=xlsx&state=filed")
    sheet = load_workbook(io.BytesIO(answer.data)).active
    assert sheet.max_row == 2
    assert {cell.data_type for cell in sheet[2]} <= {"s", "n"}
    assert sheet["C2"].value == "'=1+1"
    assert len(list(load_workbook(io.BytesIO(answer.data)).active.rows)) == 2


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1+1"])
def test_a_formula_becomes_text(text):
    assert harmless(text).startswith("'")


def test_an_unknown_format_does_not_exist(client_as):
    assert client_as("cr.sun").get("/complaints/download?format=exe").status_code == 404
