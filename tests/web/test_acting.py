"""Acting from a message: one act, one person, once; shown and asked before; a GET decides nothing."""

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from config import Settings
from jobs import post
from models import (
    ActingLink,
    Complaint,
    ComplaintState,
    Database,
    Event,
    Message,
    Notice,
    OrderState,
    Penalty,
    PenaltyState,
    Person,
)
from tests.builders import MONDAY, Desk
from tests.conftest import Clock
from tests.web.shell_fixtures import token_in
from workflow import handing_over
from workflow import reach as reaches
from workflow.reach import Wish

Client = Callable[[str], FlaskClient]
LINK = re.compile(r"· (.+?)：http://127\.0\.0\.1:8000(/acting/\S+)")


def links_for(database: Database, settings: Settings, username: str, scene: Callable[[Desk], object]) -> dict[str, str]:
    """The paths in the message that this person gets for the last step of the scene, by the letter they issue."""
    with database.writing() as session:
        desk = Desk(session)
        scene(desk)
        reaches.choose(session, desk.person(username), Wish(mail="a@dealer.example", chosen=reaches.at_first()))
        session.commit()
    post.spread(database, MONDAY)
    found: dict[str, str] = {}
    while parcel := post.take(database, settings, MONDAY):
        found = dict(LINK.findall(parcel.body)) or found
    return found


@pytest.fixture
def links(database: Database, settings: Settings) -> dict[str, str]:
    """What the head is sent of a complaint that was assigned."""
    return links_for(database, settings, "service.liu", lambda desk: desk.complaint("assigned"))


def form_of(page: str) -> tuple[str, dict[str, str]]:
    """Where the act's form goes, and its hidden fields."""
    form = re.search(r'id="act".*?<form.*?action="(.*?)#act"(.*?)</form>', page, re.DOTALL)
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="(.*?)"', form[2])
    return form[1], {name: value for name, value in hidden if name != "csrf_token"}


def state(database: Database) -> ComplaintState:
    with database.reading() as session:
        return session.scalars(select(Complaint.state)).one()


def events(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count(Event.id))) or 0


def test_the_link_shows_the_case_and_the_act_and_changes_nothing(client_as, database, links):
    assert set(links) == {"受理", "申诉"}
    before = events(database)
    for _ in range(2):
        page = client_as("service.liu").get(links["受理"])
        assert page.status_code == 200
    assert "等候两小时" in page.text and "受理" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert events(database) == before and state(database) is ComplaintState.ASSIGNED
    with database.reading() as session:
        assert session.scalars(select(ActingLink.used_at)).all() == [None, None]
        token = links["受理"].rpartition("/")[2]
        digests = session.scalars(select(ActingLink.digest)).all()
    assert hashlib.sha256(token.encode()).hexdigest() in digests and token not in digests


def test_pressed_it_acts_once_and_is_over(client_as, database, links):
    liu = client_as("service.liu")
    url, hidden = form_of(liu.get(links["受理"]).text)
    assert liu.post(url, data={**hidden, "violation": "no"}).status_code == 303
    assert state(database) is ComplaintState.HANDLING
    again = liu.get(links["受理"])
    assert again.status_code == 410 and "已经用过" in again.text
    other = liu.get(links["申诉"])
    assert other.status_code == 410 and "已有新的进展" in other.text
    assert liu.post(url, data={**hidden, "violation": "no"}).status_code == 409


def test_over_https_the_form_is_taken_with_what_the_page_lets_a_browser_say(app, client_as, database, links):
    liu, site = client_as("service.liu"), {"base_url": "https://localhost"}
    app.config["WTF_CSRF_ENABLED"] = True
    page = liu.get(links["受理"], **site)
    url, hidden = form_of(page.text)
    said = {"strict-origin": {"Referer": "https://localhost/"}, "no-referrer": {}}[page.headers["Referrer-Policy"]]
    form = {**hidden, "violation": "no", "csrf_token": token_in(page)}
    assert liu.post(url, data=form, headers=said, **site).status_code == 303
    assert state(database) is ComplaintState.HANDLING


def test_it_leads_to_no_other_act_and_is_good_for_nobody_else(client_as, database, links):
    liu = client_as("service.liu")
    url, hidden = form_of(liu.get(links["受理"]).text)
    appeal = url.replace("acceptance", "appeal")
    assert liu.post(appeal, data={**hidden, "grounds": "本部门没有过错。"}).status_code == 403
    for stranger in ("service.ma", "gm.zhou", "cr.sun"):
        assert client_as(stranger).get(links["受理"]).status_code == 404
    assert state(database) is ComplaintState.ASSIGNED


def test_without_log_in_it_asks_for_it_and_comes_back(app, links):
    answer = app.test_client().get(links["受理"])
    assert answer.status_code == 303 and "/login?next=/acting/" in answer.location


def test_it_expires(client_as, clock: Clock, database, links):
    clock.now = MONDAY + timedelta(hours=23, minutes=59)
    assert client_as("service.liu").get(links["受理"]).status_code == 200
    clock.now = MONDAY + timedelta(days=4)
    with database.writing() as session:
        # Where the deadline was moved on meanwhile, the link was still good for its own time only.
        session.scalars(select(Complaint)).one().due_at = MONDAY + timedelta(days=9)
        session.commit()
    gone = client_as("service.liu").get(links["受理"])
    assert gone.status_code == 410 and "已过期" in gone.text


def test_it_is_over_for_whoever_handed_the_case_on(client_as, database, links):
    with database.writing() as session:
        desk, case = Desk(session), Complaint.locked(session, session.scalars(select(Complaint.id)).one())
        handing_over.hand_over(
            case, by=desk.actor("service.liu"), at=MONDAY, to=desk.person("sales.chen"), reason="改由销售部办理"
        )
        session.commit()
    for address in links.values():
        answer = client_as("service.liu").get(address)
        assert answer.status_code == 410 and "您现在不能办理此项" in answer.text


def test_guessing_is_slowed_down(client_as, links):
    liu = client_as("service.liu")
    answers = [liu.get(f"/acting/{'x' * 42}{number}").status_code for number in range(7)]
    assert answers == [404] * 5 + [429] * 2
    assert liu.get(links["受理"]).status_code == 200


def test_a_ruling_from_a_message_is_previewed_before_it_is_confirmed(client_as, database, settings):
    links = links_for(database, settings, "gm.zhou", lambda desk: desk.complaint("ruling"))
    zhou = client_as("gm.zhou")
    url, hidden = form_of(zhou.get(links["申诉成立，客诉单作废"]).text)
    preview = zhou.post(url, data={**hidden, "reason": "申诉成立"})
    assert preview.status_code == 200 and hidden["link"] in preview.text
    assert state(database) is ComplaintState.RULING
    confirmed = zhou.post("/complaints/2026-1/upholding", data={**hidden, "reason": "申诉成立"})
    assert confirmed.status_code == 303 and state(database) is ComplaintState.VOIDED
    with database.reading() as session:
        assert session.scalars(select(ActingLink.used_at).where(ActingLink.action == "uphold")).one() is not None


def test_a_penalty_is_waived_from_a_message_by_whom_it_concerns(client_as, database, settings):
    links = links_for(database, settings, "service.ma", lambda desk: desk.penalty("proposed"))
    ma = client_as("service.ma")
    url, hidden = form_of(ma.get(links["放弃陈述申辩"]).text)
    assert ma.post(url, data=hidden).status_code == 303
    with database.reading() as session:
        assert session.scalars(select(Penalty.state)).one() is PenaltyState.HEARD


def test_a_message_leads_to_the_case_and_leaves_it_unread(client_as, database, links):
    with database.reading() as session:
        notice = session.scalars(select(Notice).join(Notice.person).where(Person.username == "service.liu")).one()
    answer = client_as("service.liu").get(f"/notices/{notice.id}")
    assert answer.status_code == 303 and answer.location.endswith("/complaints/2026-1")
    with database.reading() as session:
        assert session.get_one(Notice, notice.id).read_at is None
    assert client_as("sales.wang").get(f"/notices/{notice.id}").status_code == 404


def test_an_administrator_sees_what_was_refused_and_has_it_tried_again(client_as, database, links):
    with database.writing() as session:
        message = session.scalars(select(Message)).first()
        message.state, message.attempts, message.last_error = OrderState.FAILED, 10, "550 no such mailbox"
        session.commit()
        key = message.id
    root = client_as("admin.root")
    page = root.get("/background/messages").text
    assert "550 no such mailbox" in page and "刘洋" in page
    assert "尚未发出" in root.get("/").text or "尚未发出" in root.get("/inbox").text
    assert root.post(f"/background/messages/{key}/retry").status_code == 303
    with database.reading() as session:
        assert session.get_one(Message, key).state is OrderState.WAITING
    assert client_as("service.liu").get("/background/messages").status_code == 404


def test_everybody_chooses_how_they_are_reached_and_no_key_is_shown(client_as, database):
    liu = client_as("service.liu")
    key = "0a1b2c3d4e5f-SECRET-wxyz"
    wished = {
        "mail": "liu@dealer.example", "wecom": f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={key}",
        "complaint.act.channels": ["mail", "wecom"], "quiet_from": "22:00", "quiet_until": "07:00",
    }  # fmt: skip
    assert liu.post("/settings/messages", data=wished).status_code == 303
    page = liu.get("/settings/messages").text
    assert "liu@dealer.example" in page and "…wxyz" in page and key not in page
    assert liu.post("/settings/messages", data={"mail": "no address", "quiet_from": "22:00"}).status_code == 422
    liu.post("/settings/messages", data={"mail": "", "remove_wecom": "yes"})
    with database.reading() as session:
        reach = reaches.reach_of(session, Desk(session).person("service.liu"))
        assert (reach.mail, reach.wecom, reach.quiet_from) == (None, None, None)
