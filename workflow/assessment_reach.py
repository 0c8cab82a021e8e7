"""Stored figures within somebody's reach, over several assessments at once: means by department, and single subjects.

The database averages: a page asks one statement, however many periods and people there are, and never a raw row. What
is kept in confidence is left out of a mean and marked among single figures, by the rule of `assessment_roles.hides`.
Results are decimals in words; they are averaged as binary numbers, whose noise is cut off before a mean is rounded.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import ColumnElement, Float, Select, and_, cast, exists, false, func, literal, select, true, union_all
from sqlalchemy.orm import Session, aliased, joinedload

from models import Assessed, Assessment, AssessmentResult
from workflow.assessment_pack import AssessmentPack
from workflow.assessment_period import Cycle, Period
from workflow.assessment_roles import ENOUGH_ANSWERS, is_confidential, sees_all, visible, visible_assessments
from workflow.assessment_run import pack_for
from workflow.roles import Actor

CENT, NOISE = Decimal("0.01"), 9
# How many assessments one page looks back over.
MOST_READ = 240


@dataclass(frozen=True)
class Series:
    """The same assessment over its periods, the newest first."""

    regulation: str
    scheme: str | None
    kind: str
    cycle: Cycle
    runs: tuple[Assessment, ...]

    @property
    def latest(self) -> Assessment:
        return self.runs[0]

    @property
    def pack(self) -> AssessmentPack:
        return pack_for(self.latest)


@dataclass(frozen=True)
class Asked:
    """A figure of one assessment: a measure, or the total where it is None."""

    of: Assessment
    measure: str | None


@dataclass(frozen=True)
class Mean:
    """The mean of so many subjects' shown figures, to two decimals."""

    count: int
    value: Decimal


@dataclass(frozen=True)
class Single:
    """One subject's shown figure in one assessment; None where it has none, or where it is hidden."""

    subject: int
    shown: Decimal | None
    is_hidden: bool


@dataclass(frozen=True)
class Scored:
    """The mean score of a measure in one assessment, and the mean of its values."""

    of: int
    measure: str
    score: Decimal
    value: Decimal | None
    count: int


def series(session: Session, actor: Actor, *, regulation: str | None = None) -> list[Series]:
    """What has results of which the actor sees any, by regulation, total, kind and cycle; the newest series first."""
    query = select(Assessment).where(Assessment.computed_at.is_not(None), visible_assessments(session, actor))
    if regulation is not None:
        query = query.where(Assessment.regulation == regulation)
    query = query.order_by(Assessment.last_day.desc(), Assessment.id.desc()).limit(MOST_READ)
    found: dict[tuple[str, str | None, str, Cycle], list[Assessment]] = {}
    for of in session.scalars(query.options(joinedload(Assessment.regulation_version))):
        key = of.regulation, of.scheme, of.kind, Period.named(of.period).cycle
        found.setdefault(key, []).append(of)
    return [Series(*key, tuple(runs)) for key, runs in found.items()]


def series_of(session: Session, of: Assessment, actor: Actor) -> Series:
    """The series in which this assessment stands; alone, while it has no results."""
    cycle = Period.named(of.period).cycle
    for each in series(session, actor, regulation=of.regulation):
        if (each.scheme, each.kind, each.cycle) == (of.scheme, of.kind, cycle):
            return each
    return Series(of.regulation, of.scheme, of.kind, cycle, (of,))


def whole(session: Session, asked: Sequence[Asked], actor: Actor) -> dict[Asked, Mean]:
    """The mean of all subjects whom the actor sees."""
    found: dict[Asked, Mean] = {}
    for at, _seat, count, mean in _averaged(session, asked, actor, by_seat=False):
        found[asked[at]] = Mean(count, rounded(mean))
    return found


def by_department(session: Session, asked: Sequence[Asked], actor: Actor) -> dict[Asked, dict[int, Mean]]:
    """The means of the departments under which the subjects stand; who stands under none is left out."""
    found: dict[Asked, dict[int, Mean]] = {}
    for at, seat, count, mean in _averaged(session, asked, actor, by_seat=True):
        if seat is not None:
            found.setdefault(asked[at], {})[seat] = Mean(count, rounded(mean))
    return found


def singles(
    session: Session, asked: Sequence[Asked], actor: Actor, *, department: int | None
) -> dict[Asked, dict[int, Single]]:  # fmt: skip
    """Single subjects by their id: of one department, or of those that stand under none."""
    parts = []
    for at, each in enumerate(asked):
        query, shown, hidden = _figures(session, each, actor)
        column = getattr(Assessed, f"{each.of.kind}_id")
        seat = Assessed.seat_id.is_(None) if department is None else Assessed.seat_id == department
        parts.append(query.with_only_columns(
            literal(at).label("at"), column.label("subject"), shown.label("shown"),
            hidden.label("hidden"),
        ).where(seat))  # fmt: skip
    found: dict[Asked, dict[int, Single]] = {}
    for at, subject, shown_, is_hidden in session.execute(union_all(*parts)) if parts else ():
        single = Single(subject, None if is_hidden else shown_, bool(is_hidden))
        found.setdefault(asked[at], {})[subject] = single
    return found


def totals(session: Session, of: Assessment, actor: Actor, subjects: Sequence[int]) -> dict[int, Decimal]:
    """The shown totals of these subjects, as far as the actor sees them."""
    query, shown, hidden = _figures(session, Asked(of, None), actor)
    column = getattr(Assessed, f"{of.kind}_id")
    query = query.with_only_columns(column, shown).where(column.in_(subjects), shown.is_not(None), ~hidden)
    rows: Sequence[Any] = session.execute(query).all()
    return {subject: total for subject, total in rows}  # noqa: C416 - a row is no pair to mypy


def scores(session: Session, runs: Sequence[Assessment], actor: Actor) -> list[Scored]:
    """The scored measures of these assessments, the lowest mean score first."""
    parts = [_scores(session, at, of, actor) for at, of in enumerate(runs)]
    rows = session.execute(union_all(*parts)).all() if parts else ()
    found = [
        Scored(runs[at].id, measure, rounded(score), rounded(value) if value is not None else None, count)
        for at, measure, score, value, count in rows
    ]
    return sorted(found, key=lambda each: (each.score, each.of, each.measure))


def rounded(mean: float) -> Decimal:
    """Half up, to two decimals."""
    return Decimal(f"{mean:.{NOISE}f}").quantize(CENT, ROUND_HALF_UP)


# --- statements --------------------------------------------------------------------------------------


def _averaged(session: Session, asked: Sequence[Asked], actor: Actor, *, by_seat: bool) -> Sequence[Any]:
    parts = []
    for at, each in enumerate(asked):
        query, shown, hidden = _figures(session, each, actor)
        seat = Assessed.seat_id if by_seat else literal(None)
        query = query.with_only_columns(
            literal(at).label("at"), seat.label("seat"), func.count().label("number"),
            func.avg(cast(shown, Float)).label("mean"),
        ).where(shown.is_not(None), ~hidden)  # fmt: skip
        parts.append(query.group_by(Assessed.seat_id) if by_seat else query.having(func.count() > 0))
    return session.execute(union_all(*parts)).all() if parts else ()


def _figures(session: Session, asked: Asked, actor: Actor) -> tuple[Select[Any], Any, ColumnElement[bool]]:
    """The results of one assessment that exist for the actor, the column of the figure, and whether it is hidden."""
    pack = pack_for(asked.of)
    query = select(Assessed.id).where(Assessed.assessment_id == asked.of.id, visible(pack.owner, actor))
    if asked.measure is None:
        return query, Assessed.shown, _total_hidden(pack, asked.of.scheme, actor)
    whole_line = and_(
        AssessmentResult.assessed_id == Assessed.id, AssessmentResult.measure == asked.measure,
        AssessmentResult.part.is_(None),
    )  # fmt: skip
    hidden = _few(AssessmentResult) if is_confidential(pack, asked.measure) and not sees_all(pack.owner, actor) else (
        false())  # fmt: skip
    return query.join(AssessmentResult, whole_line), AssessmentResult.shown, hidden


def _total_hidden(pack: AssessmentPack, scheme: str | None, actor: Actor) -> ColumnElement[bool]:
    """A total would tell what a hidden line says."""
    weighed = pack.schemes[scheme].weights if scheme is not None else {}
    names = [name for name in weighed if is_confidential(pack, name)]
    if not names or sees_all(pack.owner, actor):
        return false()
    line = aliased(AssessmentResult)
    of_it = line.assessed_id == Assessed.id, line.measure.in_(names), line.part.is_(None)
    return exists().where(*of_it, _few(line))


def _few(line: Any) -> ColumnElement[bool]:
    return and_(line.answers > 0, line.answers < ENOUGH_ANSWERS)


def _scores(session: Session, at: int, of: Assessment, actor: Actor) -> Select[Any]:
    pack = pack_for(of)
    names = [] if sees_all(pack.owner, actor) else [name for name in pack.measures if is_confidential(pack, name)]
    open_ = ~and_(AssessmentResult.measure.in_(names), _few(AssessmentResult)) if names else true()
    return (
        select(
            literal(at).label("at"), AssessmentResult.measure, func.avg(cast(AssessmentResult.score, Float)),
            func.avg(cast(AssessmentResult.shown, Float)), func.count(),
        )
        .join(Assessed, Assessed.id == AssessmentResult.assessed_id)
        .where(
            Assessed.assessment_id == of.id, visible(pack.owner, actor), AssessmentResult.part.is_(None),
            AssessmentResult.score.is_not(None), open_,
        )
        .group_by(AssessmentResult.measure)
    )  # fmt: skip
