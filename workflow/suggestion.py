"""Suggestions (AFT-1, STAFF-1): what a regulation says a grade may lead to, listed with the reasons and never done by
itself. Whoever decides says whether one is taken up, and why; what then happens has a process of its own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from models import Assessed, Assessment, Person, SuggestionAnswer
from workflow import assessment_roles, assessment_run
from workflow.assessment_roles import headed_by, is_manager
from workflow.assessment_run import pack_for, scheme_of
from workflow.assessment_shape import Grade
from workflow.people import wrong_length
from workflow.process import FORBIDDEN, INVALID, MOVED_ON, N_, NOT_FOUND, Objection, Refused, refuse
from workflow.roles import Actor
from workflow.texts import clean

LONGEST = 500


@dataclass(frozen=True)
class Suggestion:
    """One outcome for one person: the result that it follows from, and what became of it, if anything."""

    assessed: Assessed
    person: Person
    outcome: str
    grade: Grade
    answer: SuggestionAnswer | None

    @property
    def key(self) -> str:
        return f"{self.person.username}/{self.outcome}"


def has_any(of: Assessment) -> bool:
    scheme = scheme_of(of)
    return of.kind == "person" and scheme is not None and any(grade.leads_to for grade in scheme.grades or ())


def suggested(session: Session, of: Assessment, by: Actor) -> list[Suggestion]:
    """Those about people whose results this person sees by their office, in the order of grades; never one's own."""
    pack, scheme = pack_for(of), scheme_of(of)
    if not has_any(of) or scheme is None or by.person is None:
        return []
    query = (
        select(Assessed)
        .where(
            Assessed.assessment_id == of.id, Assessed.grade.is_not(None), Assessed.person_id != by.person.id,
            assessment_roles.visible(pack.owner, by),
        )
        .options(joinedload(Assessed.person))
    )  # fmt: skip
    answers = select(SuggestionAnswer).filter_by(assessment_id=of.id).options(joinedload(SuggestionAnswer.by))
    known = {(each.person_id, each.outcome): each for each in session.scalars(answers)}
    found = session.scalars(query.order_by(Assessed.grade, Assessed.place, Assessed.id)).all()
    return list(_of_all(found, scheme.grades or [], known))


def _of_all(
    found: Sequence[Assessed], grades: Sequence[Grade], known: dict[tuple[int, str], SuggestionAnswer]
) -> Iterator[Suggestion]:
    for assessed in found:
        assert assessed.person is not None and assessed.grade is not None
        grade = grades[assessed.grade]
        for outcome in grade.leads_to:
            answer = known.get((assessed.person.id, outcome))
            yield Suggestion(assessed, assessed.person, outcome, grade, answer)


def may_answer(suggestion: Suggestion, of: Assessment, by: Actor) -> bool:
    """The head of whom it concerns, whoever runs the regulation, or the general manager; never about oneself."""
    if by.person is None or by.has_left or suggestion.person.id == by.person.id:
        return False
    runs = assessment_roles.runs(pack_for(of).owner, by)
    return runs or is_manager(by) or suggestion.assessed.seat_id in headed_by(by)


def answer(
    session: Session, of: Assessment, key: str, *, taken_up: bool | None, reason: str, by: Actor, at: datetime
) -> SuggestionAnswer:
    """Say once whether a suggestion of closed results is taken up, with the reason. It changes nothing else."""
    assessment_run.locked(session, of.id)
    each = next((each for each in suggested(session, of, by) if each.key == key), None)
    if each is None:
        raise Refused([Objection(NOT_FOUND, N_("There is no such suggestion."))])
    said = clean(reason) or ""
    refuse(
        Objection(FORBIDDEN, N_("Heads, the general manager and whoever runs the regulation answer suggestions."))
        if not may_answer(each, of, by)
        else None,
        Objection(MOVED_ON, N_("This suggestion was answered already.")) if each.answer is not None else None,
    )
    refuse(
        Objection(INVALID, N_("Suggestions are answered once the results are closed.")) if not of.closed_at else None,
        Objection(INVALID, N_("Choose one of the two."), field="taken_up") if taken_up is None else None,
        wrong_length("reason", said, LONGEST, N_("Give a reason.")),
    )
    assert by.person is not None
    found = SuggestionAnswer(
        assessment_id=of.id, person=each.person, outcome=each.outcome, taken_up=taken_up, reason=said, at=at,
        by=by.person,
    )  # fmt: skip
    session.add(found)
    session.flush()
    return found
