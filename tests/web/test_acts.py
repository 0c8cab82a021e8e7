"""Acting on the case page: every step through its form, and every way of being refused."""

from collections.abc import Callable
from io import BytesIO
from threading import Barrier, Thread

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from models import Attachment, Complaint, ComplaintState, Database, Event, Person, Severity
from tests.builders import HOUR, PATHS, Desk
from tests.conftest import Clock
from web.case_offers import NOUNS

S = ComplaintState
Client = Callable[[str], FlaskClient]


def _picture() -> bytes:
    stream = BytesIO()
    Image.new("RGB", (2, 2), "white").save(stream, "PNG")
    return stream.getvalue()


PNG = _picture()

# From which state each act leads, by whom, with what its form says, and to which state.
ACTS: list[tuple[str, str, str, dict[str, str], ComplaintState]] = [
    ("filed", "cr.sun", "assignment", {"department": "after_sales", "respondent": "马超"}, S.ASSIGNED),
    ("assigned", "service.liu", "acceptance", {"violation": "no"}, S.HANDLING),
    ("assigned", "service.ma", "appeal", {"grounds": "已出示报价单。"}, S.APPEALED),
    ("assigned", "service.liu", "appeal", {"grounds": "本部门没有过错。"}, S.RULING),
    ("appealed", "service.ma", "retraction", {}, S.ASSIGNED),
    ("appealed", "service.liu", "endorsement", {"opinion": "属实"}, S.RULING),
    ("appealed", "service.liu", "declining", {"reason": "没有依据"}, S.HANDLING),
    ("ruling", "gm.zhou", "upholding", {"reason": "申诉成立"}, S.VOIDED),
    ("ruling", "gm.zhou", "dismissal", {"reason": "申诉不成立", "violation": "yes"}, S.HANDLING),
    ("ruling", "gm.zhou", "variation", {"reason": "情节较轻", "severity": "minor"}, S.HANDLING),
    ("ruling", "gm.zhou", "remand", {"reason": "请补充接车单"}, S.ASSIGNED),
    ("handling", "service.liu", "completion", {"measures_taken": "当面致歉", "rework_cost": "1,280.50"}, S.HANDLED),
    ("handled", "service.liu", "report", {"result": "客户接受", "improvement_measures": "十分钟内接待"}, S.REPORTED),
    ("reported", "cr.sun", "return", {"reason": "客户没有接到电话"}, S.HANDLING),
    ("reported", "cr.sun", "verification", {"satisfaction": "4"}, S.RESOLVED),
    ("resolved", "cr.sun", "follow-up", {"note": "客户表示满意"}, S.RESOLVED),
    ("voided", "cr.sun", "follow-up", {"note": "已向客户说明"}, S.VOIDED),
    ("assigned", "cr.sun", "withdrawal", {"reason": "客户撤诉"}, S.WITHDRAWN),
    ("resolved", "cr.sun", "reopening", {"reason": "问题再次出现"}, S.ASSIGNED),
]


@pytest.fixture
def state_of(database: Database) -> Callable[[str], ComplaintState]:
    def state(number: str) -> ComplaintState:
        with database.reading() as session:
            return session.scalars(Complaint.by_number(number)).one().state

    return state


@pytest.fixture
def events_of(database: Database) -> Callable[[str], list[Event]]:
    def events(number: str) -> list[Event]:
        with database.reading() as session:
            complaint = session.scalars(Complaint.by_number(number)).one()
            return list(session.scalars(select(Event).filter_by(complaint_id=complaint.id).order_by(Event.seq)))

    return events


@pytest.mark.parametrize(("state", "user", "noun", "said", "then"), ACTS, ids=lambda value: str(value)[:20])
def test_every_act_leads_on_and_comes_back_to_the_case(
    state: str, user: str, noun: str, said: dict[str, str], then: ComplaintState, client_as: Client, case_in, state_of
):
    number = case_in(state)
    answer = client_as(user).post(f"/complaints/{number}/{noun}", data={**said, "version": str(len(PATHS[state]) + 1)})
    assert answer.status_code == 303, answer.text
    assert answer.location == f"/complaints/{number}#main"
    assert state_of(number) is then
    assert client_as(user).get(f"/complaints/{number}").status_code == 200


def test_an_act_of_another_role_is_refused_and_changes_nothing(client_as: Client, case_in, events_of):
    for state, user, noun, said, _then in ACTS:
        number = case_in(state)
        other = "gm.zhou" if user != "gm.zhou" else "service.liu"
        answer = client_as(other).post(f"/complaints/{number}/{noun}", data=said)
        assert answer.status_code == 403, (noun, answer.text)
        assert len(events_of(number)) == len(PATHS[state]) + 1


def test_for_a_stranger_no_case_is_there(client_as: Client, case_in):
    number, stranger = case_in("ruling"), client_as("sales.wang")
    for noun in (*NOUNS, "ruling/preview", "withdrawal/revision", "remarks", "violation"):
        theirs, missing = (
            stranger.post(f"/complaints/{which}/{noun}", data={"reason": "x"}) for which in (number, "2026-999")
        )
        assert theirs.status_code == missing.status_code == 404, noun


def test_the_wrong_moment_is_told_with_what_has_happened(client_as: Client, case_in, state_of):
    number = case_in("handling")
    answer = client_as("gm.zhou").post(f"/complaints/{number}/upholding", data={"reason": "申诉成立，作废。"})
    assert answer.status_code == 409
    assert "刘洋" in answer.text
    assert "申诉成立，作废。" in answer.text
    assert state_of(number) is S.HANDLING


def test_the_second_of_two_is_told_who_was_quicker_and_keeps_the_text(
    client_as: Client, case_in, state_of, clock: Clock
):
    number = case_in("ruling")
    first, second = client_as("gm.zhou"), client_as("gm.zhou")
    assert first.post(f"/complaints/{number}/upholding", data={"reason": "成立", "version": "4"}).status_code == 303
    answer = second.post(f"/complaints/{number}/dismissal", data={"reason": "我写了很久的理由", "version": "4"})
    assert answer.status_code == 409
    assert "我写了很久的理由" in answer.text
    assert state_of(number) is S.VOIDED


def test_a_remark_meanwhile_does_not_make_a_form_stale(client_as: Client, case_in, state_of):
    number = case_in("ruling")
    assert client_as("cr.sun").post(f"/complaints/{number}/remarks", data={"note": "补充"}).status_code == 303
    answer = client_as("gm.zhou").post(f"/complaints/{number}/upholding", data={"reason": "成立", "version": "4"})
    assert answer.status_code == 303
    assert state_of(number) is S.VOIDED


def test_a_remark_is_not_what_moved_the_case(client_as: Client, case_in):
    number = case_in("handling")
    assert client_as("cr.sun").post(f"/complaints/{number}/remarks", data={"note": "补充"}).status_code == 303
    answer = client_as("gm.zhou").post(f"/complaints/{number}/upholding", data={"reason": "成立"})
    assert answer.status_code == 409
    assert "刘洋" in answer.text
    assert "孙悦" not in answer.text


def test_a_remark_is_kept_although_the_case_moved_on_meanwhile(client_as: Client, case_in, events_of):
    number = case_in("handling")
    answer = client_as("service.ma").post(f"/complaints/{number}/remarks", data={"note": "补充", "version": "1"})
    assert answer.status_code == 303
    assert events_of(number)[-1].said["note"] == "补充"


def test_two_at_the_very_same_time_and_one_wins(client_as: Client, case_in, events_of):
    number, start, answers = case_in("ruling"), Barrier(2), []

    def rule(noun: str) -> None:
        client = client_as("gm.zhou")
        start.wait()
        answer = client.post(f"/complaints/{number}/{noun}", data={"reason": f"理由：{noun}", "version": "4"})
        answers.append((answer.status_code, noun, answer.text))

    threads = [Thread(target=rule, args=(noun,)) for noun in ("upholding", "dismissal")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (won, *_), (lost, noun, text) = sorted(answers)
    assert (won, lost) == (303, 409)
    assert f"理由：{noun}" in text
    assert len(events_of(number)) == 5


def test_a_form_from_an_earlier_round_is_stale(client_as: Client, case_in, state_of, database: Database):
    """The state is the same again, but not the matter: between the two lay a remand and a new appeal."""
    number = case_in("ruling")
    with database.writing() as session:
        desk, complaint = Desk(session), session.scalars(Complaint.by_number(number)).one()
        desk.take("remand", complaint, "gm.zhou", reason="请补充")
        desk.take("appeal", complaint, "service.liu", grounds="补充如下")
        session.commit()
    answer = client_as("gm.zhou").post(f"/complaints/{number}/upholding", data={"reason": "成立", "version": "4"})
    assert answer.status_code == 409
    assert state_of(number) is S.RULING


def test_what_fell_due_happens_before_an_act(client_as: Client, case_in, state_of, clock: Clock):
    number = case_in("assigned")
    clock.now += 25 * HOUR
    answer = client_as("service.liu").post(
        f"/complaints/{number}/acceptance", data={"version": "2", "note": "我来处理"}
    )
    assert answer.status_code == 409
    assert "我来处理" in answer.text
    assert state_of(number) is S.HANDLING


def test_the_preview_shows_what_follows_and_changes_nothing(client_as: Client, case_in, state_of, events_of):
    number = case_in("ruling", severity=Severity.MAJOR)
    data = {"ruling": "uphold", "reason": "报价单经客户签字", "version": "4"}
    answer = client_as("gm.zhou").post(f"/complaints/{number}/ruling/preview", data=data)
    assert answer.status_code == 200
    for expected in ("马超", "+10.00", "+5.00", "报价单经客户签字", f"/complaints/{number}/upholding"):
        assert expected in answer.text
    assert state_of(number) is S.RULING
    assert len(events_of(number)) == 4


def test_in_english_what_follows_is_a_sentence(client_as: Client, case_in, database: Database):
    number = case_in("ruling")
    with database.writing() as session:
        session.scalars(select(Person).filter_by(username="gm.zhou")).one().language = "en"
        session.commit()
    data = {"ruling": "uphold", "reason": "Signed by the customer.", "version": "4"}
    text = client_as("gm.zhou").post(f"/complaints/{number}/ruling/preview", data=data).text
    assert "are taken back, and 林晓 or 孙悦 has until" in text
    assert "it is issued. The Complaint Form" in text


def test_what_was_done_is_told_without_a_gap_between_sentences(client_as: Client, case_in):
    number, client = case_in("assigned"), client_as("service.ma")
    client.post(f"/complaints/{number}/appeal", data={"grounds": "已出示报价单。"})
    assert "已办理：申诉。《申诉单》" in client.get(f"/complaints/{number}").text


LACKING: list[dict[str, str]] = [
    {"ruling": "uphold"},
    {"ruling": "dismiss", "reason": " "},
    {"ruling": "vary", "reason": "我的理由", "severity": "normal"},
    {"ruling": "vary", "reason": "我的理由", "respondent": "查无此人"},
    {"ruling": "vary", "reason": "我的理由", "severity": "unheard"},
    {"ruling": "accept", "reason": "我的理由"},
    {"reason": "我的理由"},
]


def test_a_ruling_that_lacks_something_comes_back_with_what_was_typed(client_as: Client, case_in, state_of):
    number, client = case_in("ruling"), client_as("gm.zhou")
    for said in LACKING:
        answer = client.post(f"/complaints/{number}/ruling/preview", data=said)
        assert answer.status_code == 422, said
        assert "invalid-feedback" in answer.text, said
        assert all(said.get(field, "").strip() in answer.text for field in ("reason", "respondent")), said
    assert state_of(number) is S.RULING


def test_from_the_preview_one_can_go_back_with_the_text(client_as: Client, case_in):
    number = case_in("ruling")
    data = {"ruling": "vary", "reason": "我的理由", "severity": "minor", "version": "4"}
    answer = client_as("gm.zhou").post(f"/complaints/{number}/ruling/revision", data=data)
    assert answer.status_code == 200
    assert "我的理由" in answer.text
    assert 'id="r-vary" value="vary" required checked' in answer.text


def test_a_withdrawal_is_previewed_too(client_as: Client, case_in, state_of):
    number = case_in("assigned")
    answer = client_as("cr.sun").post(f"/complaints/{number}/withdrawal/preview", data={"reason": "客户撤诉"})
    assert answer.status_code == 200
    assert f"/complaints/{number}/withdrawal" in answer.text
    assert state_of(number) is S.ASSIGNED


LATER, UNFIT = "2030-01-01T00:00", "已处罚马超"
REPORTED = {"result": "客户接受", "improvement_measures": "十分钟内接待"}

# What people and programs may send; none of it may break a page or get into the case unseen.
NASTY = {
    "empty": "",
    "blank": " \n\t ",
    "too long": "长" * 10_000,
    "direction": "正常\u202e文字",
    "control": "正常\x07文字",
}


@pytest.mark.parametrize(
    ("state", "user", "noun", "field"),
    [
        ("assigned", "service.ma", "appeal", "grounds"),
        ("appealed", "service.liu", "declining", "reason"),
        ("ruling", "gm.zhou", "upholding", "reason"),
        ("handling", "service.liu", "completion", "measures_taken"),
        ("resolved", "cr.sun", "follow-up", "note"),
    ],
)
def test_text_that_cannot_be_kept_is_refused_at_its_field(
    state: str, user: str, noun: str, field: str, client_as: Client, case_in, events_of
):
    number, client = case_in(state), client_as(user)
    for name, text in NASTY.items():
        answer = client.post(f"/complaints/{number}/{noun}", data={field: text})
        assert answer.status_code == 422, name
        assert f'-{field}-error"' in answer.text, name
        assert text.strip()[:20] in answer.text, name
    assert len(events_of(number)) == len(PATHS[state]) + 1


ODD = ("<script>alert(1)</script>", "𠮷野家 㐂 é 100℃", "''; DROP TABLE event; --", "{{ 7*7 }} %(x)s")


def test_odd_text_is_kept_and_shown_as_it_is(client_as: Client, case_in, events_of):
    number, client = case_in("ruling"), client_as("service.ma")
    for text in ODD:
        assert client.post(f"/complaints/{number}/remarks", data={"note": text}).status_code == 303
        assert events_of(number)[-1].said["note"] == text
    page = client.get(f"/complaints/{number}").text
    assert "<script>alert" not in page
    assert "𠮷野家" in page


@pytest.mark.parametrize(
    ("state", "user", "noun", "field"),
    [("ruling", "gm.zhou", "upholding", "reason"), ("handling", "service.liu", "completion", "measures_taken")],
)
def test_what_no_letter_can_print_is_named_before_it_is_issued(
    state: str, user: str, noun: str, field: str, client_as: Client, case_in, events_of
):
    number, client = case_in(state), client_as(user)
    answer = client.post(f"/complaints/{number}/{noun}", data={field: "车主满意👍，已处理。"})
    assert answer.status_code == 422
    assert f'-{field}-error"' in answer.text
    assert "👍 (U+1F44D)" in answer.text
    assert len(events_of(number)) == len(PATHS[state]) + 1


WRONG: list[tuple[str, str, str, dict[str, str], str]] = [
    ("filed", "cr.sun", "assignment", {"respondent": "查无此人"}, "respondent"),
    ("filed", "cr.sun", "assignment", {"department": "nowhere"}, "department"),
    ("filed", "cr.sun", "assignment", {"department": "sales", "respondent": "马超"}, "respondent"),
    ("handling", "service.liu", "completion", {"measures_taken": "x", "completed_at": LATER}, "completed_at"),
    ("handling", "service.liu", "completion", {"measures_taken": "x", "completed_at": "昨天"}, "completed_at"),
    ("handling", "service.liu", "completion", {"measures_taken": "x", "rework_cost": "1e99"}, "rework_cost"),
    ("handling", "service.liu", "completion", {"measures_taken": "x", "rework_cost": "-5"}, "rework_cost"),
    ("handling", "service.liu", "completion", {"measures_taken": "x", "rework_cost": "12.345"}, "rework_cost"),
    ("handled", "service.liu", "report", {**REPORTED, "improvement_due": "soon"}, "improvement_due"),
    ("handled", "service.liu", "report", {**REPORTED, "improvement_due": "0001-01-01"}, "improvement_due"),
    ("reported", "cr.sun", "verification", {"satisfaction": "9"}, "satisfaction"),
    ("reported", "cr.sun", "verification", {}, "satisfaction"),
    ("reported", "cr.sun", "verification", {"satisfaction": 5, "answer_to_customer": UNFIT}, "answer_to_customer"),
]  # fmt: skip


def test_a_wrong_value_is_refused_at_its_field(client_as: Client, case_in, events_of):
    for state, user, noun, said, field in WRONG:
        number = case_in(state)
        answer = client_as(user).post(f"/complaints/{number}/{noun}", data=said)
        assert answer.status_code == 422, (field, answer.text)
        assert f'-{field}-error"' in answer.text, field
        assert len(events_of(number)) == len(PATHS[state]) + 1


def test_a_forged_act_is_not_there(client_as: Client, case_in, state_of):
    number, client = case_in("ruling"), client_as("gm.zhou")
    for noun in ("lapse", "filing", "approval", "__class__", "upholding/extra", "ruling"):
        assert client.post(f"/complaints/{number}/{noun}").status_code in (404, 405), noun
    assert state_of(number) is S.RULING


def test_a_malformed_number_is_no_case(client_as: Client):
    client = client_as("cr.sun")
    for number in ("0-0", "2026", "٢٠٢٦-١", "2026-1' OR 1=1", "99999-1", "2026-99999999999"):
        assert client.get(f"/complaints/{number}").status_code == 404
        assert client.post(f"/complaints/{number}/assignment").status_code == 404


def test_files_come_with_an_appeal(client_as: Client, case_in, database: Database):
    number = case_in("assigned")
    data = {"grounds": "见报价单", "files": [(BytesIO(PNG), "报价单.png"), (BytesIO(b"%PDF-1.7 ..."), "b.pdf")]}
    assert client_as("service.ma").post(f"/complaints/{number}/appeal", data=data).status_code == 303
    with database.reading() as session:
        assert [file.name for file in session.scalars(select(Attachment))] == ["报价单.png", "b.pdf"]


def test_a_bad_file_is_named_and_the_good_one_is_not_lost(client_as: Client, case_in, database: Database):
    number = case_in("assigned")
    client = client_as("service.ma")
    data = {"grounds": "见附件", "files": [(BytesIO(PNG), "好.png"), (BytesIO(b"MZ\x90\x00 program"), "坏.png")]}
    answer = client.post(f"/complaints/{number}/appeal", data=data)
    assert answer.status_code == 422
    assert "坏.png" in answer.text and "见附件" in answer.text
    token = answer.text.partition('name="files_kept" value="')[2].partition('"')[0]
    again = client.post(f"/complaints/{number}/appeal", data={"grounds": "见附件", "files_kept": token})
    assert again.status_code == 303
    with database.reading() as session:
        assert [file.name for file in session.scalars(select(Attachment))] == ["好.png"]


def test_a_forged_token_brings_no_file(client_as: Client, case_in, database: Database):
    number = case_in("assigned")
    data = {"grounds": "见附件", "files_kept": "WzEsICJ4Il0.forged"}
    assert client_as("service.ma").post(f"/complaints/{number}/appeal", data=data).status_code == 303
    with database.reading() as session:
        assert session.scalars(select(Attachment)).all() == []


def test_everyone_concerned_may_remark_until_it_is_decided(client_as: Client, case_in, events_of):
    number = case_in("ruling")
    for user in ("service.ma", "service.liu", "gm.zhou", "cr.sun"):
        assert client_as(user).post(f"/complaints/{number}/remarks", data={"note": f"{user} 补充"}).status_code == 303
    assert [event.action for event in events_of(number)][-4:] == ["remark"] * 4
    decided = case_in("voided")
    assert client_as("service.ma").post(f"/complaints/{decided}/remarks", data={"note": "晚了"}).status_code == 409


def test_an_empty_remark_is_refused_at_its_field(client_as: Client, case_in):
    number = case_in("ruling")
    answer = client_as("service.ma").post(f"/complaints/{number}/remarks", data={"note": " "})
    assert answer.status_code == 422
    assert "remark-note-error" in answer.text


def test_the_head_finds_a_violation_and_the_respondent_does_not(client_as: Client, case_in, database: Database):
    number = case_in("handling")
    assert client_as("service.ma").post(f"/complaints/{number}/violation", data={"violation": "no"}).status_code == 403
    assert client_as("service.liu").post(f"/complaints/{number}/violation", data={}).status_code == 422
    assert (
        client_as("service.liu").post(f"/complaints/{number}/violation", data={"violation": "yes"}).status_code == 303
    )
    with database.reading() as session:
        assert session.scalars(Complaint.by_number(number)).one().violation is True


def test_the_answer_to_the_customer_is_prefilled_without_what_it_must_not_say(client_as: Client, database: Database):
    with database.writing() as session:
        desk = Desk(session)
        complaint = desk.complaint("handled")
        desk.take(
            "report",
            complaint,
            "service.liu",
            result="已退还多收的费用。已对马超处罚。客户接受。",
            improvement_measures="培训",
        )
        session.commit()
        number = complaint.number
    page = client_as("cr.sun").get(f"/complaints/{number}?act=verify").text
    answer = page.partition('name="answer_to_customer"')[2].partition("</textarea>")[0]
    assert "已退还多收的费用。客户接受。" in answer
    assert "马超" not in answer


def test_a_case_of_ones_own_is_decided_by_somebody_else(client_as: Client, database: Database):
    with database.writing() as session:
        number = Desk(session).complaint("assigned", respondent="service.liu").number
        session.commit()
    assert client_as("service.liu").post(f"/complaints/{number}/acceptance").status_code == 403
    assert client_as("gm.zhou").post(f"/complaints/{number}/acceptance").status_code == 303


@pytest.mark.parametrize(
    "amount", ["1e999997", "9e999999", "1e-1000030", "0" * 18 + "1280", "1.234", "NaN", "１e３", "-5"]
)
def test_an_amount_that_is_none_is_refused_at_once(amount: str, client_as: Client, case_in):
    number = case_in("handling")
    form = {"measures_taken": "致歉", "rework_cost": amount}
    answer = client_as("service.liu").post(f"/complaints/{number}/completion", data=form)
    assert (answer.status_code, '-rework_cost-error"' in answer.text) == (422, True)


def test_a_text_in_the_place_of_a_file_is_no_file(client_as: Client, case_in, state_of):
    number = case_in("assigned")
    answer = client_as("service.ma").post(
        f"/complaints/{number}/appeal", data={"grounds": "理由", "files": "x"}, content_type="multipart/form-data"
    )
    assert (answer.status_code, state_of(number)) == (303, S.APPEALED)
