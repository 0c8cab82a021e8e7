"""The case page: what each reader finds on it, and what nobody but the right one does."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Complaint, ComplaintState, Database, Person, Severity, Team, TeamLeadership
from tests.builders import HOUR, MONDAY, PATHS, Desk
from tests.conftest import Clock
from web import case_words, diagram
from web.case_offers import NOUNS
from workflow import people, places
from workflow.complaint import COMPLAINT

Client = Callable[[str], FlaskClient]
Made = Callable[..., str]

CUSTOMER, PHONE, PLATE = "欧阳女士", "13800004321", "沪A·99K21"
SECRETS = (CUSTOMER, PHONE, "138****4321", PLATE)


@pytest.fixture
def secretive(case_in: Made) -> Callable[[str], str]:
    """A case whose words name the customer everywhere."""

    def made(state: str) -> str:
        return case_in(
            state,
            customer_name=CUSTOMER,
            customer_phone=PHONE,
            vehicle=PLATE,
            description=f"{CUSTOMER}说没有人接待，车牌 {PLATE}。",
            demand=f"请回电 {PHONE}",
        )

    return made


def page(client: FlaskClient, number: str, query: str = "") -> str:
    answer = client.get(f"/complaints/{number}{query}")
    assert answer.status_code == 200
    return answer.text


def twelve_more_leaders(session: Session) -> None:
    desk = Desk(session)
    department = desk.person("service.liu").posting_at(MONDAY).department
    for number in range(12):
        leader, _password = people.add_employee(
            session, by=desk.person("hr.qian"), at=MONDAY, username=f"leader.{number}", name=f"组长{number}",
            department=department, title="组长",
        )  # fmt: skip
        team = Team(slug=f"team-{number}", department=department)
        session.add(team)
        session.flush()
        session.add(TeamLeadership(person=leader, team_id=team.id, since=MONDAY))


@pytest.mark.parametrize("reader", ["service.liu", "cr.sun"])
def test_the_page_asks_no_more_however_many_colleagues_there_are(
    client_as: Client, case_in: Made, staged: Callable[..., None], queries: list[str], reader: str
):
    number = case_in("assigned" if reader == "service.liu" else "filed")

    def asked() -> int:
        queries.clear()
        page(client_as(reader), number)
        return len(queries)

    asked()
    before = asked()
    staged(twelve_more_leaders)
    assert asked() == before


def test_the_page_can_be_drawn_in_every_state_for_everyone_concerned(client_as: Client, case_in: Made):
    clients = [client_as(user) for user in ("cr.sun", "service.liu", "gm.zhou", "service.ma")]
    for number in [case_in(state) for state in PATHS]:
        for client in clients:
            assert 'aria-current="step"' in page(client, number)


def test_for_a_stranger_the_case_is_not_there(client_as: Client, case_in: Made):
    number = case_in("ruling")
    for user in ("sales.wang", "service.gao", "hr.qian", "admin.root", "parts.deng"):
        stranger = client_as(user)
        theirs, missing = stranger.get(f"/complaints/{number}"), stranger.get("/complaints/2026-999")
        assert theirs.status_code == missing.status_code == 404
        assert number not in theirs.text


def test_the_respondent_never_reads_who_the_customer_is(client_as: Client, secretive: Callable[[str], str]):
    client = client_as("service.ma")
    for state in PATHS:
        text = page(client, secretive(state))
        assert not [secret for secret in SECRETS if secret in text], state


def test_the_number_is_shown_in_full_to_those_who_call_and_to_nobody_else(
    client_as: Client, secretive: Callable[[str], str]
):
    number = secretive("ruling")
    assert PHONE in page(client_as("cr.sun"), number).replace(f"请回电 {PHONE}", "")
    for user in ("service.liu", "gm.zhou"):
        assert PHONE not in page(client_as(user), number).replace(f"请回电 {PHONE}", "")


def test_the_respondent_sees_their_own_points_only(client_as: Client, case_in: Made):
    number = case_in("ruling", severity=Severity.MAJOR)
    ledger = page(client_as("service.ma"), number).partition('id="points"')[2].partition("</table>")[0]
    assert "−10.00" in ledger
    assert "−5.00" not in ledger
    assert "−5.00" in page(client_as("gm.zhou"), number).partition('id="points"')[2]


def test_the_respondent_is_told_what_each_ruling_means(client_as: Client, case_in: Made):
    text = page(client_as("service.ma"), case_in("ruling", severity=Severity.MAJOR))
    outcomes = text.partition('id="means"')[2].partition("</table>")[0]
    assert "90" in outcomes
    assert "−2 / −5 / −10" in outcomes


def test_the_respondent_reads_only_letters_that_are_theirs(client_as: Client, case_in: Made):
    number = case_in("resolved")
    shelf = page(client_as("service.ma"), number).partition('class="gd-shelf"')[2].partition("</ul>")[0]
    assert "客户抱怨单" in shelf
    assert "处理结果回复单" not in shelf
    assert "处理结果回复单" in page(client_as("cr.sun"), number)


def test_a_void_form_is_stamped(client_as: Client, case_in: Made):
    shelf = page(client_as("cr.sun"), case_in("voided")).partition('class="gd-shelf"')[2].partition("</ul>")[0]
    assert shelf.count("<em>") == 1


OFFERED: dict[tuple[str, str], set[str]] = {
    ("filed", "cr.sun"): {"assignment", "withdrawal/preview"},
    ("assigned", "service.liu"): {"acceptance", "appeal"},
    ("assigned", "service.ma"): {"appeal"},
    ("appealed", "service.liu"): {"endorsement", "declining"},
    ("appealed", "service.ma"): {"retraction"},
    ("ruling", "gm.zhou"): {"ruling/preview"},
    ("ruling", "service.ma"): set(),
    ("handling", "service.liu"): {"completion"},
    ("handled", "service.liu"): {"report"},
    ("handling", "cr.sun"): {"suspension", "withdrawal/preview"},
    ("reported", "cr.sun"): {"verification", "return", "suspension"},
    ("resolved", "cr.sun"): {"follow-up", "reopening"},
    ("voided", "cr.sun"): {"follow-up"},
    ("withdrawn", "cr.sun"): set(),
}


def test_what_is_open_is_offered_as_a_form(client_as: Client, case_in: Made):
    every = {"ruling/preview", "withdrawal/preview", *NOUNS}
    for (state, user), offered in OFFERED.items():
        number = case_in(state)
        text = page(client_as(user), number)
        assert {noun for noun in every if f'action="/complaints/{number}/{noun}#act"' in text} == offered, state


def test_what_is_closed_says_why(client_as: Client, case_in: Made):
    text = page(client_as("service.liu"), case_in("ruling"))
    closed = text.partition('class="gd-body pt-0 gd-closed"')[2]
    assert "周建国" in closed
    assert "孙悦" in closed


def test_the_query_opens_a_choice(client_as: Client, case_in: Made):
    number = case_in("ruling")
    assert 'value="dismiss" required checked' in page(client_as("gm.zhou"), number, "?act=dismiss")
    assert "required checked" not in page(client_as("gm.zhou"), number, "?act=<script>")


def test_other_cases_of_the_customer_are_linked_for_those_who_may_see_them(client_as: Client, case_in: Made):
    number, other = case_in("assigned"), case_in("filed", respondent="sales.wang")
    assert f'href="/complaints/{other}"' in page(client_as("cr.sun"), number)
    assert f'href="/complaints/{other}"' not in page(client_as("service.liu"), number)
    assert f'href="/complaints/{other}"' not in page(client_as("service.ma"), number)


def test_an_overdue_deadline_is_told_in_words_with_its_price(client_as: Client, case_in: Made, clock: Clock):
    number = case_in("handled")
    clock.now += timedelta(days=2, hours=1)
    text = page(client_as("service.liu"), number)
    assert "gd-soon" in text
    assert "−2" in text.partition('id="act-h"')[2].partition("</header>")[0]


def test_both_deadlines_stand_on_every_open_case(client_as: Client, case_in: Made):
    for state in ("filed", "assigned", "ruling", "handling", "reported", "voided"):
        clocks = page(client_as("cr.sun"), case_in(state)).partition('class="gd-body gd-clocks"')[2]
        assert "bi-bank" in clocks.partition("</section>")[0]


def test_a_deputy_acts_and_is_named_with_whom_they_stand_in_for(client_as: Client, database: Database, clock: Clock):
    with database.writing() as session:
        desk = Desk(session)
        number = desk.complaint("ruling").number
        manager, deputy = desk.person("gm.zhou"), desk.person("deputy.he")
        places.delegate(session, deputy, by=manager, at=MONDAY, since=MONDAY, until=MONDAY + 24 * HOUR)
        session.commit()
    clock.now += HOUR
    deputy = client_as("deputy.he")
    assert deputy.post(f"/complaints/{number}/dismissal", data={"reason": "证据不足"}).status_code == 303
    timeline = page(client_as("cr.sun"), number).partition('class="gd-time"')[2]
    assert "何敏" in timeline
    assert "周建国" in timeline.partition("何敏")[2].partition("</li>")[0]


def test_a_former_respondent_reads_no_points_of_their_successor(client_as: Client, database: Database):
    with database.writing() as session:
        desk = Desk(session)
        complaint = desk.complaint("ruling")
        desk.take("vary", complaint, "gm.zhou", reason="当事人有误", respondent=desk.person("service.gao"))
        session.commit()
        number = complaint.number
    ledger = page(client_as("service.ma"), number).partition('id="points"')[2].partition("</table>")[0]
    assert "高峰" not in ledger


def test_a_former_respondent_does_not_read_who_the_customer_is(client_as: Client, database: Database):
    with database.writing() as session:
        desk = Desk(session)
        complaint = desk.complaint("ruling", customer_name=CUSTOMER, customer_phone=PHONE, vehicle=PLATE)
        desk.take("vary", complaint, "gm.zhou", reason="当事人有误", respondent=desk.person("service.gao"))
        session.commit()
        number = complaint.number
    for user in ("service.ma", "service.gao"):
        text = page(client_as(user), number)
        assert not [secret for secret in SECRETS if secret in text], user


def test_who_has_left_can_still_read_and_appeal_their_own_case(client_as: Client, case_in: Made, database: Database):
    number, other = case_in("assigned"), case_in("assigned", respondent="service.gao")
    with database.writing() as session:
        session.scalars(select(Person).filter_by(username="service.ma")).one().left_at = MONDAY
        session.commit()
    client = client_as("service.ma")
    assert f'action="/complaints/{number}/appeal#act"' in page(client, number)
    assert client.post(f"/complaints/{number}/appeal", data={"grounds": "已出示报价单"}).status_code == 303
    assert client.get(f"/complaints/{other}").status_code == 404


def bar_of(text: str) -> str:
    return text.partition('class="gd-bar"')[2].partition("</main>")[0]


def test_the_bar_is_for_whoever_is_awaited(client_as: Client, case_in: Made):
    number = case_in("ruling")
    assert bar_of(page(client_as("gm.zhou"), number)).count("btn-ink") == 1
    assert f"/complaints/{number}?act=uphold#act" in bar_of(page(client_as("gm.zhou"), number))
    respondents = bar_of(page(client_as("service.ma"), number))
    assert 'href="#letters"' in respondents
    assert "等周建国" in respondents, "the time is not theirs, and it says whose"
    assert bar_of(page(client_as("cr.sun"), number)) == ""


def test_the_diagram_shows_every_state_and_marks_the_present_one(app, client_as: Client, case_in: Made):
    text = page(client_as("gm.zhou"), case_in("ruling"))
    drawing = text.partition('<svg class="gd-diagram"')[2].partition("</svg>")[0]
    if not drawing:
        pytest.skip("dot is not installed here")
    assert all(f'id="complaint_state_{state.value}"' in drawing for state in ComplaintState)
    assert drawing.count("is-now") == 1
    assert 'id="complaint_state_ruling" class="node is-now"' in drawing
    assert "style=" not in drawing


def test_without_dot_the_table_says_the_same(client_as: Client, case_in: Made, monkeypatch: pytest.MonkeyPatch):
    diagram._drawn.cache_clear()
    monkeypatch.setenv("PATH", "/nowhere")
    text = page(client_as("gm.zhou"), case_in("ruling"))
    diagram._drawn.cache_clear()
    assert "gd-diagram" not in text
    steps = text.partition('class="gd-table case-steps"')[2].partition("</tbody>")[0]
    assert steps.count("<tr") - 1 == sum(len(rule.source) for rule in COMPLAINT.rules)


def test_every_act_and_clock_has_its_words():
    assert set(COMPLAINT.actions) <= set(case_words.WORDS)
    clocks = {rule.clock for rule in COMPLAINT.rules if rule.clock}
    assert clocks == set(case_words.AWAITED) == set(case_words.TASKS) == set(case_words.REQUESTS)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("维修前未告知额外收费。结账时多收。", "维修前未告知额外收费"),
        ("没有标点的短句", "没有标点的短句"),
        ("他说，" + "很长" * 40, "他说，" + "很长" * 12 + "很…"),
        ("Nobody called me back! I waited.", "Nobody called me back"),
        ("   \n。", "。"),
        ("𠮷" * 100, "𠮷" * 28 + "…"),
    ],
)
def test_a_title_is_the_first_sentence(text: str, title: str):
    assert case_words.first_sentence(text) == title


def test_in_english_the_page_speaks_english(client_as: Client, case_in: Made, database: Database):
    number = case_in("ruling")
    with database.writing() as session:
        session.scalars(select(Person).filter_by(username="gm.zhou")).one().language = "en"
        session.commit()
    text = page(client_as("gm.zhou"), number)
    assert 'lang="en"' in text
    assert "Give your ruling" in text
    assert "Void Certificate" not in text
    assert "Appeal Submission" in text


def test_reading_changes_nothing(client_as: Client, case_in: Made, database: Database, clock: Clock):
    """What fell due is the clock's or the next act's business; a look at the page moves nothing."""
    number = case_in("assigned")
    clock.now += 30 * HOUR
    page(client_as("gm.zhou"), number)
    with database.reading() as session:
        assert session.scalars(Complaint.by_number(number)).one().state is ComplaintState.ASSIGNED
