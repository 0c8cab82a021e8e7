"""Public pages behind a secret: what was asked for and is not there is counted by address, in rows that every process
sees; too many from one address, and nothing is answered for a while.
"""

from datetime import datetime, timedelta

from flask import request
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models import LetterLookup
from web.session import READS, database, db, now, start_over

WINDOW, KEPT, MOST = timedelta(minutes=15), timedelta(days=1), 30


def wait() -> datetime | None:
    """When the oldest of the last misses falls out of the window; None if there is room."""
    recent = (
        select(LetterLookup.at)
        .where(LetterLookup.address == _address(), LetterLookup.at > now() - WINDOW)
        .order_by(LetterLookup.at.desc())
        .offset(MOST - 1)
        .limit(1)
    )
    oldest = db().scalars(recent).one_or_none()
    return oldest + WINDOW if oldest is not None else None


def count() -> None:
    """A page that is only read has a session that cannot write; the one of a form is left before more is read."""
    if request.method in READS:
        with database().writing() as session:
            _note(session)
    else:
        _note(db())
        start_over()


def _note(session: Session) -> None:
    session.execute(delete(LetterLookup).where(LetterLookup.at < now() - KEPT))
    session.add(LetterLookup(address=_address(), at=now()))
    session.commit()


def _address() -> str:
    return (request.remote_addr or "")[:64]
