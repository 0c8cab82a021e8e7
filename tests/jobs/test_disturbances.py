"""What happens when the clock is set back, nothing runs for a day, the disk is full, or the database goes away.

As docs/decision/0017 states it: nothing is lost, and nothing is done twice.
"""

import errno
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from jobs import hand_over as jobs_hand_over
from jobs import outbox, patience, post, reminding
from jobs import overdue as jobs_overdue
from jobs.failure import CUT_SHORT
from jobs.patience import once_it_is_there, pause_after
from jobs.timetable import Timetable
from models import (
    Complaint,
    Database,
    Event,
    FailedStep,
    Letter,
    Message,
    Notice,
    Order,
    OrderState,
    is_away,
)
from tests.builders import MONDAY, Desk
from tests.sinks import mail_server
from workflow import hand_over
from workflow import reach as reaches
from workflow.reach import Wish

ROOT = Path(__file__).resolve().parent.parent.parent
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOWHERE = "postgresql+psycopg://gongdao@127.0.0.1:1/none"


class Installation:
    """The tasks of one installation, with a clock that is set and a mailbox that takes everything."""

    def __init__(self, database, settings, box) -> None:
        self.database, self.box, self.now = database, box, MONDAY
        given = {"mail_server": box.url, "mail_from": "gongdao@dealer.example"}
        self.timetable = Timetable(replace(settings, **given), database, lambda: self.now)

    def assign(self, at) -> int:
        with self.database.writing() as session:
            desk = Desk(session, at)
            reach = Wish(mail="liu@dealer.example", chosen={
                key: {**how, "daily": False} for key, how in reaches.at_first().items() if key.startswith("complaint")
            })  # fmt: skip
            reaches.choose(session, desk.person("service.liu"), reach)
            case = desk.complaint("assigned").id
            session.commit()
            return case

    def tick(self) -> None:
        """What a minute brings: what fell due, papers, messages."""
        self.timetable.carry_out_due()
        outbox.carry_out(self.database, self.now, settings=self.timetable.settings)
        self.timetable.letterbox.empty()

    def lapses(self) -> list[Event]:
        with self.database.reading() as session:
            return list(session.scalars(select(Event).filter_by(action="lapse").order_by(Event.id)))

    def left(self) -> tuple[int, int, int]:
        """Orders, messages and notices that wait."""
        with self.database.reading() as session:
            return (
                session.scalar(select(func.count()).select_from(Order).where(Order.state != OrderState.DONE)),
                session.scalar(select(func.count()).select_from(Message).where(Message.state != OrderState.DONE)),
                session.scalar(select(func.count()).select_from(Notice).where(Notice.spread_at.is_(None))),
            )


@pytest.fixture
def here(database, settings, monkeypatch) -> Iterator[Installation]:
    monkeypatch.setitem(outbox.KINDS, "render_letter", lambda *_: None)
    with mail_server() as box:
        installation = Installation(database, settings, box)
        # January fell due on the 10th, before the stories of these tests.
        installation.now = MONDAY - 10 * DAY
        installation.tick()
        installation.now = MONDAY
        yield installation


def test_a_clock_that_is_set_back_does_nothing_twice_and_loses_nothing(here):
    here.assign(MONDAY - 25 * HOUR)
    here.tick()
    assert len(here.lapses()) == 1 and here.left() == (0, 0, 0)
    sent = len(here.box.mails)
    # Somebody acts; then the machine's clock goes back by an hour, over the act itself.
    here.assign(MONDAY)
    here.now = MONDAY - HOUR
    here.tick()
    assert len(here.lapses()) == 1
    assert here.left()[0] == 2, "papers wait until the clock has come back to the moment of their letters"
    here.now = MONDAY + timedelta(minutes=1)
    for _ in range(2):
        here.tick()
    assert here.left() == (0, 0, 0)
    assert len(here.box.mails) == sent + 1 and len(here.box.keys()) == len(here.box.mails)


def test_what_was_in_hand_when_the_clock_was_set_back_waits_until_its_moment_and_is_not_sent_twice(here, database):
    here.assign(MONDAY)
    post.spread(database, MONDAY)
    assert post.take(database, here.timetable.settings, MONDAY) is not None
    here.now = MONDAY - HOUR
    here.tick()
    assert here.box.mails == []
    here.now = MONDAY + post.THEIRS_FOR
    here.tick()
    assert len(here.box.mails) == 1


def test_after_a_day_in_which_nothing_ran_everything_that_was_missed_happens_in_its_order(here):
    cases = [here.assign(MONDAY - hours * HOUR) for hours in (10, 30, 20)]
    here.now = MONDAY + DAY
    here.timetable.carry_out_due()
    # The time to answer is a day: each lapsed at its own moment, the earliest first.
    assert [(event.complaint_id, event.at) for event in here.lapses()] == [
        (cases[1], MONDAY - 6 * HOUR), (cases[2], MONDAY + 4 * HOUR), (cases[0], MONDAY + 14 * HOUR),
    ]  # fmt: skip
    here.tick()
    assert here.left() == (0, 0, 0)
    with here.database.reading() as session:
        numbers = session.execute(select(Letter.seq, Letter.issued_at).filter_by(kind="lapse_notice")).all()
        assert [at for _, at in sorted(numbers)] == sorted(at for _, at in numbers)


def test_on_a_full_disk_steps_are_taken_letters_issued_and_their_papers_made_later(here, monkeypatch):
    case = here.assign(MONDAY - 25 * HOUR)
    with monkeypatch.context() as full:
        full.setitem(outbox.KINDS, "render_letter", _no_room)
        here.tick()
    issued = select(Order.state, Order.last_error).join(Order.letter).join(Letter.event).filter_by(complaint_id=case)
    with here.database.reading() as session:
        waits = (OrderState.WAITING, "OSError: [Errno 28] No space left on device")
        assert [tuple(row) for row in session.execute(issued)] == [waits] * 3
    here.now += timedelta(minutes=2)
    here.tick()
    assert len(here.lapses()) == 1 and here.left() == (0, 0, 0)


def _no_room(*_):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_where_the_database_itself_has_no_room_a_step_is_refused_whole_and_taken_later(here, monkeypatch):
    case = here.assign(MONDAY - 25 * HOUR)
    with monkeypatch.context() as full:
        full.setattr(jobs_overdue.overdue, "take", _no_room)
        here.tick()
    with here.database.reading() as session:
        assert session.get_one(Complaint, case).state.value == "assigned"
        assert session.query(FailedStep).one().last_error.endswith("No space left on device")
    here.now += timedelta(minutes=2)
    here.tick()
    assert len(here.lapses()) == 1


def test_an_attempt_that_was_cut_short_each_time_is_given_up_with_its_reason(here):
    here.assign(MONDAY)
    with here.database.writing() as session:
        for order in session.scalars(select(Order)):
            order.attempts = outbox.MOST_ATTEMPTS
        session.commit()
    here.tick()
    with here.database.reading() as session:
        assert {order.last_error for order in session.scalars(select(Order))} == {CUT_SHORT}


# --- a database that goes away


def test_a_database_that_is_away_is_told_from_one_that_refuses():
    with pytest.raises(Exception) as away, Database(NOWHERE).reading() as session:
        session.execute(select(1))
    assert is_away(away.value)


def test_one_that_only_refuses_is_not_away(database):
    with pytest.raises(Exception) as refusal, database.reading() as session:
        session.execute(select(func.no_such_function()))
    assert not is_away(refusal.value)


def lost(*_: object, **__: object) -> None:
    with Database(NOWHERE).reading() as session:
        session.execute(select(1))


def test_a_database_lost_at_one_hand_over_is_not_told_as_its_failure(database, monkeypatch, caplog):
    with database.writing() as session:
        desk = Desk(session)
        leaver, by = desk.person("sales.wang"), desk.actor("hr.qian")
        hand_over.begin(session, leaver, by=by, at=MONDAY, effective_at=MONDAY + DAY)
        session.commit()
    monkeypatch.setattr(hand_over, "carry_out", lost)
    with pytest.raises(DBAPIError):
        jobs_hand_over.carry_out_due(database, MONDAY + DAY)
    assert "could not be carried out" not in caplog.text


@pytest.mark.parametrize("where", ["workflow.reminder_times.called_for", "workflow.reminder.who_must_act"])
def test_a_database_lost_at_one_clock_is_not_told_as_its_failure(database, monkeypatch, caplog, where):
    with database.writing() as session:
        Desk(session).complaint("handling")
        session.commit()
    monkeypatch.setattr(where, lost)
    with pytest.raises(DBAPIError):
        reminding.remind_of_what_waits(database, MONDAY + 3 * DAY)
    assert "could not" not in caplog.text


def test_work_waits_each_time_longer_and_is_begun_anew(monkeypatch):
    waited, calls = [], []

    def work():
        calls.append(1)
        if len(calls) < 8:
            with Database(NOWHERE).reading() as session:
                session.execute(select(1))
        return "done"

    monkeypatch.setattr(patience, "sleep", waited.append)
    assert once_it_is_there(work) == "done"
    assert waited == [1, 2, 4, 8, 16, 30, 30] == [pause_after(count) for count in range(1, 8)]


def test_a_mistake_of_ours_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(patience, "sleep", lambda _: pytest.fail("nothing to wait for"))
    with pytest.raises(ZeroDivisionError):
        once_it_is_there(lambda: 1 / 0)


def test_a_message_that_went_while_the_database_was_away_is_noted_and_goes_once(here, monkeypatch):
    here.assign(MONDAY)
    note, failures = post._note_sent, []

    def note_later(database, key, at):
        if len(failures) < 3:
            failures.append(key)
            with Database(NOWHERE).reading() as session:
                session.execute(select(1))
        note(database, key, at)

    monkeypatch.setattr(post, "_note_sent", note_later)
    monkeypatch.setattr(patience, "sleep", lambda _: None)
    here.timetable.letterbox.empty()
    here.now += DAY
    here.timetable.letterbox.empty()
    assert len(failures) == 3 and len(here.box.mails) == 1


class Line:
    """The way to a database, which can be cut: whoever uses it is disconnected, whoever calls is refused."""

    def __init__(self, host: str, port: int) -> None:
        self.target, self.is_cut = (host, port), False
        self.server = socket.create_server(("127.0.0.1", 0))
        self.ends: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def port(self) -> int:
        return self.server.getsockname()[1]

    def cut(self) -> None:
        self.is_cut = True
        for end in self.ends:
            _hang_up(end)
        self.ends.clear()

    def mend(self) -> None:
        self.is_cut = False

    def _accept(self) -> None:
        while True:
            try:
                caller, _ = self.server.accept()
                if self.is_cut:
                    caller.close()
                    continue
                there = socket.create_connection(self.target)
            except OSError:
                return
            self.ends += [caller, there]
            for one, other in ((caller, there), (there, caller)):
                threading.Thread(target=_carry, args=(one, other), daemon=True).start()


def _carry(one: socket.socket, other: socket.socket) -> None:
    try:
        while data := one.recv(65536):
            other.sendall(data)
    except OSError:
        pass
    _hang_up(one)
    _hang_up(other)
    one.close()


def _hang_up(end: socket.socket) -> None:
    """Tell the far side and whoever reads here. To close would tell neither while a thread still reads."""
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)


@contextmanager
def _worker(environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "jobs.worker"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_a_worker_waits_for_a_database_that_goes_away_and_goes_on(database, settings):
    """A real worker on a line that is cut for as long as it takes to be waited for twice."""
    url = make_url(settings.database_url)
    if database.engine.dialect.name != "postgresql":
        pytest.skip("SQLite lies on the same machine: it does not go away")
    line = Line(url.host, url.port or 5432)
    through = url.set(host="127.0.0.1", port=line.port).render_as_string(hide_password=False)
    given = {name: value for name, value in os.environ.items() if not name.startswith("GONGDAO_")}
    environment = {
        **given,
        "DATABASE_URL": through,
        "GONGDAO_VAR": str(settings.var),
        "SECRET_KEY": "only for tests, " * 3,
    }
    with _worker(environment) as worker:
        _until(lambda: database_has(database, "SELECT count(*) FROM worker_pulse"))
        line.cut()
        told = _read_until(worker, "waiting for 2 s")
        assert "waiting for 1 s" in told and "Traceback" not in told
        with database.writing() as session:
            Desk(session, MONDAY).complaint("assigned")
            session.commit()
        line.mend()
        _until(lambda: database_has(database, "SELECT count(*) FROM event WHERE action = 'lapse'"))
        assert worker.poll() is None
    assert database_has(database, "SELECT count(*) FROM event WHERE action = 'lapse'") == 1


def _read_until(worker: subprocess.Popen[str], words: str) -> str:
    told = ""
    assert worker.stderr is not None
    for row in worker.stderr:
        told += row
        if words in row:
            return told
    raise AssertionError(told)


def database_has(database: Database, query: str) -> int:
    with database.engine.connect() as connection:
        return connection.exec_driver_sql(query).scalar()


def _until(condition) -> None:
    give_up = time.monotonic() + 300
    while not condition():
        assert time.monotonic() < give_up, "nothing happened"
        time.sleep(0.05)


def test_what_cannot_be_made_up_for_at_the_start_ends_no_worker(here, monkeypatch, caplog):
    """Such as a database without room: the timetable tries it again with the next minute."""
    here.assign(MONDAY - 25 * HOUR)
    with monkeypatch.context() as full:
        full.setattr(jobs_overdue, "_note_failure", _no_room)
        full.setattr(jobs_overdue.overdue, "take", _no_room)
        here.timetable.catch_up()
    assert "carry_out_due failed at the start" in caplog.text
    here.timetable.catch_up()
    assert len(here.lapses()) == 1
