"""Survey calls (OB-2) told once a day, as work begins: how many customers are to be called, in one message to whoever
calls. Where call-backs are overdue, superiors hear of it, level by level.

A day on which nobody works has no message; what waits is told on the next. Nothing is told of whom to call.
"""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import CallDay, Occasion, Reminder, SurveyInvitation
from workflow import call_turn, reminder, reminder_times
from workflow.inspection_turn import day_of
from workflow.limit import Limit
from workflow.office import Office
from workflow.reminder_figures import figures_of
from workflow.reminder_times import Call, Run

OF_THE_CLOCK = Limit(days=1)


def is_to_be_told(session: Session, at: datetime) -> bool:
    """Whether the day's work has begun, somebody is to be called, and nobody was told of it yet."""
    office = Office(session)
    day = office.calendar.day_of(at)
    if office.calendar.hours_on(day) is None or at < day_of(day, office)[0]:
        return False
    is_told = session.scalars(select(CallDay.id).where(CallDay.day == day)).first() is not None
    return not is_told and session.scalars(call_turn.today(office, at).limit(1)).first() is not None


def tell(session: Session, at: datetime) -> Reminder | None:
    """Tell whoever calls of the day's calls, once, when its work has begun. The caller commits."""
    if not is_to_be_told(session, at):
        return None
    office = Office(session)
    day = office.calendar.day_of(at)
    late = SurveyInvitation.due_at <= at
    counts = select(
        func.count(), func.count().filter(late), func.min(SurveyInvitation.due_at).filter(late),
        func.min(SurveyInvitation.invited_at).filter(late),
    )  # fmt: skip
    found = call_turn.today(office, at).with_only_columns(*counts.selected_columns, maintain_column_froms=True)
    calls, overdue, missed_at, invited_at = session.execute(found).one()
    closes_at = day_of(day, office)[1]
    told = CallDay(day=day, at=at, due_at=missed_at or max(closes_at, at), calls=calls, overdue=overdue)
    session.add(told)
    session.flush()
    run = Run(CallDay.clock, invited_at or at, told.due_at, told.due_at - at, OF_THE_CLOCK, office.calendar)
    return reminder.write(session, told, run, _call(run, office, at, is_late=bool(overdue)), at)


def _call(run: Run, office: Office, at: datetime, *, is_late: bool) -> Call:
    if not is_late:
        return Call(Occasion.HALF, at)
    levels = reminder_times.levels(run, figures_of(office.company))
    return Call(Occasion.LATE, at, sum(moment <= at for moment in levels))
