"""Who is at the door: log-in, log-out, and the session in between.

Every page is closed unless it is marked `public`. A session ends with the password that opened it
and after idleness. Guessing is slowed down by account and by address.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from urllib.parse import urlsplit

from flask import Blueprint, Flask, abort, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from sqlalchemy import select

from models import Person
from web import language, log, security, shell, throttle
from web.session import company, db, me, now, someone, start_over, without_database
from workflow import password as passwords

STAY = timedelta(days=7)
# How often a running session is written anew; idleness is measured no finer.
SEEN_EVERY = timedelta(minutes=1)

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])
PUBLIC: set[str] = {"static"}
BEFORE_A_NEW_PASSWORD = ("access.log_out", "preferences.password", "preferences.change_password")

bp = Blueprint("access", __name__)
manager = LoginManager()


class Account(UserMixin):
    """A person as Flask-Login wants them: the key changes with the password."""

    def __init__(self, person: Person) -> None:
        self.person = person

    def get_id(self) -> str:
        return f"{self.person.id}.{self.person.session_epoch}"


def init_app(app: Flask) -> None:
    manager.init_app(app)
    manager.session_protection = None
    app.before_request(_admit)


def public(view: View) -> View:
    """Marks a view that may be read without logging in."""
    PUBLIC.add(f"{view.__module__.rpartition('.')[2]}.{view.__name__}")
    return view


@manager.user_loader
def _load(key: str) -> Account | None:
    if without_database():
        return None
    person_id, _, epoch = key.partition(".")
    person = db().get(Person, int(person_id)) if person_id.isdigit() else None
    if person is None or str(person.session_epoch) != epoch or _has_expired():
        return None
    g.person_id = person.id
    return Account(person)


def _has_expired() -> bool:
    """Whether the session was left idle too long or has outlived its seven days."""
    if (until := session.get("until")) is not None:
        return now() >= datetime.fromtimestamp(until, UTC)
    idle = timedelta(minutes=log.settings().idle_minutes)
    return now() - datetime.fromtimestamp(session.get("seen", 0), UTC) > idle


def _admit() -> ResponseReturnValue | None:
    if request.endpoint is None or request.endpoint in PUBLIC:
        return None
    if not current_user.is_authenticated:
        return _ask_to_log_in()
    _note_activity()
    if me().must_change_password and request.endpoint not in BEFORE_A_NEW_PASSWORD:
        return redirect(url_for("preferences.password"), 303)
    return None


def _ask_to_log_in() -> ResponseReturnValue:
    if request.method not in ("GET", "HEAD"):
        abort(401)
    if "_user_id" in session:
        _forget()
        flash(_("You were logged out because the session had ended. Please log in again."), "info")
    address = url_for("access.show", next=request.full_path.rstrip("?"))
    if "HX-Request" in request.headers:
        return "", 401, {"HX-Redirect": address}
    return redirect(address, 303)


def _note_activity() -> None:
    if now().timestamp() - session.get("seen", 0) > SEEN_EVERY.total_seconds():
        session["seen"] = int(now().timestamp())


@bp.get("/login")
@public
def show() -> ResponseReturnValue:
    if someone() is not None:
        return redirect(shell.shell().home, 303)
    return _form()


@bp.post("/session")
@public
def log_in() -> ResponseReturnValue:
    """One attempt: counted before the password is looked at, so that guesses at once count too."""
    username = request.form.get("user", "").strip().lower()
    password = request.form.get("password", "")[: passwords.LONGEST + 1]
    if not username or not password:
        return _form(_("Enter your account and your password.")), 422
    attempt = throttle.Attempt(username, request.remote_addr or "", now())
    if (again_at := attempt.count(db())) is not None:
        return _form(again_at=again_at), 429
    person = db().scalars(select(Person).where(Person.username == username)).one_or_none()
    # Hashing takes its time; nobody shall wait for the write lock meanwhile.
    db().commit()
    if not _opens(person, password) or person is None:
        start_over()
        return _form(_("Account or password is wrong.")), 401
    attempt.forgive(db())
    _rehash(person, password)
    db().commit()
    _begin(person, stays="stay" in request.form)
    on = redirect(own_address(request.form.get("next", "")) or shell.shell().home, 303)
    return language.remember(on, person.language)


@bp.post("/session/end")
def log_out() -> ResponseReturnValue:
    _forget()
    flash(_("You are logged out."), "success")
    return redirect(url_for("access.show"), 303)


def _opens(person: Person | None, password: str) -> bool:
    right = passwords.matches(person, password)
    found = company()
    if password == passwords.DEMO_PASSWORD and not (found is not None and found.is_demo):
        return False
    return right


def _rehash(person: Person, password: str) -> None:
    if passwords.is_outdated(person):
        person.password_hash = passwords.hashed(password)


def _begin(person: Person, *, stays: bool) -> None:
    _forget()
    login_user(Account(person))
    renew(stays=stays)


def renew(*, stays: bool) -> None:
    session["seen"] = int(now().timestamp())
    session.permanent = stays
    security.new_mark()
    if stays:
        session["until"] = int((now() + STAY).timestamp())


def _forget() -> None:
    logout_user()
    session.clear()
    g.pop("csrf_token", None)
    g.pop("person_id", None)


def _form(problem: str = "", again_at: datetime | None = None) -> str:
    return render_template(
        "access/login.html",
        company=company(),
        problem=problem,
        again_at=again_at,
        username=request.form.get("user", "")[:64],
        next=own_address(request.values.get("next", "")) or "",
        stays="stay" in request.form,
        days=STAY.days,
    )


def own_address(address: str) -> str | None:
    """A path of our own, or None: nobody is led to another site by way of the log-in page."""
    parts = urlsplit(address.replace("\\", "/"))
    if parts.scheme or parts.netloc or not parts.path.startswith("/") or address.startswith("//"):
        return None
    return address if address.isprintable() and parts.path != url_for("access.show") else None


@bp.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """Whether this process answers and reaches its database."""
    db().execute(select(1))
    return "ok\n", 200, {"Content-Type": "text/plain; charset=utf-8"}
