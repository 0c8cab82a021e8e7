"""The reminders of a case, as its timeline tells them: who was reminded, when, how far up; those alike in one line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from models import Event, Occasion, Part, Reminder, ReminderRecipient
from web import case_words, moment
from web.language import is_chinese
from web.session import db, me
from workflow import reminder, reminder_words
from workflow.process import N_
from workflow.turn import Case

DONE = {
    Occasion.HALF: N_("to %(names)s: the time is running"),
    Occasion.DUE: N_("to %(names)s: the time is over"),
    Occasion.LATE: N_("to %(names)s: it is overdue"),
}
ALSO = {
    Part.SUPERIOR: N_("Superiors told: %(names)s"),
    Part.ADMINISTRATOR: N_("Administrators told: %(names)s"),
}


@dataclass(frozen=True)
class Told:
    """One line: what was told to whom, the last time, and whom else."""

    at: datetime
    what: str
    facts: list[str]


def of(case: Case) -> list[Told]:
    """The oldest first; the daily ones that went to the same people are one line."""
    query = select(Reminder).where(reminder.COLUMNS[case.kind] == case.id).order_by(Reminder.id)
    recipients = joinedload(Reminder.recipients).joinedload(ReminderRecipient.person)
    found = db().scalars(query.options(recipients)).unique()
    return [_told(list(alike)) for _key, alike in groupby(found, key=_alike)]


def urged(event: Event) -> str:
    """A nudge, to stand after the name of who urged."""
    names = (_("you") if name == me().name else name for name in event.said.get("urged", ()))
    return _("urged %(names)s to act", names=case_words.names(names))


def _alike(found: Reminder) -> Any:
    people = tuple((told.person_id, told.part) for told in found.recipients)
    return found.clock, found.clock_started_at, found.occasion, people, tuple(gap["post"] for gap in found.gaps)


def _told(alike: Sequence[Reminder]) -> Told:
    first, last = alike[0], alike[-1]
    names = case_words.names(last.names_of(Part.ACTS))
    what = _(DONE[last.occasion], names=names) if names else _("to nobody: no one can act")
    return Told(last.at, what, list(_facts(first, last, len(alike))))


def _facts(first: Reminder, last: Reminder, times: int) -> Iterator[str]:
    for part, words in ALSO.items():
        if names := last.names_of(part):
            yield _(words, names=case_words.names(names))
    yield from reminder_words.gaps(last, say=_, is_chinese=is_chinese())
    if times > 1:
        yield ngettext(
            "%(num)d time since %(moment)s", "%(num)d times since %(moment)s", times, moment=moment.moment(first.at)
        )
