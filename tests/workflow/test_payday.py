"""The pay day: once a month and in order, by figures worked out by hand; what its slips say; all or nothing."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from models import (
    Company,
    Database,
    Event,
    Letter,
    MoneyEntry,
    MoneyKind,
    Payday,
    PaydayLine,
    Penalty,
    PenaltyState,
    Person,
    Posting,
    Scorecard,
    ScorecardState,
    Taken,
)
from models.event import GENESIS
from tests.builders import MONDAY, Desk, moment
from tests.workflow.test_race import together
from workflow import audit, commission, payday, payday_letter, people
from workflow.process import Refused, Step

PAY_DAY = moment(3, 20, 10)
HEADS = {
    "service.ma": "service.liu", "service.gao": "service.liu", "detailing.guo": "detailing.xu",
    "detailing.tang": "detailing.xu", "parts.yuan": "parts.deng",
}  # fmt: skip
COST = 333_333


def penalise(desk: Desk, respondent: str = "service.ma", at: datetime = MONDAY, **changes: object) -> Penalty:
    """A penalty that was approved at `at`; nobody appeals, so that it becomes final a week later."""
    head = HEADS[respondent]
    penalty = desk.propose(head, at, respondent=respondent, **changes)
    desk.decide("waive", penalty, respondent, at)
    desk.decide("submit", penalty, head, at)
    desk.decide("approve", penalty, "gm.zhou", at)
    return penalty


def rework(desk: Desk, at: datetime = MONDAY) -> Penalty:
    return penalise(desk, "detailing.guo", at, rule="CS-9", rework_cost=COST)


def settle(desk: Desk, month: str | None = "2026-03", at: datetime = PAY_DAY, by: str = "hr.qian") -> Step[Payday]:
    desk.lapse(at)
    return payday.settle(desk.session, month=month, by=desk.actor(by, at), at=at)


def line(desk: Desk, username: str, month: str = "2026-03") -> tuple[int, ...] | None:
    """Wage, owed, deducted, refunded, carried."""
    query = select(PaydayLine).join(PaydayLine.payday).join(PaydayLine.person)
    found = desk.session.scalars(query.where(Payday.month == month, Person.username == username)).first()
    return (found.wage, found.owed, found.deducted, found.refunded, found.carried) if found is not None else None


def slip_of(step: Step[Payday], username: str) -> dict:
    return next(letter for letter in step.event.letters if letter.recipients[0].person.username == username).content


def state_of(desk: Desk, penalty: Penalty) -> PenaltyState:
    return Penalty.locked(desk.session, penalty.id).state


def set_wage(desk: Desk, username: str, wage: int) -> None:
    desk.session.execute(update(Posting).where(Posting.person_id == desk.person(username).id).values(wage=wage))


def refusal(desk: Desk, *args: object, **said: object) -> Refused:
    with pytest.raises(Refused) as caught:
        settle(desk, *args, **said)  # type: ignore[arg-type]
    assert not desk.session.new
    return caught.value


class TestWhenAndByWhom:
    @pytest.mark.parametrize("by", ["gm.zhou", "service.liu", "service.ma", "admin.root", "deputy.he"])
    def test_only_human_resources_settle(self, desk: Desk, by: str) -> None:
        assert refusal(desk, by=by).code == "forbidden"

    def test_who_has_left_settles_nothing(self, desk: Desk) -> None:
        people.end_everything(desk.session, desk.person("hr.qian"), at=MONDAY)
        desk.session.flush()
        assert refusal(desk).code == "forbidden"

    @pytest.mark.parametrize(
        "month", [None, "", "2026", "2026-13", "2026-00", "2026-3", "03-2026", "二〇二六", "2026-03-01"]
    )
    def test_a_malformed_month_is_refused_at_its_field(self, desk: Desk, month: str | None) -> None:
        refused = refusal(desk, month)
        assert (refused.code, refused.objections[0].values["field"]) == ("invalid", "month")

    def test_a_month_that_has_not_begun_is_refused(self, desk: Desk) -> None:
        assert refusal(desk, "2026-04").code == "invalid"
        assert settle(desk, "2026-04", moment(4, 1, 0)).subject.month == "2026-04"

    def test_a_month_is_settled_once(self, desk: Desk) -> None:
        penalise(desk)
        settle(desk)
        assert refusal(desk).code == "moved_on"
        assert line(desk, "service.ma") == (550_000, 5_000, 5_000, 0, 0)

    def test_months_are_settled_in_their_order(self, desk: Desk) -> None:
        settle(desk)
        assert refusal(desk, "2026-02").code == "too_late"
        assert settle(desk, "2026-05", moment(5, 20)).subject.month == "2026-05"
        assert refusal(desk, "2026-04", moment(5, 20)).code == "too_late"

    def test_no_month_is_left_out_in_which_something_is_still_open(self, desk: Desk) -> None:
        rework(desk)
        settle(desk)
        refused = refusal(desk, "2026-05", moment(5, 20))
        assert (refused.code, refused.objections[0].values) == ("too_early", {"month": "2026-04"})
        settle(desk, "2026-04", moment(5, 20))
        settle(desk, "2026-05", moment(5, 20))
        assert TestCarrying().money(desk, "2026-04") == -100_000

    def test_a_month_before_anything_was_due_can_be_left_out(self, desk: Desk) -> None:
        settle(desk)
        penalise(desk, at=moment(5, 4))
        assert refusal(desk, "2026-06", moment(6, 20)).objections[0].values == {"month": "2026-05"}
        assert settle(desk, "2026-05", moment(5, 20)).subject.month == "2026-05"

    def test_the_database_holds_one_pay_day_a_month(self, desk: Desk) -> None:
        version = settle(desk).subject.regulation_version
        double = Payday(month="2026-03", state="settled", settled_at=PAY_DAY, cap_percent=20, minimum_wage=1)
        double.regulation_version = version
        desk.session.add(double)
        with pytest.raises(IntegrityError):
            desk.session.flush()

    def test_figures_that_changed_since_they_were_looked_at_are_not_carried_out(self, desk: Desk) -> None:
        penalise(desk)
        desk.lapse(PAY_DAY)
        by = desk.actor("hr.qian", PAY_DAY)
        seen = payday.preview("2026-03", by=by, at=PAY_DAY).digest
        set_wage(desk, "service.ma", 0)
        with pytest.raises(Refused) as caught:
            payday.settle(desk.session, month="2026-03", by=by, at=PAY_DAY, seen=seen)
        assert caught.value.code == "moved_on"
        seen = payday.preview("2026-03", by=by, at=PAY_DAY).digest
        assert payday.settle(desk.session, month="2026-03", by=by, at=PAY_DAY, seen=seen).subject.month == "2026-03"


class TestWhatIsTaken:
    def test_only_what_is_final(self, desk: Desk) -> None:
        penalise(desk, at=moment(3, 18))
        settle(desk)
        assert line(desk, "service.ma") is None

    def test_nothing_while_an_appeal_is_open(self, desk: Desk) -> None:
        desk.penalty("appealed")
        settle(desk)
        assert line(desk, "service.ma") is None

    def test_leader_and_respondent_pay_their_own_shares(self, desk: Desk) -> None:
        """3,333.33: the leader 666.67, the person 2,666.66 and the fine of 50.00; a fifth of 5,000.00 is 1,000.00."""
        penalty = rework(desk)
        settle(desk)
        assert line(desk, "detailing.guo") == (500_000, 271_666, 100_000, 0, 171_666)
        assert line(desk, "detailing.hu") == (700_000, 66_667, 66_667, 0, 0)
        settle(desk, "2026-04", moment(4, 20))
        assert line(desk, "detailing.guo", "2026-04") == (500_000, 171_666, 100_000, 0, 71_666)
        assert line(desk, "detailing.hu", "2026-04") is None
        assert state_of(desk, penalty) is PenaltyState.FINAL
        settle(desk, "2026-05", moment(5, 20))
        assert line(desk, "detailing.guo", "2026-05") == (500_000, 71_666, 71_666, 0, 0)
        assert state_of(desk, penalty) is PenaltyState.SETTLED
        assert sum(desk.session.scalars(select(Taken.amount))) == COST + 5_000

    def test_the_minimum_wage_stays(self, desk: Desk) -> None:
        set_wage(desk, "service.ma", 270_000)
        penalise(desk)
        settle(desk)
        assert line(desk, "service.ma") == (270_000, 5_000, 1_000, 0, 4_000)

    def test_a_forfeited_commission_is_shown_and_not_taken(self, desk: Desk) -> None:
        by = desk.actor("hr.qian", MONDAY)
        commission.record(desk.session, desk.person("detailing.guo"), month="2026-03", amount=120_000, by=by, at=MONDAY)
        penalty = rework(desk)
        slip = slip_of(settle(desk), "detailing.guo")["slip"]
        assert line(desk, "detailing.guo") == (500_000, 271_666, 100_000, 0, 171_666)
        assert slip["forfeited"] == [{"month": "2026-03", "fen": 120_000, "case_number": penalty.number}]
        assert slip_of(settle(desk, "2026-04", moment(4, 20)), "detailing.guo")["slip"]["forfeited"] == []

    def test_where_only_points_are_taken_a_loss_is_still_made_good(self, desk: Desk) -> None:
        company = desk.session.get_one(Company, 1)
        company.settings = {**company.settings, "fines": "points_only"}
        desk.session.flush()
        rework(desk)
        pointed = penalise(desk)
        settle(desk)
        assert line(desk, "detailing.guo") == (500_000, 266_666, 100_000, 0, 166_666)
        assert line(desk, "service.ma") is None
        assert state_of(desk, pointed) is PenaltyState.SETTLED

    def test_the_wage_is_that_of_the_last_post_of_the_month(self, desk: Desk) -> None:
        hr, ma = desk.person("hr.qian"), desk.person("service.ma")
        penalise(desk)
        people.transfer(
            desk.session, ma, by=hr, at=moment(3, 31, 23), department=desk.department("parts"), title="配件专员"
        )
        desk.session.flush()
        first, second = ma.postings
        first.wage, second.wage = 400_000, 600_000
        desk.session.flush()
        settle(desk, "2026-03", moment(4, 5))
        assert line(desk, "service.ma") == (600_000, 5_000, 5_000, 0, 0)

    def test_of_who_has_left_nothing_is_taken_and_nothing_carried(self, desk: Desk) -> None:
        penalty = penalise(desk)
        people.leave(desk.session, desk.person("service.ma"), by=desk.person("hr.qian"), at=moment(3, 25))
        desk.session.flush()
        step = settle(desk, "2026-04", moment(4, 20))
        assert (step.subject.lines, step.event.letters, step.event.money) == ([], [], [])
        assert payday.preview("2026-05", by=step.actor, at=step.at).claims == {desk.person("service.ma").id: 5_000}
        assert state_of(desk, penalty) is PenaltyState.FINAL

    def test_the_last_pay_day_takes_what_the_law_allows_and_the_rest_stays_open(self, desk: Desk) -> None:
        penalty, guo = rework(desk), desk.person("detailing.guo")
        people.leave(desk.session, guo, by=desk.person("hr.qian"), at=moment(3, 15))
        desk.session.flush()
        step = settle(desk)
        assert line(desk, "detailing.guo") == (500_000, 271_666, 100_000, 0, 171_666)
        assert slip_of(step, "detailing.guo")["slip"]["limited_by"] == "left"
        assert step.event.money == []
        for month in (4, 5):
            later = settle(desk, f"2026-0{month}", moment(month, 20))
            assert (later.subject.lines, later.event.money) == ([], [])
            assert later.chosen["account"].claims == {guo.id: 171_666}
        assert state_of(desk, penalty) is PenaltyState.FINAL

    def test_what_is_to_be_paid_back_reaches_who_has_left(self, desk: Desk) -> None:
        penalty = rework(desk)
        settle(desk)
        people.leave(desk.session, desk.person("detailing.guo"), by=desk.person("hr.qian"), at=moment(3, 25))
        revoke_by_hand(desk, penalty)
        settle(desk, "2026-04", moment(4, 20))
        assert line(desk, "detailing.guo", "2026-04") == (0, 0, 0, 100_000, 0)

    def test_the_month_in_which_somebody_leaves_still_pays(self, desk: Desk) -> None:
        penalise(desk)
        people.leave(desk.session, desk.person("service.ma"), by=desk.person("hr.qian"), at=moment(3, 15))
        desk.session.flush()
        settle(desk)
        assert line(desk, "service.ma") == (550_000, 5_000, 5_000, 0, 0)

    def test_what_was_taken_too_much_is_paid_back_once(self, desk: Desk) -> None:
        """The first is revoked after the second's 100.00 were taken: the second costs 50.00 now."""
        first = penalise(desk, "detailing.tang")
        desk.decide("appeal", first, "detailing.tang", moment(3, 3), grounds="交接单已签。")
        second = penalise(desk, "detailing.tang", moment(3, 4))
        settle(desk)
        assert line(desk, "detailing.tang") == (500_000, 10_000, 10_000, 0, 0)
        assert state_of(desk, second) is PenaltyState.SETTLED
        desk.decide("revoke", first, "gm.zhou", moment(3, 23), reason="交接单属实。")
        slip = slip_of(settle(desk, "2026-04", moment(4, 20)), "detailing.tang")["slip"]
        assert line(desk, "detailing.tang", "2026-04") == (500_000, 0, 0, 5_000, 0)
        assert [(each["kind"], each["taken_fen"]) for each in slip["lines"]] == [("refund", -5_000)]
        assert settle(desk, "2026-05", moment(5, 20)).subject.lines == []

    def test_a_penalty_that_falls_after_part_of_it_was_taken_is_paid_back(self, desk: Desk) -> None:
        penalty = rework(desk)
        settle(desk)
        revoke_by_hand(desk, penalty)
        settle(desk, "2026-04", moment(4, 20))
        assert line(desk, "detailing.guo", "2026-04") == (500_000, 0, 0, 100_000, 0)
        assert line(desk, "detailing.hu", "2026-04") == (700_000, 0, 0, 66_667, 0)
        assert settle(desk, "2026-05", moment(5, 20)).subject.lines == []


def revoke_by_hand(desk: Desk, penalty: Penalty) -> None:
    """As a revocation leaves the books; no step of the process takes back what is final."""
    at, entries = moment(4, 1), desk.session.scalars(select(MoneyEntry).filter_by(penalty_id=penalty.id)).all()
    event = Event(
        penalty_id=penalty.id, seq=99, action="revoke", rule="CS-4", to_state="revoked", at=at, signed_as="system",
        said={}, previous_hash=GENESIS, hash=GENESIS, entries=[], money=[], letters=[], orders=[], notices=[],
    )  # fmt: skip
    for entry in entries:
        event.money.append(
            MoneyEntry(kind=MoneyKind.REFUND, amount=-entry.amount, month="2026-04", person_id=entry.person_id,
                       penalty_id=penalty.id, reverses=entry)
        )  # fmt: skip
    desk.session.add(event)
    fallen = {"state": PenaltyState.REVOKED, "revoked_at": at, "final_at": None}
    desk.session.execute(update(Penalty).where(Penalty.id == penalty.id).values(**fallen))
    desk.session.flush()


class TestCarrying:
    def money(self, desk: Desk, month: str) -> int:
        person = desk.person("detailing.guo")
        return desk.office.money_sums([person.id], [month])[person.id, month]

    def test_the_rest_goes_out_of_the_month_and_into_the_next(self, desk: Desk) -> None:
        rework(desk)
        settle(desk)
        assert (self.money(desk, "2026-03"), self.money(desk, "2026-04")) == (-100_000, -171_666)
        settle(desk, "2026-04", moment(4, 20))
        assert (self.money(desk, "2026-04"), self.money(desk, "2026-05")) == (-100_000, -71_666)
        settle(desk, "2026-05", moment(5, 20))
        assert (self.money(desk, "2026-05"), self.money(desk, "2026-06")) == (-71_666, 0)

    def test_a_closed_month_never_changes(self, desk: Desk) -> None:
        rework(desk)
        guo = desk.person("detailing.guo")
        desk.session.add(an_approved_card(desk, guo, "2026-03"))
        desk.session.flush()
        before = self.money(desk, "2026-03")
        settle(desk, at=moment(4, 12))
        assert line(desk, "detailing.guo") == (500_000, 271_666, 100_000, 0, 171_666)
        assert (self.money(desk, "2026-03"), self.money(desk, "2026-04")) == (before, 0)


def an_approved_card(desk: Desk, person: Person, month: str) -> Scorecard:
    version = desk.office.regulation_in_force("cs-management", MONDAY)
    return Scorecard(
        month=month, state=ScorecardState.APPROVED, person_id=person.id, department_id=desk.department("detailing").id,
        base=150_000, score=Decimal(95), factor=Decimal(1), pay=142_500, computed_at=moment(4, 10),
        approved_at=moment(4, 11), regulation_version=version,
    )  # fmt: skip


class TestSlips:
    def test_everybody_concerned_gets_their_own_and_nobody_elses(self, desk: Desk) -> None:
        rework(desk)
        step = settle(desk)
        addressed = [[row.person.username for row in letter.recipients] for letter in step.event.letters]
        assert addressed == [["detailing.hu"], ["detailing.guo"]]
        assert {letter.kind for letter in step.event.letters} == {"deduction_slip"}
        assert {letter.series for letter in step.event.letters} == {"penalty"}

    def test_a_slip_tells_every_figure(self, desk: Desk) -> None:
        penalty = rework(desk)
        content = slip_of(settle(desk), "detailing.guo")
        decision = {"series": "penalty", "year": 2026, "seq": 4}
        told = {"case_number": penalty.number, "decision": decision}
        assert content["slip"] == {
            "month": "2026-03", "wage_fen": 500_000, "cap_percent": 20, "cap_fen": 100_000, "minimum_wage_fen": 269_000,
            "room_fen": 100_000, "owed_fen": 271_666, "taken_fen": 100_000, "refunded_fen": 0,
            "rewarded_fen": 0, "rewards": [], "carried_fen": 171_666, "limited_by": "cap",
            "forfeited": [], "is_settled": False, "history": [],
            "lines": [
                {**told, "kind": "fine", "owed_fen": 5_000, "taken_fen": 5_000, "rest_fen": 0},
                {**told, "kind": "rework_share", "owed_fen": 266_666, "taken_fen": 95_000, "rest_fen": 171_666},
            ],
        }  # fmt: skip
        assert [(line["month"], line["amount_fen"], line["total_fen"]) for line in content["money"]] == [
            ("2026-03", 171_666, -100_000), ("2026-04", -171_666, -171_666),
        ]  # fmt: skip
        assert (content["case_number"], content["signed_as"], content["rule"]) == ("2026-03", "human_resources", "CS-9")
        assert (content["head"]["name"], content["respondent"]["name"]) == ("徐静", "郭亮")

    def test_a_slip_has_the_keys_of_every_letter_of_the_series(self, desk: Desk) -> None:
        penalty = penalise(desk)
        content = slip_of(settle(desk), "service.ma")
        closing = Penalty.locked(desk.session, penalty.id).events[-1].letters[0].content
        assert content.keys() == closing.keys()
        assert content["slip"].keys() == closing["slip"].keys()
        assert [content[key] for key in ("penalty", "exam", "ending", "change", "next")] == [None] * 5

    def test_the_closing_slip_tells_when_what_was_taken(self, desk: Desk) -> None:
        penalty = rework(desk)
        for month in (3, 4, 5):
            step = settle(desk, f"2026-0{month}", moment(month, 20))
        closing = Penalty.locked(desk.session, penalty.id).events[-1]
        slip = closing.letters[0].content["slip"]
        assert (closing.action, closing.at, closing.signed_as) == ("settle", moment(5, 20), "system")
        assert [brought.event for brought in step.brought] == [closing]
        assert [row.person.username for row in closing.letters[0].recipients] == ["detailing.guo"]
        assert (slip["is_settled"], slip["taken_fen"], slip["carried_fen"]) == (True, 71_666, 0)
        assert [(each["month"], each["taken_fen"]) for each in slip["history"]] == [
            ("2026-03", 100_000), ("2026-04", 100_000), ("2026-05", 71_666),
        ]  # fmt: skip

    def test_a_dismissal_without_money_is_settled_at_once(self, desk: Desk) -> None:
        for day in (2, 3):
            penalise(desk, at=moment(3, day))
        third = desk.propose("service.liu", moment(3, 4))
        desk.decide("waive", third, "service.ma", moment(3, 4))
        desk.decide("submit", third, "service.liu", moment(3, 4), union_notice="工会无异议。")
        desk.decide("approve", third, "gm.zhou", moment(3, 4), open_reason="已知悉。")
        settle(desk)
        assert line(desk, "service.ma") == (550_000, 15_000, 15_000, 0, 0)
        assert state_of(desk, third) is PenaltyState.SETTLED
        assert Penalty.locked(desk.session, third.id).events[-1].letters[0].content["slip"]["history"] == []


class TestAllOrNothing:
    def test_a_run_that_fails_in_the_middle_leaves_nothing(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with database.writing() as session:
            desk = Desk(session)
            rework(desk)
            penalise(desk)
            desk.lapse(PAY_DAY)
            session.commit()
            before = _rows(session)
        for place, name in ((payday_letter, "closing_slips"), (payday.penalty, "settle")):
            with database.writing() as session, monkeypatch.context() as broken:
                broken.setattr(place, name, _fails)
                with pytest.raises(RuntimeError):
                    settle(Desk(session))
        with database.writing() as session:
            assert _rows(session) == before
            settle(Desk(session))
            session.commit()
            numbers = session.scalars(select(Letter.seq).where(Letter.series == "penalty").order_by(Letter.seq)).all()
            assert numbers == list(range(1, len(numbers) + 1))
            assert audit.first_bad_event(session) is None

    def test_of_two_runs_at_once_one_wins(self, database: Database) -> None:
        with database.writing() as session:
            rework(Desk(session))
            Desk(session).lapse(PAY_DAY)
            session.commit()
        assert sorted(together(*[_run(database)] * 3)) == ["done", "moved_on", "moved_on"]
        with database.reading() as session:
            assert session.scalar(select(func.count()).select_from(Payday)) == 1
            assert session.scalar(select(func.sum(Taken.amount))) == 166_667


def _fails(*_: object, **__: object) -> None:
    raise RuntimeError("in the middle")


def _rows(session: object) -> list[int]:
    kinds = (Payday, PaydayLine, Taken, MoneyEntry, Event, Letter)
    return [session.scalar(select(func.count()).select_from(kind)) for kind in kinds]  # type: ignore[attr-defined]


def _run(database: Database) -> Callable[[], str]:
    def run() -> str:
        with database.writing() as session:
            desk = Desk(session)
            try:
                payday.settle(session, month="2026-03", by=desk.actor("hr.qian", PAY_DAY), at=PAY_DAY)
                session.commit()
            except Refused as refusal:
                return refusal.code
        return "done"

    return run
