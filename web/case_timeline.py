"""What happened in a case, newest first: who, for whom, what, when, how long it took, in what words.

Every free text goes through the veil; points of others are left out for the respondent.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from models import Complaint, Event, Penalty
from web import case_handing, case_points, case_words, filters, moment, moved, reminder_lines
from web.case_files import File, file_of
from web.session import actor, me
from workflow import veil
from workflow.message import NUDGE
from workflow.process import N_
from workflow.sight import may_open

# Free texts in the order in which they are read, each with what stands before it if more than one was said.
QUOTED = {
    "grounds": "",
    "opinion": "",
    "reason": "",
    "measures_taken": N_("Measures taken"),
    "result": N_("Result"),
    "improvement_measures": N_("Improvement measures"),
    "answer_to_customer": N_("Answer to the customer"),
    "note": "",
}
# Who acts where nobody does and no deadline has passed.
SYSTEMS = {"file": N_("Survey answer"), "reschedule": N_("Calendar"), "hand_over": N_("Hand-over")}
SILENT = ("remark", "find_violation", "reschedule", "hand_over", NUDGE)


@dataclass(frozen=True)
class Quote:
    """Words that were said, with their name where they need one."""

    text: str
    label: str = ""


@dataclass(frozen=True)
class Line:
    """One act in the timeline."""

    who: str
    name: str
    what: str
    at: datetime
    took: str = ""
    for_whom: str = ""
    is_system: bool = False
    quotes: list[Quote] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)
    files: list[File] = field(default_factory=list)


def lines(complaint: Complaint) -> list[Line]:
    """Every event of the case, the newest first."""
    found, before = [], None
    for event in complaint.events:
        found.append(_line(event, complaint, before))
        if event.action not in SILENT:
            before = event.at
    return with_reminders(found[::-1], complaint)


def with_reminders(newest_first: list[Line], case: Complaint | Penalty) -> list[Line]:
    """The reminders of the case between its events, each after what it came after."""
    found = list(newest_first)
    for told in reminder_lines.of(case):
        place = next((place for place, line in enumerate(found) if line.at <= told.at), len(found))
        found.insert(place, Line(_("Reminder"), "", told.what, told.at, is_system=True, facts=told.facts))
    return found


def _line(event: Event, complaint: Complaint, before: datetime | None) -> Line:
    took = moment.duration(event.at - before) if before is not None and event.action not in SILENT else ""
    return Line(
        who=_who(event), name=event.actor.name if event.actor else "", what=done_in(event), at=event.at,
        took=_("took %(time)s", time=took) if took else "",
        for_whom=event.acting_for.name if event.acting_for is not None else "",
        is_system=event.actor is None,
        quotes=_quotes(event, complaint), facts=[*_facts(event), *case_points.moved_by(event, complaint)],
        files=_files(event, complaint),
    )  # fmt: skip


def _who(event: Event) -> str:
    if event.actor is None:
        return _(SYSTEMS.get(event.action, N_("Deadline")))
    return _("You") if event.actor_id == me().id else event.actor.name


def done_in(event: Event) -> str:
    """What was done in this event, to stand after the name of who did it."""
    if event.action == "reschedule":
        return moved.told(event)
    if event.action == NUDGE:
        return reminder_lines.urged(event)
    if event.action == "hand_over":
        return case_handing.told(event)
    if event.action == "find_violation":
        return _finding(event.said)
    if event.action == "remark" and not event.said.get("note"):
        return _("added a file")
    return case_words.done(event.action, _department(event))


def _finding(said: dict[str, Any]) -> str:
    return _("found that a rule was broken (CS-7)") if said.get("violation") else _("found that no rule was broken")


def _department(event: Event) -> str:
    """The department a case was assigned to, as its name is today."""
    department = event.complaint.department if event.complaint is not None else None
    return filters.named(department) if event.action == "assign" and department is not None else ""


def _quotes(event: Event, complaint: Complaint) -> list[Quote]:
    said = [(key, event.said[key]) for key in QUOTED if event.said.get(key)]
    if event.action == "file":
        return []
    if event.action == "hand_over" and event.actor is None:
        return [Quote(_(str(event.said.get("reason"))))]
    return [
        Quote(veil.words(text, complaint, actor(), customer=_("the customer")), _(QUOTED[key]) if QUOTED[key] else "")
        for key, text in said
    ]


def _facts(event: Event) -> list[str]:
    """The small facts of a step, each in a few words."""
    said, found = event.said, []
    if (satisfaction := said.get("satisfaction")) is not None:
        found.append(_("Satisfaction %(mark)d of 5", mark=satisfaction))
    if (moment_of := said.get("completed_at")) is not None and event.action == "complete":
        found.append(_("Complete at %(moment)s", moment=moment.moment(datetime.fromisoformat(moment_of))))
    if (until := said.get("until")) is not None and event.action == "suspend":
        found.append(_("Until %(moment)s at the latest", moment=moment.moment(datetime.fromisoformat(until))))
    if (cost := said.get("rework_cost")) is not None:
        found.append(_("Rework cost %(yuan)s yuan", yuan=filters.yuan(cost)))
    if said.get("violation") is not None and event.action != "find_violation":
        found.append(_("A rule was broken (CS-7)") if said["violation"] else _("No rule was broken"))
    return [*found, *_improvement(said), *_changes(said), *_lateness(said)]


def _improvement(said: dict[str, Any]) -> list[str]:
    owner, due = said.get("improvement_owner"), said.get("improvement_due")
    day = moment.day(date.fromisoformat(due)) if due else ""
    if owner and day:
        return [_("%(name)s improves it by %(day)s", name=owner, day=day)]
    if owner:
        return [_("%(name)s improves it", name=owner)]
    return [_("Improved by %(day)s", day=day)] if day else []


def _changes(said: dict[str, Any]) -> list[str]:
    """What a varied ruling changed, old and new."""
    change = said.get("change") or {}
    return [
        f"{name} {case_words.changed_value(key, pair[0])} → {case_words.changed_value(key, pair[1])}"
        for key, name in (("severity", _("Severity")), ("respondent", _("Respondent")), ("department", _("Department")))
        if (pair := change.get(key))
    ]


def _lateness(said: dict[str, Any]) -> list[str]:
    if (late := said.get("late")) is None:
        return []
    return [ngettext("%(num)d started day late", "%(num)d started days late", late["days"])]


def _files(event: Event, complaint: Complaint) -> list[File]:
    """The files that came with this act, as far as this reader may open them."""
    digests = {file["sha256"] for file in event.said.get("files", ())}
    return [
        file_of(attachment, complaint)
        for attachment in complaint.attachments
        if attachment.added_at == event.at and attachment.digest in digests
        if may_open(attachment, complaint, actor())
    ]
