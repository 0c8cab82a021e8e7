"""Who may read a person's calendar feed: with a password of its own, which opens nothing else.

The product makes it, shows it once and keeps its digest. It ends when its owner ends or renews it, when their log-in
password changes, and when they leave (docs/decision/0018).
"""

import hashlib
import hmac
import secrets
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from models import CalendarFeed, Person
from workflow.password import ALPHABET

# 20 signs of 31: nobody guesses one, so that a plain digest is enough.
GROUPS, IN_A_GROUP = 4, 5


def renew(session: Session, person: Person, at: datetime) -> str:
    """A new password for the feed, told this once; the one before is over."""
    password = "-".join("".join(secrets.choice(ALPHABET) for _ in range(IN_A_GROUP)) for _ in range(GROUPS))
    end(session, person)
    session.add(
        CalendarFeed(person_id=person.id, digest=_digest(password), session_epoch=person.session_epoch, made_at=at)
    )
    session.flush()
    return password


def end(session: Session, person: Person) -> None:
    session.execute(delete(CalendarFeed).where(CalendarFeed.person_id == person.id))


def made_at(session: Session, person: Person) -> datetime | None:
    """Since when the feed is open; None where there is none, or the one there was has ended."""
    feed = session.get(CalendarFeed, person.id)
    return feed.made_at if feed is not None and feed.session_epoch == person.session_epoch else None


def reader(session: Session, username: str, password: str, at: datetime) -> Person | None:
    """Whose feed this opens at this moment, if anybody's."""
    named = select(CalendarFeed).join(CalendarFeed.person).where(Person.username == username)
    feed = session.scalars(named.options(joinedload(CalendarFeed.person))).one_or_none()
    if feed is None or not hmac.compare_digest(feed.digest, _digest(password)):
        return None
    person = feed.person
    return None if person.session_epoch != feed.session_epoch or person.has_left_at(at) else person


def _digest(password: str) -> str:
    return hashlib.sha256(password.strip().lower().encode()).hexdigest()
