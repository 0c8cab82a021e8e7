"""An assessment over its periods: departments or people beside each other, as table, picture and Excel file."""

import io

from flask import Blueprint, Response, abort, render_template, request, send_file, url_for
from flask_babel import gettext as _
from openpyxl import Workbook
from sqlalchemy import select

from models import Assessment, Department
from web import assessment_chart, assessment_course, assessment_table, form, log
from web.assessment_course import Course
from web.assessment_excel import cell_of
from web.assessment_head import head, seen
from web.complaint_export import EXCEL_TYPE
from web.filters import named
from web.session import actor, db, me
from workflow.assessment_reach import Series, series_of
from workflow.assessment_shape import SubjectKind

PLACE = "/assessments/<int(max=2147483647):key>/compare"

bp = Blueprint("assessment_compare", __name__)


@bp.get(PLACE)
def show(key: int) -> str:
    of, found, measure, chosen = asked(key)
    course = course_of(found, measure, chosen)
    address = _address(key, measure, chosen)
    return render_template(
        "assessments/compare.html", head=head(of), of=of, course=course, measure=measure,
        measures=assessment_table.measures(found.latest), departments=_departments(found),
        chosen=str(chosen.id) if chosen is not None else "", people=people(found, chosen),
        shown=chosen, narrows=found.kind in (SubjectKind.PERSON, SubjectKind.TEAM),
        picture=url_for(".chart", **address, v=course.version) if assessment_chart.is_drawn(course) else "",
        excel=url_for(".excel", **address), report=url_for("assessment_report.of_course", **address),
    )  # fmt: skip


@bp.get(f"{PLACE}.svg")
def chart(key: int) -> Response:
    """The comparison as a picture; its numbers stand beside it as a table."""
    _of, found, measure, chosen = asked(key)
    course = course_of(found, measure, chosen)
    if not assessment_chart.is_drawn(course):
        abort(404)
    return assessment_chart.course(course)


@bp.get("/assessments/<int(max=2147483647):key>/course.svg")
def glance(key: int) -> Response:
    """Everybody whom the reader sees, period by period."""
    of = seen(key)
    found = series_of(db(), of, actor())
    return assessment_chart.course(assessment_course.glance(found, _measure(found)), small=True)


@bp.get(f"{PLACE}.xlsx")
def excel(key: int) -> Response:
    of, found, measure, chosen = asked(key)
    course = course_of(found, measure, chosen)
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Comparison"))
    sheet.freeze_panes = "B2"
    lines = [[people(found, chosen), *course.periods, _("Difference")]]
    lines += [[line.name, *(told(cell) for cell in line.cells), line.change] for line in course.lines]
    for line in lines:
        sheet.append([cell_of(sheet, cell) for cell in line])
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    log.logger.info(
        "download", what="assessment comparison", by=me().id, key=of.id, rows=len(course.lines),
        reference=log.reference(),
    )  # fmt: skip
    name = f"{_('comparison')}-{of.regulation}-{measure}.xlsx"
    response = send_file(file, EXCEL_TYPE, as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def told(cell: assessment_course.Cell) -> str:
    return str(cell.value) if cell.value is not None else cell.why


def asked(key: int) -> tuple[Assessment, Series, str, Department | None]:
    of = seen(key)
    found = series_of(db(), of, actor())
    return of, found, _measure(found), _department(found)


def _measure(found: Series) -> str:
    """Which figure: the total, or a measure that the latest edition has."""
    asked = request.args.get("measure", "")
    known = [key for key, _title in assessment_table.measures(found.latest)]
    return asked if asked in known else assessment_course.headline(found.latest)


def _department(found: Series) -> Department | None:
    """The department whose people stand beside each other; None for the departments themselves."""
    key = form.number(request.args.get("department", ""))
    if key is None or found.kind not in (SubjectKind.PERSON, SubjectKind.TEAM):
        return None
    return db().get(Department, key) or abort(404)


def course_of(found: Series, measure: str, chosen: Department | None) -> Course:
    if chosen is not None or found.kind == SubjectKind.PARTNER:
        return assessment_course.subjects(found, measure, chosen)
    return assessment_course.departments(found, measure)


def _departments(found: Series) -> list[tuple[str, str]]:
    if found.kind not in (SubjectKind.PERSON, SubjectKind.TEAM):
        return []
    keys = {seat for of in found.runs[: assessment_course.COMPARED] for seat in assessment_table.seats(of)}
    some = db().scalars(select(Department).where(Department.id.in_(keys)).order_by(Department.id))
    return [("", _("All departments")), *((str(each.id), named(each)) for each in some)]


def people(found: Series, chosen: Department | None) -> str:
    """What the first column holds."""
    if found.kind == SubjectKind.PARTNER:
        return _("Business partner")
    return _("Name") if chosen is not None else _("Department")


def _address(key: int, measure: str, chosen: Department | None) -> dict[str, str | int | None]:
    return {"key": key, "measure": measure, "department": chosen.id if chosen is not None else None}
