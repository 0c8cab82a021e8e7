"""All work in the background by its kinds: what waits, what runs, what failed and why; and what “try again” does.

Work waits from the moment when it could be done. It runs while a worker has it in hand, for orders and messages until
a set moment: then it is anybody's again. What failed stands here until it succeeds, however it is tried again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from jobs import failed_steps, outbox, overdue, post
from models import (
    AssessmentComputation,
    CaseFile,
    ComplaintImport,
    FailedStep,
    FileState,
    ImportState,
    Message,
    MonthFile,
    Order,
    OrderState,
    RegulationRehearsal,
    RehearsalState,
    ReportFile,
)
from workflow import deadline
from workflow.deadline import Due

# Longer ago than that nobody waits for a file or a rehearsal any more: whoever needs it has asked again.
MISSED_FOR = timedelta(days=7)

State = Literal["failed", "runs", "waits"]
STATES: tuple[State, ...] = ("failed", "runs", "waits")
Which = Callable[[datetime], ColumnElement[bool]]


@dataclass(frozen=True)
class Tally:
    """How much of one kind there is in each state, and since when the oldest of what waits has waited."""

    failed: int
    runs: int
    waits: int
    oldest: datetime | None

    @property
    def total(self) -> int:
        return self.failed + self.runs + self.waits


@dataclass(frozen=True)
class Kind:
    """One kind of work: its rows, the conditions that tell its states apart, and how a row is begun anew."""

    model: type[Any]
    failed: Which
    runs: Which
    waits: Which
    since: InstrumentedAttribute[datetime]
    begin_anew: Callable[[Any, datetime], None]

    def which(self, state: State, at: datetime) -> ColumnElement[bool]:
        condition: Which = getattr(self, state)
        return condition(at)

    def tally(self, session: Session, at: datetime) -> Tally:
        counts = [self._count(state, at) for state in STATES]
        oldest = select(func.min(self.since)).where(self.waits(at), self.since <= at)
        return Tally(**session.execute(select(*counts, oldest.label("oldest"))).one()._asdict())

    def _count(self, state: State, at: datetime) -> Any:
        return select(func.count()).select_from(self.model).where(self.which(state, at)).label(state)

    def rows(self, session: Session, state: State, at: datetime, *, skip: int, most: int) -> Sequence[Any]:
        """Those of one state, the oldest first."""
        query = select(self.model).where(self.which(state, at)).order_by(self.since, self.model.id)
        return session.scalars(query.offset(skip).limit(most)).all()

    def try_again(self, session: Session, at: datetime, key: int | None = None) -> list[int]:
        """What failed, or the one named, is begun anew, unless somebody has it in hand; the keys of what is."""
        query = select(self.model).where(self.failed(at), _is_free(self.model, at)).order_by(self.model.id.desc())
        if key is not None:
            query = query.where(self.model.id == key)
        begun = []
        for row in session.scalars(query.with_for_update(skip_locked=True)).all():
            if not _has_been_asked_again(session, row):
                self.begin_anew(row, at)
                session.flush()
                begun.append(row.id)
        return begun


def _is_free(model: type[Any], at: datetime) -> ColumnElement[bool]:
    return ~post.is_being_sent(at) if model is Message else true()


def _has_been_asked_again(session: Session, row: Any) -> bool:
    """The letters of one month are gathered, and the same report is printed, for one person once at a time."""
    if isinstance(row, MonthFile):
        same = select(MonthFile.id).where(MonthFile.month == row.month, MonthFile.language == row.language)
    elif isinstance(row, ReportFile):
        same = select(ReportFile.id).where(
            ReportFile.assessment_id == row.assessment_id, ReportFile.version == row.version
        )
    else:
        return False
    kind = type(row)
    mine = kind.asked_by_id == row.asked_by_id, kind.state.in_((FileState.WAITING, FileState.RUNNING))
    return session.scalars(same.where(*mine).limit(1)).first() is not None


# --- letters, messages: orders whose next try has its moment


def _waiting(model: type[Any], *more: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(model.state == OrderState.WAITING, model.last_error.is_(None), *more)


LETTERS = Kind(
    Order,
    failed=lambda _at: or_(
        Order.state == OrderState.FAILED, and_(Order.state == OrderState.WAITING, Order.last_error.is_not(None))
    ),
    runs=lambda at: _waiting(Order, Order.attempts > 0, Order.next_try_at > at),
    waits=lambda at: _waiting(Order, or_(Order.attempts == 0, Order.next_try_at <= at)),
    since=Order.next_try_at,
    begin_anew=outbox.begin_anew,
)
MESSAGES = Kind(
    Message,
    failed=lambda _at: post.in_trouble(),
    runs=lambda at: _waiting(Message, post.is_being_sent(at)),
    waits=lambda at: _waiting(Message, ~post.is_being_sent(at)),
    since=Message.next_try_at,
    begin_anew=lambda message, at: post.try_again(message, at=at),
)


# --- files and rehearsals that somebody asked for


def _of_files(model: type[CaseFile] | type[MonthFile] | type[ReportFile]) -> Kind:
    return Kind(
        model,
        failed=lambda at: and_(model.state == FileState.FAILED, model.asked_at > at - MISSED_FOR),
        runs=lambda _at: model.state == FileState.RUNNING,
        waits=lambda _at: model.state == FileState.WAITING,
        since=model.asked_at,
        begin_anew=_ask_again,
    )


def _ask_again(file: CaseFile | MonthFile | ReportFile, _at: datetime) -> None:
    file.state, file.attempts, file.seen = FileState.WAITING, 0, 0
    file.finished_at = file.last_error = None


def _rehearse_again(rehearsal: RegulationRehearsal, _at: datetime) -> None:
    values = {"state": RehearsalState.WAITING, "seen": 0, "finished_at": None, "last_error": None}
    for name, value in values.items():
        setattr(rehearsal, name, value)


REHEARSALS = Kind(
    RegulationRehearsal,
    failed=lambda at: and_(
        RegulationRehearsal.state == RehearsalState.FAILED, RegulationRehearsal.asked_at > at - MISSED_FOR
    ),
    runs=lambda _at: RegulationRehearsal.state == RehearsalState.RUNNING,
    waits=lambda _at: RegulationRehearsal.state == RehearsalState.WAITING,
    since=RegulationRehearsal.asked_at,
    begin_anew=_rehearse_again,
)


def _compute_again(computation: AssessmentComputation, _at: datetime) -> None:
    for name, value in {"state": FileState.WAITING, "attempts": 0, "finished_at": None, "last_error": None}.items():
        setattr(computation, name, value)


def _is_the_latest() -> ColumnElement[bool]:
    """What was computed again since is nobody's trouble any more."""
    newest = select(func.max(AssessmentComputation.id)).group_by(AssessmentComputation.assessment_id)
    return AssessmentComputation.id.in_(newest)


ASSESSMENTS = Kind(
    AssessmentComputation,
    failed=lambda _at: and_(AssessmentComputation.state == FileState.FAILED, _is_the_latest()),
    runs=lambda _at: AssessmentComputation.state == FileState.RUNNING,
    waits=lambda _at: AssessmentComputation.state == FileState.WAITING,
    since=AssessmentComputation.asked_at,
    begin_anew=_compute_again,
)


def _go_on(imported: ComplaintImport, _at: datetime) -> None:
    imported.last_error = None


IMPORTS = Kind(
    ComplaintImport,
    failed=lambda _at: and_(
        ComplaintImport.state.in_((ImportState.WAITING, ImportState.RUNNING)), ComplaintImport.last_error.is_not(None)
    ),
    runs=lambda _at: and_(ComplaintImport.state == ImportState.RUNNING, ComplaintImport.last_error.is_(None)),
    waits=lambda _at: and_(ComplaintImport.state == ImportState.WAITING, ComplaintImport.last_error.is_(None)),
    since=ComplaintImport.uploaded_at,
    begin_anew=_go_on,
)


# --- deadlines: no rows of their own but for what failed


def _try_the_step_again(step: FailedStep, at: datetime) -> None:
    step.attempts, step.next_try_at = 0, at


@dataclass(frozen=True)
class Deadlines(Kind):
    """Steps of cases that have fallen due; what waits are the cases themselves."""

    def tally(self, session: Session, at: datetime) -> Tally:
        waiting = self._waiting(session, at)
        failed = session.scalar(select(func.count()).select_from(FailedStep).where(self.failed(at))) or 0
        return Tally(failed, 0, len(waiting), min((due.moment for due in waiting), default=None))

    def rows(self, session: Session, state: State, at: datetime, *, skip: int, most: int) -> Sequence[Any]:
        if state == "waits":
            return self._waiting(session, at)[skip : skip + most]
        return super().rows(session, state, at, skip=skip, most=most)

    def _waiting(self, session: Session, at: datetime) -> list[Due]:
        failed = {
            Due(row.kind, row.case_id, row.moment, row.action)
            for row in session.scalars(select(FailedStep).where(self.failed(at)))
        }
        return [due for due in deadline.due(session, at) if due not in failed]


DEADLINES = Deadlines(
    FailedStep,
    failed=lambda _at: overdue.is_of_a_case(),
    runs=lambda _at: false(),
    waits=lambda _at: false(),
    since=FailedStep.moment,
    begin_anew=_try_the_step_again,
)


def _of_the_clock(action: str) -> Kind:
    """What else is done when its time has come; it is done within the minute, and only what failed is kept."""
    return Kind(
        FailedStep,
        failed=lambda _at: FailedStep.action == action,
        runs=lambda _at: false(),
        waits=lambda _at: false(),
        since=FailedStep.moment,
        begin_anew=_try_the_step_again,
    )


KINDS: Mapping[str, Kind] = {
    "deadlines": DEADLINES,
    "hand-overs": _of_the_clock(failed_steps.HAND_OVER),
    "reminders": _of_the_clock(failed_steps.REMIND),
    "letters": LETTERS,
    "messages": MESSAGES,
    "case-files": _of_files(CaseFile),
    "month-files": _of_files(MonthFile),
    "reports": _of_files(ReportFile),
    "imports": IMPORTS,
    "rehearsals": REHEARSALS,
    "assessments": ASSESSMENTS,
}


def tallies(session: Session, at: datetime) -> dict[str, Tally]:
    return {name: kind.tally(session, at) for name, kind in KINDS.items()}
