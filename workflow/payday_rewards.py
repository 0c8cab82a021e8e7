"""What a pay day reads of rewards: those that are granted and were not paid out, and by which letter."""

from collections.abc import Iterable

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from models import Event, Letter, MoneyKind, Reward, RewardState, Taken
from workflow.payday_books import Number, batches
from workflow.payday_reckoning import Open


def open_rewards(session: Session) -> list[Open]:
    """The rewards that are granted and that no pay day has paid out."""
    is_paid = exists().where(Taken.reward_id == Reward.id)
    query = select(Reward).where(Reward.state == RewardState.GRANTED, ~is_paid).order_by(Reward.decided_at, Reward.id)
    with session.no_autoflush:
        return [_open_reward(reward) for reward in session.scalars(query)]


def _open_reward(reward: Reward) -> Open:
    assert reward.decided_at is not None, "what is granted was decided"
    parts = ((MoneyKind.REWARD, -reward.amount),)
    at = reward.decided_at
    return Open(None, reward.number, at, reward.person_id, parts, at, reward_id=reward.id)


def reward_notices(session: Session, ids: Iterable[int]) -> dict[int, Number]:
    """The number of the letter by which each of these rewards was granted."""
    found: dict[int, Number] = {}
    for some in batches(sorted(set(ids))):
        query = (
            select(Event.reward_id, Letter.series, Letter.year, Letter.seq)
            .join(Letter.event)
            .where(Event.reward_id.in_(some), Event.action == "grant")
        )
        with session.no_autoflush:
            for reward_id, series, year, seq in session.execute(query):
                assert reward_id is not None, "it is asked for"
                found[reward_id] = {"series": series, "year": year, "seq": seq}
    return found
