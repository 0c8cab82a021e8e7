"""The one place where the web application is assembled; it decides nothing itself."""

from importlib import import_module

from flask import Flask
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from config import ROOT, Settings
from models import Database
from web import access, assets, errors, filters, language, log, security, session, shell

BLUEPRINTS = (
    "access",
    "acting",
    "assessed",
    "assessed_excel",
    "assessment_compare",
    "assessment_rows",
    "assessment_sheets",
    "assessments",
    "assessment_report",
    "attachment",
    "background",
    "casefile",
    "calendar",
    "commission",
    "company",
    "complaint",
    "customers",
    "dashboard",
    "question",
    "target",
    "target_letters",
    "briefing",
    "delegation",
    "feed",
    "hand_over",
    "health",
    "imports",
    "inbox",
    "inspection",
    "inspection_checklist",
    "inspections",
    "letter",
    "letter_print",
    "letter_proof",
    "me",
    "metrics",
    "month",
    "month_file",
    "month_questions",
    "notice",
    "nudge",
    "payday",
    "penalty",
    "people",
    "plan",
    "places",
    "posts",
    "preferences",
    "reach",
    "regulation",
    "regulations",
    "rewards",
    "ranking",
    "rating_rounds",
    "ratings",
    "training",
    "suggestion",
    "fund",
    "several",
    "standing",
    "stationery",
    "survey",
    "survey_call",
    "survey_import",
    "survey_invite",
    "survey_public",
    "verify",
)


def create_app(settings: Settings | None = None, database: Database | None = None) -> Flask:
    """The application, from the environment unless told otherwise."""
    settings = settings or Settings.from_env()
    app = Flask("gongdao", root_path=str(ROOT))
    app.config.from_mapping(_flask_settings(settings))
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    log.init_app(app, settings)
    session.init_app(app, database or Database(settings.database_url))
    for part in (security, access, language, filters, shell, errors, assets):
        part.init_app(app)
    _register_pages(app)
    _register_commands(app)
    if settings.proxies:
        count = settings.proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=count, x_proto=count, x_host=count
        )
    return app


def _flask_settings(settings: Settings) -> dict[str, object]:
    return {
        "SETTINGS": settings,
        "TESTING": settings.testing,
        "SECRET_KEY": settings.secret_key,
        "MAX_CONTENT_LENGTH": settings.max_upload_bytes,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "SESSION_COOKIE_NAME": "gongdao",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.is_https,
        "SESSION_REFRESH_EACH_REQUEST": False,
        "PERMANENT_SESSION_LIFETIME": access.STAY,
        "WTF_CSRF_TIME_LIMIT": None,
        "TEMPLATES_AUTO_RELOAD": not settings.is_production,
        "JSON_AS_ASCII": False,
    }


def _register_pages(app: Flask) -> None:
    for name in BLUEPRINTS:
        app.register_blueprint(import_module(f"web.{name}").bp)


def _register_commands(app: Flask) -> None:
    import_module("commands").register(app)
