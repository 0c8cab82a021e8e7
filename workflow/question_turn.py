"""A customer's question (LIFE-2) as a matter that waits like a case: who is told of it, whose turn it is, for whom it
exists, and how its hours are counted."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from models import CustomerQuestion, Notice, Person, Role
from workflow import question_roles
from workflow.limit import Limit
from workflow.office import Office
from workflow.reminder_times import Run
from workflow.roles import Actor, Staff

OF_THE_CLOCK = Limit(hours=1)


def tell(session: Session, question: CustomerQuestion, *, by: Actor) -> None:
    """Whoever is to answer and whoever stands in for them; not whoever gave it to them."""
    responsible = question.responsible
    for person in {each.id: each for each in (responsible, *by.staff.deputies_of(responsible))}.values():
        if by.person is None or person.id != by.person.id:
            session.add(Notice(question=question, question_id=question.id, person=person, person_id=person.id))
    session.flush()


def holders(question: CustomerQuestion, staff: Staff) -> Sequence[Person]:
    """Whose turn it is; once they have left, customer relations answer or name somebody else."""
    if question.responsible.has_left_at(staff.at):
        return staff.holders.get(Role.CUSTOMER_RELATIONS, ())
    return [question.responsible]


def awaits(question: CustomerQuestion, actor: Actor) -> bool:
    """Whether an answer is still awaited, and from this person."""
    if actor.person is None or actor.has_left or not question.is_awaited:
        return False
    awaited = {person.id for person in holders(question, actor.staff)}
    return any(principal.id in awaited for principal in actor.staff.principals_of(actor.person))


def exists_for(question: CustomerQuestion, actor: Actor) -> bool:
    return question_roles.may_see(question, actor)


def awaited() -> Select[int, datetime, datetime]:
    """The questions that still wait, with their beginning and their end; other conditions are added."""
    columns = (CustomerQuestion.id, CustomerQuestion.asked_at, CustomerQuestion.due_at)
    return select(*columns).where(CustomerQuestion.awaited())


def run_of(since: datetime, due: datetime, office: Office) -> Run:
    """Hours of the clock, nights and weekends included."""
    return Run(CustomerQuestion.clock, since, due, due - since, OF_THE_CLOCK, office.calendar)
