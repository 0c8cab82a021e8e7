"""The list of penalties: who finds what, by tabs, filters, words and numbers."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from models import Complaint, Penalty, Person
from tests.builders import Desk
from workflow import penalty_roles, remark
from workflow.penalty_list import GROUPS, Asked, find

CASE = re.compile(r'href="/penalties/(\d{4}-\d+)"')


@pytest.fixture
def cases(staged):
    """Penalties in several states and departments, one behind a complaint, one against a head."""
    return staged(company_history)


def company_history(session):
    desk = Desk(session)
    complaint = desk.complaint("handling")
    remark.find_violation(
        Complaint.locked(session, complaint.id), by=desk.actor("service.liu"), at=desk.now, violation=True
    )
    session.flush()
    return {
        "issued": desk.penalty("issued", complaint=complaint, facts="郑女士（13800000001）等候两小时。").number,
        "submitted": desk.penalty("submitted", facts="未做交车前检查。").number,
        "dropped": desk.penalty("dropped", facts="迟到。").number,
        "sales": desk.propose(by="sales.chen", respondent="sales.wang", facts="试驾未登记。").number,
        "by_officer": desk.propose(by="cr.sun", respondent="detailing.guo", facts="贴膜起泡。").number,
        "head": desk.propose(by="gm.zhou", respondent="service.liu", facts="未组织培训。").number,
    }


def shown(client, **asked):
    answer = client.get("/penalties", query_string=asked)
    assert answer.status_code == 200
    return list(dict.fromkeys(CASE.findall(answer.text)))


def names(numbers, cases):
    return {name for name, number in cases.items() if number in numbers}


# --- who sees what


@pytest.mark.parametrize(
    ("user", "sees"),
    [
        ("gm.zhou", {"issued", "submitted", "dropped", "sales", "by_officer", "head"}),
        ("hr.qian", {"issued", "submitted", "dropped", "sales", "by_officer", "head"}),
        ("service.liu", {"issued", "submitted", "dropped", "head"}),
        ("sales.chen", {"sales"}),
        ("cr.sun", {"by_officer"}),
        ("service.ma", {"issued", "submitted", "dropped"}),
        ("sales.wang", {"sales"}),
        ("service.gao", set()),
    ],
)
def test_everybody_finds_what_is_theirs_and_the_count_says_no_more(client_as, cases, user, sees):
    client = client_as(user)
    assert names(shown(client), cases) == sees
    page = client.get("/penalties").text
    assert f'aria-current="page">全部<span class="gd-count">{len(sees)}</span>' in page


def test_the_list_and_the_check_say_the_same(session, desk, cases):
    for person in session.scalars(select(Person)):
        actor = desk.actor(person.username)
        listed = {p.number for p in find(Asked(), by=actor, at=desk.now).penalties}
        every = session.scalars(select(Penalty)).all()
        seen = {p.number for p in every if penalty_roles.may_see(Penalty.locked(session, p.id), actor)}
        assert listed == seen, person.username


def test_a_number_leads_to_the_penalty_and_to_nothing_that_is_not_the_readers(client_as, cases):
    for text in (cases["sales"], f"处罚 {cases['sales']}"):
        answer = client_as("gm.zhou").get("/penalties", query_string={"q": text})
        assert answer.status_code == 303
        assert answer.location == f"/penalties/{cases['sales']}"
        assert shown(client_as("service.liu"), q=text) == []
    letter = client_as("gm.zhou").get("/penalties", query_string={"q": "处罚〔2026〕1号"})
    assert letter.location == f"/penalties/{cases['issued']}"


def test_the_field_at_the_top_leads_to_penalties_when_one_is_named(client_as, cases):
    answer = client_as("gm.zhou").get("/search", query_string={"q": f"处罚 {cases['sales']}"}, follow_redirects=True)
    assert answer.request.path == f"/penalties/{cases['sales']}"


# --- what is asked for


def test_tabs_filters_and_order(client_as, cases):
    client = client_as("gm.zhou")
    assert names(shown(client, state="submitted"), cases) == {"submitted"}
    assert names(shown(client, state="ended"), cases) == {"dropped"}
    assert names(shown(client, department="sales"), cases) == {"sales"}
    assert names(shown(client, step="first"), cases) == {"issued"}
    assert names(shown(client, step="none", department="after_sales"), cases) == {"submitted", "dropped", "head"}
    assert names(shown(client, clock="open", department="after_sales"), cases) == {"issued", "submitted", "head"}
    assert shown(client, sort="number") == sorted(cases.values(), key=lambda n: int(n.split("-")[1]))
    assert shown(client, sort="newest") == shown(client, sort="number")[::-1]


def test_what_is_overdue_is_found(client_as, cases, clock):
    assert shown(client_as("gm.zhou"), clock="overdue") == []
    clock.now += timedelta(days=3)
    assert names(shown(client_as("gm.zhou"), clock="overdue"), cases) == {"sales", "by_officer", "head"}


@pytest.mark.parametrize(
    ("text", "found"),
    [("试驾", {"sales"}), ("王强", {"sales"}), ("马超 检查", {"submitted"}), ("等候", {"issued"}), ("飞机", set()),
     ("%", set()), ("_", set()), ("'; DROP TABLE", set())],
)  # fmt: skip
def test_words_in_chinese(client_as, cases, text, found):
    assert names(shown(client_as("gm.zhou"), q=text), cases) == found


@pytest.mark.parametrize(
    ("user", "text", "found"),
    [
        ("service.ma", "郑女士", set()),
        ("service.ma", "13800000001", set()),
        ("service.ma", "等候", {"issued"}),
        ("hr.qian", "郑女士", set()),
        ("service.liu", "郑女士", {"issued"}),
        ("service.liu", "13800000001", set()),
    ],
)
def test_nobody_finds_by_searching_what_they_may_not_read(client_as, cases, user, text, found):
    assert names(shown(client_as(user), q=text), cases) == found


@pytest.mark.parametrize("asked", [{"state": "unheard"}, {"page": "x"}, {"page": "-1"}, {"department": "mars"},
                                   {"step": "9"}, {"clock": "soon"}, {"sort": "'"}])  # fmt: skip
def test_what_the_address_says_wrongly_asks_for_nothing(client_as, cases, asked):
    assert names(shown(client_as("gm.zhou"), **asked), cases) == set(cases)


def test_nothing_matches_and_each_condition_is_one_press_away(client_as, cases):
    page = client_as("gm.zhou").get("/penalties?q=飞机&department=sales").text
    assert "没有符合条件的处罚" in page
    assert 'href="/penalties?q=飞机"' in page or "q=%E9%A3%9E%E6%9C%BA" in page
    assert "没有涉及您的处罚" in client_as("service.gao").get("/penalties").text


def test_pages(client_as, database):
    with database.writing() as session:
        desk = Desk(session)
        for day in range(30):
            desk.propose(facts=f"第 {day} 件事。")
        session.commit()
    client = client_as("gm.zhou")
    first, second = shown(client), shown(client, page="2")
    assert (len(first), len(second)) == (25, 5)
    assert not set(first) & set(second)


def test_every_group_of_states_is_reached_by_a_tab():
    assert sorted(state for states in GROUPS.values() for state in states) == sorted(Penalty.state.type.enum_class)
