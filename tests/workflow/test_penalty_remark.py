"""What is added to a penalty beside its steps: by whom, until when, and without a letter."""

import pytest

from models import Penalty
from tests.builders import Desk
from tests.penalties import third
from workflow import penalty_remark as remarks
from workflow.audit import first_bad_event
from workflow.evidence import Evidence
from workflow.process import Refused

FILE = Evidence("a" * 32, "检查单.pdf", "application/pdf", 10, "b" * 64)


def _locked(desk: Desk, penalty: Penalty) -> Penalty:
    return Penalty.locked(desk.session, penalty.id)


def _remark(desk: Desk, penalty: Penalty, by: str, **said):
    event = remarks.remark(_locked(desk, penalty), by=desk.actor(by), at=desk.now, **{"note": "补充说明", **said})
    desk.session.flush()
    return event


@pytest.mark.parametrize("by", ["service.ma", "service.liu", "gm.zhou", "hr.qian"])
@pytest.mark.parametrize("state", ["proposed", "heard", "submitted", "appealed"])
def test_everyone_concerned_adds_a_remark_until_it_is_decided(desk: Desk, state: str, by: str):
    penalty = desk.penalty(state)
    clock, due = penalty.clock, penalty.due_at
    event = _remark(desk, penalty, by)
    assert (event.from_state, event.to_state, event.letters) == (state, state, [])
    assert (penalty.clock, penalty.due_at) == (clock, due)
    assert by not in {notice.person.username for notice in event.notices}


@pytest.mark.parametrize("state", ["issued", "final", "revoked", "dropped"])
def test_a_decided_penalty_takes_no_more(desk: Desk, state: str):
    with pytest.raises(Refused) as refusal:
        _remark(desk, desk.penalty(state), "service.liu")
    assert refusal.value.code == "moved_on"


@pytest.mark.parametrize("by", ["sales.chen", "service.gao", "cr.sun"])
def test_for_a_stranger_it_is_not_there(desk: Desk, by: str):
    penalty = desk.penalty("submitted")
    for add in (
        lambda p, actor: remarks.remark(p, by=actor, at=desk.now, note="x"),
        lambda p, actor: remarks.check_protection(p, by=actor, at=desk.now, finding="x"),
        lambda p, actor: remarks.tell_union(p, by=actor, at=desk.now, union_notice="x"),
    ):
        with pytest.raises(Refused) as refusal:
            add(_locked(desk, penalty), desk.actor(by))
        assert refusal.value.code == "not_found"


def test_files_stand_in_the_case_and_in_the_event(desk: Desk):
    penalty = desk.penalty()
    event = _remark(desk, penalty, "service.ma", note=None, evidence=[FILE])
    assert [file.name for file in _locked(desk, penalty).attachments] == ["检查单.pdf"]
    assert event.said["files"][0]["sha256"] == "b" * 64


def test_a_remark_without_words_or_file_says_nothing(desk: Desk):
    with pytest.raises(Refused) as refusal:
        _remark(desk, desk.penalty(), "service.ma", note=" ")
    assert refusal.value.objections[0].values["field"] == "note"


def test_a_text_beyond_sense_is_refused(desk: Desk):
    with pytest.raises(Refused):
        _remark(desk, desk.penalty(), "service.ma", note="字" * 5_001)


def test_human_resources_record_the_check_of_protection(desk: Desk):
    penalty = third(desk)
    event = remarks.check_protection(
        _locked(desk, penalty), by=desk.actor("hr.qian"), at=desk.now, finding="核对考勤与病假，未见特殊保护情形。"
    )
    assert event.signed_as == "human_resources"
    assert penalty.protection == "核对考勤与病假，未见特殊保护情形。"
    with pytest.raises(Refused) as refusal:
        remarks.check_protection(_locked(desk, penalty), by=desk.actor("service.liu"), at=desk.now, finding="x")
    assert refusal.value.code == "forbidden"


def test_once_approved_the_check_comes_too_late(desk: Desk):
    penalty = third(desk, "issued")
    with pytest.raises(Refused) as refusal:
        remarks.check_protection(_locked(desk, penalty), by=desk.actor("hr.qian"), at=desk.now, finding="x")
    assert refusal.value.code == "moved_on"


@pytest.mark.parametrize(("by", "signed"), [("service.liu", "department_head"), ("hr.qian", "human_resources")])
def test_the_unions_notice_can_be_added_while_it_is_submitted(desk: Desk, by: str, signed: str):
    penalty = desk.penalty("submitted")
    event = remarks.tell_union(_locked(desk, penalty), by=desk.actor(by), at=desk.now, union_notice="无异议")
    assert event.signed_as == signed
    assert penalty.union_notice == "无异议"


def test_nobody_else_and_no_other_moment_for_the_unions_notice(desk: Desk):
    submitted, heard = desk.penalty("submitted"), desk.penalty("heard", facts="另一件事")
    for penalty, by, code in ((submitted, "gm.zhou", "forbidden"), (submitted, "service.ma", "forbidden"),
                              (heard, "service.liu", "moved_on")):  # fmt: skip
        with pytest.raises(Refused) as refusal:
            remarks.tell_union(_locked(desk, penalty), by=desk.actor(by), at=desk.now, union_notice="x")
        assert refusal.value.code == code


def test_the_books_stay_in_order(desk: Desk):
    penalty = desk.penalty("submitted")
    _remark(desk, penalty, "service.ma", evidence=[FILE])
    remarks.tell_union(_locked(desk, penalty), by=desk.actor("hr.qian"), at=desk.now, union_notice="无异议")
    desk.session.flush()
    remarks.check_protection(_locked(desk, penalty), by=desk.actor("hr.qian"), at=desk.now, finding="无")
    desk.session.flush()
    desk.decide("approve", penalty, "gm.zhou")
    desk.session.flush()
    assert first_bad_event(desk.session) is None
