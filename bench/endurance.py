"""Many workers, each with its scheduler, that are killed at random: is every act done once, is every message sent?

Deadlines that fell due long ago are carried out, and each tells a head by e-mail or by one of three chat services,
whose stand-ins keep what they are sent. Meanwhile workers are killed outright and others take their place. At the end
nobody is killed any more, all end in order, what the dead had in hand is anybody's again, and one more worker finishes:
otherwise five minutes would be waited for. It stops by itself when nothing moves.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import func, select, text, update

from bench.crowd import Crowd
from bench.endurance_outcome import Outcome, channel_of, count, gaps, number_in, wanted
from bench.place import MONDAY
from models import (
    ChannelOut,
    Database,
    Event,
    FailedStep,
    Message,
    Notice,
    NumberSeries,
    Order,
    OrderState,
    Person,
)
from workflow import deadline
from workflow import reach as reaches
from workflow.reach import Wish

ROOT = Path(__file__).resolve().parent.parent
ROBOT = "0123456789abcdef"
# Not reminders of the next deadline: a case would tell one head several things, and chats carry its number alone.
WANTED = ("complaint.act", "complaint.know")
HEADS = {
    "service.liu": Wish(mail="liu@dealer.example"),
    "sales.chen": Wish(robots={ChannelOut.WECOM: ROBOT}),
    "detailing.xu": Wish(robots={ChannelOut.DINGTALK: ROBOT}),
    "parts.deng": Wish(robots={ChannelOut.FEISHU: ROBOT}),
}


class Stuck(Exception):
    """Nothing moved for too long."""


class Mailbox(Protocol):
    """A stand-in for a mail server: where it is, and what it took."""

    url: str
    mails: list[Any]


class Chat(Protocol):
    """A stand-in for the chat services: where it is, and what it was told by which path."""

    url: str
    told: list[tuple[str, dict[str, Any]]]


class Deadlines(Crowd):
    """Complaints whose head has not answered: each time to answer ran out at a moment of its own."""

    def fill(self) -> None:
        super().fill()
        with self.database.writing() as session:
            session.add(NumberSeries(series="complaint", year=2026, last=self.count))
            for table in ("complaint", "event", "letter"):
                session.execute(text(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))"))
            for username, wish in HEADS.items():
                person = session.scalars(select(Person).filter_by(username=username)).one()
                chosen = {key: {**how, "daily": False} for key, how in reaches.at_first().items() if key in WANTED}
                reaches.choose(session, person, replace(wish, chosen=chosen))
            session.commit()

    def _complaint(self, number: int) -> dict[str, Any]:
        row = super()._complaint(number)
        due = MONDAY + timedelta(seconds=number)
        clock = {"clock": "answer", "clock_started_at": due - timedelta(days=1), "due_at": due}
        nothing = dict.fromkeys(("handling_since", "completed_at", "resolved_at", "satisfaction"))
        return {**row, **clock, **nothing, "state": "assigned", "filed_at": due - timedelta(days=1)}


class Workers:
    """The workers of one run, as many as are wanted at any moment."""

    def __init__(self, environment: Mapping[str, str], count: int, chance: random.Random) -> None:
        self.environment, self.count, self.chance = environment, count, chance
        self.running: list[subprocess.Popen[bytes]] = []
        self.kills = 0

    def fill_up(self) -> None:
        while len(self.running) < self.count:
            command = [sys.executable, "-m", "bench.endurance_worker"]
            self.running.append(subprocess.Popen(command, cwd=ROOT, env=dict(self.environment)))

    def kill_one(self) -> None:
        victim = self.running.pop(self.chance.randrange(len(self.running)))
        victim.send_signal(signal.SIGKILL)
        victim.wait()
        self.kills += 1

    def end(self) -> None:
        """In order; who does not listen is killed."""
        for worker in self.running:
            worker.terminate()
        for worker in self.running:
            try:
                worker.wait(30)
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait()
        self.running.clear()


@dataclass(frozen=True)
class Run:
    """One run against one database and its stand-ins."""

    database: Database
    box: Mailbox
    chat: Chat
    var: Path
    due: int
    workers: int
    kills: int
    patience: float = 180.0

    def outcome(self, seed: int = 1) -> Outcome:
        Deadlines(self.database, self.due).fill()
        chance, started = random.Random(seed), time.monotonic()
        with ended_at_last(Workers(self._environment(), self.workers, chance)) as workers:
            self._kill_at_random(workers, sorted(chance.randrange(2 * self.due) for _ in range(self.kills)))
            workers.end()
            self._free_what_the_dead_had()
            workers.count = 1
            workers.fill_up()
            self._wait_for(lambda done: not any(self._left().values()))
        return self._counted(workers.kills, time.monotonic() - started)

    def _kill_at_random(self, workers: Workers, moments: list[int]) -> None:
        """At moments of the work, not of the clock: so that all of them come, however fast it goes."""
        for moment in moments:
            workers.fill_up()
            self._wait_for(lambda done, moment=moment: done >= moment)  # type: ignore[misc]
            workers.kill_one()

    def _wait_for(self, condition: Any) -> None:
        seen, moved_at = -1, time.monotonic()
        while not condition(done := self._done()):
            if (made := done + self._papers()) != seen:
                seen, moved_at = made, time.monotonic()
            elif time.monotonic() - moved_at > self.patience:
                raise Stuck(f"nothing moved for {self.patience:.0f} s; left: {self._left()}")
            time.sleep(0.05)

    def _done(self) -> int:
        """Acts carried out and messages sent."""
        with self.database.reading() as session:
            return count(session, Event, Event.action == "lapse") + count(
                session, Message, Message.state == OrderState.DONE
            )

    def _papers(self) -> int:
        """Letters made: at the end one worker makes what four have left, for longer than anybody waits for an act."""
        with self.database.reading() as session:
            return count(session, Order, Order.state == OrderState.DONE)

    def _left(self) -> dict[str, int]:
        with self.database.reading() as session:
            return {
                "deadlines": len(list(deadline.due(session, MONDAY + timedelta(days=99)))),
                "failed steps": count(session, FailedStep),
                "notices": count(session, Notice, Notice.spread_at.is_(None)),
                "messages": count(session, Message, Message.state != OrderState.DONE),
                "orders": count(session, Order, Order.state != OrderState.DONE),
                "numbers": gaps(session),
            }

    def _free_what_the_dead_had(self) -> None:
        with self.database.writing() as session:
            for kind in (Message, Order):
                waits = update(kind).where(kind.state == OrderState.WAITING, kind.attempts > 0)
                session.execute(waits.values(next_try_at=MONDAY))
            session.commit()

    def _environment(self) -> dict[str, str]:
        given = {name: value for name, value in os.environ.items() if not name.startswith("GONGDAO_")}
        chats = {f"GONGDAO_{name}_SERVER": self.chat.url for name in ("WECOM", "DINGTALK", "FEISHU")}
        return {
            **given, **chats, "DATABASE_URL": self.database.engine.url.render_as_string(hide_password=False),
            "GONGDAO_VAR": str(self.var), "SECRET_KEY": "only for measuring, " * 3, "GONGDAO_LOG": "error",
            "GONGDAO_MAIL_SERVER": self.box.url, "GONGDAO_MAIL_FROM": "gongdao@dealer.example",
        }  # fmt: skip

    def _counted(self, kills: int, seconds: float) -> Outcome:
        arrived = self._arrived()
        with self.database.reading() as session:
            sought = wanted(session)
            acts = count(session, Event, Event.action == "lapse")
            acted_on = select(func.count(Event.complaint_id.distinct())).where(Event.action == "lapse")
            return Outcome(
                self.due, acts, session.scalar(acted_on) or 0, wanted=len(sought), received=arrived.total(),
                reached=len(sought & set(arrived)), kills=kills, left=self._left(), seconds=seconds,
            )  # fmt: skip

    def _arrived(self) -> Counter[tuple[str, str]]:
        """What the stand-ins took: by channel, and by the key of a mail or the number of the case in a chat."""
        mails = (("mail", str(mail["Message-ID"]).strip("<>").partition("@")[0]) for mail in self.box.mails)
        chats = ((channel_of(path), number_in(str(body))) for path, body in self.chat.told)
        return Counter([*mails, *chats])


@contextmanager
def ended_at_last(workers: Workers) -> Iterator[Workers]:
    try:
        yield workers
    finally:
        workers.end()


def measure(server: str, folder: Path, *, due: int, workers: int, kills: int) -> Outcome:
    """On a database of its own, with stand-ins of its own."""
    from bench.place import Place
    from tests.sinks import chat_server, mail_server

    with ExitStack() as stack:
        database = stack.enter_context(Place("PostgreSQL", folder, server).database())
        box, chat = stack.enter_context(mail_server()), stack.enter_context(chat_server())
        return Run(database, box, chat, folder, due, workers, kills).outcome()
