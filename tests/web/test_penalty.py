"""The page of a penalty: who sees what of it, and every act through its form."""

import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from threading import Barrier, Thread

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Complaint, Database, Event, LadderStep, Letter, MoneyEntry, Penalty, PenaltyState
from tests.builders import MONDAY, PENALTY_PATHS, Desk
from tests.conftest import Clock
from tests.penalties import FACTS, MORE, UNION, third
from web import letter_rows
from web.penalty_offers import NOUNS
from workflow import remark

S = PenaltyState
Client = Callable[[str], FlaskClient]

# From which state each act leads, by whom, with what its form says, and to which state.
ACTS: list[tuple[str, str, str, dict[str, str], PenaltyState]] = [
    ("proposed", "service.ma", "defence", {"statement": "当天由他人交车。"}, S.HEARD),
    ("proposed", "service.ma", "waiver", {}, S.HEARD),
    ("heard", "service.liu", "submission", {"opinion": "属实"}, S.SUBMITTED),
    ("heard", "service.liu", "dropping", {"reason": "情节轻微"}, S.DROPPED),
    ("submitted", "gm.zhou", "approval", {"opinion": "同意"}, S.ISSUED),
    ("submitted", "gm.zhou", "rejection", {"reason": "证据不足"}, S.DROPPED),
    ("issued", "service.ma", "appeal", {"grounds": "检查单已填写。"}, S.APPEALED),
    ("appealed", "gm.zhou", "revocation", {"reason": "申诉成立"}, S.REVOKED),
    ("appealed", "gm.zhou", "sustaining", {"reason": "事实清楚"}, S.FINAL),
]


@pytest.fixture
def penalty_in(staged: Callable[..., str]) -> Callable[..., str]:
    """The number of a penalty of service.ma that came to a state."""
    return partial(staged, a_penalty)


def a_penalty(session: Session, state: str, **changes) -> str:
    return Desk(session).penalty(state, **changes).number


@pytest.fixture
def third_in(staged: Callable[..., str]) -> Callable[..., str]:
    """The number of the third penalty, which would be the dismissal."""
    return partial(staged, the_third)


def the_third(session: Session, state: str = "submitted", **changes) -> str:
    return third(Desk(session), state, **changes).number


@pytest.fixture
def read(database: Database) -> Callable[[str], Penalty]:
    def found(number: str) -> Penalty:
        with database.reading() as session:
            return session.scalars(Penalty.by_number(number)).one()

    return found


@pytest.fixture
def events_of(database: Database) -> Callable[[str], list[Event]]:
    def events(number: str) -> list[Event]:
        with database.reading() as session:
            penalty = session.scalars(Penalty.by_number(number)).one()
            return list(session.scalars(select(Event).filter_by(penalty_id=penalty.id).order_by(Event.seq)))

    return events


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


# --- acting


@pytest.mark.parametrize(("state", "user", "noun", "said", "then"), ACTS, ids=lambda value: str(value)[:20])
def test_every_act_leads_on_and_comes_back_to_the_case(
    state: str, user: str, noun: str, said: dict[str, str], then: PenaltyState, client_as: Client, penalty_in, read
):
    number = penalty_in(state)
    version = str(len(PENALTY_PATHS[state]) + 1)
    answer = client_as(user).post(f"/penalties/{number}/{noun}", data={**said, "version": version})
    assert answer.status_code == 303, answer.text
    assert answer.location == f"/penalties/{number}#main"
    assert read(number).state is then
    assert client_as(user).get(f"/penalties/{number}").status_code == 200


@pytest.mark.parametrize(("state", "user", "noun", "said", "then"), ACTS, ids=lambda value: str(value)[:20])
def test_an_act_of_another_role_is_refused_and_changes_nothing(
    state: str, user: str, noun: str, said: dict[str, str], then: PenaltyState, client_as: Client, penalty_in, events_of
):
    number = penalty_in(state)
    other = "gm.zhou" if user != "gm.zhou" else "service.liu"
    answer = client_as(other).post(f"/penalties/{number}/{noun}", data=said)
    assert answer.status_code == 403, answer.text
    assert len(events_of(number)) == len(PENALTY_PATHS[state]) + 1


def test_for_a_stranger_no_penalty_is_there(client_as: Client, penalty_in):
    number, stranger = penalty_in("submitted"), client_as("sales.chen")
    assert stranger.get(f"/penalties/{number}").status_code == 404
    for noun in (*NOUNS, "decision/preview", "decision/revision", "remarks", "protection", "union-notice"):
        theirs, missing = (
            stranger.post(f"/penalties/{which}/{noun}", data={"reason": "x"}) for which in (number, "2026-999")
        )
        assert theirs.status_code == missing.status_code == 404, noun


@pytest.mark.parametrize("number", ["0000-0", "2026-999", "abc", "2026-1-1", "9" * 40, "２０２６-1"])
def test_a_number_that_names_nothing_is_not_found(client_as: Client, number: str):
    assert client_as("gm.zhou").get(f"/penalties/{number}").status_code == 404


def test_the_wrong_moment_is_told_with_what_has_happened(client_as: Client, penalty_in, read):
    number = penalty_in("dropped")
    answer = client_as("gm.zhou").post(f"/penalties/{number}/rejection", data={"reason": "我写的理由"})
    assert answer.status_code == 409
    assert "刘洋" in answer.text
    assert "我写的理由" in answer.text
    assert f"处罚 {number}" in answer.text
    assert read(number).state is S.DROPPED


def test_the_second_of_two_presses_finds_the_case_moved_on(client_as: Client, penalty_in, events_of):
    number, client = penalty_in("submitted"), client_as("gm.zhou")
    data = {"opinion": "同意", "version": "3"}
    assert client.post(f"/penalties/{number}/approval", data=data).status_code == 303
    again = client.post(f"/penalties/{number}/approval", data=data)
    assert again.status_code == 409
    assert len(events_of(number)) == 4


def test_two_at_the_very_same_time_and_one_wins(client_as: Client, penalty_in, events_of):
    number, start, answers = penalty_in("submitted"), Barrier(2), []

    def decide(noun: str) -> None:
        client = client_as("gm.zhou")
        start.wait()
        answer = client.post(f"/penalties/{number}/{noun}", data={"reason": f"理由：{noun}", "version": "3"})
        answers.append(answer.status_code)

    threads = [Thread(target=decide, args=(noun,)) for noun in ("approval", "rejection")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [303, 409]
    assert len(events_of(number)) == 4


def test_a_remark_is_not_what_moved_the_case(client_as: Client, penalty_in):
    number = penalty_in("appealed")
    assert client_as("hr.qian").post(f"/penalties/{number}/remarks", data={"note": "补充"}).status_code == 303
    answer = client_as("gm.zhou").post(f"/penalties/{number}/approval", data={})
    assert answer.status_code == 409
    assert "马超" in answer.text
    assert "钱芳" not in answer.text


def test_a_remark_meanwhile_does_not_make_a_form_stale(client_as: Client, penalty_in, read):
    number = penalty_in("submitted")
    assert client_as("service.ma").post(f"/penalties/{number}/remarks", data={"note": "补充"}).status_code == 303
    answer = client_as("gm.zhou").post(f"/penalties/{number}/approval", data={"version": "3"})
    assert answer.status_code == 303
    assert read(number).state is S.ISSUED


def test_what_fell_due_happens_before_an_act(client_as: Client, penalty_in, read, clock: Clock):
    number = penalty_in("issued")
    clock.now = clock.now.replace(day=20)
    answer = client_as("service.ma").post(f"/penalties/{number}/appeal", data={"grounds": "迟到的申诉", "version": "4"})
    assert answer.status_code == 409
    assert "迟到的申诉" in answer.text
    assert read(number).state is S.FINAL


@pytest.mark.parametrize(
    ("state", "user", "noun"),
    [
        ("proposed", "service.ma", "defence"),
        ("heard", "service.liu", "dropping"),
        ("submitted", "gm.zhou", "rejection"),
        ("issued", "service.ma", "appeal"),
        ("appealed", "gm.zhou", "revocation"),
        ("appealed", "gm.zhou", "sustaining"),
    ],
)
def test_a_form_without_its_words_comes_back(client_as: Client, penalty_in, read, state: str, user: str, noun: str):
    number = penalty_in(state)
    answer = client_as(user).post(f"/penalties/{number}/{noun}", data={"reason": " ", "grounds": "", "statement": "\n"})
    assert answer.status_code == 422
    assert "invalid-feedback" in answer.text
    assert read(number).state == state


def test_a_text_beyond_sense_and_markup_are_kept_as_they_were_typed(client_as: Client, penalty_in, read):
    number, client = penalty_in("proposed"), client_as("service.ma")
    answer = client.post(f"/penalties/{number}/defence", data={"statement": "字" * 5_001})
    assert answer.status_code == 422
    assert "字" * 5_001 in answer.text
    assert client.post(f"/penalties/{number}/defence", data={"statement": "<script>x</script>"}).status_code == 303
    page = client.get(f"/penalties/{number}").text
    assert "&lt;script&gt;x&lt;/script&gt;" in page
    assert "<script>x" not in page


# --- deciding in two steps


def test_the_preview_shows_what_follows_and_changes_nothing(client_as: Client, penalty_in, read, events_of):
    number = penalty_in("submitted")
    data = {"decision": "approve", "opinion": "同意处罚", "version": "3"}
    answer = client_as("gm.zhou").post(f"/penalties/{number}/decision/preview", data=data)
    assert answer.status_code == 200, answer.text
    told = words(answer.text)
    for expected in (
        "马超",
        "高峰",
        "−5",
        "−2",
        "罚款 −50.00 元",
        "同意处罚",
        "第一次",
    ):
        assert expected in told
    assert re.search("马超可在 ?3月.{,20} 前申诉", told), told
    assert f"/penalties/{number}/approval" in answer.text
    assert read(number).state is S.SUBMITTED
    assert len(events_of(number)) == 3


def test_the_preview_of_a_revocation_names_what_is_regraded(client_as: Client, database: Database):
    with database.writing() as session:
        desk = Desk(session)
        first, second = desk.penalty("appealed"), desk.penalty("issued", facts="另一件事")
        numbers = first.number, second.number
        session.commit()
    data = {"decision": "revoke", "reason": "申诉成立"}
    answer = client_as("gm.zhou").post(f"/penalties/{numbers[0]}/decision/preview", data=data)
    assert answer.status_code == 200, answer.text
    told = words(answer.text)
    assert f"处罚 {numbers[1]}：第二次 → 第一次" in told
    assert "退还 50.00 元" in told
    with database.reading() as session:
        assert session.scalars(Penalty.by_number(numbers[1])).one().step == "second"


@pytest.mark.parametrize(
    "said", [{}, {"decision": "lapse"}, {"decision": "reject"}, {"decision": "reject", "reason": " "}]
)
def test_a_decision_that_lacks_something_comes_back(client_as: Client, penalty_in, read, said: dict[str, str]):
    number = penalty_in("submitted")
    answer = client_as("gm.zhou").post(f"/penalties/{number}/decision/preview", data={"opinion": "已写的意见", **said})
    assert answer.status_code == 422
    assert "invalid-feedback" in answer.text
    assert "已写的意见" in answer.text
    assert read(number).state is S.SUBMITTED


def test_from_the_preview_one_can_go_back_with_the_text(client_as: Client, penalty_in):
    number = penalty_in("submitted")
    data = {"decision": "reject", "reason": "我的理由", "version": "3"}
    answer = client_as("gm.zhou").post(f"/penalties/{number}/decision/revision", data=data)
    assert answer.status_code == 200
    assert "我的理由" in answer.text
    assert 'value="reject" required checked' in answer.text


# --- the dismissal


def test_a_dismissal_is_examined_and_open_items_cost_a_reason(client_as: Client, third_in, read, events_of):
    number, manager = third_in(), client_as("gm.zhou")
    page = words(manager.get(f"/penalties/{number}").text)
    for expected in ("解除审查", "6 项已核对 2 项", "未决", "批准解除", "自知悉起 5 个月内", "须经律师核对", UNION):
        assert expected in page
    without = manager.post(f"/penalties/{number}/decision/preview", data={"decision": "approve"})
    assert without.status_code == 422
    data = {"decision": "approve", "open_reason": "已当面核实。", "ends_on": "2026-03-10"}
    preview = manager.post(f"/penalties/{number}/decision/preview", data=data)
    assert preview.status_code == 200, preview.text
    assert "2026年3月10日" in preview.text
    assert manager.post(f"/penalties/{number}/approval", data=data).status_code == 303
    assert read(number).step == "dismissal"
    assert events_of(number)[-1].said["open_reason"] == "已当面核实。"
    page = words(manager.get(f"/penalties/{number}").text)
    assert "批准时已记录" in page
    assert "已当面核实。" in page


@pytest.mark.parametrize("day", ["2026-02-30", "2025-01-01", "2027-01-01", "明天"])
def test_a_last_day_without_sense_is_refused_at_its_field(client_as: Client, third_in, read, day: str):
    number = third_in()
    data = {"decision": "approve", "open_reason": "理由", "ends_on": day}
    answer = client_as("gm.zhou").post(f"/penalties/{number}/decision/preview", data=data)
    assert answer.status_code == 422
    assert "approve-ends_on-error" in answer.text
    assert day in answer.text
    assert read(number).state is S.SUBMITTED


def test_a_dismissal_is_not_submitted_without_the_unions_notice(client_as: Client, third_in, read):
    number, head = third_in("heard"), client_as("service.liu")
    answer = head.post(f"/penalties/{number}/submission", data={"opinion": "属实"})
    assert answer.status_code == 422
    assert "submit-union_notice-error" in answer.text
    assert head.post(f"/penalties/{number}/submission", data={"union_notice": UNION}).status_code == 303
    assert read(number).union_notice == UNION


def test_human_resources_fill_in_what_is_open(client_as: Client, third_in, read):
    number, officer = third_in(), client_as("hr.qian")
    assert "特殊保护核查" in officer.get(f"/penalties/{number}").text
    empty = officer.post(f"/penalties/{number}/protection", data={"finding": ""})
    assert empty.status_code == 422
    assert officer.post(f"/penalties/{number}/protection", data={"finding": "未见特殊保护"}).status_code == 303
    assert officer.post(f"/penalties/{number}/union-notice", data={"union_notice": "补充答复"}).status_code == 303
    found = read(number)
    assert (found.protection, found.union_notice) == ("未见特殊保护", "补充答复")
    assert client_as("service.liu").post(f"/penalties/{number}/protection", data={"finding": "x"}).status_code == 403


def test_the_dismissed_read_and_appeal_and_human_resources_certify(client_as: Client, third_in, read):
    number = third_in("issued")
    gone = client_as("service.ma")
    assert gone.get("/penalties").status_code == 200
    page = gone.get(f"/penalties/{number}")
    assert page.status_code == 200
    assert "如有异议" in page.text
    assert client_as("hr.qian").post(f"/penalties/{number}/certificate").status_code == 303
    answer = gone.post(f"/penalties/{number}/appeal", data={"grounds": "程序有误"})
    assert answer.status_code == 303, answer.text
    assert read(number).state is S.APPEALED
    assert gone.post(f"/penalties/{number}/remarks", data={"note": "再补充"}).status_code == 403


@pytest.fixture
def regraded(staged: Callable[..., str]) -> str:
    """A dismissal that was regraded, because the first of three was revoked; it waits for a word on reinstatement."""
    return staged(a_regraded_dismissal)


def a_regraded_dismissal(session: Session) -> str:
    desk = Desk(session, MONDAY - timedelta(days=30))
    first = desk.penalty("appealed", facts="第一件事。")
    desk.penalty("issued", facts="第二件事。")
    desk.now = MONDAY
    dismissal = desk.propose(facts="第三件事。")
    for by, action, inputs in PENALTY_PATHS["issued"]:
        desk.decide(action, dismissal, by, **{**inputs, **MORE.get(action, {})})
    desk.decide("revoke", first, "gm.zhou", reason="申诉成立")
    return dismissal.number


@pytest.mark.parametrize(("answer", "told"), [("yes", "自即日起恢复岗位"), ("no", "维持解除")])
def test_a_regraded_dismissal_waits_for_a_word_on_reinstatement(
    client_as: Client, regraded: str, read, events_of, answer: str, told: str
):
    manager = client_as("gm.zhou")
    page = words(manager.get(f"/penalties/{regraded}").text)
    assert "决定是否复职" in page
    assert "重新定级为“第二次”" in page
    assert re.search(r"第一次 *处罚〔2026〕\d+号.{1,20}第二次 *处罚〔2026〕\d+号", page), "as it was examined"
    data = {"decision": "reinstate", "reason": "前一次已撤销"}
    undecided = manager.post(f"/penalties/{regraded}/decision/preview", data=data)
    assert undecided.status_code == 422
    preview = manager.post(f"/penalties/{regraded}/decision/preview", data={**data, "reinstated": answer})
    assert told in words(preview.text)
    done = manager.post(f"/penalties/{regraded}/reinstatement", data={**data, "reinstated": answer})
    assert done.status_code == 303, done.text
    assert read(regraded).reinstatement_due_at is None
    assert events_of(regraded)[-1].said["reinstated"] is (answer == "yes")


@pytest.mark.usefixtures("regraded")
def test_every_letter_of_a_regraded_dismissal_can_be_read(client_as: Client, database: Database):
    with database.reading() as session:
        of_penalty = select(Letter).join(Letter.event).join(Event.penalty).where(Penalty.step == LadderStep.SECOND)
        letters = {letter.kind: letter_rows.key_of(letter) for letter in session.scalars(of_penalty)}
    pages = {kind: client_as("gm.zhou").get(f"/letters/{key}") for kind, key in letters.items()}
    assert {page.status_code for page in pages.values()} == {200}
    assert "应决定是否复职" in words(pages["regrade_notice"].text)


def test_a_letters_page_says_of_the_examination_what_the_letter_says(client_as: Client, third_in, database: Database):
    third_in("issued")
    with database.reading() as session:
        letter = session.scalars(select(Letter).where(Letter.kind == "dismissal_notice")).one()
        key, told = letter_rows.key_of(letter), letter.content["exam"]["items"]
    page = words(client_as("gm.zhou").get(f"/letters/{key}").text)
    assert page.count("· 待定") == sum(item["is_open"] for item in told) > 0
    assert page.count("· 已核") == sum(not item["is_open"] for item in told) > 0


# --- what the page shows


def test_the_bar_counts_the_days_as_the_page_does(client_as: Client, penalty_in):
    page = client_as("service.ma").get(f"/penalties/{penalty_in('issued')}").text
    left = re.search(r'class="gd-big">还剩 (\d+ 个工作日)<', page)
    assert left is not None
    assert re.search(rf'class="gd-bar-clock"><b>剩 {left[1]}</b>', page)


def test_the_step_comes_with_its_reasons(client_as: Client, database: Database):
    with database.writing() as session:
        desk = Desk(session)
        desk.penalty("issued")
        number = desk.penalty("submitted", facts="第二件事").number
        session.commit()
    page = words(client_as("gm.zhou").get(f"/penalties/{number}").text)
    assert "马超：拟第二次处罚" in page
    assert "第二次：本台阶上有 1 项有效处罚，处罚〔2026〕4号（3月2日）。" in page
    assert "本次若批准：第二次" in page


def test_the_respondent_reads_no_leaders_part_and_no_customer(client_as: Client, database: Database):
    with database.writing() as session:
        desk = Desk(session)
        complaint = desk.complaint("handling")
        remark.find_violation(
            Complaint.locked(session, complaint.id), by=desk.actor("service.liu"), at=desk.now, violation=True
        )
        session.flush()
        facts = "郑女士（13800000001）等候两小时。"
        number = desk.penalty("issued", complaint=complaint, facts=facts).number
        session.commit()
    own, manager = (words(client_as(user).get(f"/penalties/{number}").text) for user in ("service.ma", "gm.zhou"))
    for hidden in ("高峰", "郑女士", "13800000001"):
        assert hidden not in own, hidden
    assert "高峰" in manager
    assert "郑女士" in manager
    assert "13800000001" not in manager
    assert "对您意味着什么" in own
    officer = words(client_as("hr.qian").get(f"/penalties/{number}").text)
    assert "郑女士" not in officer


@pytest.mark.parametrize("state", ["proposed", "heard", "submitted", "issued", "appealed", "final", "settled",
                                   "revoked", "dropped"])  # fmt: skip
@pytest.mark.parametrize("user", ["service.ma", "service.liu", "gm.zhou", "hr.qian"])
@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
def test_every_state_has_a_page_in_both_languages(
    client_as: Client, penalty_in, database: Database, state: str, user: str, language: str
):
    number = penalty_in(state)
    with database.writing() as session:
        Desk(session).person(user).language = language
        session.commit()
    answer = client_as(user).get(f"/penalties/{number}")
    assert answer.status_code == 200
    assert FACTS[:8] in answer.text or "未按流程" in answer.text


def test_a_reading_changes_nothing(client_as: Client, third_in, database: Database):
    number = third_in()

    def counted() -> list[int]:
        with database.reading() as session:
            return [len(session.scalars(select(table)).all()) for table in (Event, Letter, MoneyEntry)]

    before = counted()
    client_as("gm.zhou").get(f"/penalties/{number}")
    client_as("gm.zhou").post(f"/penalties/{number}/decision/preview", data={"decision": "reject", "reason": "x"})
    assert counted() == before
