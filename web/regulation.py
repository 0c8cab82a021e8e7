"""The regulation as people read it: rules, time limits, points, who does what, and its editions."""

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, abort, render_template, request, url_for
from sqlalchemy import select

from models import RegulationVersion, Severity
from web import diagram, regulation_tables
from web.label import label
from web.session import db, me, now, office
from workflow.regulation import CS_MANAGEMENT, pack_of

bp = Blueprint("regulation", __name__)


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
        rules=regulation_tables.rules(pack), limits=regulation_tables.limits(pack),
        prices=regulation_tables.prices(pack), free_steps=regulation_tables.free_steps(pack),
        severities=[label(severity) for severity in Severity], steps=regulation_tables.steps(pack),
        ladders=regulation_tables.ladders(pack), drawing=diagram.unmarked(),
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


def _today() -> date:
    return office().calendar.day_of(now())
