"""After the commit: the letters just issued, and the messages about them, are handed to the worker.

Nothing here can fail a request. An order that cannot be handed over stays in the outbox, and the
worker's sweep finds it within a minute.
"""

from collections.abc import Callable, Sequence
from typing import cast

from flask import current_app

from jobs import outbox, post
from jobs.timetable import Timetable
from web import log
from web.session import database, now

# By kinds of work, the task of the timetable that does one piece of it.
TASKS = {
    "letters": "fulfil", "case-files": "bind_case", "month-files": "gather_month", "reports": "print_report",
    "imports": "run_import", "rehearsals": "rehearse", "assessments": "assess",
}  # fmt: skip
# The sweep hands over the rest.
MOST_AT_ONCE = 200


def after_commit() -> None:
    """Hand over what the steps of this request have ordered; called once they are committed."""

    def hand_over_orders() -> None:
        with database().reading() as session:
            for order_id in outbox.written_at(session, now()):
                timetable().fulfil(order_id)
            if post.is_due(session, now()):
                timetable().send_messages()

    _attempt(hand_over_orders)


def start_import(import_id: int) -> None:
    """Hand over an import that was just committed as waiting."""
    _attempt(lambda: timetable().run_import(import_id))


def start_rehearsal(rehearsal_id: int) -> None:
    """Hand over a rehearsal that was just committed as waiting."""
    _attempt(lambda: timetable().rehearse(rehearsal_id))


def start_case_file(file_id: int) -> None:
    """Hand over a case file that was just committed as waiting."""
    _attempt(lambda: timetable().bind_case(file_id))


def start_month_file(file_id: int) -> None:
    """Hand over the letters of a month that were just committed as waiting."""
    _attempt(lambda: timetable().gather_month(file_id))


def start_report(file_id: int) -> None:
    """Hand over the report of an assessment that was just committed as waiting."""
    _attempt(lambda: timetable().print_report(file_id))


def start_assessment(computation_id: int) -> None:
    """Hand over a computation of results that was just committed as waiting."""
    _attempt(lambda: timetable().assess(computation_id))


def start_again(kind: str, keys: Sequence[int]) -> None:
    """Hand over what was just committed as begun anew; of what fell due the next tick of the clock takes care."""

    def hand_over() -> None:
        if kind == "messages":
            timetable().send_messages()
        elif kind in TASKS:
            for key in keys[:MOST_AT_ONCE]:
                getattr(timetable(), TASKS[kind])(key)

    _attempt(hand_over)


def timetable() -> Timetable:
    """The worker's tasks, as this process hands them over; the queue is opened with the first."""
    if "timetable" not in current_app.extensions:
        current_app.extensions["timetable"] = Timetable(log.settings(), database(), current_app.config["NOW"])
    return cast(Timetable, current_app.extensions["timetable"])


def _attempt(hand_over: Callable[[], None]) -> None:
    try:
        hand_over()
    except Exception as error:
        log.logger.warning("not handed over; the sweep will find it", error=str(error))
