"""The whole timetable: what the background does, and when. What each task is stands elsewhere.

every minute    carry out what fell due; hand over what waits in the outbox and among the imports
every night     delete the files of imports that ended long ago
at start        the same, for everything that was missed
after a commit  make the paper of the letters just issued
when asked      import a file of complaints
"""

from collections.abc import Callable
from datetime import datetime

from huey import crontab

from config import Settings
from jobs import imports, outbox, overdue
from jobs.queue import open_queue
from models import Database

Now = Callable[[], datetime]

# The clock goes before the paper, however much paper waits; a minute missed is made up by the next.
BEFORE_ALL_ELSE, EXPIRES_WITH_THE_MINUTE = 100, 60


class Timetable:
    """The tasks of one installation. `fulfil` and `run_import` are handed to the worker by a call."""

    def __init__(self, settings: Settings, database: Database, now: Now) -> None:
        self.settings, self.database, self.now = settings, database, now
        self.must_stop: Callable[[], bool] = lambda: False
        self.queue = open_queue(settings)
        self.fulfil = self.queue.task(name="fulfil")(self._fulfil)
        self.run_import = self.queue.task(name="run_import")(self._run_import)
        for name, work in (("carry_out_due", self.carry_out_due), ("sweep", self.sweep)):
            self.queue.periodic_task(
                _every_minute, name=name, priority=BEFORE_ALL_ELSE, expires=EXPIRES_WITH_THE_MINUTE
            )(work)
        self.queue.periodic_task(crontab(hour="3", minute="0"), name="tidy")(self.tidy)

    def carry_out_due(self) -> None:
        overdue.carry_out_due(self.database, self.now())

    def sweep(self) -> None:
        """Hand over again what nobody has taken up, unless the queue is still full of it."""
        if len(self.queue) < outbox.HANDED_OVER_AT_ONCE:
            for order_id in outbox.waiting(self.database, self.now()):
                self.fulfil(order_id)
        for import_id in imports.unfinished(self.database):
            self.run_import(import_id)

    def tidy(self) -> None:
        imports.forget_old_files(self.database, self.settings.var, self.now())

    def catch_up(self) -> None:
        """Everything that was missed while nothing ran."""
        self.carry_out_due()
        self.sweep()
        self.tidy()

    def _fulfil(self, order_id: int) -> None:
        outbox.fulfil(self.database, order_id, at=self.now())

    def _run_import(self, import_id: int) -> None:
        imports.run(self.database, import_id, folder=self.settings.var, now=self.now, must_stop=self.must_stop)


def _every_minute(_moment: datetime) -> bool:
    return True
