"""A person's own settings: language, theme, password. Nobody sets them for somebody else."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import refresh
from flask_login import login_user

from web import throttle
from web.access import Account, renew
from web.filters import sentence
from web.language import LANGUAGES, remember
from web.session import company, db, me, now
from workflow import password as passwords
from workflow import places
from workflow.process import N_

THEMES = {"time": N_("By the time of day"), "light": N_("Light"), "dark": N_("Dark")}
OWN_NAMES = {"zh_Hans_CN": "中文", "en": "English"}

bp = Blueprint("preferences", __name__)


@bp.get("/settings")
def show() -> ResponseReturnValue:
    return render_template(
        "preferences/show.html",
        person=me(),
        languages=list(OWN_NAMES.items()),
        themes=[(theme, _(words)) for theme, words in THEMES.items()],
        has_left=me().has_left_at(now()),
        may_delegate=places.may_delegate(db(), me(), now()),
    )


@bp.post("/settings")
def change() -> ResponseReturnValue:
    if request.form.get("language") in LANGUAGES:
        me().language = request.form["language"]
    if request.form.get("theme") in THEMES:
        me().theme = request.form["theme"]
    db().commit()
    refresh()
    flash(_("Your settings are kept."), "success")
    return remember(redirect(url_for("preferences.show"), 303), me().language)


@bp.get("/settings/password")
def password() -> ResponseReturnValue:
    return _password_form({})


@bp.post("/settings/password")
def change_password() -> ResponseReturnValue:
    """A new password ends every other session of this account."""
    wrong = _problems()
    if wrong:
        return _password_form(wrong), 422
    person = me()
    person.password_hash = passwords.hashed(request.form["new_password"])
    person.must_change_password = False
    person.session_epoch += 1
    db().commit()
    login_user(Account(person))
    renew(stays=False)
    flash(_("Your password is changed. Other devices are logged out."), "success")
    return redirect(url_for("preferences.show"), 303)


def _problems() -> dict[str, str]:
    form, found = request.form, company()
    wrong: dict[str, str] = {}
    if not _knows_the_present_one(form.get("old_password", "")):
        wrong["old_password"] = _("This is not your present password.")
    new = form.get("new_password", "")
    if found is not None and (objections := passwords.objections_to(new, of=me(), company=found)):
        wrong["new_password"] = " ".join(sentence(objection) for objection in objections)
    elif new == form.get("old_password"):
        wrong["new_password"] = _("The new password must differ from the present one.")
    elif new != form.get("again", ""):
        wrong["again"] = _("The two new passwords differ.")
    return wrong


def _knows_the_present_one(password: str) -> bool:
    """Guessing at an unlocked screen is slowed down as at the door, and looks like a wrong password."""
    attempt = throttle.Attempt(me().username, request.remote_addr or "", now())
    if attempt.count(db()) is not None:
        return False
    db().commit()
    right = passwords.matches(me(), password)
    if right:
        attempt.forgive(db())
    return right


def _password_form(wrong: dict[str, str]) -> str:
    return render_template("preferences/password.html", person=me(), wrong=wrong, least=passwords.SHORTEST)
