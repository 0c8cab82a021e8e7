"""One figure of an assessment over its periods: of the whole reach, of departments beside each other, of single people.

Read from stored results only; who reads sees no figure here that the page of the assessment keeps from them.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select

from models import SUBJECTS, Assessment, Department, Partner, Person, Team
from web import assessment_told_results as told
from web.assessment_choices import period_words
from web.assessment_table import TOTAL, told_mean
from web.assessment_words import aligned, amount, name_of, number
from web.filters import named
from web.regulation_tables import worded
from web.session import actor, db
from workflow import assessment_reach as reach
from workflow.assessment_pack import AssessmentPack
from workflow.assessment_period import Period
from workflow.assessment_reach import Asked, Series
from workflow.assessment_run import pack_for

MODELS: Mapping[str, type[Any]] = dict(zip(SUBJECTS, (Person, Team, Department, Partner), strict=True))
# Periods beside each other: on a page, and behind a figure of the dashboard.
COMPARED, GLANCED = 8, 6


@dataclass(frozen=True)
class Cell:
    """One figure in one period: with its address, or why there is none."""

    told: str = ""
    url: str = ""
    value: Decimal | None = None
    why: str = ""
    count: int = 0


@dataclass(frozen=True)
class Line:
    """A department, a subject or everybody, with a cell for every period, the oldest first."""

    name: str
    cells: tuple[Cell, ...]
    change: str = ""
    # Whether the change is for the better or the worse; nothing where there is none.
    verdict: Literal["better", "worse", ""] = ""
    department: int | None = None


@dataclass(frozen=True)
class Course:
    """Lines over periods, as a table and as a picture."""

    title: str
    periods: tuple[str, ...]
    lines: tuple[Line, ...]
    target: str = ""

    @property
    def version(self) -> str:
        """Changes with what the picture shows."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]

    @property
    def is_drawn(self) -> bool:
        """Whether there is anything to look at in a picture."""
        return sum(cell.value is not None for line in self.lines for cell in line.cells) > 1


def headline(of: Assessment) -> str:
    """What stands for an assessment as a whole: its total, or the first measure of a regulation without one."""
    return TOTAL if of.scheme is not None else next(iter(pack_for(of).measures))


def asked(of: Assessment, measure: str) -> Asked:
    return Asked(of, None if measure == TOTAL else measure)


def title_of(pack: AssessmentPack, measure: str) -> str:
    return _("Total") if measure == TOTAL else worded(pack.measures[measure].title)


def over(found: Series, measure: str, most: int) -> list[Assessment]:
    """The latest periods that know this measure, the oldest first."""
    runs = [run for run in found.runs if measure == TOTAL or measure in pack_for(run).measures]
    return list(reversed(runs[:most]))


def glance(found: Series, measure: str) -> Course:
    """Everybody whom the reader sees, as one line."""
    [course] = glances([(found, measure)])
    return course


def glances(wanted: Sequence[tuple[Series, str]]) -> list[Course]:
    """The same of several figures, by one statement."""
    runs = [over(found, measure, GLANCED) for found, measure in wanted]
    all_ = [asked(of, measure) for some, (_found, measure) in zip(runs, wanted, strict=True) for of in some]
    means = reach.whole(db(), all_, actor())
    courses = []
    for some, (found, measure) in zip(runs, wanted, strict=True):
        cells = tuple(_mean_cell(of, measure, means.get(asked(of, measure)), None) for of in some)
        line = _line(_("Mean of all"), cells, found.pack, measure)
        courses.append(_course(found.pack, measure, some, [line]))
    return courses


def departments(found: Series, measure: str) -> Course:
    """Departments beside each other, and all of them together where there are several."""
    runs = over(found, measure, COMPARED)
    all_ = [asked(of, measure) for of in runs]
    means = reach.by_department(db(), all_, actor())
    keys = {key for each in means.values() for key in each}
    known = db().scalars(select(Department).where(Department.id.in_(keys)).order_by(Department.id))
    lines = [
        _line(
            named(department),
            tuple(_mean_cell(of, measure, means.get(asked(of, measure), {}).get(department.id), department)
                  for of in runs),
            found.pack, measure, department=department,
        )
        for department in known
    ]  # fmt: skip
    if len(lines) > 1:
        together = reach.whole(db(), all_, actor())
        cells = tuple(_mean_cell(of, measure, together.get(asked(of, measure)), None) for of in runs)
        lines.append(_line(_("Mean of all"), cells, found.pack, measure))
    return _course(found.pack, measure, runs, lines)


def subjects(found: Series, measure: str, department: Department | None) -> Course:
    """The subjects of one department, or those that stand under none, beside each other."""
    runs = over(found, measure, COMPARED)
    singles = reach.singles(
        db(), [asked(of, measure) for of in runs], actor(), department=department.id if department is not None else None
    )
    names = _names(found.kind, {key for each in singles.values() for key in each})
    lines = [
        _line(name, tuple(_single_cell(of, measure, singles.get(asked(of, measure), {}).get(key)) for of in runs),
              found.pack, measure)
        for key, name in names.items()
    ]  # fmt: skip
    return _course(found.pack, measure, runs, lines)


def _names(kind: str, keys: set[int]) -> Mapping[int, str]:
    model = MODELS[kind]
    rows = db().scalars(select(model).where(model.id.in_(keys)).order_by(model.id))
    return {row.id: name_of(row) for row in rows}


def _course(pack: AssessmentPack, measure: str, runs: Sequence[Assessment], lines: Sequence[Line]) -> Course:
    target = pack.measures[measure].target if measure != TOTAL else None
    return Course(
        title_of(pack, measure), tuple(period_words(Period.named(of.period)) for of in runs), even(lines),
        amount(target, pack.measures[measure].unit) if target is not None else "",
    )  # fmt: skip


def even(lines: Sequence[Line]) -> tuple[Line, ...]:
    """All the figures, and all the changes, with the same decimals."""
    words = iter(aligned([cell.told for line in lines for cell in line.cells]))
    changes = iter(aligned([line.change for line in lines]))
    return tuple(
        replace(line, cells=tuple(replace(cell, told=next(words)) for cell in line.cells), change=next(changes))
        for line in lines
    )


def _mean_cell(of: Assessment, measure: str, mean: reach.Mean | None, department: Department | None) -> Cell:
    address = url_for(
        "assessments.show", key=of.id, measure=measure, department=department.id if department is not None else None
    )
    if mean is None:
        return Cell("", address, None, _("no data"))
    return Cell(told_mean(mean.value, measure, pack_for(of)), address, mean.value, "", mean.count)


def _single_cell(of: Assessment, measure: str, single: reach.Single | None) -> Cell:
    if single is None:
        return Cell(why=_("no data"))
    address = url_for("assessed.show", key=of.id, subject=single.subject)
    if single.shown is None:
        return Cell("", address, None, _(told.HIDDEN) if single.is_hidden else _("no data"))
    return Cell(told_mean(single.shown, measure, pack_for(of)), address, single.shown, "", 1)


def _line(
    name: str, cells: tuple[Cell, ...], pack: AssessmentPack, measure: str, *, department: Department | None = None
) -> Line:
    """With how the last period differs from the one before it."""
    key = department.id if department is not None else None
    now, before = (cells[-1].value, cells[-2].value) if len(cells) > 1 else (None, None)
    lower_is_better = measure != TOTAL and pack.measures[measure].direction == "lower"
    change, verdict = changed(now, before, lower_is_better=lower_is_better)
    return Line(name, cells, change, verdict, key)


def changed(
    now: Decimal | None, before: Decimal | None, *, lower_is_better: bool = False
) -> tuple[str, Literal["better", "worse", ""]]:
    """The change as a signed number, and whether it is for the better; nothing where a figure is missing."""
    if now is None or before is None:
        return "", ""
    change = now - before
    if not change:
        return _("unchanged"), ""
    return f"{'+' if change > 0 else ''}{number(change)}", "worse" if (change > 0) is lower_is_better else "better"
