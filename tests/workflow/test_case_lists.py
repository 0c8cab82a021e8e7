"""Done, started and copied: what is in them, what is not, in which order, and how many."""

from datetime import timedelta

import pytest
from sqlalchemy import or_, select
from sqlalchemy import text as sql

from models import Complaint, Deputation, Event, LetterRecipient, Penalty, Person, Plan
from models.event import CASES
from tests.builders import MONDAY, Desk, moment
from workflow import case_lists, penalty_roles, plan_roles, sight


def company(desk: Desk) -> None:
    """Complaints and penalties in many states, about employees, an officer, a head and the manager."""
    for state in ("filed", "assigned", "appealed", "ruling", "handling", "resolved", "voided", "withdrawn"):
        desk.complaint(state)
    desk.file(by="cr.lin", respondent="cr.sun")
    desk.file(respondent="gm.zhou")
    about_head = desk.file(respondent="service.liu")
    desk.take("assign", about_head, "cr.sun")
    for state in ("proposed", "submitted", "appealed", "revoked"):
        desk.penalty(state)
    desk.propose("cr.sun", respondent="service.liu")


def ids(desk: Desk, name: str, username: str, text: str = "", *, skip: int = 0, most: int = 1_000) -> list[int]:
    pieces = getattr(case_lists, name)(desk.actor(username), text)
    found = list(desk.session.scalars(case_lists.page_of(pieces, skip=skip, most=most)))
    if not skip and most == 1_000:
        assert desk.session.scalar(case_lists.count_of(pieces)) == len(found), "as many as there are"
    return found


def events(desk: Desk, name: str, username: str, text: str = "") -> list[Event]:
    return [desk.session.get_one(Event, key) for key in ids(desk, name, username, text)]


def case_of(event: Event) -> tuple[str, int]:
    return next((kind, getattr(event, f"{kind}_id")) for kind in CASES
                if getattr(event, f"{kind}_id") is not None)  # fmt: skip


def may_see(desk: Desk, event: Event, username: str) -> bool:
    actor = desk.actor(username)
    if event.complaint_id is not None:
        return sight.may_see(Complaint.locked(desk.session, event.complaint_id), actor)
    if event.plan_id is not None:
        return plan_roles.may_see(Plan.locked(desk.session, event.plan_id), actor)
    assert event.penalty_id is not None
    return penalty_roles.may_see(Penalty.locked(desk.session, event.penalty_id), actor)


def test_the_lists_are_what_the_checks_say_of_everybodys_acts(desk: Desk) -> None:
    """Also while a head stands in for another, and of somebody who has left."""
    company(desk)
    desk.session.add(
        Deputation(
            principal=desk.person("service.liu"), deputy=desk.person("sales.chen"), is_standing=False,
            since=MONDAY - timedelta(days=1), until=MONDAY + timedelta(days=1),
        )
    )  # fmt: skip
    desk.person("deputy.he").left_at = MONDAY - timedelta(days=1)
    desk.session.flush()
    desk = Desk(desk.session)  # the staff of before is remembered
    desk.take("accept", desk.complaint("assigned"), "sales.chen")
    desk.session.flush()
    for person in desk.session.scalars(select(Person)).all():
        theirs = select(Event).where(or_(Event.actor_id == person.id, Event.acting_for_id == person.id))
        for_them = desk.session.scalars(theirs.order_by(Event.id.desc())).all()
        seen = [event for event in for_them if may_see(desk, event, person.username)]
        latest = {case_of(event): event.id for event in reversed(seen)}
        assert ids(desk, "done", person.username) == sorted(latest.values(), reverse=True), person.username
        starts = [
            event
            for event in seen
            if event.actor_id == person.id and event.action in {action for _of, action in case_lists.STARTS}
        ]
        begun = {case_of(event): event.id for event in reversed(starts)}
        assert ids(desk, "started", person.username) == sorted(begun.values(), reverse=True), person.username


def test_a_row_is_asked_as_the_list_and_the_check_are(desk: Desk) -> None:
    company(desk)
    desk.person("service.gao").left_at = MONDAY - timedelta(days=1)
    desk.session.flush()
    for person in desk.session.scalars(select(Person)).all():
        actor = desk.actor(person.username)
        by_row, by_set = (
            set(desk.session.scalars(select(Complaint.id).where(condition)))
            for condition in (sight.row_visible_to(actor), sight.visible_to(actor))
        )
        assert by_row == by_set, person.username


def test_whoever_acted_as_a_deputy_finds_nothing_of_their_principals_own_case(desk: Desk) -> None:
    """The one case in which somebody acted, and which does not exist for them while they stand in."""
    case = desk.file(by="cr.lin", respondent="service.liu")
    desk.take("assign", case, "cr.lin")
    desk.take("accept", case, "gm.zhou")
    for grant in desk.person("gm.zhou").grants:
        grant.until = MONDAY
    desk.session.add(
        Deputation(
            principal=desk.person("service.liu"), deputy=desk.person("gm.zhou"), is_standing=False,
            since=MONDAY - timedelta(days=1), until=MONDAY + timedelta(days=1),
        )
    )  # fmt: skip
    desk.session.flush()
    desk = Desk(desk.session)
    assert not sight.may_see(Complaint.locked(desk.session, case.id), desk.actor("gm.zhou"))
    assert ids(desk, "done", "gm.zhou") == []


def test_done_has_the_latest_act_of_each_case_and_started_the_appeal(desk: Desk) -> None:
    case, penalty = desk.complaint("resolved"), desk.penalty("appealed")
    [latest] = [event for event in events(desk, "done", "service.liu") if event.complaint_id == case.id]
    assert latest.action == "report"
    started = {(event.complaint_id, event.penalty_id, event.action) for event in events(desk, "started", "service.ma")}
    assert (None, penalty.id, "appeal") in started
    assert {event.action for event in events(desk, "started", "cr.sun")} == {"file"}


def test_acts_on_scorecards_are_one_row_a_month(desk: Desk) -> None:
    desk.now = moment(4, 1, 9)
    desk.scorecard("verified")
    for username, action in (("hr.qian", "verify"), ("service.liu", "review")):
        [row] = [event for event in events(desk, "done", username) if event.scorecard_id is not None]
        assert row.action == action
    assert ids(desk, "done", "service.ma") == []


# --- copies


def copies(desk: Desk, username: str, text: str = "") -> list[int]:
    return ids(desk, "copied", username, text)


def test_a_copy_is_about_somebody_else_and_addressed_to_others(desk: Desk) -> None:
    """The head who is told, customer relations, human resources: not the respondent, and not who is addressed."""
    case = desk.complaint("voided")
    letter = max(case.events[-1].letters, key=lambda found: found.id)
    assert letter.kind == "void_certificate"
    lines = desk.session.scalars(select(LetterRecipient).filter_by(letter_id=letter.id)).all()
    assert {line.person.username for line in lines if line.copied} == {"service.liu", "cr.sun"}
    assert letter.id in copies(desk, "service.liu")
    assert copies(desk, "service.ma") == []


def test_a_letter_to_two_is_a_copy_for_neither_whom_it_is_about(desk: Desk) -> None:
    """The complaint form goes to the head, and to the respondent after them: both have to do with it."""
    desk.complaint("assigned")
    assert copies(desk, "service.liu") == copies(desk, "service.ma") == []


def test_a_leader_keeps_the_copy_of_a_penalty_that_does_not_exist_for_them(desk: Desk) -> None:
    penalty = desk.penalty("issued")
    leader = penalty.leader
    assert leader is not None and leader.username != "service.liu"
    assert not penalty_roles.may_see(penalty, desk.actor(leader.username))
    assert len(copies(desk, leader.username)) == 1
    assert events(desk, "done", leader.username) == []


# --- searching, pages, counts


@pytest.mark.parametrize(
    ("name", "username"), [("done", "service.liu"), ("done", "cr.sun"), ("started", "cr.sun"), ("copied", "cr.sun")]
)
def test_each_list_is_searched_by_number_and_by_words(name: str, username: str, desk: Desk) -> None:
    first = desk.complaint("voided", description="贴膜起泡要求返工", customer_phone="13800000777")
    desk.complaint("voided", description="空调异响", customer_phone="13800000888")
    everything = ids(desk, name, username)
    for text in ("贴膜起泡", first.number, f"客诉 {first.number}"):
        found = ids(desk, name, username, text)
        assert found and len(found) < len(everything), text
        assert ids(desk, name, username, "没有的词") == []


def test_a_respondent_finds_nothing_by_the_customers_name(desk: Desk) -> None:
    desk.complaint("appealed", customer_name="欧阳锋", description="欧阳锋来电称漏油")
    assert len(ids(desk, "started", "service.ma", "漏油")) == 1
    assert ids(desk, "started", "service.ma", "欧阳锋") == []


def test_a_penalty_is_found_by_name_and_number(desk: Desk) -> None:
    penalty = desk.penalty("submitted")
    for text in ("马超", f"处罚 {penalty.number}", "交车前检查"):
        assert [event.penalty_id for event in events(desk, "done", "service.liu", text)] == [penalty.id], text


def test_pages_do_not_overlap_and_counting_stops(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(5):
        desk.complaint("handled")
    pages = [ids(desk, "done", "cr.sun", skip=skip, most=2) for skip in (0, 2, 4)]
    assert [key for page in pages for key in page] == ids(desk, "done", "cr.sun")
    monkeypatch.setattr(case_lists, "COUNTED", 3)
    pieces = case_lists.done(desk.actor("cr.sun"))
    assert desk.session.scalar(case_lists.count_of(pieces)) == 3


def test_whether_something_was_started_again_is_looked_up_in_its_case(desk: Desk) -> None:
    """Whichever order the indexes of acts stand in: a migration that makes the table anew puts them in any, and of two
    that seem as good SQLite takes one by their order."""
    if desk.session.get_bind().dialect.name != "sqlite":
        pytest.skip("PostgreSQL counts before it chooses")
    names = ("ix_event_actor_complaint", "ix_event_started", "ix_event_done")
    for name in names:
        [made] = desk.session.scalars(sql("SELECT sql FROM sqlite_schema WHERE name = :name"), {"name": name})
        desk.session.execute(sql(f"DROP INDEX {name}"))
        desk.session.execute(sql(made))
    [filed, *_others] = case_lists.started(desk.actor("cr.sun"))
    told = filed.compile(desk.session.get_bind(), compile_kwargs={"literal_binds": True})
    plan = [row.detail for row in desk.session.execute(sql(f"EXPLAIN QUERY PLAN {told}"))]
    assert any("event_1 USING INDEX ix_event_actor_complaint" in line for line in plan), plan
