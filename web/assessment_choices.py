"""What can be opened: the regulations whose assessments the reader runs, their totals, subjects and periods."""

from collections.abc import Mapping
from datetime import timedelta

from models import RegulationVersion
from web import moment
from web.assessment_told_results import kind as kind_words
from web.regulation_tables import worded
from web.regulations import newest
from web.session import actor, now, office
from workflow import packs
from workflow.assessment_pack import pack_of
from workflow.assessment_period import Cycle, Period
from workflow.assessment_roles import runs
from workflow.assessment_shape import SubjectKind

# How many periods back can be opened, by cycle.
BACK = {Cycle.MONTH: 6, Cycle.QUARTER: 4, Cycle.HALF_YEAR: 2, Cycle.YEAR: 2}


def run_by_me() -> list[RegulationVersion]:
    """The regulations in force whose assessments the reader runs."""
    found = [version for version, _title, owner in newest() if version.slug in packs.ASSESSMENTS]
    return [version for version in found if runs(pack_of(version).owner, actor())]


def totals(versions: list[RegulationVersion]) -> list[tuple[str, str]]:
    """Regulation, total and kind of subject as one choice."""
    found = []
    for version in versions:
        pack = pack_of(version)
        for scheme, shape in pack.schemes.items() or [("", None)]:
            for kind in pack.subjects:
                several = shape is not None and len(pack.schemes) > 1
                words = [worded(pack.title), *([worded(shape.title)] if several and shape else []), kind_words(kind)]
                found.append((f"{version.slug}/{scheme}/{kind.value}", " · ".join(words)))
    return found


def periods(versions: list[RegulationVersion]) -> list[tuple[str, str]]:
    """The latest periods of every cycle that one of them has, the newest first."""
    cycles = {cycle for version in versions for cycle in pack_of(version).cycles}
    today = office().calendar.day_of(now())
    found = []
    for cycle in (cycle for cycle in Cycle if cycle in cycles):
        period = Period.of(cycle, today)
        for _nth in range(BACK[cycle]):
            found.append((period.name, period_words(period)))
            period = Period.of(cycle, period.first_day - timedelta(days=1))
    return found


period_words = moment.period


def chosen(typed: Mapping[str, str]) -> tuple[RegulationVersion, str | None, SubjectKind, Period] | None:
    """What was chosen in the form; None for what it does not offer."""
    versions = {version.slug: version for version in run_by_me()}
    slug, _slash, rest = typed.get("regulation", "").partition("/")
    scheme, _slash, kind = rest.partition("/")
    try:
        return versions[slug], scheme or None, SubjectKind(kind), Period.named(typed.get("period", ""))
    except (KeyError, ValueError):
        return None
