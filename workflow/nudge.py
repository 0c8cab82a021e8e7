"""催办: whoever waits asks those whose turn it is to act, at most once in the interval that the company has set.

It is an event of the case like a remark: it stands in the timeline, starts no clock and changes no state.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from models import Complaint, Event, Person
from workflow import message
from workflow.message import NUDGE
from workflow.notice import tell
from workflow.office import Office
from workflow.process import FORBIDDEN, MOVED_ON, N_, NOT_FOUND, TOO_EARLY, Objection, Rule, Step, refuse
from workflow.record import record_event
from workflow.reminder_figures import figures_of
from workflow.roles import Actor, In
from workflow.turn import Case, clocks_of, duties_of, who_must_act

EVERYONE_CONCERNED = In("employee", lambda _case, _staff: [])
# Customer relations supervise, and every department cooperates; the month is closed by its days.
RULES = {"complaint": "CS-1", "penalty": "CS-1", "scorecard": "PAY-4", "plan": "EVAL-1"}


@dataclass(frozen=True)
class Chance:
    """Whom a nudge would reach, and what stands in its way; `again_at` is when it may be pressed again."""

    people: list[Person]
    objection: Objection | None
    again_at: datetime | None = None


def chance(case: Case, actor: Actor, at: datetime) -> Chance:
    """Whether this person may nudge now; with the event of the last nudge still running, from when on."""
    duties, last = duties_of(case, at), last_nudge(case)
    awaited = [person for clock in duties for person in who_must_act(case, clock, actor.office, at)]
    people = list({person.id: person for person in awaited}.values())
    again_at = last.at + interval(actor.office) if last is not None else None
    if again_at is not None and again_at <= at:
        again_at = None
    return Chance(people, _objection(case, actor, at, people, again_at), again_at)


def interval(office: Office) -> timedelta:
    return timedelta(hours=figures_of(office.company).nudge_hours)


def last_nudge(case: Case) -> Event | None:
    """The last one since the case came to its state or was handed over; before that it was somebody else's turn."""
    for event in reversed(case.events):
        if event.action == NUDGE:
            return event
        if event.from_state != event.to_state or event.action == "hand_over":
            return None
    return None


def _objection(
    case: Case, actor: Actor, at: datetime, people: list[Person], again_at: datetime | None
) -> Objection | None:
    if not message.exists_for(case, actor):
        return Objection(NOT_FOUND, N_("There is no such case."))
    if actor.has_left:
        return Objection(FORBIDDEN, N_("Who has left the company urges nobody."))
    if not clocks_of(case):
        return Objection(MOVED_ON, N_("Nobody has to act in this case now."))
    if isinstance(case, Complaint) and case.is_stopped:
        return Objection(
            MOVED_ON, N_("The clock stands until %(until)s, because the customer is waited for."),
            until=case.stopped_until,
        )  # fmt: skip
    if not duties_of(case, at):
        return Objection(FORBIDDEN, N_("To object is a right and no duty: nobody is urged to use it."))
    if any(actor.person is not None and person.id == actor.person.id for person in people):
        return Objection(FORBIDDEN, N_("It is your own turn to act."))
    if not people:
        return Objection(MOVED_ON, N_("Nobody can act here now; the administrator is told."))
    return None if again_at is None else too_early(again_at)


def too_early(again_at: datetime) -> Objection:
    return Objection(TOO_EARLY, N_("They were urged already; it can be done again from %(again)s."), again=again_at)


def nudge(case: Case, *, by: Actor, at: datetime) -> Event:
    """CS-1: whoever waits urges those whose turn it is; `case` is held against others."""
    found = chance(case, by, at)
    refuse(found.objection)
    said = {"clocks": duties_of(case, at), "urged": [person.name for person in found.people]}
    step: Step[Any] = Step(case, by, at, said=said)
    step.was = case.state
    step.rule = Rule(RULES[case.kind], NUDGE, source=(), dest=None, by=EVERYONE_CONCERNED, letter="")
    record_event(step)
    step.event.seal()
    tell(step, found.people)
    return step.event
