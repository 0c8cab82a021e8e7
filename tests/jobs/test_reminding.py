"""Reminders are written once, whoever looks and however often, and go out in words that name no matter."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from jobs import post, reminding
from jobs.reminding import remind_of_what_waits
from jobs.timetable import Timetable
from models import Complaint, ComplaintState, Event, Notice, Reminder, ReminderRecipient
from tests.builders import MONDAY, Desk, moment
from workflow import nudge, reminder
from workflow import reach as reaches
from workflow.process import Refused
from workflow.reach import Wish

HALF, LATE = moment(3, 3, 13, 30), moment(3, 9, 9)
READERS = ("service.liu", "gm.zhou", "admin.root")


def handling(database: Any, count: int = 1) -> None:
    with database.writing() as session:
        for _ in range(count):
            Desk(session).complaint("handling")
        session.commit()


def reminders(database: Any) -> list[Reminder]:
    with database.reading() as session:
        return list(session.scalars(select(Reminder).order_by(Reminder.id)))


def test_two_workers_at_once_remind_once_of_each_case(database: Any) -> None:
    handling(database, 8)
    with ThreadPoolExecutor(2) as workers:
        written = list(workers.map(lambda _: remind_of_what_waits(database, HALF), range(2)))
    assert sum(written) == len(reminders(database)) == 8
    assert remind_of_what_waits(database, HALF) == 0


def test_two_workers_tell_each_person_once_for_each_reason_of_a_months_cards(database: Any) -> None:
    with database.writing() as session:
        Desk(session, moment(4, 10)).close("compute", "hr.qian")
        session.commit()
    with ThreadPoolExecutor(2) as workers:
        list(workers.map(lambda _: remind_of_what_waits(database, moment(4, 30)), range(2)))
    with database.reading() as session:
        to_whom = ReminderRecipient.person_id == Notice.person_id
        reasons = select(Notice.person_id, ReminderRecipient.part).join(Notice.reminder).join(Reminder.recipients)
        told = session.execute(reasons.where(to_whom)).all()
        cards = session.scalar(select(func.count(Reminder.scorecard_id.distinct())))
    assert len(told) == len(set(told))
    assert cards == len(reminders(database))


def test_of_two_nudges_at_once_one_stands(database: Any) -> None:
    handling(database)

    def urge(username: str) -> str:
        with database.writing() as session:
            try:
                nudge.nudge(Complaint.locked(session, 1), by=Desk(session).actor(username), at=MONDAY)
            except Refused as refusal:
                return refusal.code
            session.commit()
            return "done"

    with ThreadPoolExecutor(2) as workers:
        assert sorted(workers.map(urge, ("cr.sun", "service.ma"))) == ["done", "too_early"]
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Event).where(Event.action == "nudge")) == 1


def test_nothing_is_written_for_what_asks_for_nothing(database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    handling(database)
    assert remind_of_what_waits(database, MONDAY) == 0
    monkeypatch.setattr(reminding.reminder, "remind", None)
    # Until half time no case is even opened.
    assert remind_of_what_waits(database, HALF - timedelta(minutes=1)) == 0


def test_a_hundred_that_fail_stop_no_others(database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    handling(database)
    with database.writing() as session:
        Desk(session).penalty("heard")
        session.commit()
    remind = reminder.remind

    def unless_a_complaint(session: Any, kind: str, ids: Any, at: Any, **named: Any) -> Any:
        if kind == "complaint":
            raise RuntimeError("damaged")
        return remind(session, kind, ids, at, **named)

    monkeypatch.setattr(reminding.reminder, "remind", unless_a_complaint)
    assert remind_of_what_waits(database, moment(3, 3, 13, 30)) == 1


def test_what_acts_by_itself_acts_before_anybody_is_reminded(database: Any, settings: Any) -> None:
    with database.writing() as session:
        Desk(session).complaint("assigned")
        session.commit()
    Timetable(settings, database, lambda: moment(3, 3, 9, 1)).carry_out_due()
    with database.reading() as session:
        assert session.scalars(select(Complaint)).one().state is ComplaintState.HANDLING
    assert [one for one in reminders(database) if one.complaint_id is not None] == []


# --- in words


def sent(database: Any, settings: Any, at: datetime) -> dict[str, tuple[str, str]]:
    """Title and text of what goes out at `at`, by the address that it goes to; everybody wants everything at once."""
    with database.writing() as session:
        for username in READERS:
            person = Desk(session).person(username)
            chosen = {key: choice | {"daily": False} for key, choice in reaches.at_first().items()}
            reaches.choose(session, person, Wish(mail=f"{username}@dealer.example", chosen=chosen))
        session.commit()
    post.spread(database, at)
    found = {}
    while parcel := post.take(database, settings, at):
        found[parcel.address.partition("@")[0]] = (parcel.title, parcel.body)
    return found


def told_before(database: Any, at: datetime) -> None:
    """What the steps themselves told is out already."""
    with database.writing() as session:
        session.execute(update(Notice).values(spread_at=at))
        session.commit()


def test_a_reminder_in_a_message_says_until_when_and_leads_to_the_acts(database: Any, settings: Any) -> None:
    handling(database)
    told_before(database, MONDAY)
    remind_of_what_waits(database, HALF)
    [(title, body)] = sent(database, settings, HALF).values()
    assert title == "【公道】客诉 2026-1：请及时办理"
    assert "提醒：此事仍等您办理，请在3月5日（周四）09:00 前完成。" in body
    assert "待办事项：处理并记录完毕。" in body
    assert "http://127.0.0.1:8000/acting/" in body
    assert "郑" not in body and "预约" not in body


def test_after_a_defence_that_nobody_stated_the_head_is_told_to_go_on(database: Any, settings: Any) -> None:
    with database.writing() as session:
        Desk(session).penalty("proposed")
        session.commit()
    told_before(database, MONDAY)
    remind_of_what_waits(database, LATE)
    _title, body = sent(database, settings, LATE)["service.liu"]
    assert "待办事项：呈报处罚，或不予处罚" in body
    assert "申辩" not in body


def test_superiors_read_who_is_late_and_the_administrator_only_that_it_is(database: Any, settings: Any) -> None:
    handling(database)
    told_before(database, MONDAY)
    with database.writing() as session:
        Desk(session).person("admin.root").language = "en"
        session.commit()
    remind_of_what_waits(database, LATE)
    messages = sent(database, settings, LATE)
    assert messages.keys() == set(READERS)
    title, body = messages["gm.zhou"]
    assert title == "【公道】客诉 2026-1：逾期未办"
    assert "此事已于3月5日（周四）09:00 逾期，仍等刘洋办理；您是其上级，特此告知。" in body
    assert "/acting/" not in body
    title, body = messages["admin.root"]
    assert title == "[Gongdao 公道] Complaint 2026-1: an administrator is needed"
    assert "It is overdue since Thu 5 Mar, 09:00. Nobody above those who must act is left to be told." in body
    assert "刘洋" not in body and "/acting/" not in body
    assert "此事已于3月5日（周四）09:00 逾期，仍等您办理。" in messages["service.liu"][1]


def test_a_nudge_in_a_message_names_who_waits(database: Any, settings: Any) -> None:
    handling(database)
    told_before(database, MONDAY)
    with database.writing() as session:
        desk = Desk(session)
        nudge.nudge(Complaint.locked(session, 1), by=desk.actor("cr.sun"), at=desk.now)
        session.commit()
    [(title, body)] = sent(database, settings, MONDAY).values()
    assert title == "【公道】客诉 2026-1：催办"
    assert "孙悦正在等您办理，请尽快处理。" in body
    assert "3月5日（周四）09:00 前处理：处理并记录完毕" in body


def test_reminders_are_chosen_by_themselves_and_late_news_are_collected_at_first() -> None:
    chosen = reaches.at_first()
    assert [key for key in chosen if key.startswith("penalty.")] == [
        "penalty.act", "penalty.remind", "penalty.late", "penalty.know",
    ]  # fmt: skip
    assert [key for key in chosen if key.startswith("payday.")] == ["payday.know"]
    assert (chosen["penalty.remind"]["daily"], chosen["penalty.late"]["daily"]) == (False, True)


def test_the_word_to_an_administrator_holds_no_content_even_in_a_digest(database: Any, settings: Any) -> None:
    with database.writing() as session:
        Desk(session, moment(4, 10)).close("compute", "hr.qian")
        session.commit()
    told_before(database, moment(4, 10))
    remind_of_what_waits(database, moment(4, 30))
    title, body = sent(database, settings, moment(4, 30))["admin.root"]
    assert title == "【公道】2026年3月考核：需要管理员处理"
    assert "王强" not in body and "马超" not in body
