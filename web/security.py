"""What every answer carries for the browser's sake, and the token that stops forged forms.

Browsers may keep a page for the way back, or what was typed would be lost there; so that nobody
goes back into the pages of whoever logged out, each page carries the mark of its log-in.
"""

import secrets
from collections.abc import Iterator

from flask import Flask, Response, abort, request, session
from flask_wtf import CSRFProtect
from werkzeug.datastructures import MultiDict

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "font-src 'self'",
        "img-src 'self' data:",
        "media-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

# No secret: it tells one log-in from another, and a script of ours compares it.
MARK = "gongdao_mark"

csrf = CSRFProtect()


def init_app(app: Flask) -> None:
    csrf.init_app(app)
    app.before_request(_refuse_nul)
    app.after_request(_add_headers)
    app.after_request(_show_mark)


def _refuse_nul() -> None:
    """No text has a NUL in it, and PostgreSQL cannot keep one: whoever sends it is no browser's form."""
    if any("\0" in text for text in (request.path, *_texts(request.args), *_texts(request.form))):
        abort(400)


def _texts(sent: MultiDict[str, str]) -> Iterator[str]:
    for name, text in sent.items(multi=True):
        yield name
        yield text


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    # Pages show personal data: no cache between us and the reader may keep them.
    response.headers.setdefault("Cache-Control", "private, no-cache")
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


def new_mark() -> None:
    session[MARK] = secrets.token_hex(8)


def mark() -> str:
    """The mark of the present log-in; empty where there is none."""
    return str(session.get(MARK, ""))


def _show_mark(response: Response) -> Response:
    shown = request.cookies.get(MARK, "")
    if mark() and shown != mark():
        response.set_cookie(MARK, mark(), samesite="Lax", secure=request.is_secure)
    elif shown and not mark():
        response.delete_cookie(MARK)
    return response
