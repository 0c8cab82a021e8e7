"""Assessments computed by the worker: once, whoever starts them and however often; begun anew after a crash."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs import assessing
from models import Assessed, Assessment, AssessmentComputation, Database, FileState
from tests.builders import MONDAY, Desk
from workflow import assessment_books as books
from workflow import assessment_run, packs
from workflow.assessment_entry import Row
from workflow.assessment_period import Period
from workflow.assessment_shape import SubjectKind


def opened(session: Session, regulation: str = "loyalty", kind: str = "person", by: str = "cr.lin") -> int:
    """The key of the computation that waits."""
    desk = Desk(session)
    period = Period.named("2026-02") if regulation == "loyalty" else Period.named("2026-Q1")
    of = assessment_run.open_(
        session, packs.assessment(regulation), period, SubjectKind(kind), scheme=None, by=desk.actor(by), at=MONDAY
    )
    return session.scalars(select(AssessmentComputation.id).filter_by(assessment_id=of.id)).one()


def state(database: Database, key: int) -> tuple[FileState, str | None, int]:
    with database.reading() as session:
        found = session.get_one(AssessmentComputation, key)
        lines = len(session.scalars(select(Assessed.id)).all())
        return found.state, found.last_error, lines


def test_a_computation_runs_once_however_often_it_is_started(database: Database, staged: Callable[..., int]) -> None:
    key = staged(opened)
    assert assessing.unfinished(database) == [key]
    for _again in range(2):
        assessing.run(database, key, now=lambda: MONDAY)
    found, error, lines = state(database, key)
    assert (found, error) == (FileState.DONE, None) and lines > 0
    assert assessing.unfinished(database) == []


def test_a_worker_that_is_killed_leaves_nothing_half_done(
    database: Database, staged: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    key = staged(opened)

    def killed(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(assessment_run, "_total", killed)
        with pytest.raises(SystemExit):
            assessing.run(database, key, now=lambda: MONDAY)
    assert state(database, key) == (FileState.RUNNING, None, 0)
    assessing.run(database, key, now=lambda: MONDAY)
    assert state(database, key)[0] is FileState.DONE


def test_what_is_cut_short_again_and_again_is_given_up(
    database: Database, staged: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    key = staged(opened)

    def killed(*_: object, **__: object) -> None:
        raise SystemExit

    monkeypatch.setattr(assessment_run, "compute", killed)
    for _attempt in range(assessing.MOST_ATTEMPTS):
        with pytest.raises(SystemExit):
            assessing.run(database, key, now=lambda: MONDAY)
    assessing.run(database, key, now=lambda: MONDAY)
    assert state(database, key)[0] is FileState.FAILED


def given_twice(session: Session) -> int:
    desk, pack = Desk(session), packs.assessment("service-centre")
    key = opened(session, "service-centre", "department", "service.liu")
    for row in ("1", "2"):
        entry = books.Entry(desk.department("after_sales"), date(2026, 1, 5), Row(row, {"months": 1}))
        books.post(session, pack, "months_on_time", [entry], at=MONDAY, by=desk.person("service.liu"))
        session.flush()
    return key


def test_rows_that_contradict_each_other_are_named(database: Database, staged: Callable[..., int]) -> None:
    key = staged(given_twice)
    assessing.run(database, key, now=lambda: MONDAY)
    found, error, lines = state(database, key)
    assert found is FileState.FAILED and lines == 0 and error is not None
    assert "months_on_time" in error and "row 2" in error


def submitted(session: Session) -> int:
    key = opened(session)
    of = session.scalars(select(Assessment)).one()
    of.computed_at = of.submitted_at = MONDAY
    return key


def test_what_was_submitted_meanwhile_stands(database: Database, staged: Callable[..., int]) -> None:
    key = staged(submitted)
    assessing.run(database, key, now=lambda: MONDAY)
    assert state(database, key) == (FileState.DONE, None, 0)
