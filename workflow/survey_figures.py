"""What a survey came to: how many answered, and the mean of each question, computed by the database.

A figure is kept from whoever may not see it yet: see `survey_roles.shows_figures_from`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, BigInteger, ColumnElement, Select, case, cast, func, select, type_coerce
from sqlalchemy.orm import Session

from models import (
    AssessmentRow,
    Department,
    InvitationStatus,
    Person,
    Survey,
    SurveyAnswer,
    SurveyFigure,
    SurveyInvitation,
    Team,
)
from models.assessment import MILLION
from workflow import survey_roles
from workflow.roles import Actor
from workflow.survey_form import Question

S = InvitationStatus
Subject = Person | Team | Department


@dataclass(frozen=True)
class Progress:
    """How invitations stand. `rate` in percent of the invited."""

    invited: int = 0
    answered: int = 0
    refused: int = 0
    unreachable: int = 0

    @property
    def open(self) -> int:
        return self.invited - self.answered - self.refused - self.unreachable

    @property
    def rate(self) -> Decimal | None:
        return Decimal(100 * self.answered) / self.invited if self.invited else None


@dataclass(frozen=True)
class Line:
    """One subject: how its invitations stand, how many answers there are, and the means by question; `hidden` where
    too few have answered for whoever asks."""

    subject: Subject | None
    progress: Progress
    answers: int
    means: dict[str, Decimal | None]
    hidden: bool


def lines(session: Session, survey: Survey, asked: list[Question], *, by: Actor) -> list[Line]:
    """Every subject that this person may see, by name, and all of them together as the last."""
    standing = _progress(session, survey, by)
    counted = {row[0]: row[1:] for row in session.execute(_means(survey, asked, by, each=True))}
    subjects = _subjects(session, survey, {*standing, *counted})
    fewest = survey_roles.shows_figures_from(survey, by)
    found = [
        _line(subject, standing.get(key, Progress()), counted.get(key, ()), asked, fewest)
        for key, subject in sorted(subjects.items(), key=lambda pair: _name(pair[1]))
    ]
    total = session.execute(_means(survey, asked, by, each=False)).one()
    whole = _line(None, _sum([line.progress for line in found]), total, asked, fewest)
    # Of what all and the shown come to, the few that are kept could be reckoned.
    few = 0 < sum(line.answers for line in found if line.hidden) < fewest
    return [*found, replace(whole, means={}, hidden=True) if few else whole]


def progress_of(session: Session, surveys: list[Survey], *, by: Actor) -> dict[int, Progress]:
    """How the invitations of several surveys stand, about those whom this person may see."""
    query = select(SurveyInvitation.survey_id, *_counts()).where(
        SurveyInvitation.survey_id.in_([survey.id for survey in surveys]),
        survey_roles.about_theirs(SurveyInvitation, by),
    )
    rows = session.execute(query.group_by(SurveyInvitation.survey_id))
    return {row[0]: _read(row[1:]) for row in rows}


def _progress(session: Session, survey: Survey, by: Actor) -> dict[int, Progress]:
    subject = getattr(SurveyInvitation, f"{survey.about}_id")
    query = select(subject, *_counts()).where(
        SurveyInvitation.survey_id == survey.id, survey_roles.about_theirs(SurveyInvitation, by)
    )
    return {row[0]: _read(row[1:]) for row in session.execute(query.group_by(subject))}


def _counts() -> list[ColumnElement[int]]:
    status = SurveyInvitation.status
    return [func.count(), *(func.count().filter(status == one) for one in (S.ANSWERED, S.REFUSED, S.UNREACHABLE))]


def _read(counts: Sequence[int]) -> Progress:
    invited, answered, refused, unreachable = counts
    return Progress(invited, answered, refused, unreachable)


def _subjects(session: Session, survey: Survey, keys: set[int]) -> dict[int, Subject]:
    kinds: dict[str, Select[Person] | Select[Team] | Select[Department]] = {
        "person": select(Person).where(Person.id.in_(keys)),
        "team": select(Team).where(Team.id.in_(keys)),
        "department": select(Department).where(Department.id.in_(keys)),
    }
    return {subject.id: subject for subject in session.scalars(kinds[survey.about])}


def _means(survey: Survey, asked: list[Question], by: Actor, *, each: bool) -> Select[int]:
    """Per subject or in all: answers, then for each question how many answered it and the sum in millionths."""
    subject = getattr(AssessmentRow, f"{survey.about}_id")
    columns: list[ColumnElement[Any]] = [func.count(SurveyAnswer.id.distinct())]
    for question in asked:
        value = _value(question)
        columns += [func.count(value), func.sum(value)]
    query = (
        select(*([subject] if each else []), *columns)
        .join(SurveyFigure, SurveyFigure.row_id == AssessmentRow.id)
        .join(SurveyAnswer, SurveyAnswer.id == SurveyFigure.answer_id)
        .where(
            SurveyAnswer.survey_id == survey.id, ~AssessmentRow.withdrawal.has(),
            survey_roles.about_theirs(AssessmentRow, by),
        )
    )  # fmt: skip
    return query.group_by(subject) if each else query


def _value(question: Question) -> ColumnElement[int | None]:
    """The row's value as a whole number; yes counts as one hundred. Null where the row says nothing of it."""
    said = type_coerce(AssessmentRow.values, JSON)[question.field].as_string()
    if question.shape.is_number:
        value: ColumnElement[int | None] = cast(said, BigInteger)
    else:
        value = case((said == "yes", int(100 * MILLION)), (said == "no", 0))
    if question.item is None:
        return value
    return case((_is_line(question), value))


def _is_line(question: Question) -> ColumnElement[bool]:
    """Of a sheet: the row of this item, whichever field holds the items."""
    return AssessmentRow.key.endswith(f":{question.item}", autoescape=True)


def _line(
    subject: Subject | None, progress: Progress, counted: Sequence[Any], asked: list[Question], fewest: int
) -> Line:
    answers, *pairs = [int(number or 0) for number in counted] or [0]
    hidden = answers < fewest
    means: dict[str, Decimal | None] = {}
    for question, count, total in zip(asked, pairs[::2], pairs[1::2], strict=False):
        # A question that few answered is kept like a survey that few answered.
        means[question.name] = Decimal(total) / MILLION / count if count and count >= fewest else None
    return Line(subject, progress, answers, {} if hidden else means, hidden)


def _sum(all_: list[Progress]) -> Progress:
    return Progress(*(sum(getattr(p, n) for p in all_) for n in ("invited", "answered", "refused", "unreachable")))


def _name(subject: Subject) -> str:
    return subject.name if isinstance(subject, Person) else subject.slug
