"""Whatever is approved, appealed, revoked or runs out: the step is the count in force, and the ledgers agree."""

from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import LadderStep, MoneyEntry, Penalty, PenaltyState, ScoreEntry
from tests.builders import Desk, moment
from workflow import deadline, escalation, money, overdue
from workflow.audit import first_bad_event
from workflow.escalation import ESCALATION
from workflow.process import Refused

WHO, LADDER = "service.ma", "after_sales"
FINES = {LadderStep.FIRST: 5_000, LadderStep.SECOND: 10_000, LadderStep.DISMISSAL: 0}
POINTS = {LadderStep.FIRST: -5, LadderStep.SECOND: -10, LadderStep.DISMISSAL: -20}

Deed = tuple[str, int]
deeds = st.lists(
    st.tuples(
        st.sampled_from(["approve", "approve", "approve", "appeal", "revoke", "sustain", "reinstate", "wait"]),
        st.integers(0, 7),
    ),
    min_size=3,
    max_size=14,
)


class History:
    """The penalties of one employee, as a year and more of chance brings them."""

    def __init__(self, session: Session) -> None:
        self.desk = Desk(session, at=moment(3, 2))

    def live(self, deed: Deed) -> None:
        what, chance = deed
        self._wait(days=chance * 50 if what == "wait" else 1 + chance % 2)
        try:
            getattr(self, f"_{what}")(chance)
        except Refused:
            # The step is not open now; the next deed finds the books as they were.
            self.desk.session.expire_all()

    def _wait(self, days: int | Any) -> None:
        if isinstance(days, int):
            self.desk.now += timedelta(days=days)
            for due in deadline.due(self.desk.session, self.desk.now):
                overdue.take(self.desk.session, due)

    def _approve(self, _chance: int) -> None:
        with self.desk.session.begin_nested():
            penalty = self.desk.propose("cr.lin", respondent=WHO)
            self.desk.decide("waive", penalty, WHO)
            self.desk.decide("submit", penalty, "service.liu", union_notice="无异议")
            self.desk.decide("approve", penalty, "gm.zhou", open_reason="已核")

    def _appeal(self, chance: int) -> None:
        self._decide("appeal", PenaltyState.ISSUED, WHO, chance, grounds="不服")

    def _revoke(self, chance: int) -> None:
        self._decide("revoke", PenaltyState.APPEALED, "gm.zhou", chance, reason="成立")

    def _sustain(self, chance: int) -> None:
        self._decide("sustain", PenaltyState.APPEALED, "gm.zhou", chance, reason="维持")

    def _reinstate(self, chance: int) -> None:
        waiting = [p for p in self.penalties() if p.reinstatement_due_at is not None]
        if waiting:
            self.desk.decide("reinstate", waiting[0], "gm.zhou", reinstated=chance % 2 == 0, reason="复核")

    def _decide(self, action: str, state: PenaltyState, by: str, chance: int, **inputs: Any) -> None:
        found = [p for p in self.penalties() if p.state is state]
        if found:
            self.desk.decide(action, found[chance % len(found)], by, **inputs)

    def penalties(self) -> list[Penalty]:
        return list(self.desk.session.scalars(select(Penalty).order_by(Penalty.id)))


def check(history: History) -> None:
    session, desk = history.desk.session, history.desk
    person = desk.person(WHO)
    approved = [p for p in history.penalties() if p.approved_at is not None]
    standing = [p for p in approved if p.is_standing]
    for penalty in standing:
        others = [p for p in standing if p.approved_at < penalty.approved_at]
        in_force_then = [p for p in others if p.counts_until > penalty.approved_at]
        assert penalty.step is list(LadderStep)[min(3, len(in_force_then) + 1)], "the step is not the count in force"
    count = sum(p.counts_until > desk.now for p in standing)
    stands = escalation.standing_of(session, person, LADDER, desk.now)
    assert stands.state is list(LadderStep)[min(3, count)]
    charged = session.scalars(select(MoneyEntry.amount).where(MoneyEntry.person_id == person.id)).all()
    assert sum(charged) == -sum(FINES[p.step] for p in standing), "money differs from the penalties in force"
    points = session.scalars(select(ScoreEntry.points).where(ScoreEntry.person_id == person.id)).all()
    assert sum(points) == sum(POINTS[p.step] for p in standing), "points differ from the penalties in force"
    assert first_bad_event(session) is None


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(life=deeds)
def test_the_step_is_always_the_count_in_force(session: Session, life: list[Deed]) -> None:
    session.rollback()
    history = History(session)
    for deed in life:
        history.live(deed)
        check(history)
    session.rollback()


@given(cost=st.integers(1, 10**10), leader=st.integers(0, 100), company=st.integers(0, 100))
def test_shares_add_up_to_the_cost_to_the_fen(cost: int, leader: int, company: int) -> None:
    company = min(company, 100 - leader)
    shares = money.shares_of(cost, leader=leader, company=company)
    assert shares.leader + shares.person + shares.company == cost
    assert min(shares.leader, shares.person, shares.company) >= 0
    assert abs(shares.leader * 100 - cost * leader) <= 50, "the leader's share is rounded half-up to the fen"


def test_the_leaders_half_fen_is_rounded_up() -> None:
    assert money.shares_of(333_333, leader=20, company=0) == money.Shares(leader=66_667, person=266_666, company=0)
    assert money.shares_of(5, leader=50, company=50) == money.Shares(leader=3, person=0, company=2)


def test_the_only_step_leads_one_rung_up_and_the_way_back_is_counted() -> None:
    order = list(LadderStep)
    moves = {(rule.name, order.index(rule.dest) - order.index(rule.source[0])) for rule in ESCALATION.rules}
    assert moves == {("offend", 1)}
