"""催办 of a customer's question (LIFE-2): whoever waits urges whoever is to answer, at most once in the interval that
the company has set. It is logged with the question, stops no clock and changes nothing else.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from models import CustomerQuestion, Notice, Person, QuestionNudge
from workflow import question_roles
from workflow.nudge import Chance, interval, too_early
from workflow.process import FORBIDDEN, MOVED_ON, N_, NOT_FOUND, Objection, refuse
from workflow.roles import Actor
from workflow.turn import who_must_act


def chance(question: CustomerQuestion, actor: Actor, at: datetime) -> Chance:
    """Whom a nudge would reach, and what stands in its way."""
    people = who_must_act(question, CustomerQuestion.clock, actor.office, at) if question.is_awaited else []
    last = last_nudge(question)
    again_at = last.at + interval(actor.office) if last is not None else None
    if again_at is not None and again_at <= at:
        again_at = None
    return Chance(people, _objection(question, actor, people, again_at), again_at)


def last_nudge(question: CustomerQuestion) -> QuestionNudge | None:
    """The last one since the question was passed on; before that it was somebody else's turn."""
    since = question.passed[-1].at if question.passed else question.asked_at
    found = [each for each in question.nudges if each.at >= since]
    return found[-1] if found else None


def nudge(session: Session, question: CustomerQuestion, *, by: Actor, at: datetime) -> list[Person]:
    """Urge whoever is to answer; `question` is held against others. Who was told."""
    found = chance(question, by, at)
    refuse(found.objection)
    assert by.person is not None
    urging = QuestionNudge(by=by.person, by_id=by.person.id, at=at)
    question.nudges.append(urging)
    session.flush()
    for person in found.people:
        session.add(Notice(question_id=question.id, nudge_id=urging.id, person=person, person_id=person.id))
    session.flush()
    return found.people


def _objection(
    question: CustomerQuestion, actor: Actor, people: list[Person], again_at: datetime | None
) -> Objection | None:
    if not question_roles.may_see(question, actor):
        return Objection(NOT_FOUND, N_("There is no such question."))
    if not question.is_awaited:
        return Objection(MOVED_ON, N_("This question waits for nobody any more."))
    if any(actor.person is not None and person.id == actor.person.id for person in people):
        return Objection(FORBIDDEN, N_("It is your own turn to act."))
    if not people:
        return Objection(MOVED_ON, N_("Nobody can act here now; the administrator is told."))
    return None if again_at is None else too_early(again_at)
