"""The regulation as people read it: rules, time limits, points, who does what, and its editions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import select

from models import RegulationVersion, Severity
from web import diagram, regulation_draft, regulation_known, regulation_tables, regulation_words, reminder_figures
from web.label import label
from web.regulation_bp import bp
from web.session import actor, db, me, now, office
from workflow import regulation_draft as drafts
from workflow import regulation_fields
from workflow.process import N_
from workflow.regulation import CS_MANAGEMENT, Pack, pack_of
from workflow.reminder_figures import figures_of

__all__ = ["bp", "regulation_draft", "regulation_known"]


@dataclass(frozen=True)
class Edition:
    """One stored version, with the days on which it was in force."""

    name: str
    url: str
    since: date
    until: date | None
    is_in_force: bool
    is_shown: bool
    is_to_come: bool


@bp.get("/regulation")
def show() -> str:
    if me().has_left_at(now()):
        abort(404)
    versions = _versions()
    shown = _asked_for(versions)
    pack = pack_of(shown)
    return render_template(
        "regulation/show.html",
        title=regulation_tables.worded(pack.title), version=shown, editions=_editions(versions, shown),
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


def _versions() -> list[RegulationVersion]:
    query = select(RegulationVersion).filter_by(slug=CS_MANAGEMENT)
    return list(db().scalars(query.order_by(RegulationVersion.in_force_from.desc(), RegulationVersion.number.desc())))


def _asked_for(versions: list[RegulationVersion]) -> RegulationVersion:
    """The edition asked for, else the one in force; 404 where there is none such."""
    if (asked := request.args.get("edition")) is not None:
        found = [version for version in versions if version.edition == asked]
    else:
        found = [version for version in versions if version.in_force_from <= _today()]
    if not found:
        abort(404)
    return found[0]


def _editions(versions: list[RegulationVersion], shown: RegulationVersion) -> list[Edition]:
    """All editions, the newest first; each ends where the next begins."""
    begun = [version for version in versions if version.in_force_from <= _today()]
    following = [None, *versions]
    return [
        Edition(
            name=version.edition,
            url=url_for("regulation.show", edition=version.edition),
            since=version.in_force_from,
            until=later.in_force_from if later is not None else None,
            is_in_force=version is begun[0] if begun else False,
            is_shown=version is shown,
            is_to_come=version.in_force_from > _today(),
        )
        for version, later in zip(versions, following, strict=False)
    ]


def _changes(version: RegulationVersion) -> dict[str, list[regulation_words.Line]]:
    """In what the edition differs from the one before it; nothing for the first."""
    before = drafts.edition_before(db(), version)
    if before is None:
        return {}
    return regulation_words.grouped(regulation_fields.differences(before.content, version.content))


def _today() -> date:
    return office().calendar.day_of(now())
