"""A granted reward is money: posted and told with the decision, paid out by one pay day, taken back only before it."""

from datetime import date

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError, IntegrityError

from models import (
    Database,
    Letter,
    LetterRecipient,
    MoneyEntry,
    PaydayLine,
    RegulationVersion,
    Reward,
    Taken,
)
from tests.builders import MONDAY, Desk, moment
from tests.workflow.test_race import together
from workflow import audit, payday, reward
from workflow.process import Refused

PAY_DAY = moment(3, 20, 10)


def granted(desk: Desk, whom: str = "service.ma", fen: int = 10_000, source: str = "test/1") -> Reward:
    version = desk.session.scalars(RegulationVersion.in_force_on("mystery-shopper", date(2026, 3, 2))).one()
    wish = reward.Wish(desk.person(whom), version, "MS-8", fen, "迎接并引导客户。", source)
    found = reward.propose(desk.session, wish, by=desk.actor("cr.sun"), at=desk.now)
    reward.decide(found, granted=True, decision="", by=desk.actor("gm.zhou"), at=desk.now)
    desk.session.flush()
    return found


def settle(desk: Desk, month: str = "2026-03") -> payday.PayStep:
    desk.lapse(PAY_DAY)
    return payday.settle(desk.session, month=month, by=desk.actor("hr.qian", PAY_DAY), at=PAY_DAY)


def withdraw(desk: Desk, found: Reward, why: str = "复核有误", by: str = "gm.zhou") -> Reward:
    again = reward.locked(desk.session, found.number)
    assert again is not None
    reward.withdraw(desk.session, again, reason=why, by=desk.actor(by), at=desk.now)
    desk.session.flush()
    return again


def money(desk: Desk, found: Reward) -> list[tuple[str, int, str]]:
    query = select(MoneyEntry).where(MoneyEntry.reward_id == found.id).order_by(MoneyEntry.id)
    return [(entry.kind.value, entry.amount, entry.month) for entry in desk.session.scalars(query)]


def test_granting_posts_the_money_and_issues_the_letter_to_those_concerned(desk: Desk) -> None:
    found = granted(desk)
    assert money(desk, found) == [("reward", 10_000, "2026-03")]
    letter = desk.session.scalars(select(Letter).where(Letter.series == "reward")).one()
    assert (letter.kind, letter.year, letter.seq) == ("reward_notice", 2026, 1)
    assert letter.content["reward"]["amount_fen"] == 10_000 and letter.content["rules"][0]["id"] == "MS-8"
    lines = desk.session.scalars(
        select(LetterRecipient).where(LetterRecipient.letter_id == letter.id).order_by(LetterRecipient.position)
    )
    told = [(line.person.username, line.copied) for line in lines]
    assert told[:2] == [("service.ma", False), ("service.liu", True)] and ("hr.qian", True) in told
    assert list(audit.findings(desk.session)) == []


def test_a_pay_day_pays_it_out_once_in_full_beside_the_cap(desk: Desk) -> None:
    desk.penalty("final")
    found = granted(desk, fen=500_000)
    before = payday.preview("2026-03", by=desk.actor("hr.qian", PAY_DAY), at=PAY_DAY)
    assert before.rewarded == 500_000 and before.owed > 0
    step = settle(desk)
    query = select(PaydayLine).where(PaydayLine.person_id == found.person_id)
    line = desk.session.scalars(query).one()
    assert (line.rewarded, line.refunded, line.deducted, line.carried) == (500_000, 0, line.owed, 0)
    letter = next(each for each in step.event.letters if each.recipients[0].person_id == found.person_id)
    assert [rule["id"] for rule in letter.content["rules"]] == ["CS-9"]
    slip = letter.content["slip"]
    assert slip["rewarded_fen"] == 500_000
    assert slip["rewards"] == [
        {"case_number": "2026-1", "notice": {"series": "reward", "year": 2026, "seq": 1}, "fen": 500_000}
    ]
    later = payday.preview("2026-04", by=desk.actor("hr.qian", moment(4, 20)), at=moment(4, 20))
    assert later.rewarded == 0
    assert list(audit.findings(desk.session)) == []
    desk.session.add(Taken(line_id=line.id, reward_id=found.id, amount=-1))
    with pytest.raises(IntegrityError):
        desk.session.flush()


def test_a_slip_that_only_pays_out_cites_no_rule_of_deductions(desk: Desk) -> None:
    granted(desk)
    [letter] = settle(desk).event.letters
    assert letter.content["slip"]["rewarded_fen"] == 10_000 and letter.content["rules"] == []


def test_who_has_left_is_paid_what_was_granted_before(desk: Desk) -> None:
    """No wage is needed to be paid a reward."""
    found = granted(desk)
    desk.session.execute(text(f"UPDATE posting SET until = '2026-02-01 00:00:00' WHERE person_id = {found.person_id}"))
    desk.session.expire_all()
    settle(desk)
    assert desk.session.scalars(select(PaydayLine.rewarded)).all() == [10_000]


def test_taking_it_back_reverses_the_money_and_says_so_by_letter(desk: Desk) -> None:
    found = withdraw(desk, granted(desk))
    assert money(desk, found) == [("reward", 10_000, "2026-03"), ("reward", -10_000, "2026-03")]
    kinds = desk.session.scalars(select(Letter.kind).where(Letter.series == "reward").order_by(Letter.seq)).all()
    assert kinds == ["reward_notice", "reward_withdrawal_notice"]
    assert (found.state.value, found.withdrawn_because) == ("withdrawn", "复核有误")
    settle(desk)
    assert desk.session.scalar(select(func.sum(PaydayLine.rewarded))) in (None, 0)
    assert list(audit.findings(desk.session)) == []
    with pytest.raises(Refused, match="not possible"):
        withdraw(desk, found)


@pytest.mark.parametrize(
    ("by", "why"), [("gm.zhou", ""), ("hr.qian", "有误"), ("cr.sun", "有误"), ("service.ma", "有误")]
)
def test_it_is_taken_back_by_the_general_manager_with_a_reason(desk: Desk, by: str, why: str) -> None:
    found = granted(desk)
    with pytest.raises(Refused, match=r"Give a reason|Only 周建国|is for 周建国"):
        withdraw(desk, found, why, by)


def test_what_was_paid_out_stays_paid(desk: Desk) -> None:
    found = granted(desk)
    settle(desk)
    with pytest.raises(Refused, match="paid it out already"):
        withdraw(desk, found)


def test_in_a_closed_month_both_count_in_the_first_open_one(desk: Desk) -> None:
    found, monday = granted(desk), desk.now
    desk.now = moment(4, 16)
    desk.scorecard("approved")
    desk.now = monday
    assert money(desk, withdraw(desk, found)) == [("reward", 10_000, "2026-03"), ("reward", -10_000, "2026-04")]
    assert money(desk, granted(desk, source="test/2"))[0][2] == "2026-04"


@pytest.mark.parametrize(
    ("forgery", "named"),
    [
        ("UPDATE money_entry SET amount = 99999 WHERE kind = 'reward'", "its money is not that of its letter"),
        ("DELETE FROM money_entry WHERE kind = 'reward'", "its money is not that of its letter"),
        ("UPDATE reward SET amount = 99999", "amount_fen differ from its events"),
        ("UPDATE reward SET reason_en = 'Another reason'", "reason_en differ from its events"),
        ("UPDATE reward SET state = 'proposed', decided_at = NULL, granted = NULL, decided_by_id = NULL, month = NULL",
         "stands elsewhere"),
        ("DELETE FROM event WHERE reward_id IS NOT NULL AND action = 'propose'", "event 1 is missing"),
    ],
)  # fmt: skip
def test_a_forgery_is_named(desk: Desk, forgery: str, named: str) -> None:
    granted(desk)
    desk.session.commit()
    for table in ("money_entry", "reward", "event"):
        _lift(desk, table)
    desk.session.execute(text(forgery))
    desk.session.expire_all()
    assert any(named in finding for finding in audit.findings(desk.session)), list(audit.findings(desk.session))


def _lift(desk: Desk, table: str) -> None:
    """As somebody with the keys of the database would."""
    if desk.session.get_bind().dialect.name == "postgresql":
        desk.session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
        return
    desk.session.execute(text("PRAGMA defer_foreign_keys = ON"))
    query = text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table")
    for name in desk.session.scalars(query, {"table": table}).all():
        desk.session.execute(text(f"DROP TRIGGER {name}"))


@pytest.mark.parametrize(
    "change",
    ["amount = 1", "decision = 'x'", "month = '2026-09'", "person_id = person_id + 1", "granted = NOT granted"],
)
def test_what_was_decided_stays_as_it_was_decided(desk: Desk, change: str) -> None:
    granted(desk)
    with pytest.raises(DatabaseError, match=r"never changed|constraint"):
        desk.session.execute(text(f"UPDATE reward SET {change}"))


def test_of_a_withdrawal_and_a_pay_day_one_comes_first(database: Database) -> None:
    with database.writing() as session:
        desk = Desk(session)
        number = granted(desk).number
        session.commit()

    def pays() -> str:
        with database.writing() as session:
            settle(Desk(session))
            session.commit()
            return "paid"

    def takes_back() -> str:
        with database.writing() as session:
            desk = Desk(session, PAY_DAY)
            found = reward.locked(session, number)
            assert found is not None
            try:
                reward.withdraw(session, found, reason="有误", by=desk.actor("gm.zhou"), at=PAY_DAY)
            except Refused as refusal:
                return refusal.code
            session.commit()
            return "back"

    outcome = together(pays, takes_back)
    with database.reading() as session:
        paid = session.scalars(select(Taken.amount).where(Taken.reward_id.is_not(None))).all()
        state = session.scalars(select(Reward.state)).one()
    assert (outcome, paid, state) in (
        (["paid", "too_late"], [-10_000], "granted"), (["paid", "back"], [], "withdrawn"),
    )  # fmt: skip


def test_only_one_decision_counts(database: Database) -> None:
    with database.writing() as session:
        desk = Desk(session)
        version = session.scalars(RegulationVersion.in_force_on("mystery-shopper", date(2026, 3, 2))).one()
        wish = reward.Wish(desk.person("service.ma"), version, "MS-8", 10_000, "迎接。", "test/1")
        number = reward.propose(session, wish, by=desk.actor("cr.sun"), at=desk.now).number
        session.commit()

    def decides(yes: bool) -> str:
        with database.writing() as session:
            desk = Desk(session)
            found = reward.locked(session, number)
            assert found is not None
            try:
                reward.decide(found, granted=yes, decision="理由", by=desk.actor("gm.zhou"), at=MONDAY)
            except Refused as refusal:
                return refusal.code
            session.commit()
            return "done"

    assert sorted(together(lambda: decides(True), lambda: decides(False))) == ["done", "moved_on"]
    with database.reading() as session:
        entries = session.scalars(select(MoneyEntry)).all()
        assert len(entries) == (1 if session.scalars(select(Reward.granted)).one() else 0)
