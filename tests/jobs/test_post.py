"""Messages go out as each person has chosen, each once; a server that refuses keeps nobody else from theirs."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from config import Settings
from jobs import channels, post
from jobs.post import Letterbox
from models import ActingLink, Complaint, Database, Message, OrderState, Person, Reach
from tests.builders import MONDAY, Desk, moment
from tests.sinks import chat_server, mail_server
from workflow import handing_over, places
from workflow import reach as reaches
from workflow.reach import Wish

MINUTE = timedelta(minutes=1)
ROBOT = "0123456789abcdef"
SECRET = "p%40ss"
AT_ONCE = {f"complaint.{purpose}": {"channels": ["mail"], "daily": False} for purpose in ("act", "know")}


@pytest.fixture(scope="module")
def server():
    with mail_server() as box:
        yield box


@pytest.fixture
def box(server):
    server.mails.clear()
    server.refuses.clear()
    return server


class Post:
    """The letterbox of one test with a clock of its own."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.database, self.settings, self.now = database, settings, MONDAY
        self.letterbox = Letterbox(database, settings, lambda: self.now, threading.Lock())

    def wish(self, username: str, **wish) -> None:
        with self.database.writing() as session:
            person = Desk(session).person(username)
            reaches.choose(session, person, Wish(**{"chosen": reaches.at_first(), **wish}))
            session.commit()

    def assign(self, at=None) -> str:
        """A complaint about service.ma is filed and assigned: head and respondent are told."""
        with self.database.writing() as session:
            desk = Desk(session, at or self.now)
            complaint = desk.complaint("assigned")
            session.commit()
            return complaint.number

    def messages(self) -> list[Message]:
        with self.database.reading() as session:
            return list(session.scalars(select(Message).order_by(Message.id)))


@pytest.fixture
def office(database, settings, box) -> Post:
    return Post(database, replace(settings, mail_server=box.url, mail_from="gongdao@dealer.example"))


def test_a_mail_in_the_readers_language_names_the_turn_the_letter_and_the_way_but_no_customer(office, box):
    with office.database.writing() as session:
        Desk(session).person("service.ma").language = "en"
        session.commit()
    office.wish("service.liu", mail="liu@dealer.example")
    office.wish("service.ma", mail="ma@dealer.example")
    number = office.assign()
    assert office.letterbox.empty() == 2
    head, own = sorted(box.mails, key=lambda mail: mail["To"])
    texts = dict(zip([mail["To"] for mail in box.mails], box.texts(), strict=True))
    titles = dict(zip([mail["To"] for mail in box.mails], box.titles(), strict=True))
    assert titles[head["To"]] == f"【公道】客诉 {number}：等您处理"
    assert titles[own["To"]] == f"[Gongdao 公道] Complaint {number}: your turn"
    assert "孙悦出具了《客户抱怨单》" in texts[head["To"]]
    assert "3月3日（周二）09:00 前处理：受理或申诉" in texts[head["To"]]
    assert "http://127.0.0.1:8000/notices/" in texts[head["To"]]
    assert "郑" not in "".join(texts.values()) and "138" not in "".join(texts.values())
    assert office.letterbox.empty() == 0


def test_each_service_is_sent_the_message_by_its_own_robot(office, monkeypatch):
    with chat_server() as chat:
        servers = {f"{name}_server": chat.url for name in ("wecom", "dingtalk", "feishu")}
        office.letterbox = replace(office.letterbox, settings=replace(office.settings, **servers))
        robots = dict.fromkeys(reaches.ROBOTS, ROBOT)
        office.wish("service.liu", robots=robots)
        office.assign()
        assert office.letterbox.empty() == 3
        assert sorted(path for path, _ in chat.told) == [
            f"/cgi-bin/webhook/send?key={ROBOT}",
            f"/open-apis/bot/v2/hook/{ROBOT}/",
            f"/robot/send?access_token={ROBOT}",
        ]
        assert all("公道" in str(body) for _, body in chat.told)
        # WeCom and DingTalk answer 200 to what they refuse.
        chat.answer = {"errcode": 93000, "code": 93000, "errmsg": "invalid webhook url"}
        office.assign()
        assert office.letterbox.empty() == 0
        errors = {message.last_error for message in office.messages() if message.state is OrderState.WAITING}
        assert len(errors) >= 1 and all("93000" in error and ROBOT not in error for error in errors)


def test_a_mailbox_that_refuses_is_tried_again_later_each_time_and_the_others_get_theirs(office, box):
    office.wish("service.liu", mail="liu@dealer.example")
    office.wish("service.ma", mail="ma@dealer.example")
    box.refuses.add("liu@dealer.example")
    office.assign()
    assert office.letterbox.empty() == 1
    assert [mail["To"] for mail in box.mails] == ["ma@dealer.example"]
    waited = []
    for _ in range(4):
        [refused] = [message for message in office.messages() if message.state is OrderState.WAITING]
        assert "550" in refused.last_error
        waited.append((refused.next_try_at - office.now) / MINUTE)
        office.now = refused.next_try_at
        office.letterbox.empty()
    assert waited == [1, 2, 4, 8]
    box.refuses.clear()
    office.now += timedelta(hours=1)
    assert office.letterbox.empty() == 1
    assert {message.state for message in office.messages()} == {OrderState.DONE}


def test_a_server_that_cannot_be_reached_is_told_without_its_password(office):
    settings = replace(office.settings, mail_server=f"smtp://gongdao:{SECRET}@127.0.0.1:1")
    office.letterbox = replace(office.letterbox, settings=settings)
    office.wish("service.liu", mail="liu@dealer.example")
    office.assign()
    assert office.letterbox.empty() == 0
    [message] = office.messages()
    assert "refused" in message.last_error.lower()
    assert SECRET not in message.last_error and "p@ss" not in message.last_error


class Killed(BaseException):
    """What SIGKILL leaves behind: nothing after this line was done."""


def test_killed_before_sending_the_message_goes_once_and_killed_after_it_goes_again_under_the_same_key(
    office, box, monkeypatch
):
    office.wish("service.liu", mail="liu@dealer.example")
    office.assign()

    def killed(*_, **__):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(channels, "send", killed)
        with pytest.raises(Killed):
            office.letterbox.empty()
    assert box.mails == [] and office.letterbox.empty() == 0, "for some minutes it is the other worker's"
    office.now += post.THEIRS_FOR
    with monkeypatch.context() as patched:
        patched.setattr(post, "_note_sent", killed)
        with pytest.raises(Killed):
            office.letterbox.empty()
    assert len(box.mails) == 1 and office.letterbox.empty() == 0
    office.now += post.THEIRS_FOR
    assert office.letterbox.empty() == 1
    assert len(box.keys()) == 1, "a mailbox keeps one of them"
    first, second = box.texts()
    links = [line.rpartition("/acting/")[2] for line in first.splitlines() if "/acting/" in line]
    assert links and all(link in second for link in links)
    with office.database.reading() as session:
        assert len(session.scalars(select(ActingLink)).all()) == len(links)
    office.now += timedelta(days=1)
    assert office.letterbox.empty() == 0


def test_in_quiet_hours_nothing_is_sent_until_they_end(office, box):
    office.wish("service.liu", mail="liu@dealer.example", quiet_from="22:00", quiet_until="07:30")
    office.now = moment(3, 2, 23)
    office.assign(office.now)
    assert office.letterbox.empty() == 0
    [message] = office.messages()
    assert message.next_try_at == moment(3, 3, 7, 30)
    office.now = moment(3, 3, 7, 30)
    assert office.letterbox.empty() == 1


def test_what_is_collected_comes_once_a_day_in_one_message(office, box):
    chosen = {key: {"channels": ["mail"], "daily": True} for key in reaches.at_first()}
    office.wish("service.liu", mail="liu@dealer.example", chosen=chosen, digest_at="18:00")
    numbers = [office.assign() for _ in range(3)]
    assert office.letterbox.empty() == 0
    office.now = moment(3, 2, 18)
    assert office.letterbox.empty() == 1
    assert box.titles() == ["【公道】每日汇总：3 条消息"]
    assert all(f"客诉 {number}：等您处理" in box.texts()[0] for number in numbers)
    assert "/acting/" not in box.texts()[0]


def test_who_has_no_address_or_has_not_chosen_the_kind_is_told_in_the_product_only(office, box):
    office.wish("service.liu", mail="liu@dealer.example", chosen={})
    office.assign()
    assert office.letterbox.empty() == 0 and office.messages() == []


def test_who_lost_sight_of_the_case_reads_only_that_there_was_something(office, box):
    chosen = {key: {"channels": ["mail"]} for key in reaches.at_first()}
    office.wish("service.liu", mail="liu@dealer.example", chosen=chosen)
    number = office.assign()
    with office.database.writing() as session:
        desk = Desk(session)
        liu = desk.person("service.liu")
        liu.left_at = MONDAY
        session.commit()
    office.letterbox.empty()
    assert number not in box.titles()[0] + box.texts()[0]
    assert "/acting/" not in box.texts()[0]


def test_of_a_month_the_reviewer_is_told_once_and_the_employee_of_their_own_card(office, box):
    chosen = {key: {"channels": ["mail"]} for key in reaches.at_first()}
    for name in ("liu", "ma"):
        office.wish(f"service.{name}", mail=f"{name}@dealer.example", chosen=chosen)
    office.now = moment(4, 2)
    with office.database.writing() as session:
        Desk(session, office.now).scorecard("computed")
        session.commit()
    assert office.letterbox.empty() == 1
    assert box.titles() == ["【公道】2026年3月考核：等您处理"]
    with office.database.writing() as session:
        month = Desk(session, office.now)
        for by, action in (("service.liu", "review"), ("hr.qian", "verify"), ("gm.zhou", "approve")):
            month.close(action, by, department="after_sales")
        session.commit()
    office.letterbox.empty()
    own = [text for mail, text in zip(box.mails, box.texts(), strict=True) if mail["To"] == "ma@dealer.example"]
    assert len(own) == 1 and "周建国出具了《月度绩效考核表》" in own[0]


def test_after_a_rollback_nothing_is_sent(office, box):
    office.wish("service.liu", mail="liu@dealer.example")
    with office.database.writing() as session:
        Desk(session).complaint("assigned")
        session.rollback()
    assert office.letterbox.empty() == 0 and box.mails == []
    with office.database.reading() as session:
        assert session.scalars(select(Reach).join(Person)).one().mail == "liu@dealer.example"


def test_messages_do_not_wait_until_the_last_notice_is_spread(office, box, monkeypatch):
    office.wish("service.liu", mail="liu@dealer.example")
    for _ in range(3):
        office.assign()
    monkeypatch.setattr(post, "SPREAD_AT_ONCE", 2)
    spread, sent_before = post.spread, []

    def count(database, at):
        sent_before.append(len(box.mails))
        return spread(database, at)

    monkeypatch.setattr(post, "spread", count)
    assert office.letterbox.empty() == 3
    assert sent_before[1] > 0


def test_whoever_stands_in_is_written_to_as_well_and_reads_for_whom_somebody_acted(office, box):
    with office.database.writing() as session:
        desk = Desk(session)
        liu, chen = desk.person("service.liu"), desk.person("sales.chen")
        places.delegate(session, chen, by=liu, at=MONDAY, since=MONDAY, until=MONDAY + timedelta(days=3))
        session.commit()
    for username in ("service.liu", "sales.chen", "service.ma"):
        office.wish(username, mail=f"{username}@dealer.example", chosen=AT_ONCE)
    office.assign()
    assert office.letterbox.empty() == 3
    assert {mail["To"] for mail in box.mails} >= {"service.liu@dealer.example", "sales.chen@dealer.example"}
    with office.database.writing() as session:
        desk = Desk(session)
        desk.take("accept", session.scalars(select(Complaint)).one(), "sales.chen")
        session.commit()
    box.mails.clear()
    office.letterbox.empty()
    assert any("陈涛（代刘洋）" in text for text in box.texts())


def test_whoever_a_case_was_handed_to_reads_that_it_is_their_turn(office, box):
    office.wish("sales.chen", mail="chen@dealer.example", chosen=AT_ONCE)
    with office.database.writing() as session:
        desk = Desk(session)
        case = desk.complaint("assigned")
        handing_over.hand_over(
            case, by=desk.actor("service.liu"), at=MONDAY, to=desk.person("sales.chen"), reason="出差"
        )  # fmt: skip
        session.commit()
    assert office.letterbox.empty() == 1
    assert box.titles() == [f"【公道】客诉 {case.number}：等您处理"]
    assert "案件已移交：刘洋 → 陈涛" in box.texts()[0]
