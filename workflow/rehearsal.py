"""Last year's complaints under another regulation: what each would have come to, beside what it came to.

Reads events and computes anew; posts nothing. Where a case would have taken another course, the
computation says so and ends there, because nobody knows what people would have done.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from models import Complaint, Event, Severity
from workflow import deadline
from workflow.complaint import COMPLAINT
from workflow.office import Office
from workflow.process import Rule
from workflow.regulation import Pack, pack_of

A_YEAR = timedelta(days=365)
AT_ONCE = 200
ACCOUNTS = ("respondent", "department", "head")
IN_TIME, LATE, LAPSED, OPEN = "in_time", "late", "lapsed", "open"
# What takes back every entry of the case, and what takes back those of the complaint form.
VOIDING, VARYING = ("uphold", "withdraw"), ("assign", "vary")

Json = dict[str, Any]


@dataclass
class Run:
    """One clock that ran: until when, when it was answered, and what became of it."""

    name: str
    due: datetime
    ended: datetime | None
    outcome: str


@dataclass
class Course:
    """What a case comes to under one regulation."""

    points: list[tuple[str, str, Decimal]] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    # The act after which it would have gone another way.
    departs_at: str | None = None

    def net(self, account: str) -> Decimal:
        return sum((points for _, whose, points in self.points if whose == account), Decimal(0))


@dataclass
class Totals:
    """All cases together, as they came out and as they would have."""

    seen: int = 0
    changed: int = 0
    only_deadlines: int = 0
    departed: int = 0
    points: dict[str, list[str]] = field(default_factory=lambda: {name: ["0", "0"] for name in ACCOUNTS})
    late: list[int] = field(default_factory=lambda: [0, 0])
    lapsed: list[int] = field(default_factory=lambda: [0, 0])

    def count(self, old: Course, new: Course) -> None:
        self.seen += 1
        self.departed += new.departs_at is not None
        for name, sums in self.points.items():
            sums[:] = [str(Decimal(total) + course.net(name)) for total, course in zip(sums, (old, new), strict=True)]
        for number, course in enumerate((old, new)):
            self.late[number] += any(run.outcome == LATE for run in course.runs)
            self.lapsed[number] += any(run.outcome == LAPSED for run in course.runs)


def recent(session: Session, at: datetime) -> list[int]:
    """The complaints filed in the year before `at`, the newest first."""
    since = select(Complaint.id).where(Complaint.filed_at > at - A_YEAR, Complaint.filed_at <= at)
    return list(session.scalars(since.order_by(Complaint.id.desc())))


def compare(session: Session, ids: Sequence[int], new: Pack, totals: Totals, *, at: datetime) -> Iterator[Json]:
    """What differs in each of these complaints; the others are only counted. Two queries for all of them."""
    office = Office(session)
    query = select(Complaint).where(Complaint.id.in_(ids)).order_by(Complaint.id.desc())
    loaded = query.options(joinedload(Complaint.regulation_version), selectinload(Complaint.events))
    for case in session.scalars(loaded).unique():
        was = course_of(case, pack_of(case.regulation_version), office, at=at)
        would = course_of(case, new, office, at=at)
        totals.count(was, would)
        if told := _told(case, was, would, office):
            totals.changed += told["outcome"]
            totals.only_deadlines += not told["outcome"]
            yield told


def _told(case: Complaint, was: Course, would: Course, office: Office) -> Json | None:
    """The lines of one case, or nothing where it would have come to the same."""
    points = [
        {"account": name, "old": str(was.net(name)), "new": str(would.net(name))}
        for name in ACCOUNTS
        if was.net(name) != would.net(name)
    ]
    runs = list(_runs_told(was, would, office))
    if not points and not runs and would.departs_at is None:
        return None
    outcome = bool(points) or would.departs_at is not None or any(run["was"] != run["would"] for run in runs)
    return {
        "process": "complaint", "number": case.number, "points": points, "deadlines": runs,
        "departs_at": would.departs_at, "outcome": outcome,
    }  # fmt: skip


def _runs_told(was: Course, would: Course, office: Office) -> Iterator[Json]:
    for old, new in zip(was.runs, would.runs, strict=False):
        if (old.due, old.outcome) != (new.due, new.outcome):
            yield {
                "clock": old.name, "old": deadline.as_json(old.due, office), "new": deadline.as_json(new.due, office),
                "ended": deadline.as_json(old.ended, office), "was": old.outcome, "would": new.outcome,
            }  # fmt: skip


# --- one case under one regulation ----------------------------------------------------------------


def course_of(case: Complaint, pack: Pack, office: Office, *, at: datetime) -> Course:
    """The case's events until `at`, priced and timed by `pack`."""
    return _Replay(case, pack, office, at).course()


class _Replay:
    def __init__(self, case: Complaint, pack: Pack, office: Office, at: datetime) -> None:
        self.case, self.pack, self.office, self.at = case, pack, office, at
        self.found = Course()
        self.severity = _first_severity(case)
        self.parties: set[str] = set()
        self.clock: tuple[str, datetime] | None = None
        self.stops: list[deadline.Stop] = []

    def course(self) -> Course:
        for event in self.case.events:
            rule = _rule_of(event)
            if rule is None:
                continue  # a remark moves nothing
            if not self._took_place(event):
                self.found.departs_at = event.action
                return self.found
            self._note_parties(event)
            self._charge(event)
            self._start(rule, event)
        self._end_open_clock()
        self._statutory()
        return self.found

    def _took_place(self, event: Event) -> bool:
        """Ends the running clock; False where this act could no longer have been taken."""
        if event.action == "reopen" and self._reopening_was_over(event):
            return False
        if self.clock is None or not self._answers(event):
            return True
        name, since = self.clock
        due, ended = self._due(name, since, stops=self.stops), _ended_at(event)
        if deadline.CLOCKS[name].falls_due and (event.action == deadline.CLOCKS[name].falls_due or ended > due):
            self.found.runs.append(Run(name, due, event.at, LAPSED))
            self.clock = None
            if event.action == deadline.CLOCKS[name].falls_due:
                return True
            self._price("lapse", "lapse")
            return False
        self.found.runs.append(Run(name, due, ended, LATE if ended > due else IN_TIME))
        self._charge_lateness(event, due, ended)
        self.clock = None
        return True

    def _answers(self, event: Event) -> bool:
        clock = deadline.CLOCKS[self.clock[0]] if self.clock else None
        return clock is not None and (event.action in clock.answers or event.action == clock.falls_due)

    def _reopening_was_over(self, event: Event) -> bool:
        closed = [e.at for e in self.case.events if e.seq < event.seq and e.action == "verify"]
        return bool(closed) and event.at > self._due("reopening", closed[-1])

    def _charge_lateness(self, event: Event, due: datetime, ended: datetime) -> None:
        price = self.pack.price("complaint", event.action)
        days = deadline.days_late(due, ended)
        if days and price.late_day is not None and price.late_most is not None:
            points = deadline.price_of_lateness(days, per_day=price.late_day, at_most=price.late_most)
            self.found.points.append((event.action, "head", points))

    def _note_parties(self, event: Event) -> None:
        if event.action in VARYING:
            self.parties = {"department", "head"} | ({"respondent"} if event.said.get("respondent") else set())
            self.severity = _severity_after(event) or self.severity

    def _charge(self, event: Event) -> None:
        """Taken back first, then posted, as the process does it."""
        if event.action in VOIDING:
            self.found.points.clear()
        if event.action == "vary":
            self.found.points = [entry for entry in self.found.points if entry[0] not in VARYING]
            self._price("assign", "vary")
        self._price(event.action, event.action)

    def _price(self, action: str, posted_by: str) -> None:
        price = self.pack.price("complaint", action)
        for account in ACCOUNTS:
            if account in self.parties and (points := price.of(account, self.severity)):  # type: ignore[arg-type]
                self.found.points.append((posted_by, account, points))

    def _start(self, rule: Rule[Complaint], event: Event) -> None:
        if rule.keeps_clock:
            self._stop(event)
            return
        self.stops = []
        self.clock = (rule.clock, _ended_at(event)) if rule.clock else None

    def _end_open_clock(self) -> None:
        """Nobody has answered it yet; where its time is over by now, that has its consequence."""
        if self.clock is None:
            return
        name, since = self.clock
        due = self._due(name, since, stops=self.stops)
        lapses = deadline.CLOCKS[name].falls_due is not None
        outcome = OPEN if self.at < due else LAPSED if lapses else LATE
        self.found.runs.append(Run(name, due, None, outcome))
        if outcome == LAPSED:
            self._price("lapse", "lapse")

    def _statutory(self) -> None:
        """Beside every other clock: until when the customer must have been told."""
        told = [event.at for event in self.case.events if event.to_state in ("resolved", "voided", "withdrawn")]
        due, ended = self._due("statutory", self.case.filed_at), told[0] if told else None
        outcome = OPEN if ended is None else LATE if ended > due else IN_TIME
        self.found.runs.append(Run("statutory", due, ended, outcome))

    def _stop(self, event: Event) -> None:
        """A stop lasts to its limit, unless the clock goes on before."""
        if event.action == "suspend":
            self.stops.append(deadline.Stop(event.at, datetime.fromisoformat(event.said["until"])))
        elif self.stops:
            self.stops[-1] = deadline.Stop(self.stops[-1].since, event.at)

    def _due(self, limit: str, since: datetime, *, stops: Sequence[deadline.Stop] = ()) -> datetime:
        calendar = deadline.calendar_of(limit, self.case.department_id, self.office)
        return deadline.after(self.pack.limit(limit), since, calendar, stops=stops)


def _rule_of(event: Event) -> Rule[Complaint] | None:
    """The rule by which the step was taken; of two with one name the one that leads where it led."""
    rules = [rule for rule in COMPLAINT.rules if rule.name == event.action]
    return next((rule for rule in rules if rule.dest == event.to_state), rules[0] if rules else None)


def _ended_at(event: Event) -> datetime:
    """The moment that counts: handling is complete when the head says it was."""
    said = event.said.get("completed_at") if event.action == "complete" else None
    return datetime.fromisoformat(said) if said else event.at


def _first_severity(case: Complaint) -> Severity:
    """The severity with which it was filed: what rulings varied is undone."""
    pairs = [_severities(event) for event in case.events]
    return next((Severity(pair[0]) for pair in pairs if pair), case.severity)


def _severity_after(event: Event) -> Severity | None:
    pair = _severities(event)
    return Severity(pair[1]) if pair else None


def _severities(event: Event) -> list[str] | None:
    return (event.said.get("change") or {}).get("severity") if event.action == "vary" else None


def batches(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[first : first + AT_ONCE] for first in range(0, len(ids), AT_ONCE))
