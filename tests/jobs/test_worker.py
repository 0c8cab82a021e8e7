"""A worker or a web process that is killed loses nothing. Real processes, really killed."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.engine import make_url

from config import Settings
from jobs import outbox
from models import Complaint, ComplaintState, Database, Event, LetterPdf, NumberSeries, Order, OrderState, WorkerPulse
from tests.builders import MONDAY, Desk
from tests.place import on_server

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 90.0


@pytest.fixture
def environment(database: Database, settings: Settings) -> dict[str, str]:
    url = database.engine.url.render_as_string(hide_password=False)
    given = {name: value for name, value in os.environ.items() if not name.startswith("GONGDAO_")}
    return {**given, "DATABASE_URL": url, "GONGDAO_VAR": str(settings.var), "SECRET_KEY": "only for tests, " * 3}


@contextmanager
def _worker(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-m", "jobs.worker"], cwd=ROOT, env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _wait_until(condition: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + PATIENCE
    while not condition():
        assert process.poll() is None, "the worker ended by itself"
        assert time.monotonic() < give_up, "nothing happened"
        time.sleep(0.05)


def _count(database: Database, query) -> int:
    with database.reading() as session:
        return session.scalar(query) or 0


def _done(database: Database) -> int:
    return _count(database, select(func.count(Order.id)).where(Order.state == OrderState.DONE))


def test_a_killed_worker_loses_nothing_and_the_next_one_catches_up(database, environment):
    with database.writing() as session:
        desk = Desk(session)
        desk.complaint("assigned")
        desk.complaint("handling")
        session.commit()
    orders = _count(database, select(func.count(Order.id)))
    with _worker(environment) as first:
        _wait_until(lambda: _count(database, select(func.sum(Order.attempts))) >= 2, first)
        first.send_signal(signal.SIGKILL)
        first.wait()
    assert _done(database) < orders + 1
    _a_minute_later(database)
    with _worker(environment) as second:
        _wait_until(lambda: _done(database) == orders + 1, second)
        second.send_signal(signal.SIGTERM)
        assert second.wait(PATIENCE) == 0
    # The answer that nobody gave fell due long ago; it lapsed once, at its own moment.
    with database.reading() as session:
        [lapse] = session.scalars(select(Event).filter_by(action="lapse"))
        assert lapse.at == MONDAY + timedelta(days=1)
        assert set(session.scalars(select(LetterPdf.letter_id))) == set(session.scalars(select(Order.letter_id)))


def _a_minute_later(database: Database) -> None:
    """What the killed worker had begun may be tried again after a minute; the test does not wait for it."""
    with database.writing() as session:
        session.execute(update(Order).values(next_try_at=MONDAY))
        session.commit()


STEP = """
    import os, signal, sys
    from datetime import datetime, UTC
    from config import Settings
    from models import Complaint, Database
    from tests.builders import Desk

    moment, before_the_commit = datetime.fromisoformat(sys.argv[1]), sys.argv[2] == "before"
    with Database(Settings.from_env().database_url).writing() as session:
        desk = Desk(session, moment)
        desk.take("assign", session.get(Complaint, int(sys.argv[3])), "cr.sun")
        if before_the_commit:
            os.kill(os.getpid(), signal.SIGKILL)
        session.commit()
        os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def killed_while_assigning(database, environment) -> Callable[[str], Complaint]:
    """Assigns a new complaint in a process that is killed before or right after its commit."""

    def assign(when: str) -> Complaint:
        with database.writing() as session:
            case = Desk(session).file().id
            session.commit()
        arguments = [sys.executable, "-c", textwrap.dedent(STEP), MONDAY.isoformat(), when, str(case)]
        done = subprocess.run(arguments, cwd=ROOT, env=environment)
        assert done.returncode == -signal.SIGKILL
        with database.reading() as session:
            return session.get_one(Complaint, case)

    return assign


def test_a_web_process_killed_before_its_commit_has_changed_nothing(database, killed_while_assigning):
    assert killed_while_assigning("before").state is ComplaintState.FILED
    assert _count(database, select(func.count(Event.id))) == 1
    assert _count(database, select(NumberSeries.last).filter_by(series="complaint")) == 1


def test_a_web_process_killed_after_its_commit_leaves_its_letter(
    database, settings, killed_while_assigning, monkeypatch
):
    assert killed_while_assigning("after").state is ComplaintState.ASSIGNED
    monkeypatch.setitem(outbox.KINDS, "render_letter", lambda *_: None)
    assert outbox.carry_out(database, datetime.now(UTC), settings=settings) == 2
    assert _done(database) == 2


def test_two_workers_side_by_side_do_each_thing_once(database, environment):
    with database.writing() as session:
        Desk(session).complaint("assigned")
        session.commit()
    with _worker(environment) as first, _worker(environment) as second:
        _wait_until(lambda: _done(database) == 3, first)
        for worker in (first, second):
            worker.send_signal(signal.SIGTERM)
        assert [first.wait(PATIENCE), second.wait(PATIENCE)] == [0, 0]
    with database.reading() as session:
        assert session.scalars(select(Order.attempts)).all() == [1, 1, 1]
        assert len(session.scalars(select(Event).filter_by(action="lapse")).all()) == 1


def test_the_worker_says_in_one_sentence_why_it_cannot_start(environment):
    done = subprocess.run(
        [sys.executable, "-m", "jobs.worker"], cwd=ROOT, env={**environment, "GONGDAO_PROT": "1"}, capture_output=True
    )
    assert done.returncode == 1
    assert done.stderr == b"gongdao: GONGDAO_PROT is not a setting of this product. Did you mean GONGDAO_PORT?\n"


def test_two_starts_at_the_same_moment_on_an_empty_database_are_safe(tmp_path, environment):
    """Both bring it up to date and open the queue: one waits for the other, and neither fails."""
    own = _empty_database(environment["DATABASE_URL"], tmp_path)
    given = {**environment, "DATABASE_URL": own}
    try:
        upgrades = [
            subprocess.Popen([sys.executable, "-m", "alembic", "upgrade", "head"], cwd=ROOT, env=given)
            for _ in range(2)
        ]
        assert [upgrade.wait(PATIENCE) for upgrade in upgrades] == [0, 0]
        with _worker(given) as first, _worker(given) as second:
            database = Database(own)
            _wait_until(lambda: _count(database, select(func.count()).select_from(WorkerPulse)) == 2, first)
            database.dispose()
            for worker in (first, second):
                worker.send_signal(signal.SIGTERM)
            assert [first.wait(PATIENCE), second.wait(PATIENCE)] == [0, 0]
    finally:
        _drop(own)


def _empty_database(url: str, folder: Path) -> str:
    if not url.startswith("postgresql"):
        return f"sqlite:///{folder / 'empty.sqlite3'}"
    name = f"gongdao_empty_{uuid4().hex[:8]}"
    on_server(url, f"CREATE DATABASE {name}")
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def _drop(url: str) -> None:
    if url.startswith("postgresql"):
        on_server(os.environ["GONGDAO_TEST_DATABASE_URL"], f"DROP DATABASE {make_url(url).database} WITH (FORCE)")


def test_a_worker_is_seen_to_live_and_takes_its_pulse_away_when_it_ends(database, environment):
    with _worker(environment) as worker:
        _wait_until(lambda: _count(database, select(func.count()).select_from(WorkerPulse)) == 1, worker)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(PATIENCE) == 0
    assert _count(database, select(func.count()).select_from(WorkerPulse)) == 0
