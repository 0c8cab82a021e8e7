"""Sending messages: notices become messages, and messages go out, one at a time, each when its time has come.

Whoever sends a message first makes it theirs for some minutes, in a transaction of its own, and says afterwards how
it ended. Killed in between, nobody knows whether it went: when its minutes are over it is sent again under the same
key, which a mailbox knows by its Message-ID; in a chat the text says that it may be a repetition. What a server
refuses is tried again with growing delay and stands meanwhile before the administrator; the others get theirs.
"""

import logging
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.orm import Session, joinedload

from config import Settings
from jobs import channels
from jobs.channels import NotSent, Parcel
from jobs.failure import CUT_SHORT, LONGEST_ERROR, delay_after
from jobs.outbox import MOST_ATTEMPTS
from jobs.patience import once_it_is_there
from jobs.writing import About, case_of, with_their_reminders, written
from models import (
    ChannelOut,
    Database,
    InspectionAct,
    Message,
    Notice,
    OrderState,
    RatingDuty,
    Reach,
    is_away,
)
from workflow import message as messages
from workflow.message import Case
from workflow.office import Office
from workflow.process import N_

logger = logging.getLogger("gongdao.jobs")

SPREAD_AT_ONCE = 100
# Longer than the slowest server may take; then it is anybody's again.
THEIRS_FOR = timedelta(minutes=5)
# A server that refuses so many in a row is left alone until the next round.
REFUSALS_IN_A_ROW = 5
AT_ONCE = 2_000
REFUSED = N_("The server did not take it.")


@dataclass(frozen=True)
class Letterbox:
    """What sending needs; `one_at_a_time` keeps the post to one thread of a process, whatever a server does."""

    database: Database
    settings: Settings
    now: Callable[[], datetime]
    one_at_a_time: threading.Lock

    def empty(self, must_stop: Callable[[], bool] = lambda: False) -> int:
        """Send everything whose time has come; how many messages went out."""
        if not self.one_at_a_time.acquire(blocking=False):
            return 0
        try:
            return self._spread_and_send(must_stop)
        finally:
            self.one_at_a_time.release()

    def _spread_and_send(self, must_stop: Callable[[], bool]) -> int:
        """In turns: however many notices come, messages do not wait for the last of them."""
        refusals: Counter[ChannelOut] = Counter()
        sent, found = 0, SPREAD_AT_ONCE
        while found == SPREAD_AT_ONCE and not must_stop():
            found = spread(self.database, self.now())
            sent += self._send_what_waits(must_stop, refusals)
        return sent

    def _send_what_waits(self, must_stop: Callable[[], bool], refusals: Counter[ChannelOut]) -> int:
        sent = 0
        for _ in range(AT_ONCE):
            resting = [channel for channel, count in refusals.items() if count >= REFUSALS_IN_A_ROW]
            taken = None if must_stop() else take(self.database, self.settings, self.now(), resting=resting)
            if taken is None:
                break
            went = deliver(self.database, self.settings, taken, now=self.now)
            refusals[taken.channel] = 0 if went else refusals[taken.channel] + 1
            sent += went
        return sent


def is_due(session: Session, at: datetime) -> bool:
    """Whether there is anything to spread or to send."""
    to_spread = exists().where(Notice.spread_at.is_(None))
    to_send = exists().where(Message.state == OrderState.WAITING, Message.next_try_at <= at)
    return bool(session.scalar(select(to_spread | to_send)))


# --- from notices to messages


def spread(database: Database, at: datetime) -> int:
    """Turn notices into messages, as each person has chosen; how many notices there were."""
    with database.writing() as session:
        query = select(Notice).where(Notice.spread_at.is_(None)).order_by(Notice.id).limit(SPREAD_AT_ONCE)
        found = session.scalars(
            query.options(
                joinedload(Notice.event),
                joinedload(Notice.customers),
                joinedload(Notice.question),
                joinedload(Notice.calls),
                joinedload(Notice.ranking),
                joinedload(Notice.rating).joinedload(RatingDuty.round),
                joinedload(Notice.inspection_act).joinedload(InspectionAct.inspection),
                joinedload(Notice.person),
                *with_their_reminders(),
            ).with_for_update(of=Notice, skip_locked=True)
        ).all()
        reaches, office = _reaches(session, {notice.person_id for notice in found}), Office(session)
        case_once = cache(partial(case_of, session))
        for notice in found:
            if (reach := reaches.get(notice.person_id)) is not None:
                _plan(session, notice, reach, case_once, office, at)
            notice.spread_at = at
        session.commit()
        return len(found)


def _plan(
    session: Session, notice: Notice, reach: Reach, case: Callable[[About], Case], office: Office, at: datetime
) -> None:
    """A notice that cannot be planned stays in the product, and holds up no other."""
    try:
        with session.begin_nested():
            actor = office.actor(notice.person, at)
            kind = messages.kind_of(notice, case(notice.about), actor, at)
            messages.plan(session, notice, kind, reach, at=at, zone=office.calendar.zone)
    except Exception as error:
        if is_away(error):
            raise
        logger.exception("notice %s could not be spread", notice.id)


def _reaches(session: Session, people: set[int]) -> dict[int, Reach]:
    """Held until the commit, in one order: two who collect one person's digest take turns."""
    query = select(Reach).where(Reach.person_id.in_(people)).order_by(Reach.person_id)
    return {reach.person_id: reach for reach in session.scalars(query.with_for_update())}


# --- taking one message to send


def take(
    database: Database, settings: Settings, at: datetime, *, resting: list[ChannelOut] | None = None
) -> Parcel | None:
    """Make the next message ours, ready to be sent; None when nothing waits."""
    while True:
        with database.writing() as session:
            message = session.scalars(_next(at, resting or [])).first()
            if message is None:
                return None
            parcel = _taken_or_noted(session, message, settings, at)
            session.commit()
        if parcel is not None:
            return parcel


def _next(at: datetime, resting: list[ChannelOut]):  # type: ignore[no-untyped-def]  # noqa: ANN202
    query = select(Message).where(
        Message.state == OrderState.WAITING, Message.next_try_at <= at, Message.channel.not_in(resting)
    )
    return query.order_by(Message.next_try_at, Message.id).limit(1).with_for_update(skip_locked=True)


def _taken_or_noted(session: Session, message: Message, settings: Settings, at: datetime) -> Parcel | None:
    """One that cannot be written down is noted like one that was refused: it must not hold up the others."""
    try:
        with session.begin_nested():
            return _taken(session, message, settings, at)
    except Exception as error:
        if is_away(error):
            raise
        logger.exception("message %s could not be written", message.key)
        session.refresh(message)
        message.attempts += 1
        _refused(message, at, N_("The message could not be written down; the log of the worker says why."))
        return None


def _taken(session: Session, message: Message, settings: Settings, at: datetime) -> Parcel | None:
    """Count the attempt and write the message down; None where it is not to be sent now."""
    reach, office = session.get(Reach, message.person_id), Office(session)
    address = reach.address(message.channel) if reach is not None else None
    if reach is None or address is None:
        _give_up(message, N_("The address was taken back before the message was sent."))
        return None
    if message.attempts >= MOST_ATTEMPTS:
        _give_up(message, message.last_error or CUT_SHORT)
        return None
    if (later := messages.after_quiet(at, reach, office.calendar.zone)) > at:
        message.next_try_at = later
        return None
    again = message.key[:8] if message.in_hands else ""
    message.attempts += 1
    message.next_try_at, message.in_hands = at + THEIRS_FOR, True
    title, body = written(session, message, office, settings, at, again=again)
    return Parcel(message.channel, address, message.key, title, body)


def _give_up(message: Message, why: str) -> None:
    message.state, message.last_error, message.in_hands = OrderState.FAILED, why, False


# --- sending it


def deliver(database: Database, settings: Settings, parcel: Parcel, *, now: Callable[[], datetime]) -> bool:
    """Send what was taken and say how it ended; False when the server refused it."""
    try:
        channels.send(parcel, settings)
    except NotSent as refusal:
        logger.warning("message %s by %s was not sent: %s", parcel.key, parcel.channel.value, refusal)
        _note_refusal(database, parcel.key, now(), str(refusal))
        return False
    # It went: whoever else may send it must hear so, however long the database is away.
    once_it_is_there(partial(_note_sent, database, parcel.key, now()))
    return True


def _note_sent(database: Database, key: str, at: datetime) -> None:
    with database.writing() as session:
        session.execute(
            update(Message)
            .where(Message.key == key)
            .values(state=OrderState.DONE, done_at=at, last_error=None, in_hands=False)
        )
        session.commit()


def _note_refusal(database: Database, key: str, at: datetime, why: str) -> None:
    with database.writing() as session:
        message = session.scalars(select(Message).where(Message.key == key).with_for_update()).one()
        if message.state is not OrderState.DONE:
            _refused(message, at, why)
        session.commit()


def _refused(message: Message, at: datetime, why: str) -> None:
    """Again later, each time later; after the last attempt an administrator decides."""
    message.last_error, message.in_hands = why[:LONGEST_ERROR], False
    message.next_try_at = at + delay_after(message.attempts)
    if message.attempts >= MOST_ATTEMPTS:
        message.state = OrderState.FAILED


def try_again(message: Message, *, at: datetime) -> None:
    """An administrator asks for it: at once, and with nearly all attempts before it."""
    message.state, message.attempts, message.next_try_at, message.last_error = OrderState.WAITING, 1, at, None


def in_trouble() -> ColumnElement[bool]:
    """Given up, or refused at least once and waiting for the next try."""
    refused = and_(Message.state == OrderState.WAITING, Message.last_error.is_not(None))
    return or_(Message.state == OrderState.FAILED, refused)


def is_being_sent(at: datetime) -> ColumnElement[bool]:
    """Somebody has it in hand: sent by another as well, it would go twice."""
    return and_(Message.state == OrderState.WAITING, Message.in_hands, Message.next_try_at > at)
