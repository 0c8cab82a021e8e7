"""The clocks of a penalty: its next deadline with what being late brings, and for a dismissal how long
the company has known. Only the time to appeal acts by itself; every other clock reminds.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from models import LadderStep, Penalty, Person
from web import case_words, moment, penalty_step, penalty_words
from web.session import actor, now, office
from workflow import penalty_roles
from workflow.deadline import REINSTATEMENT, calendar_of
from workflow.inbox import open_actions
from workflow.regulation import pack_of

# Zhejiang: the dismissal within five months of knowing; the product says that a lawyer has to check this.
MONTHS_SINCE_KNOWING = 5


@dataclass(frozen=True)
class Deadline:
    """A running clock: who has to do what by when, and what happens otherwise."""

    clock: moment.Clock
    request: str
    consequence: str
    is_mine: bool
    who: str
    task: str


@dataclass(frozen=True)
class Hint:
    """An outer limit beside the process's own clocks."""

    words: str
    details: str
    is_urgent: bool


def awaited(penalty: Penalty) -> list[Person]:
    """Who can answer the running clock; nobody when none runs."""
    return penalty_roles.awaited(penalty, actor().staff) if penalty.clock else []


def deadline(penalty: Penalty) -> Deadline | None:
    """The next deadline as this reader sees it."""
    if penalty.clock is None or penalty.due_at is None:
        return _reinstatement(penalty)
    is_mine = bool(open_actions(penalty, actor(), now()))
    who = case_words.any_of(person.name for person in awaited(penalty)) or _("nobody")
    request = _request(penalty.clock, penalty.due_at, who, is_mine=is_mine)
    consequence = _(penalty_words.CONSEQUENCES[penalty.clock])
    clock = clock_of(penalty, penalty.clock, penalty.due_at, penalty.clock_started_at)
    return Deadline(clock, request, consequence, is_mine, who, _(penalty_words.AWAITED[penalty.clock]))


def clock_of(penalty: Penalty, limit: str, due_at: datetime, started: datetime | None) -> moment.Clock:
    in_working_days = pack_of(penalty.regulation_version).limit(limit).working_days is not None
    counts = calendar_of(limit, penalty.department_id, office()).between
    return moment.clock(due_at, started=started, working_days=counts if in_working_days else None)


def _request(clock: str, due_at: datetime, who: str, *, is_mine: bool) -> str:
    when = case_words.moment_of(due_at)
    if is_mine and due_at > now():
        return _(penalty_words.REQUESTS[clock], moment=when)
    if due_at <= now():
        task = _(penalty_words.TASKS[clock])
        return _("%(names)s had until %(moment)s %(task)s", names=who, moment=when, task=task)
    return penalty_words.until(clock, who, when)


def _reinstatement(penalty: Penalty) -> Deadline | None:
    """A dismissal that was regraded waits for a word on reinstatement."""
    due = penalty.reinstatement_due_at
    if due is None:
        return None
    manager = penalty_roles.who_approves(penalty, actor().staff)
    who = manager.name if manager is not None else _("nobody")
    is_mine = manager is not None and manager in actor().staff.principals_of(actor().person)  # type: ignore[arg-type]
    task = _("is to decide on reinstatement")
    request = _("%(names)s decides on reinstatement by %(moment)s", names=who, moment=case_words.moment_of(due))
    consequence = _("A reminder only: nobody is reinstated or left out by itself.")
    clock = clock_of(penalty, REINSTATEMENT, due, penalty.regraded_at)
    return Deadline(clock, request, consequence, is_mine, who, task)


def since_knowing(penalty: Penalty) -> Hint | None:
    """For a dismissal that is not decided yet: until when it has to be, counted from the company's knowing."""
    if not penalty_step.is_undecided(penalty) or penalty_step.present_or_intended(penalty) is not LadderStep.DISMISSAL:
        return None
    until = _months_after(penalty.known_at)
    details = _("To be decided by %(day)s (Zhejiang; to be checked by a lawyer)", day=moment.long_day(until))
    return Hint(_("Within 5 months of knowing"), details, is_urgent=until <= now())


def _months_after(known: datetime) -> datetime:
    local = moment.local(known)
    more, month = divmod(local.month - 1 + MONTHS_SINCE_KNOWING, 12)
    year, month = local.year + more, month + 1
    return local.replace(year=year, month=month, day=min(local.day, monthrange(year, month)[1]))
