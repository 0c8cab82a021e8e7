"""Style sheets, scripts and fonts: ours and those inside packages, never from another host.

Every address carries a piece of the file's digest, so that browsers may keep the file for a year.
"""

import hashlib
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from flask import Flask, url_for
from whitenoise import WhiteNoise

from config import ROOT, Settings

YEAR = 365 * 24 * 3600


def _inside(package: str, *parts: str) -> Path:
    spec = find_spec(package)
    assert spec is not None and spec.origin is not None
    return Path(spec.origin).parent.joinpath(*parts)


# Folders of packages, under the names by which pages know them.
PACKAGED = {
    "bootstrap": _inside("flask_bootstrap", "static", "bootstrap5", "css"),
    "htmx": _inside("js_lib_htmx", "static", "htmx"),
}


def init_app(app: Flask) -> None:
    settings: Settings = app.config["SETTINGS"]
    served = WhiteNoise(
        app.wsgi_app,
        root=str(ROOT / "static"),
        prefix="static/",
        max_age=YEAR if settings.is_production else 0,
        autorefresh=not settings.is_production,
        allow_all_origins=False,
        add_headers_function=_harden,
    )
    for name, folder in PACKAGED.items():
        served.add_files(str(folder), prefix=f"static/{name}/")
    app.wsgi_app = served  # type: ignore[method-assign]
    app.jinja_env.globals["asset"] = asset


def asset(name: str) -> str:
    """The address of a static file, with its version: `asset("bootstrap/bootstrap.min.css")`."""
    return f"{url_for('static', filename=name)}?v={_version(name)}"


@cache
def _version(name: str) -> str:
    return hashlib.sha256(_file(name).read_bytes()).hexdigest()[:10]


def _file(name: str) -> Path:
    folder, _, rest = name.partition("/")
    return PACKAGED[folder] / rest if folder in PACKAGED else ROOT / "static" / name


def _harden(headers: dict[str, str], _path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
