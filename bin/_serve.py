"""Bring the database up to date, start the web server and the worker together, and end them together.

Each runs in a session of its own, so that Ctrl-C reaches this program alone and both are ended in order; should this
program be killed outright, the kernel ends them. A worker that ends by itself is started again; a web server that
does is the end. It decides nothing about the product: everything it needs is a command of the product's own.
"""

import ctypes
import http.client
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

from config import Settings, SettingsError

STARTED_WITHIN = 60.0
ENDED_WITHIN = 20.0
RESTARTS_A_MINUTE = 5
PR_SET_PDEATHSIG = 1
STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

FLASK = ("-m", "flask", "--app", "wsgi")


class Failed(Exception):
    """What went wrong, as a sentence for the person at the terminal."""


class Stopped(BaseException):
    """Ctrl-C, or a request to end."""


class Part:
    """One of the two programs that make up the running product."""

    def __init__(self, name: str, arguments: Sequence[str]) -> None:
        self.name = name
        self.arguments = arguments
        self.starts: deque[float] = deque(maxlen=RESTARTS_A_MINUTE)
        self.start()

    def start(self) -> None:
        self.starts.append(time.monotonic())
        self.process = subprocess.Popen(
            [sys.executable, *self.arguments],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=end_with_the_parent,
        )

    def has_ended(self) -> bool:
        return self.process.poll() is not None

    def keeps_ending(self) -> bool:
        return len(self.starts) == RESTARTS_A_MINUTE and time.monotonic() - self.starts[0] < 60

    def how_it_ended(self) -> str:
        status = self.process.returncode
        if status is not None and status < 0:
            return f"{self.name} was ended by {signal.Signals(-status).name}"
        return f"{self.name} ended with status {status}"

    def end(self, deadline: float) -> None:
        try:
            self.process.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def main() -> int:
    try:
        for number in STOPS:
            signal.signal(number, stop)
        settings = Settings.from_env()
        refuse_a_busy_port(settings)
        prepare(settings)
        serve(settings)
    except (Failed, SettingsError) as failure:
        print(failure, file=sys.stderr)
        return 1
    except Stopped:
        return 0


def stop(_number: int, _frame: FrameType | None) -> NoReturn:
    raise Stopped


def refuse_a_busy_port(settings: Settings) -> None:
    host, port = settings.host, settings.port
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        other = f"Choose another, for example: GONGDAO_PORT={port % 65535 + 1} bin/run"
        raise Failed(f"Port {port} on {host} cannot be used ({error.strerror}). {other}") from None


def prepare(settings: Settings) -> None:
    run("The database could not be brought up to date.", "-m", "alembic", "upgrade", "head")
    if not settings.is_production:
        run("The demo company could not be set up.", *FLASK, "demo")


def run(otherwise: str, *arguments: str) -> str:
    command = [sys.executable, *arguments]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode:
        raise Failed(f"{done.stdout.rstrip()}\n{otherwise}".lstrip())
    return done.stdout


def serve(settings: Settings) -> NoReturn:
    parts: list[Part] = []
    try:
        web = Part("The web server", gunicorn(settings))
        parts.append(web)
        worker = Part("The worker", ("-m", "jobs.worker"))
        parts.append(worker)
        wait_for_an_answer(web, settings)
        welcome(settings)
        watch(web, worker)
    finally:
        end_together(parts)


def gunicorn(settings: Settings) -> list[str]:
    address = f"[{settings.host}]:{settings.port}" if ":" in settings.host else f"{settings.host}:{settings.port}"
    program = ("-m", "gunicorn", "wsgi:app", "--bind", address, "--log-level", "warning", "--no-control-socket")
    capacity = ("--worker-class", "gthread", "--workers", "2", "--threads", "8", "--timeout", "60")
    return [*program, *capacity, "--graceful-timeout", "10"]


def end_with_the_parent() -> None:
    """Asked of the kernel by each part before it starts; where the kernel knows no such request, nothing happens."""
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def wait_for_an_answer(web: Part, settings: Settings) -> None:
    give_up = time.monotonic() + STARTED_WITHIN
    while not answers(reachable(settings.host), settings.port):
        if web.has_ended():
            raise Failed(f"{web.how_it_ended()} before it answered.")
        if time.monotonic() > give_up:
            raise Failed(f"{web.name} did not answer within {STARTED_WITHIN:.0f} seconds.")
        time.sleep(0.1)


def answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=10)
    try:
        connection.request("HEAD", "/")
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    if status >= 500:
        raise Failed(f"The web server started, but its first page is an error ({status}).")
    return True


def reachable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)


def welcome(settings: Settings) -> None:
    print(f"Gongdao runs at {settings.public_url or f'http://{reachable(settings.host)}:{settings.port}'}")
    if not settings.is_production:
        print(run("The demo users could not be listed.", *FLASK, "demo", "--show").rstrip())
    print("Ctrl-C ends it.", flush=True)


def watch(web: Part, worker: Part) -> NoReturn:
    while True:
        if web.has_ended():
            raise Failed(f"{web.how_it_ended()}, so everything is ended.")
        if worker.has_ended():
            start_again(worker)
        time.sleep(0.2)


def start_again(worker: Part) -> None:
    if worker.keeps_ending():
        raise Failed(f"{worker.how_it_ended()}, {RESTARTS_A_MINUTE} times within a minute, so everything is ended.")
    print(f"{worker.how_it_ended()}; it is started again.", file=sys.stderr, flush=True)
    worker.start()


def end_together(parts: Sequence[Part]) -> None:
    for number in STOPS:
        signal.signal(number, signal.SIG_IGN)
    for part in parts:
        if not part.has_ended():
            part.process.terminate()
    deadline = time.monotonic() + ENDED_WITHIN
    for part in parts:
        part.end(deadline)


if __name__ == "__main__":
    sys.exit(main())
