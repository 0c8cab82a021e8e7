"""Whether this process is up (/health), and whether it can do its work (/ready): for balancers and whoever keeps watch.

Neither asks who is there, and neither says more than which part does not answer: no address, no error, no name.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue

from jobs import pulse
from models.schema import is_at_head
from pdf import fonts
from web import log
from web.access import public
from web.after import timetable
from web.session import database, db, now

bp = Blueprint("health", __name__)


@bp.get("/health")
@public
def health() -> ResponseReturnValue:
    return _said({"process": "ok"}, 200)


@bp.get("/ready")
@public
def ready() -> ResponseReturnValue:
    """Each part is asked although another has failed, but for those that stand in a database that does not answer."""
    found: dict[str, str] = {}
    for name, (check, fault) in CHECKS.items():
        is_lost = name in IN_THE_DATABASE and found["database"] != "ok"
        found[name] = "ok" if not is_lost and _holds(name, check) else fault
    return _said(found, 200 if set(found.values()) == {"ok"} else 503)


def _said(found: dict[str, str], status: int) -> ResponseReturnValue:
    answer: Response = jsonify(found)
    answer.headers["Cache-Control"] = "no-store"
    return answer, status


def _holds(name: str, check: Callable[[], bool]) -> bool:
    try:
        return check()
    except Exception as error:
        # Whoever asks is told that it fails; why stands in the log alone.
        log.logger.warning("not ready", part=name, error=type(error).__name__)
        return False


def _has_migrations() -> bool:
    with database().engine.connect() as connection:
        return is_at_head(connection)


def _has_fonts() -> bool:
    return _font().is_file()


@cache
def _font() -> Path:
    """Where the font of every letter was found first: whether it still is there costs nothing to ask."""
    found = fonts.chinese_font()
    if found is None:
        raise fonts.FontsMissing
    return found


def _has_queue() -> bool:
    return len(timetable().queue) >= 0


def _has_worker() -> bool:
    return pulse.is_beating(db(), now())


def _has_database() -> bool:
    with database().engine.connect() as connection:
        return bool(connection.exec_driver_sql("SELECT 1").scalar())


IN_THE_DATABASE = ("migrations", "worker")
CHECKS: dict[str, tuple[Callable[[], bool], str]] = {
    "database": (_has_database, "does not answer"),
    "migrations": (_has_migrations, "not all of this release have been run"),
    "fonts": (_has_fonts, "the Chinese font of the letters is missing"),
    "queue": (_has_queue, "does not answer"),
    "worker": (_has_worker, "no worker was seen lately"),
}
