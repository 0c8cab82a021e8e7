"""Logging a complaint: the form loads for customer relations only, checks shape, and files or files and assigns."""

import io
from datetime import timedelta
from threading import Barrier, Thread

from sqlalchemy import func, select

from models import Complaint, ComplaintState, Database, Event, NumberSeries, Order, Person, Posting
from models.person import Department
from tests.builders import FOUNDED, MONDAY, Desk

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63606060000000040001"
    "f61738550000000049454e44ae426082"
)
CALL = {
    "customer_phone": "138 0000 0007",
    "customer_name": "谢先生",
    "channel": "phone",
    "description": "空调异响修了两次，昨天又响。",
    "category": "service_quality",
    "severity": "normal",
}


def complaints(database: Database) -> list[Complaint]:
    with database.reading() as session:
        return list(session.scalars(select(Complaint).order_by(Complaint.id)))


def rows(database: Database) -> list[int]:
    """How many rows a form could have left behind."""
    with database.reading() as session:
        return [
            session.execute(select(func.count()).select_from(kind)).scalar_one()
            for kind in (Complaint, Event, Order, NumberSeries)
        ]


def test_a_call_is_filed_with_the_five_required_fields(client_as, database):
    answer = client_as("cr.sun").post("/complaints", data=CALL)
    [complaint] = complaints(database)
    assert answer.status_code == 303
    assert answer.location == f"/complaints/{complaint.number}"
    assert (complaint.state, complaint.customer_name) == (ComplaintState.FILED, "谢先生")
    assert complaint.phone_digits == "13800000007"


def test_when_to_assign_it_is_told_as_people_write_it(client_as):
    client = client_as("cr.sun")
    assert "请在今天 13:00 前下发" in client.get(client.post("/complaints", data=CALL).location).text


def test_filing_and_assigning_is_one_press(client_as, database):
    data = {**CALL, "department": "after_sales", "respondent": "马超", "then": "assign"}
    assert client_as("cr.sun").post("/complaints", data=data).status_code == 303
    [complaint] = complaints(database)
    assert complaint.state is ComplaintState.ASSIGNED
    with database.reading() as session:
        assert list(session.scalars(select(Event.action).order_by(Event.seq))) == ["file", "assign"]


def test_assigning_without_a_department_files_nothing(client_as, database):
    before = rows(database)
    answer = client_as("cr.sun").post("/complaints", data={**CALL, "then": "assign"})
    assert answer.status_code == 422
    assert "department-error" in answer.text
    assert rows(database) == before


def test_the_same_form_sent_twice_files_once(client_as, database):
    client = client_as("cr.sun")
    first, second = (client.post("/complaints", data=CALL) for _ in range(2))
    assert first.location == second.location
    assert len(complaints(database)) == 1


def test_the_same_form_sent_twice_at_once_files_once(client_as, database):
    start, told = Barrier(2), []

    def press() -> None:
        client = client_as("cr.sun")
        start.wait()
        told.append(client.post("/complaints", data=CALL).location)

    threads = [Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [complaint] = complaints(database)
    assert told == [f"/complaints/{complaint.number}"] * 2


def test_the_same_words_on_another_day_are_another_complaint(client_as, clock, database):
    client_as("cr.sun").post("/complaints", data=CALL)
    clock.now += timedelta(days=1)
    client_as("cr.sun").post("/complaints", data=CALL)
    assert len(complaints(database)) == 2


def test_an_empty_required_field_is_named_and_the_rest_kept(client_as, database):
    client = client_as("cr.sun")
    for field in ("customer_name", "description", "category", "severity", "channel"):
        answer = client.post("/complaints", data={**CALL, field: "  "})
        assert answer.status_code == 422, field
        assert f'id="{field}-error"' in answer.text
        for name in {"customer_phone", "customer_name", "description"} - {field}:
            assert CALL[name] in answer.text
    assert not complaints(database)


WRONG = (
    ("customer_name", "谢" * 10_000),
    ("description", "响" * 10_000),
    ("demand", "赔" * 10_000),
    ("customer_phone", "1" * 10_000),
    ("vehicle", "沪" * 10_000),
    ("order_number", "9" * 10_000),
    ("customer_name", "谢\u202e先生"),
    ("description", "空调\u2066异响"),
    ("description", "空调\x07异响"),
    ("customer_name", "谢先生😀"),
    ("customer_phone", "打不通"),
    ("occurred_on", "2027-01-01"),
    ("occurred_on", "0026-03-01"),
    ("occurred_on", "yesterday"),
    ("respondent", "没有这个人"),
    ("respondent", "马\u202e超"),
    ("department", "no-such-department"),
    ("category", "no-such-category"),
    ("severity", "fatal"),
    ("channel", "pigeon"),
)
CHOSEN = ("department", "category", "severity", "channel")


def test_bad_input_is_told_at_its_field_and_nothing_changes(client_as, database):
    before, client = rows(database), client_as("cr.sun")
    for field, text in WRONG:
        answer = client.post("/complaints", data={**CALL, field: text})
        assert answer.status_code == 422, (field, text[:20])
        assert f'id="{field}-error"' in answer.text, (field, text[:20])
        assert field in CHOSEN or text in answer.text, (field, text[:20])
    assert rows(database) == before


def test_markup_rare_characters_and_emoji_in_the_words_are_kept_as_typed(client_as, database):
    text = "<script>alert(1)</script> 𠮷野家 😀"
    data = {**CALL, "customer_name": "𠮷先生", "description": text, "told": "😀"}
    client_as("cr.sun").post("/complaints", data=data)
    [complaint] = complaints(database)
    assert (complaint.customer_name, complaint.description) == ("𠮷先生", text)


def test_what_letters_cannot_print_of_the_customers_words_is_named_before_it_is_filed(client_as, database):
    client, data = client_as("cr.sun"), {**CALL, "description": "太慢了😀", "demand": "退款👍"}
    told = client.post("/complaints", data=data)
    assert told.status_code == 422
    assert "😀 (U+1F600)" in told.text
    assert "👍 (U+1F44D)" in told.text
    assert '<input type="hidden" name="told" value="😀👍">' in told.text
    assert not complaints(database)
    assert client.post("/complaints", data={**data, "told": "😀👍"}).status_code == 303
    assert [complaint.demand for complaint in complaints(database)] == ["退款👍"]


def test_markup_is_shown_back_as_text(client_as):
    answer = client_as("cr.sun").post("/complaints", data={"description": "<script>alert(1)</script>"})
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;alert(1)" in answer.text


def test_a_respondent_of_another_department_is_refused_at_the_field(client_as, database):
    data = {**CALL, "department": "sales", "respondent": "service.ma"}
    answer = client_as("cr.sun").post("/complaints", data=data)
    assert answer.status_code == 422
    assert 'id="respondent-error"' in answer.text
    assert not complaints(database)


def test_an_unknown_name_is_answered_with_those_it_may_mean(client_as):
    answer = client_as("cr.sun").post("/complaints", data={**CALL, "respondent": "马"})
    assert "马超（service.ma）" in answer.text


def test_a_name_borne_twice_is_answered_with_both_and_an_account_decides(client_as, database):
    with database.writing() as session:
        detailing = session.scalars(select(Department).filter_by(slug="detailing")).one()
        person = Person(username="detailing.ma", name="马超", joined_at=FOUNDED)
        person.postings.append(Posting(department=detailing, title="技师", since=FOUNDED))
        session.add(person)
        session.commit()
    client = client_as("cr.sun")
    answer = client.post("/complaints", data={**CALL, "respondent": "马超"})
    assert answer.status_code == 422
    assert "马超（service.ma）" in answer.text and "马超（detailing.ma）" in answer.text
    assert client.post("/complaints", data={**CALL, "respondent": "马超（detailing.ma）"}).status_code == 303
    with database.writing() as session:
        session.scalars(select(Person).filter_by(username="cr.sun")).one().language = "en"
        session.commit()
    english = client_as("cr.sun").post("/complaints", data={**CALL, "respondent": "马超"}).text
    assert "马超 (service.ma)" in english and "（" not in english


def test_whoever_has_left_is_refused_as_respondent(client_as, database):
    with database.writing() as session:
        Desk(session).person("service.gao").left_at = MONDAY - timedelta(days=1)
        session.commit()
    answer = client_as("cr.sun").post("/complaints", data={**CALL, "respondent": "高峰"})
    assert answer.status_code == 422
    assert 'id="respondent-error"' in answer.text
    page = client_as("cr.sun").get("/complaints/new").text
    assert 'value="高峰"' not in page and 'value="马超"' in page


def test_a_file_comes_with_the_complaint(client_as, database):
    data = {**CALL, "files": (io.BytesIO(PNG), "里程表.png")}
    answer = client_as("cr.sun").post("/complaints", data=data, content_type="multipart/form-data")
    assert answer.status_code == 303
    with database.reading() as session:
        [event] = session.scalars(select(Event))
        assert [file["name"] for file in event.said["files"]] == ["里程表.png"]


def test_a_file_that_is_not_what_it_claims_is_refused(client_as, database):
    data = {**CALL, "files": (io.BytesIO(b"MZ not a picture"), "photo.png")}
    answer = client_as("cr.sun").post("/complaints", data=data, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert 'id="new-files-error"' in answer.text
    assert not complaints(database)


def test_an_earlier_complaint_under_the_number_is_told_and_hinders_nothing(client_as, database):
    client = client_as("cr.sun")
    client.post("/complaints", data=CALL)
    [earlier] = complaints(database)
    notice = client.get("/complaints/new?customer_phone=13800000007", headers={"HX-Request": "true"}).text
    assert "<html" not in notice
    assert earlier.number in notice
    assert earlier.number in client.get("/complaints/new?customer_phone=138-0000-0007").text
    again = client.post("/complaints", data={**CALL, "description": ""})
    assert again.status_code == 422 and earlier.number in again.text
    assert client.post("/complaints", data={**CALL, "description": "又响了"}).status_code == 303


def test_the_same_vehicle_is_recognised_however_its_plate_is_written(client_as, database):
    client = client_as("cr.sun")
    client.post("/complaints", data={**CALL, "vehicle": "沪A·12345"})
    [earlier] = complaints(database)
    notice = client.get("/complaints/new?vehicle=沪a12345", headers={"HX-Request": "true"}).text
    assert earlier.number in notice


def test_the_third_complaint_within_ninety_days_suggests_a_higher_severity(client_as, clock, database):
    ask = {"query_string": {"customer_phone": "13800000007"}, "headers": {"HX-Request": "true"}}
    for description in ("异响", "还在响"):
        assert "<b>" not in client_as("cr.sun").get("/complaints/new", **ask).text
        client_as("cr.sun").post("/complaints", data={**CALL, "description": description})
    assert "<b>" in client_as("cr.sun").get("/complaints/new", **ask).text
    clock.now += timedelta(days=91)
    later = client_as("cr.sun").get("/complaints/new", **ask).text
    assert "gd-note" in later and "<b>" not in later


def test_a_complaint_about_oneself_does_not_betray_its_customer(client_as, database):
    with database.writing() as session:
        desk = Desk(session)
        case = desk.file(by="cr.lin", respondent="cr.sun", customer_phone="13911112222").number
        session.commit()
    ask = {"query_string": {"customer_phone": "13911112222"}, "headers": {"HX-Request": "true"}}
    assert case not in client_as("cr.sun").get("/complaints/new", **ask).text
    assert case in client_as("cr.lin").get("/complaints/new", **ask).text


def test_nobody_else_logs_complaints(client_as, database):
    for who in ("service.ma", "service.liu", "gm.zhou", "hr.qian", "admin.root"):
        client = client_as(who)
        assert client.get("/complaints/new").status_code == 403
        asked = client.get("/complaints/new?customer_phone=13800000007", headers={"HX-Request": "true"})
        assert asked.status_code == 403
        assert client.post("/complaints", data=CALL).status_code == 403
    assert not complaints(database)


def test_the_stranger_is_sent_to_the_log_in(app, database):
    client = app.test_client()
    assert client.get("/complaints/new").status_code == 303
    assert client.post("/complaints", data=CALL).status_code == 401
    assert not complaints(database)


def test_whoever_has_left_logs_nothing(client_as, database):
    with database.writing() as session:
        Desk(session).person("cr.sun").left_at = MONDAY - timedelta(days=1)
        session.commit()
    assert client_as("cr.sun").post("/complaints", data=CALL).status_code == 403
    assert not complaints(database)


def test_the_page_says_what_follows_and_when(client_as):
    page = client_as("cr.sun").get("/complaints/new").text
    assert "13:00" in page  # four hours after Monday, 09:00
    assert "当事人 −5" in page or "respondent −5" in page
    assert "刘洋" in page
