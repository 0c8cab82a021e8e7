"""The month: computed, reviewed with adjustments, verified, given back, approved, paid; what is closed stays closed."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from models import (
    Event,
    Headship,
    Letter,
    Notice,
    NumberSeries,
    Order,
    Person,
    Posting,
    Scorecard,
    ScorecardState,
)
from pdf import letter as paper
from tests.builders import MONDAY, Desk, moment
from workflow import overdue, places, scorecard, scorecard_roles
from workflow.audit import findings
from workflow.office import Office
from workflow.process import FORBIDDEN, INVALID, MOVED_ON, NOT_FOUND, TOO_EARLY, Refused
from workflow.scorecard_steps import Adjustment
from workflow.scorecard_waiting import waits_for

APRIL = moment(4, 11)


def march(session: Session) -> None:
    for state in ("handling", "appealed"):
        Desk(session).complaint(state)


@pytest.fixture
def april(staged: Callable[..., None], session: Session) -> Desk:
    """The desk on 11 April; ma has lost five points in March, five more are provisional."""
    staged(march)
    return Desk(session, APRIL)


def card_of(desk: Desk, username: str = "service.ma") -> Scorecard:
    card = select(Scorecard).filter_by(month="2026-03", person_id=desk.person(username).id)
    return desk.session.scalars(
        card.options(selectinload(Scorecard.events)).execution_options(populate_existing=True)
    ).one()


def refused(desk: Desk, action: str, by: str, **said: Any) -> Refused:
    """The act is refused and has changed nothing."""
    desk.session.commit()
    before = desk.session.scalar(select(func.count()).select_from(Event))
    with pytest.raises(Refused) as refusal:
        desk.close(action, by, **said)
    desk.session.rollback()
    assert desk.session.scalar(select(func.count()).select_from(Event)) == before
    return refusal.value


def adjusted(desk: Desk, username: str, factor: str | None, reason: str | None) -> Adjustment:
    person = desk.session.query(Person).filter_by(username=username).one_or_none()
    return Adjustment(username, person, Decimal(factor) if factor is not None else None, reason)


def test_everybody_with_a_post_in_the_month_has_a_card(april: Desk) -> None:
    results = april.close("compute", "hr.qian")
    assert len(results.taken) == april.session.scalar(select(func.count()).select_from(Person))
    card = card_of(april)
    assert (card.score, card.base, card.pay, card.state) == (Decimal(95), 200_000, 190_000, ScorecardState.COMPUTED)


def test_the_last_post_of_the_month_is_the_one_that_counts(desk: Desk) -> None:
    ma = desk.person("service.ma")
    before = ma.posting_at(MONDAY)
    before.until = moment(3, 20)
    sales = desk.session.query(Posting).filter_by(person_id=desk.person("sales.wang").id).one().department
    desk.session.add(Posting(person_id=ma.id, department=sales, title="销售顾问", since=moment(3, 20), wage=1,
                             performance_base=100_000))  # fmt: skip
    desk.session.flush()
    desk.close("compute", "hr.qian", at=APRIL)
    assert (card_of(desk).department.slug, card_of(desk).base) == ("sales", 100_000)


def test_the_system_computes_on_the_tenth_and_what_was_missed_at_the_next_start(desk: Desk) -> None:
    assert overdue.carry_out(desk.session, moment(2, 9)) == []
    [january] = overdue.carry_out(desk.session, moment(2, 10, 0))
    assert (january.subject.month, january.event.at, january.event.actor_id) == ("2026-01", moment(2, 10, 0), None)
    months = [step.subject.month for step in overdue.carry_out(desk.session, moment(5, 20))]
    assert months == ["2026-02", "2026-03", "2026-04"]
    assert overdue.carry_out(desk.session, moment(5, 20)) == []


def test_a_department_computed_early_hides_no_earlier_month(april: Desk) -> None:
    april.close("compute", "hr.qian", at=moment(4, 1), department="after_sales")
    months = [step.subject.month for step in overdue.carry_out(april.session, APRIL) if step.rule.name == "compute"]
    assert months == ["2026-01", "2026-02", "2026-03"]


def test_who_was_computed_early_is_left_to_the_head_on_the_tenth(april: Desk) -> None:
    april.close("compute", "hr.qian", at=moment(4, 1), department="after_sales")
    april.close("review", "service.liu", at=moment(4, 2), department="after_sales")
    overdue.carry_out(april.session, APRIL)
    assert card_of(april).state is ScorecardState.REVIEWED
    assert len(card_of(april, "service.gao").events) == 2
    assert card_of(april, "sales.wang").state is ScorecardState.COMPUTED


def test_a_card_is_computed_again_until_it_is_reviewed(april: Desk) -> None:
    april.close("compute", "hr.qian", department="after_sales")
    april.close("compute", "hr.qian", department="after_sales")
    april.close("review", "service.liu", department="after_sales")
    results = april.close("compute", "hr.qian", department="after_sales")
    assert [step.subject.person.username for step in results.taken] == ["service.liu"]
    assert {left.objections[0].code for left in results.left} == {MOVED_ON}


def test_an_act_takes_what_is_ready_and_says_what_is_not(april: Desk) -> None:
    april.close("compute", "hr.qian")
    results = april.close("review", "service.liu", department="after_sales")
    assert {step.subject.person.username for step in results.taken} == {"service.ma", "service.gao"}
    [left] = results.left
    assert (left.card.person.username, left.objections[0].code) == ("service.liu", FORBIDDEN)
    assert "周建国" in str(left.objections[0])
    results = april.close("verify", "hr.qian")
    assert len(results.taken) == 2
    assert all(left.objections for left in results.left)


def test_numbers_are_without_gaps_and_every_act_has_its_letter(april: Desk) -> None:
    april.scorecard("paid")
    numbers = list(april.session.scalars(select(Letter.seq).filter_by(series="scorecard").order_by(Letter.seq)))
    assert numbers == list(range(1, len(numbers) + 1))
    last = april.session.query(NumberSeries).filter_by(series="scorecard", year=2026).one().last
    assert last == len(numbers)
    printed = set(april.session.scalars(select(Letter.kind).join(Order, Order.letter_id == Letter.id)
                                        .where(Letter.series == "scorecard")))  # fmt: skip
    assert printed == {"scorecard", "pay_slip"}
    april.session.commit()
    assert list(findings(april.session)) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_letter_can_be_printed(april: Desk, language: Any) -> None:
    april.close("compute", "hr.qian", department="after_sales")
    april.close("review", "service.liu", department="after_sales", note="核对一致。",
                adjustments=[adjusted(april, "service.ma", "1.10", "预约接待及时率升至96%")])  # fmt: skip
    april.close("return", "hr.qian", department="after_sales", reason="请附数据")
    april.close("review", "service.liu", department="after_sales")
    april.close("verify", "hr.qian", department="after_sales")
    april.close("approve", "gm.zhou", department="after_sales")
    april.close("pay", "hr.qian", department="after_sales")
    events = april.session.query(Event).filter_by(scorecard_id=card_of(april).id).order_by(Event.seq).all()
    letters = [letter for event in events for letter in april.session.query(Letter).filter_by(event_id=event.id)]
    assert [letter.kind for letter in letters] == [
        "scorecard_draft", "scorecard_review", "scorecard_return", "scorecard_review", "scorecard_verification",
        "scorecard", "pay_slip",
    ]  # fmt: skip
    for letter in letters:
        html = paper.html(letter.content, lang=language, copy="respondent", digest=letter.digest)
        assert "95.00" in html
    content = letters[2].content["scorecard"]
    assert (content["reviewed"]["note"], content["factor"]) == ("核对一致。", "1.10")
    assert letters[-1].content["scorecard"]["paid"]["by"]["name"] == "钱芳"


def test_what_became_final_after_the_computing_stops_the_card_until_it_is_computed_again(april: Desk) -> None:
    april.close("compute", "hr.qian", department="after_sales")
    case = april.session.query(Event).filter_by(action="appeal").one().complaint
    april.take("decline", case, "service.liu", reason="证据不足")
    results = april.close("review", "service.liu", department="after_sales")
    [left] = [left for left in results.left if left.card.person.username == "service.ma"]
    assert (left.objections[0].code, "95.00" in str(left.objections[0])) == (MOVED_ON, True)
    april.close("compute", "hr.qian", department="after_sales")
    april.close("review", "service.liu", department="after_sales", people=[april.person("service.ma").id])
    assert card_of(april).score == Decimal(90)


def test_a_closed_month_never_changes(april: Desk) -> None:
    april.scorecard("approved")
    case = april.session.query(Event).filter_by(action="appeal").one().complaint
    ma, office = april.person("service.ma"), Office(april.session)
    before = office.balance(ma, "2026-03")
    april.take("decline", case, "service.liu", reason="证据不足")
    office = Office(april.session)
    assert office.balance(ma, "2026-03") == before == Decimal(95)
    assert office.balance(ma, "2026-04") == Decimal(95)
    april.take("withdraw", case, "cr.sun", reason="客户撤诉")
    assert Office(april.session).balance(ma, "2026-04") == Decimal(100)
    assert card_of(april).score == Decimal(95)
    for action, by in (("review", "service.liu"), ("verify", "hr.qian"), ("approve", "gm.zhou")):
        assert refused(april, action, by, people=[ma.id]).code == MOVED_ON
    assert refused(april, "return", "gm.zhou", people=[ma.id], reason="再看").code == MOVED_ON
    assert april.person("service.ma").id in {left.card.person_id for left in april.close(
        "compute", "hr.qian", department="after_sales").left}  # fmt: skip


def test_a_departments_month_is_closed_with_all_of_its_people(april: Desk) -> None:
    april.scorecard("approved")
    department = card_of(april).department
    assert Office(april.session).open_month(department, moment(3, 31)) == "2026-03"  # the head's own card is not
    mine = {"people": [april.person("service.liu").id]}
    april.close("review", "gm.zhou", **mine)
    april.close("verify", "hr.qian", **mine)
    april.close("approve", "gm.zhou", **mine)
    assert Office(april.session).open_month(department, moment(3, 31)) == "2026-04"


def test_a_card_goes_back_one_step_with_a_reason(april: Desk) -> None:
    april.scorecard("verified")
    assert refused(april, "return", "gm.zhou", department="after_sales").code == INVALID
    april.close("return", "gm.zhou", department="after_sales", reason="请核对第1项")
    assert card_of(april).state is ScorecardState.REVIEWED
    april.close("return", "hr.qian", department="after_sales", reason="请核对第1项")
    card = card_of(april)
    assert (card.state, card.clock, card.due_at) == (ScorecardState.COMPUTED, "review", moment(4, 15, 23, 59))
    addressed = april.session.query(Letter).filter_by(kind="scorecard_return").order_by(Letter.id.desc()).first()
    assert [row.person.username for row in addressed.recipients] == ["service.liu"]


def test_the_post_of_the_head_is_vacant_and_the_general_manager_reviews(april: Desk) -> None:
    april.close("compute", "hr.qian")
    head = april.session.query(Headship).filter_by(person_id=april.person("service.liu").id).one()
    head.until = moment(4, 1)
    april.session.flush()
    desk = Desk(april.session, APRIL)
    results = desk.close("review", "gm.zhou", department="after_sales")
    assert len(results.taken) == 3


def test_a_deputy_by_delegation_reviews_for_the_head(april: Desk) -> None:
    april.close("compute", "hr.qian")
    places.delegate(april.session, april.person("service.gao"), by=april.person("service.liu"), at=APRIL, since=APRIL,
                    until=moment(4, 12))  # fmt: skip
    april.session.flush()
    desk = Desk(april.session, moment(4, 11, 10))
    results = desk.close("review", "service.gao", department="after_sales")
    assert [step.subject.person.username for step in results.taken] == ["service.ma"]
    assert results.first.event.acting_for.username == "service.liu"


def test_a_deputy_by_delegation_is_told_once_of_the_cards_of_others(april: Desk) -> None:
    deputy = april.person("service.gao")
    places.delegate(april.session, deputy, by=april.person("service.liu"), at=APRIL, since=APRIL, until=moment(4, 12))
    april.session.flush()
    desk = Desk(april.session, moment(4, 11, 10))
    desk.close("compute", "hr.qian", department="after_sales")
    told = select(Event.scorecard_id).join(Notice).where(Event.action == "compute", Notice.person_id == deputy.id)
    [card] = desk.session.scalars(told)
    assert card == card_of(desk, "service.ma").id


@pytest.mark.parametrize("by", ["service.ma", "sales.chen", "cr.sun", "admin.root", "service.liu"])
def test_only_human_resources_compute_before_the_system_does(april: Desk, by: str) -> None:
    assert refused(april, "compute", by).code == FORBIDDEN


@pytest.mark.parametrize("by", ["service.ma", "cr.sun", "admin.root"])
def test_who_heads_nobody_acts_on_no_month(april: Desk, by: str) -> None:
    assert refused(april, "review", by).code == FORBIDDEN
    april.close("compute", "hr.qian")
    for action in ("review", "verify", "approve", "pay"):
        assert refused(april, action, by, department="after_sales").code == FORBIDDEN


@pytest.mark.parametrize(("month", "code"), [("2026-04", TOO_EARLY), ("2027-01", TOO_EARLY), ("2026-13", INVALID),
                                             ("März", INVALID), ("", INVALID), (None, INVALID)])  # fmt: skip
@pytest.mark.parametrize("action", ["compute", "verify"])
def test_a_month_that_is_not_over_or_is_none_is_refused(april: Desk, action: str, month: str, code: str) -> None:
    assert refused(april, action, "hr.qian", month=month).code == code


def test_a_month_that_is_not_computed_says_so(april: Desk) -> None:
    assert refused(april, "review", "service.liu").code == TOO_EARLY


def test_a_month_before_the_regulation_says_so(april: Desk) -> None:
    assert refused(april, "compute", "hr.qian", month="2025-12").code == INVALID


def test_a_card_that_one_may_not_see_is_not_there(april: Desk) -> None:
    april.close("compute", "hr.qian")
    mine = [april.person("service.ma").id, april.person("sales.wang").id]
    assert refused(april, "review", "service.liu", people=mine).code == NOT_FOUND


@pytest.mark.parametrize(
    ("factor", "reason"),
    [("1.10", None), ("1.10", "  "), ("1.101", "理由"), ("-0.10", "理由"), ("2.01", "理由"), ("1E+30", "理由"),
     ("NaN", "理由"), (None, "理由")],
)  # fmt: skip
def test_an_adjustment_that_makes_no_sense_is_refused(april: Desk, factor: str | None, reason: str | None) -> None:
    april.close("compute", "hr.qian")
    wrong = [adjusted(april, "service.ma", factor, reason)]
    assert refused(april, "review", "service.liu", department="after_sales", adjustments=wrong).code == INVALID


def test_nobody_is_adjusted_twice_unknown_or_elsewhere(april: Desk) -> None:
    april.close("compute", "hr.qian")
    twice = [adjusted(april, "service.ma", factor, "理由") for factor in ("1.10", "1.20")]
    unknown, elsewhere = [adjusted(april, "service.x", "1.10", "理由")], [adjusted(april, "sales.wang", "1.10", "理由")]
    for wrong in (twice, unknown, elsewhere):
        assert refused(april, "review", "service.liu", department="after_sales", adjustments=wrong).code == INVALID
    own = [adjusted(april, "service.liu", "1.10", "理由")]
    assert refused(april, "review", "service.liu", department="after_sales", adjustments=own).code == FORBIDDEN


def test_a_text_beyond_all_measure_is_refused(april: Desk) -> None:
    april.close("compute", "hr.qian")
    assert refused(april, "review", "service.liu", note="长" * 5_001).code == INVALID


def test_what_waits_for_whom_is_the_same_as_query_and_as_check(april: Desk) -> None:
    """Cards in every state; every person, also as somebody's delegate and where a post is vacant."""
    april.close("compute", "hr.qian")
    for by, action in (("service.liu", "review"), ("gm.zhou", "review"), ("hr.qian", "verify"), ("deputy.he", "review"),
                       ("gm.zhou", "approve"), ("sales.chen", "review")):  # fmt: skip
        april.close(action, by)
    vacant = april.session.query(Headship).filter_by(person_id=april.person("parts.deng").id).one()
    vacant.until = APRIL
    places.delegate(april.session, april.person("service.gao"), by=april.person("gm.zhou"), at=APRIL, since=APRIL,
                    until=moment(4, 12))  # fmt: skip
    april.session.flush()
    desk = Desk(april.session, moment(4, 11, 10))
    cards = april.session.query(Scorecard).options(selectinload(Scorecard.events)).all()
    for person in april.session.query(Person):
        actor = desk.actor(person.username)
        found = set(april.session.scalars(select(Scorecard.id).where(waits_for(actor))))
        seen = set(april.session.scalars(select(Scorecard.id).where(scorecard_roles.visible_to(actor))))
        mine = {principal.id for principal in actor.staff.principals_of(person)}
        for card in cards:
            delegable = card.clock in ("review", "approve")
            awaited = {each.id for each in scorecard_roles.awaited(card, actor.staff)}
            is_mine = person.id != card.person_id and bool(awaited & (mine if delegable else {person.id}))
            assert (card.id in found) == is_mine, (person.name, card.person.name, card.clock)
            assert (card.id in seen) == scorecard_roles.may_see(card, actor), (person.name, card.person.name)
            assert card.id not in found or card.id in seen


def test_every_verb_is_a_rule_of_the_table() -> None:
    assert set(scorecard.VERBS) == set(scorecard.SCORECARD.actions)
