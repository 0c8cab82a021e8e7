"""What targets are drafted for: measures of the regulations in force, units, and periods that are not over."""

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from models import Department, RegulationVersion, Team
from web import staff
from web.assessment_choices import period_words
from web.filters import named
from web.regulation_tables import worded
from web.regulations import newest
from web.session import actor, db, now, office
from workflow import packs, target_roles
from workflow.assessment_pack import pack_of
from workflow.assessment_period import Cycle, Period
from workflow.targets import Unit

COMPANY = "company"
PERIODS_AHEAD = {Cycle.YEAR: 2, Cycle.HALF_YEAR: 3, Cycle.QUARTER: 5, Cycle.MONTH: 13}


def regulations() -> list[RegulationVersion]:
    """The regulations in force whose targets the reader drafts."""
    return [version for version in in_force() if target_roles.drafts(actor(), pack_of(version).owner)]


def in_force() -> list[RegulationVersion]:
    """The regulations by which somebody is assessed."""
    return [version for version, _title, _owner in newest() if version.slug in packs.ASSESSMENTS]


def measures(versions: list[RegulationVersion]) -> list[tuple[str, str]]:
    """Every measure with its regulation, as one choice."""
    return [
        (f"{version.slug}/{name}", f"{worded(measure.title)} · {worded(pack_of(version).title)}")
        for version in versions
        for name, measure in pack_of(version).measures.items()
    ]


def units() -> list[tuple[str, str]]:
    departments = [(f"department/{each.id}", named(each)) for each in staff.departments()]
    teams = db().scalars(select(Team).options(joinedload(Team.department)).order_by(Team.department_id, Team.id))
    named_teams = [(f"team/{team.id}", unit_words(team)) for team in teams]
    return [(COMPANY, _("The whole company")), *departments, *named_teams]


def unit_words(unit: Unit) -> str:
    if unit is None:
        return _("The whole company")
    return named(unit) if isinstance(unit, Department) else f"{named(unit.department)} · {unit.slug}"


def unit(typed: str) -> tuple[Unit, bool]:
    """What was chosen, and whether there is such a unit."""
    kind, _slash, key = typed.partition("/")
    if typed == COMPANY:
        return None, True
    of = {"department": Department, "team": Team}.get(kind)
    if of is None or not (key.isascii() and key.isdigit() and len(key) < 10):
        return None, False
    found: Unit = db().get(of, int(key))
    return found, found is not None


def periods(versions: list[RegulationVersion]) -> list[tuple[str, str]]:
    """The year and the next, and the coming periods of every cycle that one of the regulations has."""
    cycles = {Cycle.YEAR} | {cycle for version in versions for cycle in pack_of(version).cycles}
    found = []
    for cycle, ahead in PERIODS_AHEAD.items():
        period = Period.of(cycle, office().calendar.day_of(now()))
        for _nth in range(ahead if cycle in cycles else 0):
            found.append((period.name, period_words(period)))
            period = period.next()
    return found
