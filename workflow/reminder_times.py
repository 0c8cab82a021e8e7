"""When a running clock asks for a reminder, computed from the clock alone: once part of its time is gone, at the
deadline, then every day, and when it is late enough for the next level of superiors.

Everything is counted as the clock itself is counted: in clock time, or in the working time of its calendar.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from models import Occasion, Reminder
from workflow.deadline import ONE_DAY
from workflow.reminder_figures import Figures
from workflow.working_days import WorkingDays


@dataclass(frozen=True)
class Run:
    """One run of a clock, from its start to its deadline.

    `whole` is the time that it had, without stops; `calendar` is None for a clock that counts nights and holidays.
    A clock that acts by itself at its deadline reminds of nothing afterwards.
    """

    clock: str
    since: datetime
    due: datetime
    whole: timedelta
    calendar: WorkingDays | None
    acts_by_itself: bool = False

    def first(self, percent: int) -> datetime:
        """When this share of the time is gone; what a stop took away was not gone."""
        rest = self.whole * (100 - percent) / 100
        return self.calendar.take_working_time(self.due, rest) if self.calendar is not None else self.due - rest

    def late_by_days(self, days: int) -> datetime:
        return self.calendar.add(self.due, days) if self.calendar is not None else self.due + days * ONE_DAY

    def late_by_hours(self, hours: int) -> datetime:
        span = timedelta(hours=hours)
        return self.calendar.add_working_time(self.due, span) if self.calendar is not None else self.due + span

    def days_late(self, at: datetime) -> int:
        """Whole days since the deadline, about: working days may be cut short by a shift."""
        return self.calendar.between(self.due, at) if self.calendar is not None else (at - self.due) // ONE_DAY


@dataclass(frozen=True)
class Call:
    """A reminder that has fallen due, and how many levels of superiors it concerns."""

    occasion: Occasion
    moment: datetime
    levels: int = 0


def called_for(run: Run, figures: Figures, at: datetime, last: Reminder | None) -> Call | None:
    """The reminder that the clock asks for at `at`, unless the last one of this run was that already.

    After an outage it is the present one alone; those that were missed are not made up for.
    """
    call = _latest(run, figures, at)
    return None if call is None or (last is not None and _is_done(call, last)) else call


def _latest(run: Run, figures: Figures, at: datetime) -> Call | None:
    if at < run.due:
        first = run.first(figures.first_percent)
        return Call(Occasion.HALF, first) if run.since < first <= at else None
    if run.acts_by_itself:
        return None
    levels = [moment for moment in _levels(run, figures) if moment <= at]
    late = [moment for moment in (_daily(run, figures, at)[0], *levels) if moment is not None and moment > run.since]
    if late:
        return Call(Occasion.LATE, max(late), len(levels))
    return Call(Occasion.DUE, run.due) if run.due > run.since else None


def _is_done(call: Call, last: Reminder) -> bool:
    match call.occasion:
        case Occasion.HALF:
            return True
        case Occasion.DUE:
            return last.occasion is not Occasion.HALF
        case _:
            return last.occasion is Occasion.LATE and last.fell_due_at >= call.moment


def next_call(run: Run, figures: Figures, at: datetime) -> datetime | None:
    """The next moment after `at` at which the clock may ask for a reminder; None where it asks for none any more."""
    return min((moment for moment in _to_come(run, figures, at) if moment > at), default=None)


def _to_come(run: Run, figures: Figures, at: datetime) -> Iterator[datetime]:
    if at < run.due:
        yield run.first(figures.first_percent)
    if run.acts_by_itself:
        return
    yield run.due
    if at >= run.due:
        yield _daily(run, figures, at)[1]
        yield from _levels(run, figures)


def _levels(run: Run, figures: Figures) -> list[datetime]:
    """When each level above hears of it."""
    late_by = run.late_by_days if figures.superiors_unit == "days" else run.late_by_hours
    return [late_by(number) for number in figures.superiors]


def _daily(run: Run, figures: Figures, at: datetime) -> tuple[datetime | None, datetime]:
    """The last of the daily moments that is not after `at`, if there was one, and the one after it."""
    every = figures.again_days
    days = max(0, run.days_late(at)) // every * every
    while days and run.late_by_days(days) > at:
        days -= every
    while (following := run.late_by_days(days + every)) <= at:
        days += every
    return run.late_by_days(days) if days else None, following
