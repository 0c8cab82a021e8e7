"""The two clocks of a case: its next deadline, and the one the law sets towards the customer."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from models import Complaint, ComplaintState, Penalty, Person
from web import case_words, moment
from web.session import actor, now, office
from workflow import letter
from workflow.deadline import calendar_of
from workflow.inbox import open_actions
from workflow.process import Step
from workflow.regulation import pack_of

TELLING = ("verify", "follow_up")


@dataclass(frozen=True)
class Deadline:
    """A running clock with the sentence that says who has to do what by when."""

    clock: moment.Clock
    request: str
    is_mine: bool
    who: str
    task: str


@dataclass(frozen=True)
class Statutory:
    """The outer deadline: until when the customer must have been told of the outcome."""

    words: str
    details: str
    is_urgent: bool


def awaited(complaint: Complaint) -> list[Person]:
    """Who can answer the running clock; nobody when none runs."""
    if complaint.clock is None:
        return []
    return letter.awaited(Step(complaint, actor(), now()))


def deadline(complaint: Complaint) -> Deadline | None:
    """The next deadline of the case as this reader sees it."""
    if complaint.clock is None or complaint.due_at is None:
        return None
    is_mine = bool(open_actions(complaint, actor(), now()))
    who = case_words.any_of(person.name for person in awaited(complaint)) or _("nobody")
    task = _(case_words.AWAITED[complaint.clock])
    return Deadline(clock_of(complaint, complaint.due_at), _request(complaint, who, is_mine), is_mine, who, task)


def clock_of(case: Complaint | Penalty, due_at: datetime) -> moment.Clock:
    if isinstance(case, Complaint) and case.stopped_until is not None:
        return moment.standing(due_at, until=case.stopped_until)
    return clock_for(str(case.clock), case, due_at, started=case.clock_started_at)


def clock_for(name: str, case: Complaint | Penalty, due_at: datetime, *, started: datetime | None) -> moment.Clock:
    """The limit of that name which runs in the case, counted as its own pack counts it."""
    limit = pack_of(case.regulation_version).limit(name)
    calendar = calendar_of(name, case.department_id, office())
    counts = calendar.between if limit.working_days is not None else None
    return moment.clock(due_at, started=started, working_days=counts)


def _request(complaint: Complaint, who: str, is_mine: bool) -> str:
    assert complaint.due_at is not None and complaint.clock is not None
    when = case_words.moment_of(complaint.due_at)
    if is_mine and complaint.due_at > now() and not complaint.is_stopped:
        return _(case_words.REQUESTS[complaint.clock], moment=when)
    task = _(case_words.TASKS[complaint.clock])
    if complaint.stopped_until is not None:
        until = case_words.moment_of(complaint.stopped_until)
        return _(
            "The customer is waited for, until %(until)s at the latest. %(names)s then has until %(moment)s %(task)s",
            until=until, names=who, moment=when, task=task,
        )  # fmt: skip
    if complaint.due_at <= now():
        return _("%(names)s had until %(moment)s %(task)s", names=who, moment=when, task=task)
    return _("%(names)s has until %(moment)s %(task)s", names=who, moment=when, task=task)


def statutory(complaint: Complaint) -> Statutory:
    """Beside every internal deadline, whatever the state; it says so once the customer was told."""
    limit = moment.weekday_moment(complaint.statutory_due_at)
    told_at = _told_at(complaint)
    if complaint.state is ComplaintState.WITHDRAWN:
        return Statutory(_("The customer withdrew"), _("The statutory limit was %(moment)s", moment=limit), False)
    if told_at is not None:
        words = _("The customer was told on %(moment)s", moment=moment.moment(told_at))
        late = told_at > complaint.statutory_due_at
        told = _("after the statutory limit %(moment)s") if late else _("within the statutory limit %(moment)s")
        return Statutory(words, told % {"moment": limit}, late)
    left = moment.clock(complaint.statutory_due_at, started=complaint.filed_at, working_days=office().calendar.between)
    words = _("Tell the customer: %(left)s", left=left.words)
    details = _("Statutory limit %(moment)s, whatever happens inside", moment=limit)
    return Statutory(words, details, left.is_over or left.is_soon)


def _told_at(complaint: Complaint) -> datetime | None:
    """When an outcome first reached the customer: at the closing, or at the first contact after a void form.

    A case that was reopened stays told: the limit of the law is for the first answer.
    """
    return next((event.at for event in complaint.events if event.action in TELLING), None)
