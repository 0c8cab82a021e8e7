"""Who sees which questions of customers, and who answers, passes on and registers them as complaints; as a check and
as a query.

A question is seen by whoever is to answer it, took it down or passed it on, by customer relations and the general
manager, and by the head of whoever is to answer it. The number is shown in full to those who call.
"""

from sqlalchemy import ColumnElement, exists, false, or_, select, true

from models import CustomerQuestion, Person, Posting, QuestionPassed, Role
from workflow import customer_roles
from workflow.roles import Actor


def may_see(question: CustomerQuestion, actor: Actor) -> bool:
    """Whether the question exists for this person; the same sentences as `visible_to`."""
    person = actor.person
    if person is None or actor.has_left:
        return person is None
    return (
        _is_theirs(question, actor)
        or question.taken_by_id == person.id
        or any(person.id in (passed.from_id, passed.by_id) for passed in question.passed)
        or customer_roles.sees_everybody(actor)
        or customer_roles.heads_adviser(question.responsible, actor)
    )


def visible_to(actor: Actor) -> ColumnElement[bool]:
    person = actor.person
    if person is None or actor.has_left:
        return true() if person is None else false()
    if customer_roles.sees_everybody(actor):
        return true()
    principals = actor.staff.principals_of(person)
    headed = [key for principal in principals for key in actor.staff.departments_headed_by(principal)]
    passed = exists().where(
        QuestionPassed.question_id == CustomerQuestion.id,
        or_(QuestionPassed.from_id == person.id, QuestionPassed.by_id == person.id),
    )
    people = select(Posting.person_id).where(Posting.held_at(actor.staff.at), Posting.department_id.in_(headed))
    return or_(
        CustomerQuestion.responsible_id.in_([principal.id for principal in principals]),
        CustomerQuestion.taken_by_id == person.id,
        passed,
        *([CustomerQuestion.responsible_id.in_(people)] if headed else []),
    )


def waits_for(actor: Actor) -> ColumnElement[bool]:
    """The questions that this person is to answer; those of who has left are customer relations'."""
    person = actor.person
    if person is None or actor.has_left:
        return false()
    mine = CustomerQuestion.responsible_id.in_([principal.id for principal in actor.staff.principals_of(person)])
    if Role.CUSTOMER_RELATIONS not in actor.roles:
        return mine & CustomerQuestion.awaited()
    left = select(Person.id).where(Person.left_at <= actor.staff.at)
    return or_(mine, CustomerQuestion.responsible_id.in_(left)) & CustomerQuestion.awaited()


def answers(question: CustomerQuestion, actor: Actor) -> bool:
    """Whether this person may answer: whoever is to, whoever stands in for them, customer relations."""
    return not actor.has_left and (_is_theirs(question, actor) or _is_an_officer(actor))


def passes_on(question: CustomerQuestion, actor: Actor) -> bool:
    """Whether this person says who answers: those who may answer, and the head."""
    return answers(question, actor) or (
        not actor.has_left and customer_roles.heads_adviser(question.responsible, actor)
    )  # fmt: skip


def calls(question: CustomerQuestion, actor: Actor) -> bool:
    """Whether this person sees the number in full: who may answer, and who wrote it down."""
    person = actor.person
    return person is not None and (answers(question, actor) or question.taken_by_id == person.id)


def registers(actor: Actor) -> bool:
    """Whether this person registers a question as the complaint that it is (CS-2)."""
    return not actor.has_left and _is_an_officer(actor)


def _is_theirs(question: CustomerQuestion, actor: Actor) -> bool:
    if actor.person is None:
        return False
    return question.responsible_id in {principal.id for principal in actor.staff.principals_of(actor.person)}


def _is_an_officer(actor: Actor) -> bool:
    return Role.CUSTOMER_RELATIONS in actor.roles


def looks_after(actor: Actor) -> bool:
    """Whether this person is told that questions are late with others: customer relations and heads."""
    return customer_roles.manages(actor)
