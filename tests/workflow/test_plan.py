"""Improvement plans: from a report to the customers who hear of it; who may do what, and what is refused."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from models import (
    Category,
    Cause,
    Complaint,
    Database,
    Event,
    Notice,
    Person,
    Plan,
    PlanSource,
    PlanState,
    Reminder,
    ToldBy,
)
from tests.builders import HOUR, MONDAY, PATHS, Desk, moment
from tests.workflow import grids
from tests.workflow.test_fairness import delegate
from tests.workflow.test_hand_over import ADMIN, begin, choose, kinds
from tests.workflow.test_race import together
from workflow import agenda, audit, case_lists, hand_over, inbox, nudge, plan_list, plan_returns, plan_roles, reminder
from workflow import plan as plans
from workflow.office import Office
from workflow.plan import PLAN, VERBS, Opening
from workflow.process import Refused, Step
from workflow.waiting import Span

TUESDAY, FRIDAY = MONDAY + timedelta(days=1), date(2026, 3, 6)
GRID = Path(__file__).with_name("plan_grid.txt")
WHYS = ["预约没有人看", "看板放在后台", None]


def take(desk: Desk, action: str, plan: Plan, by: str, at: Any = None, **inputs: Any) -> Step[Plan]:
    locked = Plan.locked(desk.session, plan.id)
    actor = desk.actor(by, at) if by else desk.office.system(at or desk.now)
    step = VERBS[action](locked, by=actor, at=at or desk.now, **inputs)
    desk.session.flush()
    return step


def opened(desk: Desk, by: str = "service.liu", **changes: Any) -> Plan:
    """The smallest plan of after-sales, from an inspection, owned by service.ma."""
    plain = {
        "source": PlanSource.INSPECTION, "title": "接待等候过长", "measure": "设预约看板", "due_on": FRIDAY,
        "department": desk.department("after_sales"), "owner": desk.person("service.ma"), "source_ref": "三月暗访",
    }  # fmt: skip
    step = plans.open_plan(Opening(**{**plain, **changes}), by=desk.actor(by), at=desk.now)
    desk.session.flush()
    return step.subject


def reported(desk: Desk, **said: Any) -> Plan:
    """The plan of a complaint that was reported with these measures."""
    case = desk.complaint("handled")
    inputs = {"result": "客户接受", "improvement_measures": "十分钟内接待"} | said
    desk.take("report", case, "service.liu", **inputs)
    return desk.session.scalars(select(Plan).where(Plan.complaint_id == case.id)).one()


def to_state(desk: Desk, state: str, plan: Plan) -> Plan:
    """From working on, by service.ma who owns it; verified by cr.sun."""
    if state == "dropped":
        take(desk, "drop", plan, "cr.sun", reason="重复")
    if state in ("done", "effective"):
        take(desk, "analyse", plan, plan.owner.username, cause=Cause.METHOD, whys=WHYS)
        for measure in Plan.locked(desk.session, plan.id).open_measures:
            take(desk, "carry_out", plan, plan.owner.username, measure=measure, note="看板已上墙")
        take(desk, "finish", plan, plan.owner.username, note="全部完成，附照片")
    if state == "effective":
        take(desk, "confirm", plan, "cr.sun", note="抽查十单，均在十分钟内接待")
    return Plan.locked(desk.session, plan.id)


def reasons(refusal: pytest.ExceptionInfo[Refused]) -> str:
    return " ".join(map(str, refusal.value.objections))


# --- where it comes from


def test_the_measures_of_a_report_become_a_plan_with_owner_day_and_the_customer(desk: Desk) -> None:
    plan = reported(desk, improvement_owner=desk.person("service.ma"), improvement_due=FRIDAY)
    assert (plan.state, plan.owner.username, plan.due_on) == (PlanState.WORKING, "service.ma", FRIDAY)
    assert [(m.what, m.owner.username) for m in plan.measures] == [("十分钟内接待", "service.ma")]
    assert [c.complaint.customer_name for c in plan.customers] == ["郑女士"]
    assert plan.due_at == moment(3, 6, 23, 59)
    told = desk.session.scalars(select(Person.username).join(Notice, Notice.person_id == Person.id).join(
        Event, Event.id == Notice.event_id).where(Event.plan_id == plan.id))  # fmt: skip
    assert "service.ma" in set(told)


def test_a_report_that_names_nobody_leaves_the_plan_to_the_head_for_the_usual_time(desk: Desk) -> None:
    plan = reported(desk)
    assert (plan.owner.username, plan.due_on) == ("service.liu", date(2026, 4, 1))


def test_a_case_that_is_reported_once_more_goes_on_with_its_plan(desk: Desk) -> None:
    plan = to_state(desk, "done", reported(desk, improvement_owner=desk.person("service.ma"), improvement_due=FRIDAY))
    case = plan.complaint
    assert case is not None
    desk.take("return", case, "cr.sun", reason="仍须等候")
    desk.take("complete", case, "service.liu", measures_taken="再次致歉")
    desk.take("report", case, "service.liu", result="接受", improvement_measures="增派一人")
    assert Complaint.locked(desk.session, case.id).state == "reported"
    [again] = desk.session.scalars(select(Plan).where(Plan.complaint_id == case.id))
    assert (again.state, again.round, [m.what for m in again.measures]) == ("working", 2, ["十分钟内接待", "增派一人"])


def test_a_report_that_is_refused_leaves_no_plan(desk: Desk) -> None:
    case = desk.complaint("handled")
    with pytest.raises(Refused):
        desk.take("report", case, "service.liu", result="接受", improvement_measures=" ")
    assert desk.session.scalars(select(Plan)).all() == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"), ({"title": "长" * 121}, "title"), ({"measure": ""}, "measure"),
        ({"owner": None}, "owner"), ({"due_on": None}, "due_on"), ({"due_on": date(2026, 3, 1)}, "due_on"),
        ({"source": PlanSource.COMPLAINT}, "complaint"),
    ],
)  # fmt: skip
def test_what_is_missing_is_told_at_its_field(desk: Desk, changes: dict[str, Any], field: str) -> None:
    with desk.session.no_autoflush, pytest.raises(Refused) as refusal:
        opened(desk, **changes)
    assert [objection.values.get("field") for objection in refusal.value.objections] == [field]


def test_only_who_leads_the_department_or_supervises_opens_plans(desk: Desk) -> None:
    for by in ("service.ma", "sales.chen", "hr.qian", ADMIN):
        with pytest.raises(Refused) as refusal:
            opened(desk, by)
        assert refusal.value.code == "forbidden"
    for by in ("service.liu", "cr.sun", "gm.zhou"):
        assert opened(desk, by).state is PlanState.WORKING


# --- the grid


def test_every_state_action_and_person(session: Session, staged: Callable[..., None]) -> None:
    staged(_one_of_each)
    lines: list[str] = []
    for state in PlanState:
        plan_id = session.scalars(select(Plan.id).where(Plan.state == state)).one()
        case = grids.Case(session, Plan, plan_id, Desk(session))
        lines += [*grids.rows(case, state.value, PLAN.actions[3:], _attempt), ""]
    grids.must_equal(GRID, lines)


def _one_of_each(session: Session) -> None:
    desk = Desk(session)
    for state in PlanState:
        plan = reported(desk, improvement_owner=desk.person("service.ma"), improvement_due=FRIDAY)
        if state is PlanState.WORKING:
            take(desk, "analyse", plan, "service.ma", cause=Cause.METHOD, whys=WHYS)
        to_state(desk, state.value, plan)


def _attempt(plan: Plan, action: str, actor: Any) -> Step[Plan]:
    measure, customer = plan.measures[0], plan.customers[0]
    inputs: dict[str, Any] = {
        "analyse": {"cause": Cause.PEOPLE, "whys": ["无人培训"]},
        "add_measure": {"measure": "培训", "owner": plan.owner, "due_on": FRIDAY},
        "carry_out": {"measure": measure, "note": "已完成"},
        "finish": {"note": "完成"}, "confirm": {"note": "已核"}, "reject": {"reason": "无效", "due_on": FRIDAY},
        "reopen": {"reason": "复发", "due_on": FRIDAY},
        "tell": {"customer": customer, "how": ToldBy.PHONE, "told_on": MONDAY.date()},
        "note": {"note": "进展"}, "postpone": {"reason": "缺件", "due_on": FRIDAY + timedelta(days=7)},
        "hand_over": {"reason": "休假", "owner": plan.department and plan.opened_by}, "drop": {"reason": "重复"},
    }  # fmt: skip
    if action == "finish" and plan.state is PlanState.WORKING:
        # Everybody may say it at the right moment only; who is the wrong person hears that first.
        step = Step(plan, actor, MONDAY)
        if PLAN.rule_named("finish").by(step) is None and plan_roles.may_see(plan, actor):
            VERBS["carry_out"](plan, by=actor, at=MONDAY, measure=measure, note="完成")
    return VERBS[action](plan, by=actor, at=MONDAY, **inputs[action])


# --- its life


def test_a_plan_is_done_only_with_a_cause_and_all_measures(desk: Desk) -> None:
    plan = opened(desk)
    with pytest.raises(Refused) as refusal:
        take(desk, "finish", plan, "service.ma", note="完成")
    assert "First find the cause" in reasons(refusal)
    assert "1 measures are not done yet" in reasons(refusal)


def test_a_measure_is_carried_out_by_its_owner_or_who_leads_and_once(desk: Desk) -> None:
    plan = opened(desk)
    take(desk, "add_measure", plan, "service.ma", measure="排班", owner=desk.person("service.gao"), due_on=FRIDAY)
    own, other = Plan.locked(desk.session, plan.id).measures
    with pytest.raises(Refused) as refusal:
        take(desk, "carry_out", plan, "service.gao", measure=own, note="好了")
    assert "This measure is for 马超 to carry out" in reasons(refusal)
    take(desk, "carry_out", plan, "service.gao", measure=other, note="排好")
    with pytest.raises(Refused) as refusal:
        take(desk, "carry_out", plan, "service.liu", measure=other, note="排好")
    assert refusal.value.code == "moved_on"


@pytest.mark.parametrize("by", ["service.ma", "service.gao", "service.liu"])
def test_whether_it_helped_is_said_by_somebody_else(desk: Desk, by: str) -> None:
    plan = opened(desk)
    take(desk, "add_measure", plan, "service.ma", measure="排班", owner=desk.person("service.gao"), due_on=FRIDAY)
    take(desk, "analyse", plan, "service.ma", cause=Cause.METHOD, whys=WHYS)
    for measure in Plan.locked(desk.session, plan.id).open_measures:
        take(desk, "carry_out", plan, "service.liu", measure=measure, note="完成")
    take(desk, "finish", plan, "service.liu", note="完成")
    for action, inputs in (("confirm", {"note": "有效"}), ("reject", {"reason": "无效", "due_on": FRIDAY})):
        with pytest.raises(Refused) as refusal:
            take(desk, action, plan, by, **inputs)
        assert refusal.value.code == "forbidden"
        assert "whether it helped is for" in reasons(refusal)


def test_nobody_verifies_in_the_place_of_who_owns_it(desk: Desk) -> None:
    plan = to_state(desk, "done", opened(desk, owner=desk.person("service.liu")))
    delegate(desk, "service.liu", "service.gao")
    with pytest.raises(Refused):
        take(desk, "confirm", plan, "service.gao", note="有效")


def test_the_database_refuses_a_verdict_by_the_owner(desk: Desk) -> None:
    plan = to_state(desk, "done", opened(desk))
    with pytest.raises(IntegrityError):
        desk.session.execute(
            text("UPDATE plan SET state = 'effective', verified_at = finished_at, verified_by_id = owner_id")
        )
    assert plan.id


def test_what_did_not_help_goes_back_to_work_with_a_new_day_and_asks_for_something_new(desk: Desk) -> None:
    plan = to_state(desk, "done", opened(desk))
    take(desk, "reject", plan, "cr.sun", reason="仍须等候", due_on=date(2026, 3, 20))
    plan = Plan.locked(desk.session, plan.id)
    assert (plan.state, plan.round, plan.due_on, plan.clock) == ("working", 2, date(2026, 3, 20), "improve")
    with pytest.raises(Refused) as refusal:
        take(desk, "finish", plan, "service.ma", note="完成")
    assert "at least one new measure" in reasons(refusal)


def test_what_is_done_stays_done(desk: Desk) -> None:
    plan = to_state(desk, "done", opened(desk))
    for change in ("UPDATE plan_measure SET what = 'x'", "DELETE FROM plan_measure", "DELETE FROM plan"):
        with pytest.raises(DatabaseError), desk.session.begin_nested():
            desk.session.execute(text(change))
    assert plan.id


def test_a_plan_that_helped_waits_until_the_customers_have_heard(desk: Desk) -> None:
    plan = to_state(desk, "effective", reported(desk, improvement_owner=desk.person("service.ma")))
    [customer] = plan.customers
    assert plan.clock == "tell"
    told = {"customer": customer, "how": ToldBy.PHONE, "told_on": MONDAY.date(), "note": "已告知"}
    with pytest.raises(Refused):
        take(desk, "tell", plan, "service.liu", **told)
    take(desk, "tell", plan, "cr.lin", **told)
    plan = Plan.locked(desk.session, plan.id)
    assert (plan.clock, plan.untold) == (None, [])
    with pytest.raises(Refused) as refusal:
        take(desk, "tell", plan, "cr.lin", **told)
    assert refusal.value.code == "moved_on"


# --- when the problem returns

VERIFIED = MONDAY
DAY_90, DAY_91 = moment(5, 31, 23, 59), moment(6, 1, 0, 0)


@pytest.mark.parametrize(("at", "returns"), [(DAY_90, True), (DAY_91, False)])
def test_a_complaint_of_the_ninetieth_day_shows_a_return_and_one_of_the_next_does_not(
    desk: Desk, at: Any, returns: bool
) -> None:
    plan = to_state(desk, "effective", reported(desk, improvement_owner=desk.person("service.ma")))
    case = desk.file(at=at)
    actor = desk.actor("cr.sun", at)
    assert [c.id for c in plan_returns.returns_of(plan, actor)] == ([case.id] if returns else [])
    assert [p.id for p in plan_returns.returned_to(case, actor)] == ([plan.id] if returns else [])
    # It is reopened a day later: what counts is when the problem returned.
    later = at + timedelta(days=1)
    again = {"reason": "又有客户等候", "due_on": later.date() + timedelta(days=9), "complaint": case}
    if not returns:
        with pytest.raises(Refused) as refusal:
            take(desk, "reopen", plan, "cr.sun", later, **again)
        assert (refusal.value.code, "within 90 days" in reasons(refusal)) == ("too_late", True)
        return
    take(desk, "reopen", plan, "cr.sun", later, **again)
    plan = Plan.locked(desk.session, plan.id)
    assert (plan.state, plan.round, plan.verified_at) == ("working", 2, None)
    assert {c.complaint_id for c in plan.customers} == {plan.complaint_id, case.id}


def test_the_days_are_the_companys_own(desk: Desk) -> None:
    desk.office.company.settings = {**desk.office.company.settings, "improvement": {"returns_days": 10}}
    plan = to_state(desk, "effective", opened(desk))
    with pytest.raises(Refused) as refusal:
        take(desk, "reopen", plan, "cr.sun", moment(3, 13), reason="复发", due_on=date(2026, 3, 20))
    assert "within 10 days" in reasons(refusal)
    take(desk, "reopen", plan, "cr.sun", moment(3, 12, 23, 59), reason="复发", due_on=date(2026, 3, 20))


@pytest.mark.parametrize("other", [{"category": Category.PRICE}, {"department": "sales", "respondent": "sales.wang"}])
def test_another_problem_shows_no_return(desk: Desk, other: dict[str, Any]) -> None:
    plan = to_state(desk, "effective", reported(desk, improvement_owner=desk.person("service.ma")))
    desk.file(at=TUESDAY, **other)
    assert plan_returns.returns_of(plan, desk.actor("cr.sun", TUESDAY)) == []


# --- who sees what, and what waits for whom


def test_queries_and_checks_agree(session: Session, staged: Callable[..., None]) -> None:
    staged(_plans_of_all_sorts)
    desk = Desk(session)
    _agree(desk)
    delegate(desk, "service.liu", "service.gao")
    delegate(desk, "gm.zhou", "parts.deng")
    desk.person("sales.wang").left_at = MONDAY - HOUR
    session.flush()
    session.expire_all()
    _agree(Desk(session))


def _plans_of_all_sorts(session: Session) -> None:
    desk = Desk(session)
    _one_of_each(session)
    owners = ("gm.zhou", "cr.sun", "cr.lin", "service.liu", "sales.wang", "hr.qian")
    for owner in owners:
        for state in ("working", "done"):
            to_state(desk, state, opened(desk, "cr.sun", owner=desk.person(owner)))
    opened(desk, "cr.sun", department=desk.department("sales"), owner=desk.person("sales.wang"))
    both = opened(desk, "gm.zhou", owner=desk.person("cr.sun"))
    take(desk, "add_measure", both, "cr.sun", measure="甲", owner=desk.person("cr.lin"), due_on=FRIDAY)
    to_state(desk, "done", both)
    all_three = opened(desk, "gm.zhou", owner=desk.person("cr.sun"))
    for owner in ("cr.lin", "gm.zhou"):
        take(desk, "add_measure", all_three, "cr.sun", measure="甲", owner=desk.person(owner), due_on=FRIDAY)
    to_state(desk, "done", all_three)


def _agree(desk: Desk) -> None:
    session, office = desk.session, Office(desk.session)
    every = [Plan.locked(session, key) for key in session.scalars(select(Plan.id))]
    for person in session.scalars(select(Person)):
        actor = office.actor(person, desk.now)
        seen = set(session.scalars(select(Plan.id).where(plan_roles.visible_to(actor))))
        assert seen == {p.id for p in every if plan_roles.may_see(p, actor)}, f"what {person.username} sees"
        waits = set(session.scalars(select(Plan.id).where(plan_roles.waits_for(actor))))
        assert waits == {p.id for p in every if plan_roles.awaits(p, actor)}, f"what waits for {person.username}"
        assert waits <= seen, f"what waits for {person.username} is open to them"


def test_others_hear_that_there_is_no_such_plan(desk: Desk) -> None:
    plan = opened(desk)
    for stranger in ("service.gao", "sales.chen", "hr.qian", ADMIN):
        with pytest.raises(Refused) as refusal:
            take(desk, "note", plan, stranger, note="?")
        assert refusal.value.code == "not_found"


def test_it_stands_in_the_inbox_the_calendar_and_the_lists(desk: Desk) -> None:
    plan = opened(desk)
    owner = desk.actor("service.ma")
    assert desk.session.execute(inbox.soonest(owner, Span(), most=5)).all() == [("plan", plan.id)]
    assert desk.session.execute(inbox.count(owner, Span(), most=5)).scalar_one() == 1
    [entry] = agenda.entries(owner, desk.now)
    assert (entry.kind, entry.number, entry.due_at) == ("plan", plan.number, moment(3, 6, 23, 59))
    take(desk, "note", plan, "service.ma", note="看板已订")
    for of, who in ((case_lists.done, "service.ma"), (case_lists.started, "service.liu")):
        [found] = desk.session.scalars(case_lists.page_of(of(desk.actor(who)), skip=0, most=5))
        assert desk.session.get_one(Event, found).plan_id == plan.id
    assert [p.id for p in plan_list.owned(owner)] == [plan.id]


def test_its_owner_is_reminded_and_then_their_superiors(desk: Desk) -> None:
    plan = opened(desk)
    for at in (moment(3, 5, 12), moment(3, 7, 0), moment(3, 10, 9)):
        reminder.remind(desk.session, "plan", [plan.id], at)
        desk.session.flush()
    found = desk.session.scalars(select(Reminder).where(Reminder.plan_id == plan.id).order_by(Reminder.id)).all()
    assert [each.occasion for each in found] == ["half", "due", "late"]
    assert {told.person.username for told in found[0].recipients} == {"service.ma"}
    assert len(found[2].recipients) > 1


def test_who_waits_may_urge(desk: Desk) -> None:
    plan = opened(desk)
    event = nudge.nudge(Plan.locked(desk.session, plan.id), by=desk.actor("cr.sun"), at=desk.now)
    desk.session.flush()
    assert (event.plan_id, event.said["urged"]) == (plan.id, ["马超"])


# --- when somebody leaves


def test_plans_and_measures_of_who_leaves_find_an_owner_before_the_last_day(desk: Desk) -> None:
    own = opened(desk)
    other = opened(desk, owner=desk.person("service.gao"))
    take(desk, "add_measure", other, "service.gao", measure="排班", owner=desk.person("service.ma"), due_on=FRIDAY)
    done = to_state(desk, "effective", opened(desk))
    found = begin(desk, "service.ma")
    assert "plans" in kinds(desk, found)
    with pytest.raises(Refused):
        hand_over.declare_ready(desk.session, found, by=desk.actor("hr.qian"), at=desk.now)
    choose(desk, found, "plans", "service.lin" if _is_there(desk, "service.lin") else "service.gao")
    to = found.choice("plans", "").successor  # type: ignore[union-attr]
    hand_over.carry_out(desk.session, found, at=found.effective_at)
    own, other, done = (Plan.locked(desk.session, plan.id) for plan in (own, other, done))
    assert to is not None
    assert (own.owner, [m.owner for m in own.measures]) == (to, [to])
    assert [m.owner.username for m in other.open_measures] == ["service.gao", to.username]
    assert done.owner.username == "service.ma"
    last = own.events[-1]
    assert (last.action, last.signed_as, last.said["from"]) == ("hand_over", "system", "service.ma")
    assert audit.first_bad_event(desk.session) is None


def _is_there(desk: Desk, username: str) -> bool:
    return desk.session.scalars(select(Person.id).filter_by(username=username)).first() is not None


def test_nobody_who_is_about_to_leave_gets_a_plan(desk: Desk) -> None:
    begin(desk, "service.ma")
    with pytest.raises(Refused) as refusal:
        opened(desk)
    assert "about to leave" in reasons(refusal)


# --- the books, and two at once


def test_the_audit_knows_of_plans(desk: Desk) -> None:
    plan = to_state(desk, "effective", reported(desk, improvement_owner=desk.person("service.ma")))
    assert audit.first_bad_event(desk.session) is None
    with desk.session.begin_nested() as point:
        desk.session.execute(text("UPDATE plan SET seq = 7"))
        desk.session.expire_all()
        assert any("plan" in finding for finding in audit.findings(desk.session))
        point.rollback()
    assert plan.id


def test_of_two_verdicts_one_stands(database: Database) -> None:
    with database.writing() as session:
        plan_id = to_state(Desk(session), "done", opened(Desk(session))).id
        session.commit()

    def act(by: str, action: str, **inputs: Any) -> str:
        with database.writing() as session:
            try:
                take(Desk(session), action, session.get_one(Plan, plan_id), by, **inputs)
                session.commit()
            except Refused as refusal:
                return refusal.code
            except (StaleDataError, IntegrityError):
                return "moved_on"
        return "done"

    results = together(
        lambda: act("cr.sun", "confirm", note="有效"), lambda: act("cr.lin", "reject", reason="无效", due_on=FRIDAY)
    )
    assert sorted(results) == ["done", "moved_on"]


def test_of_two_reports_of_one_case_one_opens_a_plan(database: Database) -> None:
    with database.writing() as session:
        case_id = Desk(session).complaint("handled").id
        session.commit()

    def act() -> str:
        with database.writing() as session:
            try:
                case = session.get_one(Complaint, case_id)
                Desk(session).take("report", case, "service.liu", **PATHS["reported"][3][2])
                session.commit()
            except Refused as refusal:
                return refusal.code
        return "done"

    assert sorted(together(act, act)) == ["done", "moved_on"]
    with database.reading() as session:
        assert len(session.scalars(select(Plan)).all()) == 1
