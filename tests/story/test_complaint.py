"""A complaint's whole course: through the pages, the worker, the ledger and the paper of every letter."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from jobs import outbox, overdue
from models import EntryStatus, Order, OrderState, ScoreEntry
from tests.builders import HOUR, moment
from tests.story.conftest import Story
from workflow import audit

CUSTOMER = ("郑女士", "郑秀兰", "13800000021", "1380000", "沪A12345")
# What a customer is never told: who was concerned, and what became of them.
BETWEEN_US = ("马超", "处罚", "扣分", "申诉", "作废")
FILED = {
    "customer_name": "郑秀兰", "customer_phone": "13800000021", "vehicle": "沪A12345", "channel": "phone",
    "category": "service_attitude", "severity": "normal", "department": "after_sales", "respondent": "马超",
    "description": "郑女士预约后到店等候两小时，顾问马超没有接待。", "demand": "请给郑秀兰一个说法，电话 13800000021。",
}  # fmt: skip


@pytest.fixture
def closed(story: Story) -> Story:
    """From the call to the closed case and the call after it, with an appeal that fails."""
    clock = story.clock
    story.file("cr.sun", **FILED, then="assign")
    clock.now += 5 * HOUR
    story.act("service.ma", "appeal", grounds="当天接待了客户，有登记。")
    clock.now += HOUR
    story.act("service.liu", "endorsement", opinion="登记属实，郑秀兰在场。")
    clock.now = moment(3, 3, 10)
    story.act("gm.zhou", "dismissal", reason="郑女士等候两小时属实，申诉不成立。", violation="yes")
    clock.now = moment(3, 4, 10)
    story.act("service.liu", "completion", measures_taken="刘洋登门向郑女士致歉。")
    clock.now = moment(3, 4, 16)
    story.act(
        "service.liu", "report",
        result="郑女士接受。马超已扣分。", improvement_measures="预约客户到店十分钟内接待。", improvement_owner="马超",
    )  # fmt: skip
    clock.now = moment(3, 5, 10)
    story.act("cr.sun", "verification", satisfaction="4", answer_to_customer="预约客户到店十分钟内有人接待。")
    clock.now = moment(3, 9, 10)
    story.act("cr.sun", "follow-up", note="郑女士表示满意。")
    return story


def test_from_the_call_to_the_closed_case_every_step_has_its_letter_points_and_page(closed: Story):
    complaint = closed.complaint
    assert (complaint.state, complaint.clock) == ("resolved", None)
    assert [event.action for event in complaint.events] == [
        "file", "assign", "appeal", "endorse", "dismiss", "complete", "report", "verify", "follow_up",
    ]  # fmt: skip
    letters = closed.letters
    assert [letter.seq for letter in letters.values()] == list(range(1, 10))
    with closed.database.reading() as session:
        posted = {
            (entry.person.username if entry.person else entry.department.slug): (entry.points, entry.status)
            for entry in session.scalars(select(ScoreEntry))
        }
        assert posted == {"service.ma": (-5, EntryStatus.FINAL), "after_sales": (-2, EntryStatus.FINAL)}
        assert audit.first_bad_event(session) is None
    for reader in ("cr.sun", "service.ma", "service.liu", "gm.zhou"):
        assert "已结案" in closed.page(reader)
    closed.page("sales.wang", status=404)


def test_the_worker_makes_the_paper_of_every_letter_with_its_number_and_names(closed: Story):
    closed.let_the_worker_go_round()
    made = closed.sheets()
    assert {letter.kind for letter in closed.letters.values()} == {kind for kind, _sheet in made}
    names = {"complaint_record": ("郑秀兰", "孙悦"), "follow_up_record": ("郑秀兰", "孙悦")}
    for kind, letter in closed.letters.items():
        text = closed.copy_of(letter, "full")
        assert f"客诉〔2026〕{letter.seq}号" in text
        for name in names.get(kind, ("马超", "刘洋")):
            assert name in text, f"{name} in {kind}"
    closed.clock.now += timedelta(days=1)
    closed.let_the_worker_go_round()
    assert len(closed.sheets()) == len(made)
    with closed.database.reading() as session:
        assert {order.state for order in session.scalars(select(Order))} == {OrderState.DONE}


def test_no_letter_of_the_respondent_names_the_customer(closed: Story):
    for kind, letter in closed.letters.items():
        chinese, english = closed.copy_of(letter, "respondent"), closed.page_of(letter, "respondent", "en")
        assert [secret for secret in CUSTOMER if secret in chinese + english] == [], kind


def test_the_respondent_is_given_their_own_copy_and_no_other(closed: Story):
    letters = closed.letters
    text = closed.paper("service.ma", letters["ruling_letter"])
    assert "申诉不成立" in text
    assert [secret for secret in CUSTOMER if secret in text] == []
    assert "郑秀兰" in closed.paper("service.liu", letters["ruling_letter"])
    closed.paper("service.ma", letters["ruling_letter"], copy="full", status=404)
    closed.paper("service.ma", letters["resolution_letter"], copy="customer", status=404)
    closed.paper("service.ma", letters["complaint_record"], status=404)
    page = closed.page("service.ma")
    assert [secret for secret in CUSTOMER if secret in page] == []


def test_the_letter_to_the_customer_tells_the_outcome_and_nothing_of_the_staff(closed: Story):
    letter = closed.letters["resolution_letter"]
    text = closed.paper("cr.sun", letter, copy="customer")
    assert "尊敬的" in text and "预约客户到店十分钟内有人接待" in text
    assert [word for word in BETWEEN_US if word in text] == []
    assert "13800000021" not in text
    english = closed.page_of(letter, "customer", "en")
    assert re.findall(r"马超|[Pp]enal|[Aa]ppeal|[Vv]oid", english.partition("<body")[2]) == []


def test_an_unanswered_complaint_lapses_at_its_moment_though_nothing_ran(story: Story):
    story.file("cr.sun", **FILED, then="assign")
    due = story.complaint.due_at
    assert due == moment(3, 3, 9)
    overdue.carry_out_due(story.database, moment(3, 2, 12))  # the months that were to be computed before
    story.clock.now = moment(3, 5, 8)
    assert overdue.carry_out_due(story.database, story.clock.now) == 1
    assert overdue.carry_out_due(story.database, story.clock.now) == 0
    outbox.carry_out(story.database, story.clock.now, settings=story.settings)
    lapse = story.complaint.events[-1]
    assert (lapse.action, lapse.at, lapse.actor_id) == ("lapse", due, None)
    notice = story.letters["lapse_notice"]
    assert notice.issued_at == due
    text = story.copy_of(notice, "full")
    assert "2026年3月3日" in text and "2026年3月5日" not in text
    with story.database.reading() as session:
        of_head = session.scalars(select(ScoreEntry).where(ScoreEntry.event_id == lapse.id)).all()
        assert [(entry.person.username, entry.points) for entry in of_head if entry.person] == [("service.liu", -2)]
    assert "逾期视为受理" in story.page("service.liu")
    story.act("service.ma", "appeal", grounds="我当时在外地。", status=409)


def test_whoever_acts_first_after_the_night_finds_what_fell_due_carried_out(story: Story):
    story.file("cr.sun", **FILED, then="assign")
    story.clock.now = moment(3, 5, 8)
    page = story.act("service.ma", "appeal", grounds="我当时在外地，登记可以核对。", status=409)
    assert "我当时在外地，登记可以核对。" in page
    assert story.complaint.events[-1].at == moment(3, 3, 9)
    assert story.complaint.state == "handling"


def test_a_void_form_is_made_again_with_its_mark_and_the_first_paper_stays(story: Story):
    story.file("cr.sun", **FILED, then="assign")
    story.let_the_worker_go_round()
    form = story.letters["complaint_form"]
    assert "作废，自始无效" not in story.paper("service.liu", form)
    story.act("service.ma", "appeal", grounds="已出示报价单。")
    story.act("service.liu", "endorsement", opinion="属实")
    story.act("gm.zhou", "upholding", reason="申诉成立。")
    story.let_the_worker_go_round()
    certificate = story.letters["void_certificate"]
    for reader in ("service.liu", "service.ma"):
        text = story.paper(reader, form)
        assert f"本单已由客诉〔2026〕{certificate.seq}号《客诉单作废裁决书》作废，自始无效。" in text
    kept = [(sheet.copy, sheet.voided) for kind, sheet in story.sheets() if kind == "complaint_form"]
    assert {("full", False), ("full", True), ("respondent", False), ("respondent", True)} <= set(kept)
    with story.database.reading() as session:
        assert sum(entry.points for entry in session.scalars(select(ScoreEntry))) == 0
    assert "100" in story.page("service.ma", "/me")
