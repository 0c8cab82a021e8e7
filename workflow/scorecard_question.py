"""“Ask about this line” of one's month: a question about an entry, also before the card is final, and the answer.

It goes to the head; of a head's own month to the general manager. Neither is ever changed.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from models import Person, ScorecardAnswer, ScorecardQuestion
from workflow.assessment_question import LONGEST, inherits, went_to, who_answers
from workflow.assessment_roles import principals
from workflow.people import wrong_length
from workflow.process import FORBIDDEN, INVALID, N_, Objection, Refused, refuse
from workflow.roles import Actor
from workflow.texts import clean

LONGEST_LINE = 120


def ask(
    session: Session, month: str, department: int | None, lines: Collection[str], line: str, *,
    question: str, by: Actor, at: datetime,
) -> ScorecardQuestion:  # fmt: skip
    """A question about one of the asker's own `lines` of the month. Raises Refused for a line that is none of them and
    without a question."""
    question = clean(question) or ""
    person = by.person
    assert person is not None, "the clock asks nothing"
    refuse(
        Objection(INVALID, N_("Choose one of the lines."), field="line") if line not in lines else None,
        wrong_length("question", question, LONGEST),
    )
    to = who_answers(department, person, by)
    asked = ScorecardQuestion(month=month, person=person, line=line, question=question, at=at, to=to)
    session.add(asked)
    session.flush()
    return asked


def answers(question: ScorecardQuestion, by: Actor) -> bool:
    """Whether the actor may answer: whom it went to, and who stands in for them; nobody their own."""
    if by.person is None or question.person_id == by.person.id:
        return False
    return inherits(question, by) or question.to_id in {person.id for person in principals(by)}


def answer(session: Session, question: ScorecardQuestion, *, text: str, by: Actor, at: datetime) -> ScorecardAnswer:
    """Raises Refused for whoever it did not go to, without an answer, and where there is one."""
    text = clean(text) or ""
    if not answers(question, by):
        raise Refused([Objection(FORBIDDEN, N_("This question is for somebody else to answer."))])
    if question.answer is not None:
        raise Refused([Objection(INVALID, N_("This question was answered already."))])
    refuse(wrong_length("answer", text, LONGEST))
    assert by.person is not None, "somebody answers"
    said = ScorecardAnswer(question=question, answer=text, at=at, by=by.person)
    session.add(said)
    session.flush()
    return said


def waiting_for(actor: Actor) -> ColumnElement[bool]:
    """The unanswered questions that went to the actor, or to somebody for whom they stand in; never their own."""
    own = actor.person.id if actor.person is not None else 0
    answered = exists().where(ScorecardAnswer.question_id == ScorecardQuestion.id)
    return went_to(ScorecardQuestion, actor) & ~answered & (ScorecardQuestion.person_id != own)


def of_person(session: Session, month: str, person: Person) -> list[ScorecardQuestion]:
    """What somebody asked about a month, the oldest first."""
    query = select(ScorecardQuestion).filter_by(month=month, person_id=person.id).order_by(ScorecardQuestion.id)
    return list(session.scalars(query))
