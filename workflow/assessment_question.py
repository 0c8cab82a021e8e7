"""“Ask about this line”: an employee's question about a line of their own results, and the head's answer."""

from datetime import datetime

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from models import Assessed, Assessment, AssessmentAnswer, AssessmentQuestion, Person, Posting, ScorecardQuestion
from workflow.assessment_roles import headed_by, is_manager, principals
from workflow.assessment_run import pack_for
from workflow.people import wrong_length
from workflow.process import FORBIDDEN, INVALID, N_, NOT_FOUND, Objection, Refused, refuse
from workflow.roles import Actor
from workflow.texts import clean

LONGEST = 500


def ask(
    session: Session, of: Assessment, assessed: Assessed, measure: str, *, question: str, by: Actor, at: datetime
) -> AssessmentQuestion:
    """An employee asks the head about a line of their own results, before or after they are final."""
    question = clean(question) or ""
    person = by.person
    assert person is not None, "the clock asks nothing"
    if assessed.person_id != person.id or measure not in pack_for(of).measures:
        raise Refused([Objection(NOT_FOUND, N_("There is no such result."))])
    refuse(wrong_length("question", question, LONGEST))
    to = who_answers(assessed.seat_id, person, by)
    asked = AssessmentQuestion(assessment_id=of.id, person=person, measure=measure, question=question, at=at, to=to)
    session.add(asked)
    session.flush()
    return asked


def who_answers(seat: int | None, person: Person, by: Actor) -> Person:
    """The head; of the head's own results, and where there is none, the general manager. Raises Refused where there is
    nobody."""
    head = by.staff.heads.get(seat or 0)
    if head is not None and head.id != person.id:
        return head
    manager = by.staff.general_manager
    found = manager if manager is not None and manager.id != person.id else None
    found = found or by.staff.standing_deputy_of(manager)
    if found is None:
        raise Refused([Objection(INVALID, N_("There is nobody who could answer; ask the administrator."))])
    return found


def answers(question: AssessmentQuestion | ScorecardQuestion, seat: int | None, by: Actor) -> bool:
    """Whether the actor may answer: whom it went to, who heads the department now, and who stands in for them."""
    if by.person is None or question.person_id == by.person.id:
        return False
    if inherits(question, by):
        return True
    return question.to_id in {person.id for person in principals(by)} or (
        seat in headed_by(by) and question.person_id not in {person.id for person in principals(by)}
    )


def answer(
    session: Session, question: AssessmentQuestion, seat: int | None, *, text: str, by: Actor, at: datetime
) -> AssessmentAnswer:
    text = clean(text) or ""
    if not answers(question, seat, by):
        raise Refused([Objection(FORBIDDEN, N_("This question is for somebody else to answer."))])
    if question.answer is not None:
        raise Refused([Objection(INVALID, N_("This question was answered already."))])
    refuse(wrong_length("answer", text, LONGEST))
    assert by.person is not None, "somebody answers"
    said = AssessmentAnswer(question=question, answer=text, at=at, by=by.person)
    session.add(said)
    session.flush()
    return said


def waiting_for(actor: Actor) -> ColumnElement[bool]:
    """The unanswered questions that went to the actor, or to somebody for whom they stand in; never their own."""
    answered = exists().where(AssessmentAnswer.question_id == AssessmentQuestion.id)
    own = AssessmentQuestion.person_id != (actor.person.id if actor.person is not None else 0)
    return went_to(AssessmentQuestion, actor) & ~answered & own


def inherits(question: AssessmentQuestion | ScorecardQuestion, by: Actor) -> bool:
    """Whether it went to somebody who has left, and is for this person instead; the same sentences as `went_to`."""
    if not question.to.has_left_at(by.staff.at):
        return False
    post = question.person.posting_at(by.staff.at)
    return is_manager(by) or (post is not None and post.department_id in headed_by(by))


def went_to(kind: type[AssessmentQuestion | ScorecardQuestion], actor: Actor) -> ColumnElement[bool]:
    """Of questions about results: those to the actor and to whom they stand in for; and of those to somebody who has
    left, what the people of their departments asked, for the general manager all of them."""
    at = actor.staff.at
    mine = kind.to_id.in_([person.id for person in principals(actor)])
    left = kind.to_id.in_(select(Person.id).where(Person.left_at <= at))
    here = select(Posting.person_id).where(Posting.held_at(at), Posting.department_id.in_(headed_by(actor)))
    return or_(mine, left) if is_manager(actor) else or_(mine, left & kind.person_id.in_(here))
