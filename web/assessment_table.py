"""The results of an assessment as a table, and departments beside each other; read from what is stored, never computed.

Both keep to what the reader sees, and leave out figures kept in confidence.
"""

import hashlib
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from models import Assessed, Assessment, AssessmentResult, Department
from web import assessment_told_results as told
from web.assessment_words import aligned, name_of, number, unit_words
from web.filters import named
from web.paging import Page
from web.regulation_tables import worded
from web.session import actor, db
from workflow import assessment_reach, assessment_roles, assessment_run
from workflow.assessment_pack import AssessmentPack
from workflow.assessment_shape import Scheme, SubjectKind

TOTAL = "total"
MOST_EXPORTED = 20_000


@dataclass(frozen=True)
class Cell:
    """One figure, or why there is none."""

    value: str
    missing: str = ""
    target: str = ""
    # Without their units, for a file that is reckoned with.
    number: str = ""
    aim: str = ""

    @property
    def brief(self) -> str:
        """In a table the reason is for whoever points at it; the page of the subject says it in full."""
        return self.missing if self.missing == _(told.HIDDEN) else _("no data")


@dataclass(frozen=True)
class Row:
    name: str
    url: str
    department: str
    cells: tuple[Cell, ...]
    total: Cell
    before: str
    grade: str
    place: int | None
    factor: str


@dataclass(frozen=True)
class Table:
    """What a reader sees of the results; `people` says who or what the first column names."""

    people: str
    headings: tuple[str, ...]
    units: tuple[str, ...]
    has_total: bool
    has_grades: bool
    shows_department: bool
    rows: tuple[Row, ...]

    def cut(self, page: Page) -> "Table":
        return replace(self, rows=tuple(page.cut(list(self.rows))))


@dataclass(frozen=True)
class Bar:
    """One department with the mean of its subjects' figures, now and in the period before."""

    name: str
    count: int
    value: Decimal
    told: str
    before: str
    value_before: Decimal | None = None


@dataclass(frozen=True)
class Comparison:
    title: str
    unit: str
    bars: tuple[Bar, ...]

    @property
    def version(self) -> str:
        """Changes with what the picture shows."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]


def measures(of: Assessment) -> list[tuple[str, str]]:
    """What can be compared: the total, where there is one, and every measure."""
    pack = assessment_run.pack_for(of)
    total = [(TOTAL, _("Total"))] if of.scheme is not None else []
    return [*total, *((name, worded(measure.title)) for name, measure in pack.measures.items())]


def seats(of: Assessment) -> set[int]:
    """The departments of the results that the reader sees."""
    return {seat for seat in db().scalars(_seen(of).with_only_columns(Assessed.seat_id).distinct()) if seat is not None}


def subjects(of: Assessment) -> list[int]:
    """Whom or what the reader sees of the results."""
    return list(db().scalars(_seen(of).with_only_columns(getattr(Assessed, f"{of.kind}_id"))))


def table(of: Assessment, *, department: int | None, skip: int, most: int) -> Table:
    pack, scheme = assessment_run.pack_for(of), assessment_run.scheme_of(of)
    query = _seen(of)
    if department is not None:
        query = query.where(Assessed.seat_id == department)
    query = query.options(
        selectinload(Assessed.results), joinedload(Assessed.person), joinedload(Assessed.team),
        joinedload(Assessed.department), joinedload(Assessed.partner), joinedload(Assessed.seat),
    ).order_by(Assessed.place.is_(None), Assessed.place, Assessed.id)  # fmt: skip
    found = list(db().scalars(query.offset(skip).limit(most)))
    before = _totals_before(of, found)
    return Table(
        people=_people(of.kind), headings=tuple(worded(measure.title) for measure in pack.measures.values()),
        units=tuple(unit_words(measure.unit) for measure in pack.measures.values()),
        has_total=scheme is not None,
        has_grades=scheme is not None and bool(scheme.grades), shows_department=of.kind in ("person", "team"),
        rows=_aligned([_row(of, pack, scheme, each, before) for each in found]),
    )  # fmt: skip


def _aligned(rows: list[Row]) -> tuple[Row, ...]:
    """The figures of each column with the same decimals; the totals and those of the period before as one."""
    if not rows:
        return ()
    columns = [aligned([row.cells[at].value for row in rows]) for at in range(len(rows[0].cells))]
    totals = aligned([*(row.total.value for row in rows), *(row.before for row in rows)])
    return tuple(
        replace(
            row, cells=tuple(replace(cell, value=columns[at][place]) for at, cell in enumerate(row.cells)),
            total=replace(row.total, value=totals[place]), before=totals[len(rows) + place],
        )
        for place, row in enumerate(rows)
    )  # fmt: skip


def _people(kind: str) -> str:
    if kind == SubjectKind.DEPARTMENT:
        return _("Department")
    return _("Business partner") if kind == SubjectKind.PARTNER else _("Name")


def everything(of: Assessment, *, department: int | None) -> Table:
    """All rows that the reader sees, for a file."""
    return table(of, department=department, skip=0, most=MOST_EXPORTED)


def _seen(of: Assessment) -> Select[Assessed]:
    owner = assessment_run.pack_for(of).owner
    return select(Assessed).where(Assessed.assessment_id == of.id, assessment_roles.visible(owner, actor()))


def _row(of: Assessment, pack: AssessmentPack, scheme: Scheme | None, each: Assessed, before: dict[int, str]) -> Row:
    whole = {result.measure: result for result in each.results if result.part is None}
    hidden = told.hides_total(pack, scheme, list(whole.values()))
    total = Cell("", _(told.HIDDEN)) if hidden else Cell(_points(each.shown), told.why(each.missing))
    return Row(
        name=name_of(each.subject), url=url_for("assessed.show", key=of.id, subject=each.subject_id),
        department=named(each.seat) if each.seat is not None else "",
        cells=tuple(_cell(pack, whole[name]) for name in pack.measures), total=total,
        before="" if hidden else before.get(each.subject_id, ""),
        grade="" if hidden else told.grade(scheme, each.grade), place=None if hidden else each.place,
        factor="" if hidden or each.factor == 1 else f"× {number(each.factor)}",
    )  # fmt: skip


def _cell(pack: AssessmentPack, result: AssessmentResult) -> Cell:
    target, aim = told.value(pack, result.measure, result.target), _points(result.target)
    if told.is_hidden(pack, result):
        return Cell("", _(told.HIDDEN), target, "", aim)
    return Cell(
        told.value(pack, result.measure, result.shown), told.why(result.missing), target, _points(result.shown), aim
    )


def _points(total: Decimal | None) -> str:
    return number(total) if total is not None else ""


def _totals_before(of: Assessment, found: list[Assessed]) -> dict[int, str]:
    """What the same subjects came to in the period before, as far as the reader sees it."""
    earlier = assessment_run.before(db(), of)
    if earlier is None or earlier.scheme is None:
        return {}
    before = assessment_reach.totals(db(), earlier, actor(), [each.subject_id for each in found])
    return {key: number(total) for key, total in before.items()}


# --- departments beside each other ---------------------------------------------------------------


def comparison(of: Assessment, measure: str) -> Comparison:
    """The mean of the subjects' figures by department; nothing where the reader sees only one."""
    pack = assessment_run.pack_for(of)
    title = _("Total") if measure == TOTAL else worded(pack.measures[measure].title)
    unit = "points" if measure == TOTAL else pack.measures[measure].unit
    found = _means(of, measure)
    earlier = assessment_run.before(db(), of)
    before = _means(earlier, measure) if earlier is not None else {}
    bars = tuple(
        Bar(named(department), count, mean, told_mean(mean, measure, pack),
            told_mean(before[key][2], measure, pack) if key in before else "",
            before[key][2] if key in before else None)
        for key, (department, count, mean) in found.items()
    )  # fmt: skip
    words = aligned([*(bar.told for bar in bars), *(bar.before for bar in bars)])
    bars = tuple(replace(bar, told=words[at], before=words[len(bars) + at]) for at, bar in enumerate(bars))
    return Comparison(title, unit, bars if len(bars) > 1 else ())


def told_mean(mean: Decimal, measure: str, pack: AssessmentPack) -> str:
    return number(mean) if measure == TOTAL else told.value(pack, measure, mean)


def _means(of: Assessment, measure: str) -> dict[int, tuple[Department, int, Decimal]]:
    pack, scheme = assessment_run.pack_for(of), assessment_run.scheme_of(of)
    if measure != TOTAL and measure not in pack.measures:
        return {}
    figures: dict[int, list[Decimal]] = {}
    for seat, shown in _figures(of, pack, scheme, measure):
        figures.setdefault(seat, []).append(shown)
    departments = {each.id: each for each in db().scalars(select(Department).where(Department.id.in_(figures)))}
    return {
        key: (departments[key], len(some), (sum(some, Decimal(0)) / len(some)).quantize(Decimal("0.01"), ROUND_HALF_UP))
        for key, some in sorted(figures.items())
    }


def _figures(of: Assessment, pack: AssessmentPack, scheme: Scheme | None, measure: str) -> list[tuple[int, Decimal]]:
    names = list(scheme.weights) if measure == TOTAL and scheme is not None else [measure]
    confidential = any(assessment_roles.is_confidential(pack, name) for name in names)
    if not confidential or assessment_roles.sees_all(pack.owner, actor()):
        return _plain_figures(of, measure)
    rows = db().scalars(_seen(of).options(selectinload(Assessed.results)))
    found = []
    for each in rows:
        whole = [result for result in each.results if result.part is None and result.measure in names]
        if each.seat_id is None or any(told.is_hidden(pack, result) for result in whole):
            continue
        shown = each.shown if measure == TOTAL else whole[0].shown
        if shown is not None:
            found.append((each.seat_id, shown))
    return found


def _plain_figures(of: Assessment, measure: str) -> list[tuple[int, Decimal]]:
    """Two columns, whoever is assessed and however many there are."""
    query = _seen(of)
    if measure == TOTAL:
        columns = query.with_only_columns(Assessed.seat_id, Assessed.shown)
    else:
        columns = query.join(AssessmentResult).where(
            AssessmentResult.measure == measure, AssessmentResult.part.is_(None)
        ).with_only_columns(Assessed.seat_id, AssessmentResult.shown)  # fmt: skip
    return [(seat, shown) for seat, shown in db().execute(columns) if seat is not None and shown is not None]
