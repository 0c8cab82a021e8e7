"""Where fairness is easily lost: each test names the sentence of the design that it holds."""

from datetime import timedelta

import pytest

from models import Deputation, Severity
from tests.builders import HOUR, MONDAY, Desk, moment
from workflow import overdue, people, places, waiting
from workflow.deadline import due
from workflow.office import Office
from workflow.process import Refused
from workflow.remark import find_violation
from workflow.sight import may_see


def delegate(desk: Desk, principal: str, deputy: str) -> None:
    desk.session.add(
        Deputation(
            principal=desk.person(principal), deputy=desk.person(deputy), is_standing=False,
            since=MONDAY - timedelta(days=1), until=MONDAY + timedelta(days=9),
        )
    )  # fmt: skip
    desk.session.flush()
    desk.office = Office(desk.session)


def code(desk: Desk, *step: object, **inputs: object) -> str:
    with pytest.raises(Refused) as caught:
        desk.take(*step, **inputs)  # type: ignore[arg-type]
    return caught.value.code


def test_a_points_entry_that_was_taken_back_is_never_confirmed(desk: Desk) -> None:
    desk.now = moment(3, 30)
    case = desk.complaint("ruling")
    desk.now = moment(4, 1)
    desk.take("vary", case, "gm.zhou", reason="r", severity=Severity.MINOR)
    desk.take("complete", case, "service.liu", measures_taken="m")
    desk.take("report", case, "service.liu", result="r", improvement_measures="i")
    desk.take("verify", case, "cr.sun", satisfaction=4)
    desk.take("reopen", case, "cr.sun", reason="r")
    desk.take("accept", case, "service.liu")
    office, ma = Office(desk.session), desk.person("service.ma")
    assert (office.balance(ma, "2026-03"), office.balance(ma, "2026-04")) == (100, 98)


@pytest.mark.parametrize("deputy", ["service.gao", "gm.zhou"])
def test_whoever_appeals_for_the_head_does_not_rule(desk: Desk, deputy: str) -> None:
    delegate(desk, "service.liu", deputy)
    if deputy != "gm.zhou":
        delegate(desk, "gm.zhou", deputy)
    case = desk.complaint("assigned")
    desk.take("appeal", case, deputy, grounds="g")
    assert code(desk, "uphold", case, deputy, reason="r") == "forbidden"


def test_a_delegate_cannot_appeal_where_nobody_would_be_left_to_rule(desk: Desk) -> None:
    delegate(desk, "gm.zhou", "hr.qian")
    case = desk.file(respondent="deputy.he")
    desk.take("assign", case, "cr.sun")
    assert code(desk, "appeal", case, "hr.qian", grounds="g") == "forbidden"


def test_the_gm_can_lower_the_severity_though_the_respondent_has_moved(desk: Desk) -> None:
    case = desk.complaint("ruling")
    desk.now += HOUR
    people.transfer(
        desk.session, desk.person("service.ma"), by=desk.person("hr.qian"), at=desk.now,
        department=desk.department("sales"), title="销售顾问",
    )  # fmt: skip
    step = desk.take("vary", case, "gm.zhou", reason="r", severity=Severity.MINOR)
    assert step.subject.department.slug == "after_sales"


def test_the_gm_can_vary_the_department_alone_and_its_old_head_is_told(desk: Desk) -> None:
    case = desk.complaint("ruling")
    step = desk.take("vary", case, "gm.zhou", reason="r", department=desk.department("parts"))
    told = {row.person.username for row in step.event.letters[0].recipients}
    assert {"service.liu", "parts.deng", "service.ma"} <= told


def test_a_report_goes_to_a_colleague_where_the_filer_became_the_respondent(desk: Desk) -> None:
    case = desk.complaint("ruling")
    desk.take("vary", case, "gm.zhou", reason="r", respondent=desk.person("cr.sun"))
    desk.take("complete", case, "cr.lin", measures_taken="m")
    step = desk.take("report", case, "cr.lin", result="r", improvement_measures="i")
    assert [row.person.username for row in step.event.letters[0].recipients] == ["cr.lin"]


@pytest.mark.parametrize("state", ["filed", "assigned", "appealed", "ruling"])
def test_no_violation_is_found_before_the_complaint_is_handled(desk: Desk, state: str) -> None:
    with pytest.raises(Refused):
        find_violation(desk.complaint(state), by=desk.actor("service.liu"), at=desk.now, violation=True)


def test_a_void_complaint_is_no_violation(desk: Desk) -> None:
    case = desk.complaint("resolved")
    case.violation = True
    desk.take("reopen", case, "cr.sun", reason="r")
    desk.take("appeal", case, "service.ma", grounds="g")
    desk.take("endorse", case, "service.liu")
    step = desk.take("uphold", case, "gm.zhou", reason="r")
    assert step.event.letters[0].content["complaint"]["violation"] is None


def test_a_deadline_that_was_restarted_meanwhile_does_not_lapse(desk: Desk) -> None:
    case = desk.complaint("assigned")
    tuesday = MONDAY + timedelta(days=1)
    (found,) = due(desk.session, tuesday)
    desk.take("appeal", case, "service.ma", at=tuesday - HOUR, grounds="g")
    desk.take("retract", case, "service.ma", at=tuesday - HOUR)
    assert overdue.take(desk.session, found) is None


def test_the_head_of_customer_relations_hands_over_the_department_and_not_the_role(desk: Desk) -> None:
    delegate(desk, "cr.lin", "parts.deng")
    actor, elsewhere = desk.actor("parts.deng"), desk.complaint("reported")
    assert not may_see(elsewhere, actor)
    assert not list(desk.session.scalars(waiting.soonest(actor, waiting.Span(), most=99)))
    with pytest.raises(Refused) as refusal:
        desk.take("verify", elsewhere, "parts.deng", satisfaction=5)
    assert refusal.value.code == "forbidden"
    own = desk.file(respondent=None, department="customer_relations")
    desk.take("assign", own, "cr.sun")
    assert desk.take("accept", own, "parts.deng").event.acting_for.username == "cr.lin"


@pytest.mark.parametrize(
    "answer",
    [
        "我们重新 defined the process.",
        "Your refined polish is ready.",
        "感谢您的批评指正。",
        "警告灯已经熄灭，小马达也换了。",
    ],
)
def test_an_innocent_word_is_no_word_of_discipline(desk: Desk, answer: str) -> None:
    step = desk.take("verify", desk.complaint("reported"), "cr.sun", satisfaction=5, answer_to_customer=answer)
    assert step.event.letters[0].content["said"]["answer_to_customer"] == answer


@pytest.mark.parametrize(
    "answer",
    [
        "已纳入员工考核。", "相关同事已被处分。", "Two points were deducted.", "马师傅已被开除。", "已扣 分2分。",
        "罰款200元。", "处\u200b罚到位。", "当班人员停职三天。", "小马会联系您。", "已批评当班人员。",
    ],
)  # fmt: skip
def test_what_the_letter_would_leave_out_is_refused_before(desk: Desk, answer: str) -> None:
    case = desk.complaint("reported")
    assert code(desk, "verify", case, "cr.sun", satisfaction=5, answer_to_customer=answer) == "invalid"


def test_an_improvement_owner_of_an_earlier_round_is_not_printed_again(desk: Desk) -> None:
    case = desk.complaint("handled")
    desk.take(
        "report", case, "service.liu", result="r", improvement_measures="i", improvement_owner=desk.person("service.ma")
    )
    desk.take("return", case, "cr.sun", reason="r")
    desk.take("complete", case, "service.liu", measures_taken="m")
    step = desk.take("report", case, "service.liu", result="r", improvement_measures="i")
    assert step.event.letters[0].content["handling"]["improvement_owner"] is None


def test_nobody_delegates_to_an_administrator(desk: Desk) -> None:
    with pytest.raises(Refused, match="decides no case"):
        places.delegate(
            desk.session, desk.person("admin.root"), by=desk.person("gm.zhou"), at=MONDAY,
            since=MONDAY, until=MONDAY + timedelta(days=1),
        )  # fmt: skip


@pytest.mark.parametrize("name", ["\u200b", "\u202e", "\x00"])
def test_a_name_that_nobody_can_see_is_no_name(desk: Desk, name: str) -> None:
    with pytest.raises(Refused):
        desk.file(customer_name=name)
