"""The inbox: what waits for whom, in which group, with which acts; and its three other lists."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from jobs import seal
from models import Complaint, Deputation, LetterRecipient, Order
from tests.builders import HOUR, MONDAY, Desk, moment
from tests.conftest import Clock
from web import paper_words
from workflow import nudge

Client = Callable[[str], FlaskClient]
EMPLOYEES = ("service.gao", "sales.wang", "hr.qian", "admin.root")


@pytest.fixture(autouse=True)
def english(desk: Desk) -> None:
    """Pages are read in English here, so that no test depends on a translation."""
    for username in ("cr.sun", "cr.lin", "service.liu", "service.ma", "gm.zhou", "deputy.he", "sales.chen", *EMPLOYEES):
        desk.person(username).language = "en"
    desk.session.commit()


def kept(desk: Desk, state: str = "assigned", **changes: object) -> Complaint:
    case = desk.complaint(state, **changes)
    desk.session.commit()
    return case


def group(page: str, title: str) -> str:
    """The part of the page under one heading."""
    _, _, rest = page.partition(f">{title}<")
    return rest.partition("</section>")[0]


def test_each_sees_what_waits_for_them(desk: Desk, client_as: Client) -> None:
    case = kept(desk)
    for username, act in (("service.liu", "Accept or appeal"), ("service.ma", "Appeal, if you object")):
        page = client_as(username).get("/").text
        assert act in page
        assert f"Complaint {case.number}" in page
        assert "1 waits for you" in page


@pytest.mark.parametrize("stranger", ["cr.sun", "gm.zhou", "sales.chen", *EMPLOYEES])
def test_a_case_that_waits_for_others_is_not_in_the_inbox(stranger: str, desk: Desk, client_as: Client) -> None:
    case = kept(desk)
    assert case.number not in client_as(stranger).get("/").text


def test_a_row_offers_the_acts_that_answer_its_clock(desk: Desk, client_as: Client) -> None:
    case = kept(desk)
    page = client_as("service.liu").get("/").text
    for act in ("accept", "appeal"):
        assert f'href="/complaints/{case.number}?act={act}#act"' in page
    assert "act=appeal" in (own := client_as("service.ma").get("/").text)
    assert "act=accept" not in own


def test_the_respondent_reads_no_customer(desk: Desk, client_as: Client) -> None:
    kept(desk, description="郑女士说等候两小时。")
    assert "郑女士" in client_as("service.liu").get("/").text
    assert "郑女士" not in client_as("service.ma").get("/").text


def test_groups_follow_the_company_clock(desk: Desk, client_as: Client, clock: Clock) -> None:
    case = kept(desk, "handled")
    for now, title in ((moment(3, 2, 23, 59), "Later"), (moment(3, 3, 0), "Due today"), (moment(3, 3, 9), "Overdue")):
        clock.now = now
        assert case.number in group(client_as("service.liu").get("/").text, title), title


def test_the_price_of_being_late_stands_beside_overdue(desk: Desk, client_as: Client, clock: Clock) -> None:
    kept(desk, "handled")
    clock.now = moment(3, 4, 10)
    late = group(client_as("service.liu").get("/").text, "Overdue")
    assert "For each started day late the head loses 1, at most 5 points." in late
    assert "counts −2 if done now" in late


def test_silence_that_has_lapsed_offers_no_act(desk: Desk, client_as: Client, clock: Clock) -> None:
    """The worker carries it out within a minute; until then nobody is led to press in vain."""
    case = kept(desk)
    clock.now = moment(3, 3, 9, 1)
    page = client_as("service.liu").get("/").text
    assert "No answer in time; it counts as accepted" in page
    assert f"/complaints/{case.number}?act=" not in page


def test_letters_to_acknowledge_are_counted_and_shown(desk: Desk, client_as: Client) -> None:
    kept(desk)
    page = client_as("service.ma").get("/").text
    assert "/letters/complaint-2026-2" in group(page, "To acknowledge")
    assert '<span class="gd-count">2</span>' in page, "a case and a letter"


def test_a_markup_in_the_description_stays_text(desk: Desk, client_as: Client) -> None:
    kept(desk, description="<script>alert(1)</script>𠮷😀")
    page = client_as("service.liu").get("/").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_an_empty_inbox_is_good_news(client_as: Client) -> None:
    assert "All done" in client_as("hr.qian").get("/").text


def test_how_long_a_case_lay_with_me_is_counted_from_when_it_came_not_from_a_nudge(
    desk: Desk, client_as: Client, clock: Clock
) -> None:
    case = kept(desk, "ruling")
    desk.now = MONDAY + 3 * HOUR
    nudge.nudge(case, by=desk.actor("service.liu"), at=desk.now)
    desk.session.flush()
    desk.now = MONDAY + 4 * HOUR
    desk.take("uphold", case, "gm.zhou", reason="申诉成立")
    desk.session.execute(update(LetterRecipient).values(acknowledged_at=desk.now))
    desk.session.commit()
    clock.now = desk.now
    assert "You did 1 thing this week. On average a case lay with you for 4 h." in client_as("gm.zhou").get("/").text


def test_a_delegate_finds_the_cases_of_the_principal(desk: Desk, client_as: Client, clock: Clock) -> None:
    case = kept(desk, respondent="service.ma")
    desk.session.add(
        Deputation(
            principal=desk.person("service.liu"), deputy=desk.person("service.gao"), is_standing=False,
            since=MONDAY - timedelta(days=1), until=MONDAY + timedelta(days=1),
        )
    )  # fmt: skip
    desk.session.commit()
    page = client_as("service.gao").get("/").text
    assert case.number in page
    assert "You act for 刘洋 now" in page
    assert "高峰 acts for you" in client_as("service.liu").get("/").text
    # What the deputy does stands in both lists, and in the principal's as the deputy's.
    desk = Desk(desk.session)
    desk.take("accept", Complaint.locked(desk.session, case.id), "service.gao")
    desk.session.commit()
    theirs = client_as("service.liu").get("/?list=done").text
    assert case.number in theirs and "高峰, standing in for you, " in theirs
    own = client_as("service.gao").get("/?list=done").text
    assert case.number in own and "standing in for you" not in own


def test_more_than_fit_are_counted_and_shown_by_pages(desk: Desk, client_as: Client) -> None:
    for _ in range(21):
        desk.file()
    desk.session.commit()
    officer = client_as("cr.sun")
    assert "Show all 21" in officer.get("/").text
    whole = officer.get("/?group=today").text
    assert whole.count('class="gd-do"') == 21
    assert officer.get("/?group=today&page=2").status_code == 200


@pytest.mark.parametrize("address", ["/?list=theirs", "/?group=never"])
def test_an_unknown_list_is_not_found(address: str, client_as: Client) -> None:
    assert client_as("cr.sun").get(address).status_code == 404


@pytest.mark.parametrize("page", ["0", "-1", "x", "999999999", "２"])
def test_a_malformed_page_is_no_accident(page: str, client_as: Client) -> None:
    assert client_as("cr.sun").get(f"/?list=done&page={page}").status_code == 200


def test_done_lists_my_latest_act_first(desk: Desk, client_as: Client) -> None:
    first, second = kept(desk, "handled"), kept(desk, "handling")
    page = client_as("service.liu").get("/?list=done").text
    assert page.index(second.number) < page.index(first.number)
    assert "You completed the handling" in page
    assert "You have not acted in a case yet" in client_as("sales.chen").get("/?list=done").text


def test_started_lists_what_i_logged_and_where_i_appealed(desk: Desk, client_as: Client) -> None:
    case = kept(desk, "ruling")
    for username, has_started in (("cr.sun", True), ("service.ma", True), ("service.liu", False)):
        assert (case.number in client_as(username).get("/?list=started").text) is has_started, username


def test_copied_lists_cases_of_which_i_have_letters(desk: Desk, client_as: Client) -> None:
    case = kept(desk, "handling")
    page = client_as("cr.sun").get("/?list=copied").text
    assert "Acceptance Notice" in page
    assert case.number in page
    assert case.number not in client_as("gm.zhou").get("/?list=copied").text


def test_a_copy_is_unread_until_it_is_acknowledged(desk: Desk, client_as: Client) -> None:
    kept(desk, "handling")
    client = client_as("cr.sun")
    assert "</i>unread<" in client.get("/?list=copied").text
    letter = next(iter(re.findall(r'name="case" value="(letter:[^"]+)"', client.get("/").text)))
    client.post("/several", data={"act": "acknowledge", "case": letter})
    assert "</i>unread<" not in client.get("/?list=copied").text


def test_a_month_of_scorecards_waits_as_one_row_and_is_done_as_one(desk: Desk, client_as: Client, clock: Clock) -> None:
    desk.now = clock.now = moment(4, 1, 9)
    desk.scorecard("computed")
    desk.session.commit()
    page = client_as("service.liu").get("/").text
    assert page.count("Scorecards: Review") == 1
    assert 'href="/months/2026-03"' in page
    assert "Scorecards:" not in client_as("service.ma").get("/").text
    desk.close("review", "service.liu", department="after_sales")
    desk.session.commit()
    assert "Scorecards:" not in client_as("service.liu").get("/").text
    done = client_as("service.liu").get("/?list=done").text
    assert done.count("You reviewed the scorecards") == 1
    assert "March 2026" in done


def test_a_list_is_searched_and_says_how_many_it_found(desk: Desk, client_as: Client) -> None:
    first, second = kept(desk, "handled"), kept(desk, "handled")
    client = client_as("service.liu")
    page = client.get("/", query_string={"list": "done", "q": first.number}).text
    assert "1 found" in page
    assert first.number in page and second.number not in page
    assert "Nothing is found" in client.get("/", query_string={"list": "done", "q": "没有的词"}).text


@pytest.mark.parametrize(
    "text", ['"', "' OR 1=1 --", "%", "_", "*", "\u202e", "𠮷😀", "漏" * 10_000, "2026-1", "〔2026〕1号", "\\"]
)
@pytest.mark.parametrize("name", ["done", "started", "copied"])
def test_strange_questions_are_answered_plainly(name: str, text: str, desk: Desk, client_as: Client) -> None:
    kept(desk, "handling")
    assert client_as("cr.sun").get("/", query_string={"list": name, "q": text}).status_code == 200


def test_who_is_not_logged_in_is_asked_to(client_as: Client, app: object) -> None:
    response = app.test_client().get("/")
    assert response.status_code == 303
    assert "/login" in response.location


def test_the_administrator_hears_what_only_they_can_put_right(desk: Desk, client_as: Client, clock: Clock) -> None:
    sentence, of_penalties = "1 complaint waits for nobody", "1 penalty waits for nobody"
    assert "waits for nobody" not in client_as("admin.root").get("/").text
    desk.complaint("ruling")
    desk.penalty("submitted")
    for deputation in desk.session.scalars(select(Deputation)):
        deputation.until = MONDAY
    for grant in desk.person("gm.zhou").grants:
        grant.until = MONDAY
    desk.session.commit()
    page = client_as("admin.root").get("/").text
    assert sentence in page
    assert of_penalties in page
    assert "waits for nobody" not in client_as("cr.sun").get("/").text
    clock.now = moment(12, 20, year=2033)
    assert "public holidays of 2033 and 2034 yet" in client_as("admin.root").get("/").text


def test_an_administrator_reads_that_papers_wait_and_why(desk: Desk, client_as: Client) -> None:
    kept(desk)
    order = desk.session.scalars(select(Order)).first()
    assert order is not None
    order.last_error = "Unsealed: The certificate of the company's seal ended on 2026-02-01."
    desk.session.commit()
    told = "The reason: The certificate of the company&#39;s seal ended on 2026-02-01."
    assert told in client_as("admin.root").get("/").text
    assert told not in client_as("cr.sun").get("/").text


@pytest.mark.parametrize("error", [
    f"Unsealed: {seal.MISSING}",
    "Unsealed: The company's seal cannot be opened: the password is wrong, or the file is no PKCS#12 file.",
    "Unsealed: The time-stamp service did not answer as it should: connection refused",
    "FontsMissing: Letters cannot be printed on this machine. Install what is missing with: apt-get install x",
    "Unprintable: 👍 (U+1F44D)",
    "OSError: [Errno 28] No space left on device",
    "OperationalError: (sqlite3.OperationalError) database or disk is full",
    "OperationalError: (sqlite3.OperationalError) database is locked",
    "OperationalError: connection refused",
])  # fmt: skip
def test_every_reason_is_told_in_chinese_as_well(error: str, app: Flask) -> None:
    with app.test_request_context("/", headers={"Cookie": "gongdao_lang=zh"}):
        said = paper_words.why(error)
    assert len(re.findall("[\u4e00-\u9fff]", said)) >= 6, said
    assert "未预料" not in said
