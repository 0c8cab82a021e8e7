"""What the server writes down: one line a request, as JSON in production.

Neither query strings nor form values nor names are written: they may hold personal data.
"""

import logging
import secrets
import sys
import time

import structlog
from flask import Flask, Response, current_app, g, request
from structlog.typing import Processor

from config import Settings

# Links to one act, and to one customer's answer.
SECRET = ("/acting/", "/s/")
TALKATIVE = ("alembic", "fontTools", "huey", "PIL", "pikepdf", "weasyprint", "werkzeug")

logger = structlog.stdlib.get_logger("gongdao")


def init_app(app: Flask, settings: Settings) -> None:
    configure(settings)
    app.before_request(_begin)
    app.after_request(_tell)


def configure(settings: Settings) -> None:
    """Sends what the product and its libraries log to standard error, in one shape."""
    shared: list[Processor] = [
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_last(settings)],
        )
    )
    root = logging.getLogger()
    root.handlers = [old for old in root.handlers if not getattr(old, "is_ours", False)] + [handler]
    handler.is_ours = True  # type: ignore[attr-defined]
    root.setLevel(settings.log.upper())
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def _last(settings: Settings) -> list[Processor]:
    if settings.is_production:
        return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    return [structlog.dev.ConsoleRenderer(colors=False)]


def reference() -> str:
    """The number by which this request is found in the log, e.g. `7F3A-21C9`."""
    if "reference" not in g:
        digits = secrets.token_hex(4).upper()
        g.reference = f"{digits[:4]}-{digits[4:]}"
    return str(g.reference)


def _begin() -> None:
    g.started = time.perf_counter()


def _tell(response: Response) -> Response:
    took = (time.perf_counter() - g.started) * 1000 if "started" in g else 0
    response.headers["X-Reference"] = reference()
    logger.info(
        "request",
        reference=reference(),
        method=request.method,
        path=_path(),
        status=response.status_code,
        ms=round(took),
        person=g.get("person_id"),
    )
    return response


def _path() -> str:
    """The path; of a link whose rest is a secret only its shape, whatever was asked of it."""
    if request.path.startswith(SECRET):
        return request.url_rule.rule if request.url_rule is not None else f"/{request.path.split('/')[1]}/…"
    return request.path


def failed(error: BaseException) -> None:
    """A mistake of ours, with its trace, under the reference that the reader is shown."""
    logger.error("failed", reference=reference(), path=_path(), exc_info=error)


def settings() -> Settings:
    found: Settings = current_app.config["SETTINGS"]
    return found
