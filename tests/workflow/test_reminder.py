"""Whoever must act is reminded at half time, at the deadline, then daily, later also higher up; nothing is decided."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from models import (
    Complaint,
    ComplaintState,
    Department,
    Deputation,
    Event,
    Headship,
    Notice,
    Part,
    Penalty,
    PenaltyState,
    Reminder,
    Role,
    RoleGrant,
    Scorecard,
    TeamLeadership,
)
from tests.builders import MONDAY, Desk, moment
from tests.workflow.test_calendar import WEDNESDAY, day
from workflow import clock_watch, company, handing_over, overdue, reminder
from workflow.office import Office
from workflow.superiors import Gap, Superiors

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
# Handling since Monday at nine, to be complete within three working days: 27 hours of work, and when half are gone.
HALF, DUE = moment(3, 3, 13, 30), moment(3, 5, 9)


def look(session: Session, at: datetime) -> list[Reminder]:
    """One look of the minute at everything that runs."""
    seen = clock_watch.look(session, at)
    clock_watch.keep(session, seen.notes)
    found = [one for kind, ids in seen.batches() for one in reminder.remind(session, kind, ids, at)]
    session.flush()
    return found


def told(one: Reminder) -> dict[str, list[str]]:
    """Who was told, by their part."""
    found: dict[str, list[str]] = {}
    for recipient in one.recipients:
        found.setdefault(recipient.part.value, []).append(recipient.person.username)
    return found


def reminded(desk: Desk, at: datetime) -> list[tuple[str, datetime, dict[str, list[str]]]]:
    return [(one.occasion.value, one.fell_due_at, told(one)) for one in look(desk.session, at)]


def vacate(desk: Desk, department: str | None = None, role: Role | None = None) -> None:
    """Nobody heads the department or holds the role any more."""
    if department is not None:
        headed = desk.session.scalars(select(Headship).join(Department).where(Department.slug == department)).one()
        headed.until = MONDAY
    for grant in desk.session.scalars(select(RoleGrant).filter_by(role=role)) if role else ():
        grant.until = MONDAY
    desk.session.flush()
    desk.office = Office(desk.session)


def test_each_level_is_told_at_its_exact_time_and_nobody_a_minute_earlier(desk: Desk) -> None:
    desk.complaint("handling")
    head, above = {"acts": ["service.liu"]}, {"acts": ["service.liu"], "superior": ["gm.zhou"]}
    story = [
        ("half", HALF, head), ("due", DUE, head), ("late", moment(3, 6), above),
        ("late", moment(3, 9), above | {"administrator": ["admin.root"]}),
        # Again every working day; the administrator was told that the chain ends, and cannot do more.
        ("late", moment(3, 10), above), ("late", moment(3, 11), above),
    ]  # fmt: skip
    for expected in story:
        assert reminded(desk, expected[1] - MINUTE) == []
        assert reminded(desk, expected[1]) == [expected]
        assert reminded(desk, expected[1]) == []
    assert len(desk.session.scalars(select(Reminder)).all()) == len(story)


def test_a_limit_of_the_clock_is_reminded_of_by_the_clock(desk: Desk) -> None:
    """Four hours to assign; whoever is in customer relations can."""
    desk.file(at=moment(3, 6, 16))
    officers = ["cr.lin", "cr.sun"]
    assert reminded(desk, moment(3, 6, 18)) == [("half", moment(3, 6, 18), {"acts": officers})]
    assert reminded(desk, moment(3, 6, 20)) == [("due", moment(3, 6, 20), {"acts": officers})]
    # A Saturday night counts. The head of customer relations is one of the officers; above them is the manager.
    assert reminded(desk, moment(3, 7, 20)) == [
        ("late", moment(3, 7, 20), {"acts": officers, "superior": ["gm.zhou"]})
    ]  # fmt: skip


def test_the_chain_goes_from_the_team_leader_to_the_manager_and_ends(desk: Desk) -> None:
    above = Superiors(desk.office, MONDAY).above
    chain = above([desk.person("service.ma")], None, lambda _person: True)
    gao, liu, zhou = (desk.person(name) for name in ("service.gao", "service.liu", "gm.zhou"))
    assert chain == [[gao], [liu], [zhou], [Gap("end")]]
    # Who may not see the case, and whom it is about, is passed over for the next.
    assert above([desk.person("service.ma")], liu.id, lambda person: person is not gao) == [[zhou], [Gap("end")]]
    # Of several who may act, each one's superior; nobody who is among them.
    assert above([desk.person("cr.sun"), desk.person("cr.lin"), gao], None, lambda _person: True) == [
        [zhou, liu], [Gap("end")],
    ]  # fmt: skip


def test_two_who_lead_each_others_teams_make_no_endless_chain(desk: Desk) -> None:
    liang, hu, gao = (desk.person(name) for name in ("detailing.guo", "detailing.hu", "service.gao"))
    led = {leading.person_id: leading for leading in desk.session.scalars(select(TeamLeadership))}
    led[gao.id].until = MONDAY
    hu.posting_at(MONDAY).team_id = led[gao.id].team_id
    desk.session.add(TeamLeadership(team_id=led[gao.id].team_id, person_id=liang.id, since=MONDAY))
    desk.session.flush()
    above = Superiors(Office(desk.session), MONDAY).above
    assert above([desk.person("service.ma")], None, lambda _person: False) == [[Gap("end")]]
    assert above([hu], None, lambda _person: True) == [[liang], [Gap("end")]]


def test_who_does_not_see_the_case_hears_nothing_of_it(desk: Desk) -> None:
    """The head of customer relations who has no part in complaints is passed over for the manager."""
    for grant in desk.session.scalars(select(RoleGrant).filter_by(role=Role.CUSTOMER_RELATIONS)):
        grant.until = MONDAY if grant.person.username == "cr.lin" else None
    desk.session.flush()
    desk.office = Office(desk.session)
    desk.file()
    look(desk.session, moment(3, 2, 13))
    assert reminded(desk, moment(3, 3, 13)) == [
        ("late", moment(3, 3, 13), {"acts": ["cr.sun"], "superior": ["gm.zhou"]})
    ]  # fmt: skip


def test_after_an_outage_there_is_one_reminder_of_the_present_level(desk: Desk) -> None:
    desk.complaint("handling")
    expected = {"acts": ["service.liu"], "superior": ["gm.zhou"], "administrator": ["admin.root"]}
    assert reminded(desk, moment(3, 31, 11)) == [("late", moment(3, 31), expected)]
    assert reminded(desk, moment(4, 1)) == [
        ("late", moment(4, 1), {"acts": ["service.liu"], "superior": ["gm.zhou"]})
    ]  # fmt: skip


def test_a_clock_that_stands_reminds_of_nothing_and_goes_on_where_it_was(desk: Desk) -> None:
    case = desk.complaint("handling")
    look(desk.session, MONDAY)
    stop: dict[str, Any] = {"reason": "客户出差", "until": moment(3, 6, 10)}
    desk.take("suspend", case, "cr.sun", moment(3, 3, 10), **stop)
    assert look(desk.session, HALF) == look(desk.session, moment(3, 5, 10)) == []
    desk.take("resume", case, "cr.sun", moment(3, 5, 10))
    # It stood for two working days, and so half of its time is gone two working days later.
    assert reminded(desk, moment(3, 5, 13, 29)) == []
    assert reminded(desk, moment(3, 5, 13, 30)) == [("half", moment(3, 5, 13, 30), {"acts": ["service.liu"]})]
    assert reminded(desk, moment(3, 9)) == [("due", moment(3, 9), {"acts": ["service.liu"]})]


def test_a_deadline_that_moves_moves_its_reminders(desk: Desk) -> None:
    desk.complaint("handling")
    look(desk.session, MONDAY)
    day(desk, WEDNESDAY, works=False)
    assert look(desk.session, HALF - MINUTE) == []
    # 27 working hours now end on Friday; half are gone at the same time on Tuesday, for Wednesday is no time.
    assert reminded(desk, HALF) == [("half", HALF, {"acts": ["service.liu"]})]
    assert reminded(desk, DUE) == []
    assert reminded(desk, moment(3, 6)) == [("due", moment(3, 6), {"acts": ["service.liu"]})]


def test_half_time_is_told_once_however_the_deadline_moves(desk: Desk) -> None:
    desk.complaint("handling")
    assert len(look(desk.session, HALF)) == 1
    day(desk, WEDNESDAY, works=False, at=HALF + MINUTE)
    assert look(desk.session, moment(3, 5, 17)) == []


def test_before_a_clock_acts_by_itself_it_reminds_and_afterwards_the_next_one_does(desk: Desk) -> None:
    case = desk.complaint("assigned")
    assert reminded(desk, moment(3, 2, 21)) == [
        ("half", moment(3, 2, 21), {"acts": ["service.liu", "service.ma"]})
    ]  # fmt: skip
    assert look(desk.session, moment(3, 3)) == []
    overdue.carry_out(desk.session, moment(3, 3), case=("complaint", case.id))
    assert case.state is ComplaintState.HANDLING
    assert reminded(desk, moment(3, 4, 13, 30)) == [("half", moment(3, 4, 13, 30), {"acts": ["service.liu"]})]


def test_where_the_head_is_missing_the_manager_acts_and_the_administrator_hears_which_post_is_vacant(
    desk: Desk,
) -> None:
    vacate(desk, department="after_sales")
    case = desk.file()
    desk.take("assign", case, "cr.sun")
    desk.take("accept", case, "gm.zhou")
    assert [told(one) for one in look(desk.session, HALF)] == [{"acts": ["gm.zhou"]}]
    [due] = look(desk.session, DUE)
    assert (told(due), due.gaps) == (
        {"acts": ["gm.zhou"], "administrator": ["admin.root"]},
        [{"post": "department_head", "zh": "售后服务部", "en": "After-sales"}],
    )
    # Nobody is above the manager: that is news, the vacant post is not.
    [late] = look(desk.session, moment(3, 6))
    assert (told(late), late.gaps) == ({"acts": ["gm.zhou"], "administrator": ["admin.root"]}, [{"post": "end"}])
    assert [told(one) for one in look(desk.session, moment(3, 9))] == [{"acts": ["gm.zhou"]}]


def test_where_nobody_can_act_the_administrator_is_told_at_once(desk: Desk) -> None:
    desk.complaint("handling")
    vacate(desk, department="after_sales", role=Role.GENERAL_MANAGER)
    [half] = look(desk.session, HALF)
    assert told(half) == {"administrator": ["admin.root"]}
    assert [gap["post"] for gap in half.gaps] == ["department_head", "general_manager"]


def test_of_a_case_that_was_handed_over_the_missing_head_is_no_news_until_their_level(desk: Desk) -> None:
    case, gao = desk.complaint("handling"), desk.person("service.gao")
    handing_over.hand_over(case, by=desk.actor("service.liu"), at=desk.now, to=gao, reason="请病假")
    desk.session.flush()
    vacate(desk, department="after_sales")
    look(desk.session, HALF)
    [due] = look(desk.session, DUE)
    assert (told(due), due.gaps) == ({"acts": ["service.gao"]}, [])
    [late] = look(desk.session, moment(3, 6))
    assert [gap["post"] for gap in late.gaps] == ["department_head"]


def test_a_vacant_post_above_is_named_at_its_level(desk: Desk) -> None:
    desk.complaint("handling")
    vacate(desk, role=Role.GENERAL_MANAGER)
    look(desk.session, DUE)
    [late] = look(desk.session, moment(3, 6))
    assert (told(late), late.gaps) == (
        {"acts": ["service.liu"], "administrator": ["admin.root"]}, [{"post": "general_manager"}],
    )  # fmt: skip


def test_a_superior_is_never_told_of_their_own_case(desk: Desk) -> None:
    """Against the manager: the deputy acts, and above the deputy nobody is left."""
    case = desk.file(respondent="gm.zhou")
    desk.take("assign", case, "cr.sun")
    desk.take("accept", case, "deputy.he")
    look(desk.session, DUE)
    [late] = look(desk.session, moment(3, 6))
    assert (told(late), late.gaps) == ({"acts": ["deputy.he"], "administrator": ["admin.root"]}, [{"post": "end"}])


def test_who_stands_in_gets_it_as_well_and_nobody_gets_it_twice(desk: Desk) -> None:
    for principal, deputy in (("service.liu", "service.gao"), ("gm.zhou", "service.liu")):
        away = {"since": MONDAY, "until": MONDAY + 30 * DAY, "is_standing": False}
        desk.session.add(Deputation(principal=desk.person(principal), deputy=desk.person(deputy), **away))
    desk.session.flush()
    desk.office = Office(desk.session)
    desk.complaint("handling")
    assert [told(one) for one in look(desk.session, HALF)] == [{"acts": ["service.liu", "service.gao"]}]
    assert [told(one) for one in look(desk.session, moment(3, 6))] == [
        {"acts": ["service.liu", "service.gao"], "superior": ["gm.zhou"]}
    ]  # fmt: skip
    notices = desk.session.scalars(select(Notice).where(Notice.reminder_id.is_not(None))).all()
    assert len({(notice.reminder_id, notice.person_id) for notice in notices}) == len(notices) == 5


def test_who_was_moved_on_from_is_reminded_no_more(desk: Desk) -> None:
    case = desk.complaint("handling")
    look(desk.session, MONDAY)
    desk.take("complete", case, "service.liu", HALF - MINUTE, measures_taken="当面致歉")
    # A day to report, by the clock.
    assert look(desk.session, HALF) == []
    assert reminded(desk, HALF - MINUTE + DAY / 2) == [
        ("half", HALF - MINUTE + DAY / 2, {"acts": ["service.liu"]})
    ]  # fmt: skip


def test_whoever_a_case_was_handed_to_is_reminded_of_it_and_the_head_no_more(desk: Desk) -> None:
    case = desk.complaint("handling")
    assert [recipients for *_, recipients in reminded(desk, HALF)] == [{"acts": ["service.liu"]}]
    handing_over.hand_over(
        case, by=desk.actor("service.liu"), at=HALF, to=desk.person("sales.chen"), reason="改由销售部办理"
    )
    desk.session.flush()
    assert reminded(desk, DUE) == [("due", DUE, {"acts": ["sales.chen"]})]
    assert reminded(desk, moment(3, 6)) == [
        ("late", moment(3, 6), {"acts": ["sales.chen"], "superior": ["gm.zhou"]})
    ]  # fmt: skip


# --- penalties and scorecards


def test_a_defence_is_a_right_and_once_its_time_is_over_it_is_the_heads_turn(desk: Desk) -> None:
    desk.penalty("proposed")
    assert reminded(desk, moment(3, 3)) == [("half", moment(3, 3), {"acts": ["service.ma"]})]
    assert reminded(desk, moment(3, 4)) == [("due", moment(3, 4), {"acts": ["service.liu"]})]
    assert reminded(desk, moment(3, 5)) == [
        ("late", moment(3, 5), {"acts": ["service.liu"], "superior": ["gm.zhou"]})
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("state", "due", "acts"),
    [
        ("heard", moment(3, 4), "service.liu"), ("submitted", moment(3, 9), "gm.zhou"),
        ("appealed", moment(3, 9), "gm.zhou"),
    ],
)  # fmt: skip
def test_whoever_decides_on_a_penalty_is_reminded_of_it(desk: Desk, state: str, due: datetime, acts: str) -> None:
    desk.penalty(state)
    look(desk.session, due - MINUTE)
    assert [(one[0], one[2]) for one in reminded(desk, due)] == [("due", {"acts": [acts]})]


def test_a_regraded_dismissal_reminds_of_the_word_on_reinstatement_beside_its_appeal(desk: Desk) -> None:
    """The appeal of a first penalty succeeds while the appeal against the dismissal can still be made."""
    penalties = [desk.penalty("issued") for _ in range(2)]
    third = desk.propose()
    desk.decide("waive", third, "service.ma")
    desk.decide("submit", third, "service.liu", union_notice="工会无异议。")
    desk.decide("approve", third, "gm.zhou", open_reason="已核")
    desk.decide("appeal", penalties[0], "service.ma", grounds="不实")
    desk.decide("revoke", penalties[0], "gm.zhou", at=moment(3, 2, 10), reason="成立")
    found = [one for one in look(desk.session, moment(3, 4, 14, 30)) if one.penalty_id == third.id]
    assert {(one.clock, one.occasion.value, *told(one)["acts"]) for one in found} == {
        ("contest", "half", "service.ma"), ("reinstatement", "half", "gm.zhou"),
    }  # fmt: skip
    late = [one for one in look(desk.session, moment(3, 10, 10)) if one.penalty_id == third.id]
    assert [(one.clock, one.occasion.value, told(one)) for one in late] == [
        ("reinstatement", "late", {"acts": ["gm.zhou"], "administrator": ["admin.root"]})
    ]  # fmt: skip


def test_of_a_months_cards_each_person_is_told_once(desk: Desk) -> None:
    desk.now = moment(4, 10)
    desk.close("compute", "hr.qian")
    cards = {card.id: card for card in desk.session.scalars(select(Scorecard))}
    due = next(card.due_at for card in cards.values())
    assert due is not None
    [*found] = look(desk.session, due)
    assert {one.scorecard_id for one in found} == set(cards)
    liu = [one for one in found if told(one) == {"acts": ["service.liu"]}]
    assert {cards[one.scorecard_id or 0].department.slug for one in liu} == {"after_sales"} and len(liu) == 2
    notices = desk.session.scalars(select(Notice).where(Notice.reminder_id.is_not(None))).all()
    assert len({notice.person_id for notice in notices}) == len(notices)
    # The manager reviews the heads' own cards, and is told once as whoever acts.
    assert [one for one in notices if one.person.username == "gm.zhou"]
    # Who acts in some and is above those who act in others is told of both, once each.
    late = look(desk.session, due + 30 * DAY)
    latest = [one for one in late if one.fell_due_at == late[-1].fell_due_at]
    query = select(Notice).where(Notice.reminder_id.in_([one.id for one in latest]))
    parts = {one.id: {told.person_id: told.part for told in one.recipients} for one in latest}
    reasons = [
        parts[notice.reminder_id or 0][notice.person_id]
        for notice in desk.session.scalars(query)
        if notice.person.username == "gm.zhou"
    ]
    assert sorted(reasons) == ["acts", "superior"]
    assert {part for one in late for part in told(one)} == {"acts", "superior", "administrator"}
    assert not any(one.part is Part.SUPERIOR and one.person_id == cards[each.scorecard_id or 0].person_id
                   for each in late for one in each.recipients)  # fmt: skip


# --- nothing is decided


STATES = [*((Complaint, state) for state in ComplaintState), *((Penalty, state) for state in PenaltyState)]


@pytest.mark.parametrize(("kind", "state"), STATES)
def test_only_lapse_changes_a_state_however_long_nobody_acts(
    desk: Desk, kind: type[Complaint | Penalty], state: Any
) -> None:
    case = desk.complaint(state) if kind is Complaint else desk.penalty(state)
    before = len(case.events)
    for days in range(0, 60, 3):
        overdue.carry_out(desk.session, MONDAY + days * DAY, case=(kind.kind, case.id))
        look(desk.session, MONDAY + days * DAY)
    later = kind.locked(desk.session, case.id).events[before:]
    assert all((event.action, event.actor) == ("lapse", None) for event in later)
    assert len(later) == (state in (ComplaintState.ASSIGNED, PenaltyState.ISSUED))


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(hours=st.lists(st.integers(1, 24 * 40), min_size=1, max_size=6))
def test_reminders_leave_every_case_as_it_is(desk: Desk, hours: list[int]) -> None:
    with desk.session.begin_nested() as trial:
        cases = [desk.complaint("ruling"), desk.complaint("reported"), desk.penalty("submitted")]
        rows = [(case.state, case.version, case.due_at, case.clock_started_at) for case in cases]
        events, at = desk.session.scalar(text("SELECT count(*) FROM event")), MONDAY
        for more in hours:
            at += timedelta(hours=more)
            look(desk.session, at)
        assert [(case.state, case.version, case.due_at, case.clock_started_at) for case in cases] == rows
        assert desk.session.scalar(text("SELECT count(*) FROM event")) == events
        trial.rollback()
    # What was read meanwhile has never been; the next example makes rows with the same numbers.
    desk.session.expunge_all()
    desk.office = Office(desk.session)


def test_many_cases_are_read_by_as_many_queries_as_few(desk: Desk) -> None:
    def read(count: int, at: datetime) -> int:
        """How many queries a look takes at which so many cases are reminded of."""
        for _ in range(count):
            desk.complaint("handling", respondent="service.ma")
        desk.session.commit()
        desk.session.expunge_all()
        desk.office = Office(desk.session)
        selects: list[str] = []
        listener = lambda *heard: selects.append(heard[2]) if heard[2].startswith("SELECT") else None  # noqa: E731
        event.listen(desk.session.connection(), "before_cursor_execute", listener)
        assert len(look(desk.session, at)) >= count
        return len(selects)

    assert read(2, HALF) == read(10, DUE) == read(0, moment(3, 6))


# --- the company's figures, and what the database refuses


def test_new_figures_hold_for_what_runs_already(desk: Desk) -> None:
    desk.complaint("handling")
    look(desk.session, MONDAY)
    company.change_reminders(
        desk.session, by=desk.actor("admin.root"), at=desk.now, first_percent=10, again_days=2, nudge_hours=1,
        superiors=[3, 20, 30, 40], superiors_unit="hours",
    )  # fmt: skip
    desk.session.flush()
    # A tenth of 27 hours; three hours late; two days after the deadline, which is nothing new to the manager.
    for at, occasion in (
        (moment(3, 2, 11, 42), "half"),
        (DUE, "due"),
        (moment(3, 5, 12), "late"),
        (moment(3, 9), "late"),
    ):
        assert look(desk.session, at - MINUTE) == []
        assert [(one[0], one[1]) for one in reminded(desk, at)] == [(occasion, at)]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE reminder SET at = at", "DELETE FROM reminder", "UPDATE reminder_recipient SET position = 9",
        "DELETE FROM reminder_recipient",
    ],
)  # fmt: skip
def test_who_was_reminded_is_neither_changed_nor_deleted(desk: Desk, statement: str) -> None:
    desk.complaint("handling")
    look(desk.session, HALF)
    with pytest.raises(DatabaseError, match="never"):
        desk.session.execute(text(statement))


@pytest.mark.parametrize("fell_due", ["fell_due_at", "'2026-03-03 00:00:00'"])
def test_the_database_admits_no_reminder_twice(desk: Desk, fell_due: str) -> None:
    desk.complaint("handling")
    look(desk.session, HALF)
    kept = "complaint_id, clock, clock_started_at, due_at, occasion"
    with pytest.raises(DatabaseError, match=r"(?i)unique"):
        desk.session.execute(
            text(
                f"INSERT INTO reminder ({kept}, fell_due_at, at, gaps)"
                f" SELECT {kept}, {fell_due}, at, gaps FROM reminder"
            )
        )


def test_a_case_that_cannot_be_written_down_stops_no_other(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, sound = desk.complaint("handling"), desk.complaint("handling")
    who = reminder.who_must_act

    def unless_broken(case: Any, *asked: Any) -> Any:
        if case.id == broken.id:
            raise RuntimeError("damaged")
        return who(case, *asked)

    monkeypatch.setattr(reminder, "who_must_act", unless_broken)
    assert [one.complaint_id for one in look(desk.session, HALF)] == [sound.id]
    assert desk.session.scalar(select(Event.id).where(Event.complaint_id == broken.id).limit(1)) is not None
