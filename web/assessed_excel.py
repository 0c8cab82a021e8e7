"""One subject's results as an Excel file, and the records behind one of their figures: what their pages show."""

from flask import Blueprint, Response
from flask_babel import gettext as _

from models import Assessed, Assessment, AssessmentQuestion
from web import assessed, moment
from web import assessment_told_results as told
from web.assessment_excel import given
from web.assessment_told_results import Line
from web.assessment_words import name_of
from workflow import assessment_run

MOST_EXPORTED = 20_000

bp = Blueprint("assessed_excel", __name__)


@bp.get(f"{assessed.PLACE}.xlsx")
def results(key: int, subject: int) -> Response:
    of, found = assessed.of_subject(key, subject)
    sheets = {_("All results"): [_headings(), *_lines(of, found)]}
    if questions := assessed.questions_about(of, found):
        headings = [_("Measure"), _("Time"), _("Who"), _("Question"), _("Answer")]
        sheets[_("Questions about a line")] = [headings, *(_asked(of, each) for each in questions)]
    return given(f"{name_of(found.subject)}-{of.regulation}-{of.period}", sheets, what="one's results")


@bp.get(f"{assessed.PLACE}/<measure>/<int(max=99):at>/records.xlsx")
def records(key: int, subject: int, measure: str, at: int) -> Response:
    opened = assessed.opened(key, subject, measure, at, skip=0, most=MOST_EXPORTED)
    lines = [[row.key, row.when, *row.values] for row in opened.rows]
    headings = [_("Record number"), _("Counts on"), *opened.fields]
    return given(f"{opened.name}-{opened.title}", {opened.source: [headings, *lines]}, what="records of a figure")


def _headings() -> list[str]:
    return [
        _("Measure"), _("Part"), _("Rule"), _("Value"), _("Target"), _("Score"), _("Weight"), _("Rank"),
        _("Previous period"), _("Formula"), _("Inputs"),
    ]  # fmt: skip


def _lines(of: Assessment, found: Assessed) -> list[list[str]]:
    """The total, where there is one; then each measure with its parts."""
    pack, scheme = assessment_run.pack_for(of), assessment_run.scheme_of(of)
    before, total_before = assessed.figures_before(of, found)
    lines = []
    if scheme is not None:
        hidden = told.hides_total(pack, scheme, found.results)
        total = told.number(found.shown) if found.shown is not None else told.why(found.missing)
        place = str(found.place or "") if not hidden else ""
        lines.append([
            _("Total"), "", "", "" if hidden else told.grade(scheme, found.grade), "",
            _(told.HIDDEN) if hidden else total, "", place, "" if hidden else total_before, "", "",
        ])  # fmt: skip
    for line in told.lines(pack, scheme, found, before):
        lines += [_line(line, ""), *(_line(part, part.title) for part in line.parts)]
    return lines


def _line(line: Line, part: str) -> list[str]:
    puts = "\n".join(f"{put.source} · {put.drawn_from or put.function}{_(': ')}{put.figure}" for put in line.puts)
    return [
        "" if part else line.title, part, line.rule, line.value or line.missing, line.target,
        line.score or line.unscored, line.weight, str(line.place or ""), line.before, line.words, puts,
    ]  # fmt: skip


def _asked(of: Assessment, each: AssessmentQuestion) -> list[str]:
    answer = each.answer
    measure = assessed.title_of(of, each.measure)
    return [measure, moment.moment(each.at), each.person.name, each.question, answer.answer if answer else ""]
