"""Penalties of one's people, for the head of their department, the general manager and human resources.

For everybody else neither the list nor anybody's page exists, whether the person does or not.
"""

from dataclasses import dataclass

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import selectinload

from models import Penalty, Person, Posting
from web import ladder, penalty_history, penalty_money, staff
from web.paging import Page
from web.session import actor, db, me, now
from workflow import penalty_roles, standing

PER_PAGE = 50

bp = Blueprint("standing", __name__)


@dataclass(frozen=True)
class Row:
    """One of one's people, with how many of their penalties are in force and how many are not decided yet."""

    person: Person
    post: Posting | None
    in_force: int
    pending: int


@bp.get("/standing")
def index() -> ResponseReturnValue:
    """The people in the reader's reach, by name of account; those with penalties in force can be asked for alone."""
    reach = standing.in_reach_of(actor())
    if reach is None:
        abort(404)
    page, only = Page.asked(PER_PAGE), "only" in request.args
    rows = _rows(page, reach, only_with=only)
    return render_template("people/standing.html", rows=rows, page=page, only=only, sees_all=_sees_all())


@bp.get("/people/<username>/penalties")
def show(username: str) -> ResponseReturnValue:
    person = staff.by_username(username[:64])
    if person is None or not standing.may_read_history(person, actor()):
        abort(404)
    found = penalty_history.penalties_of(person)
    sees_all = person.id == me().id or _sees_all()
    return render_template(
        "people/penalties.html",
        person=person, post=person.posting_at(now()), is_me=person.id == me().id,
        penalties=penalty_history.pasts(person, found), ladders=ladder.ladders_of(person, found),
        money=penalty_money.money_of(person, with_pay=sees_all),
    )  # fmt: skip


def history_url(person: Person) -> str:
    """The address of the person's penalties, for whoever may open it."""
    return url_for("standing.show", username=person.username) if standing.may_read_history(person, actor()) else ""


def _sees_all() -> bool:
    return penalty_roles.sees_every_penalty(me(), actor().staff)


def _rows(page: Page, reach: ColumnElement[bool], *, only_with: bool) -> list[Row]:
    query = select(Person).where(reach, or_(Person.left_at.is_(None), Person.left_at > now()))
    if only_with:
        query = query.where(Person.id.in_(select(Penalty.respondent_id).where(_in_force())))
    query = query.options(selectinload(Person.postings)).order_by(Person.username)
    people = page.cut(list(db().scalars(query.offset(page.skip).limit(page.most)).unique()))
    in_force, pending = _counts(people, _in_force()), _counts(people, _pending())
    return [Row(p, p.posting_at(now()), in_force.get(p.id, 0), pending.get(p.id, 0)) for p in people]


def _in_force() -> ColumnElement[bool]:
    return Penalty.in_force(now()) & penalty_roles.visible_to(actor())


def _pending() -> ColumnElement[bool]:
    undecided = (penalty_history.S.PROPOSED, penalty_history.S.HEARD, penalty_history.S.SUBMITTED)
    return Penalty.state.in_(undecided) & penalty_roles.visible_to(actor())


def _counts(people: list[Person], which: ColumnElement[bool]) -> dict[int, int]:
    query = select(Penalty.respondent_id, func.count()).where(
        Penalty.respondent_id.in_([person.id for person in people]), which
    )
    return dict(db().execute(query.group_by(Penalty.respondent_id)).all())
