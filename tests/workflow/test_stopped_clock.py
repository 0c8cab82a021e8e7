"""A clock stands while the customer is waited for, with a reason and a limit, and goes on exactly where it was."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import Complaint
from tests.builders import MONDAY, Desk, moment
from workflow import audit_facts, overdue
from workflow.process import Refused

# Handling since Monday at nine, to be complete within three working days.
DUE = moment(3, 5, 9)
STOP: dict[str, Any] = {
    "by": "cr.sun",
    "at": moment(3, 3, 10),
    "reason": "客户出差，周五回来。",
    "until": moment(3, 6, 10),
}


@pytest.fixture
def case(desk: Desk) -> Complaint:
    return desk.complaint("handling")


def refusal(desk: Desk, action: str, case: Complaint, **inputs: Any) -> str:
    with pytest.raises(Refused) as refused:
        desk.take(action, case, **inputs)
    return refused.value.code


def test_the_clock_goes_on_exactly_where_it_was(desk: Desk, case: Complaint) -> None:
    assert case.due_at == DUE
    desk.take("suspend", case, **STOP)
    # The deadline of a clock that stands to its limit: three working days later.
    assert (case.is_stopped, case.due_at) == (True, moment(3, 10, 9))
    desk.take("resume", case, "cr.sun", moment(3, 4, 10) + timedelta(seconds=1))
    assert (case.is_stopped, case.due_at) == (False, moment(3, 6, 9) + timedelta(seconds=1))
    assert [letter.kind for event in case.events[-2:] for letter in event.letters] == [
        "suspension_notice", "resumption_notice",
    ]  # fmt: skip
    assert audit_facts.first_changed_case(desk.session) is None


def test_at_its_limit_it_goes_on_by_itself_even_if_nobody_looked_for_days(desk: Desk, case: Complaint) -> None:
    desk.take("suspend", case, **STOP)
    assert overdue.carry_out(desk.session, moment(3, 6, 9, 59), case=("complaint", case.id)) == []
    [step] = overdue.carry_out(desk.session, moment(3, 20), case=("complaint", case.id))
    assert (step.event.action, step.event.at, step.event.actor) == ("resume", moment(3, 6, 10), None)
    assert (case.is_stopped, case.due_at) == (False, moment(3, 10, 9))


def test_what_is_done_meanwhile_ends_the_stop(desk: Desk, case: Complaint) -> None:
    desk.take("suspend", case, **STOP)
    desk.take("complete", case, "service.liu", moment(3, 6, 9), measures_taken="已确认补偿方案")
    assert (case.state.value, case.is_stopped, case.events[-1].entries) == ("handled", False, [])


def test_a_clock_stands_within_one_limit_however_often_it_is_stopped(desk: Desk, case: Complaint) -> None:
    desk.take("suspend", case, **STOP)
    assert refusal(desk, "suspend", case, **STOP) == "moved_on"
    desk.take("resume", case, "cr.sun", moment(3, 4))
    again = STOP | {"at": moment(3, 5, 10)}
    assert refusal(desk, "suspend", case, **again | {"until": moment(3, 10, 10, 1)}) == "invalid"
    desk.take("suspend", case, **again | {"until": moment(3, 10, 10)})
    assert case.stopped_until == moment(3, 10, 10)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"reason": " "}, "invalid"), ({"until": None}, "invalid"), ({"until": STOP["at"]}, "invalid"),
        ({"until": moment(3, 11)}, "invalid"), ({"at": DUE}, "too_late"), ({"by": "service.liu"}, "forbidden"),
    ],
)  # fmt: skip
def test_it_stands_for_a_reason_in_time_and_never_by_its_own_debtor(
    desk: Desk, case: Complaint, changes: dict[str, Any], code: str
) -> None:
    assert refusal(desk, "suspend", case, **STOP | changes) == code
    assert not case.is_stopped


def test_no_clock_stands_where_the_regulation_does_not_say_so(desk: Desk, case: Complaint, monkeypatch: Any) -> None:
    from workflow.regulation import pack_of

    monkeypatch.delitem(pack_of(case.regulation_version).deadlines, "suspension")
    assert refusal(desk, "suspend", case, **STOP) == "moved_on"


@pytest.mark.parametrize(
    "wrong",
    [
        "stopped_at = NULL", "stopped_until = stopped_at", "stopped_until = '2027-01-01 00:00:00'", "clock = 'answer'",
        "stopped_due_at = NULL",
    ],
)  # fmt: skip
def test_the_database_knows_no_stop_without_limit_or_clock(
    desk: Desk, session: Session, case: Complaint, wrong: str
) -> None:
    desk.take("suspend", case, **STOP)
    with pytest.raises(IntegrityError):
        session.execute(text(f"UPDATE complaint SET {wrong} WHERE id = {case.id}"))


def test_it_waits_for_nobody_s_answer_but_the_customer_s(desk: Desk) -> None:
    assigned = desk.complaint("assigned")
    assert refusal(desk, "suspend", assigned, **STOP | {"at": MONDAY}) == "moved_on"
