"""The questions of a survey as a form shows them, and what was answered as a form sends it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask import request
from flask_babel import gettext as _

from models import Survey
from web.filters import score
from web.survey_words import worded
from workflow import survey_form
from workflow.assessment_source import Source
from workflow.survey_form import LONGEST_WORDS, Given, Question

PREFIX, WORDS = "q-", "words"
# A little more than is taken, so that too much is refused and not cut in silence.
KEPT = LONGEST_WORDS + 100
LONGEST_VALUE = 40


@dataclass(frozen=True)
class Asked:
    """One question: its field, its choices if they are shown, what was answered, and what is wrong with that."""

    name: str
    title: str
    help: str
    choices: list[tuple[str, str]]
    value: str
    error: str
    comment_name: str
    comment: str
    comment_error: str
    step: str


def asked(survey: Survey, source: Source, given: Given | None, wrong: Mapping[str, str]) -> list[Asked]:
    """The questions in their order, with what was typed."""
    return shown(survey_form.questions(source, survey.choices), given, wrong)


def shown(questions: Iterable[Question], given: Given | None, wrong: Mapping[str, str]) -> list[Asked]:
    """The same for questions of whatever form."""
    return [_asked(question, given or Given({}), wrong) for question in questions]


def given(survey: Survey, source: Source) -> Given:
    """What the form says."""
    return typed(survey_form.questions(source, survey.choices))


def typed(questions: Sequence[Question]) -> Given:
    """The same for questions of whatever form."""
    return Given(
        values={q.name: request.form.get(PREFIX + q.name, "")[:LONGEST_VALUE] for q in questions},
        comments={
            q.name: text for q in questions if q.comment_name and (text := request.form.get(q.comment_name, "")[:KEPT])
        },
        words=request.form.get(WORDS, "")[:KEPT],
    )


def carried(questions: Iterable[Asked], words: str) -> list[tuple[str, str]]:
    """The answer as hidden fields, for the page that asks once more."""
    pairs = [pair for each in questions for pair in ((each.name, each.value), (each.comment_name, each.comment))]
    return [(name, value) for name, value in [*pairs, (WORDS, words)] if name and value]


def _asked(question: Question, given: Given, wrong: Mapping[str, str]) -> Asked:
    return Asked(
        name=PREFIX + question.name,
        title=worded(question.title),
        help=_help(question),
        choices=_choices(question),
        value=given.values.get(question.name, ""),
        error=wrong.get(question.name, ""),
        comment_name=question.comment_name,
        comment=given.comments.get(question.name, ""),
        comment_error=wrong.get(question.comment_name, "") if question.comment_name else "",
        step=f"{10**-question.shape.decimals:.{question.shape.decimals}f}",
    )


def _choices(question: Question) -> list[tuple[str, str]]:
    match question.shape.kind:
        case "choice":
            return [(word, worded(text)) for word, text in (question.shape.choices or {}).items()]
        case "yes_no":
            return [("yes", _("Yes")), ("no", _("No"))]
    return [(step, step) for step in question.steps]


def _help(question: Question) -> str:
    lowest, highest = question.shape.lowest, question.shape.highest
    if not question.shape.is_number or lowest is None or highest is None:
        return ""
    return _("%(lowest)s is the lowest, %(highest)s the highest score.", lowest=score(lowest), highest=score(highest))
