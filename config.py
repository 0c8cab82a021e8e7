"""Settings: read once from the environment, typed and strict; a secret has no default.

An unknown or malformed value stops the start with one sentence. Nobody else reads the environment.
"""

import difflib
import os
import re
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

ROOT = Path(__file__).resolve().parent
SHORTEST_SECRET = 32
# What bin/test tells the tests, such as a PostgreSQL server; no setting of the product.
FOR_TESTS = "GONGDAO_TEST_"


class SettingsError(Exception):
    """Why the product cannot start, in one sentence for the person who starts it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that differs between one installation and another."""

    environment: str = "development"
    secret_key: str
    database_url: str
    var: Path
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = ""
    proxies: int = 0
    idle_minutes: int = 120
    max_upload_mb: int = 25
    metrics_token: str = field(default="", repr=False)
    seal_password: str = field(default="", repr=False)
    time_stamps: str = ""
    log: str = "info"
    # With its password, so this is a secret like the two above.
    mail_server: str = ""
    mail_from: str = ""
    wecom_server: str = "https://qyapi.weixin.qq.com"
    dingtalk_server: str = "https://oapi.dingtalk.com"
    feishu_server: str = "https://open.feishu.cn"
    testing: bool = False

    @property
    def is_production(self) -> bool:
        return self.environment == "production"

    @property
    def is_https(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def address(self) -> str:
        """Where readers of a letter find this installation."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url or f"http://{host}:{self.port}"

    @property
    def max_upload_bytes(self) -> int:
        return self.max_upload_mb * 1024 * 1024

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Self:
        """The settings of this process, or SettingsError."""
        given = os.environ if environ is None else environ
        _refuse_unknown(given)
        values = {field: read(name, given[name]) for name, (field, read) in READERS.items() if given.get(name)}
        var = values.setdefault("var", ROOT / "var")
        values.setdefault("database_url", f"sqlite:///{var / 'gongdao.sqlite3'}")
        if values.get("mail_server") and not values.get("mail_from"):
            raise SettingsError("GONGDAO_MAIL_FROM must be given with GONGDAO_MAIL_SERVER: the sender’s address.")
        if "secret_key" not in values:
            values["secret_key"] = _secret_of_this_machine(values.get("environment"), var)
        return cls(**values)

    @classmethod
    def for_tests(cls, **changes: Any) -> Self:
        """Settings that need no environment; a test names only what it cares about."""
        plain = cls(
            secret_key="only for tests, " * 3,
            database_url="sqlite://",
            var=ROOT / "var" / "tests",
            log="error",
            testing=True,
        )
        return replace(plain, **changes)


def _refuse_unknown(given: Mapping[str, str]) -> None:
    for name in sorted(given):
        if name.startswith("GONGDAO_") and name not in READERS and not name.startswith(FOR_TESTS):
            near = difflib.get_close_matches(name, READERS, 1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise SettingsError(f"{name} is not a setting of this product.{hint}")


def _secret_of_this_machine(environment: str | None, var: Path) -> str:
    if environment == "production":
        raise SettingsError("SECRET_KEY must be given in production: at least 32 random characters.")
    return _kept_secret(var / "secret-key")


def _kept_secret(file: Path) -> str:
    """The development key: made once, kept beside the data; two starts at once agree on one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f"{file.name}.{os.getpid()}")
    if not file.exists():
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_hex(32))
        with suppress(FileExistsError):
            os.link(fresh, file)
        fresh.unlink()
    return file.read_text().strip()


def _one_of(*allowed: str) -> Callable[[str, str], str]:
    def read(name: str, value: str) -> str:
        if value not in allowed:
            raise SettingsError(f"{name} must be one of {', '.join(allowed)}, not “{value}”.")
        return value

    return read


def _whole(least: int, most: int) -> Callable[[str, str], int]:
    def read(name: str, value: str) -> int:
        if not (value.isascii() and value.isdigit() and len(value) < 10 and least <= int(value) <= most):
            raise SettingsError(f"{name} must be a whole number from {least} to {most}, not “{value}”.")
        return int(value)

    return read


def _folder(name: str, value: str) -> Path:
    folder = Path(value).expanduser().absolute()
    if folder.exists() and not folder.is_dir():
        raise SettingsError(f"{name} must be a folder; {folder} is a file.")
    return folder


def _host(name: str, value: str) -> str:
    if any(character.isspace() or character in "/?#@" for character in value):
        raise SettingsError(f"{name} must be a host name or an address, not “{value}”.")
    return value


def _web_address(name: str, value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise SettingsError(f"{name} must be a web address like https://gongdao.example, not “{value}”.")
    return value.rstrip("/")


def _mail_server(name: str, value: str) -> str:
    """The value itself is never shown: it has a password in it."""
    parts = urlsplit(value)
    try:
        is_whole = bool(parts.hostname) and (parts.port or 25) > 0 and not (parts.path or parts.query or parts.fragment)
    except ValueError:
        is_whole = False
    if parts.scheme not in ("smtp", "smtps", "smtp+starttls") or not is_whole:
        raise SettingsError(
            f"{name} must read like smtps://user:password@mail.example:465; smtp+starttls:// and smtp:// are known "
            "too. Special characters in the password are written in percent-encoding."
        )
    return value


def _as_given(_name: str, value: str) -> str:
    return value


def _mail_address(name: str, value: str) -> str:
    if not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", value):
        raise SettingsError(f"{name} must be an e-mail address like gongdao@company.example, not “{value}”.")
    return value


def _secret(name: str, value: str) -> str:
    if len(value) < SHORTEST_SECRET:
        raise SettingsError(f"{name} must have at least {SHORTEST_SECRET} characters; this one has {len(value)}.")
    return value


def _database_url(name: str, value: str) -> str:
    try:
        url = make_url(value)
    except (ArgumentError, ValueError):
        raise SettingsError(f"{name} is not a database address; expected sqlite:///… or postgresql://….") from None
    if url.drivername in ("postgres", "postgresql"):
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername not in ("sqlite", "postgresql+psycopg"):
        raise SettingsError(f"{name} must begin with sqlite:// or postgresql://, not {url.drivername}://.")
    return url.render_as_string(hide_password=False)


READERS: dict[str, tuple[str, Callable[[str, str], Any]]] = {
    "GONGDAO_ENV": ("environment", _one_of("development", "production")),
    "SECRET_KEY": ("secret_key", _secret),
    "DATABASE_URL": ("database_url", _database_url),
    "GONGDAO_VAR": ("var", _folder),
    "GONGDAO_HOST": ("host", _host),
    "GONGDAO_PORT": ("port", _whole(1, 65535)),
    "GONGDAO_PUBLIC_URL": ("public_url", _web_address),
    "GONGDAO_PROXIES": ("proxies", _whole(0, 5)),
    "GONGDAO_IDLE_MINUTES": ("idle_minutes", _whole(1, 1440)),
    "GONGDAO_MAX_UPLOAD_MB": ("max_upload_mb", _whole(1, 500)),
    "GONGDAO_METRICS_TOKEN": ("metrics_token", _secret),
    "GONGDAO_SEAL_PASSWORD": ("seal_password", _as_given),
    "GONGDAO_TIME_STAMPS": ("time_stamps", _web_address),
    "GONGDAO_MAIL_SERVER": ("mail_server", _mail_server),
    "GONGDAO_MAIL_FROM": ("mail_from", _mail_address),
    "GONGDAO_WECOM_SERVER": ("wecom_server", _web_address),
    "GONGDAO_DINGTALK_SERVER": ("dingtalk_server", _web_address),
    "GONGDAO_FEISHU_SERVER": ("feishu_server", _web_address),
    "GONGDAO_LOG": ("log", _one_of("debug", "info", "warning", "error")),
}
