"""The figures of reminders as people read and change them."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from web import form
from web.language import is_chinese
from workflow.process import N_
from workflow.reminder_figures import LEVELS, Figures

UNITS = {"days": N_("Days"), "hours": N_("Hours")}


def typed() -> dict[str, Any]:
    """What was sent, as the rules ask for it."""
    names = ("first_percent", "again_days", "nudge_hours")
    superiors = [form.chosen(f"superior_{level}") for level in range(1, LEVELS + 1)]
    return {
        **{name: form.chosen(name) for name in names},
        "superiors": superiors, "superiors_unit": form.text("superiors_unit"),
    }  # fmt: skip


def kept(figures: Figures) -> dict[str, Any]:
    """The same as the fields show it."""
    levels = {f"superior_{level}": late for level, late in enumerate(figures.superiors, 1)}
    return {**figures.model_dump(exclude={"superiors"}), **levels}


def told(figures: Figures) -> str:
    """All figures in one sentence or two."""
    late = ("、" if is_chinese() else ", ").join(map(str, figures.superiors))
    levels = _("%(figures)s hours", figures=late) if figures.superiors_unit == "hours" else _(
        "%(figures)s days", figures=late)  # fmt: skip
    again = ngettext("every day", "every %(num)d days", figures.again_days)
    nudge = ngettext("once in %(num)d hour", "once in %(num)d hours", figures.nudge_hours)
    return _(
        "Whoever must act is reminded when %(percent)s%% of the time is gone, at the deadline, and then %(again)s; "
        "superiors, level by level, and in the end the administrator when it is late by %(levels)s. "
        "Whoever waits may urge %(nudge)s.",
        percent=str(figures.first_percent), again=again, levels=levels, nudge=nudge,
    )  # fmt: skip
