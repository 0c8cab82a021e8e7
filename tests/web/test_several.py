"""One act with several cases at once: what may be chosen, what is shown before, what becomes of each."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from threading import Barrier, Thread
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from models import Complaint, ComplaintState, Database, Event, LetterRecipient, Penalty, PenaltyState
from tests.builders import MONDAY, Desk
from tests.conftest import Clock
from workflow import several

Client = Callable[[str], FlaskClient]
TICK = re.compile(r'name="case" value="([^"]+)"')
STRANGE = "https://elsewhere.example/"


def scene(session: Any) -> dict[str, str]:
    """Complaints in several departments, about officers and a manager, in several states; penalties to submit."""
    desk = Desk(session)
    for username in ("cr.sun", "service.liu", "service.ma", "gm.zhou", "sales.chen"):
        desk.person(username).language = "en"
    found = {state: desk.complaint(state).number for state in ("filed", "assigned", "appealed", "ruling", "handling")}
    found["nobody"] = desk.file(respondent=None).number
    found["sales"] = desk.file(respondent="sales.wang").number
    found["officer"] = desk.file(by="cr.lin", respondent="cr.sun").number
    found["heard"] = desk.penalty("heard").number
    found["proposed"] = desk.penalty("proposed").number
    found["submitted"] = desk.penalty("submitted").number
    return found


@pytest.fixture
def cases(staged: Callable[..., Any]) -> dict[str, str]:
    found: dict[str, str] = staged(scene)
    return found


def ticks_of(client: FlaskClient, address: str = "/") -> dict[str, str]:
    """The ticks of a page, by the number of a complaint, or kind and number of anything else."""
    found = [unescape(tick) for tick in TICK.findall(client.get(address).text)]
    return {tick.rpartition(":")[0].removeprefix("complaint:"): tick for tick in found}


def send(client: FlaskClient, act: str, ticks: list[str], path: str = "/several", **more: str) -> Any:
    return client.post(path, data={"act": act, "case": ticks, **more})


def states(database: Database, kind: type[Complaint] | type[Penalty], *numbers: str) -> list[str]:
    with database.reading() as session:
        return [session.scalars(kind.by_number(number)).one().state.value for number in numbers]


def events(database: Database) -> int:
    with database.reading() as session:
        return session.scalars(select(func.count(Event.id))).one()


# --- what may be chosen


def test_a_page_offers_a_tick_where_something_can_be_done_with_several(
    client_as: Client, cases: dict[str, str]
) -> None:
    officer, head = client_as("cr.sun"), client_as("service.liu")
    assert set(ticks_of(officer, "/complaints")) == {cases["filed"], cases["nobody"], cases["sales"]}
    assert set(ticks_of(head, "/complaints")) == {cases["assigned"], cases["appealed"]}
    assert {cases["assigned"], cases["appealed"], f"penalty:{cases['heard']}"} <= set(ticks_of(head))
    assert not {cases["handling"], f"penalty:{cases['proposed']}"} & set(ticks_of(head))


def test_a_row_without_a_tick_keeps_no_room_for_one(client_as: Client, cases: dict[str, str]) -> None:
    rows = client_as("service.liu").get("/complaints").text.split("<tr")[2:]
    assert {bool(TICK.search(row)) for row in rows} == {True, False}
    assert all(row.startswith(' class="list-unticked"') != bool(TICK.search(row)) for row in rows)


@pytest.mark.parametrize("username", ["gm.zhou", "service.ma", "hr.qian"])
def test_rulings_decisions_and_own_rights_are_never_taken_with_several(
    username: str, client_as: Client, cases: dict[str, str]
) -> None:
    client = client_as(username)
    assert not [tick for tick in ticks_of(client).values() if not tick.startswith("letter:")]
    assert ticks_of(client, "/complaints") == {}


# --- before it is done


def test_step_one_says_which_stay_and_why_and_changes_nothing(
    client_as: Client, database: Database, cases: dict[str, str]
) -> None:
    client, before = client_as("cr.sun"), events(database)
    ticks = ticks_of(client, "/complaints")
    page = send(client, "assign", [ticks[cases["filed"]], ticks[cases["nobody"]]], "/several/preview").text
    assert "Name the department that has to answer." in page
    assert page.count("Can be done") == 1
    assert "Confirm for 1" in page
    assert events(database) == before


def test_choosing_nothing_leads_back_and_says_so(client_as: Client, cases: dict[str, str]) -> None:
    answer = send(client_as("cr.sun"), "assign", [], "/several/preview", back="/complaints?state=filed")
    assert (answer.status_code, answer.location) == (303, "/complaints?state=filed")
    assert "Choose at least one first." in client_as("cr.sun").get("/").text or answer.location


@pytest.mark.parametrize("back", [STRANGE, "//elsewhere.example", "javascript:alert(1)", "\\\\elsewhere.example"])
def test_the_way_back_leads_to_no_other_site(back: str, client_as: Client, cases: dict[str, str]) -> None:
    assert send(client_as("cr.sun"), "assign", [], "/several/preview", back=back).location == "/"


# --- done


def test_each_goes_on_by_itself_and_what_stays_says_why(
    client_as: Client, database: Database, cases: dict[str, str]
) -> None:
    client = client_as("cr.sun")
    ticks = ticks_of(client, "/complaints")
    chosen = [*ticks.values(), f"complaint:{cases['officer']}:filed@", "complaint:2026-999:filed@"]
    page = send(client, "assign", chosen, text="请当日联系客户。").text
    assert states(database, Complaint, cases["filed"], cases["sales"]) == ["assigned", "assigned"]
    assert states(database, Complaint, cases["nobody"], cases["officer"]) == ["filed", "filed"]
    assert "2 done" in page
    assert "Name the department that has to answer." in page
    assert "There is no such case." in page
    with database.reading() as session:
        said = [event.said.get("note") for event in session.scalars(select(Event).filter_by(action="assign"))]
    assert said.count("请当日联系客户。") == 2


def test_a_head_accepts_endorses_and_submits_several(
    client_as: Client, database: Database, cases: dict[str, str]
) -> None:
    head = client_as("service.liu")
    ticks = ticks_of(head)
    send(head, "accept", [ticks[cases["assigned"]]])
    send(head, "endorse", [ticks[cases["appealed"]]], text="同意提报")
    send(head, "submit", [ticks[f"penalty:{cases['heard']}"]])
    assert states(database, Complaint, cases["assigned"], cases["appealed"]) == ["handling", "ruling"]
    assert states(database, Penalty, cases["heard"]) == ["submitted"]


def test_an_act_of_one_process_does_nothing_to_a_case_of_another(
    client_as: Client, database: Database, cases: dict[str, str]
) -> None:
    head = client_as("service.liu")
    tick = ticks_of(head)[f"penalty:{cases['heard']}"]
    for path in ("/several/preview", "/several"):
        assert "This step does not apply here." in send(head, "accept", [tick], path).text
    assert states(database, Penalty, cases["heard"]) == ["heard"]


def test_sent_twice_nothing_is_done_twice(client_as: Client, database: Database, cases: dict[str, str]) -> None:
    head = client_as("service.liu")
    ticks = [ticks_of(head)[cases["assigned"]]]
    send(head, "accept", ticks)
    once = events(database)
    page = send(head, "accept", ticks).text
    assert events(database) == once
    assert "You accepted the complaint already." in page


def test_two_presses_at_once_in_opposite_orders_do_everything_once(
    client_as: Client, database: Database, cases: dict[str, str]
) -> None:
    ticks, before = list(ticks_of(client_as("cr.sun"), "/complaints").values()), events(database)
    start, told = Barrier(2), []

    def press(chosen: list[str]) -> None:
        client = client_as("cr.sun")
        start.wait()
        told.append(send(client, "assign", chosen).status_code)

    threads = [Thread(target=press, args=(chosen,)) for chosen in (ticks, ticks[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == [200, 200]
    assert events(database) == before + 2


def test_what_moved_meanwhile_says_who_did_what(client_as: Client, database: Database, cases: dict[str, str]) -> None:
    """It came back to where it was: still not what was looked at when it was chosen."""
    head = client_as("service.liu")
    tick = ticks_of(head)[cases["assigned"]]
    with database.writing() as session:
        desk = Desk(session, MONDAY + timedelta(minutes=5))
        case = session.scalars(Complaint.by_number(cases["assigned"])).one()
        desk.take("appeal", case, "service.ma", grounds="已出示报价单。")
        desk.take("retract", case, "service.ma")
        session.commit()
    page = send(head, "accept", [tick]).text
    assert "took the appeal back" in page
    assert states(database, Complaint, cases["assigned"]) == ["assigned"]


def test_what_has_lapsed_is_carried_out_first(
    client_as: Client, database: Database, cases: dict[str, str], clock: Clock
) -> None:
    head = client_as("service.liu")
    tick = ticks_of(head)[cases["assigned"]]
    clock.now = MONDAY + timedelta(hours=25)
    assert cases["assigned"] not in ticks_of(client_as("service.liu"), "/complaints")
    told = "The time is over, and the deadline decides by itself."
    assert told in send(client_as("service.liu"), "accept", [tick], "/several/preview").text
    page = send(client_as("service.liu"), "accept", [tick]).text
    assert "0 done" in page
    with database.reading() as session:
        case = session.scalars(Complaint.by_number(cases["assigned"])).one()
        assert case.state is ComplaintState.HANDLING
        assert "lapse" in session.scalars(select(Event.action).filter_by(complaint_id=case.id)).all()


@pytest.mark.parametrize("username", ["service.ma", "gm.zhou", "sales.chen"])
def test_a_forged_tick_does_nothing(
    username: str, client_as: Client, database: Database, cases: dict[str, str]
) -> None:
    tick, before = ticks_of(client_as("service.liu"))[cases["assigned"]], events(database)
    for path in ("/several/preview", "/several"):
        page = send(client_as(username), "accept", [tick], path).text
        assert "Confirm for" not in page
    assert events(database) == before


@pytest.mark.parametrize("act", ["approve", "uphold", "waive", "verify", "", "drop table"])
def test_no_other_act_is_taken_this_way(act: str, client_as: Client, cases: dict[str, str]) -> None:
    assert send(client_as("gm.zhou"), act, [f"complaint:{cases['ruling']}:x"]).status_code == 404


@pytest.mark.parametrize(
    "tick", ["", ":", "::", "complaint", "complaint:x:y", "penalty:²:y", "card:2026-1:x", "letter:x:", "𠮷:😀:\u202e"]
)
def test_a_malformed_tick_is_no_accident(tick: str, client_as: Client, cases: dict[str, str]) -> None:
    for act in ("assign", "acknowledge"):
        for path in ("/several/preview", "/several"):
            assert send(client_as("cr.sun"), act, [tick], path).status_code in (200, 303)


@pytest.mark.parametrize(
    ("text", "told"), [("长" * 10_000, "too long"), ("好👍", "Letters cannot print"), ("a\u202eb", "invisible")]
)
def test_a_text_that_cannot_be_kept_is_shown_back_with_its_reason(
    text: str, told: str, client_as: Client, database: Database, cases: dict[str, str]
) -> None:
    head, before = client_as("service.liu"), events(database)
    answer = send(head, "accept", [ticks_of(head)[cases["assigned"]]], text=text)
    assert answer.status_code == 422
    assert told in answer.text
    assert text in answer.text
    assert events(database) == before


# --- letters


def test_letters_are_acknowledged_at_once_and_each_says_what_became_of_it(
    client_as: Client, database: Database, cases: dict[str, str]
) -> None:
    client = client_as("service.ma")
    ticks = [tick for tick in ticks_of(client).values() if tick.startswith("letter:")]
    assert len(ticks) > 1
    assert f"Confirm for {len(ticks)}" in send(client, "acknowledge", ticks, "/several/preview").text
    assert f"{len(ticks)} done" in send(client, "acknowledge", ticks).text
    with database.reading() as session:
        mine = Desk(session).person("service.ma").id
        times = session.scalars(select(LetterRecipient.acknowledged_at).filter_by(person_id=mine)).all()
    assert sum(at is not None for at in times) == len(ticks)
    assert "You acknowledged this letter on" in send(client, "acknowledge", ticks).text


def test_nobody_acknowledges_a_letter_of_somebody_else(
    client_as: Client, database: Database, cases: dict[str, str]
) -> None:
    ticks = [tick for tick in ticks_of(client_as("service.ma")).values() if tick.startswith("letter:")]
    assert "There is no such letter." in send(client_as("sales.chen"), "acknowledge", ticks).text
    with database.reading() as session:
        assert session.scalars(select(LetterRecipient).where(LetterRecipient.acknowledged_at.is_not(None))).all() == []


# --- the principle, held against the tables


def test_what_is_taken_with_several_asks_for_nothing_and_decides_about_nobody(desk: Desk) -> None:
    """Read off the tables: by whoever runs the case, open without any input, into a station that is no outcome."""
    assert several.ACTS == {"assign": "complaint", "accept": "complaint", "endorse": "complaint", "submit": "penalty"}
    for kind, process in several.PROCESSES.items():
        for rule in process.rules:
            if rule.several:
                assert rule.by.name in ("customer_relations", "department_head"), rule.name
                assert rule.source and rule.clock, (kind, rule.name)
    for state, by, act in (("filed", "cr.sun", "assign"), ("assigned", "service.liu", "accept"),
                           ("appealed", "service.liu", "endorse")):  # fmt: skip
        assert several.objections(act, desk.complaint(state), desk.actor(by), MONDAY) == ()
    assert several.objections("submit", desk.penalty(PenaltyState.HEARD), desk.actor("service.liu"), MONDAY) == ()
