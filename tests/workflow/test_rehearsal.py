"""Last year's complaints under another regulation: the same pack gives what came out, another what would have."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event

from models import Complaint, Severity
from tests.builders import HOUR, MONDAY, PATHS, Desk, moment
from workflow import ledger, regulation_fields, rehearsal
from workflow.regulation import CS_MANAGEMENT, Pack, in_force, pack_of
from workflow.rehearsal import ACCOUNTS, Totals

LATER = MONDAY + timedelta(days=30)


def pack_with(desk: Desk, **changes: Any) -> Pack:
    content = in_force(desk.session, CS_MANAGEMENT, MONDAY.date()).content
    paths = {path.replace("__", "."): value for path, value in changes.items()}
    return Pack.model_validate(regulation_fields.laid_over(content, paths))


def compared(desk: Desk, pack: Pack) -> tuple[list[dict[str, Any]], Totals]:
    desk.session.expire_all()
    totals, ids = Totals(), rehearsal.recent(desk.session, LATER)
    return list(rehearsal.compare(desk.session, ids, pack, totals, at=desk.now)), totals


def ledger_of(case: Complaint) -> dict[str, Decimal]:
    sums = dict.fromkeys(ACCOUNTS, Decimal(0))
    for entry in ledger.standing_entries(case):
        sums[{"late": "head"}.get(entry.kind, entry.kind)] += entry.points
    return sums


@contextmanager
def asked(desk: Desk) -> Iterator[list[str]]:
    """The statements that reach the database meanwhile."""
    statements: list[str] = []

    def note(*given: Any) -> None:
        statements.append(given[2])

    event.listen(desk.session.get_bind(), "before_cursor_execute", note)
    yield statements
    event.remove(desk.session.get_bind(), "before_cursor_execute", note)


def late_report(desk: Desk) -> Complaint:
    """Accepted at once, reported on the third day: two days late, which costs the head two points."""
    case = desk.complaint("handled")
    desk.take("report", case, "service.liu", at=MONDAY + 50 * HOUR, result="x", improvement_measures="y")
    return case


@pytest.mark.parametrize("state", PATHS)
def test_the_same_regulation_brings_what_came_out(desk: Desk, state: str) -> None:
    case = desk.complaint(state, severity=Severity.MAJOR)
    course = rehearsal.course_of(case, pack_of(case.regulation_version), desk.office, at=MONDAY)
    assert {name: course.net(name) for name in ACCOUNTS} == ledger_of(case)
    assert compared(desk, pack_with(desk))[0] == []


def test_a_varied_and_late_case_comes_out_as_it_did(desk: Desk) -> None:
    case = desk.complaint("ruling")
    desk.take("vary", case, "gm.zhou", severity=Severity.MINOR, respondent=desk.person("service.gao"), reason="x")
    desk.take("complete", case, "service.liu", at=moment(3, 9, 12), measures_taken="x")
    desk.take("report", case, "service.liu", at=moment(3, 12), result="x", improvement_measures="y")
    case = Complaint.locked(desk.session, case.id)
    course = rehearsal.course_of(case, pack_of(case.regulation_version), desk.office, at=MONDAY)
    assert {name: course.net(name) for name in ACCOUNTS} == ledger_of(case)
    assert course.net("head") < 0


def test_points_are_told_by_account_with_their_sums(desk: Desk) -> None:
    first, second = desk.complaint("handling"), desk.complaint("handling", severity=Severity.MAJOR)
    found, totals = compared(desk, pack_with(desk, points__complaint__assign__respondent__normal="-8"))
    assert [(case["number"], case["points"]) for case in found] == [
        (first.number, [{"account": "respondent", "old": "-5", "new": "-8"}])
    ]
    assert (totals.seen, totals.changed, totals.points["respondent"]) == (2, 1, ["-15", "-18"])
    assert second.number not in str(found)


def test_what_was_taken_back_stays_so(desk: Desk) -> None:
    desk.complaint("voided")
    found, totals = compared(desk, pack_with(desk, points__complaint__assign__respondent__normal="-8"))
    assert (found, totals.seen) == ([], 1)


def test_a_longer_limit_spares_the_head_points_for_being_late(desk: Desk) -> None:
    case = late_report(desk)
    assert ledger_of(case)["head"] == -2
    found, totals = compared(desk, pack_with(desk, deadlines__report={"days": 3}))
    (told,) = found
    assert told["points"] == [{"account": "head", "old": "-2", "new": "0"}]
    assert [(run["clock"], run["was"], run["would"]) for run in told["deadlines"]] == [("report", "late", "in_time")]
    assert totals.late == [1, 0]


def test_an_answer_that_would_have_come_too_late_is_told_and_nothing_after_it(desk: Desk) -> None:
    case = desk.complaint("assigned")
    desk.take("appeal", case, "service.ma", at=MONDAY + 20 * HOUR, grounds="x")
    found, totals = compared(desk, pack_with(desk, deadlines__answer={"hours": 12}))
    (told,) = found
    assert told["departs_at"] == "appeal"
    assert told["points"] == [{"account": "head", "old": "0", "new": "-2"}]
    assert [(run["was"], run["would"]) for run in told["deadlines"]] == [("in_time", "lapsed")]
    assert (totals.departed, totals.lapsed) == (1, [0, 1])


def test_a_deadline_that_moves_without_consequence_is_told_apart(desk: Desk) -> None:
    desk.complaint("handling")
    found, totals = compared(desk, pack_with(desk, deadlines__answer={"hours": 20}))
    assert [case["outcome"] for case in found] == [False]
    assert (totals.changed, totals.only_deadlines) == (0, 1)


def test_a_reopening_beyond_a_shorter_period_would_have_been_refused(desk: Desk) -> None:
    case = desk.complaint("resolved")
    desk.take("reopen", case, "cr.sun", at=MONDAY + timedelta(days=20), reason="x")
    (told,) = compared(desk, pack_with(desk, deadlines__reopening={"days": 10}))[0]
    assert told["departs_at"] == "reopen"


def test_an_answer_that_is_still_awaited_would_have_lapsed_by_now(desk: Desk) -> None:
    desk.complaint("assigned")
    desk.now = MONDAY + 10 * HOUR
    (told,) = compared(desk, pack_with(desk, deadlines__answer={"hours": 8}))[0]
    assert [(run["was"], run["would"]) for run in told["deadlines"]] == [("open", "lapsed")]
    assert told["points"] == [{"account": "head", "old": "0", "new": "-2"}]


def test_what_is_older_than_a_year_is_left_out(desk: Desk) -> None:
    desk.complaint("handling")
    assert rehearsal.recent(desk.session, MONDAY + timedelta(days=366)) == []


def test_a_hundred_cases_cost_as_many_queries_as_one(desk: Desk) -> None:
    for _ in range(6):
        desk.complaint("resolved")
    pack = pack_with(desk, points__complaint__assign__respondent__normal="-8")
    ids = rehearsal.recent(desk.session, LATER)
    counts = []
    for some in (ids[:1], ids):
        desk.session.expire_all()
        with asked(desk) as statements:
            assert len(list(rehearsal.compare(desk.session, some, pack, Totals(), at=MONDAY))) == len(some)
        counts.append(len(statements))
    assert counts[0] == counts[1]
