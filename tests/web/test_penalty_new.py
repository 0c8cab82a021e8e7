"""Proposing a penalty: from a complaint or directly, every wrong input told at its field, nothing typed lost."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import func, select

from models import Attachment, Complaint, Penalty
from tests.builders import MONDAY, Desk
from workflow import people, remark

FACTS = "2026年3月1日，未做交车前检查，机油盖未拧紧。"


def said(**changes) -> dict[str, str]:
    return {"respondent": "马超", "rule": "CS-7", "facts": FACTS, "occurred_on": "2026-03-01", **changes}


@pytest.fixture
def breached(database):
    """The number of a complaint in which a breach was found, and of one in which none was."""
    with database.writing() as session:
        desk = Desk(session)
        found = desk.complaint("handling", occurred_on=MONDAY.date() - timedelta(days=1))
        other = desk.complaint("handling", customer_phone="13800000002")
        for complaint, violation in ((found, True), (other, False)):
            locked = Complaint.locked(session, complaint.id)
            remark.find_violation(locked, by=desk.actor("service.liu"), at=desk.now, violation=violation)
            session.flush()
        session.commit()
        return found.number, other.number


@pytest.fixture
def proposed(database):
    def number() -> int:
        with database.reading() as session:
            return session.scalar(select(func.count()).select_from(Penalty))

    return number


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


@pytest.mark.parametrize("user", ["cr.sun", "service.liu"])
def test_proposing_leads_to_the_case(client_as, proposed, user):
    answer = client_as(user).post("/penalties", data=said())
    assert answer.status_code == 303, answer.text
    assert answer.location == "/penalties/2026-1"
    page = client_as(user).get(answer.location)
    assert "马超：拟第一次处罚" in page.text
    assert proposed() == 1


def test_a_second_press_proposes_once(client_as, proposed):
    client = client_as("service.liu")
    first, second = (client.post("/penalties", data=said()) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert proposed() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"rule": "CS-9", "facts": "贴膜起泡。", "respondent": "郭亮"},
        {"occurred_on": "2026-02-27"},
        {"rework_cost": "200"},
    ],
    ids=str,
)
def test_the_same_facts_with_anything_else_are_another_penalty(client_as, proposed, changes):
    client = client_as("detailing.xu")
    first = said(respondent="郭亮", rule="CS-9", facts="贴膜起泡。", rework_cost="100")
    second = {**first, **changes}
    if changes.get("rule") == "CS-9":
        first = {**first, "rule": "CS-7", "rework_cost": ""}
    answers = [client.post("/penalties", data=data) for data in (first, second, second)]
    assert [answer.status_code for answer in answers] == [303, 303, 303], answers[1].text
    assert [answer.location for answer in answers] == ["/penalties/2026-1", "/penalties/2026-2", "/penalties/2026-2"]
    assert proposed() == 2


def test_further_evidence_is_another_penalty_and_not_lost(client_as, proposed):
    client = client_as("service.liu")
    assert client.post("/penalties", data=said()).location == "/penalties/2026-1"
    with_file = {**said(), "files": [(BytesIO(_picture()), "检查单.png")]}
    answer = client.post("/penalties", data=with_file, content_type="multipart/form-data")
    assert answer.location == "/penalties/2026-2"
    with_file = {**said(), "files": [(BytesIO(_picture()), "检查单.png")]}
    answer = client.post("/penalties", data=with_file, content_type="multipart/form-data")
    assert answer.location == "/penalties/2026-2"
    assert proposed() == 2


def test_a_name_that_nobody_bears_is_not_said_to_be_left_open(client_as):
    answer = client_as("service.liu").post("/penalties", data=said(respondent="查无此人"))
    assert "请填写员工名单上的姓名或账号" in answer.text
    assert "留空" not in answer.text


@pytest.mark.parametrize("user", ["service.ma", "service.gao", "admin.root"])
def test_nobody_else_proposes(client_as, proposed, user):
    client = client_as(user)
    assert client.get("/penalties/new").status_code == 403
    assert client.post("/penalties", data=said()).status_code == 403
    assert proposed() == 0


WRONG = [
    ("respondent", {"respondent": ""}),
    ("respondent", {"respondent": "查无此人"}),
    ("respondent", {"respondent": "王强"}),
    ("respondent", {"respondent": "刘洋"}),
    ("rule", {"rule": "CS-1"}),
    ("rule", {"rule": ""}),
    ("rule", {"rule": "CS-9"}),
    ("facts", {"facts": " "}),
    ("facts", {"facts": "字" * 5_001}),
    ("facts", {"facts": "看不见\u202e的字"}),
    ("occurred_on", {"occurred_on": "2026-03-03"}),
    ("occurred_on", {"occurred_on": "2026-02-30"}),
    ("occurred_on", {"occurred_on": "0001-01-01"}),
    ("occurred_on", {"occurred_on": "昨天"}),
    ("known_on", {"known_on": "2026-03-03"}),
    ("known_on", {"known_on": "2026-02-28"}),
    ("known_on", {"known_on": "上周"}),
    ("known_on", {"known_on": "0001-01-01"}),
    ("rework_cost", {"rework_cost": "100"}),
    ("complaint", {"complaint": "2026-999"}),
    ("complaint", {"complaint": "<u>7</u>"}),
]


@pytest.mark.parametrize(("field", "changes"), WRONG, ids=lambda value: str(value)[:30])
def test_what_is_wrong_is_told_at_its_field_and_nothing_is_lost(client_as, proposed, field, changes):
    answer = client_as("service.liu").post("/penalties", data=said(**changes))
    assert answer.status_code == 422, answer.text
    assert f'id="{field}-error"' in answer.text
    if field != "facts":
        assert FACTS in answer.text
    typed = changes[field].replace("<", "&lt;").replace(">", "&gt;").strip()
    assert typed in answer.text or field == "rule"
    assert "<u>7</u>" not in answer.text
    assert proposed() == 0


@pytest.mark.parametrize("cost", ["-100", "0", "0.00", "12.345", "1e9", "99999999999", "一百元", "NaN", "1000000.01"])
def test_an_amount_without_sense(client_as, proposed, cost):
    data = said(respondent="郭亮", rule="CS-9", rework_cost=cost)
    answer = client_as("detailing.xu").post("/penalties", data=data)
    assert answer.status_code == 422, answer.text
    assert 'id="rework_cost-error"' in answer.text
    assert cost in answer.text
    assert proposed() == 0


def test_the_rework_cost_is_shown_split(client_as, database):
    query = {"respondent": "郭亮", "rule": "CS-9", "rework_cost": "1000.01"}
    answer = client_as("detailing.xu").get("/penalties/new", query_string=query, headers={"HX-Request": "true"})
    assert "返工费用：胡军 200.00 元，郭亮 800.01 元" in words(answer.text)
    posted = client_as("detailing.xu").post("/penalties", data=said(**query, facts="贴膜起泡。"))
    assert posted.status_code == 303, posted.text
    with database.reading() as session:
        assert session.scalars(select(Penalty)).one().rework_cost == 100_001


def test_where_the_person_stands_is_shown_to_whoever_may_propose(client_as, database):
    with database.writing() as session:
        Desk(session).penalty("issued")
        session.commit()
    asked = {"query_string": {"respondent": "马超"}, "headers": {"HX-Request": "true"}}
    told = words(client_as("service.liu").get("/penalties/new", **asked).text)
    assert "对马超，本次将是：第二次" in told
    assert "本台阶上有 1 项有效处罚，处罚〔2026〕4号（3月2日）" in told
    assert "罚款：100.00 元" in told
    told = words(client_as("sales.chen").get("/penalties/new", **asked).text)
    assert "第二次" not in told
    assert "这一步只能由刘洋办理。" in told


def test_who_has_left_is_not_penalised(client_as, database, proposed):
    with database.writing() as session:
        desk = Desk(session)
        people.end_everything(session, desk.person("service.ma"), at=desk.now - timedelta(days=1))
        session.commit()
    answer = client_as("cr.sun").post("/penalties", data=said())
    assert answer.status_code == 422
    assert 'id="respondent-error"' in answer.text
    assert "马超" in answer.text
    assert proposed() == 0


# --- when the company came to know


@pytest.mark.parametrize(
    ("typed", "day"), [("2026-03-01", "2026年3月1日"), ("2026-03-02", "2026年3月2日"), ("", "2026年3月2日")]
)
def test_the_day_of_knowing_is_kept_shown_and_printed_for_whoever_approves(client_as, database, typed, day):
    head = client_as("service.liu")
    assert 'name="known_on"' in (page := head.get("/penalties/new?respondent=马超").text)
    assert re.search(r'name="known_on"[^>]*value="2026-03-02"', page)
    assert head.post("/penalties", data=said(known_on=typed)).status_code == 303
    assert f"公司知悉 {day}" in words(head.get("/penalties/2026-1").text)
    with database.writing() as session:
        desk = Desk(session)
        [penalty] = session.scalars(select(Penalty)).all()
        desk.decide("waive", penalty, "service.ma")
        step = desk.decide("submit", penalty, "service.liu")
        content = step.event.letters[0].content
        assert content["penalty"]["known_at"][:10] == (typed or "2026-03-02")


def test_of_a_complaint_the_company_knows_since_it_was_filed(client_as, breached, proposed):
    number, _other = breached
    head = client_as("service.liu")
    assert re.search(r'name="known_on"[^>]*value="2026-03-02"', head.get(f"/penalties/new?complaint={number}").text)
    with_day = said(complaint=number, known_on="2026-03-01")
    assert head.post("/penalties", data=with_day).status_code == 303
    assert "公司知悉 2026年3月1日" in words(head.get("/penalties/2026-1").text)


def test_nobody_knows_later_than_the_complaint_was_filed(client_as, breached, clock, proposed):
    number, _other = breached
    clock.now = MONDAY + timedelta(days=2)
    answer = client_as("service.liu").post("/penalties", data=said(complaint=number, known_on="2026-03-04"))
    assert answer.status_code == 422
    assert 'id="known_on-error"' in answer.text
    assert proposed() == 0


# --- from a complaint


def test_a_complaint_begins_the_form_without_the_customers_name(client_as, breached):
    number, _other = breached
    page = client_as("service.liu").get(f"/penalties/new?complaint={number}").text
    assert f'value="{number}"' in page
    assert "马超（service.ma）" in page
    assert 'value="2026-03-01"' in page
    assert "预约后到店等候两小时无人接待。" in page


def test_a_penalty_from_a_complaint_keeps_the_link_and_is_the_only_one(client_as, breached, database, proposed):
    number, _other = breached
    head = client_as("service.liu")
    assert f"/penalties/new?complaint={number}" in head.get(f"/complaints/{number}").text
    assert head.post("/penalties", data=said(complaint=number)).status_code == 303
    with database.reading() as session:
        assert session.scalars(select(Penalty)).one().complaint_id is not None
    page = head.get(f"/complaints/{number}").text
    assert f"/penalties/new?complaint={number}" not in page
    assert 'href="/penalties/2026-1"' in page
    again = head.post("/penalties", data=said(complaint=number, facts="同一件事。"))
    assert again.status_code == 422
    assert 'id="complaint-error"' in again.text
    assert proposed() == 1


def test_a_complaint_without_a_breach_or_about_another_bears_none(client_as, breached, proposed):
    number, other = breached
    head = client_as("service.liu")
    assert "/penalties/new" not in head.get(f"/complaints/{other}").text
    for data in (said(complaint=other), said(complaint=number, respondent="高峰")):
        answer = head.post("/penalties", data=data)
        assert answer.status_code == 422
        assert 'id="complaint-error"' in answer.text
        assert FACTS in answer.text
    assert proposed() == 0


def test_anothers_complaint_is_not_there(client_as, breached, proposed):
    number, _other = breached
    stranger = client_as("sales.chen")
    assert stranger.get(f"/penalties/new?complaint={number}").status_code == 404
    answer = stranger.post("/penalties", data=said(complaint=number, respondent="王强"))
    assert answer.status_code == 422
    assert "没有这件客诉" in answer.text
    assert proposed() == 0


# --- evidence


def _picture() -> bytes:
    stream = BytesIO()
    Image.new("RGB", (2, 2), "white").save(stream, "PNG")
    return stream.getvalue()


def test_evidence_comes_with_it_and_is_served_to_those_who_see_the_penalty(client_as, database):
    files = [(BytesIO(_picture()), "检查单.png")]
    answer = client_as("service.liu").post(
        "/penalties", data={**said(), "files": files}, content_type="multipart/form-data"
    )
    assert answer.status_code == 303, answer.text
    with database.reading() as session:
        key = session.scalars(select(Attachment)).one().key
    url = f"/penalties/2026-1/files/{key}"
    assert url in client_as("service.ma").get("/penalties/2026-1").text
    served = client_as("service.ma").get(url)
    assert (served.status_code, served.mimetype) == (200, "image/png")
    assert "sandbox" in served.headers["Content-Security-Policy"]
    served.close()
    assert client_as("sales.chen").get(url).status_code == 404
    assert client_as("service.ma").get("/penalties/2026-1/files/none").status_code == 404


def test_a_file_that_is_none_is_refused_and_the_words_stay(client_as, proposed):
    files = [(BytesIO(b"MZ evil"), "检查单.png")]
    answer = client_as("service.liu").post(
        "/penalties", data={**said(), "files": files}, content_type="multipart/form-data"
    )
    assert answer.status_code == 422
    assert FACTS in answer.text
    assert proposed() == 0


def test_a_name_with_an_invisible_character_is_told_at_its_field(client_as, proposed):
    name = "service.ma\u202e"
    answer = client_as("service.liu").post("/penalties", data=said(respondent=name))
    assert answer.status_code == 422
    assert "看不见的控制字符" in answer.text
    assert FACTS in answer.text
    assert proposed() == 0
    assert client_as("service.liu").get("/penalties/new", query_string={"respondent": name}).status_code == 200
