"""The hand-over of somebody who leaves or changes post: begin, choose, come back later, declare ready, print.

The rules are in `workflow.hand_over`. What of a case the reader may not see is counted and not named.
"""

from datetime import date, datetime, timedelta

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from models import Department, HandOver, Person, Team
from web import form, hand_over_page, log, staff
from web.after import after_commit
from web.session import actor, db, me, now, start_over
from workflow import hand_over as going
from workflow.hand_over_candidates import field_of
from workflow.hand_over_matter import Matter
from workflow.hand_over_matters import matters
from workflow.process import INVALID, MOVED_ON, N_, Objection, Refused

MOST_SHOWN = 100
BACK_TO_THE_OFFICE = "office"

bp = Blueprint("hand_over", __name__)


@bp.get("/hand-overs")
def index() -> str:
    """Those that go on, by their day, and the latest that are over."""
    # Old ones are found from each person's own page; here stand those of a year.
    recent = or_(HandOver.done_at.is_(None), HandOver.done_at > now() - timedelta(days=366))
    query = select(HandOver).where(recent, HandOver.cancelled_at.is_(None)).order_by(HandOver.effective_at.desc())
    found = [one for one in db().scalars(query.limit(MOST_SHOWN)) if going.may_read(one, actor())]
    if not found and not going.keeps_the_list(actor()):
        abort(404)
    return render_template("hand_over/index.html", rows=[hand_over_page.row(one) for one in found])


@bp.get("/hand-overs/<int(max=2147483647):key>")
def record(key: int) -> str:
    """What was handed over to whom and when, to read and to print."""
    found = db().get(HandOver, key)
    if found is None or not going.may_read(found, actor()):
        abort(404)
    return hand_over_page.show(found)


@bp.get("/people/<username>/hand-over")
def show(username: str) -> ResponseReturnValue:
    person = _person(username)
    found = going.going_on(db(), person)
    if found is not None:
        return hand_over_page.show(found) if going.may_read(found, actor()) else abort(404)
    return _begin_form(person, form.Wrong())


@bp.post("/people/<username>/hand-over")
def begin(username: str) -> ResponseReturnValue:
    person = _person(username)
    _abort_unless_arranging(person)
    moves = form.text("what") == "move"
    day = form.day("day")
    try:
        if form.text("what") not in ("leave", "move") and person.left_at is None:
            raise Refused([Objection(INVALID, N_("Say whether they leave or change post."), field="what")])
        going.begin(
            db(), person, by=actor(), at=now(), effective_at=_effective(day, moves=moves),
            department=db().get(Department, form.chosen("department") or 0) if moves else None,
            team=_team() if moves else None, title=form.printed("title") if moves else "",
            moves=moves,
        )  # fmt: skip
        db().commit()
    except Refused as refusal:
        if refusal.code == MOVED_ON:
            return redirect(url_for("hand_over.show", username=username), 303)
        return _begin_form(person, form.beside_fields(refusal)), 422
    except IntegrityError:
        start_over()
        return redirect(url_for("hand_over.show", username=username), 303)
    return _done("hand-over begun", person, _("The hand-over of %(name)s has begun.", name=person.name))


@bp.post("/people/<username>/hand-over/choices")
def choose(username: str) -> ResponseReturnValue:
    """Keep what was chosen; what was left open stays open, what is wrong is told at its field and nothing is kept."""
    person, found = _held(username)
    wrong, count = form.Wrong(), 0
    for matter in matters(db(), found, now()):
        try:
            count += _choose(found, matter)
        except Refused as refusal:
            wrong |= form.beside_fields(refusal)
    if wrong:
        db().rollback()
        start_over()
        found = going.going_on(db(), _person(username)) or abort(404)
        return hand_over_page.show(found, form.Wrong(wrong)), 422
    if found.took_effect_at is not None:
        db().flush()
        going.carry_out(db(), found, at=now())
    return _kept(person, _("Your choices are kept. You can go on later."))


@bp.post("/people/<username>/hand-over/ready")
def ready(username: str) -> ResponseReturnValue:
    person, found = _held(username)
    try:
        going.declare_ready(db(), found, by=actor(), at=now(), at_once="at_once" in request.form)
    except Refused as refusal:
        wrong = form.beside_fields(refusal)
        start_over()
        found = going.going_on(db(), _person(username)) or abort(404)
        return hand_over_page.show(found, wrong), 422
    if found.goes_on:
        return _kept(person, _("Everything has an owner. It takes effect on its day by itself."))
    return _kept(person, _("The hand-over of %(name)s is done.", name=person.name), found)


@bp.post("/people/<username>/hand-over/cancellation")
def cancel(username: str) -> ResponseReturnValue:
    person, found = _held(username)
    going.cancel(found, by=actor(), at=now())
    db().commit()
    flash(_("The hand-over is called off; nothing was changed."), "success")
    return redirect(url_for("people.show", username=person.username), 303)


def _choose(found: HandOver, matter: Matter) -> bool:
    """Keep one choice, if its field was sent and says something; whether there was one."""
    typed = request.form.get(field_of(matter), "")
    if not typed:
        return False
    successor = None if typed == BACK_TO_THE_OFFICE else db().get(Person, form.number(typed) or 0)
    if successor is None and typed != BACK_TO_THE_OFFICE:
        raise Refused([Objection(INVALID, N_("Choose who takes it over."), field=field_of(matter))])
    going.choose(found, matter, successor, by=actor(), at=now())
    return True


def _held(username: str) -> tuple[Person, HandOver]:
    """The hand-over that goes on, held until the commit; 404 for whoever may not even read it."""
    person = _person(username)
    known = going.going_on(db(), person)
    if known is None or not going.may_read(known, actor()):
        abort(404)
    found = going.locked(db(), known.id)
    assert found is not None
    return person, found


def _kept(person: Person, sentence: str, record: HandOver | None = None) -> ResponseReturnValue:
    try:
        db().commit()
    except StaleDataError:
        start_over()
        return redirect(url_for("hand_over.show", username=person.username), 303)
    after_commit()
    flash(sentence, "success")
    if record is not None:
        return redirect(url_for("hand_over.record", key=record.id), 303)
    return redirect(url_for("hand_over.show", username=person.username), 303)


def _done(what: str, person: Person, sentence: str) -> ResponseReturnValue:
    log.logger.info("staff", what=what, person=person.id, by=me().id, reference=log.reference())
    flash(sentence, "success")
    return redirect(url_for("hand_over.show", username=person.username), 303)


def _begin_form(person: Person, wrong: form.Wrong) -> str:
    _abort_unless_arranging(person)
    post = person.posting_at(now())
    return render_template(
        "hand_over/begin.html",
        person=person, post=post, wrong=wrong, typed=request.form, at=now(),
        departments=staff.department_choices(_("Choose a department")), teams=staff.team_choices(_("No team")),
        matters=hand_over_page.rows_of(HandOver(person=person, person_id=person.id, effective_at=now(), choices=[])),
    )  # fmt: skip


def _abort_unless_arranging(person: Person) -> None:
    if not going.may_arrange(person, actor()):
        abort(404)


def _effective(day: date | None, *, moves: bool) -> datetime | None:
    """The end of the last day, or the beginning of the first one in the new post."""
    if day is None:
        return None
    return form.midnight(day if moves else day + timedelta(days=1))


def _team() -> Team | None:
    return db().get(Team, form.chosen("team") or 0)


def _person(username: str) -> Person:
    return staff.by_username(username) or abort(404)
