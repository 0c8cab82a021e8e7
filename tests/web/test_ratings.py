"""The pages of ratings: opened by whoever runs the regulation, given by whom was asked, read by whom it is about."""

import io
import re
from collections.abc import Callable

from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Assessment, AssessmentRow, Database, Person, RatingAsked, RatingGiven, RatingRound
from tests.builders import Desk
from tests.web.test_assessments import of_, text
from tests.workflow.test_assessment_run import opened
from tests.workflow.test_ratings import FAIR, begun, close, compute, give

As = Callable[[str], FlaskClient]


def started(session: Session) -> int:
    desk = Desk(session)
    begun(desk)
    return session.scalars(select(Assessment.id)).one()


def ended(session: Session) -> int:
    """A closed round in which two peers and the superior rated sales.wang, all with words."""
    desk = Desk(session)
    of = begun(desk)
    for rater, score, words in (
        ("sales.li", 61, "同事甲说"),
        ("sales.zhao", 73, "同事乙说"),
        ("sales.chen", 88, "跟进及时"),
    ):
        give(desk, rater, "sales.wang", score, words)
    close(desk, of)
    return compute(desk, of).id


def only_opened(session: Session) -> int:
    return opened(Desk(session), FAIR, by="hr.qian").id


def key_of(database: Database, rater: str, person: str) -> int:
    with database.reading() as session:
        names = {each.username: each.id for each in session.scalars(select(Person))}
        query = select(RatingAsked.id).filter_by(rater_id=names[rater], person_id=names[person])
        return session.scalars(query).one()


def test_a_round_is_opened_from_the_assessment_with_what_is_to_be_known_before(
    client_as: As, staged: Callable[..., int], database: Database
) -> None:
    key = staged(only_opened)
    hr, place = client_as("hr.qian"), f"/assessments/{key}/ratings"
    assert f'href="{place}"' in hr.get(f"/assessments/{key}").get_data(as_text=True)
    page = text(hr, place)
    assert "本部门不设同事评价" in page and "不单独显示" in page and "没有上级评价周建国" in page
    assert text(client_as("sales.wang"), "/ratings").count("没有需要评价的同事") == 1
    refused = hr.post(f"{place}/ratings", data={"due_on": "2026-03-07", "peers": "2"})
    assert refused.status_code == 422
    page = refused.get_data(as_text=True)
    assert 'value="2026-03-07"' in page and 'value="2"' in page and page.count("is-invalid") == 2
    assert hr.post(f"{place}/ratings", data={"due_on": "2026-03-06", "peers": "5"}).status_code == 303
    assert "林晓" in text(hr, f"{place}/ratings") and "已发起过" in text_of(
        hr.post(f"{place}/ratings", data={"due_on": "2026-03-06", "peers": "5"})
    )
    for who, status in (("sales.wang", 404), ("service.liu", 404), ("gm.zhou", 403), ("cr.lin", 404)):
        assert client_as(who).get(place).status_code == status, who
        assert client_as(who).post(f"{place}/ratings/close").status_code == status, who
    assert hr.get(f"{place}/other").status_code == 404
    with database.reading() as session:
        assert session.scalars(select(RatingRound.period)).one() == "2026-02"


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def figures(told: str) -> set[float]:
    """All numbers that stand by themselves in what is told."""
    return {float(each) for each in re.findall(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])", told)}


def test_a_rating_is_given_on_its_form_and_leads_to_the_next(
    client_as: As, staged: Callable[..., int], database: Database
) -> None:
    key = staged(started)
    wang = client_as("sales.wang")
    assert "请于 3月6日" in text(wang, "/") and "评价 2 名同事" in text(wang, "/")
    page = text(wang, "/ratings")
    assert "李娜" in page and "赵敏" in page and "王强" not in page.split("我的评议")[-1]
    li, zhao = (key_of(database, "sales.wang", who) for who in ("sales.li", "sales.zhao"))
    for other in ("sales.li", "hr.qian", "gm.zhou", "admin.root"):
        assert client_as(other).get(f"/ratings/{li}").status_code == 404, other
        assert client_as(other).post(f"/ratings/{li}", data={"q-score": "1"}).status_code == 404, other
    assert "评价提交后不能修改" in text(wang, f"/ratings/{li}") and 'name="q-rater"' not in wang.get(
        f"/ratings/{li}"
    ).get_data(as_text=True)
    refused = wang.post(f"/ratings/{li}", data={"q-score": "101", "words": "耐心细致"})
    assert refused.status_code == 422
    page = refused.get_data(as_text=True)
    assert 'value="101"' in page and "耐心细致" in page and "is-invalid" in page
    answer = wang.post(f"/ratings/{li}", data={"q-score": "91", "words": "耐心细致"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/ratings/{zhao}")
    assert wang.post(f"/ratings/{li}", data={"q-score": "12"}).status_code == 409
    assert "您已评价过" in text(wang, f"/ratings/{li}")
    assert wang.post(f"/ratings/{zhao}", data={"unable": "yes", "reason": ""}).status_code == 422
    answer = wang.post(f"/ratings/{zhao}", data={"unable": "yes", "reason": "不同班次"})
    assert answer.headers["Location"] == "/ratings"
    page = text_of(wang.get("/ratings"))
    assert "无法评价" in page and "91" not in page
    progress = text(client_as("hr.qian"), f"/assessments/{key}/ratings/ratings")
    assert "不同班次" in progress and "王强" not in progress, "who is done is named nowhere"
    with database.reading() as session:
        [row] = session.scalars(select(AssessmentRow))
        assert row.values == {"rater": "peers", "score": 91} and row.by_id is None
        assert session.scalars(select(RatingGiven.words)).one() == "耐心细致"


def test_a_round_is_closed_once_after_its_open_ones_were_named(
    client_as: As, staged: Callable[..., int], database: Database
) -> None:
    key = staged(started)
    hr, place = client_as("hr.qian"), f"/assessments/{key}/ratings/ratings"
    assert "邓凯" in text(hr, f"{place}/close") and "不可撤销" in text(hr, f"{place}/close")
    assert hr.post(f"{place}/close").status_code == 303
    assert hr.post(f"{place}/close").status_code == 409
    assert hr.get(f"{place}/close").status_code == 303
    li = key_of(database, "sales.wang", "sales.li")
    wang = client_as("sales.wang")
    assert wang.post(f"/ratings/{li}", data={"q-score": "80"}).status_code == 409
    assert "评议已经结束" in text(wang, f"/ratings/{li}") and "不再需要" in text(wang, "/ratings")


def test_whom_it_is_about_reads_figures_by_rater_and_words_but_not_those_of_few_peers(
    client_as: As, staged: Callable[..., int], database: Database
) -> None:
    key = staged(ended)
    subject = of_(database, key, "sales.wang")
    place = f"/assessments/{key}/of/{subject}"
    for who in ("sales.wang", "sales.chen", "hr.qian", "gm.zhou"):
        client = client_as(who)
        page = text_of(client.get(place))
        assert "跟进及时" in page and "同事甲说" not in page and "不足 3 人" in page, who
        assert "三名同事评价后才显示" in page and 67 not in figures(page), who
        assert client.get(f"{place}/evaluation/0?part=peers").status_code == 404
        assert "88" in text_of(client.get(f"{place}/evaluation/0?part=superior"))
        whole = text_of(client.get(f"{place}/evaluation/0"))
        assert not figures(whole) & {61, 73}, who
        sheet = load_workbook(io.BytesIO(client.get(f"{place}.xlsx").data)).active
        assert sheet is not None
        cells = str(list(sheet.values))
        assert 134 not in figures(page) | figures(cells) and 88 in figures(cells), "not even their sum"
        for at in range(6):
            opened_ = client.get(f"{place}/evaluation/{at}")
            assert opened_.status_code == (404 if at in (2, 3) else 200), "sums and numbers of three raters"
    assert client_as("sales.li").get(place).status_code == 404


def test_the_regulation_says_who_rates(client_as: As) -> None:
    page = text(client_as("sales.wang"), "/regulations/fair-evaluation")
    assert "评价人：上级（评议）、同事（评议）和客户（问卷调查）" in page


def test_the_bell_leads_to_the_ratings_and_messages_name_nobody(client_as: As, staged: Callable[..., int]) -> None:
    staged(started)
    page = text(client_as("sales.wang"), "/notices")
    assert "请您评价 2 名同事" in page and "共 2 人，还有 2 人待评" in page
    assert "同事评议" in text(client_as("sales.wang"), "/settings/messages")
