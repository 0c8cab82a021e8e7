"""The letters of a month that one reader may read: which months have some, and which letters they are.

Whether a letter is theirs, and in which copies, is answered by `reading`; nothing here adds to it.
"""

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Letter
from workflow.office import month_after
from workflow.reading import letters_visible_to
from workflow.roles import Actor

MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
# Older months are on file; whoever needs one asks by its address.
MOST_MONTHS = 36


def months(session: Session, actor: Actor) -> list[str]:
    """From the present month back to that of the first letter, the newest first."""
    first = session.scalar(select(Letter.issued_at).where(letters_visible_to(actor)).order_by(Letter.id).limit(1))
    if first is None:
        return []
    zone = actor.office.calendar.zone
    month, last = f"{first.astimezone(zone):%Y-%m}", f"{actor.staff.at.astimezone(zone):%Y-%m}"
    found = [month]
    while month < last:
        month = month_after(month)
        found.append(month)
    return found[: -MOST_MONTHS - 1 : -1]


def letters_of(session: Session, actor: Actor, month: str) -> Sequence[int]:
    """The letters issued in this month of the company's time, by their numbers."""
    zone = actor.office.calendar.zone
    begins, ends = (datetime.fromisoformat(f"{first}-01").replace(tzinfo=zone) for first in (month, month_after(month)))
    query = select(Letter.id).where(Letter.issued_at >= begins, Letter.issued_at < ends, letters_visible_to(actor))
    return session.scalars(query.order_by(Letter.series, Letter.year, Letter.seq)).all()
