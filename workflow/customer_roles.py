"""Who sees which customers, and who may add, contact and hand them over; as a check and as a query.

An adviser has their own; customer relations and the general manager see all, a head those of the department's people.
Phone numbers are shown in full to those who call: the adviser and customer relations.
"""

from sqlalchemy import ColumnElement, false, or_, select, true

from models import Customer, Person, Posting, Role
from workflow.roles import Actor


def may_see(customer: Customer, actor: Actor) -> bool:
    """Whether the customer exists for this person; the same sentences as `visible_to`."""
    person = actor.person
    if person is None or actor.has_left:
        return person is None
    return customer.adviser_id == person.id or sees_everybody(actor) or heads_adviser(customer.adviser, actor)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    person = actor.person
    if person is None or actor.has_left:
        return true() if person is None else false()
    if sees_everybody(actor):
        return true()
    principals = actor.staff.principals_of(person)
    headed = [key for principal in principals for key in actor.staff.departments_headed_by(principal)]
    theirs = Customer.adviser_id == person.id
    if not headed:
        return theirs
    advisers = select(Posting.person_id).where(Posting.held_at(actor.staff.at), Posting.department_id.in_(headed))
    return or_(theirs, Customer.adviser_id.in_(advisers))


def sees_everybody(actor: Actor) -> bool:
    if actor.person is None:
        return True
    principals = actor.staff.principals_of(actor.person)
    managers = any(Role.GENERAL_MANAGER in actor.staff.roles_of(principal) for principal in principals)
    return managers or Role.CUSTOMER_RELATIONS in actor.roles


def heads_adviser(adviser: Person, actor: Actor) -> bool:
    """Whether the actor heads the department in which the adviser works now, or stands in for its head."""
    post = next((post for post in adviser.postings if post.is_held_at(actor.staff.at)), None)
    if post is None or actor.person is None:
        return False
    principals = actor.staff.principals_of(actor.person)
    return any(post.department_id in actor.staff.departments_headed_by(principal) for principal in principals)


def calls(customer: Customer, actor: Actor) -> bool:
    """Whether this person calls the customer, and therefore sees the number; a deputy does so for their principal."""
    person = actor.person
    if person is None or actor.has_left:
        return False
    principals = {principal.id for principal in actor.staff.principals_of(person)}
    return customer.adviser_id in principals or Role.CUSTOMER_RELATIONS in actor.roles


def assigns(adviser: Person, actor: Actor) -> bool:
    """Whether this person says who looks after this adviser's customers."""
    if actor.person is None:
        return True
    if actor.has_left:
        return False
    return Role.CUSTOMER_RELATIONS in actor.roles or heads_adviser(adviser, actor)


def manages(actor: Actor) -> bool:
    """Whether this person keeps customers of others: customer relations, heads, who stands in for a head."""
    if actor.person is None or actor.has_left:
        return False
    principals = actor.staff.principals_of(actor.person)
    return Role.CUSTOMER_RELATIONS in actor.roles or any(map(actor.staff.departments_headed_by, principals))
