"""Colleagues to rate, by message: one with their number and no name; and the round that the clock closes."""

from typing import Any

from sqlalchemy import select

from jobs import post
from jobs.reminding import close_rounds
from models import RatingRound
from tests.builders import MONDAY, Desk
from tests.workflow.test_ratings import CLOSES, begun
from tests.workflow.test_reminder import MINUTE
from workflow import reach as reaches
from workflow.reach import Wish


def started(database: Any) -> None:
    with database.writing() as session:
        desk = Desk(session)
        wish = Wish("wang@dealer.example", chosen=reaches.at_first(), quiet_from="22:00", quiet_until="07:00")
        reaches.choose(session, desk.person("sales.wang"), wish)
        begun(desk)
        session.commit()


def test_who_rates_is_written_to_once_and_nobody_is_named(database: Any, settings: Any) -> None:
    started(database)
    post.spread(database, MONDAY)
    parcel = post.take(database, settings, MONDAY)
    assert parcel is not None and parcel.title == "【公道】2026年2月评议：等您处理"
    assert "请您评价 2 名同事，期限 3月6日（周五）18:00" in parcel.body and "评价同事" in parcel.body
    assert "/notices/" in parcel.body and "李娜" not in parcel.body and "赵敏" not in parcel.body
    assert post.take(database, settings, MONDAY) is None


def test_the_clock_closes_a_round_once_its_time_is_over(database: Any) -> None:
    started(database)
    assert close_rounds(database, CLOSES - MINUTE) == 0
    assert [close_rounds(database, CLOSES + MINUTE) for _again in range(2)] == [1, 0]
    with database.reading() as session:
        assert session.scalars(select(RatingRound.closed_at)).one() == CLOSES + MINUTE
