"""The posts that a regulation names, and who holds them; administrators choose, others concerned read."""

from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from models import Person, PostHolding
from web import form, moment, staff
from web.regulation_tables import worded
from web.session import actor, db, me, now, office
from workflow import inspection as verbs
from workflow import inspection_roles, posts
from workflow.assessment_pack import AssessmentPack, pack_of
from workflow.process import Refused

bp = Blueprint("posts", __name__)


@dataclass(frozen=True)
class PostShown:
    """A post with its holders today, and what was chosen for it; without a choice they follow from their titles."""

    key: str
    title: str
    holders: list[str]
    chosen: list[tuple[int, str]]


@bp.before_request
def _only_for_its_readers() -> None:
    if me().has_left_at(now()) or not (posts.may_choose(actor()) or inspection_roles.keeps(actor())):
        abort(404)


@bp.get("/posts")
def show() -> str:
    return _page(form.Wrong())


@bp.post("/posts/<post>")
def choose(post: str) -> ResponseReturnValue:
    person = db().get(Person, form.chosen("person") or 0)
    try:
        posts.choose(db(), _pack(), post, person=person, title=form.text("title"), by=actor(), at=now())
    except Refused as refusal:
        return _page(form.beside_fields(refusal), post), 422
    db().commit()
    flash(_("It is kept who holds the post from now on."), "success")
    return redirect(url_for("posts.show", _anchor=f"post-{post}"), 303)


@bp.post("/posts/holdings/<int(max=2147483647):key>/end")
def end(key: int) -> ResponseReturnValue:
    holding = posts.end(db(), key, by=actor(), at=now())
    db().commit()
    flash(_("It is kept that this ends now."), "success")
    return redirect(url_for("posts.show", _anchor=f"post-{holding.post}"), 303)


def _pack() -> AssessmentPack:
    try:
        return pack_of(verbs.edition_on(db(), office().calendar.day_of(now())))
    except Refused:
        abort(404)


def _page(wrong: form.Wrong, at: str = "") -> str:
    pack = _pack()
    return render_template(
        "inspections/posts.html",
        posts=[_shown(pack, name) for name in pack.posts], wrong=wrong, wrong_at=at, typed=request.form,
        may_change=posts.may_choose(actor()), colleagues=staff.colleague_choices(_("Choose a colleague")),
        history=[_line(pack, each) for each in posts.history(db(), pack.pack)], title=worded(pack.title),
    )  # fmt: skip


def _shown(pack: AssessmentPack, name: str) -> PostShown:
    chosen = posts.chosen_holdings(db(), pack.pack, name, now())
    return PostShown(
        name, worded(pack.posts[name]), [person.name for person in posts.holders(db(), pack, name, now())],
        [(each.id, _what(each)) for each in chosen],
    )  # fmt: skip


def _what(holding: PostHolding) -> str:
    if holding.person is not None:
        return holding.person.name
    return _("everybody with the title “%(title)s”", title=holding.title)


def _line(pack: AssessmentPack, holding: PostHolding) -> str:
    named = pack.posts.get(holding.post)
    post, what, since = worded(named) if named else holding.post, _what(holding), moment.long_day(holding.since)
    if holding.until is None:
        return _("%(post)s: %(what)s, since %(since)s", post=post, what=what, since=since)
    until = moment.long_day(holding.until)
    return _("%(post)s: %(what)s, from %(since)s to %(until)s", post=post, what=what, since=since, until=until)
