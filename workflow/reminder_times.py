"""When a running clock asks for a reminder, computed from the clock alone: once part of its time is gone, at the
deadline, then every day, and when it is late enough for the next level of superiors.

Everything is counted as the clock itself is counted: in clock time, or in the working time of its calendar.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from models import Occasion, Reminder
from workflow.deadline import ONE_DAY, after, ahead_of
from workflow.limit import Limit
from workflow.reminder_figures import Figures
from workflow.working_days import WorkingDays


@dataclass(frozen=True)
class Run:
    """One run of a clock, from its start to its deadline; `limit` and `calendar` say how it is counted.

    `whole` is the time that it had, without stops. A clock that acts by itself at its deadline reminds of nothing
    afterwards.
    """

    clock: str
    since: datetime
    due: datetime
    whole: timedelta
    limit: Limit
    calendar: WorkingDays
    acts_by_itself: bool = False

    def first(self, percent: int) -> datetime:
        """When this share of the time is gone; what a stop took away was not gone."""
        return ahead_of(self.limit, self.due, self.whole * (100 - percent) / 100, self.calendar)

    def late_by(self, number: int, unit: str) -> datetime:
        """When it is late by so many hours or days."""
        counted_in = unit if self.limit.is_of_the_clock else f"working_{unit}"
        return after(Limit.model_validate({counted_in: number}), self.due, self.calendar)

    def days_late(self, at: datetime) -> int:
        """Whole days since the deadline, about: working days may be cut short by a shift."""
        return (at - self.due) // ONE_DAY if self.limit.is_of_the_clock else self.calendar.between(self.due, at)


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
    past = [moment for moment in levels(run, figures) if moment <= at]
    late = [moment for moment in (_daily(run, figures, at)[0], *past) if moment is not None and moment > run.since]
    if late:
        return Call(Occasion.LATE, max(late), len(past))
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
        yield from levels(run, figures)


def levels(run: Run, figures: Figures) -> list[datetime]:
    """When each level above hears of it."""
    return [run.late_by(number, figures.superiors_unit) for number in figures.superiors]


def _daily(run: Run, figures: Figures, at: datetime) -> tuple[datetime | None, datetime]:
    """The last of the daily moments that is not after `at`, if there was one, and the one after it."""
    every = figures.again_days
    days = max(0, run.days_late(at)) // every * every
    while days and run.late_by(days, "days") > at:
        days -= every
    while (following := run.late_by(days + every, "days")) <= at:
        days += every
    return run.late_by(days, "days") if days else None, following
