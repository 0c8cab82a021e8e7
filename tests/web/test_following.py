"""What follows from results on its pages: ranking, rewards, fines by item, training fund; whom each exists for."""

import re
from collections.abc import Callable
from datetime import date
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select, update

from models import AssessmentFine, Company, Database, FundRequest, Penalty, Person, Reward
from tests.builders import Desk, moment
from tests.conftest import Clock
from tests.workflow.test_assessment_run import computed, post
from tests.workflow.test_following import appraised
from tests.workflow.test_ranking import ask, fined, publish, rank, settle
from workflow import assessment_steps

As = Callable[[str], FlaskClient]
HELL = "<script>alert(1)</script>=1+1\u202eد" + "长" * 40


def text(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, answer.get_data(as_text=True)[:500]
    return answer.get_data(as_text=True)


def ranked(database: Database, *, published: bool) -> int:
    with database.writing() as session:
        desk = Desk(session)
        of = rank(desk)
        if published:
            publish(desk, of)
        session.commit()
        return of.id


def test_the_head_publishes_and_the_general_manager_decides_all_with_one_press(
    database: Database, client_as: As
) -> None:
    key = ranked(database, published=False)
    page = f"/assessments/{key}/ranking"
    head = client_as("sales.chen")
    assert f'href="{page}"' in text(head, "/")
    before = text(head, page)
    assert all(words in before for words in ("93.00", "SAL-2", "公布排名"))
    assert head.post(page).status_code == 303
    assert head.post(page).status_code == 409
    assert f'href="{page}"' not in text(head, "/")
    manager = client_as("gm.zhou")
    assert 'href="/rewards"' in text(manager, "/")
    wrong = manager.post("/rewards", data={"granted-2026-1": "yes", "decision-2026-1": HELL, "amount-2026-1": "abc"})
    assert wrong.status_code == 422
    told = wrong.get_data(as_text=True)
    assert "不超过 500.00 元" in told and "<script>alert" not in told and "&lt;script&gt;" in told
    answers = {
        "granted-2026-1": "yes", "amount-2026-1": "450", "decision-2026-1": "并列平分", "granted-2026-2": "yes",
        "amount-2026-2": "450.00", "decision-2026-2": "并列平分", "granted-2026-3": "yes",
    }  # fmt: skip
    assert manager.post("/rewards", data=answers).status_code == 303
    with database.reading() as session:
        assert [each.amount for each in session.scalars(select(Reward).order_by(Reward.id))] == [45_000, 45_000, 30_000]
    mine = text(client_as("sales.wang"), "/me")
    assert "450.00" in mine and "/rewards/2026-1" in mine
    assert "450.00" in text(client_as("sales.wang"), page)
    assert f'href="{page}/places.xlsx"' in text(head, page)
    book = load_workbook(BytesIO(head.get(f"{page}/places.xlsx").data))
    rows = [row for sheet in book for row in sheet.iter_rows(values_only=True)]
    assert [(row[0], row[2], row[-2], row[-1]) for row in rows if row[-2] == 450] == [(1, 93, 450, "已同意")] * 2


def test_nothing_is_decided_where_one_of_several_cannot_be(database: Database, client_as: As) -> None:
    ranked(database, published=True)
    manager = client_as("gm.zhou")
    answers = {"granted-2026-3": "yes", "granted-2026-1": "yes", "amount-2026-1": "600", "decision-2026-1": "多"}
    assert manager.post("/rewards", data=answers).status_code == 422
    assert manager.post("/rewards", data={}).status_code == 422
    with database.reading() as session:
        assert session.scalars(select(Reward.granted)).all() == [None, None, None]


@pytest.mark.parametrize("who", ["service.ma", "service.liu", "admin.root", "cr.sun"])
def test_for_strangers_there_is_no_ranking_and_no_fund(database: Database, client_as: As, who: str) -> None:
    key = ranked(database, published=True)
    stranger = client_as(who)
    for path in (f"/assessments/{key}/ranking", f"/assessments/{key}/ranking/places.xlsx", "/assessments/9999/ranking"):
        text(stranger, path, 404)
    for path in ("", "/rewards", "/fines", "/fines/set-aside"):
        assert stranger.post(f"/assessments/{key}/ranking{path}").status_code == 404
    if who != "service.liu":
        text(stranger, "/training-fund", 404)
        assert stranger.post("/training-fund", data={"amount": "1", "purpose": "x"}).status_code == 404


def test_a_reward_is_a_page_for_those_whom_it_concerns(database: Database, client_as: As) -> None:
    ranked(database, published=True)
    for who, status in (
        ("gm.zhou", 200),
        ("hr.qian", 200),
        ("sales.chen", 200),
        ("sales.li", 404),
        ("service.ma", 404),
    ):
        text(client_as(who), "/rewards/2026-3", status)
    manager = client_as("gm.zhou")
    assert manager.post("/rewards/2026-3", data={"granted": "yes"}).status_code == 303
    assert "SAL-2" in text(client_as("sales.li"), "/rewards/2026-3")
    assert "2026年2月用户满意度得分91.00，第3名（销量3台）" in text(client_as("sales.li"), "/rewards/2026-3")
    with database.writing() as session:
        session.execute(update(Person).where(Person.username == "gm.zhou").values(language="en"))
        session.commit()
    for page in ("/rewards", "/rewards/2026-3"):
        told = text(client_as("gm.zhou"), page)
        assert "Score of satisfaction, February 2026: 91.00, place 3 (Units sold: 3 cars)." in told
    assert manager.post("/rewards/2026-3/withdrawal", data={"reason": " "}).status_code == 422
    assert client_as("hr.qian").post("/rewards/2026-3/withdrawal", data={"reason": "有误"}).status_code == 403
    assert client_as("service.ma").post("/rewards/2026-3/withdrawal", data={"reason": "有误"}).status_code == 404
    assert manager.post("/rewards/2026-3/withdrawal", data={"reason": "答卷重复"}).status_code == 303
    assert "答卷重复" in text(client_as("sales.li"), "/rewards/2026-3")
    assert manager.post("/rewards/2026-3/withdrawal", data={"reason": "再来"}).status_code == 409


def allow_fines(database: Database, mode: str) -> None:
    with database.writing() as session:
        company = session.get_one(Company, 1)
        company.settings = {**company.settings, "fines": mode}
        session.commit()


def test_a_fine_by_item_is_proposed_or_set_aside_on_the_page(database: Database, client_as: As) -> None:
    page = f"/assessments/{ranked(database, published=False)}/ranking"
    head, key = client_as("sales.chen"), "sales.li/SAL-4/reception"
    assert key in text(head, page)
    assert "2026 年 2 月有 1 项罚款" in text(head, "/") and "项罚款" not in text(client_as("gm.zhou"), "/")
    assert head.post(f"{page}/fines", data={}).status_code == 422
    assert head.post(f"{page}/fines", data={"fine": HELL}).status_code == 404
    allow_fines(database, "points_only")
    assert "项罚款" not in text(head, "/"), "where nothing can be fined, nothing waits"
    allow_fines(database, "allowed")
    assert head.post(f"{page}/fines/set-aside", data={"fine": key, "reason": ""}).status_code == 422
    assert client_as("gm.zhou").post(f"{page}/fines", data={"fine": key}).status_code == 403
    assert head.post(f"{page}/fines", data={"fine": key}).status_code == 303
    assert "/penalties/" in text(head, page)
    assert "项罚款" not in text(head, "/"), "nothing is left to decide"
    with database.writing() as session:
        assert session.scalars(select(Penalty.fine)).one() == session.scalars(select(AssessmentFine.amount)).one()
        session.execute(update(Person).where(Person.username == "sales.chen").values(language="en"))
        session.commit()
    for told in (text(head, "/penalties"), text(head, "/penalties/2026-1")):
        assert "February 2026: “Reception" in told and "接待" not in told


def test_the_fund_is_asked_and_decided_on_its_page(database: Database, client_as: As) -> None:
    with database.writing() as session:
        desk = Desk(session)
        fined(desk)
        settle(desk, 3)
        ask(desk, 500, "hr.qian")
        session.commit()
    head, manager = client_as("sales.chen"), client_as("gm.zhou")
    assert head.post("/training-fund", data={"amount": "一百", "purpose": HELL}).status_code == 422
    assert head.post("/training-fund", data={"amount": "15.00", "purpose": HELL}).status_code == 303
    told = text(head, "/training-fund")
    assert "20.00" in told and "&lt;script&gt;" in told and "<script>alert" not in told
    assert "2026-1" not in told.split("收支明细")[0]
    # Another department's head reads what flowed in, and of whose penalty it came nothing.
    of_others = text(client_as("service.liu"), "/training-fund")
    assert "20.00" in of_others and "/penalties/2026-1" in told and "/penalties/2026-1" not in of_others
    assert head.post("/training-fund/2026-2", data={"approved": "yes", "decision": "好"}).status_code == 403
    assert head.post("/training-fund/2026-1", data={"approved": "yes", "decision": "好"}).status_code == 404
    assert manager.post("/training-fund/2026-2", data={"approved": "yes"}).status_code == 422
    assert manager.post("/training-fund/2026-2", data={"approved": "yes", "decision": "同意"}).status_code == 303
    rest = manager.post("/training-fund/2026-1", data={"approved": "yes", "decision": "同意"})
    assert rest.status_code == 303
    with database.reading() as session:
        assert session.scalars(select(FundRequest.approved)).all() == [True, True]
    assert "0.00" in text(manager, "/training-fund")


# --- trainings and suggestions -----------------------------------------------------------------------


def test_a_training_is_planned_recorded_and_seen_by_whom_it_concerns(
    database: Database, client_as: As, clock: Clock
) -> None:
    key = ranked(database, published=True)
    page = f"/assessments/{key}/trainings"
    head = client_as("sales.chen")
    weak = text(head, page)
    assert "91.67" in weak and f"/assessments/{key}/" in weak
    with database.reading() as session:
        zhao, wang = (Desk(session).person(each).id for each in ("sales.zhao", "sales.wang"))
    form = {"item": "score/delivery", "topic": HELL, "day": "2026-03-12", "trainer": "陈晓东", "person": [zhao, wang]}
    wrong = head.post(page, data=form | {"day": "gestern"})
    assert wrong.status_code == 422 and "&lt;script&gt;" in wrong.get_data(as_text=True)
    assert client_as("sales.wang").post(page, data=form).status_code == 404
    assert client_as("hr.qian").post(page, data=form).status_code == 403
    assert head.post(page, data=form).headers["Location"].endswith("/trainings/1")
    for who, status in (("sales.zhao", 200), ("sales.li", 404), ("service.liu", 404), ("gm.zhou", 200)):
        text(client_as(who), "/trainings/1", status)
    mine = text(client_as("sales.zhao"), "/me")
    assert "/trainings/1" in mine and "<script>alert" not in mine
    assert "王强" not in text(client_as("sales.zhao"), "/trainings/1")
    record = "/trainings/1/attendance"
    assert head.post(record, data={f"there-{zhao}": "yes"}).status_code == 422
    clock.now = moment(3, 12, 0, 30)  # still the day before in Greenwich
    assert f'name="there-{zhao}"' in text(client_as("sales.chen"), "/trainings/1")
    clock.now = moment(3, 12, 18)
    head = client_as("sales.chen")
    assert head.post(record, data={f"there-{zhao}": "yes", f"there-{wang}": "no"}).status_code == 422
    data = {f"there-{zhao}": "yes", f"there-{wang}": "no", f"reason-{wang}": "出差"}
    assert head.post(record, data=data).status_code == 303
    assert "出差" in text(head, "/trainings/1") and "90.00" in text(head, "/trainings/1")
    assert client_as("sales.zhao").post("/trainings/1/cancellation", data={"reason": "x"}).status_code == 403
    assert client_as("service.ma").post("/trainings/1/cancellation", data={"reason": "x"}).status_code == 404
    assert "/trainings/1" in text(head, "/trainings")
    assert "/trainings/1" not in text(client_as("service.liu"), "/trainings")


def test_suggestions_are_for_those_who_decide_and_are_answered_with_a_reason(database: Database, client_as: As) -> None:
    with database.writing() as session:
        key = appraised(Desk(session)).id
        session.commit()
    page = f"/assessments/{key}/suggestions"
    for who, status in (("gm.zhou", 200), ("service.liu", 200), ("service.ma", 404), ("admin.root", 404)):
        text(client_as(who), page, status)
    head = client_as("service.liu")
    assert "sales.wang" not in text(head, page)
    form = {"suggestion": "service.ma/reward", "taken_up": "yes", "reason": HELL}
    assert head.post(page, data=form | {"reason": ""}).status_code == 422
    assert head.post(page, data=form | {"suggestion": "sales.wang/penalty"}).status_code == 404
    assert client_as("service.ma").post(page, data=form).status_code == 404
    assert head.post(page, data=form).status_code == 303
    assert head.post(page, data=form).status_code == 409
    told = text(head, page)
    assert "&lt;script&gt;" in told and "<script>alert" not in told
    file = f"{page}/suggestions.xlsx"
    assert f'href="{file}"' in told
    text(client_as("service.ma"), file, 404)
    text(client_as("admin.root"), file, 404)
    [sheet] = load_workbook(BytesIO(head.get(file).data))
    [heading, line] = sheet.iter_rows(values_only=True)
    assert (heading[1], heading[5]) == ("姓名", "是否采纳") and (line[1], line[5], line[6]) == ("马超", "是", "刘洋")
    assert line[-1] == HELL.replace("\u202e", "") and "王强" not in str(line)
    everybody = load_workbook(BytesIO(client_as("gm.zhou").get(file).data)).active
    assert [row[1] for row in everybody.iter_rows(min_row=2, values_only=True)].count("王强") == 1


def test_a_rewards_letter_notice_and_lists_lead_to_it(database: Database, client_as: As) -> None:
    ranked(database, published=True)
    manager = client_as("gm.zhou")
    assert "/rewards/2026-3" in follow_the_bell(manager)
    assert manager.post("/rewards/2026-3", data={"granted": "yes"}).status_code == 303
    li = client_as("sales.li")
    letter = "/letters/reward-2026-1"
    assert letter in text(li, "/") and letter in text(li, "/letters")
    shown = text(li, letter)
    assert "奖励通知书" in shown and "300.00" in shown and "SAL-2" in shown
    assert li.post(f"{letter}/acknowledgement").status_code == 303
    assert "签收" in text(li, letter)
    for who, status in (
        ("hr.qian", 200),
        ("sales.chen", 200),
        ("cr.sun", 200),
        ("service.ma", 404),
        ("admin.root", 404),
    ):
        text(client_as(who), letter, status)
    assert "/rewards/2026-3" in text(client_as("sales.chen"), "/?list=started")
    assert "/rewards/2026-3" in text(manager, "/?list=done")
    assert "奖励〔2026〕1号" in text(client_as("hr.qian"), "/?list=copied")


def follow_the_bell(client: FlaskClient) -> str:
    """Where the newest notices lead."""
    keys = re.findall(r"/notices/(\d+)/reading", text(client, "/notices"))
    return " ".join(client.get(f"/notices/{key}").headers["Location"] for key in keys)


def test_a_regulation_that_ranks_nobody_has_a_page_for_its_fines(database: Database, client_as: As) -> None:
    """MS-10: five of nine follow-ups are below the target of 60 %; no data is fined by nothing."""
    with database.writing() as session:
        desk = Desk(session)
        rows = {f"call-{nth}": {"successful": "yes" if nth < 5 else "no"} for nth in range(9)}
        post(desk, "mystery-shopper", "follow_ups", desk.person("sales.zhao"), date(2026, 2, 10), **rows)
        of = computed(desk, "mystery-shopper", by="cr.lin")
        assessment_steps.submit(session, of, by=desk.actor("cr.lin"), at=desk.now)
        assessment_steps.close(session, of, by=desk.actor("gm.zhou"), at=desk.now)
        key = of.id
        session.commit()
    page, officer = f"/assessments/{key}/ranking", client_as("cr.lin")
    assert f'href="{page}"' in text(officer, f"/assessments/{key}")
    shown = text(officer, page)
    assert "2026 年 2 月有 1 项罚款" in text(officer, "/")
    assert "赵敏" in shown and "500.00" in shown and "MS-10" in shown and "公布" not in shown and "李娜" not in shown
    for who in ("sales.zhao", "sales.chen", "service.ma"):
        text(client_as(who), page, 404)
    assert officer.post(page).status_code == 422, "there is nothing to publish"
    assert officer.post(f"{page}/fines", data={"fine": "sales.zhao/MS-10/follow_up_rate"}).status_code == 303
    with database.reading() as session:
        [fine] = session.scalars(select(Penalty))
        assert (fine.rule, fine.fine) == ("MS-10", 50_000)
