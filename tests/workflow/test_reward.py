"""Rewards: proposed with their source once, decided by the general manager, never by whom they concern."""

from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from models import Notice, RegulationVersion, Reward
from tests.builders import Desk, moment
from tests.workflow.test_reminder import MINUTE, reminded
from workflow import agenda, message, reward
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


def test_a_reward_that_nobody_decides_reminds_the_general_manager_once_of_all_proposed_at_once(desk: Desk) -> None:
    """Five working days from Monday at nine; nobody is above but the administrator, who looks after the posts."""
    first, _second = proposed(desk), proposed(desk, "sales.li", source="test/2")
    own = proposed(desk, "gm.zhou", source="test/3")
    half, due = moment(3, 4, 13, 30), moment(3, 9)
    entries = [e for e in agenda.entries(desk.actor("gm.zhou"), desk.now) if e.kind == Reward.kind]
    assert [(e.number, e.due_at) for e in entries] == [("2026-1", due), ("2026-2", due)]
    assert reminded(desk, half - MINUTE) == []
    acts = [whom for _occasion, _moment, whom in reminded(desk, half)]
    assert acts == [{"acts": ["gm.zhou"]}, {"acts": ["gm.zhou"]}, {"acts": ["deputy.he"]}]
    told = desk.session.scalars(select(Notice).where(Notice.reminder_id.is_not(None)).order_by(Notice.id)).all()
    assert [notice.person.username for notice in told] == ["gm.zhou", "deputy.he"], "once of all of them"
    decided(desk, first)
    assert [(occasion, at) for occasion, at, _whom in reminded(desk, due)] == [("due", due)] * 2
    [(_occasion, _moment, whom), _own] = reminded(desk, moment(3, 10))
    assert whom == {"acts": ["gm.zhou"], "administrator": ["admin.root"]}
    assert not message.awaits(first, desk.actor("gm.zhou"), due) and message.awaits(own, desk.actor("deputy.he"), due)


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
