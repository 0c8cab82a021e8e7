"""The files in deploy/: every setting named in them is one of config.py, and the tools that read them accept them."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from config import READERS, Settings

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"
FILES = [file for file in sorted(DEPLOY.rglob("*")) if file.is_file()]
UNITS = ("gongdao-web.service", "gongdao-worker.service")
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SECRET = "only for tests, " * 3


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_setting_that_is_named_is_one_of_the_products(file: Path) -> None:
    words = set(re.findall(r"\b(?:GONGDAO_[A-Z_]+|SECRET_KEY|DATABASE_URL)\b", file.read_text()))
    # Where the certificates of nginx lie is the compose file's own.
    assert words - set(READERS) <= {"GONGDAO_CERTIFICATES"}


def test_the_settings_of_one_machine_start_the_product_once_its_secret_is_filled_in(tmp_path: Path) -> None:
    rows = [row for row in (DEPLOY / "systemd/gongdao.env").read_text().splitlines() if row and row[0] != "#"]
    given = dict(row.split("=", 1) for row in rows)
    with pytest.raises(Exception, match="SECRET_KEY must be given"):
        Settings.from_env(given)
    settings = Settings.from_env({**given, "SECRET_KEY": SECRET})
    assert settings.is_production and settings.is_https and settings.proxies == 1


def test_the_settings_of_several_machines_start_the_product() -> None:
    given = dict(COMPOSE["services"]["web"]["environment"])
    filled = {"SECRET_KEY": SECRET, "POSTGRES_PASSWORD": "x", "GONGDAO_PUBLIC_URL": "https://gongdao.example"}

    def fill(found: re.Match[str]) -> str:
        return filled.get(found[1], "")

    given = {name: re.sub(r"\$\{(\w+)[^}]*\}", fill, value) for name, value in given.items()}
    settings = Settings.from_env({**given, "GONGDAO_VAR": "/data"})
    assert settings.database_url == "postgresql+psycopg://gongdao:x@postgres/gongdao"
    assert settings.proxies == 1 and settings.is_production


def test_several_nodes_share_one_database_and_one_folder_and_are_migrated_once() -> None:
    services = COMPOSE["services"]
    for name in ("web", "worker"):
        assert services[name]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
        assert services[name]["volumes"] == ["files:/data"]
        assert services[name]["environment"] == services["migrate"]["environment"]
    assert services["migrate"]["restart"] == "no"
    # From whichever registry a company uses: images are named plainly.
    assert all("/" not in service["image"] for service in services.values())


def test_commands_in_deploy_are_those_that_the_product_has() -> None:
    web, worker = ((DEPLOY / "systemd" / unit).read_text() for unit in UNITS)
    docker = " ".join(re.findall(r'"([^"]+)"', (DEPLOY / "Dockerfile").read_text().partition("CMD")[2]))
    started = re.search(r"ExecStart=\S+/python (.+)", web)
    assert started is not None
    assert started[1].replace("127.0.0.1", "0.0.0.0") == docker.removeprefix("python ")
    assert "ExecStart=/srv/gongdao/.venv/bin/python -m jobs.worker" in worker
    assert COMPOSE["services"]["worker"]["command"] == ["python", "-m", "jobs.worker"]


def test_nginx_takes_what_the_product_takes_and_says_who_asks_itself() -> None:
    rules = (DEPLOY / "nginx/gongdao.conf").read_text()
    most = int(re.search(r"client_max_body_size (\d+)m;", rules)[1])  # type: ignore[index]
    assert most > Settings.for_tests().max_upload_mb
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in rules and "proxy_add_x_forwarded_for" not in rules
    assert "proxy_cache off;" in rules and re.search(r"\^/acting/ 0;", rules)


def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    """Where there is no systemd, each unit at least says what is started, by whom, and when again."""
    for unit in UNITS:
        # Where the product lies on a machine of its own, there is nothing on this one.
        rules = (DEPLOY / "systemd" / unit).read_text()
        here = re.sub(r"/srv/gongdao/\.venv/bin/python", shutil.which("python3") or "/usr/bin/python3", rules)
        (tmp_path / unit).write_text(here)
        assert {"User=gongdao", "Restart=always", "NoNewPrivileges=yes", "ProtectSystem=strict"} <= set(here.split())
    if not shutil.which("systemd-analyze"):
        return
    command = ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / unit) for unit in UNITS)]
    done = subprocess.run(command, capture_output=True, text=True)
    complaints = [row for row in done.stderr.splitlines() if "gongdao" in row]
    assert complaints == []


def test_nginx_accepts_its_files(tmp_path: Path) -> None:
    """Where there is no nginx, every sentence at least ends and every brace is closed."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=gongdao.example", "-days", "1",
         "-keyout", tmp_path / "privkey.pem", "-out", tmp_path / "fullchain.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    rules = (DEPLOY / "nginx/gongdao.conf").read_text().replace("/etc/ssl/gongdao", str(tmp_path))
    sentences = [row for row in map(str.strip, rules.splitlines()) if row and row[0] != "#"]
    assert all(row[-1] in ";{}" for row in sentences) and rules.count("{") == rules.count("}")
    (tmp_path / "gongdao.conf").write_text(rules.replace("/var/log/nginx", str(tmp_path)))
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid; error_log stderr; events {{}} http {{ include {DEPLOY}/nginx/upstream-one.conf;"
        f" include {tmp_path}/gongdao.conf; }}"
    )
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        return
    command = [program, "-t", "-p", tmp_path, "-c", tmp_path / "nginx.conf"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert "syntax is ok" in done.stderr, done.stderr
