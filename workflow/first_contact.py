"""The first contact with customers who were handed over (LIFE-3), as a matter that waits like a case: who is told of
it, whose turn it is, for whom it exists, and how its week is counted.

Customers whom one adviser was given at one moment are one matter, until the last of them was contacted or handed on.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from models import CustomerHandOver, HandedCustomers, Notice, Person, Role
from workflow import customer_roles
from workflow.limit import Limit
from workflow.office import Office
from workflow.reminder_times import Run
from workflow.roles import Actor, Staff

WEEK = Limit(days=7)


def tell(session: Session, batch: HandedCustomers, *, by: Actor) -> None:
    """The adviser and whoever stands in for them, once of all these customers; not whoever handed them over."""
    people = {person.id: person for person in (batch.to, *by.staff.deputies_of(batch.to))}
    for person in people.values():
        if by.person is None or person.id != by.person.id:
            session.add(Notice(customers=batch, customers_id=batch.id, person=person, person_id=person.id))


def holders(batch: HandedCustomers, staff: Staff) -> Sequence[Person]:
    """Whose turn it is: the adviser's; once they have left, customer relations call or name somebody else."""
    if batch.to.has_left_at(staff.at):
        return staff.holders.get(Role.CUSTOMER_RELATIONS, ())
    return [batch.to]


def awaits(batch: HandedCustomers, actor: Actor) -> bool:
    """Whether a contact is still awaited, and from this person."""
    if actor.person is None or actor.has_left or not batch.waiting:
        return False
    awaited = {person.id for person in holders(batch, actor.staff)}
    return any(principal.id in awaited for principal in actor.staff.principals_of(actor.person))


def exists_for(batch: HandedCustomers, actor: Actor) -> bool:
    """The adviser, and whoever sees the adviser's customers: their head, customer relations, the general manager."""
    person = actor.person
    if person is None or actor.has_left:
        return person is None
    own = batch.to_id in {principal.id for principal in actor.staff.principals_of(person)}
    return own or customer_roles.sees_everybody(actor) or customer_roles.heads_adviser(batch.to, actor)


def awaited() -> Select[int, datetime, datetime]:
    """The matters that still wait, each once, with their beginning and their end; the other conditions are added."""
    columns = (HandedCustomers.id, HandedCustomers.handed_at, HandedCustomers.due_at)
    of_a_batch = HandedCustomers.id == CustomerHandOver.batch_id
    return select(*columns).join(CustomerHandOver, of_a_batch).where(CustomerHandOver.awaited()).distinct()


def run_of(since: datetime, due: datetime, office: Office) -> Run:
    """Seven days of the clock, weekends included."""
    return Run(HandedCustomers.clock, since, due, due - since, WEEK, office.calendar)
