"""What the reader is told when something cannot be: plainly, with reasons, nothing typed lost.

What is not there and what is not for this reader answer alike. Only a mistake of ours is logged
with its trace, under the reference number that the page shows.
"""

from collections.abc import Sequence
from typing import Any

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from models import is_away
from web import log
from web.kept import Kept, kept
from web.paper_words import DISK_IS_FULL
from web.session import do_without, start_over
from workflow.process import FORBIDDEN, INVALID, MOVED_ON, NOT_FOUND, Refused

STATUS = {NOT_FOUND: 404, FORBIDDEN: 403, INVALID: 422}
CONFLICT = 409

Page = tuple[str, int, dict[str, str]]


def init_app(app: Flask) -> None:
    app.register_error_handler(Refused, refused)
    app.register_error_handler(StaleDataError, _stale)
    app.register_error_handler(IntegrityError, _collided)
    app.register_error_handler(DBAPIError, _busy)
    app.register_error_handler(NoConnectionLeft, _crowded)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _ours)


def refused(error: Refused) -> ResponseReturnValue:
    """Why a step cannot be taken; what was typed is shown back."""
    if error.code == NOT_FOUND:
        return _page(404)
    if error.code == MOVED_ON:
        return moved_on(reasons=error)
    status = STATUS.get(error.code, CONFLICT)
    return _page(status, "error/refused.html", objections=error.objections, rule=error.rule)


def moved_on(
    *,
    case_number: str | None = None,
    case_name: str = "",
    case_title: str = "",
    happened: str = "",
    contact: str = "",
    links: Sequence[tuple[str, str]] = (),
    kept_text: Sequence[tuple[str, str]] | None = None,
    reasons: Refused | None = None,
) -> ResponseReturnValue:
    """409: someone was quicker. Say who did what and when, show the case, keep what was typed."""
    return _page(
        CONFLICT,
        "error/moved_on.html",
        case_number=case_number,
        case_name=case_name,
        case_title=case_title,
        happened=happened,
        contact=contact,
        links=links,
        objections=reasons.objections if reasons is not None else (),
        kept=kept() if kept_text is None else [Kept(*pair) for pair in kept_text],
    )


def back() -> str:
    """The page the form stood on, if the browser says so and it is one of ours."""
    referrer = request.referrer or ""
    return referrer if referrer.startswith(request.host_url) else ""


def _stale(_error: StaleDataError) -> ResponseReturnValue:
    start_over()
    return moved_on()


def _collided(error: IntegrityError) -> ResponseReturnValue:
    """Two wrote the same at once and the database let one of them: as above, but worth a look."""
    log.failed(error)
    start_over()
    return moved_on()


def _busy(error: DBAPIError) -> ResponseReturnValue:
    """The database did not let us in within its time, has no room, or is away; nothing has happened."""
    if is_away(error):
        return _without_database(error)
    if any(words in str(error.orig) for words in DISK_IS_FULL):
        log.failed(error)
        return _page(503, "error/full.html", retry_after="60")
    if not any(word in str(error.orig) for word in ("locked", "timeout", "deadlock")):
        return _ours(error)
    return _crowded(error)


def _crowded(error: Exception) -> ResponseReturnValue:
    log.failed(error)
    return _page(503, retry_after="5")


def _without_database(error: DBAPIError) -> ResponseReturnValue:
    """The page is drawn without asking who is there."""
    log.logger.error("the database does not answer", reference=log.reference(), error=type(error.orig).__name__)
    do_without()
    return _page(503, "error/away.html", retry_after="10")


def _stale_form(_error: CSRFError) -> ResponseReturnValue:
    return _page(400, "error/stale_form.html")


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or (error.code or 500) < 400:
        return error
    page = _page(error.code or 500)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        return *page[:2], {"Allow": ", ".join(sorted(error.valid_methods))}
    return page


def _ours(error: Exception) -> ResponseReturnValue:
    log.failed(error)
    try:
        return _page(500)
    except Exception as again:  # the page itself may need what has just failed
        log.failed(again)
        return _bare()


def _bare() -> ResponseReturnValue:
    return f"500 · {log.reference()}\n", 500, {"Content-Type": "text/plain; charset=utf-8"}


KNOWN = {400, 401, 403, 404, 405, 413, 429, 500, 503}


def _page(status: int, template: str | None = None, retry_after: str = "", **shown: Any) -> Page:
    """One of our pages; what was not committed is undone before it is drawn."""
    start_over()
    name = template or f"error/{status if status in KNOWN else 400 if status < 500 else 500}.html"
    shown.setdefault("kept", kept() if status != 413 else [])
    page = render_template(name, status=status, back=back(), reference=log.reference(), **shown)
    return page, status, {"Retry-After": retry_after} if retry_after else {}
