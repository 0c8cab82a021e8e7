"""Rankings published with their rewards, fines by item, and the training fund (SAL-2…SAL-6)."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError, IntegrityError

from models import (
    Assessment,
    AssessmentFine,
    AssessmentPublication,
    Database,
    FundEntry,
    FundRequest,
    Notice,
    Penalty,
    Person,
    Reminder,
    Reward,
    Role,
    RoleGrant,
)
from tests.builders import MONDAY, Desk, moment
from tests.workflow.test_assessment_run import computed, post
from tests.workflow.test_race import together
from tests.workflow.test_reminder import DAY, MINUTE, reminded, vacate
from workflow import (
    agenda,
    assessment_steps,
    clock_watch,
    fund,
    item_fines,
    packs,
    payday,
    ranking,
    ranking_turn,
    reward,
)
from workflow.assessment_period import Period
from workflow.process import Refused

SALES = "sales-satisfaction"
# Scores by item and units: wang and zhao share the first place with 93, li is third; for reception li has less than 90.
FEW = {
    "sales.wang": ({"reception": 95, "delivery": 91}, 9),
    "sales.zhao": ({"reception": 96, "delivery": 90}, 4),
    "sales.li": ({"reception": 88, "delivery": 94}, 3),
}


def rank(desk: Desk, of: Mapping[str, tuple[Mapping[str, int], int]] = FEW, *, closes: bool = True) -> Assessment:
    for username, (scores, units) in of.items():
        who = _person(desk, username)
        rows = {f"{username}-{item}": {"item": item, "score": score} for item, score in scores.items()}
        post(desk, SALES, "answers", who, date(2026, 2, 10), **rows)
        post(desk, SALES, "sales", who, date(2026, 2, 20), **{f"{username}-units": {"units": units}})
    found = computed(desk, SALES, by="sales.chen")
    if closes:
        assessment_steps.submit(desk.session, found, by=desk.actor("sales.chen"), at=desk.now)
        assessment_steps.close(desk.session, found, by=desk.actor("gm.zhou"), at=desk.now)
    return found


def _person(desk: Desk, username: str) -> Person:
    found = desk.session.scalars(select(Person).filter_by(username=username)).first()
    assert found is not None, username
    return found


def noted(desk: Desk, at) -> list[tuple[str, str, str]]:
    found = ranking_turn.new(desk.session, at)
    desk.session.add_all(found)
    desk.session.flush()
    return [(row.regulation, row.period, row.owner) for row in found]


def test_a_ranking_that_nobody_publishes_reminds_the_head_of_sales_and_then_goes_up(desk: Desk) -> None:
    """SAL-5: February's until the end of 10 March; half of these ten days are gone on the 6th."""
    of = rank(desk)
    assert noted(desk, MONDAY) == [(SALES, "2026-02", "sales")]
    assert noted(desk, MONDAY) == [], "each once"
    half, due = moment(3, 6, 0), moment(3, 11, 0)
    assert reminded(desk, half - MINUTE) == []
    assert reminded(desk, half) == [("half", half, {"acts": ["sales.chen"]})]
    entries = [e for e in agenda.entries(desk.actor("sales.chen"), desk.now) if e.kind == "ranking"]
    assert [(e.task, e.due_at) for e in entries] == [("Publish the ranking", due)]
    assert reminded(desk, due) == [("due", due, {"acts": ["sales.chen"]})]
    late = due + DAY
    assert reminded(desk, late) == [("late", late, {"acts": ["sales.chen"], "superior": ["gm.zhou"]})]
    publish(desk, of)
    desk.session.expire_all()
    assert "sales.chen" not in str(reminded(desk, late + DAY)), "only the rewards wait, for the general manager"
    assert clock_watch.tidy(desk.session) == 1
    assert not [e for e in agenda.entries(desk.actor("sales.chen"), desk.now) if e.kind == "ranking"]


def test_without_a_head_the_administrator_hears_whose_post_is_vacant(desk: Desk) -> None:
    rank(desk)
    noted(desk, MONDAY)
    vacate(desk, "sales")
    [(occasion, _at, whom)] = reminded(desk, moment(3, 6, 0))
    assert (occasion, whom) == ("half", {"administrator": ["admin.root"]})
    gaps = desk.session.scalars(select(Reminder)).one().gaps
    assert [gap["post"] for gap in gaps] == ["department_head"]


def publish(desk: Desk, of: Assessment, by: str = "sales.chen") -> AssessmentPublication:
    return ranking.publish(desk.session, of, by=desk.actor(by), at=desk.now)


def rewards(desk: Desk) -> dict[str, tuple[int, int | None, int | None]]:
    """Amount in fen, place and the highest that may be given, by user name."""
    found = desk.session.scalars(select(Reward).order_by(Reward.id))
    return {each.person.username: (each.amount, each.place, each.most) for each in found}


def test_publishing_proposes_the_rewards_and_leaves_a_shared_place_to_the_general_manager(desk: Desk) -> None:
    published = publish(desk, rank(desk))
    assert [group["rule"] for group in published.groups] == ["SAL-2", "SAL-3"]
    lines = published.groups[0]["lines"]
    assert [(line["person"], line["place"], line["score"], line["shared"]) for line in lines] == [
        ("sales.wang", 1, "93.00", True), ("sales.zhao", 1, "93.00", True), ("sales.li", 3, "91.00", False),
    ]  # fmt: skip
    assert rewards(desk) == {
        "sales.wang": (50_000, 1, 50_000), "sales.zhao": (50_000, 1, 50_000), "sales.li": (30_000, 3, None),
    }  # fmt: skip
    told = desk.session.scalars(select(Person.username).join(Notice, Notice.person_id == Person.id)).all()
    assert set(told) >= {"gm.zhou", "hr.qian"}
    wang, _zhao, li = desk.session.scalars(select(Reward).order_by(Reward.id))
    assert wang.reason == "2026年2月用户满意度得分93.00，并列第1名（销量9台）。"
    assert wang.reason_en == "Score of satisfaction, February 2026: 93.00, place 1, shared (Units sold: 9 cars)."
    assert (li.reason_en or "").startswith("Score of satisfaction, February 2026: 91.00, place 3 (")


def test_the_general_manager_says_who_of_several_gets_how_much_and_why(desk: Desk) -> None:
    publish(desk, rank(desk))
    wang, zhao, li = desk.session.scalars(select(Reward).order_by(Reward.id))
    gm = desk.actor("gm.zhou")
    for amount, why, told in (
        (None, "平分", "Several share"),
        (50_001, "平分", "up to 500.00"),
        (45_000, "", "a reason"),
    ):
        with pytest.raises(Refused, match=told):
            reward.decide(wang, granted=True, decision=why, amount=amount, by=gm, at=desk.now)
    for each in (wang, zhao):
        reward.decide(each, granted=True, decision="并列，平分第一、二名。", amount=45_000, by=gm, at=desk.now)
    reward.decide(li, granted=True, decision="", amount=99_999, by=gm, at=desk.now)
    desk.session.flush()
    assert [each.amount for each in (wang, zhao, li)] == [45_000, 45_000, 30_000]
    shown = [each.events[-1].letters[0].content["reward"] for each in (wang, li)]
    assert [(each["amount_fen"], each["is_shared"]) for each in shown] == [(45_000, True), (30_000, False)]


def test_it_is_published_once_by_whoever_runs_it_and_only_closed(desk: Desk) -> None:
    of = rank(desk, closes=False)
    with pytest.raises(Refused, match="closed results"):
        publish(desk, of)
    assessment_steps.submit(desk.session, of, by=desk.actor("sales.chen"), at=desk.now)
    assessment_steps.close(desk.session, of, by=desk.actor("gm.zhou"), at=desk.now)
    for by in ("gm.zhou", "hr.qian", "sales.wang", "service.liu"):
        with pytest.raises(Refused, match="responsible for this regulation"):
            publish(desk, of, by)
    publish(desk, of)
    with pytest.raises(Refused, match="published already"):
        publish(desk, of)
    assert len(desk.session.scalars(select(Reward)).all()) == 3
    with pytest.raises(DatabaseError, match="never"):
        desk.session.execute(text("UPDATE assessment_publication SET groups = '[]'"))


def test_of_two_who_publish_at_once_one_does(database: Database) -> None:
    with database.writing() as session:
        key = rank(Desk(session)).id
        session.commit()

    def publishes() -> str:
        with database.writing() as session:
            try:
                publish(Desk(session), session.get_one(Assessment, key))
            except Refused as refusal:
                return refusal.code
            session.commit()
            return "done"

    assert sorted(together(publishes, publishes)) == ["done", "moved_on"]
    with database.reading() as session:
        assert len(session.scalars(select(Reward)).all()) == 3


def test_whoever_is_ranked_reads_it_once_it_is_published_and_strangers_do_not(desk: Desk) -> None:
    of = rank(desk)

    def readers() -> list[str]:
        people = ("gm.zhou", "hr.qian", "sales.chen", "sales.wang", "service.ma", "service.liu", "admin.root")
        return [who for who in people if ranking.may_look(of, desk.session, desk.actor(who))]

    assert readers() == ["gm.zhou", "hr.qian", "sales.chen"]
    publish(desk, of)
    assert readers() == ["gm.zhou", "hr.qian", "sales.chen", "sales.wang"]


# --- fines by item -----------------------------------------------------------------------------------


def test_each_item_below_ninety_may_become_a_single_fine_in_the_penalty_process(desk: Desk) -> None:
    of = rank(desk)
    (due,) = item_fines.due(desk.session, of)
    assert (due.person.username, due.rule, due.because, due.fen) == ("sales.li", "SAL-4", "reception", 2_000)
    (penalty,) = item_fines.propose(desk.session, of, [due.key], by=desk.actor("sales.chen"), at=desk.now)
    assert (penalty.fine, penalty.rule, penalty.state.value, penalty.is_single_fine) == (
        2_000,
        "SAL-4",
        "proposed",
        True,
    )
    assert "接待" in penalty.facts
    with pytest.raises(Refused, match="decided already"):
        item_fines.propose(desk.session, of, [due.key], by=desk.actor("sales.chen"), at=desk.now)
    row = desk.session.scalars(select(AssessmentFine)).one()
    assert row.penalty_id == penalty.id
    again = AssessmentFine(
        assessment_id=of.id, person_id=row.person_id, rule="SAL-4", because="reception", amount=1,
        decided_at=desk.now, decided_by_id=row.decided_by_id, reason="x",
    )  # fmt: skip
    desk.session.add(again)
    with pytest.raises(IntegrityError):
        desk.session.flush()


def test_a_fine_is_set_aside_with_a_reason_and_nobody_else_does(desk: Desk) -> None:
    of = rank(desk)
    (due,) = item_fines.due(desk.session, of)
    for by, why, told in (("sales.chen", " ", "a reason"), ("service.liu", "轻微", "responsible")):
        with pytest.raises(Refused, match=told):
            item_fines.set_aside(desk.session, of, due.key, reason=why, by=desk.actor(by), at=desk.now)
    item_fines.set_aside(desk.session, of, due.key, reason="仅一份答卷", by=desk.actor("sales.chen"), at=desk.now)
    (after,) = item_fines.due(desk.session, of)
    assert after.became is not None and after.became.reason == "仅一份答卷"
    assert desk.session.scalars(select(Penalty)).all() == []
    with pytest.raises(Refused, match="no such proposal"):
        item_fines.propose(desk.session, of, ["sales.li/SAL-4/nothing"], by=desk.actor("sales.chen"), at=desk.now)


@pytest.mark.parametrize(("day", "until"), [(10, date(2026, 2, 10)), (31, date(2026, 2, 28)), (0, date(2026, 2, 1))])
def test_a_day_that_the_month_does_not_have_is_its_last(day: int, until: date) -> None:
    pack = packs.assessment(SALES)
    figure = pack.figures[ranking.PUBLISH_BY].model_copy(update={"value": Decimal(day)})
    changed = pack.model_copy(update={"figures": {**pack.figures, ranking.PUBLISH_BY: figure}})
    assert ranking.due_day(changed, Period.named("2026-01")) == until


# --- the training fund -------------------------------------------------------------------------------


def fined(desk: Desk) -> Penalty:
    """A fine of 20 yuan for an item, decided and final."""
    of = rank(desk)
    (due,) = item_fines.due(desk.session, of)
    (penalty,) = item_fines.propose(desk.session, of, [due.key], by=desk.actor("sales.chen"), at=desk.now)
    desk.decide("waive", penalty, "sales.li", desk.now)
    desk.decide("submit", penalty, "sales.chen", desk.now)
    desk.decide("approve", penalty, "gm.zhou", desk.now)
    return penalty


def settle(desk: Desk, month: int) -> None:
    at = moment(month, 20, 10)
    desk.lapse(at)
    payday.settle(desk.session, month=f"2026-{month:02}", by=desk.actor("hr.qian", at), at=at)


def test_what_a_pay_day_takes_of_such_fines_flows_in_and_only_that(desk: Desk) -> None:
    fined(desk)
    desk.penalty("final")
    assert fund.balance(desk.session) == 0
    settle(desk, 3)
    assert fund.balance(desk.session) == 2_000
    assert [entry.amount for entry in fund.movements(desk.session, skip=0, most=9)] == [2_000]


def ask(desk: Desk, fen: int | None = 1_500, by: str = "sales.chen", purpose: str = "接待培训讲师费") -> FundRequest:
    return fund.ask(desk.session, amount=fen, purpose=purpose, by=desk.actor(by), at=desk.now)


def decide(
    desk: Desk, request: FundRequest, *, yes: bool | None = True, why: str = "同意", by: str = "gm.zhou"
) -> None:
    fund.decide(desk.session, request, approved=yes, decision=why, by=desk.actor(by), at=desk.now)


def test_what_the_general_manager_asks_for_is_seen_and_decided_by_the_deputy(desk: Desk) -> None:
    fined(desk)
    settle(desk, 3)
    desk.session.add(RoleGrant(person=desk.person("gm.zhou"), role=Role.HUMAN_RESOURCES, since=MONDAY))
    desk.session.flush()
    theirs, another = ask(desk, 1_000, "gm.zhou"), ask(desk, 500)
    deputy = desk.actor("deputy.he")
    assert fund.may_look(deputy)
    assert fund.requests(desk.session, deputy) == fund.waiting(desk.session, deputy) == [theirs]
    assert fund.waiting(desk.session, desk.actor("gm.zhou")) == [another]
    with pytest.raises(Refused, match="Only"):
        decide(desk, theirs)
    decide(desk, theirs, by="deputy.he")
    assert fund.balance(desk.session) == 1_000


def test_spending_is_asked_for_and_decided_by_somebody_else_and_never_exceeds_the_balance(desk: Desk) -> None:
    fined(desk)
    settle(desk, 3)
    request = ask(desk)
    for by in ("sales.chen", "hr.qian", "sales.wang"):
        with pytest.raises(Refused, match=r"Only 周建国|no such request"):
            decide(desk, request, by=by)
    for yes, why, told in ((None, "可", "one of the two"), (True, "", "a reason"), (False, " ", "a reason")):
        with pytest.raises(Refused, match=told):
            decide(desk, request, yes=yes, why=why)
    decide(desk, request)
    assert fund.balance(desk.session) == 500
    with pytest.raises(Refused, match="decided already"):
        decide(desk, request)
    more = ask(desk, 501, "hr.qian")
    with pytest.raises(Refused, match=r"not that much in the fund: 5\.00 yuan"):
        decide(desk, more)
    decide(desk, more, yes=False, why="余额不足")
    assert fund.balance(desk.session) == 500
    assert (more.approved, more.decision) == (False, "余额不足")


@pytest.mark.parametrize(("by", "told"), [("sales.wang", "ask the training fund"), ("admin.root", "ask the training")])
def test_only_heads_and_human_resources_ask(desk: Desk, by: str, told: str) -> None:
    with pytest.raises(Refused, match=told):
        ask(desk, by=by)
    for fen, purpose in ((None, "培训"), (0, "培训"), (100, " ")):
        with pytest.raises(Refused):
            ask(desk, fen, purpose=purpose)


def test_who_asks_never_decides_even_as_general_manager_or_by_force(desk: Desk) -> None:
    request = ask(desk)
    with pytest.raises(DatabaseError):
        desk.session.execute(
            text("UPDATE fund_request SET decided_at = asked_at, decided_by_id = asked_by_id, approved = true,"
                 f" decision = 'x' WHERE id = {request.id}")
        )  # fmt: skip


def test_a_head_sees_their_own_requests_and_strangers_nothing(desk: Desk) -> None:
    ask(desk, by="sales.chen")
    seen = {who: len(fund.requests(desk.session, desk.actor(who))) for who in ("sales.chen", "service.liu", "gm.zhou",
                                                                              "hr.qian")}  # fmt: skip
    assert seen == {"sales.chen": 1, "service.liu": 0, "gm.zhou": 1, "hr.qian": 1}
    assert not fund.may_look(desk.actor("sales.wang")) and not fund.may_look(desk.actor("admin.root"))


def test_of_two_who_spend_at_once_only_what_is_there_is_spent(database: Database) -> None:
    with database.writing() as session:
        desk = Desk(session)
        fined(desk)
        settle(desk, 3)
        numbers = [ask(desk).number, ask(desk, by="hr.qian").number]
        session.commit()

    def approves(number: str) -> str:
        with database.writing() as session:
            desk, request = Desk(session), fund.locked(session, number)
            assert request is not None
            try:
                decide(desk, request)
            except Refused as refusal:
                return refusal.code
            session.commit()
            return "done"

    assert sorted(together(lambda: approves(numbers[0]), lambda: approves(numbers[1]))) == ["done", "invalid"]
    with database.reading() as session:
        assert fund.balance(session) == 500


def test_the_database_refuses_what_is_not_there(desk: Desk) -> None:
    fined(desk)
    settle(desk, 3)
    request = ask(desk, 2_001)
    desk.session.add(FundEntry(at=desk.now, amount=-2_001, request=request))
    with pytest.raises(DatabaseError, match="never more than the balance"):
        desk.session.flush()


def test_what_is_paid_back_flows_out_even_if_it_was_spent(desk: Desk) -> None:
    penalty = fined(desk)
    settle(desk, 3)
    decide(desk, ask(desk, 2_000))
    taken = desk.session.scalars(select(FundEntry.taken_id).where(FundEntry.amount > 0)).one()
    assert taken is not None
    # A pay day on which the fine was paid back, as after a revocation.
    desk.session.execute(
        text(
            "INSERT INTO payday (version, month, state, settled_at, cap_percent, minimum_wage, regulation_version_id)"
            " SELECT 1, '2026-04', state, settled_at, cap_percent, minimum_wage, regulation_version_id FROM payday"
        )
    )
    desk.session.execute(
        text(
            "INSERT INTO payday_line (payday_id, person_id, wage, owed, deducted, refunded, carried, rewarded)"
            f" SELECT (SELECT max(id) FROM payday), {penalty.respondent_id}, 1, 0, 0, 2000, 0, 0"
        )
    )
    desk.session.execute(
        text(f"INSERT INTO taken (line_id, penalty_id, amount) SELECT max(id), {penalty.id}, -2000 FROM payday_line")
    )
    second = desk.session.scalars(select(payday.Payday).filter_by(month="2026-04")).one()
    fund.collect(desk.session, second, moment(4, 20))
    assert fund.balance(desk.session) == -2_000
