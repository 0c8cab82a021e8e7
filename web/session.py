"""What one request holds: its database session, its moment, and who is asking.

Reading requests get a reading session, writing requests one that takes the write lock at its first
statement. Views commit; what they have not committed is undone when the request ends.
"""

from datetime import UTC, datetime
from typing import cast
from zoneinfo import ZoneInfo

from flask import Flask, abort, current_app, g, has_request_context, request
from flask_login import current_user
from sqlalchemy.orm import Session

from models import Company, Database, Person
from workflow.office import Office
from workflow.roles import Actor

READS = ("GET", "HEAD", "OPTIONS")
DEFAULT_ZONE = ZoneInfo("Asia/Shanghai")


def init_app(app: Flask, database: Database) -> None:
    app.extensions["database"] = database
    app.config.setdefault("NOW", lambda: datetime.now(UTC))
    app.teardown_appcontext(close)


def database() -> Database:
    return cast(Database, current_app.extensions["database"])


def db() -> Session:
    """The session of this request."""
    if "session" not in g:
        g.session = database().session(writes=has_request_context() and request.method not in READS)
    return cast(Session, g.session)


def start_over() -> None:
    """Undoes what has not been committed and goes on reading; used before an error page is drawn."""
    begin_to_write()
    g.session = database().session(writes=False)


def begin_to_write() -> None:
    """Ends the session so far, as after reading what takes its time; the next statement begins a new one."""
    close()
    for remembered in ("_login_user", "company", "office"):
        g.pop(remembered, None)


def do_without() -> None:
    """The database is away: the rest of this request asks it nothing, not even who is there."""
    g.without_database = True


def without_database() -> bool:
    return "without_database" in g


def close(_error: BaseException | None = None) -> None:
    if (session := g.pop("session", None)) is not None:
        session.close()


def now() -> datetime:
    """The moment of this request, read once."""
    if "now" not in g:
        g.now = current_app.config["NOW"]()
    return cast(datetime, g.now)


def me() -> Person:
    """The person who is logged in; pages without one are named in `web.access.PUBLIC`."""
    return cast(Person, current_user.person)


def someone() -> Person | None:
    """The person who is logged in, if anyone is."""
    if without_database():
        return None
    return me() if has_request_context() and current_user.is_authenticated else None


def office() -> Office:
    """The staff, the calendar and the number series, as this request's session sees them."""
    if "office" not in g:
        g.office = Office(db())
    return cast(Office, g.office)


def actor() -> Actor:
    """The person who is logged in, about to act at the moment of this request."""
    return office().actor(me(), now())


def only_for_those_who_work_here() -> None:
    """Before a request: whoever has left finds no such page (404); their letters have an own one."""
    if me().has_left_at(now()):
        abort(404)


def company() -> Company | None:
    """The company, once it has been set up."""
    if without_database():
        return None
    if "company" not in g:
        # Whoever is logged in needs the calendar too, which is read with the company.
        g.company = office().company if someone() is not None else db().get(Company, 1)
    return cast(Company | None, g.company)


def zone() -> ZoneInfo:
    """The company's time zone; every time on a page is told in it."""
    found = company()
    return ZoneInfo(found.timezone) if found else DEFAULT_ZONE
