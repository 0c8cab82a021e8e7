"""What the report of an assessment prints: the words, tables and pictures of its page, as its reader sees them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from models import Assessment, AssessmentAct, Department
from web import assessment_chart, assessment_table, assessment_told_results, moment
from web.assessment_course import Course
from web.assessment_head import Listed
from web.assessment_table import Cell, Comparison, Row, Table
from web.filters import named

Json = dict[str, Any]
# Beyond that nobody reads paper, and making it takes too much memory; the Excel file has all.
MOST_PRINTED = 1_200


def of_results(
    of: Assessment, head: Listed, *, department: Department | None, measure: str, acts: Iterable[AssessmentAct]
) -> Json:
    """The page of an assessment: departments beside each other, all results, and what was done."""
    table = assessment_table.table(
        of, department=department.id if department is not None else None, skip=0, most=MOST_PRINTED + 1
    )
    sections = [_compared(assessment_table.comparison(of, measure)), _results(of, table), _done(acts)]
    return {
        "title": head.title, "period": head.period, "facts": _facts(of, head, department),
        "sections": [section for section in sections if section is not None],
        "empty": "" if table.rows else _("No results yet: they appear here once they are computed."),
    }  # fmt: skip


def of_course(of: Assessment, head: Listed, course: Course, *, people: str, department: Department | None) -> Json:
    """The page that compares periods; `people` says what the first column names."""
    differs = len(course.periods) > 1
    columns = [_column(people, "name"), *map(_number, course.periods), *([_number(_("Difference"))] if differs else [])]
    verdicts = {"better": _("better"), "worse": _("worse"), "": ""}
    rows = [
        [line.name, *(cell.told or cell.why for cell in line.cells),
         *([f"{line.change} {verdicts[line.verdict]}".strip() or "–"] if differs else [])]
        for line in course.lines
    ]  # fmt: skip
    section = _section(
        course.title,
        columns,
        rows,
        note=_("target %(value)s", value=course.target) if course.target else "",
        picture=assessment_chart.picture_of(course) if assessment_chart.is_drawn(course) else "",
        alt=_("%(title)s, period by period; the numbers stand in the table below.", title=course.title),
    )
    return {
        "title": f"{head.title}{_(': ')}{_('Comparison')}", "period": head.period,
        "facts": _facts(of, head, department),
        "sections": [section] if course.lines else [],
        "empty": "" if course.lines else _("Nothing was measured by this in any of the periods."),
    }  # fmt: skip


def _facts(of: Assessment, head: Listed, department: Department | None) -> list[list[str]]:
    """What was asked for and how far it is."""
    facts = [
        (_("Assessment"), head.total),
        (_("Assessed"), head.kind), (_("State"), head.stage),
        (_("Computed at"), _moment(of.computed_at) if of.computed_at is not None else ""),
        (_("Department"), named(department) if department is not None else ""),
    ]  # fmt: skip
    return [[label, value] for label, value in facts if value]


def _compared(comparison: Comparison) -> Json | None:
    if not comparison.bars:
        return None
    columns = [_column(_("Department"), "name"), *map(_number, (_("Counted"), _("Mean"), _("Previous period")))]
    return _section(
        _("Departments"), columns,
        [[bar.name, str(bar.count), bar.told, bar.before or "–"] for bar in comparison.bars],
        note=_("%(title)s, mean of those assessed", title=comparison.title),
        picture=assessment_chart.picture(comparison),
        alt=_("%(title)s by department; the numbers stand in the table below.", title=comparison.title),
    )  # fmt: skip


def _results(of: Assessment, table: Table) -> Json | None:
    if not table.rows:
        return None
    columns = [
        _column(table.people, "name"), *([_column(_("Department"), "text")] if table.shows_department else []),
        *(map(_number, (_("Rank"), _("Total"), _("Previous period"))) if table.has_total else []),
        *([_column(_("Grade"), "text")] if table.has_grades else []), *map(_number, table.headings),
    ]  # fmt: skip
    note = ""
    if len(table.rows) > MOST_PRINTED:
        note = _("the first %(number)s; the Excel file has all", number=MOST_PRINTED)
    return _section(_("All results"), columns, [_row(row, table) for row in table.rows[:MOST_PRINTED]], note=note)


def _row(row: Row, table: Table) -> list[str]:
    total = [str(row.place or "–"), "\n".join(filter(None, (_told(row.total), row.factor))), row.before or "–"]
    return [
        row.name, *([row.department] if table.shows_department else []), *(total if table.has_total else []),
        *([row.grade or "–"] if table.has_grades else []), *map(_told, row.cells),
    ]  # fmt: skip


def _told(cell: Cell) -> str:
    target = _("target %(value)s", value=cell.target) if cell.target else ""
    return "\n".join(filter(None, (cell.value or cell.brief, target)))


def _done(acts: Iterable[AssessmentAct]) -> Json | None:
    rows = [
        [_moment(act.at), _by(act), assessment_told_results.done(act.action),
         " · ".join(filter(None, (named(act.department) if act.department else "", act.note)))]
        for act in acts
    ]  # fmt: skip
    columns = [_column(_("Time"), "name"), *(_column(title, "text") for title in (_("Who"), _("What"), _("Remark")))]
    return _section(_("Steps taken"), columns, rows) if rows else None


def _moment(at: datetime) -> str:
    """With its year: paper is read in other years too."""
    return f"{moment.long_day(at)} {moment.time_of_day(at)}"


def _by(act: AssessmentAct) -> str:
    if act.acted_for is None:
        return act.by.name
    return f"{act.by.name} {_('for %(name)s', name=act.acted_for.name)}"


def _section(
    title: str, columns: list[Json], rows: list[list[str]], *, note: str = "", picture: str = "", alt: str = ""
) -> Json:
    return {"title": title, "note": note, "columns": columns, "rows": rows, "picture": picture, "alt": alt}


def _number(title: str) -> Json:
    return _column(title, "number")


def _column(title: str, kind: str) -> Json:
    return {"title": title, "kind": kind}
