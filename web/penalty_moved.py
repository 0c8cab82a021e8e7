"""Whoever comes too late is told what happened to the penalty meanwhile, and keeps what they typed."""

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from models import Event, Penalty
from web import errors, filters, moment, penalty_step, penalty_words
from web.case_moved import what_moved, who_did
from web.label import label
from web.session import me, now


def moved_on_page(penalty: Penalty) -> ResponseReturnValue:
    """409: who did what when, where the case stands now, and the text that was typed."""
    event = what_moved(penalty)
    return errors.moved_on(
        case_number=penalty.number,
        case_name=filters.case(penalty),
        case_title=penalty_step.title(penalty),
        happened=happened(event, penalty),
        contact=event.actor.name if event.actor is not None and event.actor_id != me().id else "",
        links=[(_("See where it stands now"), url_for("penalty.show", number=penalty.number))],
        reasons=None,
    )


def happened(event: Event, penalty: Penalty) -> str:
    """Who did what when, before the reader, and where the penalty stands now."""
    values = {
        "who": who_did(event), "act": penalty_words.done(event), "moment": moment.weekday_moment(event.at),
        "state": label(penalty.state),
    }  # fmt: skip
    if event.actor_id == me().id:
        return _("%(moment)s: %(who)s %(act)s already. The case is now “%(state)s”.", **values)
    values["earlier"] = moment.duration(now() - event.at)
    return _("%(moment)s: %(who)s %(act)s, %(earlier)s before you. The case is now “%(state)s”.", **values)
