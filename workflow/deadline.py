"""Every time limit of the regulation: which clock waits for which act, when it runs out, and
the step that falls due by itself. Only `lapse` decides; a clock that stands goes on at its limit; every
other limit is shown and never acts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from math import ceil
from typing import Any

from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from models import Complaint, Penalty
from workflow.limit import Limit
from workflow.office import Office
from workflow.process import Step
from workflow.regulation import Pack, pack_of
from workflow.working_days import WorkingDays

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Clock:
    """A running deadline: the acts that answer it, and the step that falls due if none comes."""

    name: str
    answers: tuple[str, ...]
    falls_due: str | None = None
    process: str = Complaint.kind
    # Counted by the shifts of the case's department, because its head must act; else by the company's calendar.
    by_shift: bool = False


CLOCKS = {
    clock.name: clock
    for clock in (
        Clock("assign", ("assign",)),
        Clock("answer", ("accept", "appeal"), falls_due="lapse", by_shift=True),
        Clock("endorse", ("endorse", "decline"), by_shift=True),
        Clock("rule", ("uphold", "dismiss", "vary", "remand")),
        Clock("complete", ("complete",), by_shift=True),
        Clock("report", ("report",), by_shift=True),
        Clock("verify", ("verify", "return")),
        Clock("follow_up", ("follow_up",)),
        Clock("defence", ("defend", "waive"), process=Penalty.kind),
        Clock("submit", ("submit", "drop"), process=Penalty.kind, by_shift=True),
        Clock("approve", ("approve", "reject"), process=Penalty.kind),
        Clock("contest", ("appeal",), falls_due="lapse", process=Penalty.kind),
        Clock("review", ("revoke", "sustain"), process=Penalty.kind),
    )
}


def clocks_of(process: str) -> list[Clock]:
    return [clock for clock in CLOCKS.values() if clock.process == process]


# Beside the clocks: until when the customer must have been told, until when a closed case can come back, and until
# when somebody decides whether a dismissal that was regraded is taken back.
REINSTATEMENT = "reinstatement"
LIMITS = (*CLOCKS, "statutory", "reopening", REINSTATEMENT)


@dataclass(frozen=True)
class Stop:
    """From when until when a clock stood."""

    since: datetime
    until: datetime


def start(step: Step[Any], clock: str | None, since: datetime) -> None:
    """Start the named clock of the case from `since`; None stops it."""
    case = step.subject
    case.clock = clock
    case.clock_started_at = since if clock else None
    case.due_at = ends(step, clock, since) if clock else None
    if isinstance(case, Complaint):
        case.stopped_at = case.stopped_due_at = case.stopped_until = None


def ends(step: Step[Any], clock: str, since: datetime) -> datetime:
    """When the named limit that begins at `since` runs out, by the version that the case keeps."""
    calendar = calendar_of(clock, step.subject.department_id, step.actor.office)
    return after(pack_of(step.subject.regulation_version).limit(clock), since, calendar)


def calendar_of(clock: str, department_id: int | None, office: Office) -> WorkingDays:
    """The calendar by which the named limit runs in a case of this department."""
    by_shift = clock in CLOCKS and CLOCKS[clock].by_shift
    return office.calendars.of(department_id) if by_shift else office.calendar


def after(limit: Limit, since: datetime, calendar: WorkingDays, *, stops: Sequence[Stop] = ()) -> datetime:
    """`since` plus the limit, in clock hours and days or in working hours and days; each stop moves it by as much
    as it took away, so that the clock goes on exactly where it was."""
    if limit.working_days is not None:
        due = calendar.add(since, limit.working_days)
    elif limit.working_hours is not None:
        due = calendar.add_working_time(since, timedelta(hours=limit.working_hours))
    else:
        due = since + timedelta(hours=limit.hours or 0, days=limit.days or 0)
    for stop in stops:
        due = moved_by(limit, due, stop, calendar)
    return due


def moved_by(limit: Limit, due: datetime, stop: Stop, calendar: WorkingDays) -> datetime:
    """A deadline after a stop: nights and holidays within it took nothing from working time."""
    if limit.is_of_the_clock:
        return due + (stop.until - stop.since)
    return max(calendar.move(due, calendar.working_time(stop.since, stop.until)), stop.until)


def statutory(pack: Pack, filed_at: datetime, office: Office) -> datetime:
    """Until when the customer must have been told of the outcome; no stop moves it."""
    return after(pack.limit("statutory"), filed_at, office.calendar)


def ahead_of(limit: Limit, due: datetime, span: timedelta, calendar: WorkingDays) -> datetime:
    """The moment `span` before a deadline; one that is counted in working time is warned of in working time."""
    return due - span if limit.is_of_the_clock else calendar.take_working_time(due, span)


def days_late(due_at: datetime | None, at: datetime) -> int:
    """Started days after the deadline; 0 in time."""
    return max(0, ceil((at - due_at) / ONE_DAY)) if due_at is not None else 0


def price_of_lateness(days: int, *, per_day: Decimal, at_most: Decimal) -> Decimal:
    """Negative points for `days` started days, never beyond `at_most` (CS-5)."""
    return max(at_most, per_day * days)


@dataclass(frozen=True)
class Due:
    """A step that has fallen due: of which case, when, and which."""

    kind: str
    case_id: int
    moment: datetime
    action: str


def due(session: Session, at: datetime, *, case: tuple[str, int] | None = None) -> Iterator[Due]:
    """The steps that have fallen due by `at`, in order; of one case (its kind and id), if given."""
    acting = [clock.name for clock in CLOCKS.values() if clock.falls_due]
    found: list[Due] = []
    for kind in (Complaint, Penalty):
        query = select(kind.id, kind.due_at, kind.clock).where(kind.clock.in_(acting), kind.due_at <= at)
        if case is not None:
            query = query.where(kind.id == case[1], literal(case[0] == kind.kind))
        for key, moment, clock in session.execute(query):
            assert moment is not None and clock is not None, "the query asks for running clocks"
            found.append(Due(kind.kind, key, moment, CLOCKS[clock].falls_due or ""))
    found += _stops_that_end(session, at, case)
    return iter(sorted(found, key=lambda due: (due.moment, due.kind, due.case_id)))


def _stops_that_end(session: Session, at: datetime, case: tuple[str, int] | None) -> list[Due]:
    query = select(Complaint.id, Complaint.stopped_until).where(Complaint.stopped_until <= at)
    if case is not None:
        query = query.where(Complaint.id == case[1], literal(case[0] == Complaint.kind))
    rows = session.execute(query)
    return [Due(Complaint.kind, key, until, "resume") for key, until in rows if until is not None]


def is_answered_by(case: Complaint | Penalty, action: str) -> bool:
    """Whether the running clock of the case waits for this act."""
    return case.clock is not None and action in CLOCKS[case.clock].answers


def has_decided(clock: str | None, due_at: datetime | None, at: datetime) -> bool:
    """Whether the moment has passed at which the deadline itself decides; it only has to be carried out."""
    return clock is not None and due_at is not None and CLOCKS[clock].falls_due is not None and due_at <= at


def as_json(moment: datetime | None, office: Office) -> Any:
    return moment.astimezone(office.calendar.zone).isoformat() if moment is not None else None
