"""The month's pages: who finds them, what each role does there, what is told of those who were left out."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from models import Database, Deputation, Event, Letter, Notice, Person, Scorecard, ScorecardQuestion, ScorecardState
from tests.builders import Desk, moment
from tests.workflow.test_reward_money import granted
from web import letter_rows

As = Callable[[str], FlaskClient]
MARCH = "/months/2026-03"
ROLES = ("service.liu", "hr.qian", "gm.zhou", "deputy.he")
STRANGERS = ("service.ma", "cr.sun", "admin.root")


def march(session: Session) -> None:
    Desk(session).complaint("handling")
    Desk(session, moment(4, 10)).close("compute", "")


@pytest.fixture(autouse=True)
def april(staged: Callable[..., None], clock) -> None:
    """11 April: March is computed; ma has lost five points."""
    staged(march)
    clock.now = moment(4, 11)


def go_on(database: Database, *acts: tuple[str, str]) -> None:
    with database.writing() as session:
        for by, action in acts:
            Desk(session, moment(4, 11)).close(action, by)
        session.commit()


def card(database: Database, username: str = "service.ma") -> Scorecard:
    with database.reading() as session:
        of_person = select(Scorecard).join(Person, Person.id == Scorecard.person_id).where(Person.username == username)
        return session.scalars(of_person.where(Scorecard.month == "2026-03")).one()


def key(database: Database, username: str = "service.ma") -> int:
    return card(database, username).person_id


@pytest.mark.parametrize("username", STRANGERS)
@pytest.mark.parametrize("path", ["/months", MARCH, f"{MARCH}/cards", f"{MARCH}/cards/sales.wang"])
def test_strangers_find_no_month(client_as: As, username: str, path: str) -> None:
    assert client_as(username).get(path).status_code == 404


@pytest.mark.parametrize("username", STRANGERS)
def test_strangers_act_on_no_month(client_as: As, database: Database, username: str) -> None:
    assert client_as(username).post(f"{MARCH}/review", data={"department": "after_sales"}).status_code == 404
    assert card(database).state is ScorecardState.COMPUTED


@pytest.mark.parametrize("username", ROLES)
def test_each_of_the_four_roles_has_the_month(client_as: As, username: str) -> None:
    client = client_as(username)
    assert client.get("/months").location == MARCH
    page = client.get(MARCH)
    assert page.status_code == 200
    assert "月度考核" in page.text


def test_a_head_sees_the_own_department_and_nobody_elses(client_as: As) -> None:
    page = client_as("service.liu").get(MARCH).text
    assert "售后服务部" in page
    assert "销售部" not in page
    assert client_as("service.liu").get(f"{MARCH}/cards/sales.wang").status_code == 404
    assert "王强" not in client_as("service.liu").get(f"{MARCH}/cards?department=sales").text


@pytest.mark.parametrize("path", ["/months/2026-13", "/months/x", "/months/2026-3", f"{MARCH}/cards?department=none",
                                  f"{MARCH}/cards/nobody"])  # fmt: skip
def test_what_is_no_month_is_not_there(client_as: As, path: str) -> None:
    assert client_as("gm.zhou").get(path).status_code == 404


def test_the_head_reviews_the_department_and_hears_who_is_left(client_as: As, database: Database) -> None:
    client, ma = client_as("service.liu"), key(database)
    page = client.get(f"{MARCH}/cards?department=after_sales&act=review").text
    assert "评审 2 份考核表" in page
    answer = client.post(
        f"{MARCH}/review", follow_redirects=True,
        data={"department": "after_sales", "note": "核对一致", f"factor-{ma}": "1.05", f"reason-{ma}": "改进明显"},
    )  # fmt: skip
    assert "2 份考核表已评审" in answer.text
    assert "未办理 1 人（刘洋）" in answer.text
    assert (card(database).state, str(card(database).factor)) == (ScorecardState.REVIEWED, "1.05")


@pytest.mark.parametrize(("factor", "reason"), [("1.05", ""), ("1.055", "理由"), ("zwei", "理由"), ("-1", "理由")])
def test_a_wrong_factor_is_told_and_nothing_typed_is_lost(
    client_as: As, database: Database, factor: str, reason: str
) -> None:
    ma = key(database)
    data = {"department": "after_sales", "act": "review", "note": "请看", f"factor-{ma}": factor,
            f"reason-{ma}": reason}  # fmt: skip
    answer = client_as("service.liu").post(f"{MARCH}/review", data=data)
    assert answer.status_code == 422
    assert f'value="{factor}"' in answer.text
    assert "请看" in answer.text
    assert "马超" in answer.text
    assert card(database).state is ScorecardState.COMPUTED


def test_a_wrong_factor_on_the_card_is_told_there(client_as: As, database: Database) -> None:
    ma = key(database)
    answer = client_as("service.liu").post(f"{MARCH}/review", data={"person": "service.ma", f"factor-{ma}": "1.2"})
    assert answer.status_code == 422
    assert "马超" in answer.text


@pytest.mark.parametrize(
    ("username", "noun", "status"),
    [("service.liu", "verification", 409), ("service.liu", "approval", 409), ("hr.qian", "review", 403),
     ("gm.zhou", "approval", 409), ("hr.qian", "payment", 409), ("service.liu", "computing", 403)],
)  # fmt: skip
def test_the_wrong_role_or_moment_changes_nothing(
    client_as: As, database: Database, username: str, noun: str, status: int
) -> None:
    answer = client_as(username).post(f"{MARCH}/{noun}", data={"department": "after_sales"})
    assert answer.status_code == status
    assert card(database).state is ScorecardState.COMPUTED


def test_a_head_acts_on_no_other_department(client_as: As, database: Database) -> None:
    answer = client_as("sales.chen").post(f"{MARCH}/review", data={"department": "after_sales"})
    assert answer.status_code == 403
    assert client_as("sales.chen").post(f"{MARCH}/review", data={"person": "service.ma"}).status_code in (403, 404)


def test_the_month_goes_from_hand_to_hand_until_it_is_paid(client_as: As, database: Database) -> None:
    client_as("service.liu").post(f"{MARCH}/review", data={"department": "after_sales"})
    verified = client_as("hr.qian").post(f"{MARCH}/verification", data={}, follow_redirects=True)
    assert "2 份考核表已核实" in verified.text
    page = client_as("gm.zhou").get(f"{MARCH}/cards?act=approve").text
    assert "批准 2 份考核表并关账" in page
    client_as("gm.zhou").post(f"{MARCH}/approval", data={})
    assert card(database).is_closed
    paid = client_as("hr.qian").post(f"{MARCH}/payment", data={}, follow_redirects=True)
    assert "2 份绩效工资已发放" in paid.text
    assert "已发放</span>" in client_as("service.ma").get(f"{MARCH}/mine").text


@pytest.mark.parametrize(("of", "factor"), [("²", "0.90"), ("9" * 20, "0.90"), ("{key}", "sNaN"), ("-1", "0.90")])
def test_a_factor_that_is_none_is_told_and_changes_nothing(
    client_as: As, database: Database, of: str, factor: str
) -> None:
    row = of.format(key=key(database))
    data = {"person": "service.ma", f"factor-{row}": factor, f"reason-{row}": "参加抢修"}
    answer = client_as("service.liu").post(f"{MARCH}/review", data=data)
    assert answer.status_code == 422
    assert card(database).state is ScorecardState.COMPUTED


def test_whoever_stands_in_for_a_head_does_not_read_the_heads_card(client_as: As, database: Database) -> None:
    with database.writing() as session:
        desk = Desk(session, moment(4, 11))
        away = {"since": moment(4, 10), "until": moment(4, 20), "is_standing": False}
        session.add(Deputation(principal=desk.person("service.liu"), deputy=desk.person("service.ma"), **away))
        session.commit()
    deputy = client_as("service.ma")
    assert deputy.get(f"{MARCH}/cards/service.gao").status_code == 200
    assert deputy.get(f"{MARCH}/cards/service.liu").status_code == 404
    assert "cards/service.liu" not in deputy.get(f"{MARCH}/cards").text


def test_a_mark_that_turns_the_writing_is_not_kept(client_as: As, database: Database) -> None:
    go_on(database, ("service.liu", "review"))
    client_as("hr.qian").post(f"{MARCH}/return", data={"person": "service.ma", "reason": "请核\u202e对"})
    with database.reading() as session:
        last = session.scalars(select(Event).where(Event.scorecard_id == card(database).id).order_by(Event.id)).all()[
            -1
        ]
    assert last.said["reason"] == "请核对"


def test_a_card_is_given_back_with_a_reason(client_as: As, database: Database) -> None:
    go_on(database, ("service.liu", "review"))
    client = client_as("hr.qian")
    assert client.post(f"{MARCH}/return", data={"person": "service.ma"}).status_code == 422
    answer = client.post(
        f"{MARCH}/return", data={"person": "service.ma", "reason": "请核对第1项"}, follow_redirects=True
    )
    assert "请核对第1项" in answer.text
    assert card(database).state is ScorecardState.COMPUTED


def test_a_card_names_whom_it_waits_for_and_the_reader_as_you(client_as: As) -> None:
    told = "尚未定稿，还要逐级办理。现在等%s办理。"
    assert told % "刘洋" in client_as("hr.qian").get(f"{MARCH}/cards/service.ma").text
    assert told % "您" in client_as("service.liu").get(f"{MARCH}/cards/service.ma").text


def test_cards_past_the_step_are_not_named_when_the_department_is_done_again(client_as: As, database: Database) -> None:
    go_on(database, ("service.liu", "review"))
    client_as("hr.qian").post(f"{MARCH}/return", data={"person": "service.ma", "reason": "请核对第1项"})
    answer = client_as("service.liu").post(
        f"{MARCH}/review", data={"department": "after_sales", "note": ""}, follow_redirects=True
    )
    assert "1 份考核表已评审" in answer.text
    assert "未办理 1 人（刘洋）" in answer.text
    assert answer.text.count("未办理 ") == 1


def test_one_reads_the_own_card_before_it_is_final(client_as: As) -> None:
    page = client_as("service.ma").get(f"{MARCH}/mine").text
    assert "95 分，绩效工资 1,900.00 元" in page
    assert "2,000.00 × 95.00 ÷ 100 × 1.00" in page
    assert "尚未定稿" in page
    assert client_as("service.ma").get(f"{MARCH}/cards/service.ma").status_code == 200


def test_a_reward_stands_on_the_card_as_money_that_one_gets(client_as: As, database: Database) -> None:
    with database.writing() as session:
        granted(Desk(session, moment(3, 9)), fen=40_000)
        session.commit()
    page = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", client_as("service.ma").get(f"{MARCH}/mine").text))
    [line] = re.findall(r"奖励 2026-1 .{0,80}? (−?[\d.,]+) ", page)
    assert line == "400.00" and "处罚 2026-1" not in page


def test_one_reads_what_counts_so_far_before_it_is_computed(client_as: As) -> None:
    page = client_as("service.ma").get("/months/2026-04/mine")
    assert page.status_code == 200
    assert "本月尚未结束" in page.text


def test_nobody_acts_on_the_own_card(client_as: As) -> None:
    page = client_as("service.liu").get(f"{MARCH}/mine").text
    assert "您是当事人，这一步由周建国办理。" in page
    assert "此刻不能办理的事项" in page and "现在可以办理" not in page
    assert 'action="/months/2026-03/review"' not in page


def test_the_closing_says_what_stands_in_its_way(client_as: As, database: Database) -> None:
    page = client_as("gm.zhou").get(MARCH).text
    assert "还不能全部关账" in page
    assert "售后服务部 3 人未评审" in page
    assert "disabled" in page


def test_who_is_late_is_named(client_as: As, clock) -> None:
    clock.now = moment(4, 17)
    page = client_as("gm.zhou").get(MARCH).text
    assert "逾期" in page
    assert "陈涛" in page


def test_each_letter_of_a_card_says_whose_turn_it_is(client_as: As, database: Database) -> None:
    go_on(database, ("service.liu", "review"), ("hr.qian", "verify"), ("gm.zhou", "approve"), ("hr.qian", "pay"))
    mine = client_as("service.ma").get(f"{MARCH}/mine").text
    addresses = dict.fromkeys(part.split('"')[0] for part in mine.split('href="/letters/')[1:])
    pages = [client_as("service.ma").get(f"/letters/{address}") for address in addresses]
    assert {page.status_code for page in pages} == {200}
    for words in ("刘洋应评审考核表", "钱芳应核实考核表", "周建国应批准考核表", "钱芳应发放绩效工资"):
        assert any(words in page.text for page in pages), words


def test_the_letters_of_a_card_are_read_by_whom_it_concerns(client_as: As, database: Database) -> None:
    go_on(database, ("service.liu", "review"))
    page = client_as("service.ma").get(f"{MARCH}/mine").text
    address = page.split('<a href="/letters/')[1].split('"')[0]
    for username, status in (("service.ma", 200), ("service.liu", 200), ("hr.qian", 200), ("sales.chen", 404),
                             ("service.gao", 404)):  # fmt: skip
        assert client_as(username).get(f"/letters/{address}").status_code == status


def test_every_letter_of_a_card_tells_who_is_next(client_as: As, database: Database) -> None:
    go_on(database, ("service.liu", "review"), ("hr.qian", "verify"), ("gm.zhou", "approve"))
    with database.reading() as session:
        of_card = select(Letter).join(Letter.event).where(Event.scorecard_id == card(database).id)
        letters = {letter.kind: letter_rows.key_of(letter) for letter in session.scalars(of_card)}
    told = {
        "scorecard_draft": "刘洋应评审考核表", "scorecard_review": "钱芳应核实考核表",
        "scorecard_verification": "周建国应批准考核表", "scorecard": "钱芳应发放绩效工资",
    }  # fmt: skip
    for kind, words in told.items():
        page = client_as("gm.zhou").get(f"/letters/{letters[kind]}")
        assert page.status_code == 200
        assert words in page.text.replace(" ", "")


def test_earlier_months_that_are_not_done_with_are_named(client_as: As, database: Database) -> None:
    """March is computed and was never closed; of January and February nobody has a card."""
    page = client_as("hr.qian").get("/months/2026-04").text
    told = [f'<a href="/months/{month}">' for month in ("2026-01", "2026-02", "2026-03")]
    assert [mark in page for mark in told] == [True] * 3
    assert (page.count("尚未全部计算"), page.count("尚未关账")) == (2, 1)
    assert "尚未全部计算" not in client_as("hr.qian").get("/months/2026-01").text


def test_computing_is_offered_where_somebody_has_no_card(client_as: As) -> None:
    officer = client_as("hr.qian")
    assert "/months/2026-01/computing" in officer.get("/months/2026-01").text
    assert f"{MARCH}/computing" not in officer.get(MARCH).text


def test_on_a_narrow_screen_every_figure_of_a_department_has_its_name(client_as: As) -> None:
    text = client_as("hr.qian").get(MARCH).text
    row = text.partition('<tr id="sales">')[2].partition("</tr>")[0]
    assert re.findall(r'data-name="([^"]+)"', row) == ["人数", "计算", "评审", "核实", "批准", "发放", "现在等谁"]


# --- the bell


@pytest.fixture
def told(database: Database, april: None) -> Callable[[str], list[tuple[str, str]]]:
    """What somebody has been told of the month: the act, and whose card it was about."""

    def of(username: str) -> list[tuple[str, str]]:
        with database.reading() as session:
            query = select(Event.action, Person.username).select_from(Notice).join(Notice.event).join(Event.scorecard)
            query = query.join(Person, Person.id == Scorecard.person_id).order_by(Notice.id)
            to = session.scalars(select(Person.id).filter_by(username=username)).one()
            return [tuple(row) for row in session.execute(query.where(Notice.person_id == to))]

    return of


def test_whoever_is_to_act_next_is_told_once_for_an_act(database: Database, told) -> None:
    go_on(database, ("service.liu", "review"), ("sales.chen", "review"), ("hr.qian", "verify"))
    assert [action for action, _of in told("service.liu")] == ["compute"]
    assert [action for action, _of in told("hr.qian")] == ["compute", "review", "review"]
    assert [action for action, _of in told("gm.zhou")] == ["compute", "verify"]
    assert told("service.ma") == []


def test_the_employee_is_told_of_their_own_card(database: Database, told) -> None:
    go_on(database, ("service.liu", "review"), ("hr.qian", "verify"), ("gm.zhou", "approve"), ("hr.qian", "pay"))
    assert told("service.ma") == [("approve", "service.ma"), ("pay", "service.ma")]
    assert told("sales.wang") == []


def test_who_gets_a_card_back_is_told_of_that_card(client_as: As, database: Database, told) -> None:
    go_on(database, ("service.liu", "review"))
    data = {"person": "service.ma", "reason": "请核对扣分"}
    assert client_as("hr.qian").post(f"{MARCH}/return", data=data).status_code == 303
    assert told("service.ma") == [("return", "service.ma")]
    assert told("service.liu")[-1] == ("return", "service.ma")


def test_the_bell_leads_to_ones_own_card_and_to_the_month_where_one_acts(client_as: As, database: Database) -> None:
    go_on(database, ("service.liu", "review"), ("hr.qian", "verify"), ("gm.zhou", "approve"))
    for username, words, page in (
        ("service.ma", "周建国 批准了考核表", f"{MARCH}/mine"),
        ("service.liu", "计算了考核表", MARCH),
        ("hr.qian", "周建国 批准了考核表", MARCH),
    ):
        client = client_as(username)
        text = client.get("/notices").text
        assert words in text
        with database.reading() as session:
            mine = select(Notice.id).join(Notice.person).join(Notice.event).where(Person.username == username)
            keys = session.scalars(mine.where(Event.scorecard_id.is_not(None)).order_by(Notice.id)).all()
        answer = client.post(f"/notices/{keys[0 if username != 'hr.qian' else -1]}/reading")
        assert answer.location == page
        assert client.get(page).status_code == 200


def test_a_line_of_ones_month_is_asked_about_before_it_is_final(client_as: As, database: Database) -> None:
    ma, head = client_as("service.ma"), client_as("service.liu")
    page = ma.get(f"{MARCH}/mine").get_data(as_text=True)
    [line] = re.findall(r'<option value="([^"]+ · [^"]+)"', page)
    place = f"{MARCH}/mine/questions"
    for given in ({"line": line, "question": " "}, {"line": "别人的一项", "question": "为何扣五分？"}):
        answer = ma.post(place, data=given)
        assert answer.status_code == 422 and given["question"].strip() in answer.get_data(as_text=True)
    assert ma.post(place, data={"line": line, "question": "为何扣五分？"}).status_code == 303
    assert "为何扣五分？" in ma.get(f"{MARCH}/mine").get_data(as_text=True)
    asked = head.get("/months/questions").get_data(as_text=True)
    for told in (asked, page, ma.get(f"{MARCH}/mine").get_data(as_text=True)):
        assert re.search(r">\s*(2026年)?3月\d+日 · 2026-1 · CS-", told) and not re.search(r">\s*2026-03-\d\d", told)
    assert "为何扣五分？" in asked and 'href="/complaints/2026-1"' in asked, "one press from the case"
    assert "对考核表的询问" in head.get("/").get_data(as_text=True)
    with database.reading() as session:
        key = session.scalars(select(ScorecardQuestion.id)).one()
    answered = f"/months/questions/{key}"
    for username in ("sales.wang", "service.ma", "hr.qian", "cr.sun"):
        client = client_as(username)
        assert "为何扣五分？" not in client.get("/months/questions").get_data(as_text=True)
        assert client.post(answered, data={"answer": "不知道"}).status_code == 404
    assert head.post(answered, data={"answer": " "}).status_code == 422
    assert head.post(answered, data={"answer": "客诉逾期未答复。"}).status_code == 303
    assert head.post(answered, data={"answer": "再答"}).status_code == 422
    assert "客诉逾期未答复。" in ma.get(f"{MARCH}/mine").get_data(as_text=True)
    assert "为何扣五分？" not in head.get("/months/questions").get_data(as_text=True)
    for statement in ("UPDATE scorecard_question SET question = 'x'", "DELETE FROM scorecard_answer"):
        with pytest.raises(DatabaseError), database.writing() as session:
            session.execute(text(statement))


def test_a_month_that_is_not_computed_is_asked_about_too(client_as: As, clock) -> None:
    ma = client_as("service.ma")
    assert ma.post("/months/2026-04/mine/questions", data={"line": "", "question": "?"}).status_code == 422
    assert ma.post("/months/2026-4x/mine/questions").status_code == 404
