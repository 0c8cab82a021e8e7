"""Every regulation of the company: which there are and since when, and the text of each for everybody to read."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from models import Department, RegulationVersion, Role
from web import assessment_checklists, assessment_page, pay_regulation, regulation_known, regulation_tables
from web.filters import named
from web.label import label
from web.regulation_editions import asked_for, editions, today, versions_of
from web.regulation_tables import worded
from web.session import db, me, now
from workflow import assessment_pack, packs, performance_pay
from workflow.own_values import own_values
from workflow.performance_pay import PERFORMANCE_PAY
from workflow.process import N_
from workflow.regulation import CS_MANAGEMENT, AnyPack, Bilingual

bp = Blueprint("regulations", __name__)

# Owners that need not be departments of the company; for human resources and customer relations it is the role's name.
OWNERS = {"sales": N_("Sales"), "after_sales": N_("After-sales"), "management": N_("Management")}


@dataclass(frozen=True)
class Line:
    """One regulation in the index. `asks` says that it is to be acknowledged, `acknowledged_at` since when it is."""

    title: str
    url: str
    owner: str
    edition: str
    since: date
    is_to_come: bool
    asks: bool
    acknowledged_at: datetime | None


@dataclass(frozen=True)
class Open:
    """A regulation that is not in force, with the number of places that the company has to fill."""

    title: str
    blanks: int


@bp.get("/regulations")
def index() -> str:
    _require_staff()
    shown = newest()
    departments = _departments()
    lines = [_line(version, title, owner, departments) for version, title, owner in shown]
    not_in_force = _open({version.slug for version, _title, _owner in shown})
    return render_template("regulation/index.html", lines=lines, open=not_in_force)


@bp.get("/regulations/<slug>")
def show(slug: str) -> ResponseReturnValue:
    _require_staff()
    if slug == CS_MANAGEMENT:
        return redirect(url_for("regulation.show"))
    if slug not in packs.SHAPES:
        abort(404)
    versions = versions_of(slug)
    version = asked_for(versions)
    return _performance_pay(version, versions) if slug == PERFORMANCE_PAY else _assessment(version, versions)


def _require_staff() -> None:
    """Whoever has left reads no regulation."""
    if me().has_left_at(now()):
        abort(404)


def newest() -> list[tuple[RegulationVersion, dict[str, str], str]]:
    """Of each regulation the version in force, or the first that is to come, with its title and its owner; in the
    order in which the product lists them."""
    content = RegulationVersion.content
    query = select(RegulationVersion, content["title"], content["owner"].as_string())
    query = query.order_by(RegulationVersion.in_force_from, RegulationVersion.number)
    found: dict[str, tuple[RegulationVersion, dict[str, str], str]] = {}
    for version, title, owner in db().execute(query):
        if version.slug not in found or version.in_force_from <= today():
            found[version.slug] = version, title, owner
    return [found[slug] for slug in packs.SHAPES if slug in found]


def _line(version: RegulationVersion, title: dict[str, str], owner: str, departments: dict[str, str]) -> Line:
    # Only the regulation that every case stands on is asked to be acknowledged, as on its own page.
    asks, is_to_come = version.slug == CS_MANAGEMENT, version.in_force_from > today()
    # A page opens with the edition in force; what is to come is asked for by name.
    edition = {"edition": version.edition} if is_to_come else {}
    return Line(
        title=worded(Bilingual(**title)), owner=_owner(owner, departments), edition=version.edition,
        url=url_for("regulation.show", **edition) if asks else url_for(".show", slug=version.slug, **edition),
        since=version.in_force_from, is_to_come=is_to_come, asks=asks,
        acknowledged_at=regulation_known.mine(version) if asks else None,
    )  # fmt: skip


def _open(known: set[str]) -> list[Open]:
    """What is not in force because the company has not filled what it leaves open."""
    unknown = (packs.read(slug) for slug in packs.SHAPES if slug not in known)
    return [Open(worded(pack.title), len(pack.blanks())) for pack in unknown]


def _departments() -> dict[str, str]:
    return {department.slug: named(department) for department in db().scalars(select(Department))}


def _owner(owner: str, departments: dict[str, str]) -> str:
    """The department of that name, where the company has one."""
    if owner in departments:
        return departments[owner]
    return _(OWNERS[owner]) if owner in OWNERS else label(Role(owner))


# --- one regulation -------------------------------------------------------------------------------


def _assessment(version: RegulationVersion, versions: list[RegulationVersion]) -> str:
    pack, own = assessment_pack.pack_of(version), own_values(version)
    return render_template(
        "regulation/assessment.html", **_common(pack, version, versions),
        frame=assessment_page.frame(pack, _departments()), measures=assessment_page.measures(pack, own),
        schemes=assessment_page.schemes(pack, own), figures=assessment_page.figures(pack, own),
        sources=assessment_page.sources(pack, own), consequences=assessment_page.consequences(pack, own),
        checklists=assessment_checklists.checklists(pack), steps=assessment_page.steps(pack),
        outcomes=[worded(text) for text in pack.outcomes.values()],
        incentives=[worded(text) for text in pack.incentives.values()],
    )  # fmt: skip


def _performance_pay(version: RegulationVersion, versions: list[RegulationVersion]) -> str:
    pack = performance_pay.pack_of(version)
    values = pay_regulation.values(pack, own_values(version))
    return render_template("regulation/pay.html", **_common(pack, version, versions), values=values)


def _common(pack: AnyPack, version: RegulationVersion, versions: list[RegulationVersion]) -> dict[str, Any]:
    return {
        "title": worded(pack.title), "owner": _owner(pack.owner, _departments()), "version": version,
        "rules": regulation_tables.rules(pack),
        "editions": editions(versions, version, url=lambda of: url_for(".show", slug=of.slug, edition=of.edition)),
    }  # fmt: skip
