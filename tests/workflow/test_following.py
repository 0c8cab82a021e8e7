"""Trainings from weak items (SAL-7) and suggestions from grades (AFT-1, STAFF-1)."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from models import Assessment, Training
from tests.builders import Desk, moment
from tests.workflow.test_assessment_run import computed, post
from tests.workflow.test_ranking import SALES, rank
from workflow import assessment_steps, suggestion, training
from workflow.assessment_period import Period
from workflow.process import Refused
from workflow.training import Wish

APPRAISAL = "staff-appraisal"
DAY = date(2026, 3, 12)


def wish(desk: Desk, *people: str, **changes: Any) -> Wish:
    usual = {"measure": "score", "item": "delivery", "topic": "交车流程演练", "day": DAY, "trainer": "陈晓东"}
    return Wish(**{**usual, **changes}, people=[desk.person(each) for each in people])


def planned(desk: Desk, *people: str, by: str = "sales.chen", **changes: Any) -> Training:
    of = rank(desk, closes=False)
    return training.plan(desk.session, of, wish(desk, *people, **changes), by=desk.actor(by), at=desk.now)


def test_the_weakest_items_come_first_with_those_below_the_mean(desk: Desk) -> None:
    of = rank(desk, closes=False)
    weak = training.weakest(desk.session, of, desk.actor("sales.chen"))
    # delivery: (91 + 90 + 94) / 3 = 91.67; reception: (95 + 96 + 88) / 3 = 93
    assert [(each.item, each.mean) for each in weak] == [
        ("delivery", Decimal("91.67")), ("reception", Decimal("93.00")),
    ]  # fmt: skip
    assert [(who.person.username, figure) for who, figure in weak[0].below if who.person] == [
        ("sales.zhao", Decimal(90)), ("sales.wang", Decimal(91)),
    ]  # fmt: skip
    own = training.weakest(desk.session, of, desk.actor("sales.li"))
    assert [(each.item, each.mean) for each in own] == [("reception", Decimal("88.00")), ("delivery", Decimal("94.00"))]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"topic": " "}, "the topic"), ({"topic": "长" * 121}, "At most 120"), ({"trainer": ""}, "the trainer"),
        ({"day": None}, "the day"), ({"day": date(2026, 2, 28)}, "after the period"), ({"item": "x"}, "the items"),
        ({"measure": "units"}, "the items"),
    ],
)  # fmt: skip
def test_a_plan_is_whole(desk: Desk, changes: dict[str, Any], told: str) -> None:
    with pytest.raises(Refused, match=told):
        planned(desk, "sales.zhao", **changes)


def test_who_runs_it_plans_for_somebody(desk: Desk) -> None:
    with pytest.raises(Refused, match="who takes part"):
        planned(desk)
    of = desk.session.query(Assessment).one()
    for by in ("sales.wang", "service.liu", "hr.qian"):
        with pytest.raises(Refused, match="responsible"):
            training.plan(desk.session, of, wish(desk, "sales.zhao"), by=desk.actor(by), at=desk.now)


def test_those_who_take_part_and_those_who_answer_for_them_see_it(desk: Desk) -> None:
    found = planned(desk, "sales.zhao", "sales.wang")
    people = ("sales.chen", "gm.zhou", "hr.qian", "sales.zhao", "sales.wang", "sales.li", "service.liu", "admin.root")
    able = [who for who in people if training.may_see(found, desk.actor(who))]
    listed = [who for who in people if training.found(desk.session, desk.actor(who))]
    assert able == listed == ["sales.chen", "gm.zhou", "hr.qian", "sales.zhao", "sales.wang"]
    assert [each.training.topic for each in training.mine(desk.session, desk.person("sales.zhao"))] == ["交车流程演练"]


def test_who_was_there_is_recorded_once_from_the_day_on_and_an_absence_has_its_reason(desk: Desk) -> None:
    found = planned(desk, "sales.zhao", "sales.wang")
    zhao, wang = (desk.person(each).id for each in ("sales.zhao", "sales.wang"))
    chen = desk.actor("sales.chen")
    with pytest.raises(Refused, match="not taken place"):
        training.record(desk.session, found, {zhao: True}, {}, by=chen, at=desk.now)
    later = moment(3, 12, 18)
    with pytest.raises(Refused, match="Why did 王强 not attend"):
        training.record(desk.session, found, {wang: False, zhao: True}, {wang: " "}, by=chen, at=later)
    assert all(each.attended is None for each in found.participants)
    assert training.record(desk.session, found, {wang: False, zhao: True}, {wang: "出差"}, by=chen, at=later) == 2
    assert {each.person_id: (each.attended, each.reason) for each in found.participants} == {
        zhao: (True, None), wang: (False, "出差"),
    }  # fmt: skip
    with pytest.raises(Refused, match="Nothing was chosen"):
        training.record(desk.session, found, {wang: True}, {}, by=chen, at=later)
    with pytest.raises(Refused, match="taken place already"):
        training.cancel(desk.session, found, reason="取消", by=chen, at=later)
    with pytest.raises(DatabaseError, match="never"):
        desk.session.execute(text("UPDATE training_participant SET attended = NOT attended"))


def test_it_is_cancelled_with_a_reason_and_then_nobody_is_expected(desk: Desk) -> None:
    found = planned(desk, "sales.zhao")
    with pytest.raises(Refused, match="a reason"):
        training.cancel(desk.session, found, reason="", by=desk.actor("sales.chen"), at=desk.now)
    with pytest.raises(Refused, match="responsible"):
        training.cancel(desk.session, found, reason="改期", by=desk.actor("sales.zhao"), at=desk.now)
    with pytest.raises(Refused, match="no such training"):
        training.cancel(desk.session, found, reason="改期", by=desk.actor("service.liu"), at=desk.now)
    training.cancel(desk.session, found, reason="改期", by=desk.actor("sales.chen"), at=desk.now)
    assert training.mine(desk.session, desk.person("sales.zhao")) == []


def test_the_effect_is_the_items_figure_of_those_who_were_there(desk: Desk) -> None:
    found = planned(desk, "sales.zhao", "sales.wang")
    zhao, wang = (desk.person(each).id for each in ("sales.zhao", "sales.wang"))
    later = moment(3, 12, 18)
    training.record(
        desk.session, found, {zhao: True, wang: False}, {wang: "出差"}, by=desk.actor("sales.chen"), at=later
    )
    before = training.effect(desk.session, found)
    assert (before.before, before.after) == (Decimal("90.00"), None)
    desk.now = moment(5, 4)
    april = date(2026, 4, 10)
    post(desk, SALES, "answers", desk.person("sales.zhao"), april, z={"item": "delivery", "score": 97})
    post(desk, SALES, "answers", desk.person("sales.wang"), april, w={"item": "delivery", "score": 10})
    computed(desk, SALES, by="sales.chen", period=Period.named("2026-04"))
    after = training.effect(desk.session, found)
    assert (after.before, after.after) == (Decimal("90.00"), Decimal("97.00"))


def test_a_regulation_without_items_trains_for_its_weakest_measure(desk: Desk) -> None:
    """AFT-1: quality (90 + 60) / 2 = 75 before improvement (80 + 71) / 2 = 75.50; the mean is rounded half up."""
    figures = {"service.ma": (90, 80), "service.gao": (60, 71)}
    for who, (quality, improvement) in figures.items():
        row = {f"{who}-1": {"quality": quality, "improvement": improvement}}
        post(desk, "after-sales-assessment", "internal_assessment", desk.person(who), date(2026, 2, 10), **row)
    of, liu = computed(desk, "after-sales-assessment", by="service.liu"), desk.actor("service.liu")
    weak = training.weakest(desk.session, of, liu)
    assert [(each.measure, each.item, str(each.mean)) for each in weak] == [
        ("quality", "", "75.00"), ("improvement", "", "75.50"),
    ]  # fmt: skip
    planned_ = Wish("quality", "", "首件自检", DAY, "陈晓东", [desk.person("service.gao")])
    with pytest.raises(Refused, match="the items"):
        training.plan(desk.session, of, wish(desk, "service.gao", measure="units", item=""), by=liu, at=desk.now)
    found = training.plan(desk.session, of, planned_, by=liu, at=desk.now)
    training.record(desk.session, found, {desk.person("service.gao").id: True}, {}, by=liu, at=moment(3, 12, 18))
    assert training.effect(desk.session, found).before == Decimal("60.00")
    teams = computed(desk, "after-sales-assessment", by="service.liu", kind="team")
    assert not training.may_plan(teams, liu), "a team takes part in no training"


# --- suggestions -------------------------------------------------------------------------------------


def appraised(desk: Desk, *, closes: bool = True) -> Assessment:
    for who, share in (("service.ma", 1), ("service.liu", 1), ("sales.wang", 0)):
        for nth in range(5):
            high, low = _scale(desk)
            figure = high if share else low
            rows = {f"{who}-{nth}": {"attitude": figure, "skill": figure, "problem_solving": figure}}
            post(desk, APPRAISAL, "ratings", desk.person(who), date(2026, 2, 10), **rows)
    of = computed(desk, APPRAISAL, by="hr.qian")
    if closes:
        assessment_steps.submit(desk.session, of, by=desk.actor("hr.qian"), at=desk.now)
        assessment_steps.close(desk.session, of, by=desk.actor("gm.zhou"), at=desk.now)
    return of


def _scale(desk: Desk) -> tuple[Decimal, Decimal]:
    from workflow import assessment_books as books

    pack = books.pack_on(desk.session, APPRAISAL, date(2026, 2, 10))
    assert pack is not None
    field = pack.sources["ratings"].fields["attitude"]
    assert field.highest is not None and field.lowest is not None
    return field.highest, field.lowest


def seen(desk: Desk, of: Assessment, who: str) -> list[str]:
    return [each.key for each in suggestion.suggested(desk.session, of, desk.actor(who))]


def test_a_grade_suggests_what_the_regulation_says_to_those_who_may_see_it(desk: Desk) -> None:
    of = appraised(desk)
    everybody = seen(desk, of, "gm.zhou")
    assert sorted(everybody) == ["sales.wang/penalty", "service.liu/reward", "service.ma/reward"]
    assert everybody[-1] == "sales.wang/penalty"
    assert seen(desk, of, "service.liu") == ["service.ma/reward"]
    assert seen(desk, of, "sales.chen") == ["sales.wang/penalty"]
    for who in ("service.ma", "sales.wang", "admin.root"):
        assert seen(desk, of, who) == []


def test_it_is_answered_once_with_a_reason_and_changes_nothing(desk: Desk) -> None:
    of = appraised(desk)

    def answer(by: str, *, yes: bool | None = True, reason: str = "表现突出", key: str = "service.ma/reward") -> None:
        suggestion.answer(desk.session, of, key, taken_up=yes, reason=reason, by=desk.actor(by), at=desk.now)

    for by, said, told in (
        ("service.ma", {}, "no such suggestion"), ("sales.chen", {}, "no such suggestion"),
        ("service.liu", {"key": "service.liu/reward"}, "no such suggestion"),
        ("service.liu", {"reason": " "}, "a reason"), ("service.liu", {"yes": None}, "one of the two"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=told):
            answer(by, **said)  # type: ignore[arg-type]
    answer("service.liu")
    with pytest.raises(Refused, match="answered already"):
        answer("gm.zhou", yes=False)
    found = {each.key: each for each in suggestion.suggested(desk.session, of, desk.actor("gm.zhou"))}
    first = found["service.ma/reward"]
    assert first.answer is not None and (first.answer.taken_up, first.answer.reason) == (True, "表现突出")
    with pytest.raises(DatabaseError, match="never"):
        desk.session.execute(text("UPDATE suggestion_answer SET taken_up = NOT taken_up"))


def test_before_results_are_closed_nothing_is_answered(desk: Desk) -> None:
    of = appraised(desk, closes=False)
    with pytest.raises(Refused, match="once the results are closed"):
        suggestion.answer(
            desk.session, of, "service.ma/reward", taken_up=True, reason="好", by=desk.actor("gm.zhou"), at=desk.now
        )
