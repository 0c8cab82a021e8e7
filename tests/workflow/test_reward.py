"""Rewards: proposed with their source once, decided by the general manager, never by whom they concern."""

from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from models import RegulationVersion, Reward
from tests.builders import Desk
from workflow import reward
from workflow.process import Refused


def proposed(desk: Desk, whom: str = "sales.wang", by: str = "cr.sun", source: str = "test/1") -> Reward:
    version = desk.session.scalars(RegulationVersion.in_force_on("mystery-shopper", date(2026, 3, 2))).one()
    wish = reward.Wish(desk.person(whom), version, "MS-8", 10_000, "迎接并引导客户。", source)
    return reward.propose(desk.session, wish, by=desk.actor(by), at=desk.now)


def decided(desk: Desk, found: Reward, by: str = "gm.zhou", *, granted: bool | None = True, why: str = "") -> Reward:
    reward.decide(found, granted=granted, decision=why, by=desk.actor(by), at=desk.now)
    desk.session.flush()
    return found


def test_what_is_granted_is_money_of_the_month(desk: Desk) -> None:
    found = decided(desk, proposed(desk))
    assert (found.number, found.granted, found.month) == ("2026-1", True, "2026-03")


def test_declining_needs_a_reason(desk: Desk) -> None:
    found = proposed(desk)
    with pytest.raises(Refused, match="Give a reason"):
        decided(desk, found, granted=False)
    assert decided(desk, found, granted=False, why="材料不足").month is None


def test_one_source_rewards_a_person_once(desk: Desk) -> None:
    proposed(desk)
    with pytest.raises(Refused, match="proposed already"):
        proposed(desk)
    assert proposed(desk, source="test/2").number == "2026-2"


def test_it_is_decided_once(desk: Desk) -> None:
    found = decided(desk, proposed(desk))
    with pytest.raises(Refused, match="decided already"):
        decided(desk, found)
    with pytest.raises(DatabaseError, match="never changed"):
        desk.session.execute(text("UPDATE reward SET amount = 1"))


@pytest.mark.parametrize("who", ["cr.sun", "sales.chen", "hr.qian", "deputy.he", "sales.wang", "admin.root"])
def test_only_the_general_manager_decides(desk: Desk, who: str) -> None:
    found = proposed(desk)
    with pytest.raises(Refused, match=r"Only 周建国|is for 周建国|no such reward"):
        decided(desk, found, who)


def test_the_general_managers_own_reward_is_for_the_deputy(desk: Desk) -> None:
    found = proposed(desk, "gm.zhou")
    with pytest.raises(Refused, match="no such reward"):
        decided(desk, found)
    assert decided(desk, found, "deputy.he").granted is True


def test_nobody_proposes_for_themselves_and_staff_not_at_all(desk: Desk) -> None:
    with pytest.raises(Refused, match="for themselves"):
        proposed(desk, "cr.sun", "cr.sun")
    with pytest.raises(Refused, match="propose rewards"):
        proposed(desk, by="sales.zhao")


def test_a_reward_is_seen_by_those_who_decide_and_by_whom_it_concerns_once_granted(desk: Desk) -> None:
    found = proposed(desk)

    def readers() -> list[str]:
        people = ("gm.zhou", "hr.qian", "cr.sun", "sales.wang", "sales.zhao", "sales.chen")
        able = [who for who in people if reward.may_see(found, desk.actor(who))]
        listed = [
            who
            for who in people
            if desk.session.scalars(select(Reward).where(reward.visible_to(desk.actor(who)))).all()
        ]
        assert able == listed
        return able

    assert readers() == ["gm.zhou", "hr.qian", "cr.sun"]
    decided(desk, found)
    assert readers() == ["gm.zhou", "hr.qian", "cr.sun", "sales.wang"]
