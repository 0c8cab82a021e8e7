"""A random walk through the process: whatever permitted steps are taken, the invariants hold."""

from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Complaint, EntryStatus, Letter, Severity
from tests.builders import Desk
from tests.workflow.test_grid import INPUTS
from workflow import ledger, overdue
from workflow.audit import first_bad_event
from workflow.complaint import COMPLAINT
from workflow.process import Refused, Step
from workflow.sight import may_see

ACTORS = ("cr.sun", "cr.lin", "service.liu", "service.ma", "gm.zhou", "deputy.he", "sales.chen", "sales.wang")
Move = tuple[str, str, int, bool]
moves = st.lists(
    st.tuples(
        st.sampled_from([a for a in COMPLAINT.actions if a not in ("file", "lapse")]),
        st.sampled_from(ACTORS),
        st.sampled_from([0, 1, 5, 25, 80, 200, 24 * 20]),
        st.booleans(),
    ),
    min_size=5,
    max_size=18,
)


class Walk:
    """Takes one move after the other on one case, and an open step where the drawn one is closed."""

    def __init__(self, desk: Desk, respondent: str | None) -> None:
        self.desk = desk
        department = None if respondent else "after_sales"
        self.complaint = desk.file(respondent=respondent, department=department)

    def go(self, move: Move) -> None:
        action, username, hours, prefers_open = move
        self.desk.now += timedelta(hours=hours)
        overdue.carry_out(self.desk.session, self.desk.now, case=(Complaint.kind, self.complaint.id))
        case = Complaint.locked(self.desk.session, self.complaint.id)
        if prefers_open and (open_now := self._open(case)):
            action, username = open_now[hours % len(open_now)]
        before = (case.state, len(case.events), case.version)
        try:
            self.desk.take(action, case, username, **self._inputs(action))
        except Refused:
            self.desk.session.flush()
            assert (case.state, len(case.events), case.version) == before, "a refusal changed something"

    def _open(self, case: Complaint) -> list[tuple[str, str]]:
        return [
            (offer.name, username)
            for username in ACTORS
            if may_see(case, actor := self.desk.actor(username))
            for offer in COMPLAINT.offers(Step(case, actor, self.desk.now))
            if offer.rule.by(Step(case, actor, self.desk.now)) is None
        ]

    def _inputs(self, action: str) -> dict[str, Any]:
        inputs = dict(INPUTS.get(action, {}))
        if action == "vary":
            inputs["severity"] = Severity.MAJOR if self.complaint.severity is Severity.MINOR else Severity.MINOR
        return inputs


def check(session: Session, complaint: Complaint) -> None:
    assert first_bad_event(session) is None
    case = Complaint.locked(session, complaint.id)
    _check_letters(session, case)
    _check_ledger(session, case)
    if case.state.value == "withdrawn":
        assert case.clock is None
        assert not ledger.standing_entries(case)
        assert not COMPLAINT.rules_from(case.state)
    else:
        assert case.clock is not None or case.is_decided


def _check_letters(session: Session, case: Complaint) -> None:
    numbers = sorted(session.scalars(select(Letter.seq).where(Letter.series == "complaint")))
    assert numbers == list(range(1, len(numbers) + 1)), "a number is missing or given twice"
    assert all(len(event.letters) == 1 for event in case.events), "a step without its letter"


def _check_ledger(session: Session, case: Complaint) -> None:
    entries = ledger.entries_of(case)
    for entry in entries:
        if entry.reverses is not None:
            assert entry.points == -entry.reverses.points
            assert entry.status is entry.reverses.status
    if case.state.value == "voided":
        voided = next(e.seq for e in case.events if e.to_state == "voided")
        assert sum(e.points for e in entries if e.event.seq <= voided) == 0
    handled = {"handling", "handled", "reported", "resolved"}
    if case.state.value in handled:
        assert all(e.status is EntryStatus.FINAL for e in ledger.standing_entries(case))


@settings(max_examples=16, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(respondent=st.sampled_from(["service.ma", "service.liu", "gm.zhou", "cr.lin", None]), walk=moves)
def test_whatever_is_done_the_books_are_right(session: Session, respondent: str | None, walk: list[Move]) -> None:
    session.rollback()
    case = Walk(Desk(session), respondent)
    for move in walk:
        case.go(move)
    check(session, case.complaint)
    session.rollback()
