"""The worker: `python -m jobs.worker` catches up with what was missed and then keeps the timetable.

It ends on SIGTERM and SIGINT after the task at hand, and may be killed at any moment: whatever it
had begun is undone by the database and found again. Several may run side by side, on several machines. While
the database is away they wait, each time longer, and go on. Making letters leaks a little memory, so the program
replaces itself after some hundreds.
"""

import json
import logging
import os
import signal
import sys
from datetime import UTC, datetime
from functools import partial
from types import FrameType
from typing import NoReturn

from huey.consumer import Consumer, Worker
from psycopg import Error as QueueError

from config import Settings, SettingsError
from jobs import memory, pulse
from jobs.patience import once_it_is_there, pause_after
from jobs.timetable import Timetable
from models import Database
from pdf import render

# Letters are made one at a time; an import must keep neither them nor the clock waiting.
THREADS = 3
SECONDS_TO_FINISH = 10
LONGEST_PAUSE = 0.5

logger = logging.getLogger("gongdao.jobs")


class JsonLines(logging.Formatter):
    """One line of JSON for each event."""

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False)


def main() -> int:
    try:
        settings = Settings.from_env()
    except SettingsError as error:
        print(f"gongdao: {error}", file=sys.stderr)  # noqa: T201 - whoever starts it reads the terminal
        return 1
    _write_log(settings)
    memory.keep_little()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _end_before_the_first_task)
    database = Database(settings.database_url)
    if work(once_it_is_there(lambda: Timetable(settings, database, lambda: datetime.now(UTC)))):
        os.execv(sys.executable, [sys.executable, "-m", "jobs.worker"])  # noqa: S606
    return 0


def work(timetable: Timetable) -> bool:
    """Keep the timetable until told to stop; True when this process is worn out instead."""
    with pulse.beating(timetable.database, timetable.now):
        once_it_is_there(timetable.catch_up)
        consumer = PatientConsumer(
            timetable.queue, workers=THREADS, max_delay=LONGEST_PAUSE, health_check_interval=1,
            graceful_signal="TERM", shutdown_timeout=SECONDS_TO_FINISH,
        )  # fmt: skip
        timetable.must_stop = consumer.stop_flag.is_set

        timetable.queue.post_execute("worn_out")(partial(_stop_when_worn_out, consumer))
        consumer.run()
        consumer.stop(graceful=True)
    return render.worn_out() and consumer._signum is None


def _end_before_the_first_task(_number: int, _frame: FrameType | None) -> NoReturn:
    """While it catches up: the step at hand is undone, and found again."""
    raise SystemExit(0)


class Reader(Worker):  # type: ignore[misc]
    """A thread that reads the queue; while the queue is away it waits, each time longer."""

    failures = 0

    def loop(self, now: datetime | None = None) -> None:
        try:
            task = self.huey.dequeue()
        except Exception as error:
            self.failures += 1
            pause = pause_after(self.failures)
            logger.warning("the queue cannot be read (%s); waiting for %d s", type(error).__name__, pause)
            self.stop_flag.wait(pause)
            return
        self.failures = 0
        if task is not None:
            self.delay = self.default_delay
            self.huey.execute(task, now)
        elif not self.huey.storage.blocking:
            self.sleep()


class PatientConsumer(Consumer):  # type: ignore[misc]
    worker_class = Reader


def _stop_when_worn_out(consumer: Consumer, *_: object) -> None:
    if render.worn_out():
        consumer.stop_flag.set()


def _write_log(settings: Settings) -> None:
    handler = logging.StreamHandler()
    if settings.is_production:
        handler.setFormatter(JsonLines())
    else:
        handler.setFormatter(logging.Formatter("%(asctime)s [%(levelname)s] %(name)s: %(message)s"))
    handler.addFilter(_in_one_line_while_the_queue_is_away)
    logging.basicConfig(level=settings.log.upper(), handlers=[handler])
    for talkative in ("alembic", "huey", "fontTools", "pikepdf", "transitions", "weasyprint"):
        logging.getLogger(talkative).setLevel(logging.WARNING)


def _in_one_line_while_the_queue_is_away(record: logging.LogRecord) -> bool:
    """The scheduler says every second that it cannot reach the queue: its trace adds nothing."""
    error = record.exc_info[1] if record.exc_info else None
    if record.name.startswith("huey.") and isinstance(error, QueueError):
        record.exc_info = record.exc_text = None
    return True


if __name__ == "__main__":
    sys.exit(main())
