"""The questions of a survey, drawn from the fields of its source, and the rows that an answer becomes.

Nothing is asked that the regulation does not have, and nothing is restated: a changed source is a changed form. A field
with choices is asked, holds one choice throughout, or spreads the scores over a sheet with one line for each choice.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from models import Survey
from workflow.assessment_entry import Row, RowRefused, checked_row
from workflow.assessment_source import CUSTOMERS, RATER, Field, Origin, Source
from workflow.process import INVALID, N_, Objection, refuse
from workflow.regulation import Bilingual
from workflow.texts import clean

ASK, EACH = "ask", "each"
# A scale of so many steps is shown as buttons; a longer one is typed.
MOST_STEPS, LARGEST_SCALE = 11, Decimal(1000)
LONGEST_WORDS = 2_000
NOTHING = N_("Answer at least one question.")


@dataclass(frozen=True)
class Question:
    """One thing that is asked; `name` is its field in a form, `item` the line of a sheet."""

    name: str
    field: str
    shape: Field
    title: Bilingual
    item: str | None = None

    @property
    def steps(self) -> list[str]:
        """The values of a short scale, the lowest first; empty for what is typed."""
        lowest, highest = self.shape.lowest, self.shape.highest
        if not self.shape.is_number or self.shape.decimals or lowest is None or highest is None:
            return []
        return (
            [f"{lowest + step:f}" for step in range(int(highest - lowest) + 1)] if highest - lowest < MOST_STEPS else []
        )

    @property
    def comment_name(self) -> str:
        return f"comment-{self.name}" if self.shape.comment else ""


@dataclass(frozen=True)
class Given:
    """What somebody answered: values and comments by the name of the question, and words of their own."""

    values: Mapping[str, str]
    comments: Mapping[str, str] = field(default_factory=dict)
    words: str = ""


@dataclass(frozen=True)
class Bad:
    """A question whose answer counts as dissatisfied."""

    question: Question
    value: Decimal


def is_askable(source: Source) -> bool:
    """Whether a customer can be asked this: scores and choices, no counts of a sheet."""
    return source.origin is Origin.SURVEYS and CUSTOMERS in source.raters and has_scales(source)


def has_scales(source: Source) -> bool:
    """Whether anybody can be asked this."""
    bounded = all(
        each.lowest is not None and each.highest is not None and each.highest - each.lowest <= LARGEST_SCALE
        for each in source.fields.values()
        if each.is_number
    )
    is_scored = any(each.kind != "choice" for each in source.fields.values())
    return bounded and is_scored and not source.never_above


def choice_fields(source: Source) -> dict[str, Field]:
    """The fields that may be asked in several ways; who rates is nobody's to choose."""
    fixed = modes(source, {}, CUSTOMERS)
    return {name: each for name, each in source.fields.items() if each.kind == "choice" and name not in fixed}


def modes(source: Source, choices: Mapping[str, str], rater: str) -> dict[str, str]:
    """How each field with choices is asked. Who rates is known from who answers, whatever was chosen for it."""
    field = source.fields.get(RATER)
    is_known = field is not None and rater in (field.choices or ())
    return {**choices, RATER: rater} if is_known else dict(choices)


def questions(source: Source, choices: Mapping[str, str], rater: str = CUSTOMERS) -> list[Question]:
    """The questions in the order of the fields, to whoever rates."""
    choices = modes(source, choices, rater)
    sheet = _sheet(choices)
    items = source.fields[sheet].choices or {} if sheet is not None else {}
    found = list[Question]()
    for name, shape in source.fields.items():
        if shape.kind == "choice":
            found += [Question(name, name, shape, shape.title)] if choices.get(name, ASK) == ASK else []
        elif not items:
            found.append(Question(name, name, shape, shape.title))
        else:
            alone = sum(each.kind != "choice" for each in source.fields.values()) == 1
            found += [
                Question(f"{name}-{item}", name, shape, title if alone else _both(title, shape.title), item)
                for item, title in items.items()
            ]
    return found


def _sheet(choices: Mapping[str, str]) -> str | None:
    return next((name for name, mode in choices.items() if mode == EACH), None)


def _both(item: Bilingual, title: Bilingual) -> Bilingual:
    return Bilingual(zh=f"{item.zh}：{title.zh}", en=f"{item.en}: {title.en}")


def rows_of(survey: Survey, source: Source, given: Given, key: str) -> list[Row]:
    """The rows that a customer's answer becomes, each by a key of its own. Refused names every question that is
    wrong."""
    return rows(survey.source, source, survey.choices, given, key, rater=CUSTOMERS)


def rows(
    name: str, source: Source, choices: Mapping[str, str], given: Given, key: str, *, rater: str
) -> list[Row]:  # fmt: skip
    """The same for whoever rates; `name` is the source's."""
    asked, choices = questions(source, choices, rater), modes(source, choices, rater)
    refuse(*_objections(name, source, asked, given))
    constant = {field: mode for field, mode in choices.items() if mode not in (ASK, EACH)}
    said = {question.name: value for question in asked if (value := clean(given.values.get(question.name)))}
    common = constant | {q.field: said[q.name] for q in asked if q.item is None and q.name in said}
    sheet = _sheet(choices)
    if sheet is None:
        return [Row(key, common)]
    return list(_lines(key, sheet, common, [(q, said[q.name]) for q in asked if q.item is not None and q.name in said]))


def _lines(key: str, sheet: str, common: dict[str, str], said: list[tuple[Question, str]]) -> Iterator[Row]:
    lines: dict[str, dict[str, str]] = {}
    for question, value in said:
        assert question.item is not None
        lines.setdefault(question.item, {sheet: question.item, **common})[question.field] = value
    for item, values in lines.items():
        yield Row(f"{key}:{item}", values)


def _objections(name: str, source: Source, asked: list[Question], given: Given) -> Iterator[Objection | None]:
    scored = [q for q in asked if q.shape.kind != "choice" and clean(given.values.get(q.name))]
    if not scored:
        yield Objection(INVALID, NOTHING, field=asked[0].name)
    for question in asked:
        yield _wrong(name, source, question, given.values.get(question.name, ""))
        yield _too_long(question.comment_name, given.comments.get(question.name, ""))
        if question.shape.kind == "choice" and scored and not clean(given.values.get(question.name)):
            yield Objection(INVALID, N_("Choose one of these."), field=question.name)
    yield _too_long("words", given.words)


def _wrong(name: str, source: Source, question: Question, value: str) -> Objection | None:
    try:
        checked_row(name, source, Row("", {question.field: value.strip()}))
    except RowRefused as refused:
        return Objection(refused.objection.code, refused.objection.msgid, **_values(refused, question))
    return None


def _values(refused: RowRefused, question: Question) -> dict[str, Any]:
    return refused.objection.values | {"field": question.name}


def _too_long(name: str, text: str) -> Objection | None:
    if len(text) <= LONGEST_WORDS:
        return None
    return Objection(INVALID, N_("At most %(most)d characters, please."), field=name, most=LONGEST_WORDS)


def dissatisfied(survey: Survey, source: Source, given: Given) -> list[Bad]:
    """CS-2: the questions that were answered so badly that a complaint follows, in their order."""
    return [
        Bad(question, value)
        for question in questions(source, survey.choices)
        if (limit := survey.dissatisfied.get(question.field)) is not None
        and (value := _number(given.values.get(question.name))) is not None
        and value <= Decimal(limit)
    ]


def _number(typed: str | None) -> Decimal | None:
    try:
        found = Decimal(typed.strip()) if typed else None
    except InvalidOperation:
        return None
    return found if found is not None and found.is_finite() else None
