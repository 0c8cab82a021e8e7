"""Customers who were handed over, by message: one with their number, after quiet hours, and no name of a customer."""

from datetime import datetime
from typing import Any

from jobs import post
from models import ChannelOut
from tests.builders import Desk, moment
from workflow import customers
from workflow import reach as reaches
from workflow.reach import Wish

NIGHT, MORNING = moment(3, 2, 23), moment(3, 3, 7)


def handed(database: Any, at: datetime) -> None:
    """Four of 马超's customers to 高峰, who is reached by e-mail and not between ten and seven."""
    with database.writing() as session:
        desk = Desk(session)
        officer, ma, gao = desk.actor("cr.sun"), desk.person("service.ma"), desk.person("service.gao")
        wish = Wish("gao@dealer.example", chosen=reaches.at_first(), quiet_from="22:00", quiet_until="07:00")
        reaches.choose(session, gao, wish)
        some = [
            customers.add(session, customers.Typed(f"郑女士{place}", f"1381234567{place}"), ma, by=officer, at=at)
            for place in range(4)
        ]
        session.flush()
        customers.hand_over(session, some, gao, by=officer, at=at)
        session.commit()


def test_four_customers_are_one_message_after_the_quiet_hours(database: Any, settings: Any) -> None:
    handed(database, NIGHT)
    assert post.spread(database, NIGHT) == 1
    assert post.take(database, settings, NIGHT) is None
    parcel = post.take(database, settings, MORNING)
    assert parcel is not None and parcel.channel is ChannelOut.MAIL
    assert parcel.title == "【公道】移交客户首次联系：等您处理"
    assert "有 4 位客户移交给您" in parcel.body and "3月9日（周一）23:00" in parcel.body
    assert "/notices/" in parcel.body and "/acting/" not in parcel.body
    assert "郑女士" not in parcel.body + parcel.title and "1381234567" not in parcel.body
    assert post.take(database, settings, MORNING) is None
