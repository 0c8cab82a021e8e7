"""The part of the audit that reads rewards against their events: amount and month are those that were decided."""

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from models import Event, MoneyEntry, Reward

BATCH = 500


def first_changed_reward(session: Session) -> str | None:
    """The first reward whose amount, month or reason is not the one that its events tell."""
    last = 0
    events = selectinload(Reward.events).selectinload(Event.money)
    query = select(Reward).order_by(Reward.id).limit(BATCH).options(events)
    while rewards := list(session.scalars(query.where(Reward.id > last))):
        for reward in rewards:
            if differing := _differing(reward):
                return f"reward {reward.number}: {', '.join(differing)} differ from its events"
        last = rewards[-1].id
        session.expunge_all()
    return None


def _differing(reward: Reward) -> list[str]:
    said: dict[str, object] = {"reason_en": None}
    for event in reward.events:
        told = event.said.items()
        said |= {key: value for key, value in told if key != "reason" or event.action == "propose"}
    kept = {
        "amount_fen": reward.amount, "reason": reward.reason, "reason_en": reward.reason_en, "source": reward.source,
        "decision": reward.decision,
    }  # fmt: skip
    given: list[MoneyEntry] = [e for event in reward.events for e in event.money if e.reverses_id is None]
    found = [name for name, value in kept.items() if name in said and said[name] != value]
    if (reward.month is None) != (not given) or any(entry.month != reward.month for entry in given):
        found.append("month")
    return found
