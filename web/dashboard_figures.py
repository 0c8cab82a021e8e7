"""The figures of the dashboard: assessments against the period before, monthly scores, and the weakest measures."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import Integer, func, select, type_coerce

from models import Assessed, Department, Scorecard, ScorecardState
from web import assessment_course, moment
from web.assessment_choices import period_words
from web.assessment_course import Cell, Course, Line
from web.assessment_table import told_mean
from web.assessment_told_results import kind as kind_words
from web.assessment_words import aligned, amount, number
from web.filters import score as score_words
from web.regulation_tables import worded
from web.session import actor, db, me
from workflow import assessment_reach as reach
from workflow.assessment_period import Period
from workflow.assessment_reach import Series
from workflow.scorecard_roles import acts_on_months, visible_to

# More than these nobody reads at a glance; the rest stands in the list of assessments.
MOST_CARDS, MOST_WEAK, MONTHS = 8, 5, 6
FULL = Decimal(100)


@dataclass(frozen=True)
class Card:
    """One assessment that has figures at a glance: its latest figure, against the period before and the target."""

    title: str
    what: str
    period: str
    value: str
    counted: int
    before: str
    change: str
    verdict: str
    target: str
    course: Course
    url: str
    compare: str
    picture: str
    mine: str


@dataclass(frozen=True)
class Weak:
    """A measure with a low score, and where its course stands."""

    measure: str
    assessment: str
    period: str
    score: str
    value: str
    target: str
    url: str


def series() -> list[Series]:
    return reach.series(db(), actor())[:MOST_CARDS]


def departments(keys: Sequence[int]) -> list[Department]:
    return list(db().scalars(select(Department).where(Department.id.in_(keys)).order_by(Department.id)))


def cards(found: Sequence[Series]) -> list[Card]:
    wanted = [(each, assessment_course.headline(each.latest)) for each in found]
    mine = _mine([each.latest.id for each in found])
    courses = assessment_course.glances(wanted)
    return [
        _card(each, measure, course, mine.get(each.latest.id, ""))
        for (each, measure), course in zip(wanted, courses, strict=True)
        if any(cell.value is not None for cell in course.lines[0].cells)
    ]


def _card(found: Series, measure: str, course: Course, mine: str) -> Card:
    of, [line] = found.latest, course.lines
    last, before = line.cells[-1], line.cells[-2] if len(line.cells) > 1 else Cell()
    drawn = course.is_drawn
    return Card(
        title=title(found), what=_("%(measure)s, %(kind)s", measure=course.title, kind=kind_words(of.kind)),
        period=course.periods[-1], value=last.told, counted=last.count, before=before.told, change=line.change,
        verdict=line.verdict, target=course.target, course=course, url=last.url,
        compare=url_for("assessment_compare.show", key=of.id, measure=measure) if len(course.periods) > 1 else "",
        picture=url_for("assessment_compare.glance", key=of.id, v=course.version) if drawn else "",
        mine=mine,
    )  # fmt: skip


def title(found: Series) -> str:
    """The regulation, and its total where it has several."""
    pack = found.pack
    if found.scheme is None or len(pack.schemes) < 2:
        return worded(pack.title)
    return f"{worded(pack.title)} · {worded(pack.schemes[found.scheme].title)}"


def _mine(keys: Sequence[int]) -> dict[int, str]:
    """The addresses of the reader's own results, by assessment."""
    query = select(Assessed.assessment_id).where(Assessed.assessment_id.in_(keys), Assessed.person_id == me().id)
    return {of: url_for("assessed.show", key=of, subject=me().id) for of in db().scalars(query)}


def weakest(found: Sequence[Series]) -> list[Weak]:
    """The lowest mean scores of the latest periods; full marks are no weakness."""
    of_run = {each.latest.id: each for each in found}
    low = [each for each in reach.scores(db(), [s.latest for s in found], actor()) if each.score < FULL]
    lines = [_weak(of_run[each.of], each) for each in low[:MOST_WEAK]]
    words = aligned([each.score for each in lines])
    return [replace(each, score=score) for each, score in zip(lines, words, strict=True)]


def _weak(found: Series, scored: reach.Scored) -> Weak:
    pack, measure = found.pack, found.pack.measures[scored.measure]
    return Weak(
        measure=worded(measure.title), assessment=title(found), period=period_words(Period.named(found.latest.period)),
        score=number(scored.score), value=told_mean(scored.value, scored.measure, pack) if scored.value else "",
        target=amount(measure.target, measure.unit) if measure.target is not None else "",
        url=url_for("assessment_compare.show", key=found.latest.id, measure=scored.measure),
    )  # fmt: skip


# --- monthly scorecards ------------------------------------------------------------------------------


def scores() -> Course | None:
    """The mean score of the scorecards that the reader sees, by month; None where there is none."""
    hundredths = type_coerce(Scorecard.score, Integer)
    query = (
        select(Scorecard.month, func.count(), func.avg(hundredths))
        .where(visible_to(actor()), Scorecard.state != ScorecardState.OPEN)
        .group_by(Scorecard.month)
        .order_by(Scorecard.month.desc())
        .limit(MONTHS)
    )
    rows = list(reversed(db().execute(query).all()))
    if not rows:
        return None
    cells = tuple(_score(month, count, float(mean)) for month, count, mean in rows)
    return Course(
        _("Scorecards"), tuple(moment.month(month) for month, _count, _mean in rows),
        assessment_course.even([_with_change(cells)]),
    )  # fmt: skip


def _score(month: str, count: int, hundredths: float) -> Cell:
    value = reach.rounded(hundredths / 100)
    page = "month.show" if acts_on_months(actor()) else "month.mine"
    return Cell(score_words(value), url_for(page, month=month), value, "", count)


def _with_change(cells: tuple[Cell, ...]) -> Line:
    change, verdict = assessment_course.changed(cells[-1].value, cells[-2].value if len(cells) > 1 else None)
    return Line(_("Mean of all"), cells, change, verdict)
