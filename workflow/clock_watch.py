"""Which running clocks are to be looked at for a reminder, and how each is counted.

A note says of each run until when it may be left alone. It is made when a run is first seen, and again at each look. A
run that it does not fit, because the clock was started anew or its deadline moved, is looked at at once.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, or_, select
from sqlalchemy.orm import Session

from models import ClockWatch, Complaint, Penalty, Scorecard
from workflow import deadline
from workflow.office import Office
from workflow.regulation import pack_of
from workflow.reminder_times import Run
from workflow.turn import REINSTATEMENT, Case, clocks_of, due_of

KINDS: tuple[type[Any], ...] = (Complaint, Penalty, Scorecard)
AT_ONCE = 100
Watches = dict[tuple[int, str], ClockWatch]


def to_look_at(session: Session, at: datetime) -> list[tuple[str, Sequence[int]]]:
    """The cases of each kind whose clock may ask for a reminder, by no more than are looked at in one go."""
    found = [
        (Complaint.kind, session.scalars(_unwatched(Complaint, at).where(Complaint.stopped_at.is_(None))).all()),
        (Penalty.kind, session.scalars(_unwatched(Penalty, at)).all()),
        (Penalty.kind, session.scalars(_undecided_reinstatements(at)).all()),
        (Scorecard.kind, session.scalars(_unwatched(Scorecard, at)).all()),
    ]
    return [(kind, ids[start : start + AT_ONCE]) for kind, ids in found for start in range(0, len(ids), AT_ONCE)]


def _unwatched(kind: type[Any], at: datetime) -> Select[int]:
    """The cases with a running clock that no note says to leave alone until later."""
    fits = (ClockWatch.clock == kind.clock, ClockWatch.started_at == kind.clock_started_at,
            ClockWatch.due_at == kind.due_at)  # fmt: skip
    return _without_note(kind, at, *fits).where(kind.clock.is_not(None))


def _undecided_reinstatements(at: datetime) -> Select[int]:
    due_at = Penalty.reinstatement_due_at
    fits = (ClockWatch.clock == REINSTATEMENT, ClockWatch.due_at == due_at)
    return _without_note(Penalty, at, *fits).where(due_at.is_not(None))


def _without_note(kind: type[Any], at: datetime, *fits: ColumnElement[bool]) -> Select[int]:
    watch = and_(ClockWatch.kind == kind.kind, ClockWatch.case_id == kind.id, *fits)
    is_time = or_(ClockWatch.case_id.is_(None), ClockWatch.look_at <= at)
    return select(kind.id).outerjoin(ClockWatch, watch).where(is_time).order_by(kind.id)


def forget(session: Session) -> None:
    """Every clock is looked at anew: the figures or the calendar by which reminders are counted have changed."""
    session.execute(delete(ClockWatch))


def runs_of(case: Case, office: Office) -> list[Run]:
    """The clocks that run in the case, as each is counted; none where they stand."""
    if isinstance(case, Complaint) and case.is_stopped:
        return []
    return [run for clock in clocks_of(case) if (run := _run(case, clock, office)) is not None]


def _run(case: Case, clock: str, office: Office) -> Run | None:
    since, due = _since(case, clock), due_of(case, clock)
    if since is None or due is None:
        return None
    if isinstance(case, Scorecard):
        return Run(clock, since, due, office.calendar.working_time(since, due), office.calendar)
    limit = pack_of(case.regulation_version).limit(clock)
    calendar = deadline.calendar_of(clock, case.department_id, office)
    end = deadline.after(limit, since, calendar)
    acts = clock in deadline.CLOCKS and deadline.CLOCKS[clock].falls_due is not None
    if limit.is_of_the_clock:
        return Run(clock, since, due, end - since, None, acts_by_itself=acts)
    return Run(clock, since, due, calendar.working_time(since, end), calendar, acts_by_itself=acts)


def _since(case: Case, clock: str) -> datetime | None:
    if clock != REINSTATEMENT:
        return case.clock_started_at
    return next((event.at for event in reversed(case.events) if event.action == "regrade"), None)


def watches_of(session: Session, kind: str, cases: Iterable[Case]) -> Watches:
    query = select(ClockWatch).where(ClockWatch.kind == kind, ClockWatch.case_id.in_([case.id for case in cases]))
    return {(watch.case_id, watch.clock): watch for watch in session.scalars(query)}


def note(session: Session, watches: Watches, case: Case, run: Run, look_at: datetime | None) -> None:
    """Until `look_at` this run asks for nothing."""
    watch = watches.get((case.id, run.clock))
    if watch is None:
        watch = watches[case.id, run.clock] = ClockWatch(kind=case.kind, case_id=case.id, clock=run.clock)
        session.add(watch)
    watch.started_at, watch.due_at, watch.look_at = run.since, run.due, look_at
