"""What happened in a penalty, newest first: who, for whom, what, when, how long it took, in what words.

Every free text goes through the veil; what concerns the leader is left out for the respondent.
"""

from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from models import Event, LadderStep, Penalty
from web import filters, moment, penalty_ledger, penalty_words
from web.case_files import File
from web.case_timeline import SYSTEMS, Line, Quote, with_reminders
from web.label import label
from web.language import told
from web.penalty_facts import readable
from web.penalty_files import file_of
from web.session import me
from workflow.message import NUDGE
from workflow.process import N_

# Free texts in the order in which they are read, each with what stands before it if more than one was said.
QUOTED = {
    "facts": "",
    "statement": "",
    "grounds": "",
    "opinion": "",
    "open_reason": N_("Although items are open"),
    "union_notice": N_("The union's notice"),
    "reason": "",
    "finding": "",
    "note": "",
}
SILENT = ("remark", "check_protection", "tell_union", "reschedule", "hand_over", NUDGE)
BY_RULE = ("regrade", "forfeit", "settle")


def lines(penalty: Penalty) -> list[Line]:
    """Every event of the case, the newest first."""
    found: list[Line] = []
    before: datetime | None = None
    for event in penalty.events:
        found.append(_line(event, penalty, before))
        if event.action not in SILENT:
            before = event.at
    return with_reminders(found[::-1], penalty)


def _line(event: Event, penalty: Penalty, before: datetime | None) -> Line:
    took = moment.duration(event.at - before) if before is not None and event.action not in SILENT else ""
    return Line(
        who=_who(event), name=event.actor.name if event.actor else "", what=penalty_words.done(event), at=event.at,
        took=_("took %(time)s", time=took) if took else "",
        for_whom=event.acting_for.name if event.acting_for is not None else "", is_system=event.actor is None,
        quotes=_quotes(event, penalty), facts=[*_facts(event.said), *penalty_ledger.moved_by(event, penalty)],
        files=_files(event, penalty),
    )  # fmt: skip


def _who(event: Event) -> str:
    if event.actor is None:
        if event.action in SYSTEMS:
            return _(SYSTEMS[event.action])
        return _("By rule") if event.action in BY_RULE else _("Deadline")
    return _("You") if event.actor_id == me().id else event.actor.name


def _quotes(event: Event, penalty: Penalty) -> list[Quote]:
    said = [(key, told(str(event.said[key]), event.said.get(f"{key}_en"))) for key in QUOTED if event.said.get(key)]
    if event.action == "hand_over" and event.actor is None:
        return [Quote(_(str(event.said.get("reason"))))]
    return [Quote(readable(text, penalty), _(QUOTED[key]) if QUOTED[key] else "") for key, text in said]


def _facts(said: dict[str, Any]) -> list[str]:
    """The small facts of a step, each in a few words."""
    found = []
    if said.get("escalation"):
        found.append(_("On the ladder: %(step)s", step=label(LadderStep(said["step"]))))
    if said.get("from") and said.get("to"):
        old, new = (label(LadderStep(said[key])) for key in ("from", "to"))
        found.append(_("%(old)s → %(new)s, because penalty %(number)s fell away",
                       old=old, new=new, number=said["because"]))  # fmt: skip
    if (cost := said.get("rework_cost")) is not None:
        found.append(_("Rework cost %(yuan)s yuan", yuan=filters.yuan(cost)))
    if said.get("ends_on"):
        found.append(_("Last day of employment: %(day)s", day=moment.long_day(date.fromisoformat(said["ends_on"]))))
    return found


def _files(event: Event, penalty: Penalty) -> list[File]:
    """The files that came with this act."""
    digests = {file["sha256"] for file in event.said.get("files", ())}
    return [
        file_of(attachment, penalty)
        for attachment in penalty.attachments
        if attachment.added_at == event.at and attachment.digest in digests
    ]
