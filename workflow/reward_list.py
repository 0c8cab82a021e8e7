"""Lists of rewards: those that somebody has to decide about, and all others that exist for them, by pages."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from models import Reward
from workflow.reward_roles import decides, visible_to
from workflow.roles import Actor, may_take_managers_steps


def is_waiting_for(reward: Reward, actor: Actor) -> bool:
    """Whether this person has to decide about it."""
    return reward.decided_at is None and decides(reward, actor)


def waiting(session: Session, actor: Actor) -> list[Reward]:
    """Those that this person has to decide about, the newest first."""
    if not may_take_managers_steps(actor):
        return []
    undecided = session.scalars(_seen(actor).where(Reward.decided_at.is_(None)).order_by(Reward.id.desc()))
    return [reward for reward in undecided if is_waiting_for(reward, actor)]


def others(
    session: Session, actor: Actor, without: Sequence[Reward], *, skip: int, most: int
) -> Sequence[Reward]:  # fmt: skip
    """The rest, those to be decided by somebody else first, then the newest."""
    query = _seen(actor).where(Reward.id.not_in([reward.id for reward in without]))
    ordered = query.order_by(Reward.decided_at.is_not(None), Reward.id.desc())
    return session.scalars(ordered.offset(skip).limit(most)).all()


def _seen(actor: Actor) -> Select[Reward]:
    people = (Reward.person, Reward.proposed_by, Reward.decided_by, Reward.withdrawn_by)
    loaded = (*(joinedload(each) for each in people), selectinload(Reward.events))
    return select(Reward).where(visible_to(actor)).options(*loaded)
