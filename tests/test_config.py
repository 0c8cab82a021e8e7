"""Settings: what may be given, what is understood, and the one sentence that stops a start."""

import subprocess
import sys
from pathlib import Path

import pytest

from config import ROOT, Settings, SettingsError

SECRET = "k" * 32


def settings(tmp_path: Path, **environ: str) -> Settings:
    return Settings.from_env({"GONGDAO_VAR": str(tmp_path), **environ})


def test_nothing_has_to_be_given_in_development(tmp_path: Path) -> None:
    found = settings(tmp_path)
    assert (found.environment, found.host, found.port) == ("development", "127.0.0.1", 8000)
    assert found.database_url == f"sqlite:///{tmp_path}/gongdao.sqlite3"
    assert not found.is_production


def test_the_development_key_is_made_once_and_kept_private(tmp_path: Path) -> None:
    key = settings(tmp_path).secret_key
    assert settings(tmp_path).secret_key == key
    assert len(key) >= 32
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0
    assert [file.name for file in tmp_path.iterdir()] == ["secret-key"]


def test_production_needs_its_secret_key(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="SECRET_KEY must be given in production"):
        settings(tmp_path, GONGDAO_ENV="production")
    assert settings(tmp_path, GONGDAO_ENV="production", SECRET_KEY=SECRET).secret_key == SECRET


@pytest.mark.parametrize("url", ["postgres://u:p@db/g", "postgresql://u:p@db/g", "postgresql+psycopg://u:p@db/g"])
def test_postgresql_is_reached_through_psycopg(tmp_path: Path, url: str) -> None:
    assert settings(tmp_path, DATABASE_URL=url).database_url == "postgresql+psycopg://u:p@db/g"


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("GONGDAO_PROT", "8000", "GONGDAO_PROT is not a setting of this product. Did you mean GONGDAO_PORT?"),
        ("GONGDAO_PORT", "eight", "GONGDAO_PORT must be a whole number from 1 to 65535, not “eight”."),
        ("GONGDAO_PORT", "0", "GONGDAO_PORT must be a whole number from 1 to 65535, not “0”."),
        ("GONGDAO_PORT", "99999999999", "GONGDAO_PORT must be a whole number"),
        ("GONGDAO_IDLE_MINUTES", "-5", "GONGDAO_IDLE_MINUTES must be a whole number from 1 to 1440, not “-5”."),
        ("GONGDAO_ENV", "staging", "GONGDAO_ENV must be one of development, production, not “staging”."),
        ("GONGDAO_LOG", "loud", "GONGDAO_LOG must be one of debug, info, warning, error, not “loud”."),
        ("GONGDAO_PUBLIC_URL", "gongdao.example", "GONGDAO_PUBLIC_URL must be a web address"),
        ("GONGDAO_HOST", "http://x/", "GONGDAO_HOST must be a host name or an address, not “http://x/”."),
        ("DATABASE_URL", "mysql://u:p@db/g", "DATABASE_URL must begin with sqlite:// or postgresql://, not mysql://."),
        ("DATABASE_URL", "what?", "DATABASE_URL is not a database address"),
        ("SECRET_KEY", "short", "SECRET_KEY must have at least 32 characters; this one has 5."),
    ],
)
def test_what_is_unknown_or_malformed_stops_the_start(tmp_path: Path, name: str, value: str, sentence: str) -> None:
    with pytest.raises(SettingsError) as stopped:
        settings(tmp_path, **{name: value})
    assert sentence in str(stopped.value)
    assert "\n" not in str(stopped.value)


def test_a_folder_must_not_be_a_file(tmp_path: Path) -> None:
    (tmp_path / "note").touch()
    with pytest.raises(SettingsError, match="GONGDAO_VAR must be a folder"):
        Settings.from_env({"GONGDAO_VAR": str(tmp_path / "note")})


def test_the_start_stops_with_one_sentence_and_no_trace(tmp_path: Path) -> None:
    stopped = subprocess.run(
        [sys.executable, "-c", "import wsgi"],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "GONGDAO_VAR": str(tmp_path), "GONGDAO_PORT": "x"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert stopped.returncode == 1
    assert stopped.stderr == "gongdao: GONGDAO_PORT must be a whole number from 1 to 65535, not “x”.\n"


def test_settings_cannot_be_changed_afterwards() -> None:
    with pytest.raises(AttributeError):
        Settings.for_tests().port = 1  # type: ignore[misc]


def test_a_mail_server_is_given_whole_with_a_sender_and_its_password_is_never_told(tmp_path: Path) -> None:
    server = "smtps://gongdao:p%40ss@mail.example:465"
    found = settings(tmp_path, GONGDAO_MAIL_SERVER=server, GONGDAO_MAIL_FROM="gongdao@company.example")
    assert (found.mail_server, found.mail_from) == (server, "gongdao@company.example")
    with pytest.raises(SettingsError, match="GONGDAO_MAIL_FROM must be given"):
        settings(tmp_path, GONGDAO_MAIL_SERVER=server)
    for wrong in ("https://gongdao:p%40ss@mail.example", "smtps://gongdao:p%40ss@mail.example:x", "p%40ss"):
        with pytest.raises(SettingsError) as refused:
            settings(tmp_path, GONGDAO_MAIL_SERVER=wrong)
        assert "p%40ss" not in str(refused.value)
