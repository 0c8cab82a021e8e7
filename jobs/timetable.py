"""The whole timetable: what the background does, and when. What each task is stands elsewhere.

every minute    carry out what fell due and hand-overs whose day has come, close rounds of ratings, and remind of what
                is running out or overdue; hand over what waits: outbox, imports, rehearsals, case files, the letters of
                a month and assessments; send messages
every night     delete the files of imports that ended, and of cases and months that were asked for, long ago; try once
                more what the outbox has given up; throw away the notes of clocks that have ended; note
                which rankings are to be published
at start        the same, for everything that was missed
after a commit  make the paper of the letters just issued; send the messages
when asked      import a file of complaints; rehearse a draft of a regulation; bind the file of a case; put together the
                letters of a month; compute an assessment
"""

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from huey import crontab

from config import Settings
from jobs import (
    assessing,
    casefile,
    hand_over,
    imports,
    made_file,
    month_file,
    outbox,
    overdue,
    rehearsal,
    reminding,
    report,
)
from jobs.patience import Work, cannot_be_reached, left_to_the_sweep
from jobs.post import Letterbox, is_due
from jobs.queue import open_queue
from models import CaseFile, Database, MonthFile, ReportFile

logger = logging.getLogger("gongdao.jobs")

Now = Callable[[], datetime]

# The clock goes before the paper, however much paper waits; a minute missed is made up by the next.
BEFORE_ALL_ELSE, EXPIRES_WITH_THE_MINUTE = 100, 60
# Whoever asked for a rehearsal or for a case file is waiting for it.
BEFORE_PAPER = 50


class Timetable:
    """The tasks of one installation. Those that are named like their methods are handed to the worker by a call."""

    def __init__(self, settings: Settings, database: Database, now: Now) -> None:
        self.settings, self.database, self.now = settings, database, now
        self.must_stop: Callable[[], bool] = lambda: False
        self.queue = open_queue(settings)
        self.fulfil = self._task("fulfil", self._fulfil)
        self.run_import = self._task("run_import", self._run_import)
        self.rehearse = self._task("rehearse", self._rehearse, priority=BEFORE_PAPER)
        self.bind_case = self._task("bind_case", self._bind_case, priority=BEFORE_PAPER)
        self.letterbox = Letterbox(database, settings, now, threading.Lock())
        self.send_messages = self._task("send_messages", self._send_messages, priority=BEFORE_PAPER)
        self.gather_month = self._task("gather_month", self._gather_month)
        self.print_report = self._task("print_report", self._print_report, priority=BEFORE_PAPER)
        self.assess = self._task("assess", self._assess, priority=BEFORE_PAPER)
        for name, work in (("carry_out_due", self.carry_out_due), ("sweep", self.sweep)):
            self.queue.periodic_task(
                _every_minute, name=name, priority=BEFORE_ALL_ELSE, expires=EXPIRES_WITH_THE_MINUTE
            )(left_to_the_sweep(work))
        self.queue.periodic_task(crontab(hour="3", minute="0"), name="tidy")(left_to_the_sweep(self.tidy))

    def _task(self, name: str, work: Work, *, priority: int | None = None) -> Callable[..., object]:
        return self.queue.task(name=name, priority=priority)(left_to_the_sweep(work))  # type: ignore[no-any-return]

    def carry_out_due(self) -> None:
        """First what acts by itself, so that nobody is reminded of a clock that has run out with it."""
        overdue.carry_out_due(self.database, self.now())
        hand_over.carry_out_due(self.database, self.now())
        reminding.close_rounds(self.database, self.now())
        reminding.remind_of_what_waits(self.database, self.now())

    def sweep(self) -> None:
        """Hand over again what nobody has taken up, unless the queue is still full of it."""
        if len(self.queue) < outbox.HANDED_OVER_AT_ONCE:
            self._hand_over_orders()
        for unfinished, hand_over_again in (
            (imports.unfinished(self.database), self.run_import),
            (rehearsal.unfinished(self.database), self.rehearse),
            (made_file.unfinished(self.database, CaseFile), self.bind_case),
            (made_file.unfinished(self.database, MonthFile), self.gather_month),
            (made_file.unfinished(self.database, ReportFile), self.print_report),
            (assessing.unfinished(self.database), self.assess),
        ):
            for key in unfinished:
                hand_over_again(key)
        with self.database.reading() as session:
            if is_due(session, self.now()):
                self.send_messages()

    def tidy(self) -> None:
        imports.forget_old_files(self.database, self.settings.var, self.now())
        made_file.forget_old_files(self.database, self.settings, self.now())
        outbox.try_once_more(self.database, self.now())
        reminding.tidy(self.database)
        reminding.note_rankings(self.database, self.now())

    def catch_up(self) -> None:
        """Everything that was missed while nothing ran; what cannot be made up for now is tried again in a minute."""
        for work in (self.carry_out_due, self.sweep, self.tidy):
            _make_up_for(work)

    def _hand_over_orders(self) -> None:
        for order_id in outbox.waiting(self.database, self.now()):
            self.fulfil(order_id)

    def _fulfil(self, order_id: int) -> None:
        """Whoever takes the last one fetches more: after an outage thousands wait, and a sweep brings 200 a minute."""
        outbox.fulfil(self.database, order_id, settings=self.settings, at=self.now())
        if len(self.queue) == 0:
            self._hand_over_orders()

    def _send_messages(self) -> None:
        self.letterbox.empty(self.must_stop)

    def _run_import(self, import_id: int) -> None:
        imports.run(self.database, import_id, folder=self.settings.var, now=self.now, must_stop=self.must_stop)

    def _rehearse(self, rehearsal_id: int) -> None:
        rehearsal.run(self.database, rehearsal_id, now=self.now, must_stop=self.must_stop)

    def _bind_case(self, file_id: int) -> None:
        casefile.run(self.database, file_id, settings=self.settings, now=self.now)

    def _gather_month(self, file_id: int) -> None:
        month_file.run(self.database, file_id, settings=self.settings, now=self.now, must_stop=self.must_stop)

    def _print_report(self, file_id: int) -> None:
        report.run(self.database, file_id, settings=self.settings, now=self.now)

    def _assess(self, computation_id: int) -> None:
        assessing.run(self.database, computation_id, now=self.now)


def _make_up_for(work: Work) -> None:
    try:
        work()
    except Exception as error:
        if cannot_be_reached(error):
            raise
        logger.exception("%s failed at the start", work.__name__)


def _every_minute(_moment: datetime) -> bool:
    return True
