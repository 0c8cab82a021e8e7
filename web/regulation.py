"""The regulation as people read it: rules, time limits, points, who does what, and its editions."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from flask import abort, render_template, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from models import RegulationVersion, Severity
from web import diagram, regulation_draft, regulation_known, regulation_tables, regulation_words, reminder_figures
from web.label import label
from web.regulation_bp import bp
from web.regulation_editions import asked_for, editions, versions_of
from web.session import actor, db, me, now, office
from workflow import regulation_draft as drafts
from workflow import regulation_fields
from workflow.process import N_
from workflow.regulation import CS_MANAGEMENT, Pack, pack_of
from workflow.reminder_figures import figures_of

__all__ = ["bp", "regulation_draft", "regulation_known"]


@bp.get("/regulation")
def show() -> str:
    if me().has_left_at(now()):
        abort(404)
    versions = versions_of(CS_MANAGEMENT)
    shown = asked_for(versions)
    pack = pack_of(shown)
    return render_template(
        "regulation/show.html",
        title=regulation_tables.worded(pack.title), version=shown,
        editions=editions(versions, shown, url=lambda version: url_for("regulation.show", edition=version.edition)),
        reminders=reminder_figures.told(figures_of(office().company)),
        rules=regulation_tables.rules(pack), limits=regulation_tables.limits(pack),
        processes=[_process(pack, name) for name in diagram.PROCESSES],
        ladders=regulation_tables.ladders(pack),
        expiry=regulation_tables.expiry(pack), shares=regulation_tables.shares(pack), changes=_changes(shown),
        may_read_drafts=drafts.may_read(actor()), may_follow=regulation_known.may_follow(),
        acknowledged_at=regulation_known.mine(shown), asks=regulation_known.can_be_acknowledged(shown),
    )  # fmt: skip


@dataclass(frozen=True)
class ProcessShown:
    """One process: what its steps cost, who takes them, and its drawing."""

    name: str
    title: str
    course: str
    measures: list[str]
    prices: list[regulation_tables.PriceLine]
    free_steps: str
    steps: list[regulation_tables.StepLine]
    drawing: Markup | None


TITLES = {"complaint": (N_("Complaints"), N_("The course of a complaint")),
          "penalty": (N_("Penalties"), N_("The course of a penalty"))}  # fmt: skip
MEASURES: dict[str, Iterable[StrEnum]] = {"complaint": Severity, "penalty": regulation_tables.GRADED}


def _process(pack: Pack, name: str) -> ProcessShown:
    title, course = TITLES[name]
    return ProcessShown(
        name=name, title=_(title), course=_(course), measures=[label(measure) for measure in MEASURES[name]],
        prices=regulation_tables.prices(pack, name), free_steps=regulation_tables.free_steps(pack, name),
        steps=regulation_tables.steps(pack, name), drawing=diagram.unmarked(name),
    )  # fmt: skip


def _changes(version: RegulationVersion) -> dict[str, list[regulation_words.Line]]:
    """In what the edition differs from the one before it; nothing for the first."""
    before = drafts.edition_before(db(), version)
    if before is None:
        return {}
    return regulation_words.grouped(regulation_fields.differences(before.content, version.content))
