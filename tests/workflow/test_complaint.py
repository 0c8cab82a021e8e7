"""What the complaint's rules mean for the people concerned, case by case."""

from datetime import date, timedelta

import pytest

from models import Complaint, ComplaintState, EntryStatus, Severity
from tests.builders import HOUR, MONDAY, Desk, moment
from workflow.process import Refused
from workflow.record import digest_of
from workflow.remark import find_violation, remark


def refusal(desk: Desk, action: str, complaint: Complaint, by: str, **inputs: object) -> Refused:
    with pytest.raises(Refused) as caught:
        desk.take(action, complaint, by, **inputs)
    return caught.value


def posted(step) -> dict[str, list[tuple[float, str]]]:  # type: ignore[no-untyped-def]
    found: dict[str, list[tuple[float, str]]] = {}
    for entry in step.event.entries:
        name = entry.person.username if entry.person else entry.department.slug
        found.setdefault(name, []).append((float(entry.points), entry.status.value))
    return found


def test_a_respondent_brings_their_department(desk: Desk) -> None:
    assert desk.file(respondent="sales.wang").department.slug == "sales"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"customer_name": "  "}, "customer_name"),
        ({"description": None}, "description"),
        ({"description": "长" * 5001}, "description"),
        ({"customer_name": "长" * 61}, "customer_name"),
        ({"occurred_on": date(2026, 3, 3)}, "occurred_on"),
        ({"respondent": "sales.wang", "department": "parts"}, "respondent"),
    ],
)
def test_a_filing_that_makes_no_sense_is_refused_at_its_field(
    desk: Desk, change: dict[str, object], field: str
) -> None:
    with pytest.raises(Refused) as caught:
        desk.file(**change)
    assert caught.value.code == "invalid"
    assert caught.value.objections[0].values["field"] == field


def test_nobody_is_accused_who_has_left(desk: Desk) -> None:
    desk.person("service.ma").left_at = MONDAY - HOUR
    with pytest.raises(Refused, match="has left"):
        desk.file()


def test_without_a_department_a_complaint_cannot_be_assigned(desk: Desk) -> None:
    case = desk.file(respondent=None)
    assert refusal(desk, "assign", case, "cr.sun").objections[0].values["field"] == "department"
    assert desk.take("assign", case, "cr.sun", department=desk.department("parts")).subject.department.slug == "parts"


def test_customer_relations_do_not_assign_a_case_to_themselves_as_respondent(desk: Desk) -> None:
    case = desk.file(respondent=None)
    assert refusal(desk, "assign", case, "cr.sun", respondent=desk.person("cr.sun")).code == "forbidden"


def test_the_provisional_points_become_final_and_name_the_event(desk: Desk) -> None:
    case = desk.complaint("assigned")
    step = desk.take("accept", case, "service.liu")
    entries = case.events[1].entries
    assert {(e.status, e.confirmed_by) for e in entries} == {(EntryStatus.FINAL, step.event)}


def test_lateness_is_counted_from_the_day_that_handling_was_complete(desk: Desk) -> None:
    case = desk.complaint("handling")  # due Thursday 09:00
    desk.now = moment(3, 6, 12)
    step = desk.take("complete", case, "service.liu", measures_taken="致歉", completed_at=moment(3, 4, 18))
    assert posted(step) == {}
    assert step.subject.due_at == moment(3, 5, 18)
    late = desk.take("report", case, "service.liu", result="谅解", improvement_measures="改善")
    assert posted(late) == {"service.liu": [(-1.0, "final")]}


def test_lateness_costs_five_points_at_most(desk: Desk) -> None:
    case = desk.complaint("handling")
    step = desk.take("complete", case, "service.liu", at=moment(4, 20), measures_taken="致歉")
    assert posted(step) == {"service.liu": [(-5.0, "final")]}
    assert step.event.said["late"]["days"] == 46


@pytest.mark.parametrize("completed_at", [MONDAY + HOUR, MONDAY - HOUR])
def test_handling_is_complete_neither_in_the_future_nor_before_it_began(desk: Desk, completed_at) -> None:  # type: ignore[no-untyped-def]
    case = desk.complaint("handling")
    assert (
        refusal(desk, "complete", case, "service.liu", measures_taken="x", completed_at=completed_at).code == "invalid"
    )


def test_the_minute_in_which_handling_began_is_not_before_it(desk: Desk) -> None:
    began = MONDAY + timedelta(seconds=40)
    case = desk.complaint("assigned")
    desk.take("accept", case, "service.liu", at=began)
    done = {"measures_taken": "致歉", "completed_at": MONDAY}
    desk.take("complete", case, "service.liu", at=began + timedelta(seconds=10), **done)
    assert case.state is ComplaintState.HANDLED


def test_a_silent_head_who_is_the_respondent_costs_the_gm(desk: Desk) -> None:
    case = desk.file(respondent="service.liu")
    desk.take("assign", case, "cr.sun")
    (lapse,) = desk.lapse(MONDAY + timedelta(days=2))
    assert posted(lapse) == {"gm.zhou": [(-2.0, "final")]}


def test_what_fell_due_is_dated_with_its_moment_however_late_it_is_carried_out(desk: Desk) -> None:
    case = desk.complaint("assigned")
    (lapse,) = desk.lapse(MONDAY + timedelta(days=9))
    assert lapse.event.at == MONDAY + timedelta(days=1)
    assert Complaint.locked(desk.session, case.id).due_at == moment(3, 6, 9)


def test_what_fell_due_is_carried_out_in_order(desk: Desk) -> None:
    later = desk.file(at=MONDAY)
    earlier = desk.file(at=MONDAY)
    desk.take("assign", later, "cr.sun", at=MONDAY + HOUR)
    desk.take("assign", earlier, "cr.sun", at=MONDAY)
    assert [step.subject.id for step in desk.lapse(moment(3, 10))] == [earlier.id, later.id]


def test_a_varied_ruling_moves_the_points_to_the_new_respondent(desk: Desk) -> None:
    case = desk.complaint("ruling")
    step = desk.take(
        "vary", case, "gm.zhou", reason="责任在技师", severity=Severity.MINOR, respondent=desk.person("service.gao")
    )
    assert posted(step) == {
        "service.ma": [(5.0, "provisional")],
        "after_sales": [(2.0, "provisional"), (-1.0, "final")],
        "service.gao": [(-2.0, "final")],
    }
    recipients = [r.person.username for r in step.event.letters[0].recipients]
    assert recipients == ["service.gao", "service.ma", "service.liu", "cr.sun"]


def test_a_varied_ruling_that_varies_nothing_is_refused(desk: Desk) -> None:
    case = desk.complaint("ruling")
    assert refusal(desk, "vary", case, "gm.zhou", reason="不变", severity=Severity.NORMAL).code == "invalid"


def test_a_varied_ruling_can_move_the_case_to_another_department(desk: Desk) -> None:
    case = desk.complaint("ruling")
    step = desk.take("vary", case, "gm.zhou", reason="系销售承诺", respondent=desk.person("sales.wang"))
    assert step.subject.department.slug == "sales"
    assert posted(step)["sales"] == [(-2.0, "final")]


def test_a_void_form_gives_back_late_points_too(desk: Desk) -> None:
    case = desk.complaint("resolved")
    desk.take("reopen", case, "cr.sun", reason="又坏了")
    desk.take("appeal", case, "service.ma", grounds="已修好")
    desk.take("endorse", case, "service.liu")
    step = desk.take("uphold", case, "gm.zhou", reason="成立")
    assert posted(step) == {"service.ma": [(5.0, "final")], "after_sales": [(2.0, "final")]}


def test_the_deputy_rules_where_the_gm_appealed(desk: Desk) -> None:
    case = desk.file(respondent="service.liu")
    desk.take("assign", case, "cr.sun")
    desk.take("appeal", case, "gm.zhou", grounds="代主管申诉")
    assert refusal(desk, "uphold", case, "gm.zhou", reason="自己").code == "forbidden"
    assert desk.take("dismiss", case, "deputy.he", reason="不成立").subject.state is ComplaintState.HANDLING


def test_a_closed_case_can_be_reopened_for_thirty_days(desk: Desk) -> None:
    case = desk.complaint("resolved")
    desk.now = MONDAY + timedelta(days=30, minutes=1)
    assert refusal(desk, "reopen", case, "cr.sun", reason="又坏了").code == "too_late"
    desk.now = MONDAY + timedelta(days=30)
    assert desk.take("reopen", case, "cr.sun", reason="又坏了").subject.state is ComplaintState.ASSIGNED


@pytest.mark.parametrize("satisfaction", [0, 6, None, True])
def test_satisfaction_is_asked_from_one_to_five(desk: Desk, satisfaction: object) -> None:
    case = desk.complaint("reported")
    assert refusal(desk, "verify", case, "cr.sun", satisfaction=satisfaction).code == "invalid"


@pytest.mark.parametrize("answer", ["马超已向您道歉", "我们已对员工扣分", "该员工的申诉不成立"])
def test_the_customer_s_letter_never_says_who_was_punished(desk: Desk, answer: str) -> None:
    case = desk.complaint("reported")
    reasons = refusal(desk, "verify", case, "cr.sun", satisfaction=5, answer_to_customer=answer)
    assert reasons.objections[0].values["field"] == "answer_to_customer"


def test_no_letter_carries_a_phone_number_in_full(desk: Desk) -> None:
    case = desk.complaint("resolved")
    letters = [letter for event in case.events for letter in event.letters]
    assert letters[0].content["complaint"]["customer_phone"] == "138****0001"
    assert not any("13800000001" in str(letter.content) for letter in letters)


def test_a_letter_s_digest_is_that_of_its_content(desk: Desk) -> None:
    letter = desk.complaint("filed").events[0].letters[0]
    assert letter.digest == digest_of(letter.content)


def test_a_letter_prints_the_points_of_the_step_and_the_running_total(desk: Desk) -> None:
    case = desk.complaint("handling")
    line = case.events[-1].letters[0].content["entries"][0]
    assert (line["effect"], line["points"], line["balance_after"], line["provisional_after"]) == (
        "confirmed", "-5.00", "95.00", "0.00",
    )  # fmt: skip


def test_a_repeat_complaint_is_named_on_its_form(desk: Desk) -> None:
    first = desk.file(vehicle="沪A·12345")
    again = desk.file(customer_phone=None, vehicle="沪A12345")
    step = desk.take("assign", again, "cr.sun")
    assert step.event.letters[0].content["complaint"]["repeat_of"] == [first.number]


def test_everyone_concerned_may_remark_until_the_case_is_decided(desk: Desk) -> None:
    case = desk.complaint("assigned")
    event = remark(case, by=desk.actor("service.ma"), at=desk.now, note="附录像")
    assert (event.action, event.to_state, event.letters, case.due_at) == (
        "remark",
        "assigned",
        [],
        MONDAY + timedelta(days=1),
    )
    closed = desk.complaint("resolved")
    with pytest.raises(Refused) as caught:
        remark(closed, by=desk.actor("service.ma"), at=desk.now, note="还有话说")
    assert caught.value.code == "moved_on"


def test_a_stranger_cannot_remark(desk: Desk) -> None:
    case = desk.complaint("assigned")
    with pytest.raises(Refused) as caught:
        remark(case, by=desk.actor("parts.yuan"), at=desk.now, note="路过")
    assert caught.value.code == "not_found"


def test_only_the_head_finds_a_violation(desk: Desk) -> None:
    case = desk.complaint("handling")
    find_violation(case, by=desk.actor("service.liu"), at=desk.now, violation=True, note="未按流程")
    assert case.violation is True
    with pytest.raises(Refused):
        find_violation(case, by=desk.actor("service.ma"), at=desk.now, violation=False)


def test_a_case_keeps_the_regulation_that_it_started_with(desk: Desk) -> None:
    from workflow import regulation

    case = desk.complaint("filed")
    pack = regulation.pack_of(case.regulation_version)
    harsher = pack.model_dump()
    harsher["points"]["complaint"]["assign"]["respondent"] = {"minor": -3, "normal": -9, "major": -30}
    regulation.put_in_force(desk.session, regulation.Pack.model_validate(harsher), from_day=date(2026, 3, 2), at=MONDAY)
    old, new = case, desk.file()
    assert posted(desk.take("assign", old, "cr.sun"))["service.ma"] == [(-5.0, "provisional")]
    assert posted(desk.take("assign", new, "cr.sun"))["service.ma"] == [(-9.0, "provisional")]
