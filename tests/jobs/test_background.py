"""Work in the background by kinds: what waits, what runs, what failed; and “try again”, which does nothing twice."""

from datetime import date, timedelta

import pytest

from jobs import background, failed_steps
from jobs.background import KINDS, Tally
from models import (
    Assessment,
    AssessmentComputation,
    CaseFile,
    ChannelOut,
    ComplaintImport,
    FailedStep,
    FileState,
    ImportState,
    Message,
    MonthFile,
    Order,
    OrderState,
    RegulationDraft,
    RegulationRehearsal,
    RegulationVersion,
    RehearsalState,
    ReportFile,
)
from tests.builders import MONDAY, Desk

HOUR = timedelta(hours=1)
LATER, EARLIER = MONDAY + HOUR, MONDAY - HOUR


# What the clock does stays with what failed until it succeeds.
OF_THE_CLOCK = {"deadlines": "lapse", "hand-overs": failed_steps.HAND_OVER, "reminders": failed_steps.REMIND}


@pytest.fixture
def rows(session, desk):
    """Of each kind one that failed, one that runs and one that waits since an hour ago."""
    complaint, admin = desk.complaint("assigned"), desk.person("admin.root")
    session.query(Order).delete()

    def order(**values):
        session.add(Order(kind="render_letter", **{"state": OrderState.WAITING, "next_try_at": EARLIER, **values}))

    def message(key, **values):
        given = {"state": OrderState.WAITING, "next_try_at": EARLIER, "channel": ChannelOut.MAIL, "is_digest": False}
        session.add(Message(key=key, person_id=admin.id, **{**given, **values}))

    order(attempts=0)
    order(attempts=1, next_try_at=LATER)
    order(attempts=10, state=OrderState.FAILED, last_error="RuntimeError: x")
    message("waits")
    message("runs", attempts=1, in_hands=True, next_try_at=LATER)
    message("failed", attempts=10, state=OrderState.FAILED, last_error="550 no such mailbox")
    for number, state in enumerate((FileState.WAITING, FileState.RUNNING, FileState.FAILED)):
        ended = MONDAY if state is FileState.FAILED else None
        why = "OSError: [Errno 28] No space left on device" if ended else None
        asked = {"state": state, "asked_at": EARLIER, "asked_by_id": admin.id, "finished_at": ended, "last_error": why}
        session.add(CaseFile(key=f"c{number}", complaint_id=complaint.id, copy=number, language="zh", **asked))
        session.add(MonthFile(key=f"m{number}", month=f"2026-0{number + 1}", language="zh", **asked))
    for key, state, why in (("w", "waiting", None), ("r", "running", None), ("f", "running", "OSError: disk")):
        session.add(ComplaintImport(
            key=key, file_name="x", digest="", state=ImportState(state), uploaded_at=EARLIER, uploaded_by=admin,
            last_error=why,
        ))  # fmt: skip
    draft = RegulationDraft(
        slug="cs-management", based_on=session.query(RegulationVersion).first(), changes={}, created_at=MONDAY,
        created_by=admin, edited_at=MONDAY, edited_by=admin,
    )  # fmt: skip
    for state in (RehearsalState.WAITING, RehearsalState.RUNNING, RehearsalState.FAILED):
        session.add(RegulationRehearsal(
            draft=draft, digest="", state=state, asked_at=EARLIER, asked_by=admin,
            finished_at=MONDAY if state is RehearsalState.FAILED else None,
        ))  # fmt: skip
    session.add(FailedStep(
        kind="complaint", case_id=99, action="lapse", moment=EARLIER, attempts=3, next_try_at=LATER, last_error="x: y"
    ))  # fmt: skip
    for number, action in enumerate((failed_steps.HAND_OVER, failed_steps.REMIND)):
        session.add(FailedStep(
            kind="complaint", case_id=number, action=action, moment=EARLIER, attempts=3, next_try_at=LATER,
            last_error="x: y",
        ))  # fmt: skip
    version = session.query(RegulationVersion).filter_by(slug="loyalty").first()
    assessment = Assessment(
        regulation="loyalty", regulation_version=version, kind="person", period="2026-02",
        first_day=date(2026, 2, 1), last_day=date(2026, 2, 28), opened_at=EARLIER, opened_by=admin,
    )  # fmt: skip
    for state in (FileState.WAITING, FileState.RUNNING, FileState.FAILED):
        session.add(AssessmentComputation(
            assessment=assessment, state=state, asked_at=EARLIER, asked_by_id=admin.id,
            finished_at=MONDAY if state is FileState.FAILED else None,
        ))  # fmt: skip
        session.add(ReportFile(
            key=state, assessment=assessment, version=state, title="x", subjects=[], content={}, language="zh",
            state=state, asked_at=EARLIER, asked_by_id=admin.id,
            finished_at=MONDAY if state is FileState.FAILED else None,
        ))  # fmt: skip
    session.flush()
    return session


def test_every_kind_tells_what_failed_runs_and_waits_and_since_when(rows):
    found = background.tallies(rows, MONDAY)
    for name in OF_THE_CLOCK:
        assert found.pop(name) == Tally(failed=1, runs=0, waits=0, oldest=None)
    assert found == dict.fromkeys(found, Tally(failed=1, runs=1, waits=1, oldest=EARLIER)) and len(found) == 8


def test_a_deadline_waits_from_the_moment_at_which_it_fell_due(session):
    complaint = Desk(session, MONDAY - timedelta(hours=30)).complaint("assigned")
    session.flush()
    assert complaint.due_at is not None
    assert KINDS["deadlines"].tally(session, MONDAY) == Tally(failed=0, runs=0, waits=1, oldest=complaint.due_at)
    [due] = KINDS["deadlines"].rows(session, "waits", MONDAY, skip=0, most=10)
    assert (due.action, due.case_id) == ("lapse", complaint.id)


@pytest.mark.parametrize("name", [name for name in KINDS if name not in OF_THE_CLOCK])
def test_what_failed_waits_again_as_if_new_and_the_rest_is_left_alone(rows, name):
    before = KINDS[name].tally(rows, MONDAY)
    assert len(KINDS[name].try_again(rows, MONDAY)) == 1
    rows.expire_all()
    after = KINDS[name].tally(rows, MONDAY)
    assert (after.failed, after.total) == (0, before.total)
    assert KINDS[name].try_again(rows, MONDAY) == []


@pytest.mark.parametrize(("name", "action"), OF_THE_CLOCK.items())
def test_a_step_that_failed_is_tried_with_the_next_tick(rows, name, action):
    assert len(KINDS[name].try_again(rows, MONDAY)) == 1
    step = rows.query(FailedStep).filter_by(action=action).one()
    assert (step.attempts, step.next_try_at) == (0, MONDAY)


def test_only_the_one_named_is_tried_again(rows):
    rows.add(Order(kind="render_letter", state=OrderState.FAILED, attempts=10, next_try_at=EARLIER, last_error="x: y"))
    rows.flush()
    failed = KINDS["letters"].rows(rows, "failed", MONDAY, skip=0, most=10)
    assert KINDS["letters"].try_again(rows, MONDAY, failed[1].id) == [failed[1].id]
    assert KINDS["letters"].tally(rows, MONDAY).failed == 1
    assert KINDS["letters"].try_again(rows, MONDAY, 999) == []


def test_a_message_that_is_being_sent_is_not_sent_a_second_time(rows):
    """It was refused before, and somebody tries it just now."""
    message = rows.query(Message).filter_by(key="runs").one()
    message.last_error = "451 later please"
    rows.flush()
    assert KINDS["messages"].try_again(rows, MONDAY, message.id) == []
    assert KINDS["messages"].try_again(rows, LATER + HOUR, message.id) == [message.id]


def test_the_letters_of_a_month_that_were_asked_for_again_are_not_gathered_twice(rows):
    failed = rows.query(MonthFile).filter_by(state=FileState.FAILED).one()
    rows.add(MonthFile(
        key="again", month=failed.month, language="zh", state=FileState.WAITING, asked_at=MONDAY,
        asked_by_id=failed.asked_by_id,
    ))  # fmt: skip
    rows.flush()
    assert KINDS["month-files"].try_again(rows, MONDAY) == []


def test_a_report_that_was_asked_for_again_is_not_printed_twice(rows):
    failed = rows.query(ReportFile).filter_by(state=FileState.FAILED).one()
    rows.add(ReportFile(
        key="again", assessment=failed.assessment, version=failed.version, title="x", subjects=[], content={},
        language="zh", state=FileState.WAITING, asked_at=MONDAY, asked_by_id=failed.asked_by_id,
    ))  # fmt: skip
    rows.flush()
    assert KINDS["reports"].try_again(rows, MONDAY) == []


def test_what_nobody_waits_for_any_more_is_not_told(rows):
    in_a_week = MONDAY + timedelta(days=8)
    assert [
        KINDS[name].tally(rows, in_a_week).failed for name in ("case-files", "month-files", "reports", "rehearsals")
    ] == [0] * 4


def test_a_file_that_has_ended_well_is_never_begun_anew(rows):
    """Only what failed may go back, whoever asks the database."""
    file = rows.query(CaseFile).filter_by(state=FileState.RUNNING).one()
    file.state, file.finished_at, file.pages, file.digest = FileState.DONE, MONDAY, 3, "0" * 64
    rows.flush()
    file.state, file.finished_at = FileState.WAITING, None
    with pytest.raises(Exception, match=r"never changed|append"):
        rows.flush()
