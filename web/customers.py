"""Customers and their advisers: who is to be contacted until when, contacts, hand-overs, lists to import (LIFE-3).

The rules are in `workflow.customers`; who sees whom is in `workflow.customer_roles`.
"""

from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from models import Customer, CustomerContact, CustomerHandOver, Person, Role
from web import form, moment, staff
from web.filters import masked, sentence
from web.paging import Page
from web.session import actor, db, me, now, only_for_those_who_work_here
from workflow import customer_roles, customers, customers_import
from workflow.customers import Typed
from workflow.process import INVALID, N_, Objection, Refused
from workflow.texts import digits, plate

PER_PAGE = 50
MOST_SHOWN_REFUSALS = 50
LONGEST_QUERY = 60

bp = Blueprint("customers", __name__)


@dataclass(frozen=True)
class Row:
    """A customer in a list, with the contact that is awaited, if any."""

    customer: Customer
    phone: str
    awaited: CustomerHandOver | None

    @property
    def clock(self) -> moment.Clock | None:
        return None if self.awaited is None else moment.clock(self.awaited.due_at, started=self.awaited.handed_at)


bp.before_request(only_for_those_who_work_here)


@bp.get("/customers")
def index() -> str:
    return _index(form.Wrong())


@bp.get("/customers/<int(max=2147483647):key>")
def show(key: int) -> str:
    return _page(_seen(key), form.Wrong())


@bp.get("/customers/new")
def new() -> str:
    return _new(form.Wrong())


@bp.post("/customers")
def add() -> ResponseReturnValue:
    adviser = db().get(Person, form.chosen("adviser") or 0) if customer_roles.manages(actor()) else me()
    try:
        typed = Typed(form.printed("name"), form.text("phone"), form.text("vehicle"))
        customer = customers.add(db(), typed, adviser, by=actor(), at=now())
    except Refused as refusal:
        return _new(form.beside_fields(refusal)), 422
    db().commit()
    flash(_("%(name)s is added.", name=customer.name), "success")
    return redirect(url_for("customers.show", key=customer.id), 303)


@bp.post("/customers/import")
def take_list() -> ResponseReturnValue:
    """Every row that can be taken is; the others are named with their reasons."""
    if not customer_roles.manages(actor()):
        abort(404)
    file = request.files.get("file")
    try:
        if file is None or not file.filename:
            raise Refused([Objection(INVALID, N_("Choose a file."))])
        outcome = customers_import.take(db(), file.read(), by=actor(), at=now())
    except Refused as refusal:
        db().rollback()
        return _new(form.Wrong(), problem=" ".join(map(sentence, refusal.objections))), 422
    db().commit()
    return render_template(
        "customers/imported.html",
        outcome=outcome,
        refused=[(row, " ".join(map(sentence, why))) for row, why in outcome.refused[:MOST_SHOWN_REFUSALS]],
        more=len(outcome.refused) - MOST_SHOWN_REFUSALS,
    )


@bp.post("/customers/hand-over")
def hand_over() -> ResponseReturnValue:
    """Several customers at once get another adviser."""
    keys = [number for value in request.form.getlist("customers")[:1000] if (number := form.number(value)) is not None]
    try:
        moved = customers.hand_over(
            db(), customers.locked(db(), keys), db().get(Person, form.chosen("to") or 0), by=actor(), at=now()
        )
    except Refused as refusal:
        return _index(form.beside_fields(refusal)), 422
    db().commit()
    told = ngettext("%(num)d customer is handed over", "%(num)d customers are handed over", len(moved))
    flash(told + _("; each is to be contacted within a week."), "success")
    return redirect(url_for("customers.index"), 303)


@bp.post("/customers/<int(max=2147483647):key>/contacts")
def contact(key: int) -> ResponseReturnValue:
    customer = _seen(key)
    reached = form.yes_or_no("was_reached")
    try:
        customers.contact(db(), customer, by=actor(), at=now(), was_reached=reached, result=form.text("result"))
    except Refused as refusal:
        return _page(customer, form.beside_fields(refusal)), 422
    db().commit()
    flash(_("The contact is recorded."), "success")
    return redirect(url_for("customers.show", key=key), 303)


def count_to_contact() -> tuple[int, int]:
    """How many customers I still have to contact, and how many of them are late."""
    late = func.count().filter(CustomerHandOver.due_at <= now())
    mine = select(func.count(), late).where(CustomerHandOver.to_id == me().id, CustomerHandOver.awaited())
    found = db().execute(mine).one()
    return found[0], found[1]


def count_late_with_others() -> int:
    """How many customers colleagues have not contacted within the week, for those who say who looks after them."""
    return _late(CustomerHandOver.to_id != me().id) if customer_roles.manages(actor()) else 0


def _index(wrong: form.Wrong) -> str:
    page, asked = Page.asked(PER_PAGE), request.args
    rows = page.cut(list(db().scalars(_found().offset(page.skip).limit(page.most)).unique()))
    manages = customer_roles.manages(actor())
    return render_template(
        "customers/index.html",
        rows=[_row(customer) for customer in rows], page=page, asked=asked, wrong=wrong, manages=manages,
        typed=request.form, ticked=request.form.getlist("customers"),
        colleagues=staff.colleague_choices(_("Choose a colleague")) if manages else [],
        late=_late(), only="only" in asked,
    )  # fmt: skip


def _found() -> Select[Customer]:
    """Whom I may see: those to be contacted first, the latest of them first."""
    waits = (CustomerHandOver.customer_id == Customer.id) & CustomerHandOver.awaited()
    query = select(Customer).outerjoin(CustomerHandOver, waits).where(customer_roles.visible_to(actor()))
    if "only" in request.args:
        query = query.where(CustomerHandOver.id.is_not(None))
    for word in request.args.get("q", "")[:LONGEST_QUERY].split()[:4]:
        query = query.where(_matches(word))
    ordered = query.order_by(CustomerHandOver.due_at.is_(None), CustomerHandOver.due_at, Customer.id)
    return ordered.options(contains_eager(Customer.hand_overs), joinedload(Customer.adviser))


def _matches(word: str) -> ColumnElement[bool]:
    """A name or a colleague's, a number or a plate; the number only for whoever sees it in full."""
    colleague = Customer.adviser.has(Person.name.icontains(word, autoescape=True))
    names = [Customer.name.icontains(word, autoescape=True), colleague]
    if found := plate(word):
        names.append(Customer.vehicle_key.contains(found, autoescape=True))
    if (number := digits(word)) and len(number) >= 4:
        mine = Customer.adviser_id == me().id
        calls = Customer.phone_digits.contains(number, autoescape=True)
        names.append(calls if Role.CUSTOMER_RELATIONS in actor().roles else calls & mine)
    return or_(*names)


def _late(*conditions: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(CustomerHandOver).join(Customer).where(*conditions)
    late = query.where(CustomerHandOver.awaited(), CustomerHandOver.due_at <= now(), customer_roles.visible_to(actor()))
    return db().execute(late).scalar_one()


def _row(customer: Customer) -> Row:
    waiting = next((found for found in customer.hand_overs if found.is_awaited), None)
    return Row(customer, _phone(customer), waiting)


def _phone(customer: Customer) -> str:
    return customer.phone if customer_roles.calls(customer, actor()) else masked(customer.phone)


def _page(customer: Customer, wrong: form.Wrong) -> str:
    return render_template(
        "customers/show.html",
        customer=customer, row=_row(customer), wrong=wrong, typed=request.form,
        calls=customer_roles.calls(customer, actor()), assigns=customer_roles.assigns(customer.adviser, actor()),
        colleagues=staff.colleague_choices(_("Choose a colleague"), without=customer.adviser), at=now(),
    )  # fmt: skip


def _new(wrong: form.Wrong, problem: str = "") -> str:
    manages = customer_roles.manages(actor())
    return render_template(
        "customers/new.html",
        wrong=wrong, typed=request.form, manages=manages, problem=problem, most=customers_import.MOST_ROWS,
        colleagues=staff.colleague_choices(_("Choose a colleague")) if manages else [],
    )  # fmt: skip


def _seen(key: int) -> Customer:
    everything = (
        joinedload(Customer.adviser), selectinload(Customer.contacts).joinedload(CustomerContact.by),
        selectinload(Customer.hand_overs).options(
            joinedload(CustomerHandOver.from_), joinedload(CustomerHandOver.to)
        ),
    )  # fmt: skip
    query = select(Customer).where(Customer.id == key).options(*everything)
    if request.method == "POST":
        query = query.with_for_update(of=Customer)
    found = db().scalars(query).unique().one_or_none()
    if found is None or not customer_roles.may_see(found, actor()):
        abort(404)
    return found
