"""A clock that stands while a case waits for the customer: why it may, until when, and how it goes on.

It stands with a reason and a limit, and goes on exactly where it was: by the act of whoever stopped it, or by
itself at the limit. The limit of the law towards the customer never stands.
"""

from datetime import datetime

from models import Complaint
from workflow import deadline
from workflow.deadline import Stop
from workflow.office import Office
from workflow.process import INVALID, MOVED_ON, N_, TOO_LATE, Objection, Step
from workflow.regulation import pack_of

CaseStep = Step[Complaint]
# How long a clock may stand; a regulation that does not say so lets none stand.
LIMIT = "suspension"


# --- what stands in the way


def is_by_somebody(step: CaseStep) -> bool:
    """The customer has answered, or is waited for no longer."""
    return not step.actor.is_system


def follows_by_itself(step: CaseStep) -> bool:
    """The limit of the stop is reached."""
    return step.actor.is_system


def clock_stands_already(step: CaseStep) -> Objection | None:
    if not step.subject.is_stopped:
        return None
    return Objection(MOVED_ON, N_("The clock stands already, until %(until)s."), until=step.subject.stopped_until)


def clock_does_not_stand(step: CaseStep) -> Objection | None:
    return None if step.subject.is_stopped else Objection(MOVED_ON, N_("The clock runs already."))


def time_is_over_already(step: CaseStep) -> Objection | None:
    due_at = step.subject.due_at
    if due_at is None or step.at < due_at:
        return None
    return Objection(TOO_LATE, N_("The time ran out at %(due)s; a clock that has run out cannot stand."), due=due_at)


def may_not_stand(step: CaseStep) -> Objection | None:
    if longest_stop(step) is not None:
        return None
    return Objection(MOVED_ON, N_("The edition of the regulation by which this case runs lets no clock stand."))


def stands_too_long(step: CaseStep) -> Objection | None:
    """From its first stop on a clock stands within one limit, however often it is stopped."""
    until, last = step.chosen.get("until"), longest_stop(step)
    if last is None:
        return None
    if last <= step.at:
        return Objection(TOO_LATE, N_("This clock could stand until %(last)s, counted from its first stop."), last=last)
    if until is None or until <= step.at:
        return Objection(INVALID, N_("Say until when at most; that moment must still come."), field="until")
    if until > last:
        return Objection(
            INVALID, N_("The clock can stand until %(last)s at the latest, counted from its first stop."),
            field="until", last=last,
        )  # fmt: skip
    return None


def longest_stop(step: CaseStep) -> datetime | None:
    """Until when the clock may stand; None where the regulation lets none stand."""
    limit = pack_of(step.subject.regulation_version).deadlines.get(LIMIT)
    if limit is None:
        return None
    first = min([stop.since for stop in stops_of(step.subject)], default=step.at)
    return deadline.after(limit, first, step.actor.office.calendar)


# --- what follows


def stop_the_clock(step: CaseStep) -> None:
    """The deadline is from now on that of a clock which stands to its limit."""
    case = step.subject
    case.stopped_at, case.stopped_until, case.stopped_due_at = step.at, step.chosen["until"], case.due_at
    case.due_at = due_after(case, step.chosen["until"], step.actor.office)


def let_the_clock_go_on(step: CaseStep) -> None:
    case = step.subject
    case.due_at = due_after(case, step.at, step.actor.office)
    case.stopped_at = case.stopped_until = case.stopped_due_at = None


def due_after(case: Complaint, until: datetime, office: Office) -> datetime:
    """The deadline of a clock that stands, if it goes on at `until`."""
    assert case.clock is not None and case.stopped_at is not None and case.stopped_due_at is not None
    limit = pack_of(case.regulation_version).limit(case.clock)
    calendar = deadline.calendar_of(case.clock, case.department_id, office)
    return deadline.moved_by(limit, case.stopped_due_at, Stop(case.stopped_at, until), calendar)


def stops_of(case: Complaint) -> list[Stop]:
    """The stops of the running clock so far, as the events tell them; the last may not be over yet."""
    found: list[Stop] = []
    for event in case.events:
        if event.from_state != event.to_state:
            found = []
        elif event.action == "suspend":
            found.append(Stop(event.at, datetime.fromisoformat(event.said["until"])))
        elif event.action == "resume" and found:
            found[-1] = Stop(found[-1].since, event.at)
    return found
