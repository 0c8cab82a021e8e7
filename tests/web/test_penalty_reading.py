"""Penalties where everything is read: bell, inbox, letters, one's own page, and the page of one's people."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import (
    Commission,
    Database,
    Deputation,
    Headship,
    LetterService,
    MoneyEntry,
    MoneyKind,
    Penalty,
    Person,
)
from tests.builders import HOUR, MONDAY, Desk, moment
from tests.conftest import Clock
from web import penalty_money

Client = Callable[[str], FlaskClient]
READERS = ("service.ma", "service.liu", "service.gao", "gm.zhou", "hr.qian", "cr.sun", "sales.chen", "sales.wang",
           "admin.root")  # fmt: skip
STRANGERS = ("sales.chen", "sales.wang", "service.gao", "cr.sun", "admin.root")


def readers_of_english(session: Session) -> None:
    session.execute(update(Person).where(Person.username.in_(READERS)).values(language="en"))


@pytest.fixture(autouse=True)
def english(staged: Callable[..., None]) -> None:
    staged(readers_of_english)


def kept(desk: Desk, state: str, **changes: object) -> Penalty:
    penalty = desk.penalty(state, **changes)
    desk.session.commit()
    return penalty


def page_of(client_as: Client, username: str, address: str) -> str:
    response = client_as(username).get(address)
    assert response.status_code == 200, response.status_code
    return response.text


# --- bell and inbox ------------------------------------------------------------------------------


def test_the_bell_tells_who_did_what_in_which_penalty(desk: Desk, client_as: Client) -> None:
    penalty = kept(desk, "issued")
    page = page_of(client_as, "service.ma", "/notices")
    assert "周建国 approved the penalty" in page
    assert f"Penalty {penalty.number}" in page


def test_a_leader_is_led_to_their_own_letter_and_not_to_the_penalty(desk: Desk, client_as: Client) -> None:
    kept(desk, "issued")
    page = page_of(client_as, "service.gao", "/notices")
    assert "The case itself is not open to you." in page
    assert "approved the penalty" not in page


@pytest.mark.parametrize(
    ("state", "username", "act"),
    [
        ("proposed", "service.ma", "State a defence, or waive it"),
        ("heard", "service.liu", "Submit the penalty or drop it"),
        ("submitted", "gm.zhou", "Decide on a penalty"),
        ("issued", "service.ma", "Appeal, if you object"),
        ("appealed", "gm.zhou", "Rule on an appeal against a penalty"),
    ],
)
def test_a_penalty_waits_for_whoever_must_act(
    state: str, username: str, act: str, desk: Desk, client_as: Client
) -> None:
    penalty = kept(desk, state)
    page = page_of(client_as, username, "/")
    assert act in page
    assert f"Penalty {penalty.number}" in page
    for other in {"service.ma", "service.liu", "gm.zhou", "hr.qian", *STRANGERS} - {username}:
        assert act not in page_of(client_as, other, "/"), other


def test_complaints_and_penalties_stand_in_one_order_of_deadlines(desk: Desk, client_as: Client, clock: Clock) -> None:
    penalty = kept(desk, "heard")
    early = desk.complaint("assigned")
    desk.session.commit()
    page = page_of(client_as, "service.liu", "/")
    assert page.index(f"Complaint {early.number}") < page.index(f"Penalty {penalty.number}")
    assert '<span class="gd-count">' in page
    clock.now = MONDAY + timedelta(days=30)
    assert "Overdue" in page_of(client_as, "service.liu", "/")


def test_once_the_time_for_a_defence_is_over_the_head_is_asked(desk: Desk, client_as: Client, clock: Clock) -> None:
    kept(desk, "proposed")
    sentence = "The time for a defence is over"
    assert sentence not in page_of(client_as, "service.liu", "/")
    clock.now = moment(3, 5, 10)
    assert sentence in page_of(client_as, "service.liu", "/")


def test_done_started_and_copied_know_penalties(desk: Desk, client_as: Client) -> None:
    penalty = kept(desk, "issued")
    line = f"Penalty {penalty.number}"
    assert line in page_of(client_as, "gm.zhou", "/?list=done")
    assert line in page_of(client_as, "service.liu", "/?list=started")
    assert line not in page_of(client_as, "gm.zhou", "/?list=started")
    assert line in page_of(client_as, "hr.qian", "/?list=copied")
    assert line not in page_of(client_as, "service.ma", "/?list=copied")
    for username in STRANGERS:
        for which in ("done", "started", "copied"):
            assert "检查单" not in page_of(client_as, username, f"/?list={which}"), (username, which)


def test_an_inbox_of_many_penalties_asks_no_more_than_one_of_few(
    desk: Desk, client_as: Client, database: Database, queries: list[str]
) -> None:
    kept(desk, "submitted")
    manager = client_as("gm.zhou")
    manager.get("/")
    queries.clear()
    manager.get("/")
    few = len(queries)
    for username in ("sales.wang", "sales.zhao", "parts.yuan"):
        by = {"sales.wang": "sales.chen", "sales.zhao": "sales.chen", "parts.yuan": "parts.deng"}[username]
        penalty = desk.propose(by, respondent=username)
        desk.decide("waive", penalty, username)
        desk.decide("submit", penalty, by)
    desk.session.commit()
    queries.clear()
    manager.get("/")
    assert len(queries) <= few + 1


# --- letters --------------------------------------------------------------------------------------


def decision_key(desk: Desk, penalty: Penalty, kind: str = "first_penalty_notice") -> str:
    letters = (letter for step in penalty.events for letter in step.letters if letter.kind == kind)
    return f"penalty-2026-{next(letters).seq}"


def test_each_reads_their_own_copy(desk: Desk, client_as: Client) -> None:
    key = decision_key(desk, kept(desk, "issued"))
    own = page_of(client_as, "service.ma", f"/letters/{key}")
    assert "马超" in own
    assert "joint liability" not in own, "the leader's part is not for the respondent"
    leaders = page_of(client_as, "service.gao", f"/letters/{key}")
    assert "Your copy tells only your own part." in leaders
    assert "−2" in leaders
    assert "−5" not in leaders
    full = page_of(client_as, "hr.qian", f"/letters/{key}")
    assert "−2" in full
    assert "−5" in full


@pytest.mark.parametrize("stranger", ["sales.chen", "sales.wang", "cr.sun", "admin.root"])
def test_a_stranger_finds_no_letter(stranger: str, desk: Desk, client_as: Client) -> None:
    key = decision_key(desk, kept(desk, "issued"))
    for address in (f"/letters/{key}", f"/letters/{key}.pdf"):
        assert client_as(stranger).get(address).status_code == 404
    assert client_as(stranger).post(f"/letters/{key}/service", data={}).status_code == 404


def test_an_internal_letter_is_not_for_the_respondent(desk: Desk, client_as: Client) -> None:
    key = decision_key(desk, kept(desk, "submitted"), "penalty_submission")
    assert client_as("service.ma").get(f"/letters/{key}").status_code == 404
    assert client_as("gm.zhou").get(f"/letters/{key}").status_code == 200


def test_the_decision_of_a_revoked_penalty_is_void_and_names_what_revoked_it(desk: Desk, client_as: Client) -> None:
    penalty = kept(desk, "revoked")
    page = page_of(client_as, "service.ma", f"/letters/{decision_key(desk, penalty)}")
    assert "This letter is void." in page
    assert f'href="/letters/{decision_key(desk, penalty, "revocation_notice")}"' in page


# --- service --------------------------------------------------------------------------------------

HANDED = {"person": "service.ma", "way": "handed_over", "served_at": "2026-03-02T09:00"}


def services(database: Database) -> list[LetterService]:
    with database.reading() as session:
        return list(session.scalars(select(LetterService)))


def test_human_resources_record_how_a_letter_was_served(
    desk: Desk, client_as: Client, database: Database, clock: Clock
) -> None:
    key = decision_key(desk, kept(desk, "issued"))
    clock.now = MONDAY + HOUR
    left = HANDED | {"way": "left", "place": "员工宿舍", "witness_1": "李娜", "witness_2": "王强"}
    page = client_as("hr.qian").post(f"/letters/{key}/service", data=left, follow_redirects=True).text
    for told in ("Left in the presence of witnesses, 2 Mar 09:00", "员工宿舍", "李娜", "王强", "recorded by 钱芳"):
        assert told in page, told
    assert [row.way for row in services(database)] == ["left"]
    assert "员工宿舍" in page_of(client_as, "service.ma", f"/letters/{key}"), "the addressee reads it too"


def test_service_is_recorded_once_and_by_nobody_else(
    desk: Desk, client_as: Client, database: Database, clock: Clock
) -> None:
    key = decision_key(desk, kept(desk, "issued"))
    clock.now = MONDAY + HOUR
    for username, status in (("service.ma", 403), ("service.gao", 403), ("service.liu", 303), ("hr.qian", 409)):
        assert client_as(username).post(f"/letters/{key}/service", data=HANDED).status_code == status, username
    assert len(services(database)) == 1


def test_an_acknowledged_letter_needs_no_service(desk: Desk, client_as: Client, database: Database) -> None:
    key = decision_key(desk, kept(desk, "issued"))
    client_as("service.ma").post(f"/letters/{key}/acknowledgement")
    assert client_as("hr.qian").post(f"/letters/{key}/service", data=HANDED).status_code == 409
    assert services(database) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"way": "by_pigeon"}, "Choose how it was served."),
        ({"served_at": "2026-03-02T11:00"}, "This moment has not come yet."),
        ({"served_at": "2026-03-01T09:00"}, "it cannot have been served before."),
        ({"served_at": "yesterday"}, "Give the day and the time of the service."),
        ({"way": "left", "place": "宿舍"}, "A letter is left in the presence of two witnesses."),
        ({"way": "left", "witness_1": "李娜", "witness_2": "王强"}, "Say where it was left."),
        ({"witness_1": "李娜", "witness_2": "李娜"}, "The second witness is somebody else."),
        ({"witness_1": "马超"}, "The addressee is no witness."),
        ({"way": "courier"}, "Give the courier and the number of the consignment."),
        ({"place": "店" * 121}, "At most 120 characters, please."),
        ({"person": "sales.wang"}, "Choose one of the addressees."),
        ({"person": "nobody"}, "Choose one of the addressees."),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    change: dict[str, str], told: str, desk: Desk, client_as: Client, database: Database, clock: Clock
) -> None:
    key = decision_key(desk, kept(desk, "issued"))
    clock.now = MONDAY + HOUR
    response = client_as("hr.qian").post(f"/letters/{key}/service", data=HANDED | change)
    assert response.status_code == 422
    assert told in response.text
    assert services(database) == []


def test_acknowledging_says_what_it_means(desk: Desk, client_as: Client) -> None:
    key = decision_key(desk, kept(desk, "issued"))
    page = page_of(client_as, "service.ma", f"/letters/{key}")
    assert "Acknowledging means received, not agreed; your appeal is unaffected." in page


# --- one's own page ---------------------------------------------------------------------------------


def test_ones_own_page_tells_the_penalty_with_all_that_it_cost(desk: Desk, client_as: Client) -> None:
    penalty = kept(desk, "issued")
    page = page_of(client_as, "service.ma", "/me")
    for told in (
        f"Penalty {penalty.number}", "you can still appeal against penalty", "−50.00", "−5.00", "First time",
        "Decided, not yet in effect", "you stand here", "From 2 March 2027 it eases to “No penalty in force”.",
        "taken 0.00, still owed 50.00", "First Penalty Notice", "at most 20%",
    ):  # fmt: skip
        assert told in page, told


def test_all_money_is_added_up_however_little_of_it_is_shown(
    desk: Desk, client_as: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(penalty_money, "ENTRIES_SHOWN", 1)
    for facts in ("The first.", "The second."):
        kept(desk, "issued", facts=facts)
    assert "−150.00 yuan in all" in page_of(client_as, "service.ma", "/me")


def test_what_is_not_decided_is_told_beside_its_state(desk: Desk, client_as: Client) -> None:
    number = kept(desk, "heard").number
    assert f"{number}</a> · Not decided yet" in page_of(client_as, "service.ma", "/me")


@pytest.mark.parametrize(("steps", "told"), [
    (("heard", "service.liu", "drop"), "it was not pursued"),
    (("submitted", "gm.zhou", "reject"), "the general manager did not approve it"),
])  # fmt: skip
def test_who_ended_it_without_a_penalty_is_told(
    steps: tuple[str, str, str], told: str, desk: Desk, client_as: Client
) -> None:
    state, by, action = steps
    desk.decide(action, desk.penalty(state), by, reason="查无实据")
    desk.session.commit()
    assert f"No penalty: {told}." in page_of(client_as, "service.ma", "/me")


def test_points_of_penalties_say_why(desk: Desk, client_as: Client) -> None:
    kept(desk, "revoked")
    page = page_of(client_as, "service.ma", "/me")
    assert "Penalty revoked" in page
    assert "You have 100 points." in page
    assert "joint liability for a team member" in page_of(client_as, "service.gao", "/me")


def test_a_revoked_penalty_costs_nothing_and_does_not_count(desk: Desk, client_as: Client) -> None:
    kept(desk, "revoked")
    page = page_of(client_as, "service.ma", "/me")
    assert "Revoked: void from the start" in page
    assert "No penalty is in force on this ladder." in page
    assert "you stand here" not in page


def test_what_has_expired_does_not_count(desk: Desk, client_as: Client, clock: Clock) -> None:
    kept(desk, "final")
    clock.now = moment(3, 3, year=2027)
    page = page_of(client_as, "service.ma", "/me")
    assert "Has not counted on the ladder since 2 March 2027." in page
    assert "No penalty is in force on this ladder." in page


def test_commissions_are_told_with_what_forfeited_them(desk: Desk, client_as: Client) -> None:
    hr, ma = desk.person("hr.qian"), desk.person("service.ma")
    desk.session.add(
        Commission(person_id=ma.id, month="2026-02", amount=123_400, recorded_at=MONDAY, recorded_by_id=hr.id)
    )
    desk.session.commit()
    assert "1,234.00" in page_of(client_as, "service.ma", "/me")


def test_a_forfeited_commission_is_told_and_not_owed(desk: Desk, client_as: Client) -> None:
    """CS-9: pay that was not earned does not count among what pay day still takes (2.4)."""
    penalty = kept(desk, "final")
    approved = next(event for event in penalty.events if event.action == "approve")
    told = {"person_id": penalty.respondent_id, "penalty_id": penalty.id, "month": "2026-03"}
    desk.session.add(MoneyEntry(event=approved, kind=MoneyKind.COMMISSION_FORFEIT, amount=-125_400, **told))
    desk.session.commit()
    page = page_of(client_as, "service.ma", "/me")
    assert "still owed 50.00; commission forfeited 1,254.00" in page


def test_who_was_never_penalised_reads_so(desk: Desk, client_as: Client) -> None:
    kept(desk, "issued")
    page = page_of(client_as, "sales.wang", "/me")
    assert "No penalty was ever proposed against you." in page
    assert "2026-1<" not in page


# --- one's people -----------------------------------------------------------------------------------


@pytest.mark.parametrize("reader", ["service.liu", "gm.zhou", "hr.qian"])
def test_who_answers_for_somebody_reads_their_penalties(reader: str, desk: Desk, client_as: Client) -> None:
    penalty = kept(desk, "issued")
    page = page_of(client_as, reader, "/people/service.ma/penalties")
    for told in (f"Penalty {penalty.number}", "−50.00", "stands here", "First Penalty Notice"):
        assert told in page, told
    assert "State a defence" not in page
    assert "1 in force" in page_of(client_as, reader, "/standing")


@pytest.mark.parametrize("stranger", STRANGERS)
def test_a_stranger_cannot_tell_whether_the_person_exists(stranger: str, desk: Desk, client_as: Client) -> None:
    kept(desk, "issued")
    client = client_as(stranger)
    theirs, nobodys = client.get("/people/service.ma/penalties"), client.get("/people/nobody/penalties")
    assert theirs.status_code == nobodys.status_code == 404
    assert "处罚" not in theirs.text
    if stranger != "sales.chen":
        assert client.get("/standing").status_code == 404


def test_a_head_counts_only_their_own_people(desk: Desk, client_as: Client) -> None:
    kept(desk, "issued")
    page = page_of(client_as, "sales.chen", "/standing")
    assert "马超" not in page
    assert "1 in force" not in page
    assert "sales.wang" in page


def test_a_head_reads_no_wages_and_no_commission(desk: Desk, client_as: Client) -> None:
    hr, ma = desk.person("hr.qian"), desk.person("service.ma")
    desk.session.add(
        Commission(person_id=ma.id, month="2026-02", amount=123_400, recorded_at=MONDAY, recorded_by_id=hr.id)
    )
    kept(desk, "issued")
    assert "1,234.00" not in page_of(client_as, "service.liu", "/people/service.ma/penalties")
    assert "1,234.00" in page_of(client_as, "hr.qian", "/people/service.ma/penalties")


def test_a_former_head_reads_nothing_any_more(desk: Desk, client_as: Client) -> None:
    kept(desk, "issued")
    liu = desk.person("service.liu")
    desk.session.scalars(select(Headship).where(Headship.person == liu)).one().until = MONDAY
    desk.session.commit()
    assert client_as("service.liu").get("/people/service.ma/penalties").status_code == 404


def test_who_has_left_reads_their_own_penalties_and_nobody_elses(desk: Desk, client_as: Client) -> None:
    kept(desk, "issued")
    desk.person("service.ma").left_at = MONDAY
    desk.person("hr.qian").left_at = MONDAY
    desk.session.commit()
    assert "Penalty 2026-1" in page_of(client_as, "service.ma", "/me")
    assert client_as("hr.qian").get("/people/service.ma/penalties").status_code == 404
    assert client_as("hr.qian").get("/standing").status_code == 404


def test_who_has_left_is_not_led_to_the_regulation(desk: Desk, client_as: Client) -> None:
    desk.complaint("handling")
    kept(desk, "issued")
    addresses = ("/me", "/penalties/2026-1", "/complaints/2026-1")
    for address in addresses:
        assert 'href="/regulation' in page_of(client_as, "service.ma", address)
    desk.person("service.ma").left_at = MONDAY
    desk.session.commit()
    for address in addresses:
        assert 'href="/regulation' not in page_of(client_as, "service.ma", address)


@pytest.mark.parametrize("reader", ["service.ma", "service.liu", "gm.zhou", "hr.qian"])
def test_a_penalty_leads_to_all_of_the_person(reader: str, desk: Desk, client_as: Client) -> None:
    kept(desk, "issued")
    assert 'href="/people/service.ma/penalties"' in page_of(client_as, reader, "/penalties/2026-1")


def test_the_staff_page_leads_to_the_penalties_only_for_human_resources(desk: Desk, client_as: Client) -> None:
    address = 'href="/people/service.ma/penalties"'
    assert address in page_of(client_as, "hr.qian", "/people/service.ma")
    assert address not in page_of(client_as, "admin.root", "/people/service.ma")


def test_a_deputy_reads_what_the_head_reads(desk: Desk, client_as: Client) -> None:
    kept(desk, "issued")
    desk.session.add(
        Deputation(
            principal=desk.person("service.liu"), deputy=desk.person("sales.wang"), is_standing=False,
            since=MONDAY - timedelta(days=1), until=MONDAY + timedelta(days=1),
        )
    )  # fmt: skip
    desk.session.commit()
    assert client_as("sales.wang").get("/people/service.ma/penalties").status_code == 200


def test_the_people_of_the_company_are_all_in_the_managers_list(desk: Desk, client_as: Client) -> None:
    page = page_of(client_as, "gm.zhou", "/standing")
    for name in desk.session.scalars(select(Person.name)):
        assert name in page


# --- the search of the top bar ------------------------------------------------------------------------


@pytest.mark.parametrize("asked", ["处罚 2026-1", "2026-1", "penalty 2026-1", "处罚２０２６-1"])
def test_ones_own_penalty_is_found_by_its_number(asked: str, desk: Desk, client_as: Client) -> None:
    kept(desk, "issued")
    assert client_as("service.ma").get("/search", query_string={"q": asked}).location == "/penalties/2026-1"


@pytest.mark.parametrize("asked", ["马超", "交车前检查", "处罚", "处罚 2026-2", "service.ma"])
def test_nothing_but_the_number_finds_a_penalty(asked: str, desk: Desk, client_as: Client) -> None:
    kept(desk, "issued")
    for username in ("service.ma", "sales.wang"):
        page = client_as(username).get("/search", query_string={"q": asked}, follow_redirects=True).text
        assert "/penalties/2026-1" not in page, username


@pytest.mark.parametrize("asked", ["处罚 2026-1", "2026-1", "处罚〔2026〕1号"])
def test_a_stranger_is_answered_as_if_there_were_none(asked: str, desk: Desk, client_as: Client) -> None:
    client = client_as("sales.wang")
    before = client.get("/search", query_string={"q": asked}).location
    kept(desk, "issued")
    assert client.get("/search", query_string={"q": asked}).location == before


def test_a_letters_number_leads_to_the_letter_that_one_may_read(desk: Desk, client_as: Client) -> None:
    kept(desk, "issued")
    employee = client_as("service.ma")
    own, internal = (employee.get("/search", query_string={"q": f"处罚〔2026〕{seq}号"}).location for seq in (1, 3))
    assert own == "/letters/penalty-2026-1"
    assert "/letters/" not in internal, "the submission is not for the respondent"
