"""Customers and their advisers (LIFE-3): added, handed over, and contacted by the successor within one week.

Each hand-over sets the moment by which the customer has to be contacted; handing on sets it anew, and the first
successful contact by whoever looks after them ends it. What was missed stays visible, with its date.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Customer, CustomerContact, CustomerHandOver, HandedCustomers, Person
from workflow import customer_roles, first_contact
from workflow.handing_over import is_leaving
from workflow.people import wrong_length
from workflow.process import FORBIDDEN, INVALID, N_, NOT_FOUND, Objection, Refused, refuse
from workflow.roles import Actor
from workflow.texts import LONGEST_PLATE, clean, digits, plate, too_long

# "Within one week" (LIFE-3): clock time, weekends included.
TO_CONTACT_WITHIN = timedelta(days=7)
LONGEST_NAME, LONGEST_PHONE = 60, 40
FEWEST_DIGITS = 5


@dataclass(frozen=True)
class Typed:
    """A customer as somebody wrote them down."""

    name: str
    phone: str
    vehicle: str = ""


def add(session: Session, typed: Typed, adviser: Person | None, *, by: Actor, at: datetime) -> Customer:
    """A customer whom this adviser looks after; advisers add their own."""
    assert by.person is not None
    name, phone, vehicle = clean(typed.name) or "", clean(typed.phone) or "", clean(typed.vehicle) or ""
    refuse(
        wrong_length("name", name, LONGEST_NAME),
        wrong_length("phone", phone, LONGEST_PHONE) or _no_number(phone),
        Objection(INVALID, N_("At most %(most)d characters, please."), field="vehicle", most=LONGEST_PLATE)
        if len(vehicle) > LONGEST_PLATE
        else None,
        Objection(INVALID, N_("Choose the adviser."), field="adviser") if adviser is None else None,
        _not_to_assign(adviser, by) if adviser is not None and adviser.id != by.person.id else None,
        _with_field(is_leaving(by, adviser), "adviser") if adviser is not None else None,
        _known_already(session, Typed(name, phone, vehicle)),
    )
    assert adviser is not None
    customer = Customer(
        name=name, phone=phone, phone_digits=digits(phone) or "", vehicle=vehicle, vehicle_key=plate(vehicle) or "",
        adviser=adviser, adviser_id=adviser.id, added_at=at, added_by_id=by.person.id,
    )  # fmt: skip
    session.add(customer)
    return customer


def hand_over(
    session: Session, customers: Sequence[Customer], to: Person | None, *, by: Actor, at: datetime
) -> list[Customer]:
    """LIFE-3: another adviser for these customers, who contacts each within a week; those they have already stay."""
    for customer in customers:
        if not customer_roles.may_see(customer, by):
            raise Refused([Objection(NOT_FOUND, N_("There is no such customer."))])
    refuse(*(_not_to_assign(customer.adviser, by) for customer in customers))
    refuse(
        Objection(INVALID, N_("Choose at least one customer."), field="customers") if not customers else None,
        Objection(INVALID, N_("Choose who takes it over."), field="to") if to is None else None,
        is_leaving(by, to) if to is not None else None,
        _all_theirs(customers, to),
    )
    assert to is not None
    moving = [customer for customer in customers if customer.adviser_id != to.id]
    pass_on(session, moving, to=to, by=by, at=at)
    return moving


def pass_on(session: Session, moving: Sequence[Customer], *, to: Person, by: Actor, at: datetime) -> None:
    """The next adviser of these customers, told of all of them at once, with a week to contact them."""
    batch = HandedCustomers(to=to, to_id=to.id, handed_at=at, due_at=at + TO_CONTACT_WITHIN)
    session.add(batch)
    session.flush()
    for customer in moving:
        if (awaited := awaited_contact(session, customer)) is not None:
            awaited.handed_on_at = at
            session.flush()
        row = CustomerHandOver(
            customer=customer, from_id=customer.adviser_id, batch_id=batch.id, to_id=to.id, handed_at=at,
            due_at=batch.due_at,
        )  # fmt: skip
        session.add(row)
        customer.adviser, customer.adviser_id = to, to.id
    first_contact.tell(session, batch, by=by)


def contact(
    session: Session, customer: Customer, *, by: Actor, at: datetime, was_reached: bool | None, result: str | None
) -> CustomerContact:
    """Who called, when, whether the customer was reached, and what came of it; an attempt alone ends no deadline."""
    if not customer_roles.may_see(customer, by):
        raise Refused([Objection(NOT_FOUND, N_("There is no such customer."))])
    said = clean(result)
    if not customer_roles.calls(customer, by):
        raise Refused([Objection(FORBIDDEN, N_("Only the adviser and customer relations call this customer."))])
    refuse(
        Objection(INVALID, N_("Say whether the customer was reached."), field="was_reached")
        if was_reached is None
        else None,
        Objection(INVALID, N_("Write down what the customer said, or how you tried."), field="result")
        if said is None
        else None,
        *too_long({"result": said or ""}),
    )
    assert by.person is not None and was_reached is not None and said is not None
    row = CustomerContact(customer=customer, by_id=by.person.id, at=at, was_reached=was_reached, result=said)
    session.add(row)
    if was_reached and (awaited := awaited_contact(session, customer)) is not None:
        awaited.contacted_at = at
    return row


def awaited_contact(session: Session, customer: Customer) -> CustomerHandOver | None:
    """The hand-over after which the customer still has to be contacted."""
    query = select(CustomerHandOver).where(CustomerHandOver.customer_id == customer.id, CustomerHandOver.awaited())
    return session.scalars(query).one_or_none()


def locked(session: Session, keys: Sequence[int]) -> list[Customer]:
    """These customers, held against others until the commit, in the order of their keys."""
    query = select(Customer).where(Customer.id.in_(keys)).order_by(Customer.id).with_for_update(of=Customer)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def known(session: Session, typed: Typed) -> Customer | None:
    """The customer of this number with this vehicle."""
    number, vehicle = digits(typed.phone) or "", plate(typed.vehicle) or ""
    same = (Customer.phone_digits == number, Customer.vehicle_key == vehicle)
    return session.scalars(select(Customer).where(*same)).first()


def _no_number(phone: str) -> Objection | None:
    if len(digits(phone) or "") >= FEWEST_DIGITS:
        return None
    return Objection(INVALID, N_("Write a phone number with its digits."), field="phone")


def _known_already(session: Session, typed: Typed) -> Objection | None:
    if (customer := known(session, typed)) is None:
        return None
    # The name of the other adviser is no secret; who the customer is, stays with them.
    sentence = N_("This number with this vehicle is known already; %(name)s looks after them.")
    return Objection(INVALID, sentence, field="phone", name=customer.adviser.name)


def _not_to_assign(adviser: Person, by: Actor) -> Objection | None:
    if customer_roles.assigns(adviser, by):
        return None
    return Objection(FORBIDDEN, N_("Only customer relations and the head say who looks after a customer."))


def _all_theirs(customers: Sequence[Customer], to: Person | None) -> Objection | None:
    if to is None or not customers or any(customer.adviser_id != to.id for customer in customers):
        return None
    return Objection(INVALID, N_("%(name)s looks after them already."), field="to", name=to.name)


def _with_field(objection: Objection | None, field: str) -> Objection | None:
    return objection and Objection(objection.code, objection.msgid, **(objection.values | {"field": field}))
