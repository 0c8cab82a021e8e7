"""Where a case stands: the stations it has passed, the present one, those to come, and the fork.

The course is read from the events and from the table of rules; nothing here decides a step.
"""

from dataclasses import dataclass

from flask_babel import gettext as _

from models import Complaint, ComplaintState, Event
from web import moment
from web.label import Look, chip, label
from web.session import me, now
from workflow.complaint import COMPLAINT
from workflow.process import N_

S = ComplaintState

# The ordinary way of a case; an appeal puts its two stations between assignment and handling.
COURSE = (S.FILED, S.ASSIGNED, S.HANDLING, S.HANDLED, S.REPORTED, S.RESOLVED)
COURSE_WITH_APPEAL = (S.FILED, S.ASSIGNED, S.APPEALED, S.RULING, *COURSE[2:])
# These stations are named by what brings a case to them, the others by what is awaited there.
REACHED = (S.FILED, S.ASSIGNED, S.APPEALED, S.RESOLVED, S.VOIDED, S.WITHDRAWN)
STATIONS = {
    S.FILED: N_("Filing"),
    S.ASSIGNED: N_("Assignment"),
    S.APPEALED: N_("Appeal"),
    S.RULING: N_("Ruling"),
    S.HANDLING: N_("Handling"),
    S.HANDLED: N_("Report"),
    S.REPORTED: N_("Check"),
    S.RESOLVED: N_("Resolution"),
    S.VOIDED: N_("Void"),
    S.WITHDRAWN: N_("Withdrawn"),
}
# On first, then back, out of the process last.
_AHEAD = (S.VOIDED, S.RESOLVED, S.REPORTED, S.HANDLED, S.HANDLING, S.APPEALED, S.RULING, S.ASSIGNED, S.WITHDRAWN)
BACK = "arrow-counterclockwise"


@dataclass(frozen=True)
class Station:
    """One stop on the strip."""

    label: str
    note: str
    css: str = ""

    @property
    def is_now(self) -> bool:
        return self.css == "is-now"


@dataclass
class _Stay:
    """From when until when the case stood in a state, and by whose act it came and went."""

    state: ComplaintState
    came: Event
    went: Event | None = None

    @property
    def event(self) -> Event:
        return self.came if self.state in REACHED or self.went is None else self.went


def stations(complaint: Complaint) -> list[Station]:
    """Past stations with their times, the present one with its waiting, the ordinary ones to come."""
    stays = _stays(complaint)
    past = [Station(_(STATIONS[stay.state]), _time_of(stay.event), "is-past") for stay in stays[:-1]]
    return [*past, _present(stays[-1]), *(Station(_(STATIONS[state]), "") for state in _to_come(complaint.state))]


def _stays(complaint: Complaint) -> list[_Stay]:
    """The way to the present state; a case that was sent back begins again from where it was sent."""
    stays: list[_Stay] = []
    for event in complaint.events:
        state = ComplaintState(event.to_state)
        if event.from_state == event.to_state:
            continue
        if stays:
            stays[-1].went = event
        earlier = next((i for i, stay in enumerate(stays) if stay.state is state), len(stays))
        del stays[earlier:]
        if event.action == "appeal" and state is S.RULING:
            stays.append(_Stay(S.APPEALED, event, event))
        stays.append(_Stay(state, event))
    return stays


def _present(stay: _Stay) -> Station:
    if not _to_come(stay.state):
        return Station(label(stay.state), _time_of(stay.came), "is-now")
    return Station(label(stay.state), _("for %(time)s", time=moment.duration(now() - stay.came.at)), "is-now")


def _to_come(state: ComplaintState) -> tuple[ComplaintState, ...]:
    course = COURSE_WITH_APPEAL if state in (S.APPEALED, S.RULING) else COURSE
    return course[course.index(state) + 1 :] if state in course else ()


def _time_of(event: Event) -> str:
    if event.actor_id == me().id:
        return _("you, %(moment)s", moment=moment.moment(event.at))
    return moment.moment(event.at)


def fork(complaint: Complaint) -> list[Look]:
    """Where the table of rules leads from here, each way once."""
    ways: dict[ComplaintState, Look] = {}
    for rule in COMPLAINT.rules_from(complaint.state):
        if rule.dest is not None and rule.dest is not complaint.state:
            state = ComplaintState(rule.dest)
            ways.setdefault(state, _way(state, complaint.state))
    return [ways[state] for state in sorted(ways, key=_AHEAD.index)]


def fork_title(complaint: Complaint) -> str:
    return _("After the ruling") if complaint.state is S.RULING else _("Where it can go from here")


def _way(to: ComplaintState, present: ComplaintState) -> Look:
    look = chip(to)
    order = COURSE_WITH_APPEAL
    if present is S.RESOLVED and to is S.ASSIGNED:
        return Look(_("Reopened: %(state)s", state=look.label), BACK, look.css)
    if to in order and present in order and order.index(to) < order.index(present):
        return Look(_("Back: %(state)s", state=look.label), BACK, look.css)
    return look
