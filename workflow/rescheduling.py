"""A change of the calendar moves the deadlines that are still ahead, once, and each case says so.

What has passed stays passed: a deadline that is over when the calendar changes is left alone. One that comes
earlier leaves at least one working day from the change on, unless less was left anyway. The move is an event
of the case, by the clock; whoever is awaited is told. Nothing else changes, and nothing is decided.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from models import Complaint, Event, MovedDeadline, Penalty, Person, SettingChange
from workflow import deadline, letter, penalty_roles, stopped_clock
from workflow.deadline import Stop
from workflow.notice import tell
from workflow.office import Office
from workflow.process import Rule, Step
from workflow.record import record_event
from workflow.regulation import pack_of
from workflow.roles import SYSTEM, who_keeps_the_file
from workflow.working_days import WorkingDays

Case = Complaint | Penalty
AT_ONCE = 200
# How long after a change a step may still end that had read the calendar before it.
STRAGGLERS = timedelta(minutes=10)
RESCHEDULE: Rule[Any] = Rule("CS-10", "reschedule", source=(), dest=None, by=SYSTEM, letter="")


@dataclass(frozen=True)
class Move:
    """One limit of a case, from when to when it moves; of a clock that stands, also the deadline of before."""

    limit: str
    old: datetime
    new: datetime
    before: datetime | None = None


def reschedule(session: Session, change: SettingChange, *, at: datetime) -> int:
    """Move every deadline ahead that the calendar, as it is now, puts elsewhere; in how many cases."""
    office = Office(session)
    moved = 0
    for kind in (Complaint, Penalty):
        ids = list(_found(session, kind, office, at))
        for start in range(0, len(ids), AT_ONCE):
            cases = _locked(session, kind, ids[start : start + AT_ONCE])
            moved += sum(_move(case, change, office, at) for case in cases)
            session.flush()
    return moved


def catch_up(session: Session, at: datetime) -> int:
    """Once more for the latest change, while a step may have ended that had read the calendar before it."""
    change = latest_change(session, at)
    return reschedule(session, change, at=at) if change is not None else 0


def latest_change(session: Session, at: datetime) -> SettingChange | None:
    """The calendar's latest change, if it is so fresh that a step may have ended which did not know of it."""
    fresh = (SettingChange.name.startswith("calendar."), SettingChange.at > at - STRAGGLERS)
    return session.scalars(select(SettingChange).where(*fresh).order_by(SettingChange.id.desc()).limit(1)).first()


def _found(session: Session, kind: type[Any], office: Office, at: datetime) -> Iterator[int]:
    """The cases that have something to move, by what their rows say; nothing is locked yet."""
    needing_events = _needing_events(session, kind)
    query = select(kind).where(_is_open(kind)).options(joinedload(kind.regulation_version)).order_by(kind.id)
    for case in session.scalars(query):
        if case.id in needing_events or moves_of(case, (), office, at):
            yield case.id


def _is_open(kind: type[Any]) -> Any:
    if kind is Penalty:
        return Penalty.clock.is_not(None) | Penalty.reinstatement_due_at.is_not(None)
    return Complaint.clock.is_not(None)


def _needing_events(session: Session, kind: type[Any]) -> set[int]:
    """Those whose clock stood before, or whose limit began with an event: their events say since when."""
    if kind is Penalty:
        return set(session.scalars(select(Penalty.id).where(Penalty.reinstatement_due_at.is_not(None))))
    stopped = select(Event.complaint_id).where(Event.action == "suspend")
    query = select(Complaint.id).where(Complaint.clock.is_not(None), Complaint.id.in_(stopped))
    return set(session.scalars(query))


def _locked(session: Session, kind: type[Any], ids: Sequence[int]) -> Iterable[Case]:
    """The cases with what a move needs, locked against other steps."""
    people = (kind.respondent, kind.filed_by) if kind is Complaint else (kind.respondent, kind.proposer)
    query = (
        select(kind)
        .where(kind.id.in_(ids))
        .options(
            joinedload(kind.regulation_version), joinedload(kind.department), selectinload(kind.events),
            *(joinedload(person).joinedload(Person.postings) for person in people),
        )
        .order_by(kind.id)
        .with_for_update(of=kind)
        .execution_options(populate_existing=True)
    )  # fmt: skip
    found: Sequence[Case] = session.scalars(query).unique().all()
    return found


def _move(case: Case, change: SettingChange, office: Office, at: datetime) -> bool:
    stops = stopped_clock.stops_of(case) if isinstance(case, Complaint) else []
    moves = moves_of(case, stops, office, at)
    for move in moves:
        _set(case, move)
    # A stop may take as much less as what was due comes later: then nothing is due at another moment.
    told = [move for move in moves if move.new != move.old]
    if told:
        _record(case, told, change, office, at)
    return bool(told)


def moves_of(case: Case, stops: Sequence[Stop], office: Office, at: datetime) -> list[Move]:
    """What the calendar puts elsewhere in this case."""
    found = [move for move in _limits(case, stops, office, at) if move.old > at]
    return [move for move in found if (move.new, move.before) != (move.old, _before(case, move.limit))]


def _limits(case: Case, stops: Sequence[Stop], office: Office, at: datetime) -> Iterator[Move]:
    """Each limit that runs: when it ends by the row, and when by the calendar."""
    pack = pack_of(case.regulation_version)
    if case.clock is not None and case.clock_started_at is not None and case.due_at is not None:
        yield _running(case, case.clock, case.clock_started_at, case.due_at, stops, office, at)
    if isinstance(case, Complaint) and not case.is_decided:
        new = deadline.statutory(pack, case.filed_at, office)
        yield Move("statutory", case.statutory_due_at, _kept(case.statutory_due_at, new, office.calendar, at))
    if isinstance(case, Penalty) and (old := case.reinstatement_due_at) is not None and (since := case.regraded_at):
        new = deadline.after(pack.limit("reinstatement"), since, office.calendar)
        yield Move("reinstatement", old, _kept(old, new, office.calendar, at))


def _running(
    case: Case, clock: str, since: datetime, due_at: datetime, stops: Sequence[Stop], office: Office, at: datetime
) -> Move:
    """The running clock; of one that stands, first the deadline of before, then what the stop makes of it."""
    limit = pack_of(case.regulation_version).limit(clock)
    calendar = deadline.calendar_of(clock, case.department_id, office)
    before = _before(case, clock)
    if before is None:
        return Move(clock, due_at, _kept(due_at, deadline.after(limit, since, calendar, stops=stops), calendar, at))
    kept = _kept(before, deadline.after(limit, since, calendar, stops=stops[:-1]), calendar, at)
    return Move(clock, due_at, deadline.moved_by(limit, kept, stops[-1], calendar), kept)


def _before(case: Case, limit: str) -> datetime | None:
    return case.stopped_due_at if isinstance(case, Complaint) and limit == case.clock else None


def _kept(old: datetime, new: datetime, calendar: WorkingDays, at: datetime) -> datetime:
    """Nobody loses the time from one moment to the next: a working day is left, or what was left before."""
    return new if new >= old else max(new, min(old, calendar.add(at, 1)))


# --- what a move leaves behind


def _set(case: Case, move: Move) -> None:
    if move.limit == "statutory" and isinstance(case, Complaint):
        case.statutory_due_at = move.new
    elif move.limit == "reinstatement" and isinstance(case, Penalty):
        case.reinstatement_due_at = move.new
    else:
        case.due_at = move.new
    if move.before is not None and isinstance(case, Complaint):
        case.stopped_due_at = move.before


def _record(case: Case, moves: Sequence[Move], change: SettingChange, office: Office, at: datetime) -> None:
    moved = {m.limit: [deadline.as_json(m.old, office), deadline.as_json(m.new, office)] for m in moves}
    step: Step[Any] = Step(case, office.system(at), at, said={"calendar_change": change.id, "moved": moved})
    step.was, step.rule = case.state, RESCHEDULE
    record_event(step)
    step.event.seal()
    tell(step, _concerned(step, any(move.limit == case.clock for move in moves)))
    for move in moves:
        row = MovedDeadline(limit=move.limit, change_id=change.id, old_due_at=move.old, new_due_at=move.new)
        row.event = step.event
        office.session.add(row)


def _concerned(step: Step[Any], running: bool) -> list[Person]:
    """Whoever is awaited; of the law's limit alone, who keeps the file."""
    case, staff = step.subject, step.actor.staff
    if isinstance(case, Penalty):
        return penalty_roles.awaited(case, staff)
    return letter.awaited(step) if running else who_keeps_the_file(case, staff)
