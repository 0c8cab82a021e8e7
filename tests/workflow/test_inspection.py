"""Inspections: carried out by checklist, scored, published, and what follows from them (MS-1…9)."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from models import AssessmentRow, Inspection, InspectionKind, InspectionState, MoneyEntry, Penalty
from tests.builders import MONDAY, Desk
from workflow import escalation, inspection_decision, inspection_findings, inspection_plan, inspection_result, posts
from workflow import inspection as verbs
from workflow import inspection_roles as roles
from workflow.assessment_pack import pack_of
from workflow.evidence import Evidence
from workflow.inspection_findings import Answer
from workflow.process import Refused

DAY = timedelta(days=1)


def planned(desk: Desk, kind: str = "mystery", checklist: str = "sales", **changes: Any) -> Inspection:
    plain = {
        "kind": InspectionKind(kind), "checklist": checklist, "day": date(2026, 3, 2), "visitor": "秦女士",
        "department": desk.department("after_sales" if checklist == "after_sales" else "sales"),
        "inspectors": [desk.person("cr.lin")],
    }  # fmt: skip
    return verbs.plan(desk.session, verbs.Plan(**{**plain, **changes}), by=desk.actor("cr.sun"), at=desk.now)


def answered(desk: Desk, found: Inspection, missed: tuple[str, ...] = (), unseen: tuple[str, ...] = ()) -> Inspection:
    """Begun and answered: met, but for these."""
    verbs.begin(desk.session, found, by=desk.actor("cr.lin"), at=desk.now)
    answers = [
        Answer(name, "missed" if name in missed else "not_seen" if name in unseen else "met")
        for name in verbs.checklist_of(found).factors()
    ]
    inspection_findings.write(desk.session, found, answers, by=desk.actor("cr.lin"), at=desk.now)
    return found


def submitted(desk: Desk, *missed: str, checklist: str = "sales", kind: str = "mystery") -> Inspection:
    found = answered(desk, planned(desk, kind, checklist), missed)
    return verbs.submit(desk.session, found, by=desk.actor("cr.lin"), at=desk.now)


def name(desk: Desk, found: Inspection, who: str, *factors: str) -> None:
    for factor in factors:
        inspection_findings.name_responsible(
            desk.session, found, factor, desk.person(who), reason="", by=desk.actor("cr.sun"), at=desk.now
        )


def published(desk: Desk, found: Inspection) -> Inspection:
    return inspection_result.publish(desk.session, found, by=desk.actor("cr.sun"), at=desk.now)


def hold(desk: Desk, post: str, *people: str) -> None:
    pack = pack_of(verbs.edition_on(desk.session, date(2026, 3, 2)))
    for each in people:
        posts.choose(desk.session, pack, post, person=desk.person(each), by=desk.actor("admin.root"), at=MONDAY - DAY)


def told(found: Inspection) -> set[tuple[str, str | None, int]]:
    return {(p.rule, p.person.name if p.person else None, p.amount // 100) for p in found.proposals}


def test_a_missed_greeting_leads_to_everything_that_the_regulation_says(desk: Desk) -> None:
    """MS-3, 4, 5 and 6 side by side: the item, the joint fine, reception below 8, and the key factor."""
    hold(desk, "receptionist", "sales.zhao")
    hold(desk, "showroom_manager", "sales.li")
    found = published(desk, submitted(desk, "greeted_at_the_door"))
    assert found.row is not None and found.row.values == {"score": Decimal(92)}
    assert told(found) == {
        ("MS-3", "赵敏", 20), ("MS-4", "陈涛", 20),
        ("MS-5", "陈涛", 100), ("MS-5", "李娜", 100),
        ("MS-6", "周建国", 100), ("MS-6", "陈涛", 100), ("MS-6", "李娜", 100),
    }  # fmt: skip


def test_who_holds_two_posts_is_asked_once_for_one_matter(desk: Desk) -> None:
    hold(desk, "receptionist", "sales.zhao")
    hold(desk, "showroom_manager", "sales.li")
    found = published(desk, submitted(desk, "greeted_at_the_door"))
    assert [p.rule for p in found.proposals if p.person_id == desk.person("sales.li").id] == ["MS-5", "MS-6"]


def test_a_post_that_nobody_holds_is_said(desk: Desk) -> None:
    found = published(desk, submitted(desk, "greets_and_guides", checklist="after_sales"))
    vacant = [(p.rule, p.post) for p in found.proposals if p.person_id is None]
    assert ("MS-8", "head_of_security") in vacant and ("MS-3", "security_guard") in vacant


def test_of_several_holders_one_has_to_be_named(desk: Desk) -> None:
    found = submitted(desk, "listens")
    with pytest.raises(Refused, match="Several people hold the post"):
        published(desk, found)
    name(desk, found, "sales.wang", "listens")
    assert ("MS-3", "王强", 20) in told(published(desk, found))


def test_naming_somebody_else_needs_a_reason(desk: Desk) -> None:
    found = submitted(desk, "listens")
    with pytest.raises(Refused, match="Give a reason"):
        name(desk, found, "sales.li", "listens")


@pytest.mark.parametrize(("count", "fine"), [(5, 100), (6, 200)])
def test_above_five_items_the_visit_is_fined_instead(desk: Desk, count: int, fine: int) -> None:
    factors = ["asks_about_use", "asks_about_budget", "asks_about_present_car", "listens", "sums_up_needs",
               "recommends_a_model"][:count]  # fmt: skip
    found = submitted(desk, *factors)
    name(desk, found, "sales.wang", *factors)
    assert ("MS-3", "王强", fine) in told(published(desk, found))


def test_done_well_security_is_rewarded(desk: Desk) -> None:
    hold(desk, "head_of_security", "hr.qian")
    found = published(desk, submitted(desk, checklist="after_sales"))
    (reward,) = found.proposals
    assert (reward.kind, reward.rule, reward.person and reward.person.name, reward.amount) == (
        "reward", "MS-8", "钱芳", 10_000,
    )  # fmt: skip
    inspection_decision.accept(
        desk.session, found, reward.id, by=desk.actor("cr.sun"), at=desk.now, facts="迎接并引导客户。"
    )
    assert reward.reward is not None and reward.reward.granted is None


def test_the_score_counts_in_the_month_of_the_visit(desk: Desk) -> None:
    found = submitted(desk)
    inspection_result.publish(desk.session, found, by=desk.actor("cr.sun"), at=desk.now + 40 * DAY)
    (row,) = desk.session.scalars(select(AssessmentRow))
    assert (row.source, row.counts_on, row.department, row.values["score"]) == (
        "sales_visits", date(2026, 3, 2), desk.department("sales"), Decimal(100),
    )  # fmt: skip


def test_what_was_not_seen_makes_no_score_and_no_fine(desk: Desk) -> None:
    found = answered(desk, planned(desk), ("greeted_at_the_door",), ("listens",))
    verbs.submit(desk.session, found, by=desk.actor("cr.lin"), at=desk.now)
    hold(desk, "receptionist", "sales.zhao")
    published(desk, found)
    assert (found.row, found.proposals) == (None, [])


def test_what_is_not_answered_is_not_submitted(desk: Desk) -> None:
    found = verbs.begin(desk.session, planned(desk), by=desk.actor("cr.lin"), at=desk.now)
    with pytest.raises(Refused, match="37 factors"):
        verbs.submit(desk.session, found, by=desk.actor("cr.lin"), at=desk.now)


def test_the_result_is_due_a_week_after_the_visit(desk: Desk) -> None:
    found = verbs.begin(desk.session, planned(desk), by=desk.actor("cr.lin"), at=desk.now)
    assert (found.due_at, found.voucher) == (desk.now + 7 * DAY, 20_000)


# --- an accepted fine is a penalty proposal like any other


def fined(desk: Desk) -> tuple[Inspection, Penalty]:
    found = submitted(desk, "listens")
    name(desk, found, "sales.wang", "listens")
    published(desk, found)
    (proposal,) = [p for p in found.proposals if p.rule == "MS-3"]
    facts = inspection_decision.usual_facts(found, proposal, desk.actor("cr.sun")).en
    inspection_decision.accept(desk.session, found, proposal.id, by=desk.actor("cr.sun"), at=desk.now, facts=facts)
    assert proposal.penalty is not None
    return found, proposal.penalty


def test_an_accepted_fine_is_heard_and_approved_with_its_own_amount(desk: Desk) -> None:
    _found, penalty = fined(desk)
    assert "2026年3月2日" in penalty.facts and "认真倾听" in penalty.facts
    assert (penalty.facts_en or "").startswith("2 March 2026, mystery visit by the ")
    desk.decide("waive", penalty, "sales.wang")
    desk.decide("submit", penalty, "sales.chen")
    step = desk.decide("approve", penalty, "gm.zhou")
    (letter,) = step.event.letters
    (entry,) = desk.session.scalars(select(MoneyEntry))
    assert (entry.amount, letter.kind, list(step.event.entries)) == (-2000, "fine_notice", [])
    assert letter.content["rules"][0]["id"] == "MS-3" and "客户满意度" in letter.content["regulation"]["zh"]


def test_a_single_fine_moves_nobody_up_a_ladder(desk: Desk) -> None:
    _found, penalty = fined(desk)
    for by, act in (("sales.wang", "waive"), ("sales.chen", "submit"), ("gm.zhou", "approve")):
        desk.decide(act, penalty, by)
    standing = escalation.standing_of(desk.session, desk.person("sales.wang"), "sales", desk.now)
    assert standing.counted == [] and not penalty.counts_at(desk.now)


def test_a_proposal_is_decided_once(desk: Desk) -> None:
    found, _penalty = fined(desk)
    (proposal,) = [p for p in found.proposals if p.rule == "MS-3"]
    with pytest.raises(Refused, match="decided already"):
        inspection_decision.accept(desk.session, found, proposal.id, by=desk.actor("cr.sun"), at=desk.now, facts="再次")
    with pytest.raises(DatabaseError, match="never changed"):
        desk.session.execute(text("UPDATE inspection_proposal SET penalty_id = NULL WHERE penalty_id IS NOT NULL"))


def test_nobody_is_asked_twice_for_one_finding(desk: Desk) -> None:
    fined(desk)
    with pytest.raises(DatabaseError):
        desk.session.execute(
            text(
                "INSERT INTO inspection_proposal (inspection_id, kind, rule, person_id, amount, because)"
                " SELECT inspection_id, kind, rule, person_id, amount, because FROM inspection_proposal"
                " WHERE penalty_id IS NOT NULL"
            )
        )


def test_without_fines_nothing_is_proposed(desk: Desk) -> None:
    found = submitted(desk, "listens")
    name(desk, found, "sales.wang", "listens")
    published(desk, found)
    desk.office.company.settings = {**desk.office.company.settings, "fines": "points_only"}
    with pytest.raises(Refused, match="allow no fines"):
        inspection_decision.accept(
            desk.session, found, found.proposals[0].id, by=desk.actor("cr.sun"), at=desk.now, facts="未认真倾听"
        )


def test_setting_aside_needs_a_reason(desk: Desk) -> None:
    found = submitted(desk, "listens")
    name(desk, found, "sales.wang", "listens")
    key = published(desk, found).proposals[0].id
    with pytest.raises(Refused, match="Give a reason"):
        inspection_decision.set_aside(desk.session, found, key, by=desk.actor("cr.sun"), at=desk.now, reason=" ")
    inspection_decision.set_aside(desk.session, found, key, by=desk.actor("cr.sun"), at=desk.now, reason="首次")
    assert found.proposals[0].reason == "首次"


def test_nobody_decides_about_themselves(desk: Desk) -> None:
    hold(desk, "head_of_security", "cr.sun")
    found = published(desk, submitted(desk, checklist="after_sales"))
    for act in (inspection_decision.accept, inspection_decision.set_aside):
        said = {"facts": "做到"} if act is inspection_decision.accept else {"reason": "不"}
        with pytest.raises(Refused, match="about themselves"):
            act(desk.session, found, found.proposals[0].id, by=desk.actor("cr.sun"), at=desk.now, **said)  # type: ignore[arg-type]


# --- writing


def test_what_another_has_changed_is_not_overwritten_unseen(desk: Desk) -> None:
    found = verbs.begin(desk.session, planned(desk), by=desk.actor("cr.lin"), at=desk.now)
    write = inspection_findings.write
    first = Answer("listens", "met", "好")
    assert write(desk.session, found, [first], by=desk.actor("cr.lin"), at=desk.now).clashes == []
    # The answer was lost on the way and is sent again.
    assert write(desk.session, found, [first], by=desk.actor("cr.lin"), at=desk.now).clashes == []
    other = Answer("listens", "missed", "没有", base=0)
    outcome = write(desk.session, found, [other], by=desk.actor("cr.sun"), at=desk.now)
    assert [(c.met, c.note, c.revision) for c in outcome.clashes] == [(True, "好", 1)]
    knowingly = Answer("listens", "missed", "没有", base=1)
    assert write(desk.session, found, [knowingly], by=desk.actor("cr.sun"), at=desk.now).clashes == []
    assert (found.findings[0].met, found.findings[0].revision) == (False, 2)


def test_a_photo_sent_twice_is_kept_once(desk: Desk) -> None:
    found = verbs.begin(desk.session, planned(desk), by=desk.actor("cr.lin"), at=desk.now)
    for key in ("a", "b"):
        photo = Evidence(key * 32, "门口.jpg", "image/jpeg", 9, "d" * 64)
        inspection_findings.add_photos(desk.session, found, "listens", [photo], by=desk.actor("cr.lin"), at=desk.now)
    assert [photo.file.name for photo in found.photos] == ["门口.jpg"]


# --- who may


@pytest.mark.parametrize("who", ["sales.chen", "sales.wang", "hr.qian", "admin.root", "deputy.he", "service.liu"])
def test_those_inspected_know_of_nothing_before_it_is_published(desk: Desk, who: str) -> None:
    found = planned(desk)
    for act in (None, verbs.begin, None):
        if act is not None:
            act(desk.session, found, by=desk.actor("cr.lin"), at=desk.now)
        assert not roles.may_see(found, desk.actor(who))
        assert desk.session.scalars(select(Inspection).where(roles.visible_to(desk.actor(who)))).all() == []
    with pytest.raises(Refused, match="no such inspection"):
        verbs.cancel(desk.session, found, by=desk.actor(who), at=desk.now, reason="不")


def test_after_publication_everybody_reads_the_scores_and_only_those_concerned_the_findings(desk: Desk) -> None:
    found = submitted(desk, "listens")
    name(desk, found, "sales.wang", "listens")
    published(desk, found)
    (mine,) = [finding for finding in found.findings if finding.factor == "listens"]
    readers = {
        "sales.chen": (True, True), "sales.wang": (False, True), "sales.zhao": (False, False),
        "service.liu": (False, False), "hr.qian": (False, False), "gm.zhou": (True, True),
    }  # fmt: skip
    for who, (sees, own) in readers.items():
        actor = desk.actor(who)
        assert roles.may_see(found, actor)
        assert (roles.sees_findings(found, actor), roles.sees_finding(mine, found, actor)) == (sees, own)
        assert roles.sees_visitor(found, actor) is (who == "gm.zhou")


def test_who_works_there_does_not_inspect(desk: Desk) -> None:
    with pytest.raises(Refused, match="not to know of it"):
        planned(desk, inspectors=[desk.person("sales.li")])


@pytest.mark.parametrize("who", ["sales.chen", "service.ma", "hr.qian", "admin.root"])
def test_only_customer_relations_and_the_general_manager_plan(desk: Desk, who: str) -> None:
    wish = verbs.Plan(InspectionKind.SELF, "sales", desk.department("sales"), date(2026, 3, 2), [desk.person("cr.lin")])
    with pytest.raises(Refused, match="Customer relations and the general manager"):
        verbs.plan(desk.session, wish, by=desk.actor(who), at=desk.now)


# --- the voucher, the plan, the manufacturer


def test_the_voucher_is_given_once(desk: Desk) -> None:
    found = verbs.begin(desk.session, planned(desk), by=desk.actor("cr.lin"), at=desk.now)
    verbs.give_voucher(desk.session, found, by=desk.actor("cr.sun"), at=desk.now, receipt="收条 17")
    with pytest.raises(Refused, match="given already"):
        verbs.give_voucher(desk.session, found, by=desk.actor("cr.sun"), at=desk.now, receipt="收条 18")
    with pytest.raises(DatabaseError, match="second voucher"):
        desk.session.execute(text("UPDATE inspection SET voucher_receipt = '18'"))


def test_the_plan_says_what_the_month_still_needs(desk: Desk) -> None:
    before = {(n.kind.value, n.checklist): n.missing for n in inspection_plan.needs(desk.actor("cr.sun"), "2026-03")}
    assert before == {("mystery", "sales"): 1, ("mystery", "after_sales"): 1, ("self", None): 1}
    planned(desk)
    (need,) = [n for n in inspection_plan.needs(desk.actor("cr.sun"), "2026-03") if n.checklist == "sales"]
    assert (need.missing, need.planned, need.done) == (0, 1, 0)


def checked_by_the_manufacturer(desk: Desk) -> Inspection:
    found = verbs.begin(desk.session, planned(desk, "manufacturer"), by=desk.actor("cr.lin"), at=desk.now)
    verbs.enter_result(
        desk.session,
        found,
        by=desk.actor("cr.lin"),
        at=desk.now,
        score=Decimal(96),
        day=date(2026, 2, 27),
        imposed=50_000,
    )
    return verbs.submit(desk.session, found, by=desk.actor("cr.lin"), at=desk.now)


def test_a_manufacturers_check_counts_when_it_was_published_and_is_shared_out(desk: Desk) -> None:
    found = checked_by_the_manufacturer(desk)
    shares = [
        inspection_result.Share(desk.person("sales.wang"), 30_000, Decimal(3), "试驾未邀请"),
        inspection_result.Share(desk.person("sales.li"), 20_000, Decimal(1), "未督促"),
    ]
    with pytest.raises(Refused, match=r"imposed 500\.00"):
        inspection_result.publish(desk.session, found, by=desk.actor("cr.sun"), at=desk.now, shares=shares[:1])
    inspection_result.publish(desk.session, found, by=desk.actor("cr.sun"), at=desk.now, shares=shares)
    assert found.row is not None and (found.row.source, found.row.counts_on) == (
        "manufacturer_checks",
        date(2026, 2, 27),
    )
    assert told(found) == {("MS-9", "王强", 300), ("MS-9", "李娜", 200)}


# --- the database


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE inspection_finding SET met = 1",
        "UPDATE inspection SET published_at = NULL",
        "UPDATE inspection_act SET action = 'x'",
        "DELETE FROM inspection_finding",
        "DELETE FROM inspection_proposal",
        "DELETE FROM inspection",
    ],
)
def test_what_is_published_is_never_changed(desk: Desk, session: Session, statement: str) -> None:
    found = submitted(desk, "listens")
    name(desk, found, "sales.wang", "listens")
    published(desk, found)
    if session.get_bind().dialect.name == "postgresql":
        statement = statement.replace("= 1", "= true")
    with pytest.raises(DatabaseError, match="never"):
        session.execute(text(statement))


def test_the_states_follow_each_other(desk: Desk) -> None:
    found = planned(desk)
    assert found.state is InspectionState.PLANNED
    with pytest.raises(Refused, match="not possible any more"):
        published(desk, found)
    answered(desk, found)
    assert found.state is InspectionState.UNDER_WAY
    verbs.submit(desk.session, found, by=desk.actor("cr.lin"), at=desk.now)
    verbs.take_back(desk.session, found, by=desk.actor("cr.sun"), at=desk.now, reason="补照片")
    assert found.state is InspectionState.UNDER_WAY
    verbs.cancel(desk.session, found, by=desk.actor("cr.sun"), at=desk.now, reason="展厅停业")
    assert [act.action for act in found.acts] == ["plan", "begin", "submit", "take_back", "cancel"]
