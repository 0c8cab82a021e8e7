"""How often a password may be tried: by account and by address, in rows that every process sees."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import delete, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from models import LoginFailure

WINDOW = timedelta(minutes=15)
KEPT = timedelta(days=1)
MOST_PER_ACCOUNT = 5
# A whole office may share one address.
MOST_PER_ADDRESS = 60


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at one account from one address."""

    username: str
    address: str
    at: datetime

    def count(self, session: Session) -> datetime | None:
        """Counts the attempt; or, where there have been too many, says from when on one may try."""
        self._queue(session)
        again_at = max(
            filter(None, (
                self._wait(session, LoginFailure.username, self.key, MOST_PER_ACCOUNT),
                self._wait(session, LoginFailure.address, self.address, MOST_PER_ADDRESS),
            )),
            default=None,
        )  # fmt: skip
        if again_at is None:
            session.execute(delete(LoginFailure).where(LoginFailure.at < self.at - KEPT))
            session.add(LoginFailure(username=self.key, address=self.address[:64], at=self.at))
        return again_at

    def forgive(self, session: Session) -> None:
        """The password was right: the account's count begins anew."""
        session.execute(delete(LoginFailure).where(LoginFailure.username == self.key))

    @property
    def key(self) -> str:
        """The account as a keyed digest: what is typed there by mistake may be a password."""
        secret = str(current_app.config["SECRET_KEY"]).encode()
        return hmac.new(secret, self.username.encode(), hashlib.sha256).hexdigest()

    def _queue(self, session: Session) -> None:
        """Guesses at once are counted one after the other; SQLite's write lock does that by itself."""
        if session.get_bind().dialect.name == "postgresql":
            session.execute(select(func.pg_advisory_xact_lock(int(self.key[:15], 16))))

    def _wait(self, session: Session, column: InstrumentedAttribute[str], value: str, most: int) -> datetime | None:
        """When the oldest of the last `most` attempts falls out of the window; None if there is room."""
        recent = (
            select(LoginFailure.at)
            .where(column == value, LoginFailure.at > self.at - WINDOW)
            .order_by(LoginFailure.at.desc())
            .offset(most - 1)
            .limit(1)
        )
        oldest = session.scalars(recent).one_or_none()
        return oldest + WINDOW if oldest is not None else None
