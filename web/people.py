"""The staff list for human resources and administrators: find, add, transfer, leave, reset.

The rules are in `workflow.people`; these views load, act, commit and answer.
"""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from models import GRANTED_ROLES, Department, Person, Role, Team
from web import form, log, staff, standing
from web.session import actor, db, me, now
from workflow import hand_over, people
from workflow.process import INVALID, N_, Objection, Refused

bp = Blueprint("people", __name__)


@bp.before_request
def _only_for_those_who_keep_it() -> None:
    people.keeps_the_staff_list(me(), now())


@bp.get("/people")
def index() -> ResponseReturnValue:
    asked = request.args
    found = staff.staff_list(
        asked.get("q", "")[:100],
        asked.get("department", type=int),
        with_former="former" in asked,
        page=asked.get("page", 1, type=int),
    )
    return render_template(
        "people/index.html",
        found=found,
        offices=staff.offices_of(found.people),
        asked=asked,
        departments=staff.department_choices(_("Every department")),
        administers=staff.i_am_administrator(),
        at=now(),
    )


@bp.get("/people/new")
def new() -> ResponseReturnValue:
    return _new_form(form.Wrong())


@bp.post("/people")
def add() -> ResponseReturnValue:
    # A day that cannot be read cannot be right either.
    joined = (form.day("joined_on") or form.FIRST_DAY) if form.text("joined_on").strip() else None
    try:
        person, password = people.add_employee(
            db(), by=me(), at=now(),
            username=form.text("username"), name=form.printed("name"), title=form.printed("title"),
            department=_chosen_department(), team=_chosen_team(),
            joined_at=form.midnight(joined) if joined is not None else None,
        )  # fmt: skip
    except Refused as error:
        return _new_form(form.beside_fields(error)), 422
    db().commit()
    _note("added", person)
    return _password_once(person, password, is_new=True)


@bp.get("/people/<username>")
def show(username: str) -> ResponseReturnValue:
    return person_page(_person(username), form.Wrong())


@bp.post("/people/<username>/posting")
def transfer(username: str) -> ResponseReturnValue:
    person = _person(username)
    try:
        hand_over.transfer_at_once(
            db(), person, by=actor(), at=now(),
            department=_chosen_department(), team=_chosen_team(), title=form.printed("title"),
        )  # fmt: skip
    except Refused as error:
        return person_page(person, form.beside_fields(error)), 422
    return done("transferred", person, _("%(name)s holds the new post from now on.", name=person.name))


@bp.post("/people/<username>/pay")
def set_pay(username: str) -> ResponseReturnValue:
    person = _person(username)
    try:
        people.set_pay(
            person, by=actor(), at=now(), wage=form.fen("wage"), performance_base=form.fen("performance_base")
        )
    except Refused as error:
        return person_page(person, form.beside_fields(error)), 422
    return done("pay set", person, _("The pay of %(name)s holds from now on.", name=person.name))


@bp.post("/people/<username>/leaving")
def leave(username: str) -> ResponseReturnValue:
    person = _person(username)
    try:
        hand_over.leave_at_once(db(), person, by=actor(), at=now())
    except Refused as refusal:
        if refusal.code != INVALID:
            raise
        return person_page(person, form.beside_fields(refusal)), 422
    return done("left", person, _("%(name)s has left the company; every place is ended.", name=person.name))


@bp.post("/people/<username>/password")
def reset_password(username: str) -> ResponseReturnValue:
    person = _person(username)
    password = people.reset_password(db(), person, by=me(), at=now())
    db().commit()
    _note("password reset", person)
    return _password_once(person, password, is_new=False)


def done(what: str, person: Person, sentence: str) -> ResponseReturnValue:
    """Keeps what was done and goes back to the person's page."""
    db().commit()
    _note(what, person)
    flash(sentence, "success")
    return redirect(url_for("people.show", username=person.username), 303)


def person_page(person: Person, wrong: form.Wrong) -> str:
    return render_template(
        "people/show.html",
        person=person,
        post=person.posting_at(now()),
        places=staff.places_of(person),
        team_names=staff.team_names(),
        roles=GRANTED_ROLES,
        held=people.roles_of(person, now()),
        wrong=wrong,
        typed=request.form,
        departments=staff.department_choices(_("Choose a department")),
        teams=staff.team_choices(_("No team")),
        colleagues=staff.colleague_choices(_("Choose a colleague"), without=person),
        administers=staff.i_am_administrator(),
        pays=Role.HUMAN_RESOURCES in actor().roles,
        is_me=person.id == me().id,
        history_url=standing.history_url(person),
        hand_over=hand_over.going_on(db(), person),
        arranges=hand_over.may_arrange(person, actor()),
        at=now(),
    )


def _password_once(person: Person, password: str, *, is_new: bool) -> ResponseReturnValue:
    page = render_template("people/password.html", person=person, password=password, is_new=is_new)
    return page, {"Cache-Control": "no-store"}


def _new_form(wrong: form.Wrong) -> str:
    return render_template(
        "people/new.html",
        wrong=wrong,
        typed=request.form,
        departments=staff.department_choices(_("Choose a department")),
        teams=staff.team_choices(_("No team")),
        at=now(),
    )


def _person(username: str) -> Person:
    return staff.by_username(username) or abort(404)


def _chosen_department() -> Department | None:
    return db().get(Department, form.chosen("department") or 0)


def _chosen_team() -> Team | None:
    """No team where none was chosen; a name that is none is no choice."""
    team = db().get(Team, form.chosen("team") or 0)
    if team is None and form.text("team"):
        raise Refused([Objection(INVALID, N_("Choose a team from the list."), field="team")])
    return team


def _note(what: str, person: Person) -> None:
    """Who changed whose account stands in the log as well."""
    log.logger.info("staff", what=what, person=person.id, by=me().id, reference=log.reference())
