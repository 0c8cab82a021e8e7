"""Every time limit of the regulation: which clock waits for which act, when it runs out, and
the step that falls due by itself. Only `lapse` acts; every other limit is shown and never decides.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from math import ceil
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Complaint
from workflow.office import Office
from workflow.process import Step
from workflow.regulation import Limit, Pack, pack_of

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Clock:
    """A running deadline: the acts that answer it, and the step that falls due if none comes."""

    name: str
    answers: tuple[str, ...]
    falls_due: str | None = None


CLOCKS = {
    clock.name: clock
    for clock in (
        Clock("assign", ("assign",)),
        Clock("answer", ("accept", "appeal"), falls_due="lapse"),
        Clock("endorse", ("endorse", "decline")),
        Clock("rule", ("uphold", "dismiss", "vary", "remand")),
        Clock("complete", ("complete",)),
        Clock("report", ("report",)),
        Clock("verify", ("verify", "return")),
        Clock("follow_up", ("follow_up",)),
    )
}
# Beside the clocks: until when the customer must have been told, and until when a closed case can come back.
LIMITS = (*CLOCKS, "statutory", "reopening")


def start(step: Step[Complaint], clock: str | None, since: datetime) -> None:
    """Start the named clock of the case from `since`; None stops it."""
    complaint = step.subject
    complaint.clock = clock
    complaint.clock_started_at = since if clock else None
    complaint.due_at = ends(step, clock, since) if clock else None


def ends(step: Step[Complaint], clock: str, since: datetime) -> datetime:
    """When the named limit that begins at `since` runs out, by the version that the case keeps."""
    return after(pack_of(step.subject.regulation_version).limit(clock), since, step.actor.office)


def after(limit: Limit, since: datetime, office: Office) -> datetime:
    """`since` plus the limit: clock hours and days, or working days of the company's calendar."""
    if limit.working_days is not None:
        return office.calendar.add(since, limit.working_days)
    return since + timedelta(hours=limit.hours or 0, days=limit.days or 0)


def statutory(pack: Pack, filed_at: datetime, office: Office) -> datetime:
    """Until when the customer must have been told of the outcome."""
    return after(pack.limit("statutory"), filed_at, office)


def days_late(due_at: datetime | None, at: datetime) -> int:
    """Started days after the deadline; 0 in time."""
    return max(0, ceil((at - due_at) / ONE_DAY)) if due_at is not None else 0


def price_of_lateness(days: int, *, per_day: Decimal, at_most: Decimal) -> Decimal:
    """Negative points for `days` started days, never beyond `at_most` (CS-5)."""
    return max(at_most, per_day * days)


def due(session: Session, at: datetime, *, case: int | None = None) -> Iterator[tuple[int, datetime, str]]:
    """The steps that have fallen due by `at`, in order: complaint id, the moment, the action."""
    acting = [clock.name for clock in CLOCKS.values() if clock.falls_due]
    query = (
        select(Complaint.id, Complaint.due_at, Complaint.clock)
        .where(Complaint.clock.in_(acting), Complaint.due_at <= at)
        .order_by(Complaint.due_at, Complaint.id)
    )
    if case is not None:
        query = query.where(Complaint.id == case)
    for complaint_id, due_at, clock in session.execute(query).all():
        assert due_at is not None and clock is not None, "the query asks for running clocks"
        yield complaint_id, due_at, CLOCKS[clock].falls_due or ""


def is_answered_by(complaint: Complaint, action: str) -> bool:
    """Whether the running clock of the case waits for this act."""
    return complaint.clock is not None and action in CLOCKS[complaint.clock].answers


def as_json(moment: datetime | None, office: Office) -> Any:
    return moment.astimezone(office.calendar.zone).isoformat() if moment is not None else None
