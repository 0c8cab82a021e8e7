"""What a change of the calendar moved, as the line of a case's timeline and the notice tell it."""

from datetime import datetime

from flask_babel import gettext as _

from models import Event
from web import case_words
from workflow.process import N_

LIMITS = {
    "assign": N_("assignment"),
    "answer": N_("answer"),
    "endorse": N_("submission of the appeal"),
    "rule": N_("ruling"),
    "complete": N_("completion"),
    "report": N_("report"),
    "verify": N_("check of the result"),
    "follow_up": N_("follow-up contact"),
    "statutory": N_("statutory limit"),
    "defence": N_("defence"),
    "submit": N_("submission of the penalty"),
    "approve": N_("approval of the penalty"),
    "contest": N_("appeal against the penalty"),
    "review": N_("ruling on the appeal against the penalty"),
    "reinstatement": N_("decision on reinstatement"),
}


def limit(name: str) -> str:
    """What a limit is for, to stand before the moment until which."""
    return _(LIMITS[name])


def told(event: Event) -> str:
    """日历有变，处理期限改为 3月6日（周五）09:00."""
    parts = [
        _("%(limit)s now due %(moment)s", limit=limit(name), moment=case_words.moment_of(datetime.fromisoformat(new)))
        for name, (_old, new) in event.said["moved"].items()
    ]
    return _("The calendar was changed: %(moved)s", moved=case_words.series(parts))
