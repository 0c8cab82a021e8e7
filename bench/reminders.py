"""The minute's look for reminders that are due: what is closed must not cost anything, however much of it there is."""

from collections.abc import Iterator
from contextlib import ExitStack

from bench.crowd import UNDER_WAY, Crowd
from bench.place import MONDAY, Place
from bench.telling import Finding, Work, in_turns
from jobs.reminding import remind_of_what_waits
from models import Database

FEW, MANY = 1_000, 30_000
TURNS, AT_MOST = 21, 1.5


def measure(place: Place) -> Iterator[Finding]:
    with ExitStack() as stack:
        few, many = (stack.enter_context(place.database()) for _ in range(2))
        for database, count in ((few, FEW), (many, MANY)):
            Crowd(database, count).fill()
            remind_of_what_waits(database, MONDAY)
        more, less = in_turns(lambda _turn: _look(many), lambda _turn: _look(few), TURNS)
        what = f"look for reminders: {UNDER_WAY} clocks among {MANY:,} complaints against {FEW:,}"
        yield Finding(what, more, less, AT_MOST)


def _look(database: Database) -> Work:
    def look() -> None:
        assert remind_of_what_waits(database, MONDAY) == 0, "everything was looked at before"

    return look
