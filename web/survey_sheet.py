"""A survey's figures and answers as tables, for the page and for Excel alike."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from models import Survey, SurveyAnswer
from web import filters, survey_words
from web.assessment_words import name_of
from web.filters import score
from web.session import actor, db, now, office
from web.survey_words import WAYS, worded
from workflow import survey_figures, survey_form, survey_recording, surveys
from workflow.process import Refused
from workflow.sight import may_see
from workflow.survey_figures import Line, Progress
from workflow.survey_form import Question


@dataclass(frozen=True)
class Row:
    """One subject, or all of them: `means` in the order of the questions, empty where too few have answered."""

    name: str
    progress: Progress
    rate: str
    answers: int
    means: list[str]
    is_whole: bool


@dataclass(frozen=True)
class Table:
    questions: list[str]
    rows: list[Row]
    whole: Row


@dataclass(frozen=True)
class AnswerRow:
    """A single answer where it may be read."""

    answer: SurveyAnswer
    customer: str
    about: str
    way: str
    values: list[tuple[str, str]]
    comments: list[tuple[str, str]]
    recording: str
    lacks_recording: bool
    complaint: str
    complaint_url: str


def questions_of(survey: Survey) -> list[Question]:
    """The questions as the regulation has them today, or had them when the survey ended; none where it is gone."""
    try:
        day = min(office().calendar.day_of(now()), survey.closes_on)
        _pack, source = surveys.source_of(db(), survey, day)
    except Refused:
        return []
    return survey_form.questions(source, survey.choices)


def table(survey: Survey) -> Table:
    asked = [question for question in questions_of(survey) if question.shape.kind != "choice"]
    lines = survey_figures.lines(db(), survey, asked, by=actor())
    rows = [_row(line, asked) for line in lines]
    return Table([_heading(question) for question in asked], rows[:-1], rows[-1])


def answers(survey: Survey, found: Sequence[SurveyAnswer]) -> list[AnswerRow]:
    asked = questions_of(survey)
    return [_answer(survey, each, asked) for each in found]


def _heading(question: Question) -> str:
    title = worded(question.title)
    return title if question.shape.is_number else _("%(question)s (yes, in percent)", question=title)


def _row(line: Line, asked: list[Question]) -> Row:
    return Row(
        name=name_of(line.subject) if line.subject is not None else _("All together"),
        progress=line.progress,
        rate=survey_words.percent(line.progress.rate),
        answers=line.answers,
        means=[] if line.hidden else [survey_words.mean(line.means.get(question.name)) for question in asked],
        is_whole=line.subject is None,
    )


def _answer(survey: Survey, answer: SurveyAnswer, asked: list[Question]) -> AnswerRow:
    titles = {question.name: worded(question.title) for question in asked}
    values = [
        (worded(question.title), _value(question, value))
        for question in asked
        for figure in answer.figures
        if question.item is None or figure.row.key.endswith(f":{question.item}")
        if (value := figure.row.values.get(question.field)) is not None
    ]
    complaint = answer.complaint
    recording = url_for("survey.recording", key=survey.id, answer=answer.key) if answer.heard is not None else ""
    return AnswerRow(
        answer=answer,
        customer=answer.invitation.customer.name if answer.invitation is not None else (answer.external_ref or ""),
        about=name_of(answer.figures[0].row.subject) if answer.figures else "",
        way=_(WAYS[answer.way]),
        values=values,
        comments=[(titles.get(name, name), text) for name, text in answer.comments.items()],
        recording=recording,
        lacks_recording=survey_recording.lacks_one(answer),
        complaint=filters.case(complaint) if complaint is not None and may_see(complaint, actor()) else "",
        complaint_url=url_for("complaint.show", number=complaint.number) if complaint is not None else "",
    )


def _value(question: Question, value: object) -> str:
    if question.shape.is_number:
        return score(value)  # type: ignore[arg-type]
    if question.shape.kind == "yes_no":
        return _("Yes") if value == "yes" else _("No")
    found = (question.shape.choices or {}).get(str(value))
    return worded(found) if found is not None else str(value)
