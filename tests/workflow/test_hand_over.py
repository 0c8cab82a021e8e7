"""When somebody leaves or changes post: what is theirs is found, finds an owner, and passes on once, on its day."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from models import (
    Complaint,
    Customer,
    CustomerHandOver,
    CustomerQuestion,
    Event,
    HandOver,
    Headship,
    Notice,
    Person,
    Role,
    RoleGrant,
    TeamLeadership,
)
from tests.builders import HOUR, MONDAY, PATHS, Desk, moment
from tests.workflow.test_inspection import answered, planned
from workflow import audit, customers, hand_over, handing_over, inspection_roles, people, questions
from workflow.hand_over_candidates import candidates
from workflow.hand_over_leavers import leaves_something
from workflow.hand_over_matter import Matter
from workflow.hand_over_matters import matters, open_matters
from workflow.office import Office
from workflow.people import roles_of
from workflow.process import Refused

ADMIN, HR = "admin.root", "hr.qian"
FRIDAY_NIGHT = moment(3, 7, 0)


def begin(desk: Desk, who: str, by: str = HR, **changes: Any) -> HandOver:
    found = hand_over.begin(
        desk.session, desk.person(who), by=desk.actor(by), at=desk.now,
        **{"effective_at": FRIDAY_NIGHT, **changes},
    )  # fmt: skip
    desk.session.flush()
    return found


def matter(desk: Desk, found: HandOver, kind: str) -> Matter:
    return next(m for m in matters(desk.session, found, desk.now) if m.kind == kind)


def choose(desk: Desk, found: HandOver, kind: str, to: str | None, by: str = ADMIN) -> None:
    successor = desk.person(to) if to else None
    hand_over.choose(found, matter(desk, found, kind), successor, by=desk.actor(by), at=desk.now)
    desk.session.flush()


def kinds(desk: Desk, found: HandOver) -> list[str]:
    return [m.kind for m in matters(desk.session, found, desk.now)]


def still_open(desk: Desk, found: HandOver) -> list[str]:
    return [m.kind for m in open_matters(desk.session, found, desk.now)]


def pass_time(desk: Desk, at: Any) -> None:
    desk.now = at
    desk.office = Office(desk.session)
    for key in hand_over.due(desk.session, at):
        found = hand_over.locked(desk.session, key)
        assert found is not None
        hand_over.carry_out(desk.session, found, at=at)
    desk.session.flush()
    desk.office = Office(desk.session)


def a_customer(desk: Desk, adviser: str, phone: str = "13800000001") -> Customer:
    typed = customers.Typed("郑女士", phone, "沪A12345")
    customer = customers.add(desk.session, typed, desk.person(adviser), by=desk.actor("cr.sun"), at=desk.now)
    desk.session.flush()
    return customer


def a_question(desk: Desk, responsible: str) -> CustomerQuestion:
    typed = questions.Typed("保养要多久？", "郑女士", "13800000001")
    return questions.take(desk.session, typed, desk.person(responsible), by=desk.actor("cr.sun"), at=desk.now)


def test_a_head_leaves_and_everything_finds_its_owner_on_the_day(desk: Desk) -> None:
    assigned, ruling = desk.complaint("assigned"), desk.complaint("ruling")
    about_gao = desk.file(respondent="service.gao")
    desk.take("assign", about_gao, "cr.sun")
    penalty, customer = desk.penalty("heard"), a_customer(desk, "service.liu")
    found = begin(desk, "service.liu")
    headship = matter(desk, found, "headship")
    assert headship.counts == {"complaint": 2, "penalty": 1}
    assert headship.soonest is not None
    assert headship.proposed == desk.person("service.gao")
    with pytest.raises(Refused, match="2 matters have no owner"):
        hand_over.declare_ready(desk.session, found, by=desk.actor(HR), at=desk.now)
    choose(desk, found, "headship", "service.gao")
    choose(desk, found, "customers", "service.ma", by=HR)
    assert still_open(desk, found) == []
    hand_over.declare_ready(desk.session, found, by=desk.actor(HR), at=desk.now)
    pass_time(desk, FRIDAY_NIGHT - HOUR)
    assert desk.office.staff(desk.now).heads[assigned.department_id].username == "service.liu"
    pass_time(desk, FRIDAY_NIGHT + 3 * HOUR)
    liu = desk.person("service.liu")
    assert (found.took_effect_at, liu.left_at) == (FRIDAY_NIGHT, FRIDAY_NIGHT)
    assert found.done_at is not None
    assert desk.office.staff(desk.now).heads[assigned.department_id].username == "service.gao"
    last = [case.events[-1] for case in (assigned, about_gao, penalty)]
    assert {event.action for event in last} == {"hand_over"}
    assert [event.said["to_name"] for event in last] == ["高峰", "周建国", "高峰"]
    assert ruling.events[-1].action == "endorse"
    told = set(desk.session.scalars(select(Notice.person_id).where(Notice.event_id == last[0].id)))
    assert desk.person("service.gao").id in told
    assert customer.adviser.username == "service.ma"
    desk.take("accept", assigned, "service.gao")
    desk.take("accept", about_gao, "gm.zhou")
    assert list(audit.findings(desk.session)) == []


def test_it_is_carried_out_once(desk: Desk) -> None:
    case = desk.complaint("assigned")
    found = begin(desk, "service.liu")
    choose(desk, found, "headship", "service.gao")
    hand_over.declare_ready(desk.session, found, by=desk.actor(HR), at=desk.now)
    pass_time(desk, FRIDAY_NIGHT + timedelta(days=9))
    events = len(case.events)
    hand_over.carry_out(desk.session, found, at=desk.now)
    pass_time(desk, FRIDAY_NIGHT + timedelta(days=10))
    assert len(case.events) == events
    heads = desk.session.scalars(select(Headship).where(Headship.department_id == case.department_id)).all()
    assert [(h.person.username, h.since == FRIDAY_NIGHT) for h in heads if h.until is None] == [("service.gao", True)]


def test_at_once_is_now(desk: Desk) -> None:
    found = begin(desk, "service.gao")
    choose(desk, found, "team", "service.ma")
    hand_over.declare_ready(desk.session, found, by=desk.actor(ADMIN), at=desk.now, at_once=True)
    assert (desk.person("service.gao").left_at, found.done_at) == (desk.now, desk.now)


def test_whoever_goes_with_something_open_goes_and_it_stays_open(desk: Desk) -> None:
    case, customer = desk.complaint("assigned"), a_customer(desk, "service.liu")
    found = begin(desk, "service.liu")
    pass_time(desk, FRIDAY_NIGHT + HOUR)
    assert desk.person("service.liu").has_left_at(desk.now)
    assert found.done_at is None
    assert still_open(desk, found) == ["headship", "customers"]
    assert case.events[-1].said["to_name"] == "周建国"
    choose(desk, found, "headship", "service.gao")
    choose(desk, found, "customers", "service.ma")
    hand_over.carry_out(desk.session, found, at=desk.now)
    desk.session.flush()
    assert found.done_at == desk.now
    assert customer.adviser.username == "service.ma"
    assert [case.events[-1].said[name] for name in ("from_name", "to_name")] == ["周建国", "高峰"]
    desk.office = Office(desk.session)
    desk.take("accept", case, "service.gao")


def test_the_last_holder_of_a_role_needs_a_successor_and_others_do_not(desk: Desk) -> None:
    found = begin(desk, "gm.zhou", by=ADMIN)
    assert [(m.kind, m.key) for m in matters(desk.session, found, desk.now) if m.kind == "role"] == [
        ("role", "general_manager")
    ]
    choose(desk, found, "role", "deputy.he")
    shared = begin(desk, "cr.sun")
    assert [m.is_required for m in matters(desk.session, shared, desk.now) if m.kind == "role"] == [False]


def test_a_new_general_manager_finds_what_waited_for_the_old(desk: Desk) -> None:
    case = desk.complaint("ruling")
    found = begin(desk, "gm.zhou", by=ADMIN)
    choose(desk, found, "role", "deputy.he")
    for m in open_matters(desk.session, found, desk.now):
        hand_over.choose(found, m, desk.person("sales.chen"), by=desk.actor(ADMIN), at=desk.now)
    hand_over.declare_ready(desk.session, found, by=desk.actor(ADMIN), at=desk.now, at_once=True)
    desk.session.flush()
    desk.office = Office(desk.session)
    assert case.events[-1].said["to_name"] == "何敏"
    assert roles_of(desk.person("deputy.he"), desk.now) == {Role.GENERAL_MANAGER}
    desk.take("uphold", case, "deputy.he", reason="成立")


def test_the_only_administrator_stays_until_another_is_named(desk: Desk) -> None:
    """Nobody else may arrange it: it is begun here as somebody who has meanwhile lost the role did."""
    root = desk.person(ADMIN)
    found = HandOver(person=root, effective_at=FRIDAY_NIGHT, begun_at=desk.now, choices=[])
    desk.session.add(found)
    desk.session.flush()
    pass_time(desk, FRIDAY_NIGHT + HOUR)
    assert root.left_at is None
    desk.session.add(RoleGrant(person=desk.person("hr.qian"), role=Role.ADMINISTRATOR, since=desk.now))
    desk.session.flush()
    pass_time(desk, FRIDAY_NIGHT + 2 * HOUR)
    assert root.left_at == FRIDAY_NIGHT


def test_handed_cases_and_files_go_on_or_back(desk: Desk) -> None:
    case, filed = desk.complaint("handling"), desk.complaint("assigned")
    locked = Complaint.locked(desk.session, case.id)
    handing_over.hand_over(
        locked, by=desk.actor("service.liu"), at=desk.now, to=desk.person("service.gao"), reason="r"
    )  # fmt: skip
    desk.session.flush()
    gao, sun = begin(desk, "service.gao"), begin(desk, "cr.sun")
    assert matter(desk, gao, "steps").counts == {"complaint": 1}
    assert matter(desk, sun, "files").counts == {"complaint": 2}
    choose(desk, gao, "steps", None, by="service.liu")
    choose(desk, gao, "team", "service.ma")
    choose(desk, sun, "files", "cr.lin", by=HR)
    for found in (gao, sun):
        hand_over.declare_ready(desk.session, found, by=desk.actor(HR), at=desk.now)
    pass_time(desk, FRIDAY_NIGHT + HOUR)
    assert (case.handler_id, filed.keeper_id) == (None, desk.person("cr.lin").id)
    assert [e.said["to_name"] for e in case.events if e.action == "hand_over"] == ["高峰", "刘洋", "林晓"]
    assert list(audit.findings(desk.session)) == []


def test_what_a_head_handed_over_before_is_not_theirs_to_hand_over(desk: Desk) -> None:
    handed, _kept = desk.complaint("handling"), desk.complaint("assigned")
    handing_over.hand_over(
        handed, by=desk.actor("service.liu"), at=desk.now, to=desk.person("sales.chen"), reason="改由"
    )
    desk.session.flush()
    assert matter(desk, begin(desk, "service.liu"), "headship").counts == {"complaint": 1}


def test_the_record_counts_what_the_successor_got(desk: Desk) -> None:
    """Of two cases that were handed to 陈涛 one is about 高峰, who follows: the office takes that one."""
    about_gao = desk.file(respondent="service.gao")
    desk.take("assign", about_gao, "cr.sun")
    for case in (about_gao, desk.complaint("handling")):
        handing_over.hand_over(
            case, by=desk.actor("service.liu"), at=desk.now, to=desk.person("sales.chen"), reason="改由"
        )
    desk.session.flush()
    found = begin(desk, "sales.chen")
    choose(desk, found, "steps", "service.gao")
    pass_time(desk, FRIDAY_NIGHT)
    assert about_gao.handler is None
    [steps] = [choice for choice in found.choices if choice.matter == "steps"]
    assert steps.count == 1


def test_closed_cases_stay_with_whoever_handled_them(desk: Desk) -> None:
    going_on, closed = (Complaint.locked(desk.session, desk.complaint("handling").id) for _ in range(2))
    for case in (going_on, closed):
        to = desk.person("service.gao")
        handing_over.hand_over(case, by=desk.actor("service.liu"), at=desk.now, to=to, reason="r")
    desk.session.flush()
    for _by, action, said in PATHS["resolved"][2:4]:
        desk.take(action, closed, "service.gao", **said)
    desk.take("verify", closed, "cr.sun", satisfaction=5)
    before = len(closed.events)
    found = begin(desk, "service.gao")
    assert matter(desk, found, "steps").counts == {"complaint": 1}
    choose(desk, found, "steps", None, by="service.liu")
    pass_time(desk, FRIDAY_NIGHT + HOUR)
    assert (going_on.handler_id, closed.handler) == (None, desk.person("service.gao"))
    assert len(closed.events) == before
    assert found.choice("steps", "").count == 1


def test_whoever_changes_post_keeps_roles_and_gives_up_what_they_leave(desk: Desk) -> None:
    case, customer = desk.complaint("assigned"), a_customer(desk, "service.gao")
    found = begin(
        desk, "service.gao", moves=True, department=desk.department("sales"), title="销售顾问",
        effective_at=FRIDAY_NIGHT,
    )  # fmt: skip
    assert kinds(desk, found) == ["team", "customers"]
    choose(desk, found, "team", "service.ma")
    choose(desk, found, "customers", "service.ma")
    hand_over.declare_ready(desk.session, found, by=desk.actor(HR), at=desk.now)
    pass_time(desk, FRIDAY_NIGHT + HOUR)
    gao = desk.person("service.gao")
    desk.session.refresh(gao)
    assert (gao.left_at, gao.posting_at(desk.now).title) == (None, "销售顾问")
    leaders = desk.session.scalars(select(TeamLeadership).where(TeamLeadership.until.is_(None))).all()
    assert "service.ma" in {held.person.username for held in leaders}
    assert customer.adviser.username == "service.ma"
    assert case.events[-1].action == "assign"


def test_what_somebody_keeps_in_a_new_post_is_not_passed_on(desk: Desk) -> None:
    case = desk.complaint("assigned")
    found = begin(desk, "service.liu", moves=True, department=desk.department("after_sales"), title="高级服务总监")
    assert kinds(desk, found) == []
    hand_over.declare_ready(desk.session, found, by=desk.actor(HR), at=desk.now, at_once=True)
    desk.session.flush()
    assert found.done_at == desk.now
    assert case.events[-1].action == "assign"
    desk.office = Office(desk.session)
    desk.take("accept", case, "service.liu")


@pytest.mark.parametrize(
    ("kind", "to", "why"),
    [
        ("headship", "service.liu", "themselves"),
        ("headship", "admin.root", "names themselves|decides no case"),
        ("headship", "detailing.tang", "has left"),
        ("headship", "parts.deng", "about to leave"),
        ("headship", None, "Choose who"),
        ("customers", None, "Choose who"),
        ("customers", "admin.root", "looks after no customers"),
    ],
)
def test_who_cannot_follow(desk: Desk, kind: str, to: str | None, why: str) -> None:
    a_customer(desk, "service.liu")
    people.end_everything(desk.session, desk.person("detailing.tang"), at=MONDAY - HOUR)
    begin(desk, "parts.deng")
    found = begin(desk, "service.liu")
    with pytest.raises(Refused, match=why):
        choose(desk, found, kind, to)
    if to is not None:
        assert desk.person(to) not in candidates(desk.session, matter(desk, found, kind), found, desk.actor(ADMIN))


@pytest.mark.parametrize(
    ("kind", "by"),
    [
        ("headship", HR), ("headship", "gm.zhou"), ("headship", "service.liu"),
        ("customers", "service.liu"), ("customers", "sales.chen"), ("customers", "service.ma"),
    ],
)  # fmt: skip
def test_who_chooses_nothing(desk: Desk, kind: str, by: str) -> None:
    a_customer(desk, "service.liu")
    found = begin(desk, "service.liu")
    with pytest.raises(Refused):
        choose(desk, found, kind, "service.gao", by=by)


def test_customers_are_proposed_to_the_adviser_beside_with_the_fewest(desk: Desk) -> None:
    for place, adviser in enumerate(("service.liu", "service.ma", "service.gao", "service.gao", "sales.wang")):
        a_customer(desk, adviser, phone=f"1380000000{place}")
    assert matter(desk, begin(desk, "service.liu"), "customers").proposed == desk.person("service.ma")
    assert matter(desk, begin(desk, "sales.wang"), "customers").proposed is None


def test_the_head_chooses_who_takes_the_customers_of_their_people(desk: Desk) -> None:
    a_customer(desk, "service.ma")
    found = begin(desk, "service.ma")
    choose(desk, found, "customers", "service.gao", by="service.liu")
    with pytest.raises(Refused):
        hand_over.declare_ready(desk.session, found, by=desk.actor("service.liu"), at=desk.now)


@pytest.mark.parametrize(
    ("who", "by"),
    [("service.gao", "service.liu"), ("service.gao", "gm.zhou"), (HR, HR), ("gm.zhou", HR), (ADMIN, HR)],
)
def test_who_begins_none(desk: Desk, who: str, by: str) -> None:
    with pytest.raises(Refused):
        begin(desk, who, by=by)


@pytest.mark.parametrize("at", [None, MONDAY, MONDAY - timedelta(days=1), MONDAY + timedelta(days=400)])
def test_the_day_lies_ahead(desk: Desk, at: Any) -> None:
    with pytest.raises(Refused, match=r"day|year"):
        begin(desk, "service.gao", effective_at=at)


def test_one_at_a_time_and_none_after_it_is_called_off(desk: Desk) -> None:
    found = begin(desk, "service.gao")
    with pytest.raises(Refused, match="begun already"):
        begin(desk, "service.gao")
    hand_over.cancel(found, by=desk.actor(HR), at=desk.now)
    desk.session.flush()
    with pytest.raises(Refused, match="over"):
        hand_over.choose(found, Matter("team"), desk.person("service.ma"), by=desk.actor(ADMIN), at=desk.now)
    pass_time(desk, FRIDAY_NIGHT + HOUR)
    assert desk.person("service.gao").left_at is None
    begin(desk, "service.gao", effective_at=FRIDAY_NIGHT + timedelta(days=2))


def test_what_took_effect_is_not_called_off(desk: Desk) -> None:
    found = begin(desk, "service.liu")
    pass_time(desk, FRIDAY_NIGHT + HOUR)
    with pytest.raises(Refused, match="taken effect"):
        hand_over.cancel(found, by=desk.actor(HR), at=desk.now)


def test_nobody_leaves_at_once_with_something_to_hand_over(desk: Desk) -> None:
    with pytest.raises(Refused, match="something to hand over"):
        hand_over.leave_at_once(desk.session, desk.person("service.liu"), by=desk.actor(HR), at=desk.now)
    hand_over.leave_at_once(desk.session, desk.person("parts.yuan"), by=desk.actor(HR), at=desk.now)
    assert desk.person("parts.yuan").left_at == desk.now


def test_leavers_with_nothing_to_hand_over_cost_one_question_a_minute(desk: Desk) -> None:
    for username in ("parts.yuan", "service.ma"):
        people.end_everything(desk.session, desk.person(username), at=MONDAY + HOUR)
    desk.session.flush()
    asked: list[str] = []

    def count(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    engine = desk.session.get_bind()
    event.listen(engine, "before_cursor_execute", count)
    try:
        assert hand_over.leavers_without(desk.session, MONDAY + 2 * HOUR) == []
    finally:
        event.remove(engine, "before_cursor_execute", count)
    assert len(asked) == 1


def test_the_one_question_finds_whoever_has_something_to_hand_over(desk: Desk) -> None:
    """It says of everybody what the matters say, one by one."""
    a_customer(desk, "service.gao")
    planned(desk, inspectors=[desk.person("deputy.he")])
    a_question(desk, "parts.yuan")
    desk.complaint("handling")
    for person in desk.session.scalars(select(Person).where(Person.left_at.is_(None))).all():
        with desk.session.begin_nested() as tried:
            people.end_everything(desk.session, person, at=MONDAY + HOUR)
            desk.session.flush()
            begun = HandOver(person=person, person_id=person.id, effective_at=MONDAY + HOUR, choices=[])
            begun.took_effect_at = MONDAY + HOUR
            with desk.session.no_autoflush:
                expected = any(m.is_required for m in matters(desk.session, begun, MONDAY + HOUR))
            asked = select(Person.id).where(Person.id == person.id, leaves_something(MONDAY + HOUR))
            assert (desk.session.scalar(asked) is not None) == expected, person.username
            tried.rollback()


def test_the_checklists_of_who_leaves_find_somebody_before_the_last_day(desk: Desk) -> None:
    """MS-1: only who keeps inspections follows, so that nobody learns of one; the rest goes to their office."""
    visit = planned(desk, inspectors=[desk.person("deputy.he")], day=date(2026, 3, 9))
    under_way = answered(desk, planned(desk, inspectors=[desk.person("deputy.he"), desk.person("cr.sun")]))
    found = begin(desk, "deputy.he")
    held = matter(desk, found, "inspections")
    assert (held.counts, held.soonest) == ({"inspection": 2}, under_way.due_at)
    assert "inspections" in still_open(desk, found)
    fit = {person.username for person in candidates(desk.session, held, found, desk.actor(HR))}
    assert fit == {"cr.lin", "cr.sun", "gm.zhou"}
    with pytest.raises(Refused, match="does not keep inspections"):
        choose(desk, found, "inspections", "sales.chen", by=HR)
    choose(desk, found, "inspections", "cr.sun", by=HR)
    assert "inspections" not in still_open(desk, found)
    pass_time(desk, FRIDAY_NIGHT + HOUR)
    desk.session.expire_all()
    assert [[each.person.username for each in one.inspectors] for one in (visit, under_way)] == [["cr.sun"]] * 2
    act = visit.acts[-1]
    assert (act.action, act.by.username, act.said["to"]) == ("hand_over", HR, "cr.sun")
    told = desk.session.scalars(select(Notice).where(Notice.inspection_act_id == act.id))
    assert [notice.person.username for notice in told] == ["cr.sun"]
    assert "inspections" not in kinds(desk, found)


def test_without_a_successor_customer_relations_carry_the_inspection_out(desk: Desk) -> None:
    visit = planned(desk, inspectors=[desk.person("deputy.he")], day=date(2026, 3, 9))
    found = begin(desk, "deputy.he")
    choose(desk, found, "inspections", None, by=HR)
    pass_time(desk, FRIDAY_NIGHT + HOUR)
    desk.session.expire_all()
    assert visit.inspectors == []
    told = desk.session.scalars(select(Notice).where(Notice.inspection_act_id == visit.acts[-1].id))
    assert sorted(notice.person.username for notice in told) == ["cr.lin", "cr.sun"]
    assert inspection_roles.awaits(visit, desk.actor("cr.lin"))


def test_who_changes_post_keeps_the_checklists_but_those_of_the_new_department(desk: Desk) -> None:
    planned(desk, inspectors=[desk.person("parts.yuan")])
    sales = begin(desk, "parts.yuan", moves=True, department=desk.department("sales"), title="销售顾问")
    assert kinds(desk, sales) == ["inspections"]
    hand_over.cancel(sales, by=desk.actor(HR), at=desk.now)
    desk.session.flush()
    service = begin(desk, "parts.yuan", moves=True, department=desk.department("after_sales"), title="服务顾问")
    assert kinds(desk, service) == []


def test_questions_of_who_leaves_are_somebody_elses_and_their_clock_runs_on(desk: Desk) -> None:
    question = a_question(desk, "parts.yuan")
    found = begin(desk, "parts.yuan", effective_at=MONDAY + 2 * HOUR)
    asked = matter(desk, found, "questions")
    assert (asked.counts, asked.soonest, asked.may_go_back) == ({"question": 1}, question.due_at, True)
    due = question.due_at
    choose(desk, found, "questions", "service.ma", by=HR)
    pass_time(desk, MONDAY + 3 * HOUR)
    desk.session.expire_all()
    assert (question.responsible.username, question.due_at) == ("service.ma", due)
    told = desk.session.scalars(select(Notice).where(Notice.question_id == question.id).order_by(Notice.id))
    assert [notice.person.username for notice in told] == ["parts.yuan", "service.ma"]


def test_whoever_is_dismissed_gets_a_hand_over_by_itself(desk: Desk) -> None:
    customer = a_customer(desk, "service.gao")
    people.end_everything(desk.session, desk.person("service.gao"), at=MONDAY + HOUR)
    people.end_everything(desk.session, desk.person("parts.yuan"), at=MONDAY + HOUR)
    desk.session.flush()
    assert [h.person.username for h in hand_over.begin_for_leavers(desk.session, desk.now)] == ["service.gao"]
    desk.session.flush()
    assert hand_over.begin_for_leavers(desk.session, desk.now) == []
    found = hand_over.going_on(desk.session, desk.person("service.gao"))
    assert still_open(desk, found) == ["team", "customers"]
    choose(desk, found, "customers", "service.ma", by="service.liu")
    pass_time(desk, MONDAY + 2 * HOUR)
    assert customer.adviser.username == "service.ma"
    assert still_open(desk, found) == ["team"]


def test_a_successor_who_leaves_first_is_no_successor(desk: Desk) -> None:
    found = begin(desk, "service.liu")
    choose(desk, found, "headship", "service.gao")
    hand_over.declare_ready(desk.session, found, by=desk.actor(HR), at=desk.now)
    people.end_everything(desk.session, desk.person("service.gao"), at=FRIDAY_NIGHT - HOUR)
    pass_time(desk, FRIDAY_NIGHT + HOUR)
    assert found.done_at is None
    assert still_open(desk, found) == ["headship"]


def test_the_chain_names_nobody_of_the_staff_office_as_an_actor(desk: Desk) -> None:
    """Human resources arrange it and gain no sight of complaints by that."""
    case = desk.complaint("assigned")
    found = begin(desk, "service.liu")
    choose(desk, found, "headship", "service.gao")
    hand_over.declare_ready(desk.session, found, by=desk.actor(HR), at=desk.now, at_once=True)
    desk.session.flush()
    event = desk.session.scalars(select(Event).where(Event.complaint_id == case.id, Event.action == "hand_over")).one()
    assert (event.actor_id, event.signed_as, event.said["reason"]) == (None, "system", "leaves the company")


def test_a_customer_is_to_be_contacted_within_a_week_of_the_day(desk: Desk) -> None:
    customer = a_customer(desk, "service.ma")
    found = begin(desk, "service.ma")
    choose(desk, found, "customers", "service.gao", by=HR)
    hand_over.declare_ready(desk.session, found, by=desk.actor(HR), at=desk.now)
    pass_time(desk, FRIDAY_NIGHT + HOUR)
    row = desk.session.scalars(select(CustomerHandOver)).one()
    assert (row.customer_id, row.due_at) == (customer.id, FRIDAY_NIGHT + timedelta(days=7))
    assert isinstance(row.to, Person)
