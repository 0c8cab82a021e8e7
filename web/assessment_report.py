"""The report of an assessment as a PDF: ordered from its page, made by the worker, fetched by whoever ordered it.

It prints what its reader saw when they asked; who may no longer see one of those in it is not handed it (404).
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import func, select

from models import Assessed, Assessment, Department, Person, ReportFile
from models.made_file import UNFINISHED
from web import assessment_compare, assessment_head, assessment_table, assessments, made_file, report_content
from web.after import start_report
from web.language import is_chinese
from web.letter import POLICY
from web.session import begin_to_write, db, me, now, office, start_over
from workflow.deadline import as_json

MOST_AT_ONCE = 5

bp = Blueprint("assessment_report", __name__)


@dataclass(frozen=True)
class Page(made_file.Page):
    """What the page of one report prints."""

    of_url: str


@bp.post("/assessments/<int(max=2147483647):key>/report")
def of_results(key: int) -> ResponseReturnValue:
    start_over()
    of = assessment_head.seen(key)
    asked = assessments.asked_department()
    department = db().get(Department, asked) or abort(404) if asked is not None else None
    return _order(of, report_content.of_results(
        of, assessment_head.head(of), department=department, measure=assessments.asked_measure(of),
        acts=assessments.acts_shown(of),
    ))  # fmt: skip


@bp.post("/assessments/<int(max=2147483647):key>/compare/report")
def of_course(key: int) -> ResponseReturnValue:
    start_over()
    of, found, measure, chosen = assessment_compare.asked(key)
    course = assessment_compare.course_of(found, measure, chosen)
    people = assessment_compare.people(found, chosen)
    return _order(of, report_content.of_course(
        of, assessment_head.head(of), course, people=people, department=chosen
    ))  # fmt: skip


@bp.get("/assessment-reports/<key>")
def show(key: str) -> ResponseReturnValue:
    return made_file.shown("assessments/report.html", _page(_mine(key)))


@bp.get("/assessment-reports/<key>.pdf")
def pdf(key: str) -> ResponseReturnValue:
    file = _mine(key)
    name = f"{file.title} {file.assessment.period}.pdf"
    response = made_file.sent(file, name, what="assessment report", as_attachment="download" in request.args)
    response.headers["Content-Security-Policy"] = POLICY
    return response


def _order(of: Assessment, content: dict[str, Any]) -> ResponseReturnValue:
    """The content was read without keeping anybody from writing. The person is locked, so of two presses at once the
    second finds the file of the first."""
    of_id, subjects = of.id, assessment_table.subjects(of)
    begin_to_write()
    version = hashlib.sha256(json.dumps([content, is_chinese()]).encode()).hexdigest()[:16]
    language = "zh" if is_chinese() else "en"
    db().execute(select(Person.id).where(Person.id == me().id).with_for_update())
    same = (ReportFile.assessment_id == of_id, ReportFile.version == version)
    file = made_file.running(ReportFile, language, *same)
    if file is None and _running() >= MOST_AT_ONCE:
        told = _("%(number)s reports of yours are being made. Please wait until one is done.", number=MOST_AT_ONCE)
        flash(told, "warning")
        return redirect(url_for("assessments.show", key=of_id), 303)
    if file is None:
        company = office().company
        printed = {
            "company": {"zh": company.name_zh, "en": company.name_en}, "printed_by": me().name,
            "printed_at": as_json(now(), office()),
        }  # fmt: skip
        file = ReportFile(
            **made_file.asked_for(language), assessment_id=of_id, version=version, title=content["title"][:200],
            subjects=subjects, content=content | printed,
        )  # fmt: skip
        db().add(file)
    db().commit()
    start_report(file.id)
    return redirect(url_for("assessment_report.show", key=file.key), 303)


def _running() -> int:
    """How many reports of this reader wait or are being made."""
    mine = select(func.count(ReportFile.id)).where(ReportFile.asked_by_id == me().id)
    return db().scalar(mine.where(ReportFile.state.in_(UNFINISHED))) or 0


def _mine(key: str) -> ReportFile:
    """A report that this person ordered, of people whom they still may see; or 404."""
    file = made_file.mine(ReportFile, key)
    of = assessment_head.seen(file.assessment_id)
    printed = set(db().scalars(select(ReportFile.subjects).where(ReportFile.id == file.id)).one())
    known = set(db().scalars(select(getattr(Assessed, f"{of.kind}_id")).where(Assessed.assessment_id == of.id)))
    if printed & known - set(assessment_table.subjects(of)):
        abort(404)
    return file


def _page(file: ReportFile) -> Page:
    return Page(
        file=file, title=file.title, url=url_for("assessment_report.show", key=file.key),
        headline=_("The report waits for its turn."),
        fetch_url=url_for("assessment_report.pdf", key=file.key) if made_file.is_kept(file) else "",
        of_url=url_for("assessments.show", key=file.assessment_id),
    )  # fmt: skip
