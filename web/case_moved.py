"""Whoever comes too late is told what happened meanwhile, and keeps what they typed."""

from collections.abc import Iterable

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from models import Complaint, Event, Penalty
from web import case_timeline, case_words, errors, moment
from web.label import label
from web.session import actor, me, now


def moved_since(case: Complaint | Penalty) -> Event | None:
    """What changed the state after the sender's page was drawn; remarks meanwhile do no harm."""
    version = request.form.get("version", "")
    if not (version.isascii() and version.isdigit() and len(version) < 7):
        return None
    return _last_move(event for event in case.events if event.seq > int(version))


def what_moved(case: Complaint | Penalty) -> Event:
    """What brought the case where it stands; a remark after it is not what stands in the sender's way."""
    return moved_since(case) or _last_move(case.events) or case.events[-1]


def _last_move(events: Iterable[Event]) -> Event | None:
    moves = [event for event in events if event.from_state != event.to_state]
    return moves[-1] if moves else None


def moved_on_page(complaint: Complaint) -> ResponseReturnValue:
    """409: who did what when, where the case stands now, and the text that was typed."""
    event = what_moved(complaint)
    return errors.moved_on(
        case_number=complaint.number,
        case_title=case_words.case_title(complaint, actor()),
        happened=happened(event, complaint),
        contact=event.actor.name if event.actor is not None and event.actor_id != me().id else "",
        links=[(_("See where it stands now"), url_for("complaint.show", number=complaint.number))],
        reasons=None,
    )


def happened(event: Event, complaint: Complaint) -> str:
    """Who did what when, before the reader, and where the case stands now."""
    values = {
        "who": who_did(event), "act": case_timeline.done_in(event), "moment": moment.weekday_moment(event.at),
        "state": label(complaint.state),
    }  # fmt: skip
    if event.actor_id == me().id:
        return _("%(moment)s: %(who)s %(act)s already. The case is now “%(state)s”.", **values)
    values["earlier"] = moment.duration(now() - event.at)
    return _("%(moment)s: %(who)s %(act)s, %(earlier)s before you. The case is now “%(state)s”.", **values)


def who_did(event: Event) -> str:
    if event.actor is None:
        return _("Deadline")
    name = _("You") if event.actor_id == me().id else event.actor.name
    if event.acting_for is None:
        return name
    return _("%(name)s (for %(principal)s)", name=name, principal=event.acting_for.name)
