"""The outbox: orders that steps have written are carried out after the commit, again and again
with growing delay until they succeed, and are shown as failed when they do not.

An attempt is counted before it begins, so that one which takes the whole process down counts as
well, and two workers never make the same attempt.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from config import Settings
from jobs import letters
from jobs.failure import CUT_SHORT, delay_after, said
from models import Database, Order, OrderState, is_away

logger = logging.getLogger("gongdao.jobs")

MOST_ATTEMPTS = 10
# A queue that is still full has them already; more would only be handed over twice.
HANDED_OVER_AT_ONCE = 200


def render_letter(session: Session, order: Order, settings: Settings, at: datetime) -> None:
    """Make the paper of the ordered letter; what is made already stays as it is."""
    assert order.letter is not None
    for sheet in letters.sheets_of(session, order.letter):
        letters.pdf_of(session, order.letter, settings=settings, language=sheet.language, copy=sheet.copy, at=at)


KINDS: dict[str, Callable[[Session, Order, Settings, datetime], None]] = {"render_letter": render_letter}


def fulfil(database: Database, order_id: int, *, settings: Settings, at: datetime) -> bool:
    """Carry out one order, unless it is done or in other hands; False when the attempt failed."""
    if not _begin(database, order_id, at):
        return True
    try:
        with database.reading() as session:
            query = select(Order).where(Order.id == order_id).options(joinedload(Order.letter))
            order = session.scalars(query).one()
            KINDS[order.kind](session, order, settings, at)
    except Exception as error:
        if is_away(error):
            raise
        logger.exception("order %s failed", order_id)
        _note_failure(database, order_id, error)
        return False
    _note_success(database, order_id, at)
    return True


def waiting(database: Database, at: datetime, *, most: int = HANDED_OVER_AT_ONCE) -> list[int]:
    """The orders whose next try has come, oldest first."""
    query = (
        select(Order.id)
        .where(Order.state == OrderState.WAITING, Order.next_try_at <= at)
        .order_by(Order.next_try_at, Order.id)
        .limit(most)
    )
    with database.reading() as session:
        return list(session.scalars(query))


def written_at(session: Session, moment: datetime) -> list[int]:
    """The orders that the steps of exactly this moment have written: those of one request."""
    query = select(Order.id).where(Order.state == OrderState.WAITING, Order.next_try_at == moment, Order.attempts == 0)
    return list(session.scalars(query))


def carry_out(database: Database, at: datetime, *, settings: Settings) -> int:
    """Carry out all that waits, here and now; how many orders there were."""
    count = 0
    while orders := waiting(database, at):
        for order_id in orders:
            fulfil(database, order_id, settings=settings, at=at)
        count += len(orders)
    return count


def try_again(session: Session, reason: type[Exception], at: datetime) -> int:
    """What failed for this reason waits again as if new, for whoever has put it right; how many orders there are."""
    failed = update(Order).where(
        Order.state.in_((OrderState.WAITING, OrderState.FAILED)), Order.last_error.startswith(f"{reason.__name__}: ")
    )
    done = session.execute(failed.values(state=OrderState.WAITING, attempts=0, next_try_at=at).returning(Order.id))
    return len(done.all())


def begin_anew(order: Order, at: datetime) -> None:
    """An administrator asks for it: at once, and with all attempts before it."""
    order.state, order.attempts, order.next_try_at, order.last_error = OrderState.WAITING, 0, at, None


def try_once_more(database: Database, at: datetime) -> None:
    """What was given up is tried again, once: whatever stood in its way may have been put right."""
    given_up = update(Order).where(Order.state == OrderState.FAILED)
    with database.writing() as session:
        session.execute(given_up.values(state=OrderState.WAITING, attempts=MOST_ATTEMPTS - 1, next_try_at=at))
        session.commit()


def _begin(database: Database, order_id: int, at: datetime) -> bool:
    """Count the attempt; False when there is nothing to do or somebody else has begun."""
    with database.writing() as session:
        order = session.scalars(
            select(Order)
            .where(Order.id == order_id, Order.state == OrderState.WAITING, Order.next_try_at <= at)
            .with_for_update(skip_locked=True)
        ).first()
        if order is None:
            return False
        begins = order.attempts < MOST_ATTEMPTS
        if begins:
            order.attempts += 1
            order.next_try_at = at + delay_after(order.attempts)
        else:
            order.state = OrderState.FAILED
            order.last_error = order.last_error or CUT_SHORT
        session.commit()
        return begins


def _note_success(database: Database, order_id: int, at: datetime) -> None:
    with database.writing() as session:
        session.execute(
            update(Order)
            .where(Order.id == order_id, Order.state == OrderState.WAITING)
            .values(state=OrderState.DONE, done_at=at, last_error=None)
        )
        session.commit()


def _note_failure(database: Database, order_id: int, error: Exception) -> None:
    """Say why; after the last attempt the order is shown to an administrator."""
    with database.writing() as session:
        order = session.get_one(Order, order_id, with_for_update=True)
        if order.state is OrderState.WAITING:
            order.last_error = said(error)
            if order.attempts >= MOST_ATTEMPTS:
                order.state = OrderState.FAILED
        session.commit()
