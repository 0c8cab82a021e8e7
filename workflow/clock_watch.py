"""Which running clocks ask for a reminder now, and until when each of the others may be left alone.

A note says so of each run. It is made when a run is first seen and again at each reminder. A run that it does not fit,
because the clock was started anew or its deadline moved, is looked at at once; so a note may be lost at any time.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, exists, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models import (
    ClockWatch,
    Complaint,
    Penalty,
    Plan,
    Publication,
    RegulationVersion,
    Reward,
    Scorecard,
    WithoutEvents,
    is_away,
)
from workflow import deadline, other_clocks, plan_roles, reminder_times
from workflow.deadline import REINSTATEMENT
from workflow.limit import Limit
from workflow.office import Office
from workflow.regulation import pack_of
from workflow.reminder_figures import figures_of
from workflow.reminder_times import Run
from workflow.turn import Awaited, Case, clocks_of, due_of

CLOCKS: dict[type[Any], tuple[str, ...]] = {
    Complaint: tuple(clock.name for clock in deadline.clocks_of(Complaint.kind)),
    Penalty: tuple(clock.name for clock in deadline.clocks_of(Penalty.kind)),
    Scorecard: ("review", "verify", "approve", "pay"),
    Plan: plan_roles.CLOCKS,
}
IN_WORKING_TIME = Limit(working_days=1)
AT_ONCE = 100

logger = logging.getLogger("gongdao.reminders")


@dataclass(frozen=True)
class Note:
    """Until `look_at` this run asks for nothing; None: it asks for nothing any more."""

    kind: str
    case_id: int
    clock: str
    started_at: datetime
    due_at: datetime
    look_at: datetime | None


@dataclass
class Seen:
    """The cases that may ask for a reminder now, by their kind, and notes of those that do not; what cannot be read."""

    calls: dict[str, list[int]] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    failed: dict[tuple[str, int], Exception] = field(default_factory=dict)

    def batches(self) -> Iterator[tuple[str, Sequence[int]]]:
        for kind, ids in self.calls.items():
            yield from ((kind, ids[start : start + AT_ONCE]) for start in range(0, len(ids), AT_ONCE))


def look(session: Session, at: datetime) -> Seen:
    """Look at every running clock that no note says to leave alone until later; nothing is locked or written."""
    office, seen, editions = Office(session), Seen(), Editions(session)
    for kind in CLOCKS:
        for row in session.execute(_unwatched(kind, at)):
            try:
                edition = editions[row.regulation_version_id]
                run = _run(kind.kind, row.clock, row.clock_started_at, row.due_at, edition, row.department_id, office)
                _sort(kind.kind, row.id, run, seen, office, at)
            except Exception as error:
                if is_away(error):
                    raise
                logger.exception("the clock of %s %s could not be read", kind.kind, row.id)
                seen.failed[kind.kind, row.id] = error
    for name, key, run in other_clocks.unwatched(session, office, at):
        _sort(name, key, run, seen, office, at)
    reinstatements = session.scalars(_undecided_reinstatements(at)).all()
    ids = seen.calls.setdefault(Penalty.kind, [])
    ids += [key for key in reinstatements if key not in ids]
    return seen


class Editions(dict[int, RegulationVersion]):
    """The editions of the regulations by their keys, each read once."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def __missing__(self, key: int) -> RegulationVersion:
        self[key] = self.session.get_one(RegulationVersion, key)
        return self[key]


def _sort(kind: str, key: int, run: Run, seen: Seen, office: Office, at: datetime) -> None:
    figures = figures_of(office.company)
    if reminder_times.called_for(run, figures, at, None) is not None:
        seen.calls.setdefault(kind, []).append(key)
    else:
        seen.notes.append(note_of(kind, key, run, reminder_times.next_call(run, figures, at)))


def _unwatched(kind: type[Any], at: datetime) -> Select[Any]:
    """What has to be known of a run, of those without a note that fits and says later."""
    fits = (ClockWatch.clock == kind.clock, ClockWatch.started_at == kind.clock_started_at,
            ClockWatch.due_at == kind.due_at)  # fmt: skip
    known = (kind.id, kind.clock, kind.clock_started_at, kind.due_at, kind.department_id, kind.regulation_version_id)
    query = _without_note(kind, at, known, fits).where(kind.clock.in_(CLOCKS[kind]))
    return query.where(Complaint.stopped_at.is_(None)) if kind is Complaint else query


def _undecided_reinstatements(at: datetime) -> Select[int]:
    due_at = Penalty.reinstatement_due_at
    fits = (ClockWatch.clock == REINSTATEMENT, ClockWatch.due_at == due_at)
    return _without_note(Penalty, at, (Penalty.id,), fits).where(due_at.is_not(None))


def _without_note(kind: type[Any], at: datetime, known: Sequence[Any], fits: Iterable[Any]) -> Select[Any]:
    watch = and_(ClockWatch.kind == kind.kind, ClockWatch.case_id == kind.id, *fits)
    is_time = or_(ClockWatch.case_id.is_(None), ClockWatch.look_at <= at)
    return select(*known).outerjoin(ClockWatch, watch).where(is_time)


# --- how a clock is counted


def runs_of(case: Awaited, office: Office) -> list[Run]:
    """The clocks that run in the case, as each is counted; none where they stand."""
    if isinstance(case, WithoutEvents | Publication | Reward):
        run = other_clocks.run_of(case, office)
        return [run] if run is not None else []
    if isinstance(case, Complaint) and case.is_stopped:
        return []
    found = ((clock, _since(case, clock), due_of(case, clock)) for clock in clocks_of(case))
    version, department_id = case.regulation_version, case.department_id
    return [
        _run(case.kind, clock, since, due, version, department_id, office)
        for clock, since, due in found
        if since is not None and due is not None
    ]


def _since(case: Case, clock: str) -> datetime | None:
    return case.regraded_at if clock == REINSTATEMENT and isinstance(case, Penalty) else case.clock_started_at


def _run(
    kind: str, clock: str, since: datetime, due: datetime, version: RegulationVersion, department_id: int | None,
    office: Office,
) -> Run:  # fmt: skip
    """Counted as its regulation says; the days of a month that is closed and those of a plan, in the
    company's working time."""
    if kind in (Scorecard.kind, Plan.kind):
        whole = office.calendar.working_time(since, due)
        return Run(clock, since, due, whole, IN_WORKING_TIME, office.calendar)
    limit, calendar = pack_of(version).limit(clock), deadline.calendar_of(clock, department_id, office)
    end = deadline.after(limit, since, calendar)
    whole = end - since if limit.is_of_the_clock else calendar.working_time(since, end)
    acts = clock in deadline.CLOCKS and deadline.CLOCKS[clock].falls_due is not None
    return Run(clock, since, due, whole, limit, calendar, acts_by_itself=acts)


# --- keeping the notes


def note_of(kind: str, case_id: int, run: Run, look_at: datetime | None) -> Note:
    return Note(kind, case_id, run.clock, run.since, run.due, look_at)


def keep(session: Session, notes: Iterable[Note]) -> None:
    """In one order, so that two who keep notes of the same cases wait for each other."""
    rows = [vars(note) for note in sorted(notes, key=lambda note: (note.kind, note.case_id, note.clock))]
    if not rows:
        return
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    insert = postgresql.insert(ClockWatch) if is_postgresql else sqlite.insert(ClockWatch)
    fresh = {name: insert.excluded[name] for name in ("started_at", "due_at", "look_at")}
    session.execute(insert.on_conflict_do_update(index_elements=["kind", "case_id", "clock"], set_=fresh), rows)


def tidy(session: Session) -> int:
    """Throw away the notes of clocks that have ended; how many there were.

    Not with the step that ends a clock: whoever looked before the step may write the note after it.
    """
    ended = delete(ClockWatch).where(or_(*(and_(ClockWatch.kind == kind, ~runs) for kind, runs in _running().items())))
    return len(session.execute(ended.returning(ClockWatch.case_id)).all())


def _running() -> dict[str, ColumnElement[bool]]:
    """By kind, whether the clock of a note still runs; one that stands goes on later."""
    of_cases = {
        kind.kind: exists().where(kind.id == ClockWatch.case_id, kind.clock == ClockWatch.clock) for kind in CLOCKS
    }
    reinstating = exists().where(
        Penalty.id == ClockWatch.case_id, ClockWatch.clock == REINSTATEMENT, Penalty.reinstatement_due_at.is_not(None)
    )
    return of_cases | other_clocks.running() | {Penalty.kind: or_(of_cases[Penalty.kind], reinstating)}


def forget(session: Session) -> None:
    """Every clock is looked at anew: the figures or the calendar by which reminders are counted have changed."""
    session.execute(delete(ClockWatch))
