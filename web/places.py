"""Roles, heads, leaders, deputies, departments and teams, for administrators."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TypeVar

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from models import Department, Headship, Person, Role, Team, TeamLeadership
from web import form, staff
from web.label import label
from web.people import done, person_page
from web.regulation_tables import on_ladder
from web.session import db, me, now
from workflow import people, places
from workflow.process import INVALID, N_, Objection, Refused

Office = TypeVar("Office", Headship, TeamLeadership)
# How long the page of departments names those who headed them before.
REMEMBERED = timedelta(days=3 * 366)

bp = Blueprint("places", __name__)


@bp.before_request
def _only_for_those_who_keep_it() -> None:
    people.keeps_the_staff_list(me(), now())


@bp.post("/people/<username>/roles")
def grant(username: str) -> ResponseReturnValue:
    person, role = _person(username), _role(form.text("role"))
    places.grant_role(db(), person, role, by=me(), at=now())
    return done("role granted", person, _("%(name)s now holds the role %(role)s.", name=person.name, role=label(role)))


@bp.post("/people/<username>/roles/<role>/end")
def withdraw(username: str, role: str) -> ResponseReturnValue:
    person, found = _person(username), _role(role)
    places.withdraw_role(db(), person, found, by=me(), at=now())
    sentence = _("%(name)s no longer holds the role %(role)s.", name=person.name, role=label(found))
    return done("role withdrawn", person, sentence)


@bp.post("/people/<username>/deputy")
def name_deputy(username: str) -> ResponseReturnValue:
    person = _person(username)
    try:
        deputy = _chosen_person("deputy")
        places.name_deputy(db(), person, deputy, by=me(), at=now())
    except Refused as error:
        return person_page(person, form.beside_fields(error)), 422
    sentence = _("%(deputy)s is the standing deputy of %(name)s.", deputy=deputy.name, name=person.name)
    return done("deputy named", person, sentence)


@bp.get("/departments")
def index() -> ResponseReturnValue:
    return _page(form.Wrong())


@bp.post("/departments")
def add_department() -> ResponseReturnValue:
    try:
        places.add_department(
            db(), by=me(), at=now(), slug=form.text("slug"), ladder=form.text("ladder"),
            name_zh=form.printed("name_zh"), name_en=form.printed("name_en"),
        )  # fmt: skip
    except Refused as error:
        return _page(form.beside_fields(error)), 422
    return _changed(_("The department is added."))


@bp.post("/departments/<slug>/teams")
def add_team(slug: str) -> ResponseReturnValue:
    department = _department(slug)
    try:
        places.add_team(db(), department, by=me(), at=now(), slug=form.text("slug"))
    except Refused as error:
        return _page(_beside(f"team-{slug}", error), department.id), 422
    return _changed(_("The team is added."))


@bp.post("/departments/<slug>/head")
def name_head(slug: str) -> ResponseReturnValue:
    department = _department(slug)
    if "person" not in request.form:
        abort(400)
    if not form.text("person"):
        places.vacate_head(db(), department, by=me(), at=now())
        return _changed(_("The department has no head for now; the general manager takes the head's steps."))
    try:
        person = _chosen_person("person")
        places.name_head(db(), department, person, by=me(), at=now())
    except Refused as error:
        return _page(_beside(f"head-{slug}", error), department.id), 422
    return _changed(_("%(name)s heads the department from now on.", name=person.name))


@bp.post("/teams/<slug>/leader")
def name_leader(slug: str) -> ResponseReturnValue:
    team = db().scalars(select(Team).where(Team.slug == slug)).one_or_none() or abort(404)
    try:
        person = _chosen_person("person")
        places.name_team_leader(db(), team, person, by=me(), at=now())
    except Refused as error:
        return _page(_beside(f"leader-{slug}", error), team.department_id), 422
    return _changed(_("%(name)s leads the team from now on.", name=person.name))


def _beside(field: str, error: Refused) -> form.Wrong:
    """Each department has the same forms: its sentences go to the one field that was filled in."""
    return form.Wrong({field: " ".join(form.beside_fields(error).values())})


def _page(wrong: form.Wrong, changing: int | None = None) -> str:
    """`changing` is the department whose forms stand open, because one of them was refused."""
    departments = staff.departments()
    return render_template(
        "people/departments.html",
        departments=departments,
        heads={row.department_id: row.person for row in _held(Headship)},
        leaders={row.team_id: row.person for row in _held(TeamLeadership)},
        former=_former_heads(),
        colleagues=staff.colleague_choices(_("Nobody for now")),
        leader_choices=staff.colleague_choices(_("Choose a colleague")),
        ladders=[(ladder, on_ladder(ladder, departments)) for ladder in staff.ladders()],
        wrong=wrong,
        changing=changing,
        typed=request.form,
        administers=staff.i_am_administrator(),
    )


def _held(kind: type[Office]) -> Sequence[Office]:
    open_rows = select(kind).where(kind.held_at(now()))
    return db().scalars(open_rows.options(joinedload(kind.person))).unique().all()


def _former_heads() -> Sequence[Headship]:
    ended = select(Headship).where(Headship.until > now() - REMEMBERED, Headship.until <= now())
    return db().scalars(ended.options(joinedload(Headship.person)).order_by(Headship.until.desc())).unique().all()


def _changed(sentence: str) -> ResponseReturnValue:
    db().commit()
    flash(sentence, "success")
    return redirect(url_for("places.index"), 303)


def _person(username: str) -> Person:
    return staff.by_username(username) or abort(404)


def _department(slug: str) -> Department:
    return db().scalars(select(Department).where(Department.slug == slug)).one_or_none() or abort(404)


def _chosen_person(name: str) -> Person:
    if (found := db().get(Person, form.chosen(name) or 0)) is None:
        raise Refused([Objection(INVALID, N_("Choose a colleague from the list."), field=name)])
    return found


def _role(name: str) -> Role:
    return Role(name) if name in set(Role) else abort(404)
