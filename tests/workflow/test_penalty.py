"""What people notice of a penalty: who may do what, what it costs, what comes back, what the letters say."""

from datetime import date, timedelta

import pytest

from models import Complaint, LadderStep, Penalty, PenaltyState, Person, RegulationAcknowledgement, Team
from pdf import letter as paper
from tests.builders import HOUR, MONDAY, Desk, moment
from workflow import commission, deadline, escalation, penalty_roles, people, places, reading
from workflow.process import Refused

YEAR_LATER = moment(3, 2, 10, year=2027)


def refusal(desk: Desk, action: str, penalty: Penalty, by: str, **inputs: object) -> Refused:
    at = inputs.pop("at", None)
    with pytest.raises(Refused) as caught:
        desk.decide(action, penalty, by, at, **inputs)  # type: ignore[arg-type]
    desk.session.flush()
    return caught.value


def charged(penalty: Penalty) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for event in penalty.events:
        for entry in event.money:
            found.setdefault(entry.person.username, []).append(entry.amount)
    return found


def letter_of(penalty: Penalty) -> dict:
    return penalty.events[-1].letters[0].content


# --- proposing


def test_a_stranger_proposes_nothing(desk: Desk) -> None:
    for stranger in ("sales.chen", "service.gao", "hr.qian", "admin.root"):
        with pytest.raises(Refused) as caught:
            desk.propose(stranger)
        assert caught.value.code == "forbidden"
        desk.session.rollback()


def test_nobody_proposes_a_penalty_against_themselves(desk: Desk) -> None:
    with pytest.raises(Refused, match="You are the respondent"):
        desk.propose("service.liu", respondent="service.liu")


def test_the_general_manager_takes_the_steps_of_a_head_who_is_the_respondent(desk: Desk) -> None:
    penalty = desk.propose("cr.lin", respondent="service.liu")
    desk.decide("waive", penalty, "service.liu")
    assert refusal(desk, "submit", penalty, "service.liu").code == "forbidden"
    assert desk.decide("submit", penalty, "gm.zhou").subject.state is PenaltyState.SUBMITTED


def test_whoever_proposed_a_penalty_does_not_approve_it(desk: Desk) -> None:
    penalty = desk.propose("gm.zhou", respondent="service.liu")
    desk.decide("waive", penalty, "service.liu")
    desk.decide("submit", penalty, "gm.zhou")
    assert "You proposed this penalty" in str(refusal(desk, "approve", penalty, "gm.zhou"))
    assert desk.decide("approve", penalty, "deputy.he").subject.state is PenaltyState.ISSUED


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"facts": " "}, "facts"),
        ({"facts": "一" * 5_001}, "facts"),
        ({"rule": "CS-4"}, "rule"),
        ({"rule": "CS-9"}, "rule"),
        ({"rework_cost": 100}, "rework_cost"),
        ({"occurred_on": date(2026, 3, 3)}, "occurred_on"),
    ],
)
def test_a_proposal_that_makes_no_sense_is_refused_at_its_field(desk: Desk, changes: dict, field: str) -> None:
    with pytest.raises(Refused) as caught:
        desk.propose(**changes)
    assert caught.value.code == "invalid"
    assert [objection.values["field"] for objection in caught.value.objections] == [field]


@pytest.mark.parametrize("cost", [0, -1, 100_000_001])
def test_a_rework_cost_beyond_any_sense_is_refused(desk: Desk, cost: int) -> None:
    with pytest.raises(Refused, match=r"0\.01 and 1,000,000"):
        desk.propose("detailing.xu", respondent="detailing.guo", rule="CS-9", rework_cost=cost)


def test_nobody_who_has_left_is_penalised(desk: Desk) -> None:
    people.leave(desk.session, desk.person("service.ma"), by=desk.person("hr.qian"), at=MONDAY - HOUR)
    desk.session.flush()
    with pytest.raises(Refused, match="has left the company"):
        desk.propose()


class TestFromAComplaint:
    def test_it_needs_a_breach_that_was_found(self, desk: Desk) -> None:
        complaint = desk.complaint("handling")
        with pytest.raises(Refused, match="no breach of a rule has been found"):
            desk.propose(complaint=complaint)

    def test_it_is_about_the_same_person(self, desk: Desk) -> None:
        with pytest.raises(Refused, match="about somebody else"):
            desk.propose(complaint=self._with_a_breach(desk), respondent="service.gao")

    def test_one_act_brings_one_sanction(self, desk: Desk) -> None:
        complaint = self._with_a_breach(desk)
        desk.propose(complaint=complaint)
        with pytest.raises(Refused, match="one sanction for one act"):
            desk.propose(complaint=complaint)

    def test_a_dropped_one_can_be_proposed_again(self, desk: Desk) -> None:
        complaint = self._with_a_breach(desk)
        first = desk.propose(complaint=complaint)
        desk.decide("drop", first, "service.liu", reason="材料不全")
        assert desk.propose(complaint=complaint).state is PenaltyState.PROPOSED

    def _with_a_breach(self, desk: Desk) -> Complaint:
        case = desk.complaint("assigned")
        desk.take("accept", case, "service.liu", violation=True)
        return Complaint.locked(desk.session, case.id)


# --- hearing and deciding


def test_the_defence_is_awaited_for_two_working_days(desk: Desk) -> None:
    penalty = desk.propose()
    early = refusal(desk, "submit", penalty, "service.liu", at=moment(3, 4, 8, 59))
    assert early.code == "too_early"
    assert early.objections[0].values["until"] == moment(3, 4, 9)
    assert desk.decide("submit", penalty, "service.liu", moment(3, 4, 9)).subject.state is PenaltyState.SUBMITTED


def test_nobody_defends_for_another(desk: Desk) -> None:
    penalty = desk.propose()
    places.delegate(
        desk.session, desk.person("service.gao"), by=desk.person("service.liu"), at=MONDAY, since=MONDAY,
        until=MONDAY + timedelta(days=9),
    )  # fmt: skip
    assert refusal(desk, "defend", penalty, "service.gao", statement="代答").code == "forbidden"


def test_a_first_penalty_costs_fifty_yuan_and_five_points_and_the_leader_two(desk: Desk) -> None:
    penalty = desk.penalty("issued")
    assert penalty.step is LadderStep.FIRST
    assert charged(penalty) == {"service.ma": [-5_000]}
    month = "2026-03"
    assert desk.office.balance(desk.person("service.ma"), month) == 95
    assert desk.office.balance(desk.person("service.gao"), month) == 98


def test_the_leaders_own_penalty_brings_no_joint_liability(desk: Desk) -> None:
    penalty = desk.propose(respondent="service.gao")
    desk.decide("waive", penalty, "service.gao")
    desk.decide("submit", penalty, "service.liu")
    desk.decide("approve", penalty, "gm.zhou")
    assert desk.office.balance(desk.person("service.gao"), "2026-03") == 95


def test_where_only_points_are_taken_no_fine_is_charged(desk: Desk) -> None:
    desk.office.company.settings = {**desk.office.company.settings, "fines": "points_only"}
    penalty = desk.penalty("issued")
    assert charged(penalty) == {}
    assert desk.office.balance(desk.person("service.ma"), "2026-03") == 95


@pytest.mark.parametrize("state", ["proposed", "dropped", "revoked"])
def test_what_is_pending_dropped_or_revoked_does_not_count(desk: Desk, state: str) -> None:
    desk.penalty(state)
    assert desk.penalty("issued").step is LadderStep.FIRST


@pytest.mark.parametrize("state", ["issued", "appealed", "final", "settled"])
def test_what_is_in_force_counts_also_while_it_is_appealed(desk: Desk, state: str) -> None:
    desk.penalty(state)
    assert desk.penalty("issued").step is LadderStep.SECOND


def test_a_penalty_counts_to_the_minute_for_twelve_months(desk: Desk) -> None:
    first = desk.penalty("issued")
    ma = desk.person("service.ma")
    last = moment(3, 2, 9, year=2027)
    assert first.counts_until == last
    stand = lambda at: escalation.standing_of(desk.session, ma, "after_sales", at).state  # noqa: E731
    assert stand(last - timedelta(minutes=1)) is LadderStep.FIRST
    assert stand(last) is LadderStep.CLEAR


def test_the_reasons_of_the_step_stand_in_the_letter(desk: Desk) -> None:
    first = desk.penalty("issued")
    second = desk.penalty("issued")
    told = letter_of(second)["penalty"]
    assert [(earlier["step"], earlier["case_number"]) for earlier in told["counted"]] == [("first", first.number)]
    assert told["next_step"] == {"step": "dismissal", "fine_fen": 0, "points": "-20.00"}
    assert told["fine_fen"] == 10_000


def test_the_appeal_may_be_made_until_its_last_minute(desk: Desk) -> None:
    penalty = desk.penalty("issued")
    assert penalty.due_at == moment(3, 9, 9)
    due = list(deadline.due(desk.session, moment(3, 9, 8, 59)))
    assert due == []
    desk.lapse(moment(3, 9, 9))
    assert Penalty.locked(desk.session, penalty.id).state is PenaltyState.FINAL


# --- the dismissal


@pytest.fixture
def third(desk: Desk) -> Penalty:
    """A third penalty, submitted with the union's notice."""
    desk.penalty("issued")
    desk.penalty("issued")
    penalty = desk.propose()
    desk.decide("waive", penalty, "service.ma")
    desk.decide("submit", penalty, "service.liu", union_notice="工会无异议。")
    return Penalty.locked(desk.session, penalty.id)


class TestADismissal:
    def test_only_with_the_unions_notice_is_it_submitted(self, desk: Desk) -> None:
        desk.penalty("issued")
        desk.penalty("issued")
        penalty = desk.propose()
        desk.decide("waive", penalty, "service.ma")
        assert refusal(desk, "submit", penalty, "service.liu").objections[0].values["field"] == "union_notice"

    def test_the_unions_notice_blocks_what_has_become_the_third(self, desk: Desk) -> None:
        """Submitted as a second while another one waited: meanwhile it is the third."""
        desk.penalty("issued")
        waiting = desk.penalty("submitted")
        desk.penalty("issued")
        stopped = refusal(desk, "approve", waiting, "gm.zhou", open_reason="已核")
        assert [objection.values["field"] for objection in stopped.objections] == ["union_notice"]

    def test_open_items_cost_a_written_reason(self, desk: Desk, third: Penalty) -> None:
        assert refusal(desk, "approve", third, "gm.zhou").objections[0].values["field"] == "open_reason"
        step = desk.decide("approve", third, "gm.zhou", open_reason="送达有见证，另行补签。")
        exam = {item["key"]: item["is_open"] for item in step.event.said["exam"]}
        assert list(exam) == ["regulation", "facts", "earlier", "once", "union", "protection"]
        assert (exam["union"], exam["once"]) == (False, False)
        assert exam["earlier"]
        assert letter_of(step.subject)["exam"]["open_reason"] == "送达有见证，另行补签。"

    def test_the_examination_tells_its_days_as_each_language_writes_them(self, desk: Desk, third: Penalty) -> None:
        step = desk.decide("approve", third, "gm.zhou", open_reason="已核。")
        regulation = step.event.said["exam"][0]
        assert "自2026年1月1日起施行" in regulation["zh"]
        assert "in force from 1 January 2026" in regulation["en"]

    def test_with_every_item_in_order_no_reason_is_asked(self, desk: Desk) -> None:
        """Each earlier decision was acknowledged before the next offence."""
        ma = desk.person("service.ma")
        for day in (2, 3):
            desk.now = moment(3, day)
            issued = desk.penalty("issued", occurred_on=date(2026, 3, day))
            reading.acknowledge(issued.events[-1].letters[0], by=ma, at=desk.now)
        desk.now = moment(3, 5)
        penalty = desk.propose(occurred_on=date(2026, 3, 5), complaint=None)
        version = penalty.regulation_version
        desk.session.add(RegulationAcknowledgement(version_id=version.id, person_id=ma.id, acknowledged_at=MONDAY))
        penalty.protection = "不在孕期、医疗期，无工伤。"
        desk.decide("waive", penalty, "service.ma")
        desk.decide("submit", penalty, "service.liu", union_notice="工会无异议。")
        open_items = refusal(desk, "approve", penalty, "gm.zhou")
        assert open_items.objections[0].values["field"] == "open_reason"  # no evidence, adoption not recorded

    def test_it_carries_no_fine_and_twenty_points(self, desk: Desk, third: Penalty) -> None:
        step = desk.decide("approve", third, "gm.zhou", open_reason="已核")
        assert step.subject.step is LadderStep.DISMISSAL
        assert step.event.money == []
        assert [entry.points for entry in step.event.entries] == [-20, -2]
        assert [letter.kind for letter in step.event.letters] == ["dismissal_notice"]

    def test_the_account_keeps_to_its_own_letters_and_appeals(self, desk: Desk, third: Penalty) -> None:
        other = desk.propose("sales.chen", respondent="sales.wang")
        desk.decide("approve", third, "gm.zhou", open_reason="已核")
        ma = desk.actor("service.ma")
        assert ma.has_left
        assert penalty_roles.may_see(Penalty.locked(desk.session, third.id), ma)
        assert not penalty_roles.may_see(Penalty.locked(desk.session, other.id), ma)
        assert desk.decide("appeal", third, "service.ma", grounds="第二次不实").subject.state is PenaltyState.APPEALED

    def test_it_may_end_on_a_later_day_and_never_on_a_past_one(self, desk: Desk, third: Penalty) -> None:
        past = refusal(desk, "approve", third, "gm.zhou", open_reason="已核", ends_on=date(2026, 3, 1))
        assert past.objections[0].values["field"] == "ends_on"
        desk.decide("approve", third, "gm.zhou", open_reason="已核", ends_on=date(2026, 3, 31))
        ma = desk.person("service.ma")
        assert ma.left_at == moment(4, 1, 0)
        assert not ma.has_left_at(moment(3, 31, 23))

    def test_revoked_it_gives_the_post_back(self, desk: Desk, third: Penalty) -> None:
        desk.decide("approve", third, "gm.zhou", open_reason="已核")
        desk.decide("appeal", third, "service.ma", grounds="不实")
        desk.decide("revoke", third, "gm.zhou", at=MONDAY + HOUR, reason="申诉成立")
        ma = desk.person("service.ma")
        assert ma.left_at is None
        assert [post.until is None for post in ma.postings] == [False, True]
        assert ma.postings[-1].wage == 550_000

    def test_regraded_it_goes_back_to_the_general_manager(self, desk: Desk, third: Penalty) -> None:
        first = desk.session.get_one(Penalty, third.id - 2)
        desk.decide("approve", third, "gm.zhou", open_reason="已核")
        desk.decide("appeal", first, "service.ma", grounds="不实")
        step = desk.decide("revoke", first, "gm.zhou", at=MONDAY + HOUR, reason="成立")
        assert [(b.subject.id, b.subject.step) for b in step.brought] == [
            (third.id - 1, LadderStep.FIRST), (third.id, LadderStep.SECOND),
        ]  # fmt: skip
        regraded = Penalty.locked(desk.session, third.id)
        assert regraded.reinstatement_due_at == moment(3, 9, 10)
        assert charged(regraded) == {"service.ma": [-10_000]}
        assert refusal(desk, "reinstate", regraded, "gm.zhou", reinstated=None, reason="复职").code == "invalid"
        desk.decide("reinstate", regraded, "gm.zhou", at=MONDAY + HOUR, reinstated=True, reason="改为第二次处罚")
        assert desk.person("service.ma").left_at is None

    def test_only_a_dismissal_is_certified_and_once(self, desk: Desk, third: Penalty) -> None:
        desk.decide("approve", third, "gm.zhou", open_reason="已核")
        step = desk.decide("certify", third, "hr.qian")
        assert [letter.kind for letter in step.event.letters] == ["separation_certificate"]
        assert refusal(desk, "certify", third, "hr.qian").code == "moved_on"

    def test_no_further_penalty_can_be_approved(self, desk: Desk, third: Penalty) -> None:
        fourth = desk.propose()
        desk.decide("waive", fourth, "service.ma")
        desk.decide("submit", fourth, "service.liu", union_notice="无异议")
        desk.decide("approve", third, "gm.zhou", open_reason="已核", ends_on=date(2026, 3, 31))
        assert "under a dismissal already" in str(refusal(desk, "approve", fourth, "gm.zhou", open_reason="已核"))


# --- appeal


def test_a_revoked_penalty_gives_everything_back(desk: Desk) -> None:
    penalty = desk.penalty("revoked")
    assert charged(penalty) == {"service.ma": [-5_000, 5_000]}
    assert desk.office.balance(desk.person("service.ma"), "2026-03") == 100
    assert desk.office.balance(desk.person("service.gao"), "2026-03") == 100


def test_the_review_body_rules_where_one_is_named(desk: Desk) -> None:
    desk.office.company.settings = {**desk.office.company.settings, "review_body": desk.person("hr.qian").id}
    desk.session.flush()
    fresh = Desk(desk.session)
    penalty = fresh.penalty("issued")
    fresh.decide("appeal", penalty, "service.ma", grounds="不实")
    assert refusal(fresh, "revoke", penalty, "gm.zhou", reason="成立").code == "forbidden"
    assert fresh.decide("revoke", penalty, "hr.qian", reason="成立").subject.state is PenaltyState.REVOKED


# --- commission


def test_a_commission_known_later_is_forfeited_then_and_once(desk: Desk) -> None:
    guo = desk.person("detailing.guo")
    for _ in range(2):
        penalty = desk.propose("detailing.xu", respondent="detailing.guo", rule="CS-9", rework_cost=10_000)
        desk.decide("waive", penalty, "detailing.guo")
        desk.decide("submit", penalty, "detailing.xu")
        desk.decide("approve", penalty, "gm.zhou")
    steps = commission.record(
        desk.session, guo, month="2026-03", amount=120_000, by=desk.actor("hr.qian", moment(4, 2)), at=moment(4, 2)
    )
    assert [[entry.amount for entry in step.event.money] for step in steps] == [[-120_000]]
    with pytest.raises(Refused, match="forfeited"):
        commission.record(desk.session, guo, month="2026-03", amount=1, by=desk.actor("hr.qian"), at=moment(4, 3))


def test_after_a_revocation_the_next_penalty_of_that_month_takes_the_commission_by_itself(desk: Desk) -> None:
    guo, hr = desk.person("detailing.guo"), desk.actor("hr.qian")
    commission.record(desk.session, guo, month="2026-03", amount=120_000, by=hr, at=desk.now)
    found = []
    for _ in range(3):
        penalty = desk.propose("detailing.xu", respondent="detailing.guo", rule="CS-9")
        desk.decide("waive", penalty, "detailing.guo")
        desk.decide("submit", penalty, "detailing.xu", union_notice="无异议")
        found.append(penalty)
    first, second, third = found
    for penalty in (first, second):
        desk.decide("approve", penalty, "gm.zhou")
    assert (first.forfeited_month, second.forfeited_month) == ("2026-03", None)
    desk.decide("appeal", first, "detailing.guo", grounds="不服")
    step = desk.decide("revoke", first, "gm.zhou", reason="成立")
    (forfeit,) = [each for each in step.brought if each.rule.name == "forfeit"]
    assert (forfeit.subject, forfeit.event.actor, forfeit.event.said["instead_of"]) == (second, None, first.number)
    assert [entry.amount for entry in forfeit.event.money] == [-120_000]
    (letter,) = forfeit.event.letters
    assert "已被撤销，提成改由本处罚扣除" in paper.html(letter.content, lang="zh", copy="full", digest=letter.digest)
    desk.decide("appeal", second, "detailing.guo", grounds="不服")
    assert not desk.decide("revoke", second, "gm.zhou", reason="成立").brought
    for penalty in (first, second):
        amounts = [entry for entries in charged(Penalty.locked(desk.session, penalty.id)).values() for entry in entries]
        assert sum(amounts) == 0
    desk.decide("approve", third, "gm.zhou")
    assert third.forfeited_month == "2026-03"


@pytest.mark.parametrize(
    ("month", "amount", "field"),
    [("2026-3", 1, "month"), ("2026-13", 1, "month"), ("2026-04", 1, "month"), (None, 1, "month"),
     ("2026-03", -1, "amount"), ("2026-03", None, "amount"), ("2026-03", 100_000_001, "amount")],
)  # fmt: skip
def test_a_commission_that_makes_no_sense_is_refused(
    desk: Desk, month: str | None, amount: int | None, field: str
) -> None:
    guo: Person = desk.person("detailing.guo")
    with pytest.raises(Refused) as caught:
        commission.record(desk.session, guo, month=month, amount=amount, by=desk.actor("hr.qian"), at=MONDAY)
    assert caught.value.objections[0].values["field"] == field


def test_only_human_resources_record_commissions(desk: Desk) -> None:
    with pytest.raises(Refused, match="Only human resources"):
        commission.record(
            desk.session, desk.person("detailing.guo"), month="2026-03", amount=1, by=desk.actor("gm.zhou"), at=MONDAY
        )


# --- who was part of it


def test_a_regrading_gives_back_what_was_charged_whatever_is_allowed_today(desk: Desk) -> None:
    first, second = desk.penalty("issued"), desk.penalty("issued")
    desk.office.company.settings = {**desk.office.company.settings, "fines": "points_only"}
    desk.decide("appeal", first, "service.ma", grounds="不实")
    desk.decide("revoke", first, "gm.zhou", reason="成立")
    assert charged(Penalty.locked(desk.session, second.id)) == {"service.ma": [-10_000, 5_000]}


def test_what_was_never_charged_is_not_given_back(desk: Desk) -> None:
    desk.office.company.settings = {**desk.office.company.settings, "fines": "points_only"}
    first, second = desk.penalty("issued"), desk.penalty("issued")
    desk.office.company.settings = {**desk.office.company.settings, "fines": "allowed"}
    desk.decide("appeal", first, "service.ma", grounds="不实")
    desk.decide("revoke", first, "gm.zhou", reason="成立")
    assert charged(Penalty.locked(desk.session, second.id)) == {}


def test_the_totals_of_a_revocation_and_its_regrading_add_up(desk: Desk) -> None:
    first = desk.penalty("issued")
    desk.penalty("issued")
    desk.decide("appeal", first, "service.ma", grounds="不实")
    step = desk.decide("revoke", first, "gm.zhou", reason="成立")
    [revocation], [regrading] = step.event.letters, step.brought[0].event.letters
    assert [line["total_fen"] for line in revocation.content["money"]] == [-10_000]
    assert [line["total_fen"] for line in regrading.content["money"]] == [-5_000]


def _delegate(desk: Desk, principal: str, deputy: str) -> None:
    places.delegate(
        desk.session, desk.person(deputy), by=desk.person(principal), at=MONDAY, since=MONDAY,
        until=MONDAY + timedelta(days=30),
    )  # fmt: skip
    desk.session.flush()


def test_whoever_proposed_a_penalty_does_not_rule_on_its_appeal_for_another(desk: Desk) -> None:
    penalty = desk.penalty("appealed")
    _delegate(desk, "gm.zhou", "service.liu")
    assert "You proposed this penalty" in str(
        refusal(Desk(desk.session), "sustain", penalty, "service.liu", reason="维持")
    )


def test_a_review_body_that_approved_for_another_does_not_review_it(desk: Desk) -> None:
    company = desk.office.company
    company.settings = {**company.settings, "review_body": desk.person("deputy.he").id}
    _delegate(desk, "gm.zhou", "deputy.he")
    fresh = Desk(desk.session)
    penalty = fresh.penalty("submitted")
    fresh.decide("approve", penalty, "deputy.he")
    fresh.decide("appeal", penalty, "service.ma", grounds="不实")
    reviewer = penalty_roles.who_reviews(Penalty.locked(desk.session, penalty.id), fresh.office.staff(fresh.now))
    assert reviewer is not None
    assert reviewer.username == "gm.zhou"


def test_a_review_body_that_has_left_gives_way_to_the_general_manager(desk: Desk) -> None:
    company = desk.office.company
    company.settings = {**company.settings, "review_body": desk.person("parts.deng").id}
    desk.person("parts.deng").left_at = MONDAY
    desk.session.flush()
    fresh = Desk(desk.session)
    penalty = fresh.penalty("appealed")
    assert fresh.decide("sustain", penalty, "gm.zhou", reason="维持").subject.state is PenaltyState.FINAL


def test_who_stands_in_for_a_head_does_not_see_the_heads_own_case(desk: Desk) -> None:
    own = desk.propose("cr.lin", respondent="service.liu")
    _delegate(desk, "service.liu", "service.gao")
    gao = Desk(desk.session).actor("service.gao")
    assert not penalty_roles.may_see(Penalty.locked(desk.session, own.id), gao)


def test_who_left_of_their_own_accord_is_not_employed_again(desk: Desk, third: Penalty) -> None:
    desk.decide("approve", third, "gm.zhou", open_reason="已核", ends_on=date(2026, 3, 31))
    ma = desk.person("service.ma")
    people.leave(desk.session, ma, by=desk.person("hr.qian"), at=MONDAY + HOUR)
    desk.session.flush()
    desk.decide("appeal", third, "service.ma", at=MONDAY + 2 * HOUR, grounds="不实")
    desk.decide("revoke", third, "gm.zhou", at=MONDAY + 3 * HOUR, reason="成立")
    assert ma.left_at == MONDAY + HOUR


def test_the_leader_at_the_time_of_the_offence_answers_for_it(desk: Desk) -> None:
    gao = desk.person("service.gao")
    team = gao.postings[0].team_id
    places.name_team_leader(
        desk.session, desk.session.get_one(Team, team), desk.person("service.liu"), by=desk.person("admin.root"),
        at=MONDAY - HOUR,
    )  # fmt: skip
    desk.session.flush()
    before, after = desk.propose(occurred_on=date(2026, 2, 27)), desk.propose()
    assert (before.leader_id, after.leader_id) == (gao.id, desk.person("service.liu").id)
